"""Detectors of what identifies a person, each defined once: contact details, numbers for a person, names.

Each room lists in its own tuple which of these it refuses, and why: `free_text.py`, `case_cells.py`,
`case_headings.py`, `voice/checks.py`, `evidence/sources/privacy.py`. Differences are deliberate: see
docs/decisions/one-set-of-detectors.md. Detection finds what is obvious and misses some.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from joinedup.privacy.given_names import GIVEN_NAMES


def even(text: str) -> str:
    """Replace full-width digits, wide spaces and typographic hyphens by their keyboard equivalents."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).replace("\u2010", "-").replace("\u2011", "-")


@dataclass(frozen=True)
class Detector:
    """`what` it finds, in words fit to show. A match of the pattern counts if `is_one`, if given, accepts
    it."""

    what: Any
    pattern: re.Pattern[str]
    is_one: Callable[[re.Match[str]], bool] | None = None

    def is_in(self, text: str) -> bool:
        if self.is_one is None:
            return self.pattern.search(even(text)) is not None
        return any(map(self.is_one, self.pattern.finditer(even(text))))

    def all_in(self, text: str) -> list[str]:
        found = self.pattern.finditer(even(text))
        return [match[0] for match in found if self.is_one is None or self.is_one(match)]


def found_in(text: str, detectors: Iterable[Detector]) -> list[Detector]:
    """The detectors that find something, in their order."""
    flat = even(text)
    return [each for each in detectors if each.is_in(flat)]


# Contact details.

# Punctuation around an address is not part of it. A domain ends in letters: “10@45.00” is a price. At most 64
# characters precede the “@”. Polars uses the pattern too, so it has no look-ahead or look-behind.
_CLEAN = r'[^\s@<>()\[\],;:/"]'
EMAIL = Detector(
    _("an e-mail address"), re.compile(rf"{_CLEAN}{{0,63}}[^\s@]@(?:{_CLEAN}+|[^\s@]+)\.[^\W\d_]{{2,}}")
)
# A British number in any grouping, a foreign one, and a mobile number that lost its zero.
PHONE = Detector(
    _("a phone number"),
    re.compile(r"(?<!\d)(?:(?:\+|00|0)(?:[\s().-]*\d){9,13}|7\d{3}[ -]?\d{3}[ -]?\d{3})(?!\d)"),
)
LINK = Detector(_("a web address"), re.compile(r"\bhttps?://|\bwww\.", re.I))
_NETWORK = r"(?:snap(?:chat)?|insta(?:gram)?|ig|tik ?tok|whatsapp)"
HANDLE = Detector(
    _("a name on social media"),
    re.compile(rf"(?<![\w@.])@\w{{2,}}|\b{_NETWORK}\s*[:=]\s*\S+|\bmy {_NETWORK} is\s+\w*[\d_.]\w+", re.I),
)

# Where somebody lives or can be found.

# The second half of a postcode never has the letters C, I, K, M, O or V, so “Y9 5pm” is not one. Polars uses
# it too.
POSTCODE = Detector(
    _("a postcode"), re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
)
_STREETS = "road|rd|street|st|lane|avenue|ave|close|court|drive|way|terrace|gardens|grove|crescent|place|square|house"
# A house: number and street before a full postcode.
HOUSE = Detector(
    _("the address of a house"),
    re.compile(
        rf"\b\d{{1,4}}[a-z]?,?\s+(?:[\w'’.-]+\s+){{1,4}}(?:{_STREETS})\b[^\n]{{0,60}}?{POSTCODE.pattern.pattern}",
        re.IGNORECASE,
    ),
)
STREET = Detector(
    _("a street or a school"),
    re.compile(
        r"\b[A-Z][\w'’-]+ "
        r"(?:Road|Rd|Street|St|Lane|Avenue|Ave|Estate|Close|Court|House|Tower|Park|Gardens|School|Academy)\b"
    ),
)

# When somebody was born. “20 years ago” is said of a project, not of a birth.
_NO_LENGTH = r"(?!(?:\d{1,2} )?(?:years?|yrs?|months?|weeks?|days?|minutes?|miles?|mlynedd)\b)"
BIRTH = Detector(
    _("a date of birth"),
    re.compile(
        r"\b(?:d\.? ?o\.? ?b\b\.?|date of birth|birth ?date|geni)(?:\W+(?:is|was)\b)?\W*\d"
        rf"|\bborn\b[\s:=(,–-]*(?:on\b[\s:]*)?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?[ /.-]{_NO_LENGTH}",
        re.IGNORECASE,
    ),
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
# A cell that is a date, its year in the group “year” or, if written first, in “first”.
DAY = re.compile(r"^(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?P<year>\d{4}|\d{2})$|(?P<first>\d{4})-\d{1,2}-\d{1,2})")
WRITTEN_DAY = re.compile(
    rf"^\d{{1,2}}(?:st|nd|rd|th)? (?:\d{{1,2}}|{_MONTH}) (?P<year>\d{{4}})$", re.IGNORECASE
)

# Numbers that stand for one person.

_STANDS_FOR = _("a number that stands for a person")
_THREE_GROUPS = r"(\d{3})[ -]?(\d{3})[ -]?(\d{4})"
# A cell that has the form of an NHS number and nothing else. Polars uses it too.
TEN_FIGURES_ALONE = re.compile(rf"^{_THREE_GROUPS}$")


def passes_nhs_check(number: str) -> bool:
    """Whether the check digit, modulo 11, is right (NHS Data Dictionary). One in eleven random numbers
    passes."""
    digits = [int(figure) for figure in number if figure.isdecimal()]
    check = 11 - sum(figure * (10 - n) for n, figure in enumerate(digits[:9])) % 11
    return len(digits) == 10 and check % 11 == digits[9]


def _is_issued(match: re.Match[str]) -> bool:
    """Whether it is in the ranges issued to patients of England and Wales; the well-known example begins with
    9."""
    return match[0][0] in "467" and passes_nhs_check(match[0])


# For prose: any ten digits grouped like an NHS number, except those that `PHONE` matches.
TEN_FIGURES = Detector(
    _STANDS_FOR,
    re.compile(r"(?<!\d)(?!7\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d))[1-9]\d{2}[ -]?\d{3}[ -]?\d{4}(?!\d)"),
)
# For cells, where telephone numbers, coordinates and codes have ten digits too: only issued numbers, not
# within a longer code or after a decimal point.
NHS_NUMBER = Detector(
    _STANDS_FOR,
    re.compile(rf"(?<![\da-fA-F+])(?<!\d\.){_THREE_GROUPS}(?![\da-fA-F])"),
    _is_issued,
)
NATIONAL_INSURANCE = Detector(
    _STANDS_FOR,
    re.compile(
        r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"
    ),
)
# A number of the Police National Computer; “45/100K” is a rate.
POLICE_NUMBER = Detector(_STANDS_FOR, re.compile(r"\b(?:(?:19|20)?\d{2})/(?!10+K)\d{3,7}[A-HJ-NP-RT-Z]\b"))
PUPIL_NUMBER = Detector(_STANDS_FOR, re.compile(r"\b[A-Z]\d{11}[A-Z\d]\b"))

# Names.

# What may be a name in a sentence: introduced as one, after a title, or two capitalised words mid-sentence.
SOMEBODY = Detector(
    _("a person’s name"),
    re.compile(
        r"\b(?:called|named|name is|name's|names are|my (?:mate|friend|brother|sister|cousin|teacher|mum|dad))\s+"
        r"(?!is\b|are\b|was\b|and\b|who\b)[A-Z][a-z'’-]+"
        r"|\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|PC|Officer|Sgt)\.?\s+[A-Z][A-Za-z'’-]+"
        r"|(?<=[a-z,;] )[A-Z][a-z'’-]+ [A-Z][a-z'’-]+"
    ),
)
_TITLES = frozenset({"Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Sir", "PC", "Officer", "Sgt"})
# A name that ends so is a place's. Some are surnames too, and count only after what is no common given name.
_ONLY_PLACES_END = frozenset(
    {
        *("Town", "Station", "Estate", "School", "Academy", "College", "Library", "Hospital", "Market"),
        *("Square", "Road", "Avenue", "Borough", "Ward", "Centre", "Village", "Stadium", "Underground"),
    }
)
_PLACES_END_TOO = frozenset({"Bridge", "Park", "Street", "Lane"})
_PLACES_BEGIN = frozenset(
    {
        *("North", "South", "East", "West", "Central"),
        *("Great", "Upper", "Lower", "Saint", "St", "New", "Old"),
    }
)
# Words that occur only in names of organisations.
ORGANISED = re.compile(
    r"\b(foundation|trust|centre|center|project|school|academy|college|club|charity|youth|council|police|nhs|"
    r"association|society|group|house|church|mosque|partners?|partnership|services?|support|ltd|limited|cic|cio|plc|"
    r"university|hospital|borough|team|hub|network|community|housing|homes|street|road|park|ward|programme|fund|for|"
    r"of|the|and|in|with|to)\b",
    re.IGNORECASE,
)
# A shorter part of a name cannot be distinguished from ordinary words.
SHORTEST_NAME = 2
# A single name of this length is found without a capital too; a shorter one is too often a word.
UNMISTAKABLE = 5


def is_given_name(word: str) -> bool:
    """Whether it is a given name that is common in Britain; this alone proves nothing."""
    return word.casefold() in GIVEN_NAMES


def without_streets(text: str) -> str:
    """The text without what `STREET` finds, whose two capitals are not a person's; Mr Park stays."""
    return STREET.pattern.sub(lambda found: found[0] if found[0].split()[0] in _TITLES else "…", text)


def maybe_people(text: str, is_known_place: Callable[[str], bool]) -> list[str]:
    """What `SOMEBODY` finds, without names of places: by their words (Mill Town), or because a place is known by that
    name. After a common given name only a sure word makes a place of it: Sam Bridge and William Morris are people."""
    found = SOMEBODY.all_in(text)
    return [each for each in found if not _is_place(each, is_known_place)]


def _is_place(name: str, is_known: Callable[[str], bool]) -> bool:
    first, _space, last = name.partition(" ")
    if not first[:1].isupper() or first.rstrip(".") in _TITLES:
        return False
    if last in _ONLY_PLACES_END:
        return True
    if is_given_name(first):
        return False
    return last in _PLACES_END_TOO or first in _PLACES_BEGIN or is_known(name)


def is_person(cell: str) -> bool:
    """Whether a cell is two to four words, one a common given name and none typical of organisations."""
    words = re.sub(r"[,.]", " ", cell).split()
    if not 2 <= len(words) <= 4 or ORGANISED.search(cell) or any(map(str.isdigit, cell)):
        return False
    return any(is_given_name(word) for word in words) and all(word[0].isupper() for word in words)


def plain(text: str) -> str:
    """Text without accents, capitals, dots, hyphens and wide spaces, to compare names."""
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(each for each in parts if not unicodedata.combining(each)).casefold()
    return " ".join("".join(each if each.isalnum() else " " for each in letters.replace("'", "")).split())


def name_in(text: str, names: Iterable[str], *, besides: str = "", sparing: bool = False) -> str:
    """The first of these names that the text contains, whole or, with a capital, in part; "" for none. Words
    of `besides`, such as an organisation's own name, are ignored.

    `sparing`, for texts about seasons and places: a single name counts only with a capital (“over the summer” is not
    Summer), and of several words only the whole or a common given name (“Green space” is not Kit Green).
    """
    heard, allowed = f" {plain(text)} ", set(plain(besides).split())
    words = set(re.findall(r"\w[\w'’-]*", unicodedata.normalize("NFKC", text)))
    capitals = {plain(word.removesuffix("'s").removesuffix("’s")) for word in words if word[:1].isupper()}
    for name in names:
        whole = plain(name)
        parts = whole.split()
        if len(whole) < SHORTEST_NAME or set(parts) <= allowed:
            continue
        is_told = len(parts) > 1 or (len(whole) >= UNMISTAKABLE and not sparing)
        if is_told and f" {whole} " in heard:
            return name
        if sparing and len(parts) > 1:
            parts = [part for part in parts if is_given_name(part)]
        if any(len(part) >= SHORTEST_NAME and part in capitals - allowed for part in parts):
            return name
    return ""


def is_written_in(text: str, name: str) -> bool:
    """Whether the text contains the name exactly as written, as whole words, even one letter or in lower
    case."""
    exact = re.escape(" ".join(name.split()))
    return bool(exact and re.search(rf"(?<!\w){exact}(?!\w)", " ".join(text.split())))


def is_named_in(text: str, name: str) -> bool:
    """Whether a short text, such as a role, is a name or contains a full one; parts of a name are allowed."""
    heard, whole = plain(text), plain(name)
    return bool(whole) and (heard == whole or (" " in whole and f" {whole} " in f" {heard} "))
