"""Single cells as people write them: lists, days, months, numbers in words, sums of money. Nothing here raises."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from joinedup.engines.reading.phrases import listed

# What people write where they know nothing; "dim" and "anhysbys" are the Welsh for nothing and unknown.
BLANKS = frozenset(
    listed(
        ", na, n a, none, nil, nothing, not known, unknown, not recorded, not stated, nk, n k, tbc, "
        "tba, tbd, to be confirmed, to follow, no, null, dim, not applicable, anhysbys, not yet, various"
    )
)

OPEN_END = frozenset(
    listed(
        "ongoing, on going, open, open ended, rolling, permanent, current, continuing, no end, no end date"
    )
)
YES = frozenset(listed("true, yes, y, 1, x, ydy, oes"))
NO = frozenset(listed("false, no, n, 0, nac ydy"))

_UNITS = {
    word: number
    for number, words in enumerate(
        listed(
            "zero nought, one un, two dau dwy, three tri tair, four pedwar pedair, five pump, "
            "six chwech, seven saith, eight wyth, nine naw, ten deg, eleven, twelve, thirteen, fourteen, "
            "fifteen, sixteen, seventeen, eighteen, nineteen"
        )
    )
    for word in words.split()
}
_TENS = {
    word: 10 * (at + 2)
    for at, word in enumerate(listed("twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety"))
}
_MANY = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = "|".join(
    sorted([*_UNITS, *_TENS, *_MANY, "dozen", "half a dozen", "a couple", "a score"], key=len, reverse=True)
)
_IN_WORDS = re.compile(
    rf"\b(?:an? )?(?:{_WORD})(?:(?:[ -]| and )(?:{'|'.join([*_UNITS, *_TENS, *_MANY, 'dozen'])}))*\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w]|[.,]\d)(?: ?(k|m|thousand|million)\b)?",
    re.IGNORECASE,
)
_THREES = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \xa0\u2009\u202f]\d{3})+(?![\d.,])")
_MONEY = re.compile(r"£ ?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)? ?(k|m|million|thousand)?\b", re.IGNORECASE)

MONTHS = {
    word: number
    for number, words in enumerate(
        listed(
            "january jan ionawr, february feb chwefror, march mar mawrth, april apr ebrill, may mai, "
            "june jun mehefin, july jul gorffennaf, august aug awst, september sept sep medi, "
            "october oct hydref, november nov tachwedd, december dec rhagfyr"
        ),
        start=1,
    )
    for word in words.split()
}
# Days of work that is recorded; others are asked about.
USUAL_YEARS = range(1990, 2051)
_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?(?:Z|\+00:00)?$", re.IGNORECASE)
LAST, FIRST = -1, -2  # days of a month that was given without one
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))


class Number(NamedTuple):
    """A number found in a text, and where."""

    value: float
    start: int
    end: int


@lru_cache(20_000)
def folded(text: str) -> str:
    """Text without what people write in different ways: case, accents, &, hyphens, apostrophes, spaces."""
    text = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9£]+", " ", re.sub(r"['’‘`\u0300-\u036f]", "", text)).split())


def is_blank(text: str) -> bool:
    """Whether the cell says nothing: empty, a dash, "not known", "tbc"."""
    return folded(text) in BLANKS


def pieces(cell: str, marks: str = r"[;|\n]") -> list[str]:
    """The parts of a cell that lists things, in order, each once."""
    return list(dict.fromkeys(part for raw in re.split(marks, cell) if (part := raw.strip(" \t\r,."))))


def figures_joined(text: str) -> str:
    """The text with the spaces out of figures that are written in threes: "1 200" is 1200."""
    return _THREES.sub(lambda match: re.sub(r"\s", "", match[0]), text)


def numbers(text: str) -> list[Number]:
    """Every number in a text, in digits or in English or Welsh words up to the thousands, in order."""
    found = [
        Number(float(match[1].replace(",", "") + (match[2] or "")) * _scale(match[3]), *match.span())
        for match in _DIGITS.finditer(text)
    ]
    for match in _IN_WORDS.finditer(text):
        found.append(Number(_words_to_number(match[0]), *match.span()))
    return sorted(found, key=lambda number: number.start)


def _words_to_number(words: str) -> float:
    total, current = 0, 0
    text = words.casefold()
    for phrase, value in {"half a dozen": 6, "a couple": 2, "a score": 20}.items():
        if phrase in text:
            return float(value)
    for word in re.split(r"[ -]+", text):
        if word in _UNITS or word in _TENS:
            current += _UNITS.get(word, _TENS.get(word, 0))
        elif word == "dozen":
            current = max(current, 1) * 12
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _MANY:
            total, current = total + max(current, 1) * _MANY[word], 0
    return float(total + current)


def money(text: str) -> list[float]:
    """Every sum in pounds in a text: "£14,200", "£1.5m", "up to three thousand pounds"."""
    found = [
        (match.start(), float(match[1].replace(",", "") + (match[2] or "")) * _scale(match[3]))
        for match in _MONEY.finditer(text)
    ]
    found += [
        (number.start, number.value * (1000 if after[1] == "grand" else 1))
        for number in numbers(text)
        if (after := re.match(r" ?(pounds|punt|grand)\b", text[number.end :]))
    ]
    return [value for _, value in sorted(found)]


def _scale(word: str | None) -> int:
    return {"k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}.get((word or "").casefold(), 1)


def yes(text: str) -> bool | None:
    """Whether a cell says yes: a word, a cross or a tick; None where it says neither."""
    plain = folded(text.replace("✓", "yes").replace("✔", "yes"))
    return True if plain in YES else False if plain in NO else None


class Day(NamedTuple):
    """A day, whether it was written as a whole date of figures, year first, and whether the day itself was given."""

    day: datetime.date
    exact: bool
    whole: bool


def day(text: str, *, end: bool = False) -> Day | None:
    """A date as people write it: 2026-10-02 is exact; 2/10/2026 and 2 October 2026 are read the British way; a month
    or a year is its first day, or with `end` its last. None where it is none of these."""
    text = _TIME.sub("", text.strip())
    if match := re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?", text):
        return _made(int(match[1]), int(match[3]), int(match[4]), exact=True)
    plain = folded(re.sub(r"\b(\d{1,2})(st|nd|rd|th)\b", r"\1", text))
    if match := re.fullmatch(r"(\d{1,2}) (\d{1,2}) (\d{2}|\d{4})", plain):
        return _made(_year(match[3]), int(match[2]), int(match[1]))
    if match := re.search(rf"\b(\d{{1,2}}) (?:of )?({MONTH}) (?:(\d{{4}})\b|(\d{{2}})$)", plain):
        return _made(_year(match[3] or match[4]), MONTHS[match[2]], int(match[1]))
    if match := re.search(rf"\b({MONTH}) (\d{{1,2}}) (\d{{4}})\b", plain):
        return _made(int(match[3]), MONTHS[match[1]], int(match[2]))
    if match := re.search(rf"\b({MONTH}) (\d{{4}}|\d{{2}})$", plain):
        return _made(_year(match[2]), MONTHS[match[1]], LAST if end else FIRST)
    if match := re.fullmatch(r"(\d{4}) (\d{1,2})", plain):
        return _made(int(match[1]), int(match[2]), LAST if end else FIRST)
    if match := re.fullmatch(r"(?:since|from|in|about|c)? ?((?:19|20)\d\d)", plain):
        return _made(int(match[1]), 12 if end else 1, LAST if end else FIRST)
    return None


def _year(digits: str) -> int:
    """Of two figures that which is nearest to this work: 26 is 2026, 98 is 1998."""
    return int(digits) + (0 if len(digits) == 4 else 2000 if int(digits) <= 50 else 1900)


def day_counted(text: str) -> datetime.date | None:
    """A day that a spreadsheet gives as a number, counted from the end of 1899, of the years 1990 to 2050."""
    if not re.fullmatch(r"\d{5}(?:\.\d+)?", text.strip()):
        return None
    found = datetime.date(1899, 12, 30) + datetime.timedelta(int(float(text)))
    return found if found.year in USUAL_YEARS else None


def _made(year: int, month: int, number: int, *, exact: bool = False) -> Day | None:
    if not (1900 <= year <= 2100 and 1 <= month <= 12):
        return None
    last = calendar.monthrange(year, month)[1]
    whole = number > 0
    number = last if number == LAST else 1 if number == FIRST else number
    return Day(datetime.date(year, month, number), exact, whole) if 1 <= number <= last else None


def month_end(month: int, after: datetime.date) -> datetime.date:
    """The last day of the next such month that is not over on that day."""
    year = after.year + (month < after.month)
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
