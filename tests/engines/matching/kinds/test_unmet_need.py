"""Much need, little action: who is named, when it is only a question, when it is silent."""

from datetime import date

import polars as pl
import pytest

from joinedup.engines.matching import Opportunity, facts, opportunities
from tests.engines.matching.making import AS_OF, LONG_AGO, Rows, initiative, mix, need, partner, place, tables

PARTNERS = [
    partner("club", "vcs", "b", themes=["exclusion"]),
    partner("police", "police", "b"),
    partner("school", "education", "b"),
    partner("college", "education", "b", themes=["drugs"]),
]


def found(needs: Rows, initiatives: Rows | None = None, **more: Rows) -> list[Opportunity]:
    more.setdefault("partners", PARTNERS)
    more.setdefault("places", [place("b"), place("c")])
    world = tables(
        needs=needs, initiatives=initiatives or [], mix=mix(education=0.9, vcs=0.7, police=0.3), **more
    )
    return opportunities(world, AS_OF, kinds=["unmet_need"]).opportunities


def test_names_the_partners_whose_sector_and_themes_fit_best_first() -> None:
    (one,) = found([need("b", value=0.8, people=140, trend=0.4)])
    assert (one.id, one.place, one.theme) == ("unmet_need--b--exclusion", "b", "exclusion")
    # 0.7 that works on it, and 0.9 whose themes are blank (0.7); police, 0.3, is not asked. Nor is the college: its
    # themes are others.
    assert sorted(one.parties) == ["club", "school"]
    assert one.sentence == (
        "On exclusion in b, the need is very high and rising: CLUB and SCHOOL could say what each already does, and "
        "plan the next step together."
    )
    assert one.first_step == "A talk between CLUB and SCHOOL: what is already done on exclusion in b."
    assert [fact.as_dict() for fact in one.because[:2]] == [
        {
            "text": "The need for work on exclusion in b is put at 0.80 on a scale of 0 to 1, which is very high.",
            "figure": {"place": "b", "theme": "exclusion", "need": 0.8},
        },
        {
            "text": facts.nothing_yet("on exclusion in b"),
            "figure": {"place": "b", "theme": "exclusion", "action": 0, "perhaps": 0},
        },
    ]
    assert not one.ask


@pytest.mark.parametrize(("value", "number"), [(0.5, 1), (0.49, 0)])
def test_the_threshold_is_half(value: float, number: int) -> None:
    assert len(found([need("b", value=value)])) == number


@pytest.mark.parametrize(("reach", "number"), [(0, 1), (30, 1), (100, 0)])
def test_goes_when_action_reaches_far_enough(reach: float, number: int) -> None:
    action = [initiative("i", "club", "b", reach_per_year=reach, evidence=1.0)]
    assert len(found([need("b", value=0.8, people=100)], action)) == number


def test_says_which_action_is_recorded_and_not_how_much_of_the_need_it_meets() -> None:
    (one,) = found([need("b")], [initiative("i", "club", "b", reach_per_year=25, evidence=1.0)])
    # Not beside the names: a count of records is no measure of what they do.
    assert "recorded" not in one.sentence
    assert one.because[1].text == "Action recorded on exclusion in b: “Project i”."
    assert one.because[1].figure == {
        "place": "b", "theme": "exclusion", "action": 1, "perhaps": 0, "initiatives": ["i"],
    }  # fmt: skip


def test_of_bodies_with_a_duty_nothing_is_called_missing() -> None:
    bound = [{**row, "duty": "it is a specified authority"} for row in PARTNERS]
    (one,) = found([need("b")], partners=bound)
    assert one.sentence == (
        "On exclusion in b, the need is very high: CLUB and SCHOOL could say what each already does, and plan the "
        "next step together."
    )
    said = " ".join([one.sentence, *(fact.text for fact in one.because), *one.would_change])
    assert "no action" not in said.lower()
    assert one.not_public
    (free,) = found([need("b")])
    assert not free.not_public


def test_where_nobody_fits_the_coordinator_acts_with_the_sectors_needed() -> None:
    (one,) = found([need("c")])
    assert one.parties == ["sector:education", "sector:vcs", "sector:police"]
    assert one.first_step.startswith("A talk between the coordinator for c and education, ")
    assert one.sentence == (
        "On exclusion in c, the need is very high: the coordinator could bring in education, the voluntary and "
        "community sector and the police."
    )


def test_one_partner_alone_is_not_named_beside_great_need() -> None:
    (one,) = found([need("b")], partners=PARTNERS[:1])
    assert one.parties == ["sector:education", "sector:vcs", "sector:police"]
    assert "CLUB" not in " ".join([one.sentence, one.first_step, *(fact.text for fact in one.because)])


def test_an_action_of_unknown_reach_makes_it_a_question() -> None:
    (one,) = found([need("b")], [initiative("i", "club", "b")])
    assert one.ask
    assert one.as_dict()["ask"] is True
    assert "recorded" not in one.sentence
    assert (
        ": CLUB and SCHOOL could say what is already done on it, before anything new is planned."
        in one.sentence
    )


def test_a_place_whose_register_is_not_known_is_asked_about() -> None:
    (one,) = found([need("b")], places=[place("b", known=False)])
    assert one.ask
    assert one.sentence == (
        "On exclusion in b, the need is very high: CLUB and SCHOOL could say what is already done on it, "
        "before anything new is planned."
    )
    assert one.because[1].text == (
        "What is recorded here on exclusion in b: nothing yet. That is not the same as nothing done; tell us."
    )
    assert "not complete enough to say that nobody does it" in " ".join(fact.text for fact in one.because)


@pytest.mark.parametrize(("confirmed", "ask"), [(date(2018, 1, 1), False), (LONG_AGO, True)])
def test_confirmation_makes_a_register_known(confirmed: date, ask: bool) -> None:
    (one,) = found([need("b")], partners=[{**row, "confirmed": confirmed} for row in PARTNERS])
    assert one.ask is ask


def test_a_stale_record_weakens_and_says_so() -> None:
    fresh, stale = (
        found(
            [need("b")],
            partners=[{**row, "confirmed": when} for row in PARTNERS],
            places=[place("b", known=True)],
        )[0]
        for when in (date(2018, 9, 1), LONG_AGO)
    )
    assert fresh.components["fit"] == pytest.approx(1 - (1 - 0.7) * (1 - 0.63))
    assert stale.components["fit"] == pytest.approx(1 - (1 - 0.8 * 0.7) * (1 - 0.8 * 0.63), abs=1e-4)
    assert "last confirmed on 1 January 2017, over a year ago" in " ".join(f.text for f in stale.because)


def test_published_figures_follow_the_need() -> None:
    fact = {"text": "12 of 1,000 pupils were suspended.", "figure": "suspensions@b"}
    world = tables(places=[place("b")], needs=[need("b")])
    needs = world.needs.with_columns(pl.Series("facts", [[fact]]))
    (one,) = opportunities(type(world)(places=world.places, needs=needs), AS_OF).opportunities
    assert one.because[1].as_dict() == {
        "text": "12 of 1,000 pupils were suspended.",
        "figure": {"place": "b", "theme": "exclusion", "id": "suspensions@b"},
    }


def wards(*values: float, **more: Rows) -> list[tuple[str, list[str]]]:
    places = [place("b"), *(place(f"w{i}", "b") for i in range(len(values)))]
    needs = [need(f"w{i}", value=value) for i, value in enumerate(values)]
    return sorted((one.place, one.parties) for one in found(needs, places=places, **more))


def test_the_same_in_every_ward_is_one_in_the_borough() -> None:
    assert wards(0.8, 0.9) == [("b", ["club", "school"])]


def test_not_in_every_ward_stays_where_it_is() -> None:
    assert wards(0.8, 0.9, 0.1) == [("w0", ["club", "school"]), ("w1", ["club", "school"])]


def test_other_parties_in_one_ward_keep_the_wards_apart() -> None:
    local = [*PARTNERS, partner("corner", "vcs", "w0", themes=["exclusion"])]
    assert wards(0.8, 0.9, partners=local) == [("w0", ["corner", "school"]), ("w1", ["club", "school"])]
