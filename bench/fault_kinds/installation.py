"""A copy of an installation whose processes are started, killed and asked from outside."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from signed_in import signed_in

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "from joinedup.cli.verbs import main\nfrom joinedup.cli.console import start_django\nstart_django()\n"
COMMAND = "import sys\nfrom joinedup.cli.verbs import main\nsys.argv[0] = 'joinedup'\nmain()"
TOKEN = "a" * 32
COORDINATOR = "coordinator@demonstration.example"
# A page that takes longer counts as not answered.
ANSWERS, STARTS = 40.0, 60.0


@dataclass(eq=False)
class Site:
    """`home` may be changed; `database` is the address of PostgreSQL, "" for SQLite in the home."""

    home: Path
    port: int
    database: str = ""
    mail_port: int = 0
    more: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        left = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "JOINEDUP_HOME", "EMAIL_BACKEND", "SITE_URL"}
        given = {name: value for name, value in os.environ.items() if name not in left}
        given |= {
            "JOINEDUP_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "TRUSTED_PROXIES": "1",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "POLARS_MAX_THREADS": "1",
        }
        if self.database:
            given["DATABASE_URL"] = self.database
        if self.mail_port:
            given |= {
                "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(self.mail_port),
            }
        return given | self.more

    def start(self, *words: object) -> subprocess.Popen[bytes]:
        """The command, in a session of its own; what it says goes to the log."""
        out = self.log.open("ab") if self.log else subprocess.DEVNULL
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, *map(str, words)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", COMMAND, *map(str, words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def python(self, code: str, *words: object) -> Any:
        """What `code`, run in the installation, prints as JSON on its last line."""
        command = [sys.executable, "-c", BEGIN + code, *map(str, words)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{done.stderr}\n{code}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def sign_in(self, *emails: str) -> None:
        """A session for each, as signing in by a code makes one."""
        self.sessions |= {each.email: each.key for each in signed_in(self.environment, *emails)}

    def serve(self) -> subprocess.Popen[bytes]:
        """Serving, once it answers."""
        until = time.monotonic() + STARTS
        while time.monotonic() < until:
            process = self.start("serve", "--port", self.port)
            while process.poll() is None and time.monotonic() < until:
                if self.is_ready():
                    return process
                time.sleep(0.2)
            time.sleep(0.3)  # the port may still be held by what was killed
        said = self.log.read_text()[-3000:] if self.log else ""
        raise SystemExit(f"The site did not start again.\n{said}")

    def is_ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz", seconds=5)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        by: str = "",
        client: str = "10.0.0.1",
        file: tuple[str, str] | None = None,
        seconds: float = ANSWERS,
    ) -> tuple[int, str, str]:
        """(status, where it leads, page). OSError or HTTPException if no answer came back."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={self.sessions[by]}" if by else "")
        headers = {"Cookie": cookies, "X-Forwarded-For": client, "X-Forwarded-Proto": "http"}
        body = None
        if form is not None and file:
            parts = [
                (f'name="{name}"', value) for name, value in {**form, "csrfmiddlewaretoken": TOKEN}.items()
            ]
            parts.append((f'name="file"; filename="{file[0]}"', file[1]))
            said = [
                f"--{TOKEN}\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n"
                for name, value in parts
            ]
            body = "".join([*said, f"--{TOKEN}--\r\n"])
            headers["Content-Type"] = f"multipart/form-data; boundary={TOKEN}"
        elif form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": TOKEN}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")
        finally:
            line.close()


def copied(home: Path, to: Path, **fields: Any) -> Site:
    """A copy of `home` that only its owner may read."""
    shutil.copytree(home, to)
    for path in (to, *to.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return Site(to, **fields)


def processes_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """It and what it started, the outermost first."""
    try:
        own = psutil.Process(process.pid)
        return [own, *own.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill(*processes: psutil.Process) -> None:
    for each in processes:
        try:
            os.kill(each.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def end(process: subprocess.Popen[bytes] | None) -> None:
    """It and all that it started, at once."""
    if process is not None:
        kill(*processes_of(process))
        process.wait()
