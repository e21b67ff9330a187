"""The publisher of street files on this machine: it answers as data.police.uk and the store behind it do, or badly."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# As https://data.police.uk/api/crimes-street-dates answers.
DATES = """[
 {"date": "2024-12", "stop-and-search": ["bedfordshire", "btp", "leicestershire", "metropolitan"]},
 {"date": "2024-11", "stop-and-search": ["bedfordshire", "leicestershire"]}
]"""
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)
NAMES = {
    "leicestershire": "Leicestershire Police",
    "derbyshire": "Derbyshire Constabulary",
    "metropolitan": "Metropolitan Police Service",
}
LSOA = {"leicestershire": "E01025000", "derbyshire": "E01019400", "metropolitan": "E01001714"}
MONTHS = ("2024-11", "2024-12")


def street(month: str, force: str, crimes: int = 40, lsoa: str = "") -> str:
    """Robberies of a force in a month, all in one neighbourhood. The crimes are invented."""
    name = NAMES[force]
    rows = (
        f"{abs(hash_of(month, force, n)):064x},{month},{name},{name},-1.1,52.6,On or near High Street,"
        f"{lsoa or LSOA[force]},Somewhere 001A,Robbery,Under investigation,\n"
        for n in range(crimes)
    )
    return HEADER + "".join(rows)


def hash_of(month: str, force: str, number: int) -> int:
    """A large number that is the same in every process, so that files hardly compress, like the real ones."""
    seed = int.from_bytes(f"{month}{force}{number}".encode(), "big")
    return pow(seed, 65537, 2**255 - 19)


def archive(path: Path, crimes: int = 40, months: tuple[str, ...] = MONTHS, **changed: str | None) -> Path:
    """An archive as the publisher makes them: months, forces, and the files that nobody wants here.

    `changed`: other content for a file, by `leicestershire_2024_12`; None leaves it out.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for month in months:
            for force in NAMES:
                key = f"{force}_{month.replace('-', '_')}"
                text = changed.get(key, street(month, force, crimes))
                if text is not None:
                    made.writestr(f"{month}/{month}-{force}-street.csv", text)
                made.writestr(f"{month}/{month}-{force}-outcomes.csv", "Crime ID,Month,Outcome type\n" * 50)
    return path


@dataclass
class Publisher:
    """What it serves, how it behaves, and what it was asked.

    `archives`: by month. `faults`: what becomes of the next requests for the store, one each: a number of bytes after
    which the connection breaks, or a status with headers. `sent`: bytes of archives that went out.
    """

    address: str = ""
    dates: str = DATES
    archives: dict[str, Path] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)
    sends_on_to: str = ""
    has_ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0

    def spans(self) -> list[str]:
        """The ranges that the store was asked for."""
        return [span for path, span in self.asked if path.startswith("/store/")]


@contextmanager
def publishing(path: Path) -> Iterator[Publisher]:
    """It serves until the end of the block."""
    publisher = Publisher(archives={"2024-12": path})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(publisher, self)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Whoever asked has gone: that is what some of the tests do."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        publisher.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield publisher
        finally:
            server.shutdown()
            thread.join()


def _answer(publisher: Publisher, asked: BaseHTTPRequestHandler) -> None:
    publisher.asked.append((asked.path, asked.headers.get("Range") or ""))
    asked.close_connection = True
    if asked.path == "/api/crimes-street-dates":
        _reply(asked, 200, {"Content-Type": "application/json"}, publisher.dates.encode())
        return
    found = re.fullmatch(r"/(data/archive|store)/(\d{4}-\d\d)\.zip", asked.path)
    if not found or found[2] not in publisher.archives:
        _reply(asked, 404, {}, b"not found")
    elif found[1] == "data/archive":
        to = publisher.sends_on_to or f"{publisher.address}/store/{found[2]}.zip"
        _reply(asked, 302, {"Location": to}, b"")
    else:
        _from_store(publisher, asked, publisher.archives[found[2]])


def _from_store(publisher: Publisher, asked: BaseHTTPRequestHandler, path: Path) -> None:
    fault = publisher.faults.pop(0) if publisher.faults else None
    if isinstance(fault, tuple):
        _reply(asked, fault[0], fault[1], b"")
        return
    size = path.stat().st_size
    span = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers.get("Range") or "")
    mark = {"ETag": f'"{path.stat().st_mtime_ns:x}"'}
    if span and publisher.has_ranges:
        start, stop = int(span[1]), min(int(span[2]) + 1, size)
        headers, status = {"Content-Range": f"bytes {start}-{stop - 1}/{size}", **mark}, 206
    else:
        start, stop, status, headers = 0, size, 200, mark
    with path.open("rb") as stream:
        stream.seek(start)
        body = stream.read(stop - start)
    publisher.sent += len(body) if fault is None else min(fault, len(body))
    _reply(asked, status, headers, body, fault)


def _reply(
    asked: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, most: int | None = None
) -> None:
    asked.send_response(status)
    for name, value in headers.items():
        asked.send_header(name, value)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body[:most])
