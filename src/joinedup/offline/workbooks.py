"""Read one sheet of a publisher's workbook (XLSX): values only, nothing is evaluated.

A workbook often begins with sheets of notes, so the caller says by which header the right sheet is known.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from joinedup.engines.words import listing
from joinedup.offline import archives
from joinedup.offline.delimited import MOST_COLUMNS, Refused, TextTable, csv_bytes, quoted, table_of
from joinedup.offline.workbook_process import NOT_READ, Broken, Limits, Stopped, sheets

Recognises = Callable[[list[str]], bool]

# The largest workbook that a publisher's table by neighbourhood was seen to need is a fifth of it.
LIMITS = Limits(unpacked=60 * 1024**2, memory=1024**3, seconds=120, cells=10_000_000, said=400 * 1024**2)
# A header may stand below a title and notes.
HEADER_WITHIN = 15
MAIN_PART = "xl/workbook.xml"


def is_workbook(path: Path) -> bool:
    """Whether it is an archive that holds an XLSX workbook; damaged archives are none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MAIN_PART in archive.namelist()
    except archives.BROKEN:
        return False


def table_in(path: Path, recognises: Recognises | None) -> TextTable:
    """The table of the one visible sheet with a header that is recognised (None: that holds anything). Other sheets
    that are damaged are named in its notes.

    Raises `Refused`.
    """
    try:
        titles, found, broken = _headers(path, recognises)
        if len(broken) == len(titles) and titles:
            raise Refused(NOT_READ["damaged"])
        if not titles:
            raise Refused("The workbook has no sheet that can be read. Download it again.")
        lost = f" {_left_out([titles[each] for each in broken])}" if broken else ""
        if not found:
            raise Refused(
                f"No sheet of this workbook ({_named(titles)}) has the columns of a known publisher. "
                f"Bring a publisher's file unchanged.{lost}"
            )
        if len(found) > 1:
            raise Refused(
                f"Several sheets of this workbook can be read ({_named([titles[each] for each in found])}). "
                "Save the one that you need as CSV and bring that."
            )
        ((number, (above, width)),) = found.items()
        body = csv_bytes(_records(path, number, above, width))
    except Stopped as stopped:
        raise Refused(NOT_READ[stopped.reason]) from None
    table = table_of(body)
    notes = [f"Read from the sheet “{quoted(titles[number])}”.{lost}", *table.notes]
    return replace(table, above=above, notes=notes)


def _left_out(titles: list[str]) -> str:
    are = "is" if len(titles) == 1 else "are"
    return f"{_named(titles)} {are} damaged and could not be read."


def _named(titles: list[str]) -> str:
    names = [f"“{quoted(title, 40)}”" for title in titles]
    return listing([*names[:5], *([f"{len(names) - 5} more"] if len(names) > 5 else [])])


def _headers(
    path: Path, recognises: Recognises | None
) -> tuple[list[str], dict[int, tuple[int, int]], list[int]]:
    """The titles of the sheets; for each, by its number, whose header is recognised, how many rows stand above that and
    how many columns it has; and the numbers of those that are damaged before any header."""
    titles: list[str] = []
    broken: list[int] = []
    found: dict[int, tuple[int, int]] = {}
    above = 0
    with path.open("rb") as file:
        for each in sheets(file, LIMITS, style="csv", last_row=HEADER_WITHIN, columns=MOST_COLUMNS):
            if isinstance(each, str):
                titles.append(each)
                above = 0
                continue
            if isinstance(each, Broken):
                if len(titles) - 1 not in found:
                    broken.append(len(titles) - 1)
                continue
            if each and len(titles) - 1 not in found and (recognises is None or recognises(each)):
                found[len(titles) - 1] = (above, len(each))
            above += 1
    return titles, found, broken


def _records(path: Path, sheet: int, above: int, width: int) -> Iterator[list[str]]:
    """The header and the rows below it, one cell wider than the header, so that a figure beside the table is
    seen; no wider, since empty columns cost time too."""
    width += 1
    with path.open("rb") as file:
        for each in sheets(file, LIMITS, style="csv", sheet=sheet, first_row=above + 1, columns=width):
            if isinstance(each, Broken):
                raise Stopped(each.reason)
            if isinstance(each, list):
                yield each + [""] * (width - len(each))
