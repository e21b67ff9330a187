"""The sample sets of the reference program, in our CSV: where they lie beside the repository."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "scan"


def _rows(name: str) -> list[list[str]]:
    return [line.split() for line in (GIVEN / name).read_text().splitlines() if line.split()]


def _written(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])


def yardsticks(folder: Path) -> Path:
    """Writes nm_*, ny_* and nh_*.csv. Skips where the sets are not there."""
    if not GIVEN.is_dir():
        pytest.skip("the sample sets of the reference program are not beside the repository")
    _written(folder / "nm_cases.csv", "area count period age sex", _rows("nm.cas"))
    _written(folder / "nm_places.csv", "area latitude longitude", _rows("nm.geo"))
    people = ((area, f"19{year}", *rest) for area, year, *rest in _rows("nm.pop"))
    _written(folder / "nm_population.csv", "area period population age sex", people)
    days = ((area, count, _day(day)) for area, count, day in _rows("NYCfever.cas"))
    _written(folder / "ny_cases.csv", "area count period", days)
    _written(folder / "ny_places.csv", "area latitude longitude", _rows("NYCfever.geo"))
    for name, ending in (("cases", "cas"), ("controls", "ctl")):
        _written(folder / f"nh_{name}.csv", "area count", _rows(f"NHumberside.{ending}"))
    metres = ((area, int(x) * 100, int(y) * 100) for area, x, y in _rows("NHumberside.geo"))
    _written(folder / "nh_places.csv", "area x y", metres)
    return folder


def _day(text: str) -> str:
    year, month, day = text.split("/")
    return f"{year}-{int(month):02}-{int(day):02}"
