"""What the tables say beside an opportunity that a person entered, in worlds worked out by hand."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines.matching import Beside, Tables, Weights, beside, opportunities
from joinedup.engines.matching.beside import ASKS, OTHERS, beside_scene, worth
from tests.engines.matching.making import (
    AS_OF,
    LONG_AGO,
    Rows,
    everything,
    initiative,
    mix,
    need,
    partner,
    place,
    tables,
)
from tests.engines.matching.test_properties import PARTNERS, PLACES, THEMES, trying, worlds


def made(**more: Rows) -> Tables:
    """Borough b with two wards and c; a need in b; six partners, of which two are linked."""
    rows: dict[str, Rows] = {
        "places": [
            place("b"),
            place("c"),
            place("w1", "b", population=100),
            place("w2", "b", population=300),
        ],
        "needs": [need("b", value=0.8, people=180)],
        "partners": [
            partner("club", "vcs", "b", themes=["exclusion"], confirmed=AS_OF),
            partner("school", "education", "w1", themes=["drugs"], confirmed=AS_OF),
            partner("clinic", "health", "b", themes=[], confirmed=AS_OF),
            partner("police", "police", "b", themes=["exclusion"], confirmed=LONG_AGO),
            partner("far", "vcs", "c", themes=["exclusion"], confirmed=AS_OF),
            partner("lost", "vcs", themes=["exclusion"], confirmed=AS_OF),
        ],
        "links": [{"partner_a": "club", "partner_b": "school", "strength": 0.6}],
        "mix": mix(police=0.9, education=0.8, vcs=0.4, health=0.0),
    }
    return tables(**{**rows, **more})


def told(
    world: Tables, *parties: str, where: str = "b", theme: str | None = "exclusion", **more: Any
) -> Beside:
    return beside(world, AS_OF, place=where, theme=theme, parties=parties, **more)


def texts(found: Beside) -> str:
    return "\n".join(fact.text for fact in found.because)


def test_components_worked_out_by_hand() -> None:
    found = told(made(), "club", "school")
    # Nothing runs: unmet 0.8; 180 people count 180/200. The club says it works on it: 0.5, not the mix's 0.4.
    # The school has other themes (0.6), works in a part of b (0.7) and its sector is needed at 0.8: 0.336.
    assert found.components == {
        "gap": pytest.approx(0.8 * 0.9),
        "fit": pytest.approx(1 - 0.5 * (1 - 0.336)),
        "effect": 0.5,
        "urgency": 0.5,
        "newness": pytest.approx(0.4),
    }
    expected = 100 * 0.72**0.35 * 0.668**0.25 * 0.5**0.15 * 0.5**0.1 * 0.4**0.15
    assert found.score == pytest.approx(expected, abs=0.06)


def test_the_value_of_each_partner_by_hand() -> None:
    scene = opportunities(made(), AS_OF).scene
    ids = scene.world.partners.frame["id"].to_list()
    b, exclusion = scene.world.tree.codes.index("b"), scene.world.themes.index("exclusion")
    assert {code: round(worth(scene, i, b, exclusion), 4) for i, code in enumerate(ids)} == {
        "club": 0.5,
        "school": 0.336,
        "clinic": 0.0,  # the mix does not need its sector, and it does not say that it works on it
        "police": 0.72,  # not confirmed for a year: 0.9 x 0.8
        "far": 0.0,  # recorded as working elsewhere
        "lost": 0.35,  # not recorded where: as if in a part
    }


def test_what_is_said_of_those_named() -> None:
    found = told(made(), "club", "school", "clinic", "police", "far", "lost")
    said = texts(found)
    for text in (
        "CLUB (voluntary and community sector): it works in b; it works on exclusion.",
        "SCHOOL (education): it works in a part of b; other themes are recorded for it.",
        "CLINIC (health): it works in b; its own themes are not recorded.",
        "FAR (voluntary and community sector): it is recorded as working elsewhere, so ask whether it works in b;",
        "LOST (voluntary and community sector): where it works is not recorded;",
        "Linked already, as recorded here: CLUB and SCHOOL.",
    ):
        assert text in said
    police = next(fact for fact in found.because if fact.record == ("partner", "police"))
    assert "over a year ago: check it first" in police.text
    assert "If POLICE confirms its record, this gets stronger." in found.would_change


def test_who_else_might_join_sectors_that_nobody_speaks_for_first() -> None:
    found = told(made(), "far")
    # The club speaks for the sector that is named already, so it comes last; the clinic's sector is not needed, and the
    # themes of the school are others.
    assert [each.partner for each in found.others] == ["police", "club"]
    assert found.others[0].why == (
        "It works in b; it works on exclusion. Work on this theme needs the police (weight 0.9 of 1 in the mix)."
    )
    assert [each.partner for each in told(made(), "club").others] == ["police"]


def test_nobody_named_has_the_fit_of_nobody() -> None:
    found = told(made())
    assert (found.components["fit"], found.components["newness"]) == (0.3, 1.0)
    assert "Once partners are named, this gets stronger." in found.would_change


def test_more_names_never_lower_the_fit() -> None:
    fits = [
        told(made(), *names).components["fit"] for names in ([], ["far"], ["far", "club"], ["club", "police"])
    ]
    assert fits == sorted(fits)


def test_where_no_need_is_known_the_gap_is_neutral_and_it_asks() -> None:
    found = told(made(needs=[]), "club", where="c")
    assert found.components["gap"] == 0.5
    assert (
        found.because[0].text
        == "Neither need nor action on exclusion in c is recorded here: ask who knows of any."
    )
    assert (
        "Once the need for work on exclusion in c is known, this gets stronger or weaker."
        in found.would_change
    )
    assert "0.00" not in texts(found)


def test_a_met_need_is_no_gap_and_no_need_is_not_an_unknown_one() -> None:
    assert told(made(needs=[need("b", value=0.0)]), "club").components["gap"] == 0.0


def test_action_is_told_even_where_no_need_is_known() -> None:
    world = made(needs=[need("c", theme="drugs")], initiatives=[initiative("i", "club", "c")])
    found = told(world, "club", where="c")
    assert found.because[0].text == (
        "Action recorded on exclusion in c: “Project i”. How many people it reaches is not recorded."
    )


def test_what_those_named_do_there_already() -> None:
    doing = [
        initiative("i", "club", "w1", reach_per_year=9),
        initiative("j", "police", "b", reach_per_year=5),
    ]
    found = told(made(initiatives=doing), "club")
    assert [fact.record for fact in found.because if fact.record and fact.record[0] == "initiative"] == [
        ("initiative", "i")
    ]
    joint = [initiative("j", "police", "b", co_partners=["club"])]
    assert ("initiative", "j") in [fact.record for fact in told(made(initiatives=joint), "club").because]


def test_an_incomplete_record_is_asked_about() -> None:
    stale = [
        partner("club", "vcs", "b", confirmed=LONG_AGO),
        partner("school", "education", "b", confirmed=LONG_AGO),
    ]
    assert "ask what is done on exclusion before anything new is planned" in texts(
        told(made(partners=stale), "club")
    )
    assert "is not complete" not in texts(told(made(), "club", "clinic"))


def test_no_link_is_said_to_be_not_recorded() -> None:
    found = told(made(), "club", "police")
    assert "What is recorded here of a link between those named: nothing yet." in texts(found)
    assert "If those named work together already, this gets weaker: record the link." in found.would_change
    many = told(made(links=[]), "club", "school", "clinic", "police", "far", "lost")
    assert "What is recorded here of a link between those named: nothing yet." in texts(many)


def ask(
    code: str, by: str, kind: str = "need", *places: str, themes: list[str] | None = None
) -> dict[str, Any]:
    row = {"id": code, "partner": by, "kind": kind, "text": f"text {code}"}
    return row | {"themes": ["exclusion"] if themes is None else themes, "places": list(places)}


def test_asks_on_the_theme_there_those_of_the_named_first() -> None:
    asks = [
        ask("a1", "police"),
        ask("a2", "club", "offer", "w1"),
        ask("a3", "club", "need", themes=["drugs"]),
        ask("a4", "far"),
        ask("a5", "far", "offer", "b"),
        ask("a6", "lost"),
        ask("a7", "club", "wish"),
    ]
    found = told(made(asks=asks), "club")
    assert [fact.record for fact in found.asks] == [("ask", "a2"), ("ask", "a1"), ("ask", "a5")]
    assert found.asks[0].text == "CLUB can give help with exclusion: “text a2”."
    assert found.asks[1].text == "POLICE has asked for help with exclusion: “text a1”."
    police = next(each for each in found.others if each.partner == "police")
    assert police.why.endswith("It has asked for help with it.")


def test_without_a_theme_only_facts_about_partners() -> None:
    found = told(made(asks=[ask("a1", "police")]), "club", "school", theme=None)
    assert {fact.record and fact.record[0] for fact in found.because} == {"partner"}
    assert (found.others, found.asks) == ([], [])
    # Needed half; the school works in a part of b.
    assert found.components["fit"] == pytest.approx(1 - 0.5 * (1 - 0.5 * 0.7))
    assert (found.components["gap"], found.components["urgency"]) == (0.5, 0.5)


@pytest.mark.parametrize(
    "odd", [{"where": "nowhere"}, {"theme": "unheard of"}, {"theme": ""}, {"where": "", "theme": None}]
)
def test_what_is_not_in_the_tables_is_ignored(odd: dict[str, Any]) -> None:
    found = told(made(), "club", "nobody", **odd)
    assert found.components["gap"] == 0.5
    assert [fact.record for fact in found.because] == [("partner", "club")]
    assert told(made(), "club", "nobody") == told(made(), "club")


def test_empty_tables_say_nothing_and_do_not_fail() -> None:
    found = told(tables(), "club")
    assert (found.because, found.others, found.asks) == ([], [], [])


def test_weights_are_the_coordinators() -> None:
    only_fit = Weights(gap=0, fit=1, effect=0, urgency=0, newness=0)
    assert told(made(), "club", weights=only_fit).score == 50.0


def test_no_more_are_proposed_than_can_be_asked() -> None:
    sectors = [f"s{n}" for n in range(9)]
    found = told(
        made(
            partners=[partner(name, name, "b") for name in sectors],
            mix=mix(**dict.fromkeys(sectors, 0.9)),
            links=[],
            asks=[ask(f"a{n}", name) for n, name in enumerate(sectors)],
        )
    )
    assert (len(found.others), len(found.asks)) == (OTHERS, ASKS)


@trying
@given(worlds(), st.lists(st.sampled_from(PARTNERS), unique=True), st.data())
def test_the_order_of_rows_and_of_names_never_changes_it(world: Tables, names: list[str], data: Any) -> None:
    asked = {
        "where": data.draw(st.sampled_from(PLACES)),
        "theme": data.draw(st.sampled_from([None, *THEMES])),
    }
    turned = {
        name: table.sample(fraction=1.0, shuffle=True, seed=data.draw(st.integers(0, 99)))
        for name, table in world.__dict__.items()
        if isinstance(table, pl.DataFrame)
    }
    other = Tables(**{**world.__dict__, **turned})
    assert told(other, *reversed(names), **asked) == told(world, *names, **asked)


@settings(parent=trying)
@given(worlds())
def test_who_fits_best_is_worth_what_the_grid_says(world: Tables) -> None:
    scene = opportunities(world, AS_OF).scene
    for p, t, s in np.ndindex(scene.partnered.partner.shape):
        who = int(scene.partnered.partner[p, t, s])
        if who >= 0:
            assert worth(scene, who, p, t) == pytest.approx(float(scene.partnered.value[p, t, s]), abs=1e-6)


@trying
@given(worlds(), st.lists(st.sampled_from(PARTNERS), unique=True))
def test_what_is_told_is_sound(world: Tables, names: list[str]) -> None:
    scene = opportunities(world, AS_OF).scene
    for where in PLACES:
        found = beside_scene(scene, place=where, theme=THEMES[0], parties=names)
        assert found == told(world, *names, where=where, theme=THEMES[0])
        assert all(0 <= part <= 1 for part in found.components.values())
        assert 0 <= found.score <= 100
        assert not {each.partner for each in found.others} & set(names)
        assert all(fact.record or fact.figure for fact in [*found.because, *found.asks])


def test_every_kind_of_row_at_once() -> None:
    found = told(everything(), "police", "mentors")
    assert found.score > 0
    assert found.asks[0].record == ("ask", "a1")
