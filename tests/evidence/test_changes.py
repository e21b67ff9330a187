"""Faults of files are never told as a change of one place, and real changes are (bench/comparability.py)."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bench import comparability
from bench.comparability import DISTRICTS, FAULTS, told, touches, world
from joinedup.evidence.breaks import breaks_of, is_broken
from joinedup.evidence.changes import MOVED_TOGETHER, PLACED_OTHERWISE, only_its_own, spread
from joinedup.evidence.completeness import Completeness, completeness
from joinedup.evidence.methods import months_to
from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes
from joinedup.evidence.sources.policeuk_street import ALL_CRIMES, WITHOUT_PLACE
from tests.places.shipped import frames

FORCE = "E23000018"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_not_told_as_a_change(fault: str) -> None:
    for seed in range(2):
        random = np.random.default_rng(seed)
        held = world(random)
        without = told(held)
        faulty = FAULTS[fault](held, random)
        touched = touches(faulty, held)
        parts = {place: way for place, way in told(faulty).items() if place in touched}
        assert parts.items() <= without.items()


def test_a_real_change_is_told() -> None:
    found = 0
    for seed in range(5):
        random = np.random.default_rng(seed)
        held = world(random)
        placed = held.placed.copy()
        placed[:4, 12:] = random.poisson(placed[:4, :12] * 1.3)
        found += told(comparability.replace(held, placed=placed)).get(DISTRICTS[0]) == "up"
    assert found >= 4


def of_force(counts: list[float], nowhere: list[float]) -> pl.DataFrame:
    months = months_to("2024-12", len(counts))
    rows = [(ALL_CRIMES, FORCE, month, n) for month, n in zip(months, counts, strict=True)]
    rows += [(WITHOUT_PLACE, FORCE, month, n) for month, n in zip(months, nowhere, strict=True)]
    return pl.DataFrame(rows, schema=["indicator", "place", "period", "count"], orient="row")


def test_months_that_a_force_did_not_send_whole() -> None:
    """Dyfed-Powys returned 1,187, 300, 164 and 283 in January to April 2024."""
    found = completeness(of_force([1200, 1150, 1250, 1187, 300, 164, 283, 1210, 1190], [0] * 9))
    assert found[FORCE].partial == ["2024-08", "2024-09", "2024-10"]
    # A quiet month is no gap.
    assert completeness(of_force([1000, 900, 800, 750, 820, 990], [0] * 6))[FORCE].partial == []


def test_a_real_gap_is_no_fall(shared: Path) -> None:
    places, changes = frames("W15000004")
    own = places.filter(pl.col("kind").is_in(["lsoa", "ward"])).select(
        place="code", force=pl.lit("W15000004")
    )
    codes = Codes.of(places, changes, own)
    files = sorted((shared / "policeuk" / "dyfed-powys").glob("*.csv"))
    held = pl.concat(read_file(path, codes)[1].observations for path in files)
    assert completeness(held)["W15000004"].partial == ["2024-02", "2024-03", "2024-04"]


def test_places_that_are_lost() -> None:
    """24 monthly files of 300 crimes; in the last 12 every fourth has no place."""
    found = completeness(of_force([300.0] * 24, [0.0] * 12 + [75.0] * 12))[FORCE]
    assert found.unplaced["2024-12"] == 0.25
    assert not found.is_placed_alike("2024-12")
    assert completeness(of_force([300.0] * 24, [3.0] * 12 + [9.0] * 12))[FORCE].is_placed_alike("2024-12")


def years(kind: str, *pairs: tuple[float, float], source: str = "policeuk_street") -> pl.DataFrame:
    return pl.DataFrame(
        [
            (f"P{n:02}", kind, source, FORCE, "2024-12", last, before)
            for n, (last, before) in enumerate(pairs)
        ],
        schema=["place", "kind", "source", "force", "period", "last", "before"],
        orient="row",
    )


def test_what_is_taken_away_says_why() -> None:
    lost = {
        FORCE: Completeness(
            unplaced=dict.fromkeys(months_to("2023-12", 12), 0.0)
            | dict.fromkeys(months_to("2024-12", 12), 0.25)
        )
    }
    found = only_its_own(years("ward", (225.0, 300.0), (150.0, 200.0)), lost)
    assert found["why"].to_list() == [PLACED_OTHERWISE] * 2
    assert found["last"].null_count() == 2
    # The whole of the force counts what has no place too.
    assert only_its_own(years("police_force", (300.0, 310.0)), lost)["last"].to_list() == [300.0]
    together = years("local_authority", *[(150.0 + n, 100.0) for n in range(6)])
    assert set(only_its_own(together, {})["why"]) == {MOVED_TOGETHER}
    # One that moves by itself is not silenced by the others, nor are a few.
    one = years("local_authority", (150.0, 100.0), *[(100.0 + n, 100.0) for n in (-2, -1, 1, 2, 3)])
    assert only_its_own(one, {})["why"].null_count() == 6
    few = years("local_authority", *[(150.0, 100.0)] * 3)
    assert only_its_own(few, {})["why"].null_count() == 3


def test_how_much_years_differ_anyway() -> None:
    even = years("ward", *[(100.0 + n, 100.0 - n) for n in (-5, -3, -2, -1, 1, 2, 3, 5)])
    assert spread(even)["spread"].to_list() == [1.0] * 8
    wild = years("ward", *[(100.0 + n, 100.0 - n) for n in (-60, -45, -30, -20, 20, 30, 45, 60)])
    assert spread(wild)["spread"][0] > 10
    # Too few to tell.
    assert set(spread(wild.head(7))["spread"]) == {1.0}


def test_a_change_of_recording_silences_its_own_force_only() -> None:
    months = months_to("2024-12", 24)
    assert is_broken(months, "mps_ward")
    assert is_broken(months, "policeuk_street", "E23000001")
    assert not is_broken(months, "policeuk_street", FORCE)
    assert not is_broken(months_to("2026-02", 24), "mps_ward")
    assert "Metropolitan Police" in breaks_of("mps_ward")["2024-03"]
