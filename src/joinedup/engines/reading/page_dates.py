"""Days in sentences of a funder's page: which is the closing day, which the opening day, and what is doubtful about
them. `docs/methods/reading.md` says the rules."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from joinedup.engines.reading.cells import MONTH, MONTHS, day
from joinedup.engines.words import day as in_words

_MONTH = rf"(?:{MONTH})"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(
    rf"(?:\b(?P<weekday>{'|'.join(_WEEKDAYS)}),?\s+(?:the )?)?"
    rf"(?:(?P<iso>\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b)"
    rf"|(?P<digits>\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:\d{{4}}|\d{{2}})\b)"
    rf"|\b(?P<number>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b\.?,?(?: (?P<year>\d{{4}})\b)?"
    rf"|\b(?P<month2>{_MONTH})\.? (?P<number2>\d{{1,2}})(?:st|nd|rd|th)?\b,?(?: (?P<year2>\d{{4}})\b)?"
    rf"|\b(?P<only_month>{_MONTH}) (?P<only_year>\d{{4}})\b)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?P<closes>\bclos(?:es|ing|ed|ure)\b|\bclose(?= (?:on|at|in|by)\b)|\bdeadlines?\b|"
    r"\bapply (?:by|before)\b|\b(?:received|submitted|submit|in|returned|apply)\b"
    r"[^.]{0,40}?\b(?:by|before|no later than)\b|\blast (?:date|day)\b|\bfinal date\b|\bend date\b|"
    r"\bno later than\b|\buntil\b|\bopen until\b)"
    r"|(?P<opens>\bopen(?:s|ing|ed)?\b(?! (?:to|until|for all))|\blaunch(?:es|ed)?\b|\bapply from\b|\bstart date\b)"
    r"|(?P<other>\b(?:decision|panel|notified|notify|announced?|informed|results|webinar|workshop|event|interview|"
    r"award(?:s|ed)? (?:will|are|be)|spen[dt]|delivered|delivery|projects? (?:must|should|will|can)|(?:last )?updated|"
    r"published|reviewed|copyright|posted|reports? due|grant period|activity|begin)\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^\s*(?:to|until|and|-|–|—)\s*$", re.IGNORECASE)
_SHORT_RANGE = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ?(?:to|until|and|-|–|—) ?(\d{{1,2}})(?:st|nd|rd|th)?"
    rf"( {_MONTH}\b(?: \d{{4}}\b)?)",
    re.IGNORECASE,
)
_WINDOW = re.compile(r"\b(?:dates?|window|application period|timetable|when|open for)\b", re.IGNORECASE)


@dataclass(frozen=True)
class FoundDay:
    """A day on the page: what it is (`closes`, `opens`, `other`, or nothing known), the words it stands in, and a doubt
    in one sentence. `day` is None for what looks like a date and is none."""

    day: datetime.date | None
    role: str
    words: str
    doubt: str


def days_of(sentence: str, under: str, as_of: datetime.date) -> list[FoundDay]:
    """Every day of a sentence; `under` is the heading or label that it stands under, which says what a day is where
    the sentence does not. A day without a year is the next one from `as_of`."""
    found: list[FoundDay] = []
    words = sentence
    sentence = _SHORT_RANGE.sub(r"\1\3 to \2\3", sentence)
    matches = list(_DAY.finditer(sentence))
    roles = [(match.start(), match.lastgroup or "") for match in _ROLE.finditer(sentence)]
    heading = next((match.lastgroup or "" for match in _ROLE.finditer(under)), "")
    for at, match in enumerate(matches):
        before = [role for start, role in roles if start < match.start()]
        role = before[-1] if before else roles[0][1] if roles else heading
        if at and _RANGE.match(sentence[matches[at - 1].end() : match.start()]):
            role = _second_of_range(found, role, f"{under} {sentence}")
        read, doubt = _read(match, as_of, end=role == "closes")
        found.append(FoundDay(read, role, words if roles or not under else f"{under}: {words}", doubt))
    return found


def _second_of_range(found: list[FoundDay], role: str, around: str) -> str:
    """Of "from 1 May to 3 June" the first opens and the second closes, where the words are about applying."""
    first = found[-1]
    if first.role == "opens" or (first.role in ("", "closes") and _WINDOW.search(around)):
        found[-1] = FoundDay(first.day, "opens", first.words, first.doubt)
        return "closes"
    return role


def _read(match: re.Match[str], as_of: datetime.date, *, end: bool) -> tuple[datetime.date | None, str]:
    doubts = []
    if match["digits"]:
        read = day(match["digits"].replace(".", "/"), end=end)
        first, second = (int(part) for part in re.split(r"[/.]", match["digits"])[:2])
        if read and first <= 12 and second <= 12 and first != second:
            doubts.append(f"“{match['digits']}” is read the British way, as {in_words(read.day)}")
    elif match["iso"]:
        read = day(match["iso"], end=end)
    elif match["only_month"]:
        read = day(f"{match['only_month']} {match['only_year']}", end=end)
        doubts.append("the page gives a month and no day")
    else:
        number, month = match["number"] or match["number2"], match["month"] or match["month2"]
        year = match["year"] or match["year2"]
        if not year:
            year = str(_next_year(int(number), MONTHS[month.lower()], as_of))
            doubts.append(f"the page gives no year: is it {year}?")
        read = day(f"{number} {month} {year}", end=end)
    if read is None:
        return None, f"“{match[0].strip()}” is not a day that there is"
    if match["weekday"]:
        is_on = _WEEKDAYS[read.day.weekday()]
        if is_on != match["weekday"].lower():
            doubts.append(
                f"the page says {match['weekday'].capitalize()}, and {in_words(read.day)} is a {is_on.capitalize()}"
            )
    return read.day, "; ".join(doubts)


def _next_year(number: int, month: int, as_of: datetime.date) -> int:
    return as_of.year + ((month, number) < (as_of.month, as_of.day))


def closing(found: list[FoundDay], as_of: datetime.date) -> FoundDay | None:
    """The closing day: of several the next to come, and the doubt names the others. One that is over says so."""
    given = [each for each in found if each.role == "closes"]
    days = sorted({each.day for each in given if each.day})
    if not days:
        return next(iter(given), None)
    chosen = next((each for each in days if each >= as_of), days[-1])
    best = min(
        (each for each in given if each.day == chosen), key=lambda each: (bool(each.doubt), len(each.words))
    )
    doubts = [best.doubt] if best.doubt else []
    if len(days) > 1:
        others = ", ".join(in_words(each) for each in days if each != chosen)
        doubts.append(f"the page names other closing days too: {others}")
    doubts += [each.doubt for each in given if each.day is None and each.doubt not in doubts]
    if chosen < as_of:
        doubts.append("that day is over")
    return FoundDay(chosen, "closes", best.words, "; ".join(doubts))


def opening(found: list[FoundDay], closes: datetime.date | None) -> FoundDay | None:
    """The opening day: the last that is not after the closing day."""
    given = [
        each for each in found if each.role == "opens" and each.day and not (closes and each.day > closes)
    ]
    return max(given, key=lambda each: each.day or datetime.date.min, default=None)


def each_day(sentences: list[tuple[str, str]], as_of: datetime.date) -> Iterator[FoundDay]:
    """The days of (heading, sentence)s."""
    for under, sentence in sentences:
        yield from days_of(sentence, under, as_of)
