"""Read the files of a scan: what was counted where and when, and notes on how it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joinedup.engines import periods
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, quoted
from joinedup.offline.scan import counts
from joinedup.offline.scan.columns import opened, plural
from joinedup.offline.scan.counts import CountRows, Span
from joinedup.offline.scan.places import Places, read_places
from joinedup.offline.scan.population import population
from joinedup.offline.scan.request import ScanRequest


@dataclass(frozen=True)
class ScanInput:
    """`arrays`: the arguments of the engine's `ScanCounts` besides areas, places and periods. `steps`:
    periods as the files write them. `rows`: how many each file has. `notes`: sentences fit to show."""

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


def read_files(request: ScanRequest) -> ScanInput:
    """Raises `Refused`."""
    notes: list[str] = []
    places = read_places(request, notes)
    cases, span = counts.read_cases(request, places)
    rows = {"cases": cases.file.rows, "places": places.rows}
    seasons, steps = _seasons(request, span), _steps(request, span)
    real = request.empty_months_are_real
    if request.model == "poisson":
        arrays, rows["population"] = _with_population(request, cases, places, span, notes)
    else:
        found, known = counts.cells(cases, span, len(places.names), 1, notes)
        arrays = {"cases": found[0], "known": known}
    counts.judge_months(cases, arrays["cases"], arrays["known"], span, notes, real=real)
    if request.model == "bernoulli":
        controls = counts.read_controls(request, places, span, notes)
        found, also_known = counts.cells(controls, span, len(places.names), 1, notes)
        counts.judge_months(controls, found[0], also_known, span, notes, real=real, noun="control")
        arrays["controls"], rows["controls"] = found[0], controls.file.rows
        _both_known(arrays, also_known)
    for name in ("population", "controls"):
        if getattr(request, name) is not None and name not in request.files:
            notes.append(
                f"{getattr(request, name).name} was not read: the model {request.model} takes no {name}."
            )
    return ScanInput(places, span, arrays, seasons, steps, rows, notes)


def _with_population(
    request: ScanRequest, cases: CountRows, places: Places, span: Span, notes: list[str]
) -> tuple[dict[str, NDArray[Any] | None], int]:
    assert request.population is not None
    csv_file = opened(request.population, "area", "population", *request.covariates)
    names, (cases.group, of) = counts.group([cases.file, csv_file], request.covariates)
    if len(names) * len(places.names) * len(span.labels) > counts.MOST_CELLS:
        raise Refused(
            f"{len(names):,} groups of {' and '.join(request.covariates)} in {len(places.names):,} areas and "
            f"{len(span.labels):,} periods are too many: take broader groups, as ages in bands."
        )
    people = population(csv_file, of, len(names), places, span, notes, interpolate=request.interpolate)
    found, known = counts.cells(cases, span, len(places.names), len(names), notes)
    _refuse_nobody(cases, people, places, span, names, csv_file.name)
    arrays: dict[str, NDArray[Any] | None] = {
        "cases": found.sum(axis=0),
        "known": known,
        "population": people.sum(axis=0),
    }
    if request.covariates:
        arrays |= {"strata_cases": found, "strata_population": people}
    return arrays, csv_file.rows


def _refuse_nobody(
    cases: CountRows, people: NDArray[np.float64], places: Places, span: Span, groups: list[str], file: str
) -> None:
    """Raise `Refused` if there are cases without population: in an area and period, or in a group."""
    period = span.at(cases.period)
    empty = people.sum(axis=0)[cases.area, period] <= 0
    cases.file.refuse(
        pl.Series(empty & (cases.count > 0)),
        lambda row, n: (
            f"the area “{quoted(places.names[cases.area[row]])}” has cases and no population"
            f"{_when(span.labels[period[row]])}: give it in {file} or leave its cases out ({plural(n, 'row')})."
        ),
    )
    nobody = people.sum(axis=(1, 2))[cases.group] <= 0
    cases.file.refuse(
        pl.Series(nobody & (cases.count > 0)),
        lambda row, n: f"there are cases and no population of {quoted(groups[cases.group[row]])} in {file}.",
    )


def _when(label: str) -> str:
    words = periods.between(label, label)
    return f" {words}" if words else ""


def _both_known(arrays: dict[str, NDArray[Any] | None], known: NDArray[np.bool_] | None) -> None:
    """A cell is known if both cases and controls are; counts elsewhere are left out."""
    if known is None and arrays["known"] is None:
        return
    both = np.ones(arrays["cases"].shape, bool)  # type: ignore[union-attr]
    for each in (known, arrays["known"]):
        both &= True if each is None else each
    arrays["known"] = both
    for name in ("cases", "controls"):
        arrays[name] = np.where(both, arrays[name], 0)  # type: ignore[arg-type]


def _seasons(request: ScanRequest, span: Span) -> NDArray[np.int64] | None:
    """The month of each period."""
    if not request.seasons:
        return None
    if span.kind not in (periods.MONTH, periods.DAY):
        raise Refused(
            "--seasons compares months with the same months of other years: these periods are longer."
        )
    first = [periods.first_day(span.kind, span.first + at) for at in range(len(span.labels))]
    return np.array([day.month for day in first], np.int64)


def _steps(request: ScanRequest, span: Span) -> tuple[str, ...]:
    for step in request.steps:
        if step not in span.labels:
            raise Refused(
                f"--step {quoted(step)} is not one of the periods: they run from {span.labels[0]} to "
                f"{span.labels[-1]}."
            )
    return tuple(sorted(set(request.steps)))
