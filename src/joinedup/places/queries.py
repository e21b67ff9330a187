"""Queries about places, each with a fixed number of database queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Exists, IntegerField, Q, QuerySet, Value, When

from joinedup.late_imports import polars as pl
from joinedup.places import successions
from joinedup.places.models import CodeChange, Footprint, Membership, Place
from joinedup.places.postcodes import authorities_of, looks_like_a_postcode, neighbourhood_of
from joinedup.places.words import plain

# How the codes of districts begin: a county council is above each.
DISTRICT = "E07"
GSS_CODE = re.compile(r"^[EWSN]\d{8}$")
# From a country down to a neighbourhood there are six steps at most: region, county, authority, ward, neighbourhood.
DEPTH = 6
# How many steps can lie below a place of each kind: fewer joins for the database.
STEPS_BELOW = {
    Place.Kind.LSOA: 0,
    Place.Kind.WARD: 1,
    Place.Kind.LOCAL_AUTHORITY: 2,
    Place.Kind.COUNTY: 3,
    Place.Kind.REGION: 4,
    Place.Kind.POLICE_FORCE: 3,
    Place.Kind.COUNTRY: 5,
}
PUBLIC_KINDS = (
    Place.Kind.LOCAL_AUTHORITY,
    Place.Kind.COUNTY,
    Place.Kind.POLICE_FORCE,
    Place.Kind.REGION,
    Place.Kind.COUNTRY,
    Place.Kind.WARD,
)
PLACE_COLUMNS = ("code", "name", "kind", "parent", "ended")
ABOVE = "__".join(["parent"] * (DEPTH - 1))
LONGEST_QUESTION = 100
# How alike two names are, of 100, to be taken for the same one misspelt, such as “islingtn”.
ALIKE = 82
SHORTEST_TO_CORRECT = 4


def place_frame(rows: Iterable[Sequence[object]]) -> pl.DataFrame:
    """Rows of PLACE_COLUMNS as a frame; `ended` is the year."""
    types = [pl.String] * 4 + [pl.Int64]
    return pl.DataFrame(list(rows), schema=dict(zip(PLACE_COLUMNS, types, strict=True)), orient="row")


def codes_around(places: Iterable[Place]) -> frozenset[str]:
    """Codes of places and of every area around them: their parents, and their police force or health board. No query
    where `parent` is selected as deep as it goes (ABOVE) and `memberships` are prefetched."""
    codes: set[str] = set()
    for place in places:
        codes |= {each.code for each in place.memberships.all()}
        above: Place | None = place
        while above is not None:
            codes.add(above.pk)
            above = above.parent
    return frozenset(codes)


def code_frames() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The codes that file readers need: `(code, name, kind, parent, ended)` and `(old, new, share)`.

    Three queries. What has ended is in the first frame with the year it ended, also authorities and counties that
    only their successions tell of.
    """
    held = list(Place.objects.order_by("code").values_list(*PLACE_COLUMNS))
    known = {row[0] for row in held}
    olds = [old for old in successions.every_old_area() if old.old not in known]
    places = place_frame(
        [*held, *((old.old, old.name, old.rows[0].kind, None, old.day.year) for old in olds)]
    )
    changes = pl.DataFrame(
        list(CodeChange.objects.order_by("old", "new").values_list("old", "new", "share")),
        schema={"old": pl.String, "new": pl.String, "share": pl.Float64},
        orient="row",
    )
    return places, changes


def is_district(place: Place) -> bool:
    """Whether a county council is above it, which answers for schools and children's services."""
    return place.pk.startswith(DISTRICT)


def whole_counties(places: Sequence[Place]) -> list[Place]:
    """The counties all of whose districts are among `places`, by name: what is published for a county is theirs too.
    Two queries; none where no place is a district."""
    return whole_counties_of([places])[0]


def whole_counties_of(groups: Sequence[Sequence[Place]]) -> list[list[Place]]:
    """The same for several groups of places, in no more queries."""
    above = {place.parent_id for places in groups for place in places if is_district(place)}
    if not above:
        return [[] for _ in groups]
    counties = list(Place.objects.filter(pk__in=above, kind=Place.Kind.COUNTY).order_by("name"))
    districts: dict[str, set[str]] = {}
    for place in Place.objects.filter(parent__in=counties, kind=Place.Kind.LOCAL_AUTHORITY, ended=None):
        districts.setdefault(place.parent_id or "", set()).add(place.pk)
    held = [{place.pk for place in places} for places in groups]
    return [[each for each in counties if districts.get(each.pk, {""}) <= own] for own in held]


def force_areas(places: pl.DataFrame | None = None) -> pl.DataFrame:
    """(place, force): the police force area of each current place, by its own membership or that of a place
    around it. Places where it is unknown are left out. One query with `places` of `code_frames`, two without."""
    if places is None:
        parents = dict(Place.objects.filter(ended__isnull=True).values_list("code", "parent"))
    else:
        parents = dict(places.filter(pl.col("ended").is_null()).select("code", "parent").iter_rows())
    found = list(forces_of(parents).items())
    return pl.DataFrame(found, schema={"place": pl.String, "force": pl.String}, orient="row")


def forces_of(parents: Mapping[str, str | None]) -> dict[str, str]:
    """The same by code, of places by code with what they lie in. One query."""
    own = dict(Membership.objects.filter(kind=Place.Kind.POLICE_FORCE).values_list("place", "code"))
    found = {}
    for code in parents:
        above: str | None = code
        for _step in range(DEPTH):
            if above is None or above in own:
                break
            above = parents.get(above)
        if above in own:
            found[code] = own[above]
    return found


def ancestors(place: Place) -> list[Place]:
    """The places around this one, nearest first: ward, authority, county, region, country. One query; none where
    they came with it, as by `with_page`."""
    found: list[Place] = []
    at = place if _came_with_all_around(place) else Place.objects.select_related(ABOVE).get(pk=place.pk)
    while (above := at.parent) is not None and len(found) < DEPTH:
        found.append(above)
        at = above
    return found


def _came_with_all_around(place: Place) -> bool:
    at: Place | None = place
    while at is not None and at.parent_id is not None:
        if "parent" not in at._state.fields_cache:
            return False
        at = at.parent
    return True


def around_each(codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """{code: the places around it, itself and the police force's area included}. 2 queries."""
    chains: dict[str, frozenset[str]] = {}
    for place in Place.objects.filter(pk__in=set(codes)).select_related(ABOVE):
        chain, at = [place.pk], place.parent
        while at is not None and len(chain) < DEPTH:
            chain.append(at.pk)
            at = at.parent if len(chain) < DEPTH else None
        chains[place.pk] = frozenset(chain)
    kept = {code for chain in chains.values() for code in chain}
    forces: dict[str, set[str]] = {}
    for code, force in Membership.objects.filter(kind=Place.Kind.POLICE_FORCE, place__in=kept).values_list(
        "place", "code"
    ):
        forces.setdefault(code, set()).add(force)
    return {code: chain.union(*(forces.get(each, ()) for each in chain)) for code, chain in chains.items()}


def descendants(place: Place) -> QuerySet[Place]:
    """Every current place within this one, down to neighbourhoods. One query."""
    inside = Q(pk__in=[])
    # A step at a time by the index of parents: joins would read every place of the country.
    level: Any = [place.pk]
    for step in range(STEPS_BELOW[Place.Kind(place.kind)]):
        is_force = step == 0 and place.kind == Place.Kind.POLICE_FORCE
        below = parts(place) if is_force else Place.objects.filter(parent__in=level)
        level = below.order_by().values("pk")
        inside |= Q(pk__in=level)
    return Place.objects.filter(inside, ended__isnull=True)


def touching(place: Place, *paths: str) -> list[Q]:
    """For each lookup that leads to a place (`serves`): that it leads to this one, into it or around it. 1 query, none
    where the places around it came with it, and 1 more for a police force area."""
    above = [place.pk, *(each.pk for each in ancestors(place))]
    inside = within(place, *paths)
    return [Q(**{f"{path}__in": above}) | one for path, one in zip(paths, inside, strict=True)]


def within(place: Place, *paths: str) -> list[Q]:
    """The same for what lies within it, and is there today. No query, for a police force area 1.

    It climbs from what is looked up, which is little, and never lists what lies in a country.
    """
    is_force = place.kind == Place.Kind.POLICE_FORCE
    first = list(parts(place).values_list("pk", flat=True)) if is_force else [place.pk]
    found = []
    for path in paths:
        inside = Q()
        for step in range(STEPS_BELOW[Place.Kind(place.kind)]):
            climb = [path, *["parent"] * (step if is_force else step + 1), "in"]
            inside |= Q(**{"__".join(climb): first})
        found.append(inside & Q(**{f"{path}__ended": None}) if inside else Q(pk__in=[]))
    return found


def covering(place: Place) -> dict[int, frozenset[str]]:
    """{partnership: the codes of its places that are this one, lie in it or around it}. As many queries as `touching`,
    and one."""
    rows = Footprint.places.through.objects.filter(*touching(place, "place"))
    found: dict[int, set[str]] = {}
    for footprint, code in rows.values_list("footprint", "place"):
        found.setdefault(footprint, set()).add(code)
    return {footprint: frozenset(codes) for footprint, codes in found.items()}


def parts(place: Place) -> QuerySet[Place]:
    """The places one step down: a country's regions, a region's counties and other authorities, a county's districts,
    a force area's authorities, an authority's wards."""
    if place.kind == Place.Kind.POLICE_FORCE:
        inside = Q(memberships__kind=Place.Kind.POLICE_FORCE, memberships__code=place.pk)
    else:
        inside = Q(parent=place) & ~Q(kind=Place.Kind.POLICE_FORCE)
    return Place.objects.filter(inside, kind__in=PUBLIC_KINDS, ended__isnull=True).order_by("name")


def worked_in() -> QuerySet[Place]:
    """The authorities that partnerships here cover, and every county, force area, region and country around them.

    What to choose from on a form, where all of England and Wales would be too much. All regions while there is none.
    """
    own = Place.objects.filter(footprints__isnull=False).values("pk")
    around = Q(pk__in=own)
    for depth in range(1, DEPTH - 1):
        around |= Q(**{f"{'__'.join(['children'] * depth)}__in": own})
    forces = Membership.objects.filter(kind=Place.Kind.POLICE_FORCE, place__in=own).values("code")
    found = Place.objects.filter(around | Q(pk__in=forces), ended=None).exclude(
        kind__in=(Place.Kind.WARD, Place.Kind.LSOA)
    )
    nowhere = ~Exists(Footprint.places.through.objects.all())
    return Place.objects.filter(Q(pk__in=found.values("pk")) | Q(nowhere, kind=Place.Kind.REGION))


def with_page(code: str) -> Place | None:
    """The place whose page covers `code`: itself, or the ward or authority around a neighbourhood.

    None if there is none: an unknown code, or a kind without a page. One query.
    """
    if not code.isalnum():  # PostgreSQL refuses some characters outright
        return None
    place: Place | None = Place.objects.select_related(ABOVE).filter(pk=code).first()
    while place is not None and place.kind not in PUBLIC_KINDS:
        place = place.parent if place.kind == Place.Kind.LSOA else None
    return place


def at_postcode(text: str) -> Place | None:
    """The ward, or else the authority, that a whole postcode lies in, exactly; None where that is not known here. At
    most one query."""
    code = neighbourhood_of(text)
    return with_page(code) if code else None


def find(text: str, limit: int = 10) -> list[Place]:
    """Places with a page, by code, by name or by postcode; exact first, then names that start with it, then the rest.

    A neighbourhood's code, old or new, finds the ward or authority around it. A postcode finds the ward that it lies
    in, where that is known here, else the authorities that its first half lies in, the largest part first. The code or
    name of an area that has ended finds what became of it, and `led_here` says so. A name that nothing has finds those
    that are spelt nearly so. Two queries for a name, and one more where it has ended or is not spelt exactly.
    """
    text = " ".join(text.split())[:LONGEST_QUESTION].replace("&", "and")
    if not text:
        return []
    if GSS_CODE.match(text.upper()):
        found = with_page(text.upper())
        return [found] if found and not found.ended else _led_from(text.upper())
    if looks_like_a_postcode(text):
        exact = at_postcode(text)
        return [exact] if exact else _authorities_around(text)
    order = Case(
        When(name__iexact=text, then=Value(0)),
        When(name__istartswith=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    kind = Case(
        *(When(kind=kind, then=Value(n)) for n, kind in enumerate(PUBLIC_KINDS)), output_field=IntegerField()
    )
    usable = Place.objects.filter(kind__in=PUBLIC_KINDS, ended__isnull=True).select_related("parent")
    named = list(usable.filter(name__icontains=text).order_by(order, kind, "name", "code")[:limit])
    called = [place for place in named if place.name.casefold() == text.casefold()]
    # What is called so today comes before what was called so once, and that before what only has the word in it.
    every = {place.pk: place for place in [*called, *_led_from(text), *named]}
    return list(every.values())[:limit] or _nearly(text, usable, limit)


def is_place_name(name: str) -> bool:
    """Whether a place is called so, or its name begins or ends so (“Mill Town with Hillside”). One query."""
    whole = plain(name)
    if not whole:
        return False
    named = Place.objects.filter(name__icontains=name.strip()).values_list("name", flat=True)[:100]
    called = [plain(each) for each in named]
    return any(f"{each} ".startswith(f"{whole} ") or f" {each}".endswith(f" {whole}") for each in called)


def _led_from(text: str) -> list[Place]:
    """What became of the area of this old code or name, each place saying so. One query, three if there is one."""
    found: dict[str, Place] = {}
    for old in successions.called(text):
        for place in successions.successors(old.old):
            place.led_here = old.says
            found.setdefault(place.pk, place)
    return list(found.values())


def _nearly(text: str, usable: QuerySet[Place], limit: int) -> list[Place]:
    """Places whose names are the same but for apostrophes and the like, else those that are spelt nearly so."""
    # Imported here: every command and every worker would load it, and few names are misspelt.
    from rapidfuzz import fuzz, process

    asked = plain(text)
    if len(asked) < SHORTEST_TO_CORRECT:
        return []
    names = {pk: plain(name) for pk, name in usable.values_list("pk", "name")}
    same = [pk for pk, name in names.items() if f" {asked} " in f" {name} "]
    if not same:
        scored = process.extract(asked, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=limit)
        same = [pk for _name, _score, pk in scored]
    places = usable.in_bulk(same[:limit]) if same else {}
    order = [places[pk] for pk in same[:limit]]
    return order if len(same) > 1 else order[:1]


def _authorities_around(text: str) -> list[Place]:
    """The authorities that a postcode's first half lies in, the largest part first. One query."""
    codes = list(authorities_of(text))
    places = Place.objects.select_related("parent").in_bulk(codes)
    return [places[code] for code in codes if code in places]
