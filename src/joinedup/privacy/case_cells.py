"""Cells of a table that are about one person, whatever the heading.

Email addresses, telephone numbers and links do not refuse a table: lists of organisations have those of
people at work.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from joinedup.privacy.detect import (
    BIRTH,
    DAY,
    NATIONAL_INSURANCE,
    NHS_NUMBER,
    ORGANISED,
    POLICE_NUMBER,
    PUPIL_NUMBER,
    WRITTEN_DAY,
    Detector,
    is_given_name,
)

# One cell with one of these is enough, so each has to be certain.
REFUSED: tuple[tuple[Detector, str], ...] = (
    (NHS_NUMBER, "numbers of patients"),
    (BIRTH, "dates of birth"),
    (NATIONAL_INSURANCE, "National Insurance numbers"),
    (POLICE_NUMBER, "police numbers of people"),
    (PUPIL_NUMBER, "numbers of pupils"),
)
OFFENCE = re.compile(
    r"\b(robbery|burglary|assault|abh|gbh|s18|s20|affray|theft|twoc|pwits|possession|stabbing|stabbed|knife|weapon|"
    r"bladed|firearm|drugs|criminal damage|murder|wounding|harassment|rape|arson|public order)\b",
    re.IGNORECASE,
)
YES_NO = re.compile(r"^(y|n|yes|no|x|true|false|✓|✔|-|n/?a|\d{1,4}(,\d{3})*|ie|na)$", re.IGNORECASE)
_NOBODY = (
    r"(?!(?:Anyone|Everyone|Someone|Nobody|Who|It|This|That|Work|Project|Funding|Grant|Support|Programme)\b)"
)
# What happens only to people, and what also happens to contracts, rents and reports.
_HAPPENED = (
    r"arrested|stabbed|shot|bailed|remanded|convicted|sentenced|reported missing|"
    r"in custody|on (?:tag|bail|remand)"
)
_ALSO = (
    r"charged|excluded|suspended|assaulted|released|found with|caught with|known to|at risk of|living with"
)
_SOMEBODY = r"[Hh]e|[Ss]he|YP|yp|[Tt]he (?:young person|child|boy|girl|victim|suspect)"
# A sentence about one person: a name, “he” or “YP”, and what happened; or their family.
_BEFELL = re.compile(
    rf"\b(?:(?:{_SOMEBODY})|{_NOBODY}([A-Z][a-z]+)(?: [A-Z][a-z]+)?) (?:was|is|has been|had been|got|been) "
    rf"(?:recently |again |also )?(?:{_HAPPENED}|({_ALSO}))\b"
)
# “An employer who will see a lad before he is released” is about anybody; “a lad was seen: he is in custody” is not.
_ANYBODY = re.compile(
    r"\b(?:an?|any|each|every) (?:\w+ )?(?:lad|lass|boy|girl|child|person|man|woman|pupil|student|patient)\b[^.;:]*?"
    r"\b(?:before|until|once|when|if|unless|while) (?=(?:s?he) is\b)",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    r"\b(?:[Hh]is|[Hh]er) (?:mum|mother|dad|father|nan|gran|parents?|social worker|solicitor|probation|yot|school)\b"
    r"|\b(?:mum|mother|dad|father|nan|carer|guardian)(?:'s| is)?[ :,]*(?:mob\w*|tel|phone|number|no)?[ :,.]*"
    r"(?:\+44|0)\d"
)
_NAME_AND_AGE = re.compile(
    rf"\b{_NOBODY}([A-Z][a-z]+)(?: [A-Z][A-Za-z'\-]*\.?)?"
    r"[ ,]*\(?,? ?(?:aged? )?(\d{1,2})(?: ?(?:yo|y/o|yrs?|years?)( old)?)?\)?(?=[,;.:)\s]|$)"
    r"(?! *[-–/:]| ?(?:to|sessions?|weeks?|hours?|places|people|young|January|February|March|April|May|June|July|"
    r"August|September|October|November|December)\b)"
)


def what_one_says(cells: Sequence[str], *, are_telephones: bool) -> str:
    """What the cells of a column say about individual people, whatever its heading; "" for nothing."""
    # A telephone number that lost its leading zero has ten digits too.
    refused = [each for each in REFUSED if not (are_telephones and each[0] is NHS_NUMBER)]
    for detector, what in refused:
        if any(detector.is_in(cell) for cell in cells):
            return what
    if any(_is_story(cell) for cell in cells):
        return "what happened to single people"
    if sum(_names_with_age(cell) for cell in cells) * 4 >= len(cells) > 0:
        return "people by name and age"
    return ""


def _is_story(cell: str) -> bool:
    if _FAMILY.search(cell):
        return True
    anybody = {each.end() for each in _ANYBODY.finditer(cell)}
    # A contract can be suspended too: then a given name is required.
    return any(
        not (each[1] and each[2]) or is_given_name(each[0].split()[0])
        for each in _BEFELL.finditer(cell)
        if each.start() not in anybody
    )


def _names_with_age(cell: str) -> bool:
    for match in _NAME_AND_AGE.finditer(cell):
        if is_given_name(match[1]) and 5 <= int(match[2]) <= 90 and not ORGANISED.search(match[0]):
            return True
    return False


def is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[£-]?\d[\d,]*(\.\d+)?%?", cell))


def is_age(cell: str) -> bool:
    return (
        bool(re.fullmatch(r"\d{1,2}( ?(yo|y/o|yrs?|years?)( old)?)?", cell))
        and 4 <= int(re.sub(r"\D", "", cell)) <= 99
    )


def is_birthday(cell: str) -> bool:
    """A day 4 to 90 years ago, in figures or with the name of its month."""
    match = DAY.match(cell) or WRITTEN_DAY.match(cell)
    if not match:
        return False
    found = match.groupdict()
    year = int(found["year"] or found["first"])
    today = datetime.date.today()
    if year < 100:
        year += 2000 if year <= today.year % 100 else 1900
    return 4 <= today.year - year <= 90
