"""Whether a sheet looks like records of single people: those are refused, and nothing of them is kept.

A contact's name, role and work address are no such record. What is looked at: headings that only a case
file has, NHS numbers, dates of birth in cells, and ages beside full postcodes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from joinedup.spreadsheets.columns import plain
from joinedup.spreadsheets.reading import Sheet, Unreadable

_CASE_HEADINGS = [
    (r"\bdob\b|\bd o b\b|\b(date of birth|birth date|birthdate|born on)\b", "dates of birth"),
    (r"\bnhs (no|num|number|id)\b|\bhospital (no|number)\b|\bpatients?\b|\bmrn\b", "numbers of patients"),
    (r"\bsuspects?\b", "suspects"),
    (r"\b(nominals?|offenders?|perpetrators?|detainees?|arrestees?)\b", "single people known to services"),
    (r"\b(pnc|pnc id|pncid|cro number|custody (no|number|record))\b", "police numbers of people"),
    (r"\b(upn|unique pupil number|pupil id|pupil name|student name|childs name|child name)\b", "single pupils"),
    (r"\b(ni|national insurance) (no|number)\b|\bnino\b", "National Insurance numbers"),
    (r"\bcase (no|num|number|id|ref|reference)\b|\bcrime (no|num|number|ref|reference)\b", "case numbers"),
    (r"\bhome (address|postcode)\b", "home addresses"),
    (r"\b(client|service user|young person|yp) (name|id|ref|initials)\b", "single people"),
]  # fmt: skip
_WORK_WITH_VICTIMS = r"\b(support|services?|work|offers?|provision|programmes?|commission\w*)\b"
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)
_AGE_HEADING = re.compile(r"^(age|ages|age years|age in years|age at .*|current age|years old)$")
_TEN_DIGITS = re.compile(r"(?<![\d+])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)")
_PHONE_HEADING = re.compile(r"\b(tel|phone|telephone|mobile|fax|contact number|contact no)\b")
_BIRTH_IN_CELL = re.compile(r"\b(d\.?o\.?b\b\.?|date of birth)\W*\d", re.IGNORECASE)


def refuse_people(sheet: Sheet) -> None:
    """Raise `Unreadable`, naming what was seen and never a value, where the sheet looks like case records."""
    headings = [plain(cell) for cell in sheet.header]
    found = _in_headings(headings) or _in_cells(sheet, headings)
    if found:
        raise Unreadable(
            f"This looks like records of single people ({found}): JoinedUp holds none, and has kept nothing of it."
        )


def _in_headings(headings: Sequence[str]) -> str:
    for heading in headings:
        for pattern, what in _CASE_HEADINGS:
            if re.search(pattern, heading):
                return what
        if re.search(r"\bvictims?\b", heading) and not re.search(_WORK_WITH_VICTIMS, heading):
            return "victims"
    return ""


def _in_cells(sheet: Sheet, headings: Sequence[str]) -> str:
    if any(_BIRTH_IN_CELL.search(cell) for row in sheet.rows for cell in row):
        return "dates of birth"
    for column, heading in enumerate(headings):
        # A telephone number that lost its leading nought has ten digits too.
        if not _PHONE_HEADING.search(heading) and any(has_nhs_number(row[column]) for row in sheet.rows):
            return "numbers of patients"
    if any(_is_age_column(sheet, column, heading) for column, heading in enumerate(headings)) and any(
        _POSTCODE.search(cell) for row in sheet.rows for cell in row
    ):
        return "ages beside full postcodes"
    return ""


def has_nhs_number(text: str) -> bool:
    """Whether ten digits in it pass the modulus-11 check of the NHS Data Dictionary and lie in its ranges."""
    for match in _TEN_DIGITS.finditer(text):
        digits = [int(d) for d in "".join(match.groups())]
        check = 11 - sum(d * (10 - n) for n, d in enumerate(digits[:9])) % 11
        if digits[0] in (4, 6, 7) and check % 11 == digits[9] and check != 10:
            return True
    return False


def _is_age_column(sheet: Sheet, column: int, heading: str) -> bool:
    """Ages of people are single numbers; age groups (10-17, under 25) are not."""
    if not _AGE_HEADING.match(heading):
        return False
    filled = [row[column] for row in sheet.rows if row[column]]
    single = [cell for cell in filled if cell.isdigit() and int(cell) < 120]
    return len(single) * 2 > len(filled)
