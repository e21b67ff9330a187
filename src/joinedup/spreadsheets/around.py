"""What rows are compared with: the records, words and places of a partnership, fetched once per sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from joinedup.accounts.person import Person
from joinedup.engines.reading.themes import Sectors
from joinedup.initiatives.models import Initiative
from joinedup.late_imports import polars as pl
from joinedup.partners.election_hold import why_held
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.partners.queries import former_names
from joinedup.places.models import Footprint, Place
from joinedup.places.successions import every_old_area, leads_to
from joinedup.spreadsheets.cells import plain_name
from joinedup.spreadsheets.models import RememberedName
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector, Theme

WIDE = [Place.Kind.LOCAL_AUTHORITY, Place.Kind.COUNTY, Place.Kind.REGION, Place.Kind.COUNTRY]
EVERYWHERE_HERE = (
    "all", "all boroughs", "all districts", "all areas", "whole area", "area wide", "areawide", "borough wide",
    "district wide", "county wide", "countywide", "force wide",
)  # fmt: skip


@dataclass(frozen=True)
class KnownRecords:
    """All names are in lower case. `places` and `themes` by name and by code; `here`: the footprint's own places.

    `called`: what a sheet called a partner before, beside its name, or a record was called that became part of it.
    `contacts`: (partner, address) and (partner, role, name). `initiatives`: (partner, name). `asks`: (partner, kind,
    text). `offers`: (name, provider). `held`: why nothing may become public now in a partnership; `held_here` in this
    one, `held_for_support` in one of those that the person coordinates; empty if it may.
    """

    partners: dict[str, Partner]
    called: dict[str, Partner]
    contacts: set[tuple[int, ...] | tuple[int | str, ...]]
    sectors: dict[str, Sector]
    themes: dict[str, Theme]
    places: dict[str, Place]
    here: list[Place]
    initiatives: set[tuple[int, str]]
    asks: set[tuple[int, str, str]]
    offers: set[tuple[str, str]]
    held: dict[int, str]
    held_here: str
    held_for_support: str

    def held_for(self, body: object) -> str:
        """Why nothing of a body may become public now: for one that is new, here."""
        if not isinstance(body, Partner):
            return self.held_here
        return next((self.held[each.pk] for each in body.footprints.all() if each.pk in self.held), "")

    @cached_property
    def place_frame(self) -> pl.DataFrame:
        """code, name, kind, parent of the places, for `engines.reading`."""
        rows = {
            place.pk: (place.pk, place.name, place.kind, place.parent_id) for place in self.places.values()
        }
        schema = dict.fromkeys(("code", "name", "kind", "parent"), pl.String)
        return pl.DataFrame(list(rows.values()), schema=schema, orient="row")

    @cached_property
    def theme_frame(self) -> pl.DataFrame:
        """theme, name."""
        return _frame("theme", ((theme.slug, theme.name) for theme in self.themes.values()))

    @cached_property
    def sector_frame(self) -> pl.DataFrame:
        """sector, name."""
        return _frame("sector", ((sector.slug, sector.name) for sector in self.sectors.values()))

    @cached_property
    def sector_words(self) -> Sectors:
        """How a sector is read from a cell, or from the name of a body."""
        return Sectors((sector.slug, sector.name) for sector in self.sectors.values())

    @cached_property
    def bodies(self) -> dict[str, Partner]:
        """The partners by their names, and by what a sheet called them before."""
        return self.called | self.partners

    def is_here(self, place: Place) -> bool:
        """Whether a place is one of the partnership's own, or lies in one."""
        return bool({place.pk, *self._above(place)} & {own.pk for own in self.here})

    def holds_here(self, place: Place) -> bool:
        """Whether a place holds one of the partnership's own."""
        return any(place.pk in self._above(own) for own in self.here)

    def _above(self, place: Place) -> list[str]:
        found: list[str] = []
        while place.parent_id and place.parent_id not in found:
            found.append(place.parent_id)
            place = self.places.get(place.parent_id.casefold(), place)
        return found

    @cached_property
    def by_id(self) -> dict[str, Partner]:
        """The partners by their ids in `engines.reading`."""
        return {f"held:{partner.pk}": partner for partner in self.partners.values()}

    @cached_property
    def names(self) -> dict[str, str]:
        """What a place, theme or sector is called, by its code or slug; a partner by `held:` and its number."""
        return (
            {place.pk: place.name for place in self.places.values()}
            | {theme.slug: theme.name for theme in self.themes.values()}
            | {sector.slug: sector.name for sector in self.sectors.values()}
            | {id: partner.name for id, partner in self.by_id.items()}
        )


def _frame(key: str, rows: Iterable[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(list(dict.fromkeys(rows)), schema={key: pl.String, "name": pl.String}, orient="row")


def around(person: Person, footprint: Footprint) -> KnownRecords:
    """The records that `person` may see around a partnership. 15 queries, whatever the number of records."""
    seen = Partner.objects.visible_to(person).filter(footprints=footprint)
    held = {each.pk: why for each in Footprint.objects.exclude(held_until=None) if (why := why_held(each))}
    partners = list(seen.select_related("sector").prefetch_related("serves", "footprints"))
    by_pk = {partner.pk: partner for partner in partners}
    here = list(footprint.places.all())
    contacts: set[tuple[int | str, ...]] = set()
    for who, role, name, email in Contact.objects.filter(partner__in=by_pk).values_list(
        "partner_id", "role", "name", "email"
    ):
        contacts |= {(who, role.casefold(), name.casefold())} | (
            {(who, email.casefold())} if email else set()
        )
    themes = list(Theme.objects.all())
    local = Initiative.objects.visible_to(person).filter(partner__in=by_pk)
    asks = Ask.objects.visible_to(person).filter(partner__in=by_pk, closed_on=None)
    called = RememberedName.objects.filter(footprint=footprint, partner__in=by_pk)
    return KnownRecords(
        partners={_key(p.name): p for p in partners},
        called={_key(name): by_pk[pk] for name, pk in former_names(by_pk)}
        | {name: by_pk[pk] for name, pk in called.values_list("name", "partner_id")},
        contacts=contacts,
        sectors={each.slug: each for each in Sector.objects.all()},
        themes={t.slug: t for t in themes}
        | {t.slug.replace("-", " "): t for t in themes}
        | {_key(t.name): t for t in themes},
        places=_places(here),
        here=here,
        initiatives={(who, _key(name)) for who, name in local.values_list("partner_id", "name")},
        asks={(who, kind, _key(text)) for who, kind, text in asks.values_list("partner_id", "kind", "text")},
        offers={
            (_key(name), _key(provider))
            for name, provider in Offer.objects.visible_to(person).values_list("name", "provider")
        },
        held=held,
        held_here=held.get(footprint.pk, ""),
        held_for_support="" if person.sees_every_partnership else next(
            (said for pk, said in held.items() if pk in person.coordinated_ids), ""
        ),
    )  # fmt: skip


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
