"""The file of places: the areas of a scan, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.offline.delimited import Refused, quoted
from joinedup.offline.scan.columns import number, opened, plural
from joinedup.offline.scan.coordinates import check_coordinates
from joinedup.offline.scan.request import ScanRequest


@dataclass
class Places:
    """The areas in the order of their file, with positions: latitude and longitude if `degrees`, else
    metres."""

    names: list[str]
    position: NDArray[np.float64]
    degrees: bool
    rows: int
    file: str


def read_places(request: ScanRequest, notes: list[str]) -> Places:
    """Raises `Refused`."""
    csv_file = opened(request.places, "area")
    names = csv_file.filled("area")
    csv_file.refuse(
        ~names.is_first_distinct(),
        lambda row, n: (
            f"the area “{quoted(names[row])}” is there twice: keep one of each ({plural(n, 'row')} too many)."
        ),
    )
    degrees = csv_file.has("latitude") and csv_file.has("longitude")
    if not degrees and not (csv_file.has("x") and csv_file.has("y")):
        there = quoted(", ".join(csv_file.table.header), 200)
        raise Refused(f"{csv_file.name} needs latitude and longitude, or x and y; its columns are: {there}.")
    axes = ("latitude", "longitude") if degrees else ("x", "y")
    position = [number(csv_file, axis) for axis in axes]
    for axis, values, most in zip(axes, position, (90, 180) if degrees else (1e8, 1e8), strict=True):
        csv_file.refuse(values.is_null(), lambda row, n, axis=axis: f"{axis} is blank.")  # type: ignore[misc]
        csv_file.refuse(
            values.abs() > most,
            lambda row, n, axis=axis, values=values, most=most: (  # type: ignore[misc]
                f"{axis} {values[row]:g} is not between -{most:,.0f} and {most:,.0f}{_metres(values[row])}."
            ),
        )
    points = np.column_stack([values.to_numpy() for values in position])
    check_coordinates(
        csv_file.name, names.to_list(), points, notes, degrees=degrees, outside_uk=request.outside_uk
    )
    return Places(names.to_list(), points, degrees, csv_file.rows, csv_file.name)


def _metres(value: float) -> str:
    """Advice if metres were given under the names of degrees."""
    return ": if these are metres, call the columns x and y" if 360 < abs(value) <= 1e8 else ""
