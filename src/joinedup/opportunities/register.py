"""The engine's inputs for a partnership: its records, as one kind of reader may see them, as the rows of a register.

The rows are read by the same rules as a register that comes as files (`engines.reading`): what a record says exactly
stands, what it leaves open is read from its words.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from joinedup.accounts.person import PUBLIC, Person
from joinedup.engines.need import verdicts
from joinedup.engines.opportunities import Inputs
from joinedup.engines.opportunities.inputs import COLUMNS
from joinedup.engines.reading import read_register
from joinedup.evidence import wording
from joinedup.evidence.models import Figure, Need
from joinedup.initiatives.models import Initiative
from joinedup.late_imports import polars as pl
from joinedup.opportunities.alerts import facts_by_place, speaks_for
from joinedup.opportunities.models import Answer, Opportunity, Run, what_is_answered
from joinedup.opportunities.shown_beside import HEARD
from joinedup.opportunities.whereabouts import Known
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.places.models import Footprint, Place
from joinedup.support.models import Offer
from joinedup.support.queries import of_an_opportunity
from joinedup.taxonomy.models import Approach, Mix, Sector, Theme

# So many figures of a theme are put into words; the page of the place shows the rest.
FACTS_SHOWN = 3
# What stands behind a result that is stored as a number from 0 to 1, in the steps in which a register is read.
EVIDENCE_STEPS = ((0.75, 3.0), (0.5, 2.0), (0.2, 1.0))
# A result from here on says that something got better.
GOT_BETTER = 0.5
Rows = list[dict[str, Any]]


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


def figure_id(indicator: str, place: str) -> str:
    """How a figure is named in the engine's tables and documents: stable between installations."""
    return f"{indicator}@{place}"


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
            "places": _frame("places", [_place(place, places) for place in places.values()]),
            "themes": _frame("themes", [{"theme": t.slug, "name": t.name} for t in Theme.objects.all()]),
            "sectors": _frame("sectors", [{"sector": s.slug, "name": s.name} for s in Sector.objects.all()]),
            "mix": _frame("mix", [dict(row) for row in Mix.objects.values("theme", "sector", "weight")]),
            "approaches": _frame("approaches", _approaches()),
        },
    )
    needs, figures = _needs(set(places), own)
    audiences = list(audiences)
    # What the public may see the partnership may see too, so that its records are read once.
    widest = Run.Audience.PARTNERSHIP if Run.Audience.PARTNERSHIP in audiences else audiences[0]
    records = _Records.of(footprint, reader_of(footprint, widest))
    made = {}
    for audience in audiences:
        rows, named = needs, figures
        if audience == Run.Audience.PARTNERSHIP:
            rows, named = _with_alerts(needs, figures, footprint, list(places.values()), as_of)
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
        "partners": [_partner(each, known) for each in partners],
        "initiatives": [_initiative(each, slugs, known) for each in action],
        "asks": [_ask(each, slugs, known) for each in asks],
        "support": _support(reader, set(shared.places), as_of),
        "links": _links(slugs),
        "answers": _answers(footprint, slugs, owners),
        "contacts": [] if is_public else _contacts(slugs),
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
        initiatives=_with_results(register.initiatives, action),
        asks=register.asks,
        support=register.support,
        links=register.links,
        answers=register.answers,
        contacts=register.contacts,
        needs=needs,
        mix=frames["mix"],
        approaches=frames["approaches"],
        spotted=None if is_public else _frame("spotted", _spotted(footprint)),
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


def _place(place: Place, held: Mapping[str, Place]) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "parent": place.parent_id if place.parent_id in held else None,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _approaches() -> Rows:
    return [
        {
            "approach": each.slug,
            "name": each.name,
            "themes": [theme.slug for theme in each.themes.all()],
            "effect": each.effect or None,
            "evidence": each.evidence or None,
            "cost": each.cost or None,
            "source": each.source or None,
            "harmful": each.harmful,
        }
        for each in Approach.objects.prefetch_related("themes")
    ]


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


def _partner(partner: Partner, known: Known) -> dict[str, Any]:
    return {
        "id": partner.slug,
        "name": partner.name,
        "sector": partner.sector_id,
        "places": known.places_of(partner.serves.all()),
        "themes": [theme.slug for theme in partner.themes.all()],
        "does": partner.does,
        "base": partner.base_id,
        "duty": partner.is_statutory or partner.sector.is_of_the_duty,
        "confirmed": partner.confirmed_on,
        # Whoever runs this sees the record: what it may be told of is settled already.
        "marking": "public",
    }


def _initiatives(footprint: Footprint, reader: Person) -> QuerySet[Initiative]:
    return Initiative.objects.visible_to(reader).filter(partner__in=_partners(footprint, reader).values("pk"))


def _with_what_they_lie_in(name: str) -> Prefetch[Any]:
    return Prefetch(name, Place.objects.select_related("parent__parent__parent__parent"))


def _initiative(each: Initiative, slugs: Mapping[int, str], known: Known) -> dict[str, Any]:
    others = dict.fromkeys(slugs[p.pk] for p in each.co_partners.all() if p.pk in slugs)
    return {
        "id": each.slug,
        "name": each.name,
        "what": each.what,
        "partner": slugs[each.partner_id],
        "co_partners": [slug for slug in others if slug != slugs[each.partner_id]],
        "places": known.places_of(each.places.all()),
        "themes": [theme.slug for theme in each.themes.all()],
        "level": each.level,
        "way_in": "",
        "age_from": each.age_from,
        "age_to": each.age_to,
        "reach": each.reach_per_year,
        "starts": each.starts,
        "ends": each.ends,
        "result": each.result_text,
        "evidence": "",
        "approach": each.approach_id,
        "confirmed": each.confirmed_on,
        "marking": "public",
    }


def _with_results(read: pl.DataFrame, action: list[Initiative]) -> pl.DataFrame:
    """What came of an action, where that is recorded as a number and need not be read from words."""
    evidence = {each.slug: _step(each.evidence) for each in action if each.evidence is not None}
    better = {each.slug: each.result >= GOT_BETTER for each in action if each.result is not None}
    rows = [
        (evidence.get(id, was), better.get(id, good))
        for id, was, good in read.select("id", "evidence", "result_good").iter_rows()
    ]
    return read.with_columns(
        pl.Series("evidence", [row[0] for row in rows], dtype=pl.Float64),
        pl.Series("result_good", [row[1] for row in rows], dtype=pl.Boolean),
    )


def _step(evidence: float) -> float:
    return next((step for least, step in EVIDENCE_STEPS if evidence >= least), 0.0)


def _asks(footprint: Footprint, reader: Person) -> QuerySet[Ask]:
    """In public only what a body said it needs or can give itself, and not what somebody put down for it."""
    own = Q(confirmed_on__isnull=False) if reader == PUBLIC else Q()
    theirs = _partners(footprint, reader).values("pk")
    return Ask.objects.visible_to(reader).filter(own, partner__in=theirs, closed_on__isnull=True)


def _ask(ask: Ask, slugs: Mapping[int, str], known: Known) -> dict[str, Any]:
    return {
        "id": f"ask-{ask.pk}",
        "partner": slugs[ask.partner_id],
        "kind": "need" if ask.kind == Ask.Kind.NEED else "help",
        "what": "",
        "themes": [theme.slug for theme in ask.themes.all()],
        "places": known.places_of(ask.places.all()),
        "text": ask.text,
        "said_on": ask.confirmed_on,
        "marking": "public",
    }


def _support(reader: Person, codes: set[str], as_of: datetime.date) -> Rows:
    """Support that an opportunity may name: neither the shelf nor history, nor what is for places elsewhere."""
    found = (
        Offer.objects.visible_to(reader)
        .filter(of_an_opportunity(as_of))
        .distinct()
        .select_related("provider_partner")
        .prefetch_related("themes", "sectors", "via_sectors", "places")
        .order_by("pk")
    )
    rows = []
    for offer in found:
        named = [place.pk for place in offer.places.all()]
        places = [code for code in named if code in codes]
        if named and not places:
            continue
        rows.append(
            {
                "id": offer.slug,
                "name": offer.name,
                "provider": offer.provider_partner.slug if offer.provider_partner else offer.provider,
                "kind": offer.kind,
                "purpose": offer.purpose,
                "who_may_use": offer.who_may_use,
                "themes": [theme.slug for theme in offer.themes.all()],
                "general": offer.is_general,
                "sectors": [sector.slug for sector in offer.sectors.all()],
                "via_sectors": [sector.slug for sector in offer.via_sectors.all()],
                "lead_only": offer.lead_only,
                "places": places,
                "basis": offer.basis,
                "opens": offer.opens,
                "closes": offer.closes,
                "amount": offer.amount_programme,
                "amount_max": offer.amount_max_gbp,
                "awards": offer.awards,
                "last_checked": offer.last_checked,
                "marking": "public",
            }
        )
    return rows


def _links(slugs: Mapping[int, str]) -> Rows:
    """Links that somebody recorded. Sitting in one statutory partnership does not make two actions linked."""
    held = Link.objects.filter(first__in=slugs, second__in=slugs).order_by("pk")
    return [
        {
            "partner_a": slugs[link.first_id],
            "partner_b": slugs[link.second_id],
            "strength": link.strength,
            "since": link.since,
        }
        for link in held
        if slugs[link.first_id] != slugs[link.second_id]
    ]


def _answers(footprint: Footprint, slugs: Mapping[int, str], owners: Mapping[str, Collection[int]]) -> Rows:
    """What partners said to a move or to a whole opportunity: about what others record that it rests on, or where it
    rests on their own alone (`owners`: the partners of each record), about that move. Where it is about nothing that
    has an id, the theme in that place is what was answered."""
    held = Answer.objects.filter(partner__in=slugs, opportunity__footprint=footprint)
    rows: Rows = []
    for each in held.select_related("opportunity").order_by("pk"):
        found, partner = each.opportunity, slugs[each.partner_id]
        moves = what_is_answered(found, partner, each.move) if each.about is None else each.about
        about = [name for move in moves for name in _about(move, each.partner_id, owners)]
        if each.scope != Answer.Scope.THIS:
            # Whatever it was said of.
            about.append("")
        is_no = each.word == Answer.Word.NOT_US
        rows += [
            {
                "partner": partner,
                "places": [found.place_id],
                "theme": found.theme_id,
                "about": name,
                "answer": each.word,
                "scope": Answer.Scope.THEME_HERE
                if is_no and not name and each.scope == Answer.Scope.THIS
                else each.scope,
                "date": each.at.date(),
                "until": each.until,
            }
            for name in dict.fromkeys(about)
        ]
    return rows


def _about(move: dict[str, Any], partner: int, owners: Mapping[str, Collection[int]]) -> list[str]:
    others = [id for id in move["records"] if partner not in owners.get(id, ())]
    return others or ([move["id"]] if move["records"] else [""])


def _contacts(slugs: Mapping[int, str]) -> Rows:
    """Roles to ask for, never names."""
    held = Contact.objects.filter(partner__in=slugs).order_by("pk")
    return [{"partner": slugs[each.partner_id], "role": each.role} for each in held if each.role]


def _spotted(footprint: Footprint) -> Rows:
    rows = Opportunity.objects.filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, is_spotted=True
    ).exclude(state=Opportunity.State.GONE)
    return [
        {
            "id": row.key,
            "place": row.place_id,
            "sentence": row.sentence,
            "theme": row.theme_id,
            "parties": [partner.slug for partner in row.parties.all()],
        }
        for row in rows.prefetch_related("parties").order_by("pk")
    ]


def _needs(codes: set[str], own: set[str]) -> tuple[Rows, dict[str, str]]:
    """What is known of need in every place, and in the footprint's `own` places the figures behind it in words. What
    is known too unsurely to be said, or only by figures of something else, counts as not measured."""
    # An opportunity is of an authority or something wider: the needs of wards sharpen maps, and nothing here.
    wide = Need.objects.filter(place__in=codes).exclude(place__kind=Place.Kind.WARD)
    columns = ("place_id", "theme_id", "pressure", "need", "stands_out", "measured", "verdict")
    said = wide.said().exclude(measured=Need.Measured.PROXY)
    parts = {
        (place, theme): behind
        for place, theme, behind in said.filter(place__in=own).values_list("place", "theme", "parts")
    }
    wanted = {part["indicator"] for behind in parts.values() for part in behind}
    numbers = Figure.objects.filter(place__in=own, indicator__in=wanted, state=Figure.State.NUMBER)
    held = {(each.place_id, each.indicator): each for each in numbers.select_related("dataset")}
    names = dict(Place.objects.filter(code__in=own).values_list("code", "name"))
    known = set(said.values_list("place", "theme"))
    rows: Rows = []
    figures: dict[str, str] = {}
    for place, theme, pressure, need, stands_out, measured, verdict in wide.order_by(
        "place", "theme"
    ).values_list(*columns):
        is_said = (place, theme) in known
        facts: list[str | None] = []
        for part in _strongest_first(parts.get((place, theme), [])):
            figure = held.get((place, part["indicator"]))
            if figure is not None and len(facts) < FACTS_SHOWN:
                text = wording.sentence(figure, names[place])
                figures[text] = figure_id(figure.indicator, figure.place_id)
                facts.append(text)
        rows += [
            {
                "place": place,
                "theme": theme,
                "pressure": pressure,
                "need": need if is_said else None,
                "stands_out": stands_out if is_said else None,
                "measured": measured if is_said else verdicts.NONE,
                "verdict": verdict if is_said else "",
                "fact": fact,
            }
            for fact in facts or [None]
        ]
    return rows, figures


def _strongest_first(parts: Rows) -> Rows:
    """The figures of the theme itself before those that stand for it, then those that say most."""
    return sorted(
        parts, key=lambda part: (not part.get("own"), -(part["weight"] * (part.get("percentile") or 0)))
    )


def _with_alerts(
    needs: Rows, figures: dict[str, str], footprint: Footprint, places: list[Place], as_of: datetime.date
) -> tuple[Rows, dict[str, str]]:
    """The needs with what stands out now, where more is recorded than chance explains, first among their facts."""
    alerts = facts_by_place(footprint, {place.pk: place for place in places}, as_of)
    if not alerts:
        return needs, figures
    named = dict(figures)
    first: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in needs:
        key = (row["place"], row["theme"])
        if row["theme"] in speaks_for() and key not in first:
            for fact in alerts.get(row["place"], ()):
                named[fact["text"]] = fact["figure"]
                first[key].append({**row, "fact": fact["text"]})
    return [each for rows in first.values() for each in rows] + needs, named
