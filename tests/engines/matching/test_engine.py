"""The run as a whole: limits, filters, markings, exposure, ids."""

import polars as pl
import pytest

from joinedup.engines.matching import Tables, opportunities
from joinedup.engines.matching.opportunity import LONGEST_ID, identifier
from tests.engines.matching.making import AS_OF, everything, need, partner, place, tables


def test_the_limit_keeps_the_best_of_all() -> None:
    every = opportunities(everything(), AS_OF).opportunities
    assert opportunities(everything(), AS_OF, limit=2).opportunities == every[:2]
    assert opportunities(everything(), AS_OF, limit=0).opportunities == []


def test_so_many_for_each_place_and_kind() -> None:
    themes = [f"t{i:02d}" for i in range(30)]
    world = tables(
        places=[place("b"), place("c")],
        needs=[need(p, t, value=0.5 + i / 100) for p in "bc" for i, t in enumerate(themes)],
    )
    assert len(opportunities(world, AS_OF)) == 40
    few = opportunities(world, AS_OF, per_place_and_kind=2).opportunities
    assert sorted((one.place, one.theme) for one in few) == [
        ("b", "t28"),
        ("b", "t29"),
        ("c", "t28"),
        ("c", "t29"),
    ]


def test_the_threshold_is_a_score() -> None:
    every = opportunities(everything(), AS_OF).opportunities
    middle = every[len(every) // 2].score
    assert min(one.score for one in opportunities(everything(), AS_OF, threshold=middle - 0.05)) == middle


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="no kind of opportunity called gossip"):
        opportunities(everything(), AS_OF, kinds=["gossip"])
    with pytest.raises(ValueError, match="0 or more"):
        opportunities(everything(), AS_OF, limit=-1)
    with pytest.raises(ValueError, match="at least one"):
        opportunities(everything(), AS_OF, per_place_and_kind=0)


def test_an_opportunity_is_marked_as_strictly_as_its_records() -> None:
    world = everything()
    assert world.initiatives is not None
    marked = world.initiatives.with_columns(pl.Series("marking", ["public", "named"]))
    result = opportunities(
        Tables(**{**world.__dict__, "initiatives": marked}), AS_OF, kinds=["join_up", "unmet_need"]
    )
    assert {(one.kind, one.marking) for one in result} == {("join_up", "named"), ("unmet_need", "public")}


def test_exposure_is_the_share_of_partners_named() -> None:
    world = tables(
        places=[place("b")],
        needs=[need("b")],
        partners=[
            partner("p", "vcs", "b"),
            partner("q", "vcs", "b"),
            partner("r", "police", "b"),
            partner("s", "police", "b"),
        ],
    )
    assert opportunities(world, AS_OF).exposure == 0.5
    assert opportunities(tables(), AS_OF).exposure == 0.0


def test_harm_is_reported_as_left_out() -> None:
    world = everything()
    harm = pl.DataFrame({"approach": ["sport"], "harmful": [True]})
    result = opportunities(Tables(**{**world.__dict__, "approaches": harm}), AS_OF)
    assert result.left_out == {"initiatives: the approach is known to do harm": 1}
    assert not any("i2" in one.initiatives for one in result)


def test_ids_are_readable_where_codes_are_plain_and_safe_where_not() -> None:
    assert identifier("join_up", "E09000028", "county-lines", "i1") == "join_up--E09000028--county-lines--i1"
    assert identifier("a", "b--c") != identifier("a", "b", "c")
    strange = identifier("a", "St. Mary’s / north?")
    assert strange == identifier("a", "St. Mary’s / north?")
    assert not set(strange) & set(" /?’")
    long = identifier(*["x" * 60] * 5)
    assert len(long) <= LONGEST_ID
    assert long != identifier(*["x" * 60] * 4, "y")


def test_sentences_are_written_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from joinedup.engines.matching import facts

    def never(*args: object) -> str:
        raise AssertionError("written without being asked for")

    monkeypatch.setattr(facts, "why_now", never)
    assert len(opportunities(everything(), AS_OF)) > 5
