"""The files of a scan, read together: what was counted where and when, and what is said about how it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from joinedup.engines import periods
from joinedup.offline.scan import reading
from joinedup.offline.scan.asked import Asked
from joinedup.offline.scan.population import population
from joinedup.offline.scan.reading import Places, Rows, Span
from joinedup.offline.scan.sheets import Refused, opened, quoted


@dataclass(frozen=True)
class Read:
    """`arrays`: what the engine's `World` takes beyond areas, places and periods. `steps`: periods as the files write
    them. `rows`: how many each file has. `notes`: sentences fit to show."""

    places: Places
    span: Span
    arrays: dict[str, NDArray[Any] | None]
    seasons: NDArray[np.int64] | None
    steps: tuple[str, ...]
    rows: dict[str, int]
    notes: list[str]

    @property
    def cases(self) -> int:
        cases = self.arrays["cases"]
        assert cases is not None
        return int(cases.sum())


def read(asked: Asked) -> Read:
    """Raises `Refused`."""
    notes: list[str] = []
    places = reading.read_places(asked, notes)
    cases, span = reading.read_cases(asked, places)
    rows = {"cases": cases.sheet.rows, "places": places.rows}
    seasons, steps = _seasons(asked, span), _steps(asked, span)
    if asked.model == "poisson":
        arrays, rows["population"] = _with_population(asked, cases, places, span, notes)
    else:
        found, known = reading.cells(cases, span, len(places.names), 1, notes)
        arrays = {"cases": found[0], "known": known}
    if asked.model == "bernoulli":
        controls = reading.read_controls(asked, places, span, notes)
        counts, also_known = reading.cells(controls, span, len(places.names), 1, notes)
        arrays["controls"], rows["controls"] = counts[0], controls.sheet.rows
        _both_known(arrays, also_known)
    for name in ("population", "controls"):
        if getattr(asked, name) is not None and name not in asked.files:
            notes.append(
                f"{getattr(asked, name).name} was not read: the model {asked.model} takes no {name}."
            )
    return Read(places, span, arrays, seasons, steps, rows, notes)


def _with_population(
    asked: Asked, cases: Rows, places: Places, span: Span, notes: list[str]
) -> tuple[dict[str, NDArray[Any] | None], int]:
    assert asked.population is not None
    sheet = opened(asked.population, "area", "population", *asked.covariates)
    names, (cases.group, of) = reading.group([cases.sheet, sheet], asked.covariates)
    if len(names) * len(places.names) * len(span.labels) > reading.MOST_CELLS:
        raise Refused(
            f"{len(names):,} groups of {' and '.join(asked.covariates)} in {len(places.names):,} areas and "
            f"{len(span.labels):,} periods are too many: take broader groups, as ages in bands."
        )
    people = population(sheet, of, len(names), places, span, notes, interpolate=asked.interpolate)
    found, known = reading.cells(cases, span, len(places.names), len(names), notes)
    _refuse_nobody(cases, people, places, span, names, sheet.name)
    arrays: dict[str, NDArray[Any] | None] = {
        "cases": found.sum(axis=0),
        "known": known,
        "population": people.sum(axis=0),
    }
    if asked.covariates:
        arrays |= {"strata_cases": found, "strata_population": people}
    return arrays, sheet.rows


def _refuse_nobody(
    cases: Rows, people: NDArray[np.float64], places: Places, span: Span, groups: list[str], file: str
) -> None:
    """Raises `Refused` where cases are counted of whom there are none: in an area and period, or of a group."""
    period = span.at(cases.period)
    empty = people.sum(axis=0)[cases.area, period] <= 0
    cases.sheet.refuse(
        pl.Series(empty & (cases.count > 0)),
        lambda row, n: (
            f"the area “{quoted(places.names[cases.area[row]])}” has cases and no population"
            f"{_when(span.labels[period[row]])}: give it in {file} or leave its cases out ({reading.plural(n, 'row')})."
        ),
    )
    nobody = people.sum(axis=(1, 2))[cases.group] <= 0
    cases.sheet.refuse(
        pl.Series(nobody & (cases.count > 0)),
        lambda row, n: f"there are cases and no population of {quoted(groups[cases.group[row]])} in {file}.",
    )


def _when(label: str) -> str:
    words = periods.between(label, label)
    return f" {words}" if words else ""


def _both_known(arrays: dict[str, NDArray[Any] | None], known: NDArray[np.bool_] | None) -> None:
    """A cell is known where both cases and controls are; what is counted elsewhere is left out."""
    if known is None and arrays["known"] is None:
        return
    both = np.ones(arrays["cases"].shape, bool)  # type: ignore[union-attr]
    for each in (known, arrays["known"]):
        both &= True if each is None else each
    arrays["known"] = both
    for name in ("cases", "controls"):
        arrays[name] = np.where(both, arrays[name], 0)  # type: ignore[arg-type]


def _seasons(asked: Asked, span: Span) -> NDArray[np.int64] | None:
    """The month of each period."""
    if not asked.seasons:
        return None
    if span.kind not in (periods.MONTH, periods.DAY):
        raise Refused(
            "--seasons compares months with the same months of other years: these periods are longer."
        )
    first = [periods.first_day(span.kind, span.first + at) for at in range(len(span.labels))]
    return np.array([day.month for day in first], np.int64)


def _steps(asked: Asked, span: Span) -> tuple[str, ...]:
    for step in asked.steps:
        if step not in span.labels:
            raise Refused(
                f"--step {quoted(step)} is not one of the periods: they run from {span.labels[0]} to "
                f"{span.labels[-1]}."
            )
    return tuple(sorted(set(asked.steps)))
