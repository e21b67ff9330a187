"""Weights as somebody types them."""

import pytest

from joinedup.engines.opportunities.strength import WEIGHTS, Weights
from joinedup.offline.delimited import Refused
from joinedup.offline.match.weights import weights

NAMES = "fit, near, fresh, deadline, parties, asked, answered, need"


def test_those_named_change_and_the_rest_stays() -> None:
    assert weights(None) == WEIGHTS
    assert weights(" fit = 2 ,near=0") == Weights(fit=2.0, near=0.0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *((text, f"“{said}” gives no weight: write fit=1,near=0.5 with names out of {NAMES}.")
          for text, said in (("fit", "fit"), ("", ""), ("fit=1,", ""), ("luck=1", "luck=1"))),
        ("fit=1,fit=2", "The weight fit is given twice: give it once."),
        *((f"fit={value}", f"The weight fit must be a number from 0 to 5; “{value}” is not.")
          for value in ("-1", "nan", "inf", "5.1", "")),
        ("deadline=1.1", "The weight deadline must be a number from 0 to 1; “1.1” is not."),
    ],
)  # fmt: skip
def test_others_are_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        weights(text)
    assert str(refused.value) == sentence
