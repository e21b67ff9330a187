"""What an import holds of real files is what a recount with another tool gives (all of them: bench/recount.py)."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from bench.recount import LONDON, Totals, authorities_of, compare, neighbours, recount, street_levels
from joinedup.evidence.recognise import read_all, read_file
from joinedup.evidence.sources.contract import Codes
from tests.places.shipped import frames


def totals(path: Path, codes: Codes) -> Totals:
    found: Totals = {}
    for each in read_all(path, codes).series:
        rows = each.reading.observations.filter(pl.col("state") == "number")
        for indicator, period, count in (
            rows.group_by("indicator", "period").agg(pl.col("count").sum()).iter_rows()
        ):
            found[each.source.name, indicator, period] = count
    return found


@pytest.mark.parametrize(
    "name", ["mps_lsoa_wide_hackney.csv", "mps_borough_wide.csv", "knife_crime_dashboard.parquet"]
)
def test_a_file_about_london(shared: Path, london: Codes, name: str) -> None:
    path = shared / "london" / name
    places = {*london.kinds, *london.changes}
    if LONDON[name] == "mps_borough":
        given = set(pl.read_csv(path, infer_schema=False)["BoroughName"])
        places = given - {"Unknown"}
    ours, theirs = totals(path, london), recount(path, LONDON[name], places)
    assert len(ours) > 200
    assert compare(ours, theirs) == []


@pytest.mark.parametrize("force", ["derbyshire", "nottinghamshire"])
def test_a_month_of_a_force(shared: Path, force: str) -> None:
    lsoas, changes = neighbours(shared)
    held = [row["lsoa21_code"] for row in lsoas]
    old = {row["lsoa11_code"] for row in changes}
    moved = {
        row["lsoa11_code"]: [(row["lsoa21_code"], 1.0)] for row in changes if row["lsoa11_code"] not in held
    }
    codes = Codes(dict.fromkeys(held, "lsoa"), {}, moved)
    path = shared / "policeuk" / force / f"2024-07-{force}-street.csv.gz"
    ours, theirs = totals(path, codes), recount(path, "policeuk_street", {*held, *old})
    assert len(ours) == 6
    assert compare(ours, theirs) == []


@pytest.mark.parametrize("force", ["derbyshire", "nottinghamshire"])
def test_a_month_of_a_force_by_authority_and_in_all(shared: Path, force: str) -> None:
    area, authorities = authorities_of(shared, force)
    places, changes = frames("E23000018", "E23000019")
    forces = pl.DataFrame([(code, area) for code in authorities], schema=["place", "force"], orient="row")
    path = shared / "policeuk" / force / f"2024-07-{force}-street.csv.gz"
    _source, reading = read_file(path, Codes.of(places, changes, forces))
    theirs = street_levels(path, area, authorities)
    rows = reading.observations.filter(pl.col("place").is_in([area, *authorities.values()]))
    kinds = rows.filter(~pl.col("indicator").is_in(["policeuk-all-crimes", "policeuk-without-place"]))
    ours = {
        (place, one, month): n
        for place, one, month, n in kinds.select("place", "indicator", "period", "count").iter_rows()
    }
    assert len(ours) == 6 * (1 + len(set(authorities.values())))
    assert compare(ours, theirs) == []
    # What is left out of the parts is what has no place, or none in the area.
    wards = reading.observations.filter(pl.col("place").str.starts_with("E05"))["count"].sum()
    assert wards == sum(n for (place, _one, _month), n in theirs.items() if place != area)


def test_a_difference_is_not_overlooked() -> None:
    key, other = ("source", "robbery", "2024-03"), ("source", "robbery", "2024-04")
    assert compare({key: 3.0}, {key: 3.0, other: 0.0}) == []
    assert compare({key: 3.0}, {key: 4.0}) == [(key, 3.0, 4.0)]
    assert compare({key: 3.0}, {}) == [(key, 3.0, None)]
    assert compare({}, {other: 1.0}) == [(other, None, 1.0)]
