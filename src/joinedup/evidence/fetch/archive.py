"""The monthly archive of data.police.uk: which months there are, and single street files out of an archive.

Sources, read as stored copies in 2026:

- https://data.police.uk/docs/method/crime-street-dates/: the months that are published, newest first, some 36.
- https://data.police.uk/data/archive/: a zip for each month, `2024-12.zip`, with the 36 months up to it of every
  force; "with the exception of the latest month's archive, the data on this page is out of date". It is sent on to
  `policeuk-data.s3.amazonaws.com`, which answers ranges (206). July 2026: 1.73 GB, 4,485 files, each
  `2024-12/2024-12-leicestershire-street.csv` (or -outcomes, -stop-and-search), deflated.

The street-level API is not used: it answers without LSOA codes and for 10,000 crimes at most, so what it gives is not
what the files say.
"""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from joinedup.evidence.fetch.remote_file import RemoteFile
from joinedup.evidence.fetch.server import NotFetched, Server
from joinedup.offline.archives import BROKEN

PUBLISHER = "https://data.police.uk"
DATES = "/api/crimes-street-dates"
MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
STREET = re.compile(rf"({MONTH.pattern})-([a-z-]+)-street\.csv")
STEP = 1 << 20
HEAD = (
    4 * 1024
)  # bytes before the content of a file, at most: 30, its name, and what else a program wrote there
LARGEST_FILE = 512 * 1024**2  # bytes unpacked; the largest force has some 25 MB a month
DAMAGED = "It arrived damaged: its checksum or its size is wrong."


class Damaged(Exception):
    """One file of an archive cannot be used; the sentence says why."""


def months_published(server: Server) -> list[str]:
    """The months whose street files are published, newest first. Raises `NotFetched`."""
    answer = server.json(DATES)
    told = [each.get("date") for each in answer if isinstance(each, dict)] if isinstance(answer, list) else []
    found = {each for each in told if isinstance(each, str) and MONTH.fullmatch(each)}
    if not found:
        raise NotFetched(f"{server.name} did not say which months are published: try again later.")
    return sorted(found, reverse=True)


def archive_path(month: str) -> str:
    return f"/data/archive/{month}.zip"


def street_file(month: str, force: str) -> str:
    return f"{month}-{force}-street.csv"


class Archive:
    """The street files of one archive, on a server or on the disk. Raises `NotFetched` if it cannot be read.

    `months`: those of which it has any street file.
    """

    def __init__(self, where: RemoteFile | Path) -> None:
        self._remote = where if isinstance(where, RemoteFile) else None
        try:
            self._zip = zipfile.ZipFile(where)
        except BROKEN as error:
            raise NotFetched("The archive is damaged or not complete: try again later.") from error
        self._files = {}
        for item in self._zip.infolist():
            name = item.filename.rpartition("/")[2]
            if STREET.fullmatch(name):
                self._files[name] = item
        self.months = {name[:7] for name in self._files}
        # A file ends at the latest where the next one begins, or the directory.
        self._begins = sorted({item.header_offset for item in self._zip.infolist()} | {self._zip.start_dir})

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def unpacked(self, name: str) -> int:
        """Its bytes once it is unpacked."""
        return self._files[name].file_size

    def take(self, name: str, to: Path, progress: Callable[[int], None]) -> None:
        """Write one file to `to`; `progress` is called with the unpacked bytes of each step.

        Raises `Damaged` (and leaves no file) if its checksum or size is wrong, `NotFetched`.
        """
        item = self._files[name]
        if item.file_size > LARGEST_FILE:
            raise Damaged(f"It has {item.file_size / 1e6:,.0f} MB, more than a month of a force ever had.")
        if self._remote is not None:
            following = bisect_right(self._begins, item.header_offset)
            last = self._begins[min(following, len(self._begins) - 1)]
            self._remote.expect(item.header_offset, min(last, item.header_offset + item.compress_size + HEAD))
        try:
            with self._zip.open(item) as packed, to.open("wb") as stream:
                # Read to its very end, where zipfile compares the checksum.
                while step := packed.read(STEP):
                    stream.write(step)
                    progress(len(step))
        except BROKEN as error:
            to.unlink(missing_ok=True)
            raise Damaged(DAMAGED) from error
        if to.stat().st_size != item.file_size:
            to.unlink()
            raise Damaged(DAMAGED)
