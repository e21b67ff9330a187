"""Guesses in plain words, for the page and the command line: what was read, and from which words."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from joinedup.engines.words import listing
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask
from joinedup.partners.registers import LABELS
from joinedup.spreadsheets.guesses import BEYOND, SAME_BODY, Guess, Unread
from joinedup.spreadsheets.kinds import RowKind
from joinedup.spreadsheets.preview import SpreadsheetPreview
from joinedup.spreadsheets.rows import RowOutcome
from joinedup.support.models import Offer

ROWS_NAMED = 3
WORDS_SHOWN = 160
_DATES = ("starts", "ends", "opens", "closes")
_KINDS = {"need": Ask.Kind.NEED.label, "help": Ask.Kind.OFFER.label}
# Rules that look elsewhere than into the record's own words, by how the page says where.
_FROM = {
    "authorities of its body": gettext_lazy("where the body that leads it works"),
    "authority of its base": gettext_lazy("where it is based"),
}


@dataclass(frozen=True)
class GuessToTick:
    """A guess as it is shown: `says` it whole, `where` names its rows."""

    key: str
    says: str
    where: str
    ticked: bool


@dataclass(frozen=True)
class DateEitherWay:
    """A date that can be read in two ways, in words."""

    given: str
    day_first: str
    month_first: str


@dataclass(frozen=True)
class GuessGroup:
    """The guesses of one column."""

    label: str
    guesses: list[GuessToTick]


def made_in_words(made: Iterable[Sequence[Any]]) -> str:
    """What an upload made, from `Upload.made`: “148 partners and 148 contacts”; "" if nothing."""
    numbers = Counter(label for label, _pk in made)
    return listing(
        [say(numbers[label]) % {"num": numbers[label]} for label, say in _MADE.items() if numbers[label]]
    )


_MADE: dict[str, Callable[[int], str]] = {
    "partners.Partner": lambda n: ngettext("%(num)s partner", "%(num)s partners", n),
    "partners.Contact": lambda n: ngettext("%(num)s contact", "%(num)s contacts", n),
    "initiatives.Initiative": lambda n: ngettext(
        "%(num)s piece of local action", "%(num)s pieces of local action", n
    ),
    "support.Offer": lambda n: ngettext("%(num)s offer of support", "%(num)s offers of support", n),
    "partners.Ask": lambda n: ngettext("%(num)s need or offer", "%(num)s needs or offers", n),
}


def groups(kind: RowKind, seen: SpreadsheetPreview, guesses: Sequence[Guess]) -> list[GuessGroup]:
    """These guesses by column, in words."""
    rows = seen.guesses
    found: dict[str, list[GuessToTick]] = defaultdict(list)
    for guess in guesses:
        shown = GuessToTick(guess.key, says(guess, seen.names), where(rows[guess]), seen.ticks.has(guess))
        found[guess.field].append(shown)
    return [GuessGroup(label(kind, field), some) for field, some in found.items()]


@dataclass(frozen=True)
class BodyQuestion:
    """Two names with one number: `said` is what was answered, None until somebody does."""

    key: str
    says: str
    where: str
    said: bool | None


def questions(seen: SpreadsheetPreview) -> list[BodyQuestion]:
    """What was not answered yet comes first."""
    found = []
    for each, rows in seen.questions.items():
        other, kind, number = each.read_as
        words = {"name": each.given, "other": other, "kind": LABELS[kind], "number": number}
        says = _("“%(name)s” and “%(other)s” have the same %(kind)s, %(number)s") % words
        found.append(BodyQuestion(each.key, says, where(rows), seen.ticks.chosen.get(each.key)))
    return sorted(found, key=lambda question: question.said is not None)


def in_order(kind: RowKind, seen: SpreadsheetPreview) -> list[Guess]:
    """Every guess, by column, that which touches most rows first."""
    place = {SAME_BODY: -1} | {field.name: at for at, field in enumerate(kind.fields)}
    rows = seen.guesses
    return sorted(rows, key=lambda guess: (place[guess.field], -len(rows[guess]), guess.given, guess.read_as))


def dates(seen: SpreadsheetPreview) -> list[DateEitherWay]:
    """How each doubtful date is read either way; empty if none is doubtful."""

    def said(day: str) -> str:
        return date_format(datetime.date.fromisoformat(day), "j F Y") if day else _("no date")

    doubtful = seen.dates.cells if seen.dates else ()
    return [DateEitherWay(each.given, said(each.day_first), said(each.month_first)) for each in doubtful]


def label(kind: RowKind, field: str) -> str:
    """What the page calls a column."""
    if field == SAME_BODY:
        return _("The same body under two names?")
    return next(each.label for each in kind.fields if each.name == field)


def says(guess: Guess, names: Mapping[str, str]) -> str:
    """Read as: Mentoring and a trusted adult — from “evening mentors”."""
    if guess.field == SAME_BODY:
        return _("“%(name)s”: same body as “%(other)s”?") % {"name": guess.given, "other": guess.read_as[0]}
    said = {"value": value(guess, names), "words": _from(guess)}
    return _("Read as: %(value)s — from %(words)s") % said


def value(guess: Guess, names: Mapping[str, str]) -> str:
    """What was read, as a reader knows it."""
    return in_words(guess.field, guess.read_as, names)


def in_words(field: str, read: Sequence[str], names: Mapping[str, str]) -> str:
    """Values of a column, as a reader knows them."""
    if field == "ages":
        return _ages(*read)
    if field in _DATES:
        return date_format(datetime.date.fromisoformat(read[0]), "j F Y")
    if field == "reach_per_year":
        return ngettext("%(num)s person a year", "%(num)s people a year", round(float(read[0]))) % {
            "num": number_format(round(float(read[0])), force_grouping=True)
        }
    if field in ("amount_max_gbp", "amount_programme"):
        return f"£{number_format(round(float(read[0])), force_grouping=True)}"
    if field in ("lead_only", "is_general"):
        return _("yes")
    if field in ("sectors", "via_sectors") and not read:
        return _("nobody")
    labels = _labels(field)
    return get_text_list([labels.get(each, names.get(each, each)) for each in read], _("and"))


def _labels(field: str) -> dict[str, str]:
    if field == "level":
        return dict(Initiative._meta.get_field("level").flatchoices)
    if field == "basis":
        return {**dict(Offer.Basis.choices), "invited": _("By invitation only")}
    return {**dict(Offer.Kind.choices), **_KINDS} if field == "kind" else {}


def _ages(low: str, high: str) -> str:
    if low and high:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    return _("%(low)s and over") % {"low": low} if low else _("up to %(high)s") % {"high": high}


def _from(guess: Guess) -> str:
    words = " ".join(guess.given.split())
    if guess.rule in _FROM:
        return str(_FROM[guess.rule])
    if not words:
        return _("nothing that was given")
    return f"“{words if len(words) <= WORDS_SHOWN else words[: WORDS_SHOWN - 1] + '…'}”"


def where(rows: Sequence[int]) -> str:
    """Rows 2, 5, 9 and 12 more."""
    named = ", ".join(str(row) for row in rows[:ROWS_NAMED])
    text = ngettext("row %(rows)s", "rows %(rows)s", len(rows)) % {"rows": named}
    more = len(rows) - ROWS_NAMED
    return text if more <= 0 else _("%(rows)s and %(more)s more") % {"rows": text, "more": more}


def not_read(kind: RowKind, unread: Mapping[Unread, Sequence[int]]) -> list[str]:
    """What could not be read, a sentence each: “Riverside” is no place that is held: left empty (row 4)."""
    return [f"{_not_read(kind, each)} ({where(rows)})" for each, rows in unread.items()]


def _not_read(kind: RowKind, each: Unread) -> str:
    said = {"words": " ".join(each.given.split())[:WORDS_SHOWN], "column": label(kind, each.field)}
    if each.rule.startswith("chapter"):
        return _("“%(words)s” is a chapter of the Strategy and no theme: left empty.") % said
    if each.rule == BEYOND:
        return _("“%(words)s” is not only this partnership: recorded for its own places.") % said
    if each.rule == "a day to come":
        return _("“%(words)s” is still to come: left empty.") % said
    sentences = {
        "places": _("“%(words)s” is no place that is held, or more than one has that name: left empty."),
        "serves": _("“%(words)s” is no place that is held, or more than one has that name: left empty."),
        "base": _("“%(words)s” is no place that is held, or more than one has that name: left empty."),
        "themes": _("“%(words)s” is no theme: left empty."),
        "co_partners": _("“%(words)s” is no partner here: left out."),
        "level": _("“%(words)s” is no level of prevention: left empty."),
        "ages": _("“%(words)s” says no ages: left empty."),
        "reach_per_year": _("“%(words)s” says no number of people: left empty."),
        "sectors": _("“%(words)s” is no sector: left empty."),
        "via_sectors": _("“%(words)s” is no sector: left empty."),
        "basis": _("“%(words)s” does not say how it can be had: left empty."),
    }
    if each.field in _DATES:
        return _("“%(words)s” is no date: left empty.") % said
    return sentences.get(each.field, _("“%(words)s” cannot be read as “%(column)s”: left empty.")) % said


def brings(kind: RowKind, line: RowOutcome, names: Mapping[str, str]) -> str:
    """What is kept of a row, column by column: what was given exactly and what is ticked."""
    return "; ".join(f"{label(kind, field)}: {in_words(field, values, names)}" for field, values in line.kept)
