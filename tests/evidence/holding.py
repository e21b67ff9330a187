"""Small worlds of evidence: places, and the files of publishers and partners as they would lie in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from joinedup.evidence import observations, store
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources.contract import SCHEMA
from joinedup.places.models import Membership, Place
from tests.world import World

# A row as a file says it: indicator, place, period, count (None: not known), value.
Row = tuple[str, str, str, float | None, float | None]
OPEN = {
    "threshold": None,
    "rounding": None,
    "zeros_shown": True,
    "because": "Published openly by the police.",
}
BROUGHT = {
    "threshold": 5,
    "rounding": 5,
    "zeros_shown": False,
    "because": "The strictest common rule applies.",
}
FORCE, CITY_FORCE = "E23000099", "E23000098"


def more_boroughs(world: World, many: int = 6) -> list[Place]:
    """Boroughs beside those of the small world, so that there are enough to compare; then the city, which has a
    police force of its own and no police figures."""
    made = [_borough(world, f"E090009{80 + n}", f"Borough {n}", FORCE) for n in range(many)]
    return [*made, _borough(world, "E09000970", "Citybury", CITY_FORCE)]


def _borough(world: World, code: str, name: str, force: str) -> Place:
    place = Place.objects.create(
        code=code,
        name=name,
        kind="local_authority",
        parent=world.northton.parent,
        vintage=2024,
        residents=10_000,
    )
    Membership.objects.create(place=place, kind="police_force", code=force, name=force)
    return place


def hold(
    source: str, rows: Iterable[Row], name: str = "", rule: dict[str, Any] = OPEN, **fields: Any
) -> Dataset:
    """A dataset with its file in the store; the newest of what is held."""
    frame = pl.DataFrame(
        [
            (i, p, t, n, None, v, "number" if n is not None or v is not None else "suppressed")
            for i, p, t, n, v in rows
        ],
        schema=SCHEMA,
        orient="row",
    )
    stored = store.write_observations(observations.home(), frame)
    given: dict[str, Any] = {
        "title": f"Title of {name or source}",
        "publisher": f"Publisher of {name or source}",
        "licence": f"Licence of {name or source}",
        "caveats": [f"Caveat of {name or source}."],
    }
    series = name or source.replace("_", "-")
    older = Dataset.objects.filter(name=series, replaced_by=None).first()
    made = Dataset(
        name=series,
        source=source,
        file_name="test.csv",
        content_hash=hashlib.sha256(f"{series}{stored.name}".encode()).hexdigest(),
        stored_as=stored.name,
        period_start=str(frame["period"].min()),
        period_end=str(frame["period"].max()),
        rows_read=frame.height,
        rows_kept=frame.height,
        disclosure=rule,
        replaced_by=older,
        **(given | fields),
    )
    made.save()
    if older:
        Dataset.objects.filter(pk=older.pk).update(replaced_by=made)
        Dataset.objects.filter(pk=made.pk).update(replaced_by=None)
    return Dataset.objects.get(pk=made.pk)


def hold_census(residents: dict[str, int]) -> Dataset:
    rows: list[Row] = [("residents", place, "2021", float(n), None) for place, n in residents.items()]
    rows += [("residents-16-24", place, "2021", n / 10, None) for place, n in residents.items()]
    rows += [("residents-0-15", place, "2021", 5000.0, None) for place in residents]
    return hold("census_population", rows)


@dataclass
class Files:
    """What a random world was given, kept to be recounted by hand: by source, what each dataset says of each cell."""

    cells: dict[str, dict[tuple[str, str, str], tuple[float | None, Dataset]]] = field(default_factory=dict)

    def add(self, source: str, rows: list[Row], **given: Any) -> Dataset:
        made = hold(source, rows, **given)
        own = self.cells.setdefault(f"{source}:{made.name}" if source == "tidy" else source, {})
        own.update({(i, p, t): (n, made) for i, p, t, n, _ in rows})
        return made
