"""The engine's inputs for a partnership: its records, as one kind of reader may see them, as the rows of a register.

The rows are read by the same rules as a register that comes as files (`engines.reading`): what a record says exactly
stands, what it leaves open is read from its words.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from joinedup.accounts.person import PUBLIC, Person
from joinedup.engines.opportunities import Inputs
from joinedup.engines.opportunities.inputs import COLUMNS
from joinedup.engines.reading import read_register
from joinedup.initiatives.models import Initiative
from joinedup.late_imports import polars as pl
from joinedup.opportunities.models import Run
from joinedup.opportunities.register_needs import needs_and_figures, with_alerts
from joinedup.opportunities.register_rows import (
    Rows,
    answers,
    approaches,
    ask_row,
    contacts,
    initiative_row,
    links,
    partner_row,
    place_row,
    spotted,
    support,
    with_results,
)
from joinedup.opportunities.shown_beside import HEARD
from joinedup.opportunities.whereabouts import Known
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Mix, Sector, Theme


@dataclass(frozen=True)
class Read:
    """What the engine is given; the figure (`indicator@place`, `cluster@12`) that each fact of a need comes from, by
    its text; and the local action of which nobody recorded a place, which it takes to be wherever its partner works."""

    inputs: Inputs
    figures: Mapping[str, str]
    unplaced: Collection[str]


def reader_of(footprint: Footprint, audience: str) -> Person:
    """Somebody who sees exactly what this audience sees."""
    if audience == Run.Audience.PUBLIC:
        return PUBLIC
    return Person(name="the partnership", footprint_ids=frozenset({footprint.pk}))


def read_for(footprint: Footprint, audience: str, as_of: datetime.date) -> Read:
    """Every table of the engine, in a fixed number of queries."""
    return read_for_each(footprint, [audience], as_of)[audience]


def read_for_each(footprint: Footprint, audiences: Iterable[str], as_of: datetime.date) -> dict[str, Read]:
    """The tables for several kinds of reader; what all of them see is read once."""
    places = _places(footprint)
    own = set(footprint.places.values_list("pk", flat=True))
    shared = _Shared(
        places=places,
        known=Known.of(places.values(), own),
        frames={
            "places": _frame("places", [place_row(place, places) for place in places.values()]),
            "themes": _frame("themes", [{"theme": t.slug, "name": t.name} for t in Theme.objects.all()]),
            "sectors": _frame("sectors", [{"sector": s.slug, "name": s.name} for s in Sector.objects.all()]),
            "mix": _frame("mix", [dict(row) for row in Mix.objects.values("theme", "sector", "weight")]),
            "approaches": _frame("approaches", approaches()),
        },
    )
    needs, figures = needs_and_figures(set(places), own)
    audiences = list(audiences)
    # What the public may see the partnership may see too, so that its records are read once.
    widest = Run.Audience.PARTNERSHIP if Run.Audience.PARTNERSHIP in audiences else audiences[0]
    records = _Records.of(footprint, reader_of(footprint, widest))
    made = {}
    for audience in audiences:
        rows, named = needs, figures
        if audience == Run.Audience.PARTNERSHIP:
            rows, named = with_alerts(needs, figures, footprint, list(places.values()), as_of)
        seen = records if audience == widest else records.seen_by(footprint, reader_of(footprint, audience))
        inputs, unplaced = _inputs(footprint, audience, as_of, shared, seen, _frame("needs", rows))
        made[audience] = Read(inputs, named, unplaced)
    return made


@dataclass(frozen=True)
class _Shared:
    places: dict[str, Place]
    known: Known
    frames: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class _Records:
    """What a reader sees of a partnership's partners, action and asks."""

    partners: list[Partner]
    action: list[Initiative]
    asks: list[Ask]

    @classmethod
    def of(cls, footprint: Footprint, reader: Person) -> _Records:
        """6 queries."""
        partners = (
            _partners(footprint, reader)
            .select_related("sector")
            .prefetch_related(_with_what_they_lie_in("serves"), "themes")
            .order_by("pk")
        )
        action = _initiatives(footprint, reader).prefetch_related(
            "co_partners", _with_what_they_lie_in("places"), "themes"
        )
        asks = _asks(footprint, reader).prefetch_related("themes", _with_what_they_lie_in("places"))
        return cls(list(partners), list(action.order_by("pk")), list(asks.order_by("pk")))

    def seen_by(self, footprint: Footprint, reader: Person) -> _Records:
        """As much of these as a narrower reader sees; the database decides. 3 queries."""
        partners = set(_partners(footprint, reader).values_list("pk", flat=True))
        action = set(_initiatives(footprint, reader).values_list("pk", flat=True))
        asks = set(_asks(footprint, reader).values_list("pk", flat=True))
        return _Records(
            [each for each in self.partners if each.pk in partners],
            [each for each in self.action if each.pk in action],
            [each for each in self.asks if each.pk in asks],
        )


def _inputs(
    footprint: Footprint,
    audience: str,
    as_of: datetime.date,
    shared: _Shared,
    records: _Records,
    needs: pl.DataFrame,
) -> tuple[Inputs, Collection[str]]:
    reader = reader_of(footprint, audience)
    partners, slugs = those_that_go_on(records.partners, as_of)
    known = shared.known
    action = [
        each
        for each in records.action
        if each.partner_id in slugs and not known.is_elsewhere(each.places.all())
    ]
    asks = [
        each
        for each in records.asks
        if each.partner_id in slugs and not known.is_elsewhere(each.places.all())
    ]
    owners = {each.slug: {each.partner_id, *(p.pk for p in each.co_partners.all())} for each in action}
    owners |= {f"ask-{each.pk}": {each.partner_id} for each in asks}
    is_public = audience == Run.Audience.PUBLIC
    given = {
        "partners": [partner_row(each, known) for each in partners],
        "initiatives": [initiative_row(each, slugs, known) for each in action],
        "asks": [ask_row(each, slugs, known) for each in asks],
        "support": support(reader, set(shared.places), as_of),
        "links": links(slugs),
        "answers": answers(footprint, slugs, owners),
        "contacts": [] if is_public else contacts(slugs),
    }
    frames = shared.frames
    register = read_register(
        {name: _texts(rows) for name, rows in given.items() if rows},
        frames["places"],
        frames["themes"],
        frames["sectors"],
        as_of=as_of,
    )
    inputs = Inputs(
        places=frames["places"],
        themes=frames["themes"],
        sectors=frames["sectors"],
        partners=register.partners,
        initiatives=with_results(register.initiatives, action),
        asks=register.asks,
        support=register.support,
        links=register.links,
        answers=register.answers,
        contacts=register.contacts,
        needs=needs,
        mix=frames["mix"],
        approaches=frames["approaches"],
        spotted=None if is_public else _frame("spotted", spotted(footprint)),
        heard=_frame("heard", [row for heard in HEARD for row in heard(footprint)]),
    )
    return inputs, {each.slug for each in action if not each.places.all()}


def _partners(footprint: Footprint, reader: Person) -> QuerySet[Partner]:
    return Partner.objects.visible_to(reader).filter(footprints=footprint)


def _frame(table: str, rows: Rows) -> pl.DataFrame:
    known = COLUMNS[table]
    schema = {name: kind for name, kind in known.items() if not rows or name in rows[0]}
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema, orient="row")


def _texts(rows: Rows) -> pl.DataFrame:
    """Rows as the cells of a register: text, several separated by semicolons."""
    return pl.DataFrame(
        [{name: _cell(value) for name, value in row.items()} for row in rows],
        schema=dict.fromkeys(rows[0], pl.String),
        orient="row",
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _places(footprint: Footprint) -> dict[str, Place]:
    """The footprint's places, their wards, and what they lie in. Neighbourhoods are for maps, not for claims."""
    own = list(footprint.places.all())
    kinds = [Place.Kind.WARD, Place.Kind.LOCAL_AUTHORITY]
    found, parts = list(own), own
    while parts := list(Place.objects.filter(parent__in=parts, kind__in=kinds, ended__isnull=True)):
        found += parts
    below = own
    while below := list(Place.objects.filter(children__in=below).distinct()):
        found += below
    return {place.code: place for place in sorted(found, key=lambda each: each.code)}


def those_that_go_on(partners: list[Partner], as_of: datetime.date) -> tuple[list[Partner], dict[int, str]]:
    """The partners without those that another of them took over from, and the slug that each key stands for: what a
    body led, asked or offered counts as its successor's."""
    every = {partner.pk: partner for partner in partners}
    stands_for: dict[int, Partner] = {}
    for partner in partners:
        now, steps = partner, 0
        while now.is_succeeded(as_of) and now.succeeded_by_id in every and steps < len(every):
            now, steps = every[now.succeeded_by_id], steps + 1
        stands_for[partner.pk] = now
    going = [partner for partner in partners if stands_for[partner.pk] is partner]
    return going, {pk: now.slug for pk, now in stands_for.items()}


def _initiatives(footprint: Footprint, reader: Person) -> QuerySet[Initiative]:
    return Initiative.objects.visible_to(reader).filter(partner__in=_partners(footprint, reader).values("pk"))


def _with_what_they_lie_in(name: str) -> Prefetch[Any]:
    return Prefetch(name, Place.objects.select_related("parent__parent__parent__parent"))


def _asks(footprint: Footprint, reader: Person) -> QuerySet[Ask]:
    """In public only what a body said it needs or can give itself, and not what somebody put down for it."""
    own = Q(confirmed_on__isnull=False) if reader == PUBLIC else Q()
    theirs = _partners(footprint, reader).values("pk")
    return Ask.objects.visible_to(reader).filter(own, partner__in=theirs, closed_on__isnull=True)
