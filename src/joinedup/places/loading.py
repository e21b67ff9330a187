"""Load places into the database: areas, how old codes became new ones, memberships, outlines, successions.

The files are those that ship (`data/country`) or others of the same format:

    areas.csv.gz            code, name, kind, parent, vintage, ended, latitude, longitude, residents, residents_16_24
    memberships.csv.gz      place, kind, code, name
    outlines_wide.json.gz   {code: [path, left, top, right, bottom]}, metres / 10, y downwards
    successions.csv         old, old_name, kind, new, new_name, day, source: which authority took over from which
    parts/<force>.zip       places.csv (wards and neighbourhoods, as areas.csv), changes.csv (old, new, kind, share),
                            outlines.json

Every installation has what is wider than a ward for all of England and Wales. Wards and neighbourhoods are loaded
where somebody works: one archive for each police force's area.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from joinedup.late_imports import polars as pl
from joinedup.places.models import CodeChange, Membership, Outline, Place, Succession
from joinedup.places.shipped import SHIPPED, read_parts

BATCH = 1000
# Wider areas are written first, so that a parent exists before its parts.
WIDEST_FIRST = ["country", "region", "police_force", "county", "local_authority", "ward", "lsoa"]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Loaded:
    """How many rows of each table the files contain."""

    places: int = 0
    changes: int = 0
    memberships: int = 0
    outlines: int = 0


def load(folder: Path = SHIPPED, progress: Progress | None = None) -> Loaded:
    """Load what is wider than a ward into the database, all or none.

    Running it again changes what differs and adds what is new; places that only the database has stay.
    `progress` is called with the share done, 0 to 1. Raises `FileNotFoundError` when `areas.csv.gz` is missing.
    """
    say = progress or (lambda _: None)
    places = _table(folder / "areas.csv.gz")
    memberships = _table(folder / "memberships.csv.gz")
    with gzip.open(folder / "outlines_wide.json.gz", "rt", encoding="utf-8") as stream:
        outlines = json.load(stream)
    successions = _table(folder / "successions.csv")
    with transaction.atomic():
        _write_places(places)
        say(0.4)
        _write_memberships(memberships)
        _write_successions(successions)
        say(0.6)
        _write_outlines(outlines)
    say(1.0)
    return Loaded(places.height, 0, memberships.height, len(outlines))


def load_parts(forces: Collection[str], folder: Path = SHIPPED, progress: Progress | None = None) -> Loaded:
    """Load the wards and neighbourhoods of these police force areas (codes), each whole or not at all.

    Their authorities must be loaded. Raises `FileNotFoundError` for a code without an archive.
    """
    say = progress or (lambda _: None)
    sums = [0, 0, 0]
    for number, force in enumerate(sorted(forces)):
        places, changes, outlines = read_parts(force, folder)
        with transaction.atomic():
            _write_places(places)
            _write_changes(changes)
            _write_outlines(outlines)
        sums = [sums[0] + places.height, sums[1] + changes.height, sums[2] + len(outlines)]
        say((number + 1) / len(forces))
    return Loaded(places=sums[0], changes=sums[1], outlines=sums[2])


def load_parts_around(places: Iterable[Place], progress: Progress | None = None) -> set[str]:
    """Load the parts of the police force areas that these authorities or counties lie in, unless they are there.

    Returns the codes of the forces loaded. Places that no police force area is known of are left as they are. What
    ships of councils that became others comes in with them: an installation may be older than that list.
    """
    _write_successions(_table(SHIPPED / "successions.csv"))
    codes = {place.pk for place in places}
    inside = Membership.objects.filter(kind=Place.Kind.POLICE_FORCE)
    wanted = set(inside.filter(place__in=codes).values_list("code", flat=True))
    wanted |= set(inside.filter(place__parent__in=codes).values_list("code", flat=True))
    missing = {
        force for force in wanted - forces_with_parts() if (SHIPPED / "parts" / f"{force}.zip").exists()
    }
    load_parts(missing, progress=progress)
    return missing


def forces_with_parts() -> set[str]:
    """The codes of the police force areas whose wards are held. One query."""
    with_wards = Place.objects.filter(kind=Place.Kind.WARD, ended=None).values("parent")
    rows = Membership.objects.filter(kind=Place.Kind.POLICE_FORCE, place__in=with_wards)
    return set(rows.values_list("code", flat=True))


def _table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


def _write_places(places: pl.DataFrame) -> None:
    order = pl.col("kind").replace_strict({kind: n for n, kind in enumerate(WIDEST_FIRST)}, default=99)
    # What ships may be older than a change that was stated here: it does not undo it.
    later = {row.old: row for row in Succession.objects.exclude(carried_out_on=None).exclude(moved={})}
    rows = [
        Place(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            parent_id=_parent(row, later),
            vintage=row["vintage"],
            ended=later[row["code"]].day.year if row["code"] in later else row["ended"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            residents=row["residents"],
            residents_16_24=row["residents_16_24"],
        )
        for row in places.sort(order, "code").iter_rows(named=True)
    ]
    fields = [field.name for field in Place._meta.concrete_fields if not field.primary_key]
    Place.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=fields, batch_size=BATCH
    )


def _parent(row: dict[str, Any], later: dict[str, Succession]) -> str | None:
    """The parent that a file says, or what took over from it; of an area that has ended, what took over from it."""
    parent: str | None = row["parent"]
    if row["code"] in later and "parent" in later[row["code"]].moved:
        return later[row["code"]].new
    return later[parent].new if parent in later else parent


def _write_changes(changes: pl.DataFrame) -> None:
    CodeChange.objects.bulk_create(
        [CodeChange(**row) for row in changes.iter_rows(named=True)],
        update_conflicts=True,
        unique_fields=["old", "new"],
        update_fields=["kind", "share"],
        batch_size=BATCH,
    )


def _write_memberships(memberships: pl.DataFrame) -> None:
    Membership.objects.bulk_create(
        [
            Membership(place_id=row["place"], kind=row["kind"], code=row["code"], name=row["name"])
            for row in memberships.iter_rows(named=True)
        ],
        update_conflicts=True,
        unique_fields=["place", "kind", "code"],
        update_fields=["name"],
        batch_size=BATCH,
    )


def _write_successions(successions: pl.DataFrame) -> None:
    """What was stated here stays: only what is not known yet is added, and counts as carried out."""
    Succession.objects.bulk_create(
        [Succession(**row, carried_out_on=row["day"]) for row in successions.iter_rows(named=True)],
        ignore_conflicts=True,
    )


def _write_outlines(drawn: dict[str, tuple[str, int, int, int, int]]) -> None:
    rows = [
        Outline(place_id=code, path=path, left=left, top=top, right=right, bottom=bottom)
        for code, (path, left, top, right, bottom) in drawn.items()
    ]
    Outline.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["place"],
        update_fields=["path", "left", "top", "right", "bottom"],
        batch_size=BATCH,
    )
