"""Load places into the database: areas, how old codes became new ones, memberships, outlines.

The files are those that ship (`data/london`) or others of the same format:

    places.csv.gz        code, name, kind, parent, vintage, ended, latitude, longitude, residents, residents_16_24
    changes.csv.gz       old, new, kind (U, S, M), share
    memberships.csv.gz   place, kind, code, name
    outlines_*.json.gz   {code: [path, left, top, right, bottom]}, metres / 10, y downwards
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import transaction

from joinedup.places.models import CodeChange, Membership, Outline, Place

BATCH = 1000
# Wider areas are written first, so that a parent exists before its parts.
WIDEST_FIRST = ["country", "region", "police_force", "local_authority", "ward", "lsoa"]


@dataclass(frozen=True)
class Loaded:
    """How many rows of each table the files contain."""

    places: int
    changes: int
    memberships: int
    outlines: int


def load(folder: Path, progress: Callable[[float], None] | None = None) -> Loaded:
    """Load the places of `folder` into the database, all or none.

    Running it again changes what differs and adds what is new; places that only the database has stay.
        `progress` is called with the share done, 0 to 1. Raises `FileNotFoundError` when `places.csv.gz` is missing.
    """
    say = progress or (lambda _: None)
    places = _table(folder / "places.csv.gz")
    changes = _table(folder / "changes.csv.gz")
    memberships = _table(folder / "memberships.csv.gz")
    say(0.1)
    with transaction.atomic():
        _write_places(places)
        say(0.4)
        _write_changes(changes)
        _write_memberships(memberships)
        say(0.6)
        outlines = _write_outlines(folder, set(places["code"]))
    say(1.0)
    return Loaded(places.height, changes.height, memberships.height, outlines)


def _table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


def _write_places(places: pl.DataFrame) -> None:
    order = pl.col("kind").replace_strict({kind: n for n, kind in enumerate(WIDEST_FIRST)}, default=99)
    rows = [
        Place(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            parent_id=row["parent"],
            vintage=row["vintage"],
            ended=row["ended"],
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
        unique_fields=["place", "kind"],
        update_fields=["code", "name"],
        batch_size=BATCH,
    )


def _write_outlines(folder: Path, known: set[str]) -> int:
    """Write the outlines of known places. Not every kind of place has a file."""
    rows = []
    for path in sorted(folder.glob("outlines_*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            drawn = json.load(stream)
        rows += [
            Outline(place_id=code, path=path, left=left, top=top, right=right, bottom=bottom)
            for code, (path, left, top, right, bottom) in drawn.items()
            if code in known
        ]
    Outline.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["place"],
        update_fields=["path", "left", "top", "right", "bottom"],
        batch_size=BATCH,
    )
    return len(rows)
