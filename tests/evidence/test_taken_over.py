"""Figures of an authority that took over from others are the sum of its parts, before the change and after it."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from joinedup.evidence import observations
from joinedup.evidence.recompute import work_out
from joinedup.evidence.sources.contract import Codes
from joinedup.evidence.sources.tidy import SOURCE as TIDY
from joinedup.places.models import Place, Succession
from joinedup.places.queries import code_frames
from tests.evidence.holding import FORCE, hold, hold_census, more_boroughs
from tests.world import World

APRIL = datetime.date(2027, 4, 1)
FIVE = [f"E090009{80 + n}" for n in range(5)]
NEW = "E06000999"


@pytest.fixture
def five(world: World) -> World:
    """Five of the boroughs became one on 1 April 2027."""
    more_boroughs(world)
    Place.objects.create(
        code=NEW, name="Testshire", kind="local_authority", parent=world.northton.parent, vintage=2027
    )
    Place.objects.get(pk=NEW).memberships.create(kind="police_force", code=FORCE, name=FORCE)
    for old in Place.objects.filter(pk__in=FIVE):
        Succession.objects.create(
            old=old.pk, old_name=old.name, kind=old.kind, new=NEW, new_name="Testshire", day=APRIL, source="test",
            carried_out_on=APRIL,
        )  # fmt: skip
        Place.objects.filter(pk=old.pk).update(parent=NEW, ended=2027)
    return world


def said(frame: pl.DataFrame) -> dict[str, Any]:
    own = frame.filter(pl.col("place") == NEW).sort("period")
    return {
        period: (state, count) for period, state, count in own.select("period", "state", "count").iter_rows()
    }


def test_months_before_are_the_sum_of_the_parts_and_months_after_its_own(five: World) -> None:
    before = [
        ("robbery", code, month, float(n + 1), None)
        for n, code in enumerate(FIVE)
        for month in ("2027-02", "2027-03")
    ]
    after = [("robbery", NEW, "2027-04", 7.0, None)]
    datasets = [hold("tidy", after, name="after"), hold("tidy", before, name="before")]
    found = observations.held(datasets, indicators=["robbery"], places=[NEW])
    assert said(found) == {
        "2027-02": ("number", 15.0),
        "2027-03": ("number", 15.0),
        "2027-04": ("number", 7.0),
    }
    # Whoever asks for all has the parts too, and the parts make the whole.
    every = observations.held(datasets)
    parts = every.filter(pl.col("place").is_in(FIVE), pl.col("period") == "2027-03")
    assert parts["count"].sum() == said(every)["2027-03"][1] == 15.0


def test_what_is_hidden_or_missing_in_one_part_is_no_sum(five: World) -> None:
    rows: list[Any] = [("robbery", code, "2027-02", 3.0, None) for code in FIVE[:4]]
    rows += [("robbery", code, "2027-03", 3.0, None) for code in FIVE[:4]]
    rows += [("robbery", FIVE[4], "2027-03", None, None)]  # suppressed
    found = observations.held([hold("tidy", rows)], places=[NEW])
    assert said(found) == {"2027-03": ("suppressed", None)}


def test_a_rate_is_never_averaged(five: World) -> None:
    rates: list[Any] = [("suspensions", code, "2026", None, 10.0 + n) for n, code in enumerate(FIVE)]
    held = hold("tidy", rates)
    found = observations.held([held], places=[NEW])
    assert found.select("state", "value").rows() == [("missing", None)]
    # One area under another code is the same area.
    Succession.objects.exclude(old=FIVE[0]).delete()
    found = observations.held([held], places=[NEW])
    assert found.select("state", "value").rows() == [("number", 10.0)]


def test_a_file_with_old_codes_or_names_is_taken(five: World, tmp_path: Any) -> None:
    codes = Codes.of(*code_frames())
    path = tmp_path / "old.csv"
    lines = [f"robbery,{code},2027-03,{n}" for n, code in enumerate(FIVE[:4])] + [
        "robbery,Borough 4,2027-03,9"
    ]
    path.write_text("indicator,place,period,count\n" + "\n".join(lines) + "\n")
    reading = TIDY.read(path, codes)
    assert (reading.rows_kept, reading.refused) == (5, {})
    assert sorted(reading.observations["place"]) == FIVE


def test_the_figure_of_a_year_across_the_change_is_the_sum_of_its_parts(five: World) -> None:
    months = [f"2026-{n:02}" for n in range(5, 13)] + [f"2027-{n:02}" for n in range(1, 5)]
    others = ["E09000985", "E09000991", "E09000992"]
    rows: list[Any] = [
        (kind, code, month, 1.0, None)
        for kind in ("robbery-of-personal-property", "robbery-of-business-property")
        for month in months
        for code in [*others, *(FIVE if month < "2027-04" else [NEW])]
    ]
    hold_census(dict.fromkeys([*FIVE, *others], 10_000))
    Place.objects.filter(pk__in=FIVE).update(ended=2027)
    hoods = [
        Place(code=f"E0109980{n}", name=f"Hood {n}", kind="lsoa", parent_id=NEW, vintage=2021)
        for n in range(5)
    ]
    Place.objects.bulk_create(hoods)
    census = hold_census({**{hood.pk: 10_000 for hood in hoods}, **dict.fromkeys(others, 10_000)})
    counts = hold("mps_borough", rows)
    figures = work_out([counts, census], datetime.date(2027, 5, 1), lambda _part: None).figures
    (figure,) = [each for each in figures if each.place_id == NEW and each.indicator == "robbery"]
    assert figure.count == 11 * 5 * 2 + 2
    assert figure.denominator == 50_000
    assert not [each for each in figures if each.place_id in FIVE]
