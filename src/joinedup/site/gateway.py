"""Stands between the server and Django, and reads the body of a request before a thread is taken for it.

The threads that answer are few. If one of them waited for a body, as many slow visitors as there are threads would stop
the site. So bodies are read here, all of them in one thread that waits for none of them: not larger than their address
takes, not slower than `BYTES_A_SECOND`, and not too many at once. Django then gets a body that is whole.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings

from joinedup.at_work import at_work
from joinedup.site.wsgi import application as django
from joinedup.web.middleware import REFUSED
from joinedup.web.request_size import MOST_BYTES_OF_UPLOADS, most_bytes

# Of them so many compute: see `at_work`.
THREADS = 3
# A body has so many seconds, and one more for each so many bytes of it that came.
SECONDS, BYTES_A_SECOND = 10.0, 50_000
# Bodies on their way at one time in this process: from one address, behind which there may be a hall of people, and
# from all. Those of a form are through at once.
FROM_ONE, FROM_ALL = 32, 256
# What is larger lies in a temporary file, without a name, while it is read.
IN_MEMORY = 64 * 1024
# A body that is too large is read to its end and thrown away up to this size: most browsers show no answer before.
THROWN_AWAY = 4 * MOST_BYTES_OF_UPLOADS


class Refused(Exception):
    """The body is not taken, for the reason that the status says."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class Gateway:
    """An application in granian's own interface (RSGI) that calls a WSGI application.

    `waits`: seconds that a body has, besides those that its bytes bring.
    """

    def __init__(self, answer: Callable[..., Any], waits: float = SECONDS) -> None:
        self.answer, self.waits = answer, waits
        self.threads = ThreadPoolExecutor(THREADS, "page")
        self.underway: Counter[str] = Counter()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        environ = environ_of(scope)
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                with self._admitted(environ):
                    await self._read(environ, protocol, body)
            except Refused as refused:
                environ[REFUSED] = int(refused.status)
                body.truncate(0)
            environ["CONTENT_LENGTH"] = str(body.tell()) if REFUSED not in environ else "0"
            body.seek(0)
            environ["wsgi.input"] = body
            loop = asyncio.get_running_loop()
            status, headers, content = await loop.run_in_executor(self.threads, self._answered, environ)
        if environ.get(REFUSED):
            # Nothing more is read from who sends too much or too slowly.
            headers.append(("Connection", "close"))
        protocol.response_bytes(status, headers, content)

    @contextmanager
    def _admitted(self, environ: dict[str, Any]) -> Iterator[None]:
        if not _has_body(environ):
            yield
            return
        address = _address(environ)
        if self.underway[address] >= FROM_ONE or self.underway.total() >= FROM_ALL:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS)
        self.underway[address] += 1
        try:
            yield
        finally:
            self.underway[address] -= 1
            if not self.underway[address]:
                del self.underway[address]

    async def _read(self, environ: dict[str, Any], protocol: Any, body: IO[bytes]) -> None:
        """The whole body into `body`. Raises Refused."""
        if not _has_body(environ):
            return
        most = most_bytes(
            environ["PATH_INFO"], has_session=settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "")
        )
        declared = environ.get("CONTENT_LENGTH", "0")
        if not declared.isdecimal() or int(declared) > THROWN_AWAY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        clock = asyncio.get_running_loop().time
        started, came = clock(), 0
        parts = protocol.__aiter__()
        while True:
            left = started + self.waits + came / BYTES_A_SECOND - clock()
            try:
                part = await asyncio.wait_for(anext(parts), max(left, 0.0))
            except StopAsyncIteration:
                break
            except TimeoutError:
                raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
            came += len(part)
            if came <= most:
                body.write(part)
            elif came > THROWN_AWAY:
                break
        if came > most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _answered(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        said: list[Any] = []
        with at_work():
            parts = self.answer(environ, lambda status, headers, _error=None: said.extend((status, headers)))
            try:
                content = b"".join(parts)
            finally:
                if hasattr(parts, "close"):
                    parts.close()
        return int(said[0].split(" ", 1)[0]), list(said[1]), content


def _has_body(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ


def _address(environ: dict[str, Any]) -> str:
    """The visitor's network address, behind as many of our own proxies as there are."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [each.strip() for each in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return forwarded[-proxies]
    return str(environ["REMOTE_ADDR"])


def environ_of(scope: Any) -> dict[str, Any]:
    """A request as WSGI tells it (PEP 3333), but for its body."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # The server gives text; WSGI has each byte of it as a character.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # X_Forwarded_For would otherwise be read as the X-Forwarded-For that only a proxy may set.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ


application = Gateway(django)
