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


class Stopped(Exception):
    """The workbook was not read to its end. `reason`: too large (unpacked), too much (memory, time, cells or text),
    damaged, entities (declared), no workbook."""

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


BookLine = Contents | str | list[str] | Joined


def sheets(
    file: IO[bytes],
    limits: Limits,
    *,
    style: str,
    sheet: int | None = None,
    first_row: int = 1,
    last_row: int = LAST_ROW,
    columns: int,
) -> Generator[str | list[str], None, None]:
    """The title of each visible sheet (or of the one with this number), each followed by the texts of its rows.

    `style`: `csv` or `british`, see `sheet_rows.py`. `file` lies on the disk. Raises `Stopped`.
    """
    wants = {
        "style": style, "sheet": sheet, "first_row": first_row, "last_row": last_row, "columns": columns,
        "layout": False,
    }  # fmt: skip
    with closing(_read(file, limits, wants)) as lines:
        for line in lines:
            assert isinstance(line, str | list)
            yield line


def whole_book(
    file: IO[bytes], limits: Limits, *, style: str, last_row: int = LAST_ROW, columns: int
) -> Generator[BookLine, None, None]:
    """Like `sheets`: first what the workbook holds, then of each visible sheet its title, its rows and, at its end, its
    joined cells. Raises `Stopped`."""
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
        elif "refused" in told:
            raise Stopped(told["refused"])
        else:
            return
    # It was stopped in the middle.
    raise Stopped("too much")
