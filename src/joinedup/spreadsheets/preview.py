"""What a spreadsheet will create, row by row, before anything is created. Read-only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from joinedup.accounts.person import Person
from joinedup.spreadsheets.around import KnownRecords, around
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.rows import CellProblem, RowCells, RowOutcome, SectorToCheck, Verdict, numbered


@dataclass(frozen=True)
class SpreadsheetPreview:
    """`lines` are in the order of the file; `left_out`: how many rows the person chose to leave out."""

    lines: list[RowOutcome]
    left_out: int = 0

    @property
    def problems(self) -> list[CellProblem]:
        return [problem for line in self.lines for problem in line.problems]

    @property
    def marked(self) -> list[RowOutcome]:
        return [line for line in self.lines if line.verdict is Verdict.PROBLEM]

    @property
    def to_make(self) -> list[RowOutcome]:
        return [line for line in self.lines if line.verdict in (Verdict.NEW, Verdict.ADDS)]

    @property
    def known(self) -> int:
        return sum(line.verdict is Verdict.KNOWN for line in self.lines)

    @property
    def sectors_to_check(self) -> list[SectorToCheck]:
        return [line.sector_to_check for line in self.lines if line.sector_to_check]


def preview(person: Person, upload: Upload, sectors: Mapping[int, str] | None = None) -> SpreadsheetPreview:
    """Every row of an upload as it is now. 8 queries, whatever the number of rows.

    `sectors`: row number -> slug, chosen for organisations whose sector the sheet does not give.
    """
    return SpreadsheetPreview(_read(upload, around(person, upload.footprint), sectors or {}, leave_out=()))


def without_marked(
    person: Person, upload: Upload, sectors: Mapping[int, str] | None = None
) -> SpreadsheetPreview:
    """Like `preview` without the marked rows; the others are read again, as they may depend on a marked
    one."""
    beside = around(person, upload.footprint)
    leave_out: set[int] = set()
    while True:
        seen = SpreadsheetPreview(_read(upload, beside, sectors or {}, leave_out), len(leave_out))
        if not seen.marked:
            return seen
        leave_out |= {line.row for line in seen.marked}


def _read(
    upload: Upload, beside: KnownRecords, sectors: Mapping[int, str], leave_out: Collection[int]
) -> list[RowOutcome]:
    chosen = {row: slug for row, slug in sectors.items() if slug in beside.sectors}
    rows = [
        RowCells(number, texts, upload.mapping, upload.header)
        for number, texts in numbered(upload.rows, upload.first_row)
        if number not in leave_out
    ]
    return KINDS[upload.kind].read(rows, beside, chosen)
