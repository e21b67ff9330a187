"""What a spreadsheet will create, row by row, before anything is created. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from joinedup.accounts.person import Person
from joinedup.spreadsheets import as_given, dates
from joinedup.spreadsheets.around import KnownRecords, around
from joinedup.spreadsheets.guesses import Guess, RowGuesses, SheetReading, Ticks, Unread, read_sheet
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.rows import CellProblem, RowCells, RowOutcome, SectorToCheck, Verdict, numbered

Said = TypeVar("Said")


@dataclass(frozen=True)
class SpreadsheetPreview:
    """`lines` are in the order of the file; `left_out`: how many rows the person chose to leave out. `names`: what
    places, themes and sectors are called, by code. `dates`: whether dates in figures can be read in two ways."""

    lines: list[RowOutcome]
    left_out: int = 0
    ticks: Ticks = field(default_factory=Ticks)
    names: Mapping[str, str] = field(default_factory=dict)
    dates: dates.DateDoubt | None = None

    @property
    def problems(self) -> list[CellProblem]:
        return [problem for line in self.lines for problem in line.problems]

    @property
    def doubts(self) -> dict[str, list[int]]:
        """What may be a mistake and is taken as it stands, with its rows."""
        return _rows_of(self.lines, lambda line: line.doubts)

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
    def totals(self) -> int:
        return sum(line.verdict is Verdict.TOTAL for line in self.lines)

    @property
    def sectors_to_check(self) -> list[SectorToCheck]:
        return [line.sector_to_check for line in self.lines if line.sector_to_check]

    @property
    def guesses(self) -> dict[Guess, list[int]]:
        """Every guess once, with the rows that it touches."""
        return _rows_of(self.lines, lambda line: line.guesses)

    @property
    def questions(self) -> dict[Guess, list[int]]:
        """What only somebody who knows the bodies can say, with the rows that it touches."""
        return _rows_of(self.lines, lambda line: line.questions)

    @property
    def unread(self) -> dict[Unread, list[int]]:
        """What could not be read, each words once, with its rows."""
        return _rows_of(self.lines, lambda line: line.unread)


def _rows_of(lines: list[RowOutcome], said: Callable[[RowOutcome], list[Said]]) -> dict[Said, list[int]]:
    found: dict[Said, list[int]] = {}
    for line in lines:
        for each in dict.fromkeys(said(line)):
            found.setdefault(each, []).append(line.row)
    return found


def preview(
    person: Person, upload: Upload, sectors: Mapping[int, str] | None = None, ticks: Ticks | None = None
) -> SpreadsheetPreview:
    """Every row of an upload as it is now. 15 queries, whatever the number of rows.

    `sectors`: row number -> slug, chosen for organisations whose sector the sheet does not give. `ticks`: which guesses
    stand; as the upload has them if not given.
    """
    return Sheet(person, upload, sectors or {}, ticks or Ticks(upload.ticks)).seen()


def without_marked(
    person: Person, upload: Upload, sectors: Mapping[int, str] | None = None, ticks: Ticks | None = None
) -> SpreadsheetPreview:
    """Like `preview` without the marked rows; the others are read again, as they may depend on a marked
    one."""
    sheet = Sheet(person, upload, sectors or {}, ticks or Ticks(upload.ticks))
    leave_out: set[int] = set()
    while True:
        seen = sheet.seen(leave_out)
        if not seen.marked:
            return seen
        leave_out |= {line.row for line in seen.marked}


class Sheet:
    """The rows of an upload beside the records that are there, its cells read once."""

    def __init__(self, person: Person, upload: Upload, sectors: Mapping[int, str], ticks: Ticks) -> None:
        self.upload, self.ticks, self.kind = upload, ticks, KINDS[upload.kind]
        self.beside: KnownRecords = around(person, upload.footprint)
        self.chosen = {row: slug for row, slug in sectors.items() if slug in self.beside.sectors}
        numbers = numbered(upload.rows, upload.first_row)
        self.totals = {number for number, texts in numbers if as_given.is_total(texts, upload.mapping)}
        given = [(row.number, row.mapped()) for row in self._rows() if row.number not in self.totals]
        self.dates = dates.doubt(cells for _, cells in given)
        if self.dates is not None:
            given = [(number, self._dated(cells)) for number, cells in given]
        self.reading: SheetReading = read_sheet(self.kind.table, self.kind.fields, given, self.beside)

    def seen(self, leave_out: Collection[int] = ()) -> SpreadsheetPreview:
        """What the rows come to without those left out."""
        every = self._rows()
        rows = [row for row in every if row.number not in {*leave_out, *self.totals}]
        for row in rows:
            row.read = RowGuesses(row.number, self.reading, self.ticks)
        lines = self.kind.read(rows, self.beside, self.chosen)
        lines += [_total(row) for row in every if row.number in self.totals]
        lines.sort(key=lambda line: line.row)
        return SpreadsheetPreview(lines, len(leave_out), self.ticks, self.beside.names, self.dates)

    def _dated(self, cells: Mapping[str, str]) -> dict[str, str]:
        order = self.upload.date_order
        return {
            name: dates.in_order(cell, order) if name in dates.FIELDS else cell
            for name, cell in cells.items()
        }

    def _rows(self) -> list[RowCells]:
        upload = self.upload
        return [_row(number, texts, upload) for number, texts in numbered(upload.rows, upload.first_row)]


def _row(number: int, texts: Sequence[str], upload: Upload) -> RowCells:
    """A row with the numbers of registers as they were before a spreadsheet program wrote them its own way; one that it
    cut short is refused."""
    cells = list(texts)
    lost = []
    for name in as_given.NUMBERS:
        column = upload.mapping.get(name)
        if column is not None and column < len(cells):
            if as_given.lost_figures(cells[column]):
                lost.append((name, cells[column]))
            cells[column] = (
                "" if as_given.lost_figures(cells[column]) else as_given.whole_number(cells[column])
            )
    row = RowCells(number, cells, upload.mapping, upload.header)
    for name, given in lost:
        row.refuse(
            name, f"“{given}” was shortened by a spreadsheet program: write the whole number, as text."
        )
    return row


def _total(row: RowCells) -> RowOutcome:
    return RowOutcome(row.number, row.first(), "Looks like a total: left out", Verdict.TOTAL)
