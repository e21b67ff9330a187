"""Months in which nothing was counted under the code of a place, detected from the observations. Pure computation.

The rule is in `engines.code_faults`. Such months are missing: never nought, never a change of the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from joinedup.engines import periods, words
from joinedup.engines.code_faults import COUNTED, ENDED, NOT_BEGUN, REPEATED, code_faults
from joinedup.evidence.sources.contract import MISSING, NUMBER, SUPPRESSED
from joinedup.evidence.windows import MONTH
from joinedup.late_imports import polars as pl

FAULTS = {"source": str, "place": str, "period": str, "fault": int}
SAID: dict[str, Any] = {
    "source": str,
    "place": str,
    "months": list[list[str]],
    "why": str,
}
# Neighbourhoods are counted in rows of cases, where no row is nought; wider areas have no codes that end unseen.
JUDGED = ("ward", "local_authority", "county")
# A month that less than half of the places have is not there yet, or not any more.
HELD_BY = 0.5


def code_faults_of(observations: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """source, place, period, fault (see `engines.code_faults`) of every month that was not counted.

    `observations`: the observation schema with `source`; months are used, and everything that a source counts in a
    place is taken together. `places`: place, kind, force.
    """
    judged = places.filter(pl.col("kind").is_in(JUDGED)).select("place", "kind", "force")
    number = pl.col("state") == NUMBER
    totals = (
        observations.lazy()
        .filter(pl.col("period").str.contains(MONTH), pl.col("count").is_not_null() | ~number)
        .join(judged.lazy(), on="place")
        .group_by("source", "force", "kind", "place", "period")
        .agg(
            count=pl.col("count").filter(number).sum(),
            largest=pl.col("count").filter(number).max(),
            unknown=(pl.col("state") == SUPPRESSED).any() | ~number.any(),
        )
        .collect()
    )
    parts = [
        _of_an_area(area).with_columns(source=pl.lit(source))
        for (source, *_), area in totals.group_by("source", "force", "kind", maintain_order=True)
    ]
    return pl.concat([pl.DataFrame(schema=FAULTS), *(part.select(list(FAULTS)) for part in parts)])


def _of_an_area(totals: pl.DataFrame) -> pl.DataFrame:
    codes = totals["place"].unique().sort()
    held = totals.group_by("period").len().filter(pl.col("len") >= HELD_BY * len(codes))
    months = held["period"].sort()
    used = totals.filter(pl.col("period").is_in(months.implode()))
    shape = (len(codes), len(months))
    at = (codes.search_sorted(used["place"]).to_numpy(), months.search_sorted(used["period"]).to_numpy())
    counts, largest, unknown = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, bool)
    counts[at], largest[at] = used["count"].to_numpy(), used["largest"].to_numpy()
    unknown[at] = used["unknown"].to_numpy()
    found = code_faults(counts, unknown, largest)
    rows, columns = np.nonzero(found != COUNTED)
    return pl.DataFrame(
        {"place": codes.gather(rows), "period": months.gather(columns), "fault": found[rows, columns]},
        schema={name: kind for name, kind in FAULTS.items() if name != "source"},
    )


def without_code_faults(observations: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """The observations, with what a file holds of such months marked as missing."""
    if faults.is_empty():
        return observations
    marked = observations.join(faults, on=["source", "place", "period"], how="left", maintain_order="left")
    is_one = pl.col("fault").is_not_null() & (pl.col("state") == NUMBER)
    return marked.with_columns(
        count=pl.when(~is_one).then("count"), state=pl.when(is_one).then(pl.lit(MISSING)).otherwise("state")
    ).select(observations.columns)


def said(faults: pl.DataFrame) -> pl.DataFrame:
    """source, place, months (with the fault of each, oldest first), why (in a sentence), of each place with a fault."""
    rows = []
    for (source, place), own in faults.group_by("source", "place", maintain_order=True):
        months = sorted(own.select("period", "fault").iter_rows())
        rows.append((source, place, [list(map(str, pair)) for pair in months], " ".join(sentences(months))))
    return pl.DataFrame(rows, schema=SAID, orient="row")


def sentences(months: Iterable[tuple[str, int]]) -> list[str]:
    """“No figures under this code after March 2021.” `months`: each (YYYY-MM) with its fault."""
    by_fault: dict[int, list[str]] = {}
    for month, fault in sorted(months):
        by_fault.setdefault(fault, []).append(month)
    found = []
    if own := by_fault.get(NOT_BEGUN):
        found.append(f"No figures under this code before {_month(own[-1], 1)}.")
    if own := by_fault.get(ENDED):
        found.append(f"No figures under this code after {_month(own[0], -1)}.")
    if own := by_fault.get(REPEATED):
        found.append(
            f"The same number in every month from {_month(own[0], -1)} to {_month(own[-1])}: likely carried on, "
            "not counted."
        )
    return found


def codes_changed(faults: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """source, parent, month: the wards of an authority in which a code ended or began, and the first month after that.

    Where one ward ends or begins, the borders of others around it are likely new too, so that none of them is compared
    across that month. `places`: place, kind, parent.
    """
    of_wards = places.filter(pl.col("kind") == "ward").select("place", "parent")
    edges = faults.filter(pl.col("fault").is_in([ENDED, NOT_BEGUN])).join(of_wards, on="place")
    months = edges.group_by("source", "parent", "place", "fault").agg(
        first=pl.col("period").min(), last=pl.col("period").max()
    )
    month = pl.when(pl.col("fault") == ENDED).then("first").otherwise("last")
    return months.select("source", "parent", month=month).unique().sort("source", "parent", "month")


def _month(label: str, later: int = 0) -> str:
    return words.month(periods.first_day(periods.MONTH, periods.number(label)[1] + later))
