"""Faults of files that look like a change of crime: are they told as one? And are real changes still told?

    python bench/comparability.py [--worlds 200] [--seed 1]

Each world is a police force area of twelve districts with wards, 24 months, counts that differ from year to year a
little more than chance. Each of nine faults is planted in a world, and the figures of the same world without it are
worked out beside it: a change that is told only with the fault is told because of it. In the same worlds one district
of 500 crimes a year really changes by 30%, up or down: how often is that told?
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import django
import numpy as np
import polars as pl

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
django.setup()

from joinedup.evidence.completeness import completeness, without_partial_months  # noqa: E402
from joinedup.evidence.disclosure import OPEN  # noqa: E402
from joinedup.evidence.figures import figures, populations  # noqa: E402
from joinedup.evidence.indicators import indicators  # noqa: E402
from joinedup.evidence.methods import months_to  # noqa: E402
from joinedup.evidence.models import Figure  # noqa: E402
from joinedup.evidence.origins import HELD  # noqa: E402
from joinedup.evidence.plain_words import move  # noqa: E402
from joinedup.evidence.sources.policeuk_street import ALL_CRIMES, WITHOUT_PLACE  # noqa: E402

FORCE, COUNTY, REGION = "E23000099", "E10000099", "E12000004"
DISTRICTS = [f"E070009{n:02}" for n in range(12)]
WARDS = [f"E0500{n:02}{w}99" for n in range(12) for w in range(4)]
MONTHS = months_to("2024-12", 24)
SLUG, SOURCE = "policeuk-robbery", "policeuk_street"
ROBBERY = next(one for one in indicators() if one.slug == "recorded-robbery")
PLACES = pl.DataFrame(
    [(REGION, "East Midlands", "region", None, None), (FORCE, "Midshire", "police_force", None, FORCE)]
    + [(COUNTY, "Midshire", "county", REGION, FORCE)]
    + [(code, f"District {code[-2:]}", "local_authority", COUNTY, FORCE) for code in DISTRICTS]
    + [(code, f"Ward {code}", "ward", DISTRICTS[n // 4], FORCE) for n, code in enumerate(WARDS)],
    schema={
        "place": pl.String,
        "name": pl.String,
        "kind": pl.String,
        "parent": pl.String,
        "force": pl.String,
    },
    orient="row",
)


@dataclass(frozen=True)
class Counts:
    """Wards × months: crimes with a place (NaN where the file has no row), and without one; of every kind there are
    five times as many."""

    placed: np.ndarray
    nowhere: np.ndarray
    months: tuple[str, ...] = tuple(MONTHS)
    source: str = SOURCE
    districts: np.ndarray | None = None  # where they are no sum of the wards: a file of their own


def world(random: np.random.Generator) -> Counts:
    yearly = random.uniform(60, 400, len(WARDS))
    yearly[:4] = 125  # The first district has 500 crimes a year.
    season = 1 + 0.1 * np.sin(np.arange(24) / 12 * 2 * np.pi)
    # Years of a place differ by some 3% more than chance.
    drift = np.repeat(np.exp(random.normal(0, 0.03, (len(WARDS), 2))), 12, axis=1)
    expected = yearly[:, None] / 12 * season * drift
    placed = random.poisson(expected).astype(float)
    return Counts(placed, random.poisson(placed.sum(axis=0) * 0.01).astype(float))


def partial_month(held: Counts, random: np.random.Generator) -> Counts:
    """A month of which the force sent a third."""
    at = int(random.integers(12, 24))
    keep = np.ones(24)
    keep[at] = 0.33
    return replace(held, placed=np.floor(held.placed * keep), nowhere=np.floor(held.nowhere * keep))


def month_not_returned(held: Counts, random: np.random.Generator) -> Counts:
    at = int(random.integers(12, 23))
    left = [n for n in range(24) if n != at]
    return Counts(held.placed[:, left], held.nowhere[left], tuple(MONTHS[n] for n in left))


def places_lost(held: Counts, random: np.random.Generator) -> Counts:
    """From a month on every fourth crime has no place."""
    lost = random.binomial(held.placed[:, 12:].astype(int), 0.25)
    placed, nowhere = held.placed.copy(), held.nowhere.copy()
    placed[:, 12:] -= lost
    nowhere[12:] += lost.sum(axis=0)
    return replace(held, placed=placed, nowhere=nowhere)


def recorded_anew(held: Counts, random: np.random.Generator) -> Counts:
    """A change of recording that is known (`breaks.csv`): counts rise by 40% from it."""
    placed = held.placed.copy()
    placed[:, 14:] = np.rint(placed[:, 14:] * 1.4)
    return replace(held, placed=placed, source="mps_ward", months=tuple(months_to("2024-12", 24)))


def all_step_together(held: Counts, random: np.random.Generator) -> Counts:
    """A step that nobody has told us of, everywhere at once."""
    factor = 1.5 if random.random() < 0.5 else 0.6
    placed = held.placed.copy()
    placed[:, 12:] = np.rint(placed[:, 12:] * factor)
    return replace(held, placed=placed)


def codes_split(held: Counts, random: np.random.Generator) -> Counts:
    """For a year two wards have their shares, by residents, of neighbourhoods that were split; then what was there."""
    placed = held.placed.copy()
    for ward in range(0, len(WARDS), 4):
        share = round(float(random.uniform(0.2, 0.8)), 6)
        both = placed[ward, :12] + placed[ward + 1, :12]
        placed[ward, :12], placed[ward + 1, :12] = both * share, both * (1 - share)
    return replace(held, placed=placed)


def code_stops(held: Counts, random: np.random.Generator) -> Counts:
    """In every district the code of a ward stops at a month, with noughts from there on or without rows."""
    placed = held.placed.copy()
    for ward in range(0, len(WARDS), 4):
        placed[ward, int(random.integers(1, 24)) :] = 0 if random.random() < 0.5 else np.nan
    return replace(held, placed=placed, districts=_of_districts(held.placed))


def code_frozen(held: Counts, random: np.random.Generator) -> Counts:
    """A ward in every district has one number carried on for 8 months or more, up to now or until some months ago."""
    placed = held.placed.copy()
    for ward in range(0, len(WARDS), 4):
        start = int(random.integers(8, 16))
        stop = 24 if random.random() < 0.5 else int(random.integers(start + 8, 25))
        placed[ward, start:stop] = placed[ward, start]
    return replace(held, placed=placed, districts=_of_districts(held.placed))


def code_followed(held: Counts, random: np.random.Generator) -> Counts:
    """In every district two codes begin at a month, when a ward ends or goes on with a smaller area under its code."""
    placed = held.placed.copy()
    for ward in range(0, len(WARDS), 4):
        at = int(random.integers(2, 23))
        before = 0 if random.random() < 0.5 else np.nan
        placed[ward, :at] += placed[ward + 1 : ward + 3, :at].sum(axis=0)
        placed[ward + 1 : ward + 3, :at] = before
        if random.random() < 0.5:
            placed[ward + 1, at:] += placed[ward, at:]
            placed[ward, at:] = before
    return replace(held, placed=placed, districts=_of_districts(held.placed))


def _of_districts(placed: np.ndarray) -> np.ndarray:
    return placed.reshape(len(DISTRICTS), 4, -1).sum(axis=1)


FAULTS: Mapping[str, Callable[[Counts, np.random.Generator], Counts]] = {
    "a month sent in part": partial_month,
    "a month not returned": month_not_returned,
    "places lost": places_lost,
    "recorded anew": recorded_anew,
    "all step together": all_step_together,
    "codes split": codes_split,
    "a code that stops": code_stops,
    "a code that is frozen": code_frozen,
    "a code that others follow": code_followed,
}


def touches(faulty: Counts, held: Counts) -> set[str]:
    """The wards and districts whose own counts a fault alters; all of them where it alters months of the force or where
    crimes are placed. What is told of others hangs on it only in so far as fewer of them show how much years differ."""
    if faulty.districts is None:
        return {*WARDS, *DISTRICTS}
    same = (faulty.placed == held.placed).all(axis=1)
    return {ward for ward, is_same in zip(WARDS, same, strict=True) if not is_same}


def told(held: Counts) -> dict[str, str]:
    """The places of which a change is told, with its direction, as pages would tell it."""
    rows = []
    by_district = _of_districts(held.placed) if held.districts is None else held.districts
    levels = [(WARDS, held.placed), (DISTRICTS, by_district), ([COUNTY], by_district.sum(axis=0)[None])]
    for codes, counts in levels:
        rows += [
            (_slug(held), code, month, float(counts[n, m]))
            for n, code in enumerate(codes)
            for m, month in enumerate(held.months)
            if not np.isnan(counts[n, m])
        ]
    whole = by_district.sum(axis=0) + held.nowhere
    for m, month in enumerate(held.months):
        rows += [(_slug(held), FORCE, month, whole[m]), (ALL_CRIMES, FORCE, month, 5 * whole[m])]
        rows.append((WITHOUT_PLACE, FORCE, month, 5 * held.nowhere[m]))
    found = pl.DataFrame(
        [(i, p, t, c, None, None, "number", held.source, [1]) for i, p, t, c in rows],
        schema=[*(name for name in HELD if name not in ("datasets", "source")), "source", "datasets"],
        orient="row",
    ).select(pl.col(name).cast(kind) for name, kind in HELD.items())
    people = pl.DataFrame(
        [("residents", p, "2021", 5000.0, None, None, "number", [2], "census_population") for p in WARDS],
        schema=HELD, orient="row",
    )  # fmt: skip
    complete = completeness(found)
    found = without_partial_months(found, complete, pl.lit(FORCE))
    measured = replace(ROBBERY, source=(held.source,), numerator=(_slug(held),), coarser_than=())
    rules = {1: OPEN, 2: OPEN}
    made = figures(found, populations(people, PLACES), [measured], PLACES, "2025-01", rules, complete)
    changes = {}
    for row in made.filter(pl.col("state") == "number").iter_rows(named=True):
        figure = Figure(
            indicator=ROBBERY.slug,
            state="number",
            count=row["count"],
            trend=row["trend"],
            spread=row["spread"],
        )
        moved = move(figure)
        if moved is not None and moved.direction != "level":
            changes[row["place"]] = moved.direction
    return changes


def _slug(held: Counts) -> str:
    return SLUG if held.source == SOURCE else "robbery"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = dict.fromkeys(FAULTS, 0)
    right = by_chance = places = 0
    for number in range(given.worlds):
        random = np.random.default_rng([given.seed, number])
        held = world(random)
        without = told(held)
        by_chance += len(without)
        places += len(PLACES) - 1
        for name, plant in FAULTS.items():
            faulty = plant(held, random)
            with_fault, touched = told(faulty), touches(faulty, held)
            wrong[name] += sum(
                without.get(place) != way for place, way in with_fault.items() if place in touched
            )
        up = number % 2 == 0
        placed = held.placed.copy()
        placed[:4, 12:] = random.poisson(placed[:4, :12] * (1.3 if up else 0.7))
        right += told(replace(held, placed=placed)).get(DISTRICTS[0]) == ("up" if up else "down")
    for name, many in wrong.items():
        print(f"{name:24} told as a change {many} times in {given.worlds} worlds")
    print(
        f"without any fault       a change is told of {by_chance / places:.1%} of places (chance alone: 5%)"
    )
    print(f"a real change of 30%    told in {right / given.worlds:.1%} of worlds")


if __name__ == "__main__":
    main()
