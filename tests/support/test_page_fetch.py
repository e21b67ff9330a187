"""Fetching a funder's page: only where it is allowed, only public addresses, never too much or too long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from joinedup.support import page_fetch
from joinedup.support.page_fetch import MOST_BYTES, decoded, fetch_page, is_public

PAGE = "<html><h1>Club Fund</h1><p>Up to £900</p></html>"


class Funder(BaseHTTPRequestHandler):
    asked: list[tuple[str, dict[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        kind = "text/html; charset=utf-8"
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
            return
        body = PAGE.encode()
        if self.path == "/large":
            body = b"x" * (MOST_BYTES + 1)
        if self.path == "/windows":
            body, kind = PAGE.encode("cp1252"), "text/html"
        if self.path == "/picture":
            kind = "image/png"
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", kind)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.path == "/slow":
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing on the console."""


@pytest.fixture
def funder() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Funder)
    server.daemon_threads = True
    Funder.asked.clear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(settings: Any) -> Any:
    settings.FETCH_FUNDER_PAGES = True
    settings.FETCH_PRIVATE_ADDRESSES = True
    return settings


def test_off_unless_the_installation_allows_it(funder: str) -> None:
    with pytest.raises(ValidationError, match="does not fetch pages"):
        fetch_page(f"{funder}/")
    assert Funder.asked == []


def test_a_page_comes_without_cookies_or_compression(allowed: Any, funder: str) -> None:
    assert fetch_page(f"{funder}/fund?round=2#top") == PAGE
    ((path, headers),) = Funder.asked
    assert path == "/fund?round=2"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"].startswith("JoinedUp/")
    assert {"Cookie", "Authorization", "Referer"} & set(headers) == set()


@pytest.mark.parametrize("path", ["/windows", "/"])
def test_letters_of_windows_and_of_everybody(allowed: Any, funder: str, path: str) -> None:
    assert fetch_page(funder + path) == PAGE


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/large", "larger than 2 MB"),
        ("/picture", "no page that can be read"),
        ("/packed", "no page that can be read"),
        ("/gone", "the server says 404"),
    ],
)
def test_what_is_no_page_is_said_in_a_sentence(allowed: Any, funder: str, path: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        fetch_page(funder + path)


def test_a_server_that_takes_for_ever_is_cut_off(
    allowed: Any, funder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_fetch, "SECONDS", 0.2)
    with pytest.raises(ValidationError, match="did not come"):
        fetch_page(f"{funder}/slow")


def test_redirects_are_followed_a_few_times(allowed: Any, funder: str) -> None:
    assert fetch_page(f"{funder}/to?/to?/") == PAGE
    with pytest.raises(ValidationError, match="leads on and on"):
        fetch_page(f"{funder}/to?/to?/to?/to?/")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
    ],
)
def test_what_is_not_public_is_never_asked(
    settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings.FETCH_FUNDER_PAGES = True
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("asked"))
    with pytest.raises(ValidationError):
        fetch_page(address)


def test_a_redirect_is_looked_at_again(settings: Any, funder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address counts as public here; the second is not, whatever the first says."""
    allowed_host = funder.removeprefix("http://").partition(":")[0]
    settings.FETCH_FUNDER_PAGES = True
    monkeypatch.setattr(page_fetch, "is_public", lambda address: address == allowed_host)
    monkeypatch.setattr(page_fetch, "_checked", lambda address: page_fetch.urlsplit(address))
    with pytest.raises(ValidationError, match="not on the public internet"):
        fetch_page(f"{funder}/to?http://127.0.0.2/secret")
    assert [path for path, _headers in Funder.asked] == ["/to?http://127.0.0.2/secret"]


def test_a_name_with_one_private_address_is_refused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FETCH_FUNDER_PAGES = True
    both = [(0, 0, 0, "", ("93.184.216.34", 80)), (0, 0, 0, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("asked"))
    with pytest.raises(ValidationError, match="not on the public internet"):
        fetch_page("http://funder.example/")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://funder.example/",
        "file:///etc/passwd",
        "gopher://funder.example/",
        "//funder.example/",
        "http://",
        "http://user:secret@funder.example/",
        "http://funder.example:22/",
        "http://funder.example:99999/",
        "http://[::1",
        "http://funder.example/" + "x" * 600,
    ],
)
def test_what_is_no_address_of_a_page(settings: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    settings.FETCH_FUNDER_PAGES = True
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("looked up"))
    with pytest.raises(ValidationError):
        fetch_page(address)


@pytest.mark.parametrize(
    ("address", "public"), [("8.8.8.8", True), ("2606:4700::1", True), ("2002:7f00:1::", False)]
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xef\xbb\xbf\xc2\xa3", ""),
        ("£".encode(), ""),
        (b"\xa3", ""),
        (b"\xa3", "text/html; charset=iso-8859-1"),
        (b"\xa3", "text/html; charset=zip"),
        ("£".encode(), "text/html; charset=no-such"),
    ],
)
def test_encodings(body: bytes, kind: str) -> None:
    assert decoded(body, kind) == "£"


def test_the_encoding_that_the_page_itself_names() -> None:
    assert decoded('<meta charset="iso-8859-2">Łódź'.encode("iso-8859-2")).endswith("Łódź")
