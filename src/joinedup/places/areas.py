"""Areas by name: an authority, a county, a police force's, a health board's, a fire service's or a safety
partnership's area, a region, a country. Each is a set of authorities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import get_text_list

from joinedup.places.body_names import COUNCIL, body_name
from joinedup.places.models import Membership, Place
from joinedup.places.successions import every_old_area, leads_to
from joinedup.places.words import bare

# What a name means first, where several areas have it: Kent is a police force's area and a county within it.
ORDER = {
    "local_authority": "local authority",
    "police_force": "police force area",
    "county": "county",
    "region": "region",
    "country": "country",
    "safety_partnership": "community safety partnership",
    "health_board": "health board area",
    "fire": "fire service area",
}
IN_ENGLAND = "integrated care board area"
# Words that tell which kind of area somebody means.
TELLS = {
    "police_force": r"\b(police( force)?( area)?|constabulary|force( area)?)\b",
    "county": r"\b(county council|county)\b",
    "safety_partnership": r"\b(community safety partnership|safety partnership|csp)\b",
    "health_board": r"\b(nhs|integrated care board( area)?|icb|(university |teaching |local )?health board)\b",
    "region": r"\bregion\b",
    "country": r"\bcountry\b",
    "fire": r"\bfire( and rescue| & rescue)?( service| authority)?\b",
    "local_authority": r"\b((district|borough|city|county borough|metropolitan borough) council|council)\b",
}
SHOWN = 4


@dataclass(frozen=True)
class Area:
    """`authorities`: the local authorities it is made of, in the order of their names. `led_here`: of an area that has
    ended, what became of it."""

    kind: str
    code: str
    name: str
    authorities: tuple[Place, ...]
    led_here: str = ""

    @property
    def says(self) -> str:
        """“Leicestershire, police force area: Blaby, Charnwood and 7 more”; an authority by its name alone."""
        if self.led_here:
            return self.led_here
        if self.kind == "local_authority":
            return self.name
        names = [place.name for place in self.authorities]
        if len(names) > SHOWN + 1:
            names = [*names[:SHOWN], f"{len(names) - SHOWN} more"]
        return f"{self.name}, {self.kind_called}: {get_text_list(names, 'and')}"

    @property
    def asked_as(self) -> str:
        """What to type to mean this one, where others have the same name."""
        return self.name if self.kind == "local_authority" else f"{self.name} ({self.kind_called})"

    @property
    def kind_called(self) -> str:
        """“police force area”; a health board of England is an integrated care board."""
        return IN_ENGLAND if self.kind == "health_board" and self.code.startswith("E") else ORDER[self.kind]


def every_area() -> list[Area]:
    """All areas of the authorities held, in the order in which a name is taken, and after them those that have ended,
    with the authorities of today that they lead to. Three queries."""
    kinds = [Place.Kind.LOCAL_AUTHORITY, Place.Kind.COUNTY, Place.Kind.REGION, Place.Kind.COUNTRY]
    places = {place.pk: place for place in Place.objects.filter(kind__in=kinds, ended=None)}
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for place in places.values():
        if place.kind != Place.Kind.LOCAL_AUTHORITY:
            continue
        above: Place | None = place
        while above is not None:
            found.setdefault((above.kind, above.pk), (above.name, set()))[1].add(place.pk)
            above = places.get(above.parent_id or "")
    for row in Membership.objects.filter(place__in=list(places)).iterator():
        found.setdefault((row.kind, row.code), (row.name, set()))[1].add(row.place_id)
    areas = [
        Area(
            kind, code, name, tuple(sorted((places[pk] for pk in codes), key=lambda one: (one.name, one.pk)))
        )
        for (kind, code), (name, codes) in found.items()
        if kind in ORDER
    ]
    order = list(ORDER)
    current = sorted(areas, key=lambda area: (order.index(area.kind), area.name, area.code))
    return [*current, *_ended(places)]


def _ended(places: Mapping[str, Place]) -> list[Area]:
    """Areas that have ended, by name. One query."""
    olds = every_old_area()
    rows = [row for old in olds for row in old.rows]
    found = []
    for old in olds:
        now = [places[code] for code in leads_to(old.old, rows) if code in places]
        if now:
            ordered = tuple(sorted(now, key=lambda one: (one.name, one.pk)))
            found.append(Area(old.rows[0].kind, old.old, old.name, ordered, old.says))
    return found


def areas_named(text: str, areas: Sequence[Area]) -> list[Area]:
    """The areas of this name or code, or whose council is called so, the one that is meant most likely first; those of
    the same authorities once.

    “Leicestershire” is the police force's area first, “Leicestershire County Council” the county.
    """
    if by_code := [area for area in areas if area.code == text.strip().upper()]:
        return by_code[:1]
    asked = bare(text)
    if not asked:
        return []
    of_kind = {kind: _bare(text, kind) for kind in ORDER}
    found: list[Area] = []
    for area in areas:
        is_named = bare(area.name) == asked or _bare(area.name, area.kind) == of_kind[area.kind]
        is_body = bare(body_name(COUNCIL, area.code) or "") == asked
        is_new = not any(set(area.authorities) == set(known.authorities) for known in found)
        if (is_named or is_body) and is_new:
            found.append(area)
    return found


@lru_cache(2000)
def _bare(name: str, kind: str) -> str:
    """A name without the words that only tell which kind of area it is."""
    found = re.sub(rf"\b{ORDER[kind]}\b(?! council)|{TELLS[kind]}", " ", name, flags=re.IGNORECASE)
    return bare(found) or bare(name)
