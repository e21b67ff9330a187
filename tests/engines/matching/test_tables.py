"""What is done with rows that cannot be used."""

import polars as pl
import pytest

from joinedup.engines.matching import Tables, normalise, opportunities
from joinedup.engines.matching.tables import Missing
from tests.engines.matching.making import AS_OF, everything, initiative, need, offer, partner, place, tables


def test_a_clean_world_loses_nothing() -> None:
    assert normalise(everything())[1] == {}


def test_rows_with_unknown_codes_are_left_out_and_counted() -> None:
    world = tables(
        places=[place("b"), place("w", "nowhere")],
        needs=[need("b"), need("x")],
        partners=[partner("p", "police", "b", "x", "y")],
        initiatives=[initiative("i", "p", "b", co_partners=["z"], offers=["q"]), initiative("j", "z", "b")],
        offers=[offer("here", places=["b", "x"]), offer("lost", places=["x"]), offer("anywhere", places=[])],
        links=[{"partner_a": "p", "partner_b": "z", "strength": 1.0}],
    )
    usable, left_out = normalise(world)
    assert left_out == {
        "places: parent not in places": 1,
        "needs: place not in places": 1,
        "partners: place not in places": 2,
        "initiatives: partner not in partners": 1,
        "initiatives: co-partner not in partners": 1,
        "initiatives: offer not in offers": 1,
        "offers: place not in places": 2,
        "offers: restricted to places not in places": 1,
        "links: partner not in partners": 1,
    }
    assert usable.offers is not None
    assert usable.offers["id"].to_list() == ["anywhere", "here"]


def test_a_restricted_offer_never_becomes_open_to_all_by_a_wrong_place_code() -> None:
    world = everything()
    assert world.offers is not None
    wrong = world.offers.with_columns(pl.Series("places", [["nowhere"]]))
    result = opportunities(Tables(**{**world.__dict__, "offers": wrong}), AS_OF, kinds=["untapped_support"])
    assert len(result) == 0


def test_a_need_without_people_or_value_is_left_out_not_taken_as_nought() -> None:
    world = tables(
        places=[place("b"), place("c")], needs=[need("b", people=None), need("c", value=float("nan"))]
    )  # type: ignore[arg-type]
    usable, left_out = normalise(world)
    assert usable.needs.height == 0
    assert left_out == {"needs: need or people at risk is blank": 2}


@pytest.mark.parametrize(("certainty", "known"), [(None, True), (0.3, True), (0.29, False), (0.0, False)])
def test_need_that_is_too_uncertain_is_not_known(certainty: float | None, known: bool) -> None:
    usable, left_out = normalise(tables(places=[place("b")], needs=[need("b", certainty=certainty)]))
    assert usable.needs["need"].is_not_null().to_list() == [known]
    assert left_out == ({} if known else {"needs: certainty under 0.3, so not known": 1})


def test_a_place_elsewhere_is_not_a_place_that_nobody_recorded() -> None:
    rows = [initiative("away", "p", "elsewhere"), initiative("blank", "p"), initiative("both", "p", "b", "x")]
    usable, _ = normalise(tables(places=[place("b")], partners=[partner("p", "vcs", "b")], initiatives=rows))
    assert usable.initiatives is not None
    assert usable.initiatives["places"].to_list() == [[], None, ["b"]]


def test_initiatives_that_do_not_say_where_or_on_what_are_reported() -> None:
    world = tables(
        places=[place("b")],
        partners=[partner("p", "police", "b")],
        initiatives=[initiative("i", "p"), initiative("j", "p", "b", themes=None)],
    )
    assert normalise(world)[1] == {
        "initiatives: no place recorded, so it may be anywhere that its partner works": 1,
        "initiatives: no theme recorded, so it may be on any": 1,
    }


@pytest.mark.parametrize("first", [0, 1])
def test_of_a_repeated_record_the_same_one_is_kept_in_any_order(first: int) -> None:
    rows = [need("b", value=0.3), need("b", value=0.7)]
    usable, left_out = normalise(tables(places=[place("b")], needs=[rows[first], rows[1 - first]]))
    assert usable.needs["need"].to_list() == [0.3]
    assert left_out == {"needs: the same place and theme again": 1}


def test_a_table_without_its_columns_is_refused_by_name() -> None:
    with pytest.raises(Missing, match="partners has no column “sector”"):
        normalise(
            Tables(
                places=pl.DataFrame({"code": ["b"]}),
                needs=tables().needs,
                partners=pl.DataFrame({"id": ["p"]}),
            )
        )
