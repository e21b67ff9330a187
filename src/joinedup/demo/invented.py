"""Everything invented for the demonstration, from the tables in `invented_data`.

Partners, local action, funds, asks and words of young people. Every partner and fund has “demonstration” in
its name; people are called by their role; nothing is attributed to a real organisation or person. Dates are
relative to the day the demonstration is made, so that it never goes out of date.
"""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Iterator
from pathlib import Path

from django.utils.text import slugify

from joinedup.accounts.records import Came, Marking, Teller
from joinedup.accounts.slugs import fresh_slug
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.places.models import Footprint, Place
from joinedup.support.checks import next_check
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Approach, Sector, Theme

TABLES = Path(__file__).parent / "invented_data"
SOURCE = "Invented for the demonstration"
QUESTION = "What would make the way home from school feel safe?"
INITIATIVES = 84
# As in a real partnership, some local action (one in this many) comes from the coordinator's tracker, and its
# partner has not confirmed it yet.
FROM_THE_TRACKER = 6


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of one of the tables."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def words(cell: str) -> list[str]:
    return [word for word in cell.split(";") if word]


def days(today: datetime.date, number: str | int, sign: int = 1) -> datetime.date:
    return today + sign * datetime.timedelta(days=int(number))


def by_the_body(on: datetime.date) -> dict[str, object]:
    """The fields of a record that its body added and confirmed on a day: invented, like everything here, and
    labelled so."""
    told = {"confirmed_on": on, "confirmed_by": "The partner", "came": Came.BODY}
    return {**told, "came_by": Teller.BODY, "came_on": on}


def brought_in(on: datetime.date, how: str = Came.LIST) -> dict[str, object]:
    """The fields of a record that the coordinator added on a day and its body has not confirmed."""
    return {"came": how, "came_by": Teller.COORDINATOR, "came_on": on}


def make_partners(footprints: dict[str, Footprint], today: datetime.date) -> list[Partner]:
    """The partners of both partnerships: `main`, and `elsewhere` for an outsider's view."""
    made = []
    for row in rows("partners"):
        if row["confirmed_days_ago"]:
            told = by_the_body(days(today, row["confirmed_days_ago"], -1))
        else:
            told = brought_in(days(today, 60, -1), Came.LOOKUPS if row["statutory"] else Came.LIST)
        partner = Partner.objects.create(
            name=row["name"],
            slug=slugify(row["name"])[:80],
            sector_id=row["sector"],
            does=row["does"],
            is_statutory=bool(row["statutory"]),
            **told,
            marking=Marking.PUBLIC if row["partnership"] == "main" else Marking.PARTNERSHIP,
            is_demonstration=True,
            source=SOURCE,
        )
        partner.serves.set(Place.objects.filter(pk__in=words(row["places"])))
        partner.themes.set(Theme.objects.filter(pk__in=words(row["themes"])))
        partner.footprints.add(footprints[row["partnership"]])
        made.append(partner)
    Contact.objects.bulk_create(
        Contact(partner=p, role="Named contact", email=f"{p.slug[:50]}@demonstration.example") for p in made
    )
    return made


def make_initiatives(partners: list[Partner], today: datetime.date) -> list[Initiative]:
    """Local action: each kind is run by partners of a suitable sector, some of it jointly.

    Which partner runs what is drawn from a fixed seed, so that every demonstration is the same.
    """
    chance = random.Random(8_10_2018)
    approaches = {approach.name: approach for approach in Approach.objects.all()}
    actions = list(rows("actions"))
    runs: set[tuple[str, int]] = set()
    made: list[Initiative] = []
    while len(made) < INITIATIVES:
        action = actions[len(made) % len(actions)]
        able = [p for p in partners if p.sector_id in words(action["sectors"])]
        fitting = [p for p in able if action["theme"] in {t.pk for t in p.themes.all()}] or able
        free = [p for p in fitting if (action["name"], p.pk) not in runs] or [
            p for p in able if (action["name"], p.pk) not in runs
        ]
        if not free:
            actions.remove(action)
            continue
        partner = chance.choice(free)
        runs.add((action["name"], partner.pk))
        made.append(_initiative(action, partner, approaches, chance, today, len(made)))
    return made


def _initiative(
    action: dict[str, str],
    partner: Partner,
    approaches: dict[str, Approach],
    chance: random.Random,
    today: datetime.date,
    number: int,
) -> Initiative:
    where = [place.name for place in partner.serves.all()]
    name = (
        f"{action['name']} in {where[0]}"
        if len(where) == 1
        else f"{action['name']} on both sides of the river"
    )
    confirmed = days(today, chance.choice([20, 45, 90, 150, 200, 300, 430]), -1)
    from_the_tracker = number % FROM_THE_TRACKER == FROM_THE_TRACKER - 1
    approach = approaches.get(action["approach"])
    has_result = chance.random() < 0.35
    initiative = Initiative.objects.create(
        name=name[:200],
        slug=fresh_slug(Initiative, name),
        what=action["what"],
        partner=partner,
        level=action["level"],
        age_from=int(action["age_from"]),
        age_to=int(action["age_to"]),
        reach_per_year=int(action["reach_per_year"]) if chance.random() < 0.85 else None,
        starts=days(today, chance.choice([90, 240, 500, 900]), -1),
        ends=days(today, chance.choice([60, 200, 400, 700])) if chance.random() < 0.6 else None,
        approach=approach,
        evidence=None
        if approach
        else (round(chance.uniform(0.2, 0.6), 1) if chance.random() < 0.4 else None),
        result=round(chance.uniform(0.4, 0.8), 1) if has_result else None,
        result_text="Most who came stayed for a year; what was counted is in the yearly report."
        if has_result
        else "",
        marking=chance.choice([Marking.PUBLIC, Marking.PUBLIC, Marking.PARTNERSHIP]),
        **(brought_in(confirmed) if from_the_tracker else by_the_body(confirmed)),
        is_demonstration=True,
        source=SOURCE,
    )
    initiative.themes.set(Theme.objects.filter(pk__in=[action["theme"], *words(action["more_themes"])]))
    initiative.places.set(partner.serves.all())
    return initiative


def make_links(partners: list[Partner], initiatives: list[Initiative], today: datetime.date) -> None:
    """Some neighbours already work together, and a few run something jointly."""
    chance = random.Random(61)
    by_place: dict[str, list[Partner]] = {}
    for partner in partners:
        for place in partner.serves.all():
            by_place.setdefault(place.pk, []).append(partner)
    pairs = {
        tuple(sorted((a.pk, b.pk)))
        for there in by_place.values()
        for i, a in enumerate(there)
        for b in there[i + 1 :]
        if chance.random() < 0.2
    }
    Link.objects.bulk_create(
        Link(
            first_id=first,
            second_id=second,
            strength=round(chance.uniform(0.2, 0.9), 1),
            since=days(today, chance.choice([100, 400, 1200]), -1),
            is_demonstration=True,
        )
        for first, second in sorted(pairs)
    )
    for initiative in initiatives[::9]:
        near = [
            p
            for place in initiative.places.all()
            for p in by_place.get(place.pk, [])
            if p.pk != initiative.partner_id
        ]
        if near:
            initiative.co_partners.add(chance.choice(near))


def make_funds(today: datetime.date) -> list[Offer]:
    """Funds that are open today, whatever today is."""
    made = []
    for row in rows("funds"):
        offer = Offer.objects.create(
            name=row["name"],
            slug=slugify(row["name"])[:80],
            provider="Demonstration Fund",
            kind=Offer.Kind.FUND,
            purpose=row["purpose"],
            who_may_use=row["who_may_use"],
            lead_only=row["lead_only"] == "yes",
            is_general=row["general"] == "yes",
            basis=row["basis"],
            opens=days(today, 30, -1),
            closes=days(today, row["closes_in_days"]) if row["closes_in_days"] else None,
            amount_max_gbp=int(row["amount_max_gbp"]),
            amount_programme=int(row["amount_programme"]),
            awards=row["awards"],
            last_checked=days(today, row["checked_days_ago"], -1),
            marking=Marking.PUBLIC,
            checked_on=days(today, row["checked_days_ago"], -1),
            checked_by=Teller.COORDINATOR,
            came=Came.ELSE,
            came_by=Teller.COORDINATOR,
            came_on=days(today, row["checked_days_ago"], -1),
            is_demonstration=True,
            source=SOURCE,
        )
        offer.themes.set(Theme.objects.filter(pk__in=words(row["themes"])))
        offer.sectors.set(Sector.objects.filter(pk__in=words(row["sectors"])))
        offer.via_sectors.set(Sector.objects.filter(pk__in=words(row["via_sectors"])))
        offer.places.set(Place.objects.filter(pk__in=words(row["places"])))
        offer.check_by = next_check(offer, offer.last_checked or today)
        offer.save(update_fields=["check_by"])
        made.append(offer)
    return made


def make_asks(partners: list[Partner], today: datetime.date) -> None:
    """What partners need and can give: each line occurs in several boroughs, answered first by partners
    working there."""
    chance = random.Random(2018)
    local = [p for p in partners if p.serves.filter(kind=Place.Kind.LOCAL_AUTHORITY).exists()]
    works = {p: set(p.serves.values_list("pk", flat=True)) for p in local}
    spoken: dict[str, set[str]] = {}
    for row in rows("asks"):
        able = [p for p in local if p.sector_id == row["sector"]]
        said_in = spoken.setdefault(row["theme"], set())
        shuffled = chance.sample(able, len(able))
        chosen = sorted(shuffled, key=lambda p: not works[p] & said_in)[:3]
        for partner in chosen:
            spoken[row["theme"]] = spoken[row["theme"]] | works[partner]
            ask = Ask.objects.create(
                partner=partner,
                kind=row["kind"],
                text=row["text"],
                marking=Marking.PARTNERSHIP,
                **by_the_body(days(today, 20, -1)),
                is_demonstration=True,
                source=SOURCE,
            )
            ask.themes.set(Theme.objects.filter(pk=row["theme"]))
            ask.places.set(partner.serves.all())
