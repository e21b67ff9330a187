"""Action of which the theme or the place is not recorded: nothing there is called without action."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from joinedup.engines.matching import Opportunity, Tables, opportunities, update
from joinedup.engines.matching.following import Change, follow
from joinedup.engines.matching.scene import Scene
from joinedup.engines.matching.score import WEIGHTS
from joinedup.engines.matching.tables import normalise
from joinedup.engines.matching.world import build
from tests.engines.matching.making import (
    AS_OF,
    LONG_AGO,
    Rows,
    frame,
    initiative,
    mix,
    need,
    partner,
    place,
    tables,
)
from tests.engines.matching.test_properties import trying, worlds

PLACES = [place("b"), place("c"), place("w1", "b"), place("w2", "b")]
NEEDS = [need(where, theme) for where in ("b", "c") for theme in ("exclusion", "drugs")]
PARTNERS = [
    partner("club", "vcs", "b", themes=["exclusion", "drugs"]),
    partner("away", "vcs", "c"),
    partner("lost", "vcs"),
]


def world(*initiatives: dict[str, Any], **more: Rows) -> Tables:
    rows: dict[str, Any] = {"places": PLACES, "needs": NEEDS, "partners": PARTNERS, "mix": mix(vcs=1.0)}
    return tables(**{**rows, "initiatives": list(initiatives), **more})


def unmet(*initiatives: dict[str, Any], at: str = "b") -> list[Opportunity]:
    found = opportunities(world(*initiatives), AS_OF, kinds=["unmet_need"])
    return [one for one in found if one.place == at]


def silent(**more: Any) -> dict[str, Any]:
    return initiative("i", "club", **more) | {"themes": None}


def perhaps(*initiatives: dict[str, Any]) -> dict[str, list[str]]:
    """By place, the themes on which there may be action that does not say so."""
    seen = Scene(build(normalise(world(*initiatives))[0], AS_OF), WEIGHTS, 20)
    number = seen.unsaid.number
    return {
        code: [theme for t, theme in enumerate(seen.world.themes) if number[p, t]]
        for p, code in enumerate(seen.world.tree.codes)
        if number[p].any()
    }


BOTH = ["drugs", "exclusion"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (["b"], {"b": BOTH, "w1": BOTH, "w2": BOTH}),
        (["w1"], {"b": BOTH, "w1": BOTH}),
        (["w1", "w2"], {"b": BOTH, "w1": BOTH, "w2": BOTH}),
        (["c"], {"c": BOTH}),
        (["elsewhere"], {}),
        # Where nobody said where it is, it may be wherever its partner works.
        ([], {"b": BOTH, "w1": BOTH, "w2": BOTH}),
    ],
)
def test_action_without_a_theme_may_be_on_any(where: list[str], found: dict[str, list[str]]) -> None:
    assert perhaps(silent() | {"places": where}) == found


@pytest.mark.parametrize(
    ("by", "places"), [("club", ["b", "w1", "w2"]), ("away", ["c"]), ("lost", ["b", "c", "w1", "w2"])]
)
def test_action_without_a_place_may_be_where_its_partner_works(by: str, places: list[str]) -> None:
    assert perhaps(initiative("i", by)) == {code: ["exclusion"] for code in places}


@pytest.mark.parametrize("over", [{"ends": LONG_AGO}, {"starts": AS_OF.replace(year=2020)}])
def test_what_does_not_run_today_is_no_action(over: dict[str, Any]) -> None:
    assert perhaps(silent(**over) | {"places": ["b"]}) == {}


def test_no_opportunity_says_that_there_is_no_action() -> None:
    before = unmet()
    assert [one.ask for one in before] == [False, False]
    assert all(one.because[1].text.startswith("What is recorded here on ") for one in before)
    for one in unmet(silent() | {"places": ["w1"]}):
        assert one.ask
        assert ", and there may be action on it already: " in one.sentence
        fact = one.because[1]
        assert fact.text == (f"“Project i” is recorded without its theme, so it may be on {one.theme} in b.")
        assert fact.figure is not None
        assert (fact.figure["perhaps"], fact.figure["initiatives"]) == (1, ["i"])


def test_what_they_do_not_say_stands_in_the_fact_and_not_beside_names() -> None:
    rows = [silent() | {"id": f"i{n}", "name": f"Project {n}", "places": ["b"]} for n in range(4)]
    one = unmet(*rows)[0]
    assert ", and there may be action on it already: " in one.sentence
    assert "recorded" not in one.sentence
    assert one.because[1].text.startswith(
        "“Project 0”, “Project 1”, “Project 2” and 1 more are recorded without"
    )
    placeless = next(one for one in unmet(initiative("i", "club")) if one.theme == "exclusion")
    assert "“Project i” is recorded without its place" in placeless.because[1].text


def test_a_theme_recorded_elsewhere_leaves_the_others_as_they_are() -> None:
    of = {one.theme: one for one in unmet(initiative("i", "club"))}
    assert of["exclusion"].ask
    assert not of["drugs"].ask


@trying
@given(worlds())
def test_counted_as_one_would_by_hand(given: Tables) -> None:
    seen = Scene(build(normalise(given)[0], AS_OF), WEIGHTS, 20)
    whole, tree = seen.world, seen.world.tree
    number = np.zeros_like(seen.unsaid.number)
    sectors = np.zeros_like(seen.unsaid.sectors)
    serves = dict(whole.tables.frame("partners").select("id", "places").iter_rows())
    sector = dict(whole.tables.frame("partners").select("id", "sector").iter_rows())
    running = whole.initiatives.running & ~whole.initiatives.harmful
    for i, row in enumerate(whole.tables.frame("initiatives").iter_rows(named=True)):
        if not running[i] or (row["places"] and row["themes"]):
            continue
        where = row["places"] or serves[row["partner"]] or tree.codes
        on = row["themes"] or whole.themes
        for p, code in enumerate(tree.codes):
            around = {code, *(tree.codes[q] for q in range(p, tree.end[p]))}
            at = p
            while at >= 0:
                around.add(tree.codes[at])
                at = int(tree.parent[at])
            if around & set(where):
                for theme in on:
                    t = whole.themes.index(theme)
                    number[p, t] += 1
                    for who in (row["partner"], *(row["co_partners"] or [])):
                        sectors[p, t, whole.sectors.index(sector[who])] = True
    assert np.array_equal(number, seen.unsaid.number)
    assert np.array_equal(sectors, seen.unsaid.sectors)


def test_a_theme_that_is_set_at_last_is_followed() -> None:
    followed = follow(world(silent() | {"places": ["w1"]}), AS_OF)
    assert {one.ask for one in followed.result.at(["b"])} == {True}
    change = Change("initiatives", frame("initiatives", [initiative("i", "club", "w1", theme="drugs")]))
    after = update(followed, change)
    assert after.result.as_dict() == opportunities(after.tables, AS_OF).as_dict()
    told = {one.theme: str(one.because) for one in after.result.at(["b"])}
    assert "What is recorded here on exclusion in b: nothing yet." in told["exclusion"]
    assert "What is recorded here on " not in told["drugs"]
