"""Every absence has its rule, in a plain sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from joinedup.engines.matching import WEIGHTS, Tables, Weights, opportunities, why_not
from joinedup.engines.matching.why_not import mentions
from tests.engines.matching.making import (
    AS_OF,
    LONG_AGO,
    everything,
    initiative,
    need,
    offer,
    partner,
    place,
    tables,
)


def world(**change: Any) -> Tables:
    rows: dict[str, Any] = {
        "places": [place("b"), place("empty"), place("fine")],
        "needs": [need("b"), need("fine", value=0.2)],
        "partners": [
            partner("club", "vcs", "b", themes=["exclusion"]),
            partner("other", "vcs", "b"),
            partner("lost", "vcs"),
            partner("away", "vcs", "empty"),
            partner("calm", "vcs", "fine"),
        ],
        "initiatives": [
            initiative("old", "club", "b", ends=LONG_AGO),
            initiative("next", "club", "b", starts=date(2019, 1, 1)),
            initiative("blank", "club", themes=None),
            initiative("alone", "club", "b", result=0.2),
            initiative("harm", "club", "b", approach="shock"),
        ],
        "offers": [
            offer("closed", "vcs", closes=date(2018, 10, 1)),
            offer("later", "vcs", opens=date(2018, 11, 1)),
            offer("theme", "vcs", themes=["drugs"]),
            offer("sector", "housing"),
            offer("open", "vcs"),
            offer("advice", "vcs", kind="Statutory guidance"),
            offer("law", "vcs", kind="fund", required_by_law=True),
            offer("themeless", "vcs", kind="fund", themes=None),
        ],
        "approaches": [{"approach": "shock", "harmful": True}],
    }
    return tables(**{**rows, **change})


def region() -> Tables:
    """Two boroughs of wards, in which many act on two themes and sectors are missing."""
    wards = [place(f"{b}{n}", b) for b in "bc" for n in range(3)]
    themes = ("exclusion", "drugs")
    partners = [
        partner(f"p{n}", ("police", "vcs", "education", "health")[n % 4], "bc"[n % 2], themes=[themes[n % 2]])
        for n in range(10)
    ]
    return tables(
        places=[place("b"), place("c"), *wards],
        needs=[need(where, theme) for where in ("b", "c", *(w["code"] for w in wards)) for theme in themes],
        partners=partners,
        initiatives=[
            initiative(
                f"i{n}", f"p{n % 10}", ("b", "c", "b0", "b1", "c2")[n % 5], theme=themes[n // 3 % 2],
                co_partners=[f"p{(n + 3) % 10}"], reach_per_year=n or None,
            )
            for n in range(14)
        ],
        offers=[offer("o", "vcs"), offer("q", "education", via_sectors=["police"])],
        links=[],
        mix=[
            {"theme": theme, "sector": sector, "weight": 0.8}
            for theme in themes
            for sector in ("police", "vcs", "education", "health")
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"offer": "closed"}, "It closed on 1 October 2018."),
        ({"offer": "later"}, "It does not open until 1 November 2018."),
        (
            {"offer": "theme"},
            "No need for work on its themes that would be left by the action recorded is known in its places.",
        ),
        (
            {"offer": "advice"},
            "Nobody can apply for Statutory guidance or take part in it, so it is on the pages of support and no "
            "opportunity.",
        ),
        (
            {"offer": "law"},
            "The law requires it of those it names, so it is never suggested as something new. It is on the pages of "
            "support.",
        ),
        (
            {"offer": "themeless"},
            "It names no theme, so it is on the pages of support and no opportunity.",
        ),
        ({"offer": "sector"}, "No partner that may use it (housing) is recorded where the need is."),
        ({"offer": "open"}, "It is in the list, 1 time."),
        ({"offer": "none"}, "No offer that can be used is recorded as “none”."),
        ({"partner": "lost"}, "It is not recorded where it works."),
        ({"partner": "away"}, "No need is recorded in any place where it works."),
        ({"partner": "calm"}, "Need is high on no theme where it works, or action on it is recorded there."),
        ({"initiative": "old"}, "It ended on 1 January 2017."),
        ({"initiative": "next"}, "It does not start until 1 January 2019."),
        (
            {"initiative": "blank"},
            "It is not recorded where it works, so it may be anywhere that its partner works.",
        ),
        (
            {"initiative": "harm"},
            "Its approach is known to do harm, so it is never suggested and never counts as action.",
        ),
        ({"place": "empty"}, "No need is recorded for it."),
        (
            {"place": "fine"},
            "Its highest need is 0.20 of 1. More action is asked for from a need of 0.5 on; action that is recorded "
            "counts against it.",
        ),
    ],
)
def test_the_rule_that_dropped_it(asked: dict[str, str], answer: str) -> None:
    assert why_not(world(), AS_OF, **asked)[0] == answer  # type: ignore[arg-type]


def test_another_of_its_sector_fits_better() -> None:
    assert why_not(world(), AS_OF, partner="other")[0].startswith(
        "Where it works, another partner of its sector fits"
    )


def test_nothing_meets_it_and_its_result_is_no_example() -> None:
    assert why_not(world(), AS_OF, initiative="alone") == [
        "No other initiative meets it in place, theme, ages, level and way in, or a link between the partners is "
        "already recorded.",
        "Its result of 0.20 is under 0.6, so it is not offered as an example.",
    ]


def test_outranked_is_not_unfit() -> None:
    many = [offer(f"o{i}", "vcs", closes=date(2018, 10, 10)) for i in range(3)]
    last = offer("z", "vcs")
    answer = why_not(world(offers=[*many, last]), AS_OF, offer="z", per_place_and_kind=3)
    assert answer == [
        "It meets the rules, but each time at least 3 others in that place score higher, or its score is under 10 of "
        "100."
    ]


def test_weights_of_ones_own_make_another_list() -> None:
    near = [offer(f"o{i}", "vcs", closes=date(2018, 10, 10), last_checked=LONG_AGO) for i in range(3)]
    last = offer("z", "vcs", last_checked=AS_OF)
    rows = world(offers=[*near, last])
    answers = [
        why_not(rows, AS_OF, offer="z", per_place_and_kind=3, weights=weights)[0]
        for weights in (WEIGHTS, replace(WEIGHTS, urgency=0.0))
    ]
    assert answers[0].startswith("It meets the rules, but each time at least 3 others")
    assert answers[1] == "It is in the list, 1 time."
    with pytest.raises(ValueError, match="above 0"):
        why_not(rows, AS_OF, offer="z", weights=Weights(-1))


@pytest.mark.parametrize("rows", [everything(), world(), region()], ids=["everything", "world", "region"])
@pytest.mark.parametrize("settings", [{}, {"per_place_and_kind": 10**6, "threshold": 0.0}])
def test_it_is_counted_as_the_words_would_say(rows: Tables, settings: dict[str, Any]) -> None:
    result = opportunities(rows, AS_OF, **settings)
    seen = result.scene.world
    lists: dict[str, list[list[str]]] = {
        "partner": [each.parties for each in result],
        "offer": [each.offers for each in result],
        "initiative": [each.initiatives for each in result],
        "place": [[each.place] for each in result],
    }
    for what, named in lists.items():
        codes = seen.tree.codes if what == "place" else getattr(seen, f"{what}s").frame["id"].to_list()
        counted = [mentions(result.scene, result.frame, what, at) for at in range(len(codes))]
        assert counted == [sum(code in each for each in named) for code in codes], what
        assert any(counted) or what == "initiative"


def test_rolled_up_into_the_borough() -> None:
    wards = tables(places=[place("b"), place("w1", "b"), place("w2", "b")], needs=[need("w1"), need("w2")])
    assert why_not(wards, AS_OF, place="w1") == [
        "The same holds in every part of b, so it is shown there, once."
    ]


def test_one_thing_at_a_time() -> None:
    with pytest.raises(ValueError, match="at a time"):
        why_not(everything(), AS_OF)
    with pytest.raises(ValueError, match="at a time"):
        why_not(everything(), AS_OF, partner="police", place="b")
