"""Whether the months of a police force's files can be compared with one another. Pure computation.

Two faults look like a fall or a rise of crime and are none: a month that the force did not send whole (the rule is in
`engines.completeness`: Dyfed-Powys returned 1,187, 300, 164 and 283; between the
busiest and the quietest month of the forces looked at lies a factor of 1.4), and a change in the share of crimes that
have a place. Both are judged from what the force reported in all (`policeuk_street`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress

import numpy as np

from joinedup.engines.completeness import below_those_around
from joinedup.evidence.methods import months_to
from joinedup.evidence.sources.contract import MISSING
from joinedup.evidence.sources.policeuk_street import ALL_CRIMES, SOURCE, WITHOUT_PLACE
from joinedup.late_imports import polars as pl

# If the share without a place moves by more than this between two years, counts of parts of the area are not compared.
PLACED_ALIKE = 0.05


@dataclass(frozen=True)
class Completeness:
    """Of one force: `partial`, months that it did not send whole; `unplaced`, the share without a place by month."""

    partial: list[str] = field(default_factory=list)
    unplaced: dict[str, float] = field(default_factory=dict)

    def is_placed_alike(self, end: str, year: int = 12) -> bool:
        """Whether the year that ends with a month and the year before it have like shares of crimes with a place."""
        months = months_to(end, 2 * year)
        before, last = (
            [self.unplaced[month] for month in part if month in self.unplaced]
            for part in (months[:year], months[year:])
        )
        return not before or not last or abs(float(np.mean(last)) - float(np.mean(before))) <= PLACED_ALIKE


def completeness(observations: pl.DataFrame) -> dict[str, Completeness]:
    """By police force area (code), from observations with `indicator`, `place`, `period`, `count`."""
    found = {}
    all_crimes = observations.filter(pl.col("indicator") == ALL_CRIMES)
    for (force,), own in all_crimes.sort("period").group_by("place", maintain_order=True):
        total = dict(own.select("period", "count").iter_rows())
        nowhere = dict(
            observations.filter(pl.col("indicator") == WITHOUT_PLACE, pl.col("place") == force)
            .select("period", "count")
            .iter_rows()
        )
        found[str(force)] = Completeness(
            partial=list(compress(total, below_those_around(list(total.values())))),
            unplaced={month: nowhere.get(month, 0.0) / count for month, count in total.items() if count},
        )
    return found


def without_partial_months(
    observations: pl.DataFrame, found: dict[str, Completeness], force: pl.Expr
) -> pl.DataFrame:
    """The observations, with those of months that a force did not send whole marked as missing: never nought, never
    less. `force`: the police force area of each row."""
    pairs = [(code, month) for code, one in found.items() for month in one.partial]
    if not pairs:
        return observations
    gaps = pl.DataFrame(pairs, schema={"_force": pl.String, "period": pl.String}, orient="row").with_columns(
        _gap=True
    )
    marked = observations.with_columns(_force=force).join(gaps, on=["_force", "period"], how="left")
    is_gap = pl.col("_gap").fill_null(False) & (pl.col("source") == SOURCE.name)
    return marked.with_columns(
        count=pl.when(~is_gap).then("count"), state=pl.when(is_gap).then(pl.lit(MISSING)).otherwise("state")
    ).select(observations.columns)
