"""Queries about places, each with a fixed number of database queries."""

from __future__ import annotations

import re

import polars as pl
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from joinedup.places.models import CodeChange, Membership, Place

GSS_CODE = re.compile(r"^[EWSN]\d{8}$")
# From a country down to a neighbourhood there are five steps at most.
DEPTH = 5
# How many steps can lie below a place of each kind: fewer joins for the database.
STEPS_BELOW = {Place.Kind.LSOA: 0, Place.Kind.WARD: 1, Place.Kind.LOCAL_AUTHORITY: 2, Place.Kind.REGION: 3}
PUBLIC_KINDS = (Place.Kind.REGION, Place.Kind.LOCAL_AUTHORITY, Place.Kind.WARD)
LONGEST_QUESTION = 100


def code_frames() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The codes that file readers need: `(code, name, kind, parent, ended)` and `(old, new, share)`.

    Two queries. Places that have ended are in the first frame with the year they ended.
    """
    places = pl.DataFrame(
        list(Place.objects.order_by("code").values_list("code", "name", "kind", "parent", "ended")),
        schema={
            "code": pl.String,
            "name": pl.String,
            "kind": pl.String,
            "parent": pl.String,
            "ended": pl.Int64,
        },
        orient="row",
    )
    changes = pl.DataFrame(
        list(CodeChange.objects.order_by("old", "new").values_list("old", "new", "share")),
        schema={"old": pl.String, "new": pl.String, "share": pl.Float64},
        orient="row",
    )
    return places, changes


def force_areas() -> pl.DataFrame:
    """(place, force): the police force area of each current place, by its own membership or that of a place
    around it. Places where it is unknown are left out. Two queries."""
    own = dict(Membership.objects.filter(kind=Place.Kind.POLICE_FORCE).values_list("place", "code"))
    parents = dict(Place.objects.filter(ended__isnull=True).values_list("code", "parent"))
    found = []
    for code in parents:
        above: str | None = code
        for _step in range(DEPTH):
            if above is None or above in own:
                break
            above = parents.get(above)
        if above in own:
            found.append((code, own[above]))
    return pl.DataFrame(found, schema={"place": pl.String, "force": pl.String}, orient="row")


def ancestors(place: Place) -> list[Place]:
    """The places around this one, nearest first: ward, borough, region, country. One query."""
    path = "__".join(["parent"] * DEPTH)
    above = Place.objects.select_related(path).get(pk=place.pk).parent
    found = []
    while above is not None:
        found.append(above)
        above = above.parent if len(found) < DEPTH else None
    return found


def descendants(place: Place) -> QuerySet[Place]:
    """Every current place within this one, down to neighbourhoods. One query."""
    inside = Q(pk__in=[])
    for depth in range(1, STEPS_BELOW.get(Place.Kind(place.kind), DEPTH) + 1):
        inside |= Q(**{"__".join(["parent"] * depth): place.pk})
    return Place.objects.filter(inside, ended__isnull=True)


def parts(place: Place) -> QuerySet[Place]:
    """The places one step down that have a public page: a region's boroughs, a borough's wards."""
    return Place.objects.filter(parent=place, kind__in=PUBLIC_KINDS, ended__isnull=True).order_by("name")


def with_page(code: str) -> Place | None:
    """The place whose page covers `code`: itself, or the ward or borough around a neighbourhood.

    None if there is none: an unknown code, or a kind without a page. One query.
    """
    if not code.isalnum():  # PostgreSQL refuses some characters outright
        return None
    place: Place | None = Place.objects.select_related("parent__parent").filter(pk=code).first()
    while place is not None and place.kind not in PUBLIC_KINDS:
        place = place.parent if place.kind == Place.Kind.LSOA else None
    return place


def find(text: str, limit: int = 10) -> list[Place]:
    """Boroughs, wards and regions by code or by name; exact first, then names that start with it, then the
    rest.

    A neighbourhood's code, old or new, finds the ward or borough around it. Postcodes are not stored, so a
    postcode finds nothing. One query.
    """
    text = " ".join(text.split())[:LONGEST_QUESTION].replace("&", "and")
    if not text:
        return []
    if GSS_CODE.match(text.upper()):
        found = with_page(text.upper())
        return [found] if found else []
    order = Case(
        When(name__iexact=text, then=Value(0)),
        When(name__istartswith=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    kind = Case(
        *(When(kind=kind, then=Value(n)) for n, kind in enumerate(PUBLIC_KINDS)), output_field=IntegerField()
    )
    return list(
        Place.objects.filter(name__icontains=text, kind__in=PUBLIC_KINDS, ended__isnull=True)
        .select_related("parent")
        .order_by(order, kind, "name", "code")[:limit]
    )


def looks_like_a_postcode(text: str) -> bool:
    """Whether somebody typed a postcode or its first half, such as N1 or SW9 8AB."""
    return bool(re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?( ?\d([A-Z]{2})?)?", text.strip().upper()))
