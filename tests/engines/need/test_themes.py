"""What is said to stand out, on worlds whose truth is known. Larger: bench/need_worlds.py."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from joinedup.engines.need.facts import FACT
from joinedup.engines.need.themes import NEED, false_share, need
from joinedup.engines.need.verdicts import (
    HIGH,
    LIKE_MUCH,
    LOW,
    MIDDLING,
    NONE,
    NOT_APART,
    NOT_MEASURED,
    OWN,
    PROXY,
    SHARED,
    STANDS_OUT,
)
from tests.engines.need.worlds import World, world


def told(made: World, **more: object) -> pl.DataFrame:
    return need(*made.frames(), **more)  # type: ignore[arg-type]


def stands_out(found: pl.DataFrame) -> set[tuple[str, str]]:
    return set(found.filter(pl.col("verdict") == STANDS_OUT).select("place", "theme").iter_rows())


def planted(made: World) -> set[tuple[str, str]]:
    return set(made.truth.filter("planted").select("place", "theme").iter_rows())


@pytest.mark.parametrize(("places", "nation"), [(33, 0), (9, 60)])
def test_without_a_signal_nothing_stands_out(places: int, nation: int) -> None:
    found = told(world(2, places, nation=nation))
    assert stands_out(found) == set()
    assert false_share(found) is None


@pytest.mark.parametrize(("places", "nation"), [(33, 0), (9, 60)])
def test_the_one_that_was_planted_stands_out_and_nothing_else(places: int, nation: int) -> None:
    made = world(1, places, nation=nation, planted=1)
    found = told(made)
    assert stands_out(found) == planted(made)
    row = found.filter(pl.col("verdict") == STANDS_OUT).row(0, named=True)
    assert min(row["stands_out"], row["worse"]) >= 0.9
    assert row["measured"] == OWN
    assert row["departure"] > 0.5


def test_many_are_found_where_slopes_differ_and_figures_are_missing() -> None:
    made = world(4, planted=0.06, everyday=0.3, keepers=0.2, slopes=(0.0, 1.4), missing=0.1, more=3.0)
    found = told(made)
    said = stands_out(found)
    assert len(said & planted(made)) >= 0.6 * len(planted(made))
    truth = {(place, theme): d for place, theme, d, _ in made.truth.iter_rows()}
    assert sum(truth[each] > 0.5 for each in said) >= 0.9 * len(said)
    share = false_share(found)
    assert share is not None
    assert 0 < share < 0.1


def test_pressure_is_found_with_its_interval() -> None:
    made = world(5, everyday=0.3)
    rows = told(made).unique("place").sort("place")
    truth = pl.Series([made.pressure[place] for place in rows["place"]])
    assert pl.DataFrame({"a": truth, "b": rows["pressure"]}).select(pl.corr("a", "b")).item() > 0.9
    assert (rows["pressure_lower"] < rows["pressure"]).all()
    assert (rows["pressure"] < rows["pressure_upper"]).all()
    # A place that is high on everything is under pressure: nothing stands out there by that alone.
    most = rows.sort("pressure")[-1, "place"]
    assert told(made).filter(pl.col("place") == most)["need"].mean() > 0.7  # type: ignore[operator]


def test_the_same_comes_out_whatever_the_order_of_rows() -> None:
    made = world(6, planted=2, everyday=0.3)
    once = told(made)
    assert once.drop("figures").schema == pl.Schema(NEED)
    assert once["figures"].explode().struct.fields == list(FACT)
    again = need(*(frame.sample(fraction=1, shuffle=True, seed=3) for frame in made.frames()))
    assert_frame_equal(once, again)


@pytest.mark.parametrize(
    ("places", "nation", "model"), [(33, 0, True), (12, 60, True), (9, 60, True), (9, 0, False)]
)
def test_how_much_is_said_depends_on_how_many_places_there_are(places: int, nation: int, model: bool) -> None:
    """Twenty: a fit; fewer: that of the wider set, if there is one."""
    found = told(world(7, places, nation=nation))
    own = found.filter(pl.col("measured") == OWN, pl.col("size") > 0)
    assert (own["stands_out"].null_count() < own.height, own["pressure"].null_count() == 0) == (model, model)
    assert own["need"].null_count() < own.height
    # What is called high or low is surely so.
    position = own.group_by("verdict").agg(pl.col("need").mean())
    told_as = dict(position.iter_rows())
    assert (
        told_as[LOW] < 0.25 < told_as[MIDDLING] < 0.75 < max(told_as.get(HIGH, 0), told_as.get(LIKE_MUCH, 0))
    )


def test_of_five_places_there_is_the_value_against_the_nations() -> None:
    made = world(8, 5, nation=60)
    found = told(made).filter(pl.col("theme") != "poor").join(made.truth.select("place").unique(), on="place")
    assert set(found["verdict"]) == {NOT_APART}
    assert set(found["measured"]) == {OWN, PROXY}
    assert (
        found.select(pl.col("need", "stands_out", "worse", "pressure", "label").null_count()).row(0)
        == (found.height,) * 5
    )
    fact = found.filter(pl.col("theme") == "robbery")["figures"][0][0]
    assert fact["against"] == "nation"
    assert fact["ratio"] == pytest.approx(fact["value"] / fact["middle"])
    assert fact["ratio_lower"] < fact["ratio"] < fact["ratio_upper"]


def test_what_only_stands_for_a_theme_never_stands_out_and_context_measures_nothing() -> None:
    made = world(9, planted=0.3)
    found = told(made, themes=["unheard-of"])
    proxy = found.filter(pl.col("theme") == "stood-for")
    assert set(proxy["measured"]) == {PROXY}
    assert proxy["stands_out"].null_count() == proxy.height
    assert proxy["need"].null_count() == 0
    for theme in ("poor", "unheard-of"):
        rows = found.filter(pl.col("theme") == theme)
        assert (set(rows["measured"]), set(rows["verdict"])) == ({NONE}, {NOT_MEASURED})
        assert rows["need"].null_count() == rows.height
    assert found.filter(pl.col("theme") == "poor")["figures"].list.len().min() > 0  # type: ignore[operator]


def test_a_theme_by_anothers_figures_is_shared_and_does_not_stand_out_by_itself() -> None:
    made = world(1, planted=1)
    (where, theme) = next(iter(planted(made)))
    also = made.weights.filter(pl.col("theme") == theme).with_columns(
        theme=pl.lit("also"), weight=pl.lit(0.4)
    )
    found = need(made.figures, made.indicators, pl.concat([made.weights, also]), made.sets, made.earlier)
    row = found.row(by_predicate=(pl.col("place") == where) & (pl.col("theme") == "also"), named=True)
    assert (row["measured"], row["shared_with"]) == (SHARED, theme)
    assert row["stands_out"] >= 0.9
    assert row["verdict"] in (HIGH, LIKE_MUCH)


def test_figures_all_by_one_keeper_give_no_pressure() -> None:
    made = world(10, planted=0.1)
    police = made.indicators.filter(pl.col("records") == "police")["indicator"]
    only = made.figures.filter(pl.col("indicator").is_in(police.implode()))
    found = need(only, made.indicators, made.weights, made.sets, made.earlier)
    assert found.select(pl.col("pressure", "stands_out").null_count()).row(0) == (found.height,) * 2
    assert found.filter(pl.col("theme") == "robbery")["need"].null_count() < 33


def test_a_place_known_by_one_keeper_alone_has_no_pressure() -> None:
    made = world(10)
    poor = made.indicators.filter("context")["indicator"].implode()
    where = made.figures["place"][0]
    kept = made.figures.filter((pl.col("place") != where) | pl.col("indicator").is_in(poor))
    found = need(kept, made.indicators, made.weights, made.sets, made.earlier)
    assert found.filter(pl.col("pressure").is_null())["place"].unique().to_list() == [where]


def test_a_figure_whose_chance_is_not_known_is_shown_and_no_more() -> None:
    made = world(11)
    figures = made.figures.with_columns(expected=pl.lit(None, pl.Float64))
    found = need(figures, made.indicators, made.weights, made.sets, made.earlier.clear())
    rows = found.filter(pl.col("theme") == "alcohol", pl.col("measured") == OWN)
    assert rows.height > 0
    assert set(rows["verdict"]) == {NOT_APART}
    assert rows["need"].null_count() == rows.height
    assert rows["figures"].list.len().min() == 1


def test_places_that_differ_by_chance_alone_cannot_be_told_apart() -> None:
    made = world(12)
    same = pl.col("indicator") == "robbery-0"
    figures = made.figures.with_columns(
        count=pl.when(same).then((pl.col("of") * 0.005).round()).otherwise("count")
    )
    found = need(figures, made.indicators, made.weights, made.sets, made.earlier)
    rows = found.filter(pl.col("theme") == "robbery", pl.col("measured") == OWN)
    assert set(rows["verdict"]) == {NOT_APART}
    assert rows.select(pl.col("need", "worse").null_count()).row(0) == (rows.height,) * 2
    assert not rows["figures"].list.first().struct.field("told_apart").any()


def test_nothing_in_gives_nothing_out() -> None:
    made = world(13, 3)
    assert need(*(frame.clear() for frame in made.frames())).drop("figures").schema == pl.Schema(NEED)
