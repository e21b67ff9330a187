"""Whether the site behind nginx and behind Caddy, with the files of `deploy/`, is as docs/operating.md says.

    .venv/bin/python bench/proxies.py --home FOLDER [--port 8300] [--slow]

Needs `nginx`, `caddy` and `openssl` on the path; what is not there is left out. Serves a copy of the installation in
FOLDER (a demonstration, by `joinedup demo --no-serve`) at --port, and each proxy at the two ports after it. Of the
shipped files only ports, names of files and where the certificate is are written otherwise. Prints a line for each
thing that was looked at, and ends with 1 if something is not as it should be. `--slow` also waits for slow senders to
be cut off, some three minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from signed_in import signed_in

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
NAME = "joinedup.example.org"
SECRET = "/invitations/a-token-that-acts/"


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: str) -> str:
        found = self.all(name)
        return found[0] if len(found) == 1 else ""


class Look:
    """What was looked at behind one proxy, and whether all of it was right."""

    def __init__(self, proxy: str) -> None:
        self.proxy, self.wrong = proxy, 0

    def at(self, what: str, is_right: bool, said: object = "") -> None:
        self.wrong += not is_right
        print(
            f"{self.proxy:6} {'right' if is_right else 'WRONG'}  {what}{'' if is_right else f': {said}'}",
            flush=True,
        )


@dataclass
class Visitor:
    """Asks a proxy as a browser would, for `NAME`."""

    http: int
    https: int
    trusted: ssl.SSLContext

    def connected(self, *, seconds: float = 200) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=seconds)
        return self.trusted.wrap_socket(plain, server_hostname=NAME)

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        *,
        secure: bool = True,
        **headers: str,
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.http, timeout=200)
        if secure:
            connection.sock = self.connected()
        given = {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
                connection.request(method, path, body, given)
            answer: HTTPResponse = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        except (ConnectionError, ssl.SSLError):
            return Answer(0, [], b"")
        finally:
            connection.close()

    def form(self, path: str, cookies: str = "") -> tuple[str, str]:
        """What a form at this address must send back: its token, and the cookie that belongs to it."""
        page = self.ask(path, Cookie=cookies)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        cookie = re.match(r"csrftoken=([^;]+)", next(iter(page.all("Set-Cookie")), ""))
        return token[1].decode() if token else "", cookie[1] if cookie else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="an installation, which stays as it is")
    parser.add_argument("--port", type=int, default=8300)
    parser.add_argument("--slow", action="store_true")
    given = parser.parse_args()
    if given.home is None or shutil.which("openssl") is None:
        print("Nothing is looked at without an installation (--home) and openssl.")
        return
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="joinedup-proxies-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        trusted = made_certificate(folder)
        for proxy, begin in (("nginx", nginx), ("caddy", caddy)):
            if shutil.which(proxy) is None:
                print(f"{proxy:6} is not on this machine")
                continue
            # Each has one of its own: the site counts who tries to sign in.
            shutil.copytree(given.home, folder / f"{proxy}-home")
            with served(folder / f"{proxy}-home", given.port) as (session, partnership):
                visitor = Visitor(given.port + 1, given.port + 2, trusted)
                with running(begin(folder, given.port), visitor):
                    look = Look(proxy)
                    look_at_all(look, visitor, session, partnership)
                    if given.slow:
                        look_at_slow(look, visitor)
                said = "".join(each.read_text() for each in folder.glob("*.log"))
                look.at("no log of the proxy has a path", SECRET.strip("/") not in said)
                wrong += look.wrong
    sys.exit(1 if wrong else 0)


def look_at_all(look: Look, visitor: Visitor, session: str, partnership: str) -> None:
    home = visitor.ask("/", Accept_Encoding="gzip")
    look.at("packed", home.one("Content-Encoding") == "gzip", home.headers)
    home = visitor.ask("/")
    look.at("the home page", home.status == 200 and b"</html>" in home.body, home.status)
    for name in (
        "Strict-Transport-Security",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
    ):
        look.at(f"{name}, once", bool(home.one(name)), home.all(name))
    once = ("X-Request-ID", "Date", "Server", "Content-Type", "X-Frame-Options", "Content-Length")
    doubled = [name for name in once if len(home.all(name)) > 1]
    look.at("no header twice", not doubled, doubled)
    look.at("no version of a server", not re.search(r"\d", " ".join(home.all("Server"))), home.all("Server"))

    sheet = re.search(rb'href="(/static/[^"]+\.css)"', home.body)
    style = visitor.ask(sheet[1].decode() if sheet else "/static/", Accept_Encoding="gzip")
    look.at(
        "a stylesheet, packed", (style.status, style.one("Content-Encoding")) == (200, "gzip"), style.headers
    )
    look.at("which browsers may keep", "max-age" in style.one("Cache-Control"), style.one("Cache-Control"))

    sent_on = visitor.ask("/events/?a=b", secure=False)
    where = sent_on.one("Location")
    look.at(
        "http is sent on", sent_on.status in (301, 308) and where == f"https://{NAME}/events/?a=b", sent_on
    )
    for path in ("/metrics", "/healthz", "/readyz", "//healthz", "/./healthz", "/%68ealthz", "/healthz/"):
        status = visitor.ask(path).status
        look.at(f"{path} is kept inside", status in (400, 404), status)

    made_up = "0123456789abcdef" * 2
    number = visitor.ask("/", X_Request_ID=made_up).one("X-Request-ID")
    look.at("a number of our own for a request", bool(number) and number != made_up, number)
    other = visitor.ask("/account/login/", X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
    look.at("X-Forwarded-Host is ignored", other.status == 200 and b"evil.example" not in other.body)
    foreign = visitor.ask("/", Host="evil.example")
    look.at(
        "another Host gets no page",
        foreign.status >= 400 or not foreign.body,
        (foreign.status, foreign.body[:80]),
    )
    plain = visitor.ask("/", X_Forwarded_Proto="http")
    look.at("X-Forwarded-Proto is ours", plain.status == 200, plain.status)
    visitor.ask(SECRET, Referer=f"https://{NAME}{SECRET}")

    look_at_sizes(look, visitor, session, partnership)
    look_at_address(look, visitor)


def look_at_sizes(look: Look, visitor: Visitor, session: str, partnership: str) -> None:
    path = f"/bring/{partnership}/new/"
    token, cookie = visitor.form(path, f"sessionid={session}")
    look.at("the form for a spreadsheet", bool(token and cookie))
    cookies = f"sessionid={session}; csrftoken={cookie}"
    for what, megabytes, right in (
        ("4.9 MB", 4.9, {200, 302}),
        ("5.9 MB", 5.9, {200}),
        ("6.5 MB", 6.5, {413}),
        ("30 MB", 30, {413}),
    ):
        row = b"A youth club,charity,E1 4NS,boxing and mentoring for 11 to 18\r\n"
        rows = b"Name,Kind,Postcode,What they do\r\n" + row * int(megabytes * 1024**2 / len(row))
        fields = {b"csrfmiddlewaretoken": token.encode(), b"kind": b"partners", b"pasted": b""}
        parts = [
            b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % each
            for each in fields.items()
        ]
        parts.append(
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            + rows
            + b"\r\n--b--\r\n"
        )
        answer = visitor.ask(
            path,
            "POST",
            b"".join(parts),
            Cookie=cookies,
            Referer=f"https://{NAME}{path}",
            Content_Type="multipart/form-data; boundary=b",
        )
        look.at(
            f"a file of {what}: {answer.status}", answer.status in right, (answer.status, answer.body[:200])
        )
    form = visitor.ask(
        "/account/login/", "POST", b"a=" + b"b" * 1024**2, Content_Type="application/x-www-form-urlencoded"
    )
    look.at("a form of more than 1 MB", form.status == 413, form.status)


def look_at_address(look: Look, visitor: Visitor) -> None:
    """Asks for codes until the address has asked too often, each time as if from another address."""
    token, cookie = visitor.form("/account/login/")
    for number in range(60):
        answer = visitor.ask(
            "/account/login/",
            "POST",
            b"csrfmiddlewaretoken=%s&email=nobody%d@example.org" % (token.encode(), number),
            Cookie=f"csrftoken={cookie}",
            Referer=f"https://{NAME}/account/login/",
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=f"203.0.113.{number}",
            X_Real_IP=f"203.0.113.{number}",
        )
        if answer.status != 302:
            break
    look.at(f"the address is the proxy's word: no code after {number} tries", 0 < number < 59, answer.status)


def look_at_slow(look: Look, visitor: Visitor) -> None:
    beginnings = {
        "who sends no whole header": f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-A: ",
        "who sends no whole body": f"POST /account/login/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 90000\r\n\r\na",
    }
    for what, head in beginnings.items():
        began = time.monotonic()
        with visitor.connected(seconds=200) as connection:
            connection.sendall(head.encode())
            try:
                said = connection.recv(200)
            except OSError:
                said = b"nothing"
        took = time.monotonic() - began
        look.at(f"{what} is cut off after {took:.0f} s ({said[:30]!r})", took < 170)


@contextmanager
def served(home: Path, port: int) -> Iterator[tuple[str, str]]:
    """The site as behind a proxy; gives a session of somebody who coordinates, and the slug of what they coordinate."""
    environment = os.environ | {
        "JOINEDUP_HOME": str(home),
        "SITE_URL": f"https://{NAME}",
        "ALLOWED_HOSTS": NAME,
        "TRUSTED_PROXIES": "1",
        "LOG_FORMAT": "json",
        "METRICS_TOKEN": "figures",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }
    coordinator = next(each for each in signed_in(environment) if each.coordinates)
    command = [sys.executable, "-c", "from joinedup.cli import main; main()", "serve", "--port", str(port)]
    with (
        home.with_suffix(".txt").open("w") as log,
        ended(subprocess.Popen(command, env=environment, stdout=log, stderr=log)) as site,
    ):
        wait(port, site)
        yield coordinator.key, coordinator.coordinates


@contextmanager
def running(command: tuple[list[str], dict[str, str]], visitor: Visitor) -> Iterator[None]:
    words, environment = command
    with ended(subprocess.Popen(words, env=os.environ | environment)) as proxy:
        wait(visitor.https, proxy)
        yield


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _try in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    sys.exit(f"Nothing answers at port {port}.")


def made_certificate(folder: Path) -> ssl.SSLContext:
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME} "
        f"-keyout {folder}/key.pem -out {folder}/certificate.pem".split(),
        check=True,
        capture_output=True,
    )
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


def nginx(folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r" *listen \[::\].*\n", "", text)
    for before, after in (
        ("listen 80;", f"listen 127.0.0.1:{port + 1};"),
        ("listen 443 ", f"listen 127.0.0.1:{port + 2} "),
        ("127.0.0.1:8000", f"127.0.0.1:{port}"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{folder}/certificate.pem"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{folder}/key.pem"),
        ("/var/log/nginx", str(folder)),
    ):
        assert before in text, before
        text = text.replace(before, after)
    (folder / "site.conf").write_text(text)
    # As Debian's nginx.conf: it packs pages and logs everything that a site does not log otherwise.
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/nginx-error.log; worker_processes 2; daemon off;\n"
        "events { worker_connections 768; }\n"
        f"http {{ include /etc/nginx/mime.types; gzip on; access_log {folder}/access.log;\n"
        f"include {folder}/site.conf; }}\n"
    )
    return ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx-error.log")], {}


def caddy(folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    options = f"{{\n\tadmin off\n\thttp_port {port + 1}\n\thttps_port {port + 2}\n\tskip_install_trust\n"
    text = text.replace("{\n\t# Errors", options + "\t# Errors", 1)
    text = text.replace(
        "{$SITE_NAME} {\n", f"{{$SITE_NAME}} {{\n\ttls {folder}/certificate.pem {folder}/key.pem\n", 1
    )
    assert str(folder) in text
    assert "admin off" in text
    (folder / "Caddyfile").write_text(text)
    home = {"XDG_DATA_HOME": str(folder / "caddy"), "XDG_CONFIG_HOME": str(folder / "caddy")}
    words = [
        "sh",
        "-c",
        f"exec caddy run --adapter caddyfile --config {folder}/Caddyfile 2>{folder}/caddy.log",
    ]
    return words, home | {"SITE_NAME": NAME, "UPSTREAM": f"127.0.0.1:{port}"}


if __name__ == "__main__":
    main()
