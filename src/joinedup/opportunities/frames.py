"""The stored records as the tables that the matching engine reads, for one partnership and one kind of reader.

A run sees only what its reader may see, so that nothing can leak through a sentence, a count, a strength or
an absence: what is not in these tables does not exist for the engine.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import polars as pl
from django.db.models import Prefetch, Q

from joinedup.accounts.person import PUBLIC, Person
from joinedup.accounts.records import CONFIRM_AFTER
from joinedup.engines.matching.tables import COLUMNS, Tables
from joinedup.evidence import wording
from joinedup.evidence.models import ENOUGH, Figure, Need
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.alerts import with_alerts
from joinedup.opportunities.models import Run
from joinedup.opportunities.whereabouts import Known
from joinedup.partners.models import Ask, Link, Partner
from joinedup.places.models import Footprint, Place
from joinedup.support.models import Offer
from joinedup.support.queries import of_an_opportunity
from joinedup.taxonomy.models import Approach, Mix, Sector, Theme

# The register of a place is known well enough to say that something is missing there, and not only that it
# is not recorded, once this many partners of this many sectors confirmed their records themselves within a year.
KNOWN_PARTNERS, KNOWN_SECTORS = 6, 4
# Bodies of one statutory partnership sit at one table already, unless they say otherwise.
STATUTORY_LINK = 0.5
# How many of the residents of its ages a theme concerns, by the widest level of prevention it works at: all of
# them, those at risk, those already involved. A guess, for want of published prevalence: it helps to order the list,
# and no number that is made of it is ever printed.
CONCERNED = {"primary": 1.0, "secondary": 0.1, "tertiary": 0.02}
# What the law says of a body that is marked as one of its duty holders, and of one of a sector that it names: whether
# that very body is one of them may not be recorded, and nothing that it requires may be called missing.
ACT = "the serious violence duty (Police, Crime, Sentencing and Courts Act 2022)"
DUTY = f"it is a specified authority under {ACT}"
SECTOR_DUTY = f"bodies of its sector are named by {ACT}"
# What makes places alike: published measures of how people live there. Recorded crime is left out: it says as much of
# recording, and is what the work is to change.
PROFILE = (
    "income-deprivation", "employment-deprivation", "health-deprivation", "children-and-young-people-deprivation",
    "children-in-need", "persistent-absence",
)  # fmt: skip
# A cell's figures that a sentence can carry; the page shows the rest.
FACTS_SHOWN = 3


def reader_of(footprint: Footprint, audience: str) -> Person:
    """Somebody who sees exactly what this audience sees."""
    if audience == Run.Audience.PUBLIC:
        return PUBLIC
    return Person(name="the partnership", footprint_ids=frozenset({footprint.pk}))


def tables_for(footprint: Footprint, audience: str, as_of: datetime.date) -> Tables:
    """Every table of the engine, in a fixed number of queries."""
    return tables_for_each(footprint, [audience], as_of)[audience]


def tables_for_each(
    footprint: Footprint, audiences: Iterable[str], as_of: datetime.date
) -> dict[str, Tables]:
    """The tables for several kinds of reader; what all of them see is read once."""
    places = _places(footprint)
    codes = {place.code for place in places}
    own = set(footprint.places.values_list("pk", flat=True))
    known = Known.of(places, own)
    shared = {
        "needs": _needs(codes, own),
        "mix": _frame("mix", [dict(row) for row in Mix.objects.values("theme", "sector", "weight")]),
        "approaches": _frame(
            "approaches",
            [
                {"approach": a.slug, "effect": a.strength, "harmful": a.harmful}
                for a in Approach.objects.all()
            ],
        ),
        "themes": _frame("themes", [{"theme": t.slug, "name": t.name} for t in Theme.objects.all()]),
        "sectors": _frame("sectors", [{"sector": s.slug, "name": s.name} for s in Sector.objects.all()]),
        "profiles": _profiles(own),
    }
    made = {}
    for audience in audiences:
        seen = dict(shared)
        if audience == Run.Audience.PARTNERSHIP:
            seen["needs"] = with_alerts(shared["needs"], footprint, places, as_of)
        made[audience] = _tables(footprint, reader_of(footprint, audience), places, known, seen, as_of)
    return made


def _tables(
    footprint: Footprint,
    reader: Person,
    places: list[Place],
    known_places: Known,
    shared: dict[str, pl.DataFrame],
    as_of: datetime.date,
) -> Tables:
    codes = {place.code for place in places}
    partners = list(
        Partner.objects.visible_to(reader)
        .filter(footprints=footprint)
        .select_related("sector")
        .prefetch_related("serves", "themes")
        .order_by("pk")
    )
    partners, slugs = _those_that_go_on(partners, as_of)
    serving = _serving(partners)
    known = _known(places, partners, serving, as_of)
    return Tables(
        places=_frame(
            "places",
            [
                {
                    "code": place.code,
                    "name": place.name,
                    "kind": place.kind,
                    "parent": place.parent_id if place.parent_id in codes else None,
                    "latitude": place.latitude,
                    "longitude": place.longitude,
                    "population": place.residents,
                    "known": place.code in known,
                }
                for place in places
            ],
        ),
        partners=_frame(
            "partners",
            [
                {
                    "id": partner.slug,
                    "name": partner.name,
                    "sector": partner.sector_id,
                    "places": serving[partner.pk],
                    "themes": [theme.slug for theme in partner.themes.all()],
                    "duty": _duty(partner),
                    "marking": partner.marking,
                    "confirmed": partner.confirmed_on,
                }
                for partner in partners
            ],
        ),
        initiatives=_initiatives(reader, slugs, known_places),
        offers=_offers(reader, codes, as_of),
        links=_links(partners),
        asks=_asks(reader, slugs),
        **shared,
    )


def figure_id(indicator: str, place: str) -> str:
    """How a figure is named in the engine's tables and documents: stable between installations."""
    return f"{indicator}@{place}"


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return (
        pl.DataFrame(rows, schema=COLUMNS[table], orient="row")
        if rows
        else pl.DataFrame(schema=COLUMNS[table])
    )


def _places(footprint: Footprint) -> list[Place]:
    """The footprint's places, their wards, and what they lie in. Neighbourhoods are for maps, not for claims."""
    own = list(footprint.places.all())
    kinds = [Place.Kind.WARD, Place.Kind.LOCAL_AUTHORITY]
    parts = list(Place.objects.filter(parent__in=own, kind__in=kinds, ended__isnull=True))
    found, below = [*own, *parts], own
    while below := list(Place.objects.filter(children__in=below).distinct()):
        found += below
    return sorted({p.code: p for p in found}.values(), key=lambda p: p.code)


def _duty(partner: Partner) -> str | None:
    if partner.is_statutory:
        return DUTY
    return SECTOR_DUTY if partner.sector.is_of_the_duty else None


def _those_that_go_on(partners: list[Partner], as_of: datetime.date) -> tuple[list[Partner], dict[int, str]]:
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


def _serving(partners: list[Partner]) -> dict[int, list[str]]:
    return {partner.pk: [place.code for place in partner.serves.all()] for partner in partners}


def _known(
    places: list[Place], partners: list[Partner], serving: dict[int, list[str]], as_of: datetime.date
) -> set[str]:
    parent = {place.code: place.parent_id for place in places}
    there: dict[str, list[Partner]] = defaultdict(list)
    for partner in partners:
        if partner.confirmed_on and partner.confirmed_on + CONFIRM_AFTER >= as_of:
            for served in serving[partner.pk]:
                there[served].append(partner)
    known = set()
    for place in places:
        found: dict[int, str] = {}
        code: str | None = place.code
        while code:
            found |= {partner.pk: partner.sector_id for partner in there[code]}
            code = parent.get(code)
        if len(found) >= KNOWN_PARTNERS and len(set(found.values())) >= KNOWN_SECTORS:
            known.add(place.code)
    return known


def _needs(codes: set[str], own: set[str]) -> pl.DataFrame:
    """The need in every place, where it is known too unsurely to be said as just that, and behind it in the footprint's
    `own` places the figures: only these are put into words."""
    figures: dict[tuple[str, str], Figure] = {
        (figure.place_id, figure.indicator): figure
        for figure in Figure.objects.filter(place__in=own, state=Figure.State.NUMBER).select_related(
            "dataset"
        )
    }
    names = dict(Place.objects.filter(code__in=own).values_list("code", "name"))
    concerned = {
        theme.slug: max((CONCERNED.get(level, 0.0) for level in theme.levels), default=1.0)
        for theme in Theme.objects.all()
    }
    kept = Need.objects.filter(place__in=codes).order_by("place", "theme")
    rows = kept.values_list("place", "theme", "need", "people_at_risk", "trend", "certainty", "measured")
    parts_of = {(each.place_id, each.theme_id): each.parts for each in kept.said().filter(place__in=own)}
    found: list[tuple[object, ...]] = []
    for place, theme, need, people, trend, certainty, measured in rows:
        if need is None:
            continue
        if certainty < ENOUGH or measured == Need.Measured.PROXY:
            # Known too little to be said, or only by figures of something else: taken from nowhere else either.
            found.append((place, theme, None, None, None, None, 0.0, []))
            continue
        parts = sorted(
            parts_of.get((place, theme), ()),
            key=lambda part: -(part["weight"] * (part.get("percentile") or 0)),
        )
        behind = [
            figures[place, part["indicator"]] for part in parts if (place, part["indicator"]) in figures
        ]
        facts = [
            {
                "text": wording.sentence(figure, names[place]),
                "figure": figure_id(figure.indicator, figure.place_id),
            }
            for figure in behind[:FACTS_SHOWN]
        ]
        at_risk = None if people is None else people * concerned[theme]
        found.append((place, theme, need, at_risk, trend, None, certainty, facts))
    schema = {**COLUMNS["needs"], "facts": pl.List(pl.Struct({"text": pl.Utf8, "figure": pl.Utf8}))}
    return pl.DataFrame(found, schema=schema, orient="row") if found else pl.DataFrame(schema=schema)


def _profiles(own: set[str]) -> pl.DataFrame:
    """What places are compared by to find similar ones: how they are, not what is done or recorded there."""
    rows: dict[str, dict[str, float]] = defaultdict(dict)
    numbers = Figure.objects.filter(place__in=own, indicator__in=PROFILE, state=Figure.State.NUMBER)
    held = list(numbers.values_list("indicator", "dataset__source", "period", "place", "value"))
    # Only figures of one source and one period are compared: those that most places have.
    usual: dict[str, tuple[str, str]] = {}
    for (indicator, *of), _many in Counter(row[:3] for row in sorted(held)).most_common():
        usual.setdefault(indicator, (of[0], of[1]))
    for indicator, source, period, place, value in held:
        if value is not None and usual[indicator] == (source, period):
            rows[place][indicator] = value
    schema = {"place": pl.Utf8(), **dict.fromkeys(PROFILE, pl.Float64())}
    return pl.DataFrame([{"place": code, **rows[code]} for code in sorted(rows)], schema=schema)


def _initiatives(reader: Person, slugs: dict[int, str], known: Known) -> pl.DataFrame:
    places = Prefetch("places", Place.objects.select_related("parent__parent__parent__parent"))
    found = (
        Initiative.objects.visible_to(reader)
        .filter(partner__in=slugs)
        .select_related("approach")
        .prefetch_related("co_partners", places, "themes", "offers")
        .order_by("pk")
    )
    return _frame(
        "initiatives",
        [
            {
                "id": each.slug,
                "name": each.name,
                "partner": slugs[each.partner_id],
                "co_partners": [
                    slug
                    for slug in dict.fromkeys(slugs[p.pk] for p in each.co_partners.all() if p.pk in slugs)
                    if slug != slugs[each.partner_id]
                ],
                "places": known.places_of(each.places.all()),
                "themes": [theme.slug for theme in each.themes.all()],
                "level": [each.level] if each.level else [],
                "way_in": None,
                "age_from": each.age_from,
                "age_to": each.age_to,
                "reach_per_year": each.reach_per_year,
                "starts": each.starts,
                "ends": each.ends,
                "evidence": each.evidence,
                "offers": [offer.slug for offer in each.offers.all()],
                "result": each.result,
                "approach": each.approach_id,
                "marking": each.marking,
                "confirmed": each.confirmed_on,
            }
            for each in found
        ],
    )


def _offers(reader: Person, codes: set[str], as_of: datetime.date) -> pl.DataFrame:
    """Offers that an opportunity may name: neither the shelf nor history. One that is restricted to places elsewhere is
    left out by the engine."""
    found = (
        Offer.objects.visible_to(reader)
        .filter(of_an_opportunity(as_of))
        .distinct()
        .select_related("provider_partner")
        .prefetch_related("themes", "sectors", "via_sectors", "places")
        .order_by("pk")
    )
    return _frame(
        "offers",
        [
            {
                "id": offer.slug,
                "name": offer.name,
                "provider": offer.provider_partner.slug if offer.provider_partner else offer.provider,
                "kind": offer.kind,
                "themes": [theme.slug for theme in offer.themes.all()],
                "sectors": [sector.slug for sector in offer.sectors.all()],
                "via_sectors": [sector.slug for sector in offer.via_sectors.all()],
                "places": _codes(offer.places),
                "opens": offer.opens,
                "closes": offer.closes,
                "amount_gbp": offer.amount_programme,
                "last_checked": offer.last_checked,
                "marking": offer.marking,
                "who_may_use": offer.who_may_use,
                "required_by_law": offer.is_required_by_law,
            }
            for offer in found
        ],
    )


def _links(partners: list[Partner]) -> pl.DataFrame:
    """Links that somebody recorded, and those that follow from sitting in one statutory partnership."""
    slugs = {partner.pk: partner.slug for partner in partners}
    pairs: dict[tuple[str, str], tuple[float, datetime.date | None]] = {
        (a.slug, b.slug): (STATUTORY_LINK, None)
        for a, b in combinations([p for p in partners if p.is_statutory], 2)
    }
    for link in Link.objects.filter(first__in=slugs, second__in=slugs):
        pairs[slugs[link.first_id], slugs[link.second_id]] = (link.strength, link.since)
    return _frame(
        "links",
        [
            {"partner_a": a, "partner_b": b, "strength": strength, "since": since}
            for (a, b), (strength, since) in pairs.items()
        ],
    )


def _asks(reader: Person, slugs: dict[int, str]) -> pl.DataFrame:
    """In public only what a body said it needs or can give itself, and not what somebody put down for it."""
    own = Q(confirmed_on__isnull=False) if reader == PUBLIC else Q()
    found = (
        Ask.objects.visible_to(reader)
        .filter(own, partner__in=slugs, closed_on__isnull=True)
        .prefetch_related("themes", "places")
        .order_by("pk")
    )
    return _frame(
        "asks",
        [
            {
                "id": f"ask-{ask.pk}",
                "partner": slugs[ask.partner_id],
                "kind": ask.kind,
                "themes": [theme.slug for theme in ask.themes.all()],
                "places": _codes(ask.places),
                "text": ask.text,
            }
            for ask in found
        ],
    )


def _codes(places: Any) -> list[str]:
    return [place.pk for place in places.all()]
