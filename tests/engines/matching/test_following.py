"""Following changes gives exactly what a whole run gives, whatever changed."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.matching import Change, Tables, follow, following, opportunities, touched, update
from joinedup.engines.matching.engine import Settings
from joinedup.engines.matching.following import Followed
from tests.engines.matching.making import (
    AS_OF,
    LONG_AGO,
    SOON,
    everything,
    frame,
    initiative,
    need,
    partner,
    place,
    tables,
)
from tests.engines.matching.test_properties import (
    DAYS,
    PARTNERS,
    but,
    maybe,
    some_places,
    some_themes,
    trying,
    worlds,
)

# Each example runs the engine several times.
few = settings(trying, max_examples=15)
WIDE = ["b1", "b2", "w1", "w2", "w3", "r"]


@pytest.fixture(autouse=True, scope="module")
def _in_parts_however_small() -> Iterator[None]:
    """A tiny world would be worked out whole each time, and nothing would be followed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following, "MOST", 1.0)
        yield


@st.composite
def registers(draw: st.DrawFn) -> Tables:
    """Worlds without people (who meets whom at an event depends on everything), under a region without a figure."""
    world = draw(worlds())
    region = frame("places", [{**place("r"), "kind": "region", "parent": None}])
    inside = world.places.with_columns(
        parent=pl.when(pl.col("code").str.starts_with("b")).then(pl.lit("r")).otherwise(pl.col("parent"))
    )
    return but(world, people=None, places=pl.concat([inside, region], how="diagonal_relaxed"))


@st.composite
def initiatives(draw: st.DrawFn) -> dict[str, Any]:
    row = initiative(
        draw(st.sampled_from(["i0", "i1", "i2", "new"])), draw(st.sampled_from([*PARTNERS, "stranger"]))
    )
    return row | {
        "places": draw(st.lists(st.sampled_from(WIDE), unique=True, max_size=3)),
        "themes": draw(some_themes),
        "co_partners": draw(st.lists(st.sampled_from(PARTNERS), max_size=2)),
        "reach_per_year": draw(st.one_of(st.none(), st.integers(0, 400))),
        "ends": draw(DAYS),
        "evidence": draw(maybe),
        "result": draw(maybe),
        "confirmed": draw(DAYS),
        "offers": draw(st.lists(st.just("o0"), max_size=1)),
    }


def changes() -> st.SearchStrategy[Change]:
    gone = st.lists(st.sampled_from(["i0", "i1", "i9", "new"]), max_size=1).map(
        lambda codes: [(c,) for c in codes]
    )
    rows = st.lists(initiatives(), max_size=2, unique_by=lambda row: row["id"])
    return st.builds(lambda r, g: Change("initiatives", frame("initiatives", r), g), rows, gone)


def as_whole(followed: Followed) -> dict[str, Any]:
    return opportunities(followed.tables, AS_OF).as_dict()


@few
@given(registers(), st.lists(changes(), min_size=1, max_size=3))
def test_following_initiatives_equals_a_whole_run(world: Tables, several: list[Change]) -> None:
    followed = follow(world, AS_OF)
    for change in several:
        followed = update(followed, change)
    assert followed.result.as_dict() == as_whole(followed)


def _partner(draw: st.DrawFn) -> dict[str, Any]:
    return partner(draw(st.sampled_from([*PARTNERS, "new"])), draw(st.sampled_from(["police", "vcs"]))) | {
        "places": draw(st.lists(st.sampled_from(WIDE), unique=True, max_size=2)),
        "themes": draw(some_themes),
        "confirmed": draw(DAYS),
    }


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[Tables, Tables]:
    """A world, and the same after one row of one of its registers was changed, added or taken out."""
    world = draw(registers())
    table = draw(st.sampled_from(["initiatives", "partners", "offers", "asks", "links"]))
    before = world.frame(table)
    if table == "initiatives":
        new = [draw(initiatives())]
    elif table == "partners":
        new = [_partner(draw)]
    elif table == "offers":
        new = [{"id": draw(st.sampled_from(["o0", "o1", "new"])), "provider": draw(st.sampled_from(["p0", "Fund"])),
                "places": draw(some_places), "sectors": ["vcs"], "themes": draw(some_themes)}]  # fmt: skip
    elif table == "asks":
        new = [{"id": draw(st.sampled_from(["a0", "new"])), "partner": draw(st.sampled_from(PARTNERS)),
                "kind": draw(st.sampled_from(["need", "offer"])), "themes": draw(some_themes),
                "places": draw(some_places)}]  # fmt: skip
    else:
        new = [
            {
                "partner_a": "p0",
                "partner_b": draw(st.sampled_from(PARTNERS[1:])),
                "strength": draw(st.floats(0, 1)),
            }
        ]
    change = Change(table, frame(table, new))
    after = following._changed(world, change)
    if draw(st.booleans()) and before.height:
        after = after.head(after.height - 1)
    return world, but(world, **{table: after})


@few
@given(rewritten())
def test_where_nothing_was_touched_nothing_differs(pair: tuple[Tables, Tables]) -> None:
    before, after = pair
    places = touched(before, after, AS_OF).places
    if places is None:
        return
    elsewhere = [
        [
            each.as_dict()
            for each in opportunities(world, AS_OF)
            if each.place not in places and each.place != "r"
        ]
        for world in pair
    ]
    assert elsewhere[0] == elsewhere[1]


@few
@given(registers(), st.sampled_from(WIDE))
def test_a_run_for_some_places_is_what_a_whole_run_says_of_them(world: Tables, code: str) -> None:
    some = [each.as_dict() for each in opportunities(world, AS_OF, places=[code])]
    assert some == [each.as_dict() for each in opportunities(world, AS_OF) if each.place == code]


def two_boroughs() -> Tables:
    return tables(
        places=[place("b"), place("c"), place("w1", "b"), place("w2", "b")],
        needs=[need("b"), need("c"), need("w1", value=0.9)],
        partners=[partner("p", "vcs", "b"), partner("q", "police", "c"), partner("z", "vcs", "c")],
        initiatives=[
            initiative("i", "p", "b", reach_per_year=10),
            initiative("j", "q", "c", reach_per_year=10),
        ],
    )


def test_a_change_in_one_borough_leaves_the_other_alone() -> None:
    followed = follow(two_boroughs(), AS_OF)
    more = initiative("i", "p", "b", reach_per_year=100)
    after = update(followed, Change("initiatives", frame("initiatives", [more])))
    assert after.touched == {"b", "w1", "w2"}
    assert after.result.as_dict() == as_whole(after)
    assert [each.id for each in after.result.at(["c"])] == [each.id for each in followed.result.at(["c"])]


def test_working_together_counts_wherever_the_two_meet() -> None:
    """A joint initiative in one borough makes its partners known to each other in the other borough too."""
    world = two_boroughs()
    both = initiative("new", "q", "b", co_partners=["z"])
    followed = update(follow(world, AS_OF), Change("initiatives", frame("initiatives", [both])))
    assert followed.touched is not None
    assert "c" in followed.touched
    assert followed.result.as_dict() == as_whole(followed)


def test_what_is_gone_and_comes_back_leaves_no_trace() -> None:
    world = two_boroughs()
    assert world.initiatives is not None
    before = follow(world, AS_OF)
    without = update(before, Change("initiatives", gone=[("i",)]))
    assert without.result.as_dict() != before.result.as_dict()
    again = update(without, Change("initiatives", world.initiatives.filter(pl.col("id") == "i")))
    assert again.result.as_dict() == before.result.as_dict()


def test_what_reaches_everything_is_a_whole_run() -> None:
    followed = update(follow(everything(), AS_OF), Change("mix", gone=[("exclusion", "vcs")]))
    assert followed.touched is None
    assert followed.result.as_dict() == as_whole(followed)
    assert followed.at_touched() == ["b", "w1", "w2", "c"]


def test_nothing_changed_touches_nothing() -> None:
    same = touched(two_boroughs(), two_boroughs(), AS_OF)
    assert (same.rows, same.places) == ({}, frozenset())


def test_settings_are_kept() -> None:
    followed = follow(two_boroughs(), AS_OF, Settings(per_place_and_kind=1, threshold=30.0))
    ended = initiative("j", "q", "c", ends=LONG_AGO, starts=LONG_AGO)
    after = update(followed, Change("initiatives", frame("initiatives", [ended])))
    assert (
        after.result.as_dict()
        == opportunities(after.tables, AS_OF, per_place_and_kind=1, threshold=30.0).as_dict()
    )


def test_a_result_that_followed_changes_has_no_one_scene() -> None:
    late = initiative("j", "q", "c", starts=SOON)
    after = update(follow(two_boroughs(), AS_OF), Change("initiatives", frame("initiatives", [late])))
    with pytest.raises(ValueError, match="no one scene"):
        _ = after.result.scene


def test_a_table_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no table called gossip"):
        update(follow(two_boroughs(), AS_OF), Change("gossip"))


def test_what_later_pieces_say_is_kept_once() -> None:
    followed = follow(two_boroughs(), AS_OF)
    for reach in (20, 30, 40):
        more = initiative("i", "p", "b", reach_per_year=reach)
        followed = update(followed, Change("initiatives", frame("initiatives", [more])))
    assert len(followed.result.pieces) == 2
    assert followed.result.as_dict() == as_whole(followed)
