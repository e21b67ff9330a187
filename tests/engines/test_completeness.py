"""Which periods came whole."""

import numpy as np
import pytest

from joinedup.engines.completeness import sent_whole, without_case


@pytest.mark.parametrize(
    ("totals", "whole"),
    [
        ([100, 59, 60, 110, 100], [True, False, True, True, True]),
        ([20, 20, 11, 12, 20], [True, True, False, True, True]),
        # With few cases a usual period says little: only one without any is left.
        ([19, 3, 0, 19, 19], [True, True, False, True, True]),
        ([0, 0, 5], [False, False, True]),
    ],
)
def test_less_than_three_fifths_of_the_usual_is_not_whole(totals: list[int], whole: list[bool]) -> None:
    assert sent_whole(np.array(totals)).tolist() == whole


def test_a_period_without_a_case_is_one_of_which_something_is_known() -> None:
    cases = np.array([[0, 2, 0, 0], [0, 0, 0, 7]])
    assert without_case(cases, None).tolist() == [True, False, True, False]
    known = np.array([[True, True, False, True], [False, True, False, False]])
    assert without_case(cases, known).tolist() == [True, False, False, True], "an unknown count is no case"
