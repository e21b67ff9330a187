"""The sample data of the reference program, as published and as our CSV; `shared` is the fixture of that
name."""

import csv
from collections.abc import Iterable
from pathlib import Path


def rows(shared: Path, name: str) -> list[list[str]]:
    return [line.split() for line in (shared / "scan" / name).read_text().splitlines() if line.split()]


def _written(path: Path, header: str, lines: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(), *lines])


def yardsticks(shared: Path, folder: Path) -> Path:
    """Write nm_*, ny_* and nh_*.csv; returns the folder."""
    _written(folder / "nm_cases.csv", "area count period age sex", rows(shared, "nm.cas"))
    _written(folder / "nm_places.csv", "area latitude longitude", rows(shared, "nm.geo"))
    people = ((area, f"19{year}", *rest) for area, year, *rest in rows(shared, "nm.pop"))
    _written(folder / "nm_population.csv", "area period population age sex", people)
    days = ((area, count, _day(day)) for area, count, day in rows(shared, "NYCfever.cas"))
    _written(folder / "ny_cases.csv", "area count period", days)
    _written(folder / "ny_places.csv", "area latitude longitude", rows(shared, "NYCfever.geo"))
    for name, ending in (("cases", "cas"), ("controls", "ctl")):
        _written(folder / f"nh_{name}.csv", "area count", rows(shared, f"NHumberside.{ending}"))
    metres = ((area, int(x) * 100, int(y) * 100) for area, x, y in rows(shared, "NHumberside.geo"))
    _written(folder / "nh_places.csv", "area x y", metres)
    return folder


def _day(text: str) -> str:
    year, month, day = text.split("/")
    return f"{year}-{int(month):02}-{int(day):02}"
