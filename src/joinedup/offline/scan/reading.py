"""The files of a scan as the arrays of its world; what cannot be used is refused in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from joinedup.engines import periods
from joinedup.offline.scan.asked import Asked
from joinedup.offline.scan.located import located
from joinedup.offline.scan.sheets import (
    Codes,
    Refused,
    Sheet,
    areas,
    dated,
    need_columns,
    number,
    opened,
    quoted,
    whole,
)

# Areas × periods × groups that fit the memory of an ordinary machine.
MOST_CELLS = 60_000_000
Counts = NDArray[np.int64]


@dataclass
class Places:
    """The areas in the order of their file, and where they are: latitude and longitude when `degrees`, else metres."""

    names: list[str]
    position: NDArray[np.float64]
    degrees: bool
    rows: int
    file: str


@dataclass
class Span:
    """The periods from the first to the last, every one between included."""

    kind: str
    first: int
    labels: list[str]
    days: NDArray[np.float64]

    def at(self, numbers: Codes) -> Codes:
        """Which period each is; below 0 or beyond the last for those outside."""
        return numbers - self.first


@dataclass
class Rows:
    """The rows of a file of counts: area, period (numbers), group (0 without covariates), count, and what is known."""

    sheet: Sheet
    area: Codes
    period: Codes
    count: Codes
    known: NDArray[np.bool_]
    group: Codes = field(default_factory=lambda: np.zeros(0, np.int64))


def read_places(asked: Asked, notes: list[str]) -> Places:
    """Raises `Refused`."""
    sheet = opened(asked.places, "area")
    names = sheet.filled("area")
    sheet.refuse(
        ~names.is_first_distinct(),
        lambda row, n: (
            f"the area “{quoted(names[row])}” is there twice: keep one of each ({plural(n, 'row')} too many)."
        ),
    )
    degrees = sheet.has("latitude") and sheet.has("longitude")
    if not degrees and not (sheet.has("x") and sheet.has("y")):
        there = quoted(", ".join(sheet.table.header), 200)
        raise Refused(f"{sheet.name} needs latitude and longitude, or x and y; its columns are: {there}.")
    axes = ("latitude", "longitude") if degrees else ("x", "y")
    position = [number(sheet, axis) for axis in axes]
    for axis, values, most in zip(axes, position, (90, 180) if degrees else (1e8, 1e8), strict=True):
        sheet.refuse(values.is_null(), lambda row, n, axis=axis: f"{axis} is blank.")  # type: ignore[misc]
        sheet.refuse(
            values.abs() > most,
            lambda row, n, axis=axis, values=values, most=most: (  # type: ignore[misc]
                f"{axis} {values[row]:g} is not between -{most:,.0f} and {most:,.0f}{_metres(values[row])}."
            ),
        )
    points = np.column_stack([values.to_numpy() for values in position])
    located(sheet.name, names.to_list(), points, notes, degrees=degrees, outside_uk=asked.outside_uk)
    return Places(names.to_list(), points, degrees, sheet.rows, sheet.name)


def _metres(value: float) -> str:
    """What to do where somebody gave metres under the names of degrees."""
    return ": if these are metres, call the columns x and y" if 360 < abs(value) <= 1e8 else ""


def read_cases(asked: Asked, places: Places) -> tuple[Rows, Span]:
    """Raises `Refused`."""
    sheet = opened(asked.cases, "area", "count", *asked.covariates)
    timeless = asked.shape == "spatial" and asked.model != "permutation" and not sheet.has("period")
    found, kind = _rows(sheet, places, timeless=timeless)
    if timeless:
        return found, Span(kind, 0, [periods.ALL], np.ones(1))
    first, last = int(found.period.min()), int(found.period.max())
    if (last - first + 1) * len(places.names) > MOST_CELLS:
        raise Refused(
            f"{sheet.name} runs from {periods.label(kind, first)} to {periods.label(kind, last)}, "
            f"{last - first + 1:,} {kind}s of {len(places.names):,} areas: too many. Take longer periods or fewer."
        )
    every = range(first, last + 1)
    span = Span(
        kind,
        first,
        [periods.label(kind, at) for at in every],
        np.array([periods.days(kind, at) for at in every], float),
    )
    return found, span


def read_controls(asked: Asked, places: Places, span: Span, notes: list[str]) -> Rows:
    """Raises `Refused`."""
    assert asked.controls is not None
    sheet = opened(asked.controls, "area", "count")
    timeless = span.kind == periods.ALL
    if timeless and sheet.has("period"):
        raise Refused(
            f"{sheet.name} has a period and {asked.cases.name} has none: give it to both or to neither."
        )
    rows, kind = _rows(sheet, places, timeless=timeless)
    if not timeless and kind != span.kind:
        raise Refused(
            f"{sheet.name} is by {kind} and {asked.cases.name} by {span.kind}: give both by the same."
        )
    at = span.at(rows.period)
    inside = (at >= 0) & (at < len(span.labels))
    if not inside.all():
        notes.append(
            f"{sheet.name}: {plural(int((~inside).sum()), 'row')} before the first or after the last period of the "
            "cases left out."
        )
        rows.area, rows.period, rows.count = rows.area[inside], rows.period[inside], rows.count[inside]
        rows.known = rows.known[inside]
    return rows


def _rows(sheet: Sheet, places: Places, *, timeless: bool) -> tuple[Rows, str]:
    area = areas(sheet, places.names, places.file)
    if timeless:
        kind, period = periods.ALL, np.zeros(sheet.rows, np.int64)
    else:
        need_columns(sheet, ["period"])
        kind, period = dated(sheet)
    count, known = whole(sheet)
    return Rows(sheet, area, period, count, known), kind


def cells(
    rows: Rows, span: Span, areas: int, groups: int, notes: list[str]
) -> tuple[Counts, NDArray[np.bool_] | None]:
    """The counts as groups × areas × periods, and where they are known (None: everywhere). A cell with a blank count
    is not known as a whole."""
    shape = (groups, areas, len(span.labels))
    group = rows.group if len(rows.group) else 0
    at = (group * areas + rows.area) * len(span.labels) + span.at(rows.period)
    size = int(np.prod(shape))
    found = np.bincount(at, weights=rows.count, minlength=size).astype(np.int64).reshape(shape)
    again = len(at) - int(np.count_nonzero(np.bincount(at, minlength=size)))
    if again:
        notes.append(f"{rows.sheet.name}: {plural(again, 'more row')} of the same area and period added up.")
    if rows.known.all():
        return found, None
    known = np.ones(shape[1:], bool)
    known[rows.area[~rows.known], span.at(rows.period[~rows.known])] = False
    found[:, ~known] = 0
    notes.append(
        f"{rows.sheet.name}: {plural(int((~known).sum()), 'count')} of an area and period not known (blank): "
        "left out, not taken as 0."
    )
    return found, known


def group(sheets: Sequence[Sheet], covariates: Sequence[str]) -> tuple[list[str], list[Codes]]:
    """The groups of all files by their covariates, in order, and the group of each row of each file."""
    if not covariates:
        return [""], [np.zeros(sheet.rows, np.int64) for sheet in sheets]
    frames = [pl.DataFrame([sheet.filled(name).alias(name) for name in covariates]) for sheet in sheets]
    every = pl.concat([frame.unique() for frame in frames]).unique().sort(covariates).with_row_index("group")
    found = [
        frame.join(every, on=covariates, how="left", maintain_order="left")["group"].cast(pl.Int64).to_numpy()
        for frame in frames
    ]
    names = [
        ", ".join(f"{k} {v}" for k, v in zip(covariates, row[1:], strict=True)) for row in every.iter_rows()
    ]
    return names, found


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
