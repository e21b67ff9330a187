"""Whether a table lists individual people: cases, suspects, victims, patients, pupils. Such a table is
refused.

One set of rules for every import: uploaded spreadsheets, and files that `joinedup import` reads. A heading
that only a case file has is enough. Names are not: a list of contacts has them too. They count beside
something said about a person (an offence, a school attended, a single age), or without an organisation, job
or work address beside them. Cells are checked under any heading, and so is the first row, since some lists
have no headings.

Nothing here stores or quotes a cell; only known headings are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from joinedup.engines.words import listing, plural
from joinedup.privacy.case_cells import OFFENCE, YES_NO, is_age, is_birthday, is_number, what_one_says
from joinedup.privacy.case_headings import (
    ABOUT_WORK,
    AT_WORK,
    COUNTS,
    DECISIVE,
    REFERENCE,
    ROLES,
    SPLIT_FIRST,
    SPLIT_LAST,
    STRONG,
    SUBJECT_NAME,
    TELEPHONES,
    WEAK,
    WORK,
    plain_heading,
)
from joinedup.privacy.detect import DAY, EMAIL, POSTCODE, is_given_name, is_person

# A header may follow a title within this many rows; later rows are data.
HEADER_WITHIN = 12
LONGEST_HEADING = 60
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Found:
    """What was found, in words, and the headings of the columns that show it (none if cells did)."""

    what: str
    columns: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """One sentence fit to show."""
        named = [f"“{each}”" for each in self.columns]
        where = ""
        if named:
            where = f", {plural(len(named), 'column')} {listing(named)}"
        return (
            f"This looks like records of single people ({self.what}{where}): JoinedUp holds none, and has kept nothing "
            "of it."
        )


def find_people(
    header: Sequence[str], rows: Rows, *, own_columns: Callable[[str], bool] = lambda _name: False
) -> Found | None:
    """What makes a table one about individual people, or None. `rows` are as wide as `header`.

    `own_columns`: whether a heading is a publisher's own and is ignored (“Crime ID”).
    """
    for titles, below in _headers(header, rows):
        taken = [(n, title) for n, title in enumerate(titles) if title and not own_columns(title)]
        columns = [_Column(title, plain_heading(title), [row[n] for row in below]) for n, title in taken]
        found = _decisive(columns) or _named_people(columns) or _rows_of_people(columns)
        if found:
            return found
    theirs = [n for n, title in enumerate(header) if not own_columns(title)]
    if len(theirs) < len(header):
        header, rows = [header[n] for n in theirs], [[row[n] for n in theirs] for row in rows]
    return _in_cells(header, rows) or _without_headings(header, rows)


def looks_like_data(header: Sequence[str]) -> bool:
    """Whether the header is really a row of data: then none of it may be stored as a heading."""
    cells = [cell for cell in header if cell]
    # Any “@”, not only an address: a header mistaken for a row is merely not remembered.
    marks = sum("@" in cell or bool(DAY.match(cell)) or POSTCODE.is_in(cell) for cell in cells)
    # “2025/26” and “2026-03” are headings of figures.
    without_years = [re.sub(r"\b(19|20)\d\d([/-]\d\d(\d\d)?)?\b", "", cell) for cell in cells]
    digits = sum(sum(letter.isdigit() for letter in cell) > 4 for cell in without_years)
    return bool(marks or digits or any(is_person(cell) for cell in cells))


@dataclass(frozen=True)
class _Column:
    title: str
    heading: str
    all_cells: Sequence[str]

    @property
    def cells(self) -> list[str]:
        return [cell for cell in self.all_cells if cell]

    def mostly(self, is_so: Callable[[str], bool], share: float = 0.5) -> bool:
        cells = self.cells
        return bool(cells) and sum(is_so(cell) for cell in cells) > share * len(cells)

    @property
    def is_count(self) -> bool:
        return bool(COUNTS.search(self.heading)) and self.mostly(is_number)

    @property
    def is_single_age(self) -> bool:
        return bool(re.search(r"\b(ages?|oed|oedran|years old)\b", self.heading)) and self.mostly(is_age)


def _headers(header: Sequence[str], rows: Rows) -> list[tuple[Sequence[str], Rows]]:
    """The header, and rows near the top that may be the real header below a title."""
    found: list[tuple[Sequence[str], Rows]] = [(header, rows)]
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        cells = [cell for cell in row if cell]
        short = all(len(cell) <= LONGEST_HEADING and not any(map(str.isdigit, cell)) for cell in cells)
        known = sum(_is_heading(plain_heading(cell)) for cell in cells)
        if short and known >= 2 and known * 2 >= len(cells):
            found.append((row, rows[number + 1 :]))
    return found


def _is_heading(words: str) -> bool:
    whole = SUBJECT_NAME.match(words) or REFERENCE.match(words)
    return (
        bool(whole)
        or any(re.search(pattern, words) for pattern, _what in DECISIVE)
        or (len(words.split()) <= 3 and any(each.search(words) for each in (STRONG, WEAK, ROLES)))
    )


def _decisive(columns: Sequence[_Column]) -> Found | None:
    for pattern, what in DECISIVE:
        hits = [each for each in columns if re.search(pattern, each.heading) and not _is_tally(each, what)]
        if hits:
            return Found(what, _titles(hits))
    for each in columns:
        said = ROLES.search(each.heading)
        if said and not WORK.search(each.heading) and not each.mostly(lambda cell: bool(YES_NO.match(cell))):
            return Found(f"somebody as {said[0]}", (each.title,))
    return None


def _is_tally(column: _Column, what: str) -> bool:
    """Whether a heading such as “arrested” or “patients” stands over numbers, and so is a count."""
    may_count = what == "arrests and sentences" or column.heading == "patients"
    return may_count and column.mostly(is_number)


def _named_people(columns: Sequence[_Column]) -> Found | None:
    """Names beside something said about a person, or without anything about work beside them."""
    names = [each for each in columns if SUBJECT_NAME.match(each.heading)]
    if not names:
        return None
    others = [each for each in columns if each not in names]
    at_work = any(AT_WORK.search(each.heading) for each in others) or any(
        each.mostly(EMAIL.is_in) for each in others
    )
    about_work = any(ABOUT_WORK.search(each.heading) for each in others)
    are_split = any(SPLIT_FIRST.match(each.heading) for each in names) or any(
        SPLIT_LAST.match(each.heading) for each in names
    )
    are_people = are_split or any(each.mostly(is_person, 0.3) for each in names)
    strong = [each for each in others if STRONG.search(each.heading) and not _says_work(each.heading)]
    if at_work:
        # Somebody may work at a school.
        strong = [each for each in strong if not re.fullmatch(r"school|form|family|ysgol", each.heading)]
    if strong and (are_people or not (about_work or at_work)):
        return Found("names beside what is said of a person", _titles([*names, *strong]))
    if at_work or (about_work and not are_split):
        return None
    weak = [each for each in others if each.is_single_age or WEAK.search(each.heading)]
    if any(each.is_single_age for each in weak) or (are_people and weak):
        return Found("names beside what is said of a person", _titles([*names, *weak]))
    if are_split or (are_people and not about_work):
        return Found("names of people without an organisation", _titles(names))
    return None


def _says_work(heading: str) -> bool:
    return bool(WORK.search(heading)) and not re.search(r"\b(ages?|outcome|referred)\b", heading)


def _rows_of_people(columns: Sequence[_Column]) -> Found | None:
    """One row per person without a name: an age, an ethnicity, a ward, and no counts."""
    if any(ABOUT_WORK.search(each.heading) for each in columns):
        return None
    about, counted = [], False
    for each in columns:
        said = bool(STRONG.search(each.heading) or WEAK.search(each.heading)) and not _says_work(each.heading)
        if each.is_single_age or (said and not each.is_count and not _bands(each)):
            about.append(each)
        elif COUNTS.search(each.heading) or (each.mostly(is_number) and not REFERENCE.match(each.heading)):
            counted = True
    telling = [
        each
        for each in about
        if each.is_single_age
        or re.search(r"\b(gender|sex|rhyw|ethnic\w*|ethnigrwydd|risk|lefel risg|offence)\b", each.heading)
        or STRONG.search(each.heading)
    ]
    if not counted and len(about) >= 3 and len(telling) >= 2:
        return Found("one row a person", _titles(about))
    if not counted and len(about) >= 2 and any(each.is_single_age for each in about) and len(telling) >= 2:
        return Found("one row a person", _titles(about))
    return None


def _bands(column: _Column) -> bool:
    return bool(re.search(r"\bages?\b", column.heading)) and not column.is_single_age


def _in_cells(header: Sequence[str], rows: Rows) -> Found | None:
    every = [header, *rows]
    for n, title in enumerate(header):
        are_telephones = bool(re.search(TELEPHONES, plain_heading(title)))
        if said := what_one_says([row[n] for row in every if row[n]], are_telephones=are_telephones):
            return Found(said)
    ages = any(
        _Column(title, plain_heading(title), [row[n] for row in rows]).is_single_age
        for n, title in enumerate(header)
    )
    if ages and any(POSTCODE.is_in(cell) for row in rows for cell in row):
        return Found("ages beside full postcodes")
    return None


def _without_headings(header: Sequence[str], rows: Rows) -> Found | None:
    """By the cells alone: people in one or two columns, and in another the birthday, offence or age of each."""
    titles = [plain_heading(title) for title in header]
    if any(ABOUT_WORK.search(each) or AT_WORK.search(each) for each in titles):
        return None
    is_row = looks_like_data(header)
    every = [list(header), *rows] if is_row else list(rows)
    columns = [_Column("", titles[n], [row[n] for row in every]) for n in range(len(header))]
    if any(each.mostly(EMAIL.is_in) for each in columns):
        return None
    people = [each for each in columns if each.mostly(is_person, 0.3) or each.mostly(is_given_name, 0.4)]
    said = [
        each
        for each in columns
        if each.mostly(is_birthday)
        or each.mostly(lambda cell: bool(OFFENCE.search(cell)))
        # Under a heading, a small number may be places on a course.
        or (is_row and each.mostly(is_age, 0.8))
    ]
    return Found("people by name, with a birthday, age or offence") if people and said else None


def _titles(columns: Sequence[_Column]) -> tuple[str, ...]:
    named = dict.fromkeys(each.title.strip()[:LONGEST_HEADING] for each in columns)
    return tuple(named)[:5]
