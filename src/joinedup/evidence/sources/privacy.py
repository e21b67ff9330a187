"""Signs that a file is about single people. Such a file is refused, and nothing of it is kept."""

import re

from joinedup.offline.delimited import Refused, TextTable
from joinedup.privacy.case_lists import find_people

# Column names. A publisher's own column ("Area name", "LSOA name", "Crime ID") must match none of these.
HEADINGS = {
    "names of people": r"\b((first|fore|given|middle|last|sur|full|family|maiden|nick)\s?names?|"
    r"initials|name of .*(child|person|pupil|patient|client|victim|parent)|"
    r"(child|person|pupil|patient|client|student|victim|suspect|offender|defendant|nominal|parent|carer|"
    r"resident|member|participant)s? ?(name|id|ref|reference|number|no|identifier))\b",
    "dates of birth": r"\b(dob|d o b|date of birth|birth ?date|born on|date born)\b",
    "NHS numbers": r"\bnhs( ?(number|no|num|id))?\b",
    "numbers that stand for one person": r"\b(upn|uln|nino|national insurance|passport|pnc ?id|custody (ref|number)|"
    r"hospital number|unique pupil)\b",
    "e-mail addresses": r"\be ?mails?\b",
    "telephone numbers": r"\b(tele)?phone( ?(number|no))?\b|\bmobile( ?(number|no|phone))?\b",
    "addresses": r"\b(home|street|postal|full)? ?address( ?line ?\d?)?\b|\bhouse (number|name)\b",
    "records of single searches": r"\bself defined ethnicity\b|\bofficer defined ethnicity\b",
}
ABOUT_PEOPLE = re.compile(r"\b(age|sex|gender|ethnicity|ethnic|religion|diagnosis|offence|injury)\b")
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
POSTCODE = r"(?i)^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$"
NHS_NUMBER = r"^[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}$"
LOOKED_AT = 2000
# Rows for the rules that spreadsheets have too; a publisher's own column is none of a case file.
ROWS_COMPARED = 500
OWN_COLUMNS = frozenset({"Crime ID"})


def refuse_people(table: TextTable) -> None:
    """Raise `Refused` when the header or the cells look like records of people. No cell is quoted."""
    found = headings(table.header) or _cells(table) or _as_in_spreadsheets(table)
    if found:
        raise Refused(
            f"This file looks like records of single people: it has {found}. JoinedUp takes counts and rates "
            "only, and has kept nothing of it. Ask whoever holds it for totals by area and period."
        )


def headings(header: list[str]) -> str | None:
    """What in the names of the columns speaks of single people, or None."""
    plain = [
        re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()).strip()
        for name in header
    ]
    for what, pattern in HEADINGS.items():
        if any(re.search(pattern, name) for name in plain):
            return what
    if "name" in plain and any(re.search(r"\b(age|sex|gender)\b", name) for name in plain):
        return "names beside ages or sexes"
    return None


def _cells(table: TextTable) -> str | None:
    about_people = any(ABOUT_PEOPLE.search(name.lower()) for name in table.header)
    has_at = b"@" in table.text or not table.text  # Parquet has no text to look through
    step = max(1, table.frame.height // LOOKED_AT)
    sample = table.frame.gather_every(step)
    for name in table.header:
        cells = table.frame.get_column(name)
        if has_at and cells.str.contains(EMAIL).any():
            return "e-mail addresses"
        some = sample.get_column(name).drop_nulls()
        if some.is_empty():
            continue
        if about_people and some.str.contains(POSTCODE).sum() > 0.3 * some.len():
            return "full postcodes beside what is known of a person"
        numbers = some.filter(some.str.contains(NHS_NUMBER))
        if numbers.len() > 0.5 * some.len() and all(_is_nhs_number(text) for text in numbers.head(50)):
            return "NHS numbers"
    return None


def _as_in_spreadsheets(table: TextTable) -> str | None:
    step = max(1, table.frame.height // ROWS_COMPARED)
    sample = table.frame.select(table.header).gather_every(step).fill_null("")
    found = find_people(table.header, sample.rows(), own_columns=OWN_COLUMNS.__contains__)
    if found is None:
        return None
    named = ", ".join(found.columns)
    return f"{found.what} ({named})" if named else found.what


def _is_nhs_number(text: str) -> bool:
    """The check digit, modulo 11 (NHS Data Dictionary). Ten figures by chance pass one time in eleven."""
    digits = [int(figure) for figure in re.sub(r"\D", "", text)]
    check = 11 - sum(figure * (10 - i) for i, figure in enumerate(digits[:9])) % 11
    return check % 11 == digits[9]
