"""What lies around places that somebody names by code or name, from the files that ship."""

from __future__ import annotations

import polars as pl
import pytest

from joinedup.places.shipped import AROUND, around

DERBY, NOTTINGHAM = "E06000015", "E06000018"


def kinds(found: pl.DataFrame) -> dict[str, int]:
    return dict(found["kind"].value_counts().iter_rows())


def wards_of(found: pl.DataFrame) -> set[str]:
    return set(found.filter(pl.col("kind") == "ward")["parent"])


@pytest.mark.parametrize(
    ("cells", "own"),
    [
        ([f"{DERBY};{NOTTINGHAM}"], {DERBY, NOTTINGHAM}),
        (["Derby", "nowhere"], {DERBY}),
        (["The Arboretum, Derby"], {DERBY}),
        (["derby; Nottingham"], {DERBY, NOTTINGHAM}),
        # A ward of Derby by its code.
        (["E05015507"], {DERBY}),
        ([], set()),
    ],
)
def test_the_wards_are_those_of_what_is_named(cells: list[str], own: set[str]) -> None:
    found = around(cells)
    assert found.columns == AROUND
    assert wards_of(found) == own
    assert kinds(found)["region"] == 9
    assert ("local_authority" in kinds(found)) == bool(own)


def test_a_county_or_a_force_stands_for_its_authorities_where_none_is_named() -> None:
    by_county, by_force = around(["Derbyshire"]), around(["E23000018"])
    assert len(wards_of(by_county)) >= 8
    assert wards_of(by_force) == wards_of(by_county) | {DERBY}
    assert wards_of(around(["Derbyshire;Derby"])) == {DERBY}


def test_neighbours_come_without_their_wards() -> None:
    found = around([DERBY])
    assert NOTTINGHAM in set(found["code"])
    assert NOTTINGHAM not in wards_of(found)
