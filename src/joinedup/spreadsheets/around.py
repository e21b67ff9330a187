"""What rows are compared with: the records, words and places of a partnership, fetched once per sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import Footprint, Place
from joinedup.places.successions import every_old_area, leads_to
from joinedup.spreadsheets.cells import plain_name
from joinedup.spreadsheets.sectors import SAID
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector, Theme

WIDE = [Place.Kind.LOCAL_AUTHORITY, Place.Kind.COUNTY, Place.Kind.REGION, Place.Kind.COUNTRY]
EVERYWHERE_HERE = (
    "all", "all boroughs", "all districts", "all areas", "whole area", "area wide", "areawide", "borough wide",
    "district wide", "county wide", "countywide", "force wide",
)  # fmt: skip


@dataclass(frozen=True)
class KnownRecords:
    """All keys are in lower case. `places` and `themes` by name and by code; `here`: the footprint's own places.

    `contacts`: (partner, address) and (partner, role, name). `initiatives`: (partner, name). `offers`:
    (name, provider).
    """

    partners: dict[str, Partner]
    charities: dict[str, Partner]
    contacts: set[tuple[int, ...] | tuple[int | str, ...]]
    sectors: dict[str, Sector]
    sector_names: dict[str, Sector]
    themes: dict[str, Theme]
    places: dict[str, Place]
    here: list[Place]
    initiatives: set[tuple[int, str]]
    offers: set[tuple[str, str]]


def around(person: Person, footprint: Footprint) -> KnownRecords:
    """The records that `person` may see around a partnership. 9 queries, whatever the number of records."""
    partners = list(Partner.objects.visible_to(person).filter(footprints=footprint).select_related("sector"))
    here = list(footprint.places.all())
    contacts: set[tuple[int | str, ...]] = set()
    for who, role, name, email in Contact.objects.filter(partner__in=[p.pk for p in partners]).values_list(
        "partner_id", "role", "name", "email"
    ):
        contacts |= {(who, role.casefold(), name.casefold())} | (
            {(who, email.casefold())} if email else set()
        )
    sectors = {each.slug: each for each in Sector.objects.all()}
    own_words = {name: sectors[slug] for name, slug in SAID.items() if slug in sectors}
    themes = list(Theme.objects.all())
    local = Initiative.objects.visible_to(person).filter(partner__in=[p.pk for p in partners])
    return KnownRecords(
        partners={_key(p.name): p for p in partners},
        charities={p.charity_number: p for p in partners if p.charity_number},
        contacts=contacts,
        sectors=sectors,
        sector_names=own_words
        | {_key(s.name): s for s in sectors.values()}
        | {s.slug.replace("_", " "): s for s in sectors.values()}
        | dict(sectors),
        themes={t.slug: t for t in themes}
        | {t.slug.replace("-", " "): t for t in themes}
        | {_key(t.name): t for t in themes},
        places=_places(here),
        here=here,
        initiatives={(who, _key(name)) for who, name in local.values_list("partner_id", "name")},
        offers={
            (_key(name), _key(provider))
            for name, provider in Offer.objects.visible_to(person).values_list("name", "provider")
        },
    )


def _places(here: list[Place]) -> dict[str, Place]:
    """The footprint's places and their wards, and every authority and region, under all the names people use.

    A name that two places share matches neither: the authority in brackets, or the code, makes it unambiguous. What
    lies here comes before what lies elsewhere.
    """
    own = [place.pk for place in here]
    rows = list(
        Place.objects.filter(
            Q(kind__in=WIDE) | Q(pk__in=own) | Q(kind=Place.Kind.WARD, parent__in=own), ended=None
        ).select_related("parent")
    )
    inside = {*own, *(place.pk for place in rows if place.parent_id in own)}
    here_only, elsewhere = (
        _once([place for place in rows if (place.pk in inside) is is_here]) for is_here in (True, False)
    )
    taken = {name for place in rows if place.pk in inside for name in _names(place)}
    current = {name: place for name, place in elsewhere.items() if name not in taken} | here_only
    return _ended({place.pk: place for place in rows}) | current


def _ended(places: dict[str, Place]) -> dict[str, Place]:
    """The names and codes of areas that have ended, with the place that they are part of; not of what was divided."""
    olds = every_old_area()
    rows = [row for old in olds for row in old.rows]
    found: dict[str, Place] = {}
    for old in olds:
        now = leads_to(old.old, rows)
        if len(now) == 1 and now[0] in places:
            found |= {_key(old.name): places[now[0]], old.old.casefold(): places[now[0]]}
    return found


def _once(places: list[Place]) -> dict[str, Place]:
    called = [(name, place) for place in places for name in _names(place)]
    times = Counter(name for name, _ in set(called))
    return {name: place for name, place in called if times[name] == 1}


def _names(place: Place) -> set[str]:
    name = _key(place.name)
    names = {name, place.pk.casefold()}
    if place.kind == Place.Kind.WARD:
        names |= {f"{name} ward"} | ({f"{name} ({_key(place.parent.name)})"} if place.parent else set())
    if place.kind == Place.Kind.LOCAL_AUTHORITY:
        names |= {f"london borough of {name}", f"lb {name}", f"{name} borough", f"borough of {name}"}
        if name.endswith(", city of"):
            names.add(f"city of {name.removesuffix(', city of')}")
    return names


def _key(text: str) -> str:
    return plain_name(text)
