"""Every absence has its rule, in a plain sentence."""

from datetime import date
from typing import Any

import pytest

from joinedup.engines.matching import Tables, why_not
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
        ],
        "approaches": [{"approach": "shock", "harmful": True}],
    }
    return tables(**{**rows, **change})


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"offer": "closed"}, "It closed on 1 October 2018."),
        ({"offer": "later"}, "It does not open until 1 November 2018."),
        ({"offer": "theme"}, "No unmet need of 0.3 of 1 or more is recorded for its themes in its places."),
        ({"offer": "sector"}, "No partner that may use it (housing) is recorded where the need is."),
        ({"offer": "open"}, "It is in the list, 1 time."),
        ({"offer": "none"}, "No offer that can be used is recorded as “none”."),
        ({"partner": "lost"}, "It is not recorded where it works."),
        ({"partner": "away"}, "No need is recorded in any place where it works."),
        ({"partner": "calm"}, "No unmet need of 0.5 of 1 or more is recorded where it works."),
        ({"initiative": "old"}, "It ended on 1 January 2017."),
        ({"initiative": "next"}, "It does not start until 1 January 2019."),
        ({"initiative": "blank"}, "It is not recorded where it works."),
        (
            {"initiative": "harm"},
            "Its approach is known to do harm, so it is never suggested and never counts as coverage.",
        ),
        ({"place": "empty"}, "No need is recorded for it."),
        ({"place": "fine"}, "Its highest unmet need is 0.20 of 1; a lack of action is said from 0.5."),
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
