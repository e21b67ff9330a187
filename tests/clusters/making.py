"""Neighbourhoods of the small world, and scans of them stored as a worker stores them, without running the engine."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from django.utils import timezone

from joinedup.clusters.models import Cluster, Scan, WiderCluster
from joinedup.engines import periods
from joinedup.evidence import observations, store
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources import SOURCES
from joinedup.evidence.sources.contract import SCHEMA
from joinedup.places.models import Footprint, Outline, Place
from tests.world import World

WIDE = ("violence-with-injury", "robbery-of-personal-property")


@dataclass
class Ground:
    """Six neighbourhoods in Mill Ward of Northton, six in Quay Ward of Eastton; two of Southton, which is not North's.

    In rows from west to east, 1 km apart; every neighbourhood has 1,500 residents and a square for an outline.
    """

    northton: list[Place]
    eastton: list[Place]
    southton: list[Place]
    quay: Place

    @property
    def north(self) -> list[Place]:
        """All twelve of the North partnership."""
        return [*self.northton, *self.eastton]


def neighbourhoods(world: World) -> Ground:
    """Makes them; asks for the world of tests/world.py."""
    quay = Place.objects.create(
        code="E05099902", name="Quay Ward", kind="ward", parent=world.eastton, vintage=2024, residents=9_000
    )
    rows = [
        _row("Northton", 100, 6, world.ward, 51.50),
        _row("Eastton", 200, 6, quay, 51.51),
        _row("Southton", 300, 2, world.southton, 51.40),
    ]
    Place.objects.bulk_create([place for row in rows for place in row])
    Outline.objects.bulk_create(
        [
            Outline(
                place=place,
                path=f"M{x} {y}H{x + 100}V{y + 100}H{x}Z",
                left=x,
                top=y,
                right=x + 100,
                bottom=y + 100,
            )
            for down, row in enumerate(rows)
            for x, y, place in (
                (52_000 + 100 * at, -18_000 + 100 * down, place) for at, place in enumerate(row)
            )
        ]
    )
    return Ground(*rows, quay)


def _row(authority: str, first: int, number: int, parent: Place, latitude: float) -> list[Place]:
    return [
        Place(
            code=f"E01099{first + at:03}",
            name=f"{authority} 001{'ABCDEF'[at]}",
            kind="lsoa",
            parent=parent,
            vintage=2021,
            latitude=latitude,
            longitude=-0.10 + 0.0145 * at,
            residents=1_500,
        )
        for at in range(number)
    ]


def a_scan(
    footprint: Footprint,
    *,
    kind: str = Scan.Kind.MONTHLY,
    clusters: Sequence[Sequence[Place] | dict[str, Any]] = (),
    days_ago: int = 0,
    **fields: Any,
) -> Scan:
    """A done scan. Each cluster: the places inside, its centre first; or a dict with `areas` and fields of `Cluster`
    to differ (`first`, `p`, `start` …). `days_ago`: when it was asked for and done."""
    monthly = kind == Scan.Kind.MONTHLY
    at = timezone.now() - datetime.timedelta(days=days_ago)
    values: dict[str, Any] = {
        "state": Scan.State.DONE,
        "ended_at": at,
        "done": 1,
        "rests_on": [
            {
                "dataset": None,
                "title": "Recorded crime by neighbourhood",
                "publisher": "Test publisher",
                "licence": "OGL v3.0",
                "stored_as": "test.parquet",
                "period_start": "2024-04",
                "period_end": "2026-03",
            }
        ],
        "figures_version": "0123456789abcdef",
        "settings": {
            "model": "permutation" if monthly else "poisson",
            "shape": "prospective" if monthly else "retrospective",
            "high": True,
            "low": False,
            "max_share": 0.1,
            "max_periods": 12,
            "min_periods": 1,
            "min_cases": 2,
            "replications": 999,
            "seed": 7,
        },
        "engine": "1",
        "first": "2024-04",
        "last": "2026-03",
        "areas": 12,
        "cases": 4_321,
        "windows": 1_000,
        "null_maxima": [5.0 + at / 200 for at in range(999)],
        "lowest_p": 0.001 if clusters else 0.25,
    }
    scan: Scan = Scan.objects.create(footprint=footprint, kind=kind, **(values | fields))
    Scan.objects.filter(pk=scan.pk).update(asked_at=at)
    for rank, each in enumerate(clusters, 1):
        a_cluster(scan, rank, **(each if isinstance(each, dict) else {"areas": each}))
    scan.refresh_from_db()
    return scan


def a_cluster(scan: Scan, rank: int, *, areas: Sequence[Place], **fields: Any) -> Cluster:
    """A cluster of a scan over some places, the centre first."""
    values: dict[str, Any] = {
        "centre": areas[0],
        "radius_km": 0.8 * (len(areas) - 1),
        "start": "2026-01",
        "end": scan.last,
        "observed": 46,
        "expected": 20.0,
        "relative_risk": 2.3,
        "llr": 20.0 - rank,
        "p": 0.001,
        "tail_p": 0.0004,
        "recurrence_days": 30_437.5 if scan.kind == Scan.Kind.MONTHLY else None,
    }
    cluster: Cluster = Cluster.objects.create(scan=scan, rank=rank, **(values | fields))
    cluster.areas.set(areas)
    return cluster


def a_wider(
    scan: Scan, rank: int, *, areas: Sequence[Place], beside: Sequence[Cluster] = (), **fields: Any
) -> WiderCluster:
    """What the look over wards (`level` for another) found: places, and the clusters that they overlap."""
    values: dict[str, Any] = {
        "level": WiderCluster.Level.WARD,
        "start": "2026-02",
        "end": scan.last,
        "observed": 400,
        "expected": 320.0,
        "llr": 9.0 - rank,
        "p": 0.002,
        "bare_p": 0.001,
    }
    wider: WiderCluster = WiderCluster.objects.create(scan=scan, rank=rank, **(values | fields))
    wider.areas.set(areas)
    wider.beside.set(beside)
    return wider


def counts_of(
    ground: Ground,
    months: int = 24,
    *,
    last: str = "2026-03",
    more: dict[tuple[int, str], float] | None = None,
    missing: Sequence[tuple[int, str]] = (),
    source: str = "mps_lsoa",
    without: Collection[str] = (),
) -> Dataset:
    """A file in the store as the source `mps_lsoa` leaves it: ten offences of violence and two of robbery in each of
    the twelve neighbourhoods and months to `last`. `more`: further ones, by the number of the neighbourhood and month;
    `missing`: cells that are not known. `policeuk_street`: what that source leaves, which has no rows of nought, and
    only violence and robbery together; `without`: places of which it has no row. The folder of the installation has to
    be one of the test."""
    end = periods.number(last)[1]
    rows = []
    street = source == "policeuk_street"
    names = ("policeuk-violence-and-sexual-offences", "policeuk-robbery") if street else WIDE
    for at, place in enumerate(ground.north):
        for month in (periods.label(periods.MONTH, n) for n in range(end - months + 1, end + 1)):
            gone = (at, month) in missing
            violence = 10.0 + (more or {}).get((at, month), 0)
            robbery = 2.0 if violence or not street else 0.0
            for indicator, count in zip(names, (violence, robbery), strict=True):
                if place.pk not in without and (count or not street):
                    state = "missing" if gone else "number"
                    rows.append((indicator, place.pk, month, None if gone else count, None, None, state))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    stored = store.write_observations(observations.home(), frame)
    earlier = Dataset.objects.filter(name=source, replaced_by=None).first()
    made = Dataset(
        name=source,
        title=f"Recorded crime by neighbourhood to {last}",
        source=source,
        publisher="Test publisher",
        licence="OGL v3.0",
        file_name="test.csv",
        content_hash=stored.name[:64],
        stored_as=stored.name,
        period_start=str(frame["period"].min()),
        period_end=str(frame["period"].max()),
        rows_read=1,
        rows_kept=1,
        disclosure=asdict(next(each for each in SOURCES if each.name == source).disclosure),
        replaced_by=earlier,
    )
    made.save()
    if earlier:
        Dataset.objects.filter(pk=earlier.pk).update(replaced_by=made)
        Dataset.objects.filter(pk=made.pk).update(replaced_by=None)
    return Dataset.objects.get(pk=made.pk)
