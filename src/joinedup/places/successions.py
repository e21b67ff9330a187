"""Which area took over from which, and when: where an old code or name leads, and which authorities there were.

What ships (`data/country/successions.csv`) are the changes of councils in England since 2019, each with its order;
codes are those of the Office for National Statistics. Wales has had none. What is still to come is stated by people
(`joinedup.successions`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.formats import date_format, get_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from joinedup.places.models import Footprint, Place, Succession
from joinedup.places.words import bare


@dataclass(frozen=True)
class Became:
    """What one old area became. `rows`: one for each successor, by name; more than one divided it."""

    rows: tuple[Succession, ...]

    @property
    def old(self) -> str:
        return self.rows[0].old

    @property
    def name(self) -> str:
        return self.rows[0].old_name

    @property
    def day(self) -> datetime.date:
        return self.rows[0].day

    @property
    def is_done(self) -> bool:
        return self.rows[0].carried_out_on is not None

    @property
    def says(self) -> str:
        """“Harrogate is part of North Yorkshire since 1 April 2023”; of one to come “… becomes part of … on …”."""
        words = {
            "old": self.name,
            "new": get_text_list([row.new_name for row in self.rows], _("and")),
            "day": date_format(self.day, "j F Y"),
        }
        if not self.is_done:
            if len(self.rows) > 1:
                return _("%(old)s is divided between %(new)s on %(day)s") % words
            return _("%(old)s becomes part of %(new)s on %(day)s") % words
        if len(self.rows) > 1:
            return _("%(old)s was divided between %(new)s on %(day)s") % words
        return _("%(old)s is part of %(new)s since %(day)s") % words


def _became(rows: Iterable[Succession]) -> list[Became]:
    found: dict[str, list[Succession]] = {}
    for row in rows:
        found.setdefault(row.old, []).append(row)
    return [Became(tuple(sorted(own, key=lambda row: row.new_name))) for own in found.values()]


def said_of(code: str) -> tuple[Became | None, list[Became]]:
    """What an area became, None for one that goes on or is not known; and what is stated about it for a day to come, as
    the old one or the new one. One query."""
    if not code.isalnum():  # PostgreSQL refuses some characters outright
        return None, []
    rows = list(Succession.objects.filter(Q(old=code) | Q(new=code)).order_by("day", "old_name"))
    done = _became(row for row in rows if row.old == code and row.carried_out_on is not None)
    return (done[0] if done else None), _became(row for row in rows if row.carried_out_on is None)


def every_old_area() -> list[Became]:
    """Everything that has ended and leads on, by name. One query."""
    return _became(Succession.objects.exclude(carried_out_on=None).order_by("old_name", "old"))


def called(text: str) -> list[Became]:
    """The old areas of this code or name, whose successors are to be offered instead. One query."""
    asked = bare(text)
    code = text.strip().upper()
    rows = Succession.objects.exclude(carried_out_on=None)
    # A name without the words around it cannot be asked of the database; the first letters narrow it enough.
    near = rows.filter(Q(old=code) | Q(old_name__istartswith=asked[:1])) if asked else rows.none()
    return _became(row for row in near if row.old == code or bare(row.old_name) == asked)


def leads_to(code: str, rows: Iterable[Succession]) -> list[str]:
    """The codes that an old code leads to today, over several changes if need be; itself if it goes on. Pure.

    `rows`: successions that are carried out.
    """
    after: dict[str, list[str]] = {}
    for row in rows:
        after.setdefault(row.old, []).append(row.new)
    found, open_ones, known = [], [code], set()
    while open_ones:
        one = open_ones.pop(0)
        if one in known:
            continue
        known.add(one)
        if one in after:
            open_ones += sorted(after[one])
        else:
            found.append(one)
    return found


def successors(code: str) -> list[Place]:
    """The places of today that an old code leads to, by name; empty if it is no old code. Two queries."""
    rows = list(Succession.objects.exclude(carried_out_on=None))
    codes = [each for each in leads_to(code, rows) if each != code]
    return list(Place.objects.filter(pk__in=codes).select_related("parent").order_by("name", "pk"))


def parts_to_sum() -> dict[str, tuple[str, ...]]:
    """For each area that took over, the codes whose counts add up to its own, the newest changes last. One query.

    Its districts, where it took over from districts; the whole county, where it took over from nothing else. What was
    divided adds up to nothing: nobody knows which part of its count went where.
    """
    rows = list(Succession.objects.exclude(carried_out_on=None).order_by("day", "new", "old"))
    times: dict[str, int] = {}
    for row in rows:
        times[row.old] = times.get(row.old, 0) + 1
    found: dict[str, tuple[str, ...]] = {}
    for new in dict.fromkeys(row.new for row in rows):
        own = [row for row in rows if row.new == new]
        finest = [row for row in own if row.kind == Place.Kind.LOCAL_AUTHORITY] or own
        if all(times[row.old] == 1 for row in finest):
            found[new] = tuple(row.old for row in finest)
    return found


@dataclass(frozen=True)
class AuthorityThen:
    """An authority that there was, or will be, on a day. `is_to_come`: it has no page yet."""

    code: str
    name: str
    is_to_come: bool = False


def as_at(authorities: Mapping[str, str], on: datetime.date) -> list[AuthorityThen]:
    """Which authorities there were on a day where there are these today (code to name), by name. One query.

    Of a day to come: which there will be, as far as it is stated.
    """
    rows = list(Succession.objects.filter(kind=Place.Kind.LOCAL_AUTHORITY).order_by("-day"))
    return then(authorities, rows, on)


def day_formats() -> list[str]:
    """How a day may be written in a form: as forms read it, and "31 March 2027"."""
    return [*get_format("DATE_INPUT_FORMATS"), "%d %B %Y"]


def day_asked(text: str) -> datetime.date | None:
    """The day of `?as_at=`, as browsers (2027-03-31) and people (31/3/2027, 31 March 2027) write it; None if it is
    none."""
    try:
        day: datetime.date | None = forms.DateField(required=False, input_formats=day_formats()).clean(text)
    except ValidationError:
        return None
    return day


def footprint_as_at(footprint: Footprint, on: datetime.date) -> list[AuthorityThen]:
    """Which places a partnership covered on a day, or will cover as far as it is stated, by name. Two queries."""
    found = {place.pk: place.name for place in footprint.places.all()}
    changes = list(footprint.changes.order_by("-day", "-pk"))
    for change in changes:
        if change.carried_out_on is not None and change.day > on:
            found = {
                code: name for code, name in found.items() if code not in {each[0] for each in change.added}
            }
            found |= dict(change.left)
    for change in reversed(changes):
        if change.carried_out_on is None and change.day <= on:
            found = {
                code: name for code, name in found.items() if code not in {each[0] for each in change.left}
            }
            found |= dict(change.added)
    return [
        AuthorityThen(code, name) for code, name in sorted(found.items(), key=lambda each: (each[1], each[0]))
    ]


def then(
    authorities: Mapping[str, str], rows: Sequence[Succession], on: datetime.date
) -> list[AuthorityThen]:
    """As `as_at`, from rows that are ordered by day, the newest first. Pure."""
    found, to_come = dict(authorities), set[str]()
    for _day, same in groupby(
        (row for row in rows if row.carried_out_on and row.day > on), lambda row: row.day
    ):
        undone = [row for row in same if row.new in found]
        for row in undone:
            found.pop(row.new, None)
        found |= {row.old: row.old_name for row in undone}
    for row in reversed(rows):
        if row.carried_out_on is None and row.day <= on and row.old in found:
            del found[row.old]
            found[row.new] = row.new_name
            to_come.add(row.new)
    ordered = sorted(found.items(), key=lambda each: (each[1], each[0]))
    return [AuthorityThen(code, name, code in to_come and code not in authorities) for code, name in ordered]
