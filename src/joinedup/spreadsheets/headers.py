"""Which sheet of a workbook is the list, and which of its rows are headings: proposed, for somebody to change.

The row near the top that knows most headings is the header. A second row of headings above or below it ("Dates" over
"Start" and "End") is joined to it: "Dates: Start".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from joinedup.privacy.case_lists import looks_like_data
from joinedup.spreadsheets.columns import Field, plain
from joinedup.spreadsheets.parse import Book, RawSheet, Spreadsheet, Unreadable, below, open_file, open_text

HEADER_WITHIN = 15
LONGEST_HEADING = 60
# A heading that a row cannot do without counts as several others: a sheet of words to choose from has none.
_NEEDED = 10


@dataclass(frozen=True)
class Wanted:
    """The headings that are looked for, in plain form. `needed`: of each field that a row needs, what it is called."""

    known: frozenset[str]
    needed: tuple[frozenset[str], ...] = ()

    def in_row(self, row: Sequence[str]) -> int:
        """How much a row looks like the headings. A word in a row of dates and numbers is a value that happens to be
        called as a column."""
        words = set() if looks_like_data(row) else {plain(cell) for cell in row if cell}
        return len(words & self.known) + _NEEDED * sum(bool(words & names) for names in self.needed)


def wanted(table: str, fields: Sequence[Field], remembered: Mapping[str, str]) -> Wanted:
    """The headings of these fields, and those that a partnership chose for them before (plain heading -> field)."""
    own = {
        field.name: {plain(word) for word in field.called(table)}
        | {word for word, name in remembered.items() if name == field.name}
        for field in fields
    }
    known = frozenset({word for words in own.values() for word in words})
    return Wanted(known, tuple(frozenset(own[field.name]) for field in fields if field.required))


@dataclass(frozen=True)
class HeaderAt:
    """Where the headings stand: the number of the sheet, and its first and last row of headings, all from 0."""

    sheet: int
    first: int
    last: int


def proposed(book: Book, looked_for: Wanted) -> HeaderAt:
    """The sheet whose headings are known best, the first of equals. Raises `Unreadable` if none can be read."""
    best: tuple[int, HeaderAt] | None = None
    for number, raw in enumerate(book.sheets):
        place = None if raw.refused else headings_in(raw, number, looked_for)
        # A sheet that has nothing below its headings is no list.
        if place is None or (best is not None and not any(map(any, raw.rows[place.last + 1 :]))):
            continue
        known = max(looked_for.in_row(raw.rows[row]) for row in (place.first, place.last))
        if (
            best is None
            or known > best[0]
            or not any(map(any, book.sheets[best[1].sheet].rows[best[1].last + 1 :]))
        ):
            best = known, place
    if best is None:
        raise Unreadable(book.sheets[0].refused)
    return best[1]


def headings_in(raw: RawSheet, number: int, looked_for: Wanted) -> HeaderAt:
    """The row near the top with the most known headings, else the first that is wider than a title; with the row that
    is joined to it."""
    top = raw.rows[:HEADER_WITHIN]
    scores = [looked_for.in_row(row) for row in top]
    if max(scores):
        at = scores.index(max(scores))
    else:
        wide = [n for n, row in enumerate(top) if sum(bool(cell) for cell in row) > 1]
        at = wide[0] if wide else next(n for n, row in enumerate(raw.rows) if any(row))
    if at + 1 < len(raw.rows) and _is_second(raw, at, looked_for):
        return HeaderAt(number, at, at + 1)
    if at and _is_group_row(raw, at - 1):
        return HeaderAt(number, at - 1, at)
    return HeaderAt(number, at, at)


def sheet_at(book: Book, place: HeaderAt) -> Spreadsheet:
    """The sheet read from these headings on."""
    raw = book.sheets[place.sheet]
    if raw.refused:
        raise Unreadable(raw.refused)
    if not 0 <= place.first <= place.last < len(raw.rows) or place.last - place.first > 1:
        raise Unreadable("There is no such row.")
    return below(raw, _joined(raw, place), place.last + 1)


def read_file(content: bytes, known: Iterable[str] = ()) -> Spreadsheet:
    """A CSV or XLSX file. `known`: headings by which the sheet and its header row are recognised."""
    return _read(open_file(content), known)


def read_text(text: str, known: Iterable[str] = ()) -> Spreadsheet:
    """Text as pasted from a spreadsheet, or the content of a CSV file."""
    return _read(open_text(text), known)


def _read(book: Book, known: Iterable[str]) -> Spreadsheet:
    return sheet_at(book, proposed(book, Wanted(frozenset(plain(word) for word in known))))


def _is_second(raw: RawSheet, at: int, looked_for: Wanted) -> bool:
    """Whether the row below the header holds headings under those of the header: known ones, none of them under a
    heading that stands alone."""
    row, top = raw.rows[at + 1], raw.rows[at]
    cells = [(n, cell) for n, cell in enumerate(row) if cell]
    words = ({plain(cell), plain(f"{_group(raw, at, n)} {cell}")} for n, cell in cells)
    known = sum(bool(each & looked_for.known) for each in words)
    if not cells or known * 2 < len(cells) or not _are_headings(cell for _, cell in cells):
        return False
    if all(_over(raw, at, n) or not _cell(top, n) for n, _ in cells):
        return True
    return known == len(cells) > 1 and len(set(filter(None, top))) < sum(map(bool, top))


def _is_group_row(raw: RawSheet, at: int) -> bool:
    """Whether a row above the header names groups of its columns, rather than the whole sheet."""
    row = raw.rows[at]
    cells = [n for n, cell in enumerate(row) if cell]
    if not cells or not _are_headings(row[n] for n in cells):
        return False
    beneath = [n for n, cell in enumerate(raw.rows[at + 1]) if cell]
    wide = _columns_of_merged(raw, at)
    if wide and not any(set(beneath) - set(columns) for columns in wide):
        return False
    return len(cells) > 1 or cells[0] > beneath[0]


def _are_headings(cells: Iterable[str]) -> bool:
    return all(len(cell) <= LONGEST_HEADING and not any(map(str.isdigit, cell)) for cell in cells)


def _columns_of_merged(raw: RawSheet, at: int) -> list[range]:
    """The columns of each run of joined cells that begins in this row and spans more than one column."""
    return [range(left, right + 1) for top, left, _, right in raw.merged if top == at and right > left]


def _group(raw: RawSheet, at: int, column: int) -> str:
    """What a row of groups says over a column: its own cell, that of the joined cells, or the last one to the left."""
    row, merged = raw.rows[at], _columns_of_merged(raw, at)
    if own := _cell(row, column):
        return own
    if merged:
        return next((_cell(row, columns[0]) for columns in merged if column in columns), "")
    return next((cell for cell in reversed(row[:column]) if cell), "")


def _over(raw: RawSheet, at: int, column: int) -> bool:
    """Whether the heading in this cell is that of several columns."""
    row, merged = raw.rows[at], _columns_of_merged(raw, at)
    if merged:
        return any(column in columns for columns in merged)
    beside = _cell(row, column + 1)
    wider = column + 1 < len(raw.rows[at + 1]) and bool(_cell(raw.rows[at + 1], column + 1))
    return wider and (not beside or beside == _cell(row, column))


def _joined(raw: RawSheet, place: HeaderAt) -> list[str]:
    top, last = raw.rows[place.first], raw.rows[place.last]
    if place.first == place.last:
        return list(top)
    heads = []
    for n in range(max(len(top), len(last))):
        group, own = _group(raw, place.first, n), _cell(last, n)
        if not own:
            heads.append(_cell(top, n))
        else:
            heads.append(own if not group or plain(group) == plain(own) else f"{group.rstrip(': ')}: {own}")
    return heads


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
