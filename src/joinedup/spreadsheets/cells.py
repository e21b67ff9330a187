"""The value of one cell: a date, an amount, a number, yes or no, several names. All in British notation.

Each reader takes the cell's text and raises ValueError with one sentence if it cannot be read.
"""

from __future__ import annotations

import calendar
import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

Known = TypeVar("Known")
# What people write for "not known".
NOTHING = frozenset({"", "-", "–", "n/a", "na", "none", "tbc", "tba", "unknown", "not known", "?", "nil"})
OPEN_END = frozenset({"ongoing", "on going", "open", "rolling", "permanent", "current", "continuing"})
_MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if name} | {
    name.casefold(): n for n, name in enumerate(calendar.month_abbr) if name
} | {"sept": 9}  # fmt: skip
_NUMBERS = {"k": 1_000, "m": 1_000_000, "thousand": 1_000, "million": 1_000_000}


def plain_name(text: str) -> str:
    """A name as it is compared: without case, & and spaces too many, with the apostrophe of a keyboard."""
    return " ".join(text.casefold().replace("&", "and").replace("’", "'").split())


def is_nothing(text: str) -> bool:
    return text.strip().casefold() in NOTHING


def british_date(text: str, *, end: bool = False) -> datetime.date | None:
    """8/10/2018 is 8 October. A month or year alone is its first day, or its last if `end`."""
    words = text.strip().casefold().replace(",", " ")
    if words in NOTHING | OPEN_END:
        return None
    wrong = ValueError(f"“{_short(text)}” is not a date: write day, month, year, such as 8/10/2018.")
    # A spreadsheet may add a time of day.
    words = re.sub(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", words).strip()
    if match := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", words):
        day, month, year = (int(part) for part in match.groups())
    elif match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        year, month, day = (int(part) for part in match.groups())
    elif match := re.fullmatch(
        r"(?:(\d{1,2})(?:st|nd|rd|th)?[ \-]+(?:of )?)?([a-z]+)[ \-]+(\d{4}|\d{2})", words
    ):
        month, year = _MONTHS.get(match[2], 0), int(match[3])
        day = int(match[1] or 0)
    elif re.fullmatch(r"(19|20)\d{2}", words):
        year, month, day = int(words), 12 if end else 1, 0
    else:
        raise wrong
    year += 2000 if year < 100 else 0
    try:
        last = calendar.monthrange(year, month)[1]
        return datetime.date(year, month, day or (last if end else 1))
    except (ValueError, calendar.IllegalMonthError, IndexError):
        raise wrong from None


def pounds(text: str) -> int | None:
    """£5,000, 5k and £1.2m as whole pounds; None for an empty cell or a range, which is not a single
    amount."""
    if is_nothing(text):
        return None
    words = text.casefold().replace(",", "").replace("gbp", "").strip()
    if re.search(r"\d\s*(?:k|m)?\s*(?:to|-|–)\s*£?\d", words):
        return None
    match = re.fullmatch(
        r"(?:up to |about |circa |c\.? ?)?£? ?(\d+(?:\.\d+)?) ?(k|m|thousand|million)?", words
    )
    if match is None:
        raise ValueError(f"“{_short(text)}” is not an amount: write it like £5,000.")
    return round(float(match[1]) * _NUMBERS.get(match[2], 1))


def whole_number(text: str) -> int | None:
    """120 or 1,200; about 120 counts as 120."""
    if is_nothing(text):
        return None
    match = re.fullmatch(
        r"(?:about |approx\.? |circa |c\.? ?|~)?(\d{1,9})(?:\.0+)?", text.casefold().replace(",", "").strip()
    )
    if match is None:
        raise ValueError(f"“{_short(text)}” is not a whole number.")
    return int(match[1])


def ages(text: str) -> tuple[int | None, int | None]:
    """10-17, under 18, 16+: the lowest and the highest age, each None if open."""
    if is_nothing(text) or text.casefold().strip() in {"all", "all ages", "any"}:
        return None, None
    words = text.casefold().replace("years", "").replace("yrs", "").replace("ages", "").replace("aged", "")
    words = words.replace("old", "").strip()
    if match := re.fullmatch(r"(\d{1,2})\s*(?:-|–|to|and)\s*(\d{1,3})", words):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"(?:under|below|<)\s*(\d{1,3})s?", words):
        return None, int(match[1]) - 1
    if match := re.fullmatch(r"(?:up to|to)\s*(\d{1,3})", words):
        return None, int(match[1])
    if match := re.fullmatch(r"(?:over\s*)?(\d{1,2})\s*(?:\+|and over|plus|or over)?", words):
        lowest = int(match[1])
        return lowest, None if re.search(r"\+|over|plus", words) else lowest
    raise ValueError(f"“{_short(text)}” is not a range of ages: write it like 10-17.")


def yes_no(text: str) -> bool | None:
    word = text.strip().casefold()
    if word in {"yes", "y", "true", "1", "x", "✓", "✔"}:
        return True
    if word in {"no", "n", "false", "0"}:
        return False
    if word in NOTHING:
        return None
    raise ValueError(f"“{_short(text)}” is neither yes nor no.")


def email(text: str) -> str:
    """In lower case. An address after a name, as mail programs paste it, is taken out of its brackets."""
    if is_nothing(text):
        return ""
    match = re.search(r"<([^<>]+)>\s*$", text)
    address = (match[1] if match else text).strip().removeprefix("mailto:").rstrip(";,").casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError(f"“{_short(text)}” is not an e-mail address.") from None
    return address


def web_address(text: str) -> str:
    if is_nothing(text):
        return ""
    address = text.strip() if "://" in text else f"https://{text.strip()}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise ValueError(f"“{_short(text)}” is not a web address.") from None
    return address


def several(text: str, known: Mapping[str, Known], what: str) -> list[Known]:
    """Names split at semicolons, line breaks or commas; a known name that holds a comma stays whole.

    `known`: name in lower case -> object. Raises ValueError with a suggestion if one is not known.
    """
    found: list[Known] = []
    for part in re.split(r"[;|\n]", text):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        while pieces:
            size = next((n for n in range(len(pieces), 0, -1) if _key(pieces[:n]) in known), 0)
            if not size:
                raise ValueError(not_known(pieces[0], known, what))
            thing = known[_key(pieces[:size])]
            if thing not in found:
                found.append(thing)
            pieces = pieces[size:]
    return found


def _key(pieces: Iterable[str]) -> str:
    return plain_name(", ".join(pieces))


def not_known(name: str, known: Mapping[str, object], what: str) -> str:
    """The sentence for an unknown name, with the nearest known one."""
    near = difflib.get_close_matches(name.casefold(), list(known), n=1, cutoff=0.6)
    meant = str(known[near[0]]) if near else ""
    # Places that share a name differ in the brackets after it.
    hint = f" Did you mean “{near[0] if '(' in near[0] else meant}”?" if near else ""
    return f"“{_short(name)}” is not a {what} known here.{hint}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"
