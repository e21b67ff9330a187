"""Read from a publisher's server: https only, with time-outs, again after a pause where that can help.

No Django here. Every error that a person can do something about is a `NotFetched` with one sentence.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from joinedup import __version__

T = TypeVar("T")

TIMEOUT = 30  # seconds without a byte
# Attempts in a row that bring less than ENOUGH bytes: pauses of 1, 2, 4 and 8 seconds lie between them. A server that
# never answered gets fewer, as most often there is no connection at all.
ATTEMPTS, FIRST_ATTEMPTS = 5, 2
ENOUGH = 64 * 1024
LONGEST_PAUSE = 120  # seconds; whoever is asked to wait longer is told so instead
# Too fast, or the server's own trouble, which may pass. https://data.police.uk/docs/api-call-limits/ names 429.
AGAIN = {429, 500, 502, 503, 504}
STEP = 1 << 16
LONGEST_ANSWER = 4 * 1024**2  # of JSON; the list of months has some 30 KB
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NotFetched(Exception):
    """One sentence that says what to do."""


class NotThere(NotFetched):
    """The server has no such file."""


class NoParts(NotFetched):
    """The server hands a file over whole only. `size`: its bytes, 0 if it does not say."""

    def __init__(self, sentence: str, size: int) -> None:
        super().__init__(sentence)
        self.size = size


@dataclass(frozen=True)
class FileThere:
    """A file on the server, as it was when it was first seen: its bytes, and the server's mark for this version."""

    path: str
    size: int
    mark: str


class Server:
    """A publisher's server at an address such as `https://data.police.uk`; http on this machine only.

    `received` counts the bytes of files that came. `sleep` is called with the seconds of each pause.
    """

    def __init__(self, address: str, *, sleep: Callable[[float], None] | None = None) -> None:
        self.address = _checked(address)
        self.name = urlsplit(self.address).hostname or ""
        self.received = 0
        self._answered = False
        self._sleep = sleep or time.sleep
        here = self.name in LOOPBACK
        self._opener = request.OpenerDirector()
        for each in (
            request.ProxyHandler({} if here else None),
            request.HTTPHandler(),
            request.HTTPSHandler(),
            request.HTTPDefaultErrorHandler(),
            request.HTTPErrorProcessor(),
            _Redirects(self.name),
        ):
            self._opener.add_handler(each)

    def json(self, path: str) -> Any:
        """The JSON document at a path. Raises `NotFetched`."""

        def once() -> bytes:
            with self._ask(path) as answer:
                body = answer.read(LONGEST_ANSWER)
                if len(body) < int(answer.headers.get("Content-Length") or 0):
                    raise ConnectionError("the answer was cut off")
                return body

        try:
            return json.loads(self._patiently(once))
        except ValueError as error:
            raise NotFetched(f"{self.name} did not answer as expected: try again later.") from error

    def look(self, path: str) -> FileThere:
        """How large a file is, without reading it. Raises `NotThere`, `NoParts`, `NotFetched`."""

        def once() -> FileThere:
            with self._ask(path, (0, 1)) as answer:
                return FileThere(path, self._size(answer, 0), answer.headers.get("ETag") or "")

        return self._patiently(once)

    def part(self, file: FileThere, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`; a broken connection is taken up where it broke. Raises `NotFetched`."""
        got = bytearray()

        def once() -> bytes:
            begin = start + len(got)
            with self._ask(file.path, (begin, stop)) as answer:
                seen = FileThere(file.path, self._size(answer, begin), answer.headers.get("ETag") or "")
                if seen != file:
                    raise NotFetched(
                        f"{self.name} put another file in its place while it was read: run the same command again."
                    )
                while len(got) < stop - start and (piece := answer.read(min(STEP, stop - start - len(got)))):
                    got.extend(piece)
                    self.received += len(piece)
            if len(got) < stop - start:
                raise ConnectionError("the connection broke off")
            return bytes(got)

        return self._patiently(once, lambda: len(got))

    def whole(self, path: str, to: Path, progress: Callable[[int, int], None]) -> None:
        """Write a whole file to `to`, from its beginning after each broken connection. `progress` gets the bytes that
        came and those that should (0: not said). Raises `NotFetched`."""

        def once() -> None:
            with self._ask(path) as answer, to.open("wb") as stream:
                size, came = int(answer.headers.get("Content-Length") or 0), 0
                while piece := answer.read(STEP):
                    stream.write(piece)
                    came += len(piece)
                    self.received += len(piece)
                    progress(came, size)
            if came < size:
                raise ConnectionError("the connection broke off")

        self._patiently(once)

    def _ask(self, path: str, span: tuple[int, int] | None = None) -> HTTPResponse:
        headers = {"User-Agent": f"JoinedUp/{__version__}", "Accept-Encoding": "identity"}
        if span:
            headers["Range"] = f"bytes={span[0]}-{span[1] - 1}"
        asked = request.Request(self.address + path, headers=headers)  # noqa: S310 - checked when it was given
        answer: HTTPResponse = self._opener.open(asked, timeout=TIMEOUT)
        self._answered = True
        if span and answer.status != 206:
            size = int(answer.headers.get("Content-Length") or 0)
            answer.close()
            large = f" ({size / 1e6:,.0f} MB)" if size else ""
            raise NoParts(
                f"{self.name} hands the archive over whole only{large}: run the same command with --whole to fetch "
                "all of it.",
                size,
            )
        return answer

    def _size(self, answer: HTTPResponse, begin: int) -> int:
        """The bytes of the whole file, of an answer with a part that should begin at `begin`."""
        span, _, size = (answer.headers.get("Content-Range") or "").removeprefix("bytes ").partition("/")
        if span.partition("-")[0] != str(begin) or not size.isdigit():
            raise NotFetched(
                f"{self.name} sent another part of the file than was asked for: try again later."
            )
        return int(size)

    def _patiently(self, once: Callable[[], T], came: Callable[[], int] = lambda: 0) -> T:
        """Call `once` until it succeeds, or did not come further often enough. `came`: the bytes so far."""
        failures, before = 0, 0
        while True:
            pause = None
            try:
                return once()
            except HTTPError as error:
                self._answered = True
                error.close()
                pause, why = self._may_try_again(error), f"it answers {error.code}"
            except (OSError, HTTPException) as error:
                why = self._why(error)
            failures = failures + 1 if came() - before < ENOUGH else 1
            before = came()
            if failures >= (ATTEMPTS if self._answered else FIRST_ATTEMPTS):
                raise NotFetched(
                    f"{self.name} cannot be reached ({why}): check the connection, or try again later. Nothing was "
                    "changed."
                )
            self._sleep(2 ** (failures - 1) if pause is None else pause)

    def _may_try_again(self, error: HTTPError) -> float | None:
        """The pause that the server asks for, None if it names none. Raises `NotFetched` where another attempt would
        not help."""
        if error.code in (404, 410):
            raise NotThere(f"{self.name} has no {urlsplit(error.url or '').path}.") from error
        if 300 <= error.code < 400:
            raise NotFetched(
                f"{self.name} sends on to an address that is not followed: nothing was fetched."
            ) from error
        if error.code not in AGAIN:
            raise NotFetched(f"{self.name} refuses ({error.code}): try again later.") from error
        pause = _seconds(error.headers.get("Retry-After") or "")
        if pause is not None and pause > LONGEST_PAUSE:
            raise NotFetched(
                f"{self.name} asks to wait {pause / 60:,.0f} minutes: run the same command again then."
            ) from error
        return pause

    def _why(self, error: Exception) -> str:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise NotFetched(
                f"{self.name} cannot prove that it is {self.name}: look at the machine's clock and certificates."
            ) from error
        if isinstance(reason, TimeoutError):
            return "no answer in time"
        return str(getattr(reason, "strerror", None) or reason).rstrip(".") or type(reason).__name__


class _Redirects(request.HTTPRedirectHandler):
    """Follows to public https addresses, and on the publisher's own host; nowhere else."""

    def __init__(self, name: str) -> None:
        self.name = name

    def redirect_request(
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> request.Request | None:
        if not _may_follow(newurl, self.name):
            fp.close()
            raise NotFetched(
                f"{self.name} sends on to an address that is not followed ({_origin(newurl)}): only public https "
                "addresses are. Nothing was fetched."
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _checked(address: str) -> str:
    """An address without the stroke at its end. Raises `NotFetched`."""
    try:
        parts = urlsplit(address.strip())
        plain = parts.hostname and not (parts.query or parts.fragment or parts.username or parts.password)
        good = plain and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.scheme not in ("http", "https"):
        raise NotFetched(f"“{address}” is no address to fetch from: give one such as https://data.police.uk.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise NotFetched("Files are fetched by https only: give an address that begins with https://.")
    return address.strip().rstrip("/")


def _may_follow(url: str, name: str) -> bool:
    """Whether a server of this name may send on to an address.

    A name that does not resolve here may do so behind a proxy; otherwise connecting to it fails. Whoever answered
    differently a moment later would still have to prove the name by its certificate.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if name in LOOPBACK and host in LOOPBACK:
        return parts.scheme in ("http", "https")
    if parts.scheme != "https" or not host:
        return False
    return host == name or all(map(_is_public, _addresses(host)))


def _addresses(host: str) -> set[str]:
    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return set()
    return {str(each[4][0]).partition("%")[0] for each in found}


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def _origin(url: str) -> str:
    """The beginning of an address, for a sentence."""
    return url.split("?")[0][:60]


def _seconds(retry_after: str) -> float | None:
    """What the header Retry-After says: seconds, or a date (RFC 9110, 10.2.3)."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        then = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=datetime.UTC)
    return max((then - datetime.datetime.now(datetime.UTC)).total_seconds(), 0.0)
