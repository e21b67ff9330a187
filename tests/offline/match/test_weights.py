"""Weights as somebody types them."""

import pytest

from joinedup.engines.matching import WEIGHTS, Weights
from joinedup.offline.delimited import Refused
from joinedup.offline.match.weights import weights


def test_those_named_change_and_the_rest_stays() -> None:
    assert weights(None) == WEIGHTS
    assert weights(" gap = 1 ,fit=0") == Weights(gap=1.0, fit=0.0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "gap",
            "“gap” gives no weight: write gap=0.35,fit=0.25 with names out of gap, fit, effect, urgency, newness.",
        ),
        (
            "",
            "“” gives no weight: write gap=0.35,fit=0.25 with names out of gap, fit, effect, urgency, newness.",
        ),
        (
            "gap=1,",
            "“” gives no weight: write gap=0.35,fit=0.25 with names out of gap, fit, effect, urgency, newness.",
        ),
        (
            "luck=1",
            "“luck=1” gives no weight: write gap=0.35,fit=0.25 with names out of gap, fit, effect, urgency, newness.",
        ),
        ("gap=1,gap=2", "The weight gap is given twice: give it once."),
        ("gap=-1", "The weight gap must be a number from 0 to 100; “-1” is not."),
        ("gap=nan", "The weight gap must be a number from 0 to 100; “nan” is not."),
        ("gap=inf", "The weight gap must be a number from 0 to 100; “inf” is not."),
        ("gap=1e300", "The weight gap must be a number from 0 to 100; “1e300” is not."),
        ("gap=", "The weight gap must be a number from 0 to 100; “” is not."),
        ("gap=0,fit=0,effect=0,urgency=0,newness=0", "Every weight is 0: give at least one that is more."),
    ],
)
def test_others_are_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        weights(text)
    assert str(refused.value) == sentence
