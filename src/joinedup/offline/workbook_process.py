"""Reads workbooks in a process of their own, which is stopped when it takes too much memory or time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any

from joinedup.offline import sheet_rows

# The last row of a sheet in Excel: a forged number of a row would be filled up to with empty ones.
LAST_ROW = 1_048_576
# At one time in this process, so that all together stay within the machine.
_AT_ONCE = BoundedSemaphore(2)


_AS_CSV = "Save the sheet that you need as CSV and bring that."
# Why a workbook, or one sheet of it, is not read, each in a sentence or two for who brought it.
NOT_READ = {
    "too large": f"The workbook holds more than 60 MB when unpacked. {_AS_CSV}",
    "too much": f"The workbook takes more memory or time than a table does. {_AS_CSV}",
    "damaged": "The workbook is cut off or damaged. Open it and save it again, or download it again, and bring that.",
    "entities": "This workbook was not saved by a spreadsheet program. Bring the table as CSV.",
    "no workbook": "This is a ZIP file, not a spreadsheet. Bring a CSV or XLSX file.",
}


class Stopped(Exception):
    """The workbook was not read to its end. `reason`, a key of NOT_READ: too large (unpacked), too much (memory, time,
    cells or text), damaged, entities (declared), no workbook."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """`unpacked`: bytes of all parts; `memory`: bytes of address space of the process; `cells`: of the sheets that are
    read; `said`: bytes that it may print."""

    unpacked: int
    memory: int
    seconds: int
    cells: int
    said: int


@dataclass(frozen=True)
class Contents:
    """The titles of the sheets of a workbook, in order."""

    visible: list[str]
    hidden: list[str]


@dataclass(frozen=True)
class Joined:
    """The joined cells of a sheet: [first row, first column, last row, last column], from 0."""

    ranges: list[list[int]]


@dataclass(frozen=True)
class Broken:
    """A sheet ends here, since it cannot be read on: `reason`, a key of NOT_READ. The next sheet follows."""

    reason: str


BookLine = Contents | str | list[str] | Joined | Broken


def sheets(
    file: IO[bytes],
    limits: Limits,
    *,
    style: str,
    sheet: int | None = None,
    first_row: int = 1,
    last_row: int = LAST_ROW,
    columns: int,
) -> Generator[str | list[str] | Broken, None, None]:
    """The title of each visible sheet (or of the one with this number), each followed by the texts of its rows, and by
    `Broken` where it is damaged.

    `style`: `csv` or `british`, see `sheet_rows.py`. `file` lies on the disk. Raises `Stopped`.
    """
    wants = {
        "style": style, "sheet": sheet, "first_row": first_row, "last_row": last_row, "columns": columns,
        "layout": False,
    }  # fmt: skip
    with closing(_read(file, limits, wants)) as lines:
        for line in lines:
            assert isinstance(line, str | list | Broken)
            yield line


def whole_book(
    file: IO[bytes], limits: Limits, *, style: str, last_row: int = LAST_ROW, columns: int
) -> Generator[BookLine, None, None]:
    """Like `sheets`: first what the workbook holds, then of each visible sheet its title, its rows and, at its end, its
    joined cells, or `Broken` where it is damaged. Raises `Stopped`."""
    wants = {"style": style, "sheet": None, "first_row": 1, "last_row": last_row, "columns": columns}
    yield from _read(file, limits, wants | {"layout": True})


def _read(file: IO[bytes], limits: Limits, wants: dict[str, Any]) -> Generator[BookLine, None, None]:
    wants = wants | {
        "unpacked": limits.unpacked, "memory": limits.memory, "seconds": limits.seconds, "cells": limits.cells,
    }  # fmt: skip
    # Isolated: what it imports depends on nothing that is set here.
    command = [sys.executable, "-I", str(Path(sheet_rows.__file__)), json.dumps(wants)]
    file.seek(0)
    with (
        _AT_ONCE,
        subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child,
    ):
        # Processor time is limited by the system; this stops one that waits.
        clock = Timer(3 * limits.seconds, child.kill)
        clock.start()
        try:
            assert child.stdout is not None
            with closing(_lines(child.stdout, limits.said)) as lines:
                yield from lines
        finally:
            clock.cancel()
            child.kill()


def _lines(stream: IO[bytes], most: int) -> Generator[BookLine, None, None]:
    said = 0
    while line := stream.readline(most - said + 1):
        said += len(line)
        if said > most:
            raise Stopped("too much")
        if not line.endswith(b"\n"):
            break
        told: Any = json.loads(line)
        if isinstance(told, list):
            yield told
        elif "sheet" in told:
            yield str(told["sheet"])
        elif "visible" in told:
            yield Contents(told["visible"], told["hidden"])
        elif "joined" in told:
            yield Joined(told["joined"])
        elif "broken" in told:
            yield Broken(told["broken"])
        elif "refused" in told:
            raise Stopped(told["refused"])
        else:
            return
    # It was stopped in the middle.
    raise Stopped("too much")
