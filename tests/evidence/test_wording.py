"""Figures in words: their own period, their interval, and no more of a rank than it allows."""

from dataclasses import replace
from typing import Any

import pytest

from joinedup.evidence import wording
from joinedup.evidence.models import Dataset, Figure


def figure(**fields: Any) -> Figure:
    given = {"indicator": "robbery", "state": "number", "value": 3.456, "period": "2026-02", "compared": 32}
    return Figure(**(given | fields))


@pytest.mark.parametrize(
    ("indicator", "period", "words"),
    [
        ("robbery", "2026-02", "in the 12 months to February 2026"),
        ("homicide", "2026-02", "in the 24 months to February 2026, two years pooled"),
        ("suspensions", "2023/24", "in 2023/24"),
        ("neet-or-not-known-16-17", "2025", "in 2025"),
        # The reader of this table files three years under the last of them; others keep them as they are written.
        ("alcohol-admissions-under-18", "2015/16", "in 2013/14 to 2015/16, three years pooled"),
        ("alcohol-admissions-under-18", "2013/14-15/16", "in 2013/14 to 2015/16, three years pooled"),
        ("injury-admissions-0-14", "2013/14-2015/16", "in 2013/14 to 2015/16, three years pooled"),
        ("alcohol-admissions-under-18", "1998/99-00/01", "in 1998/99 to 2000/01, three years pooled"),
    ],
)
def test_a_figure_says_its_own_period(indicator: str, period: str, words: str) -> None:
    assert wording.period(figure(indicator=indicator, period=period)) == words


@pytest.mark.parametrize(
    ("best", "worst", "of", "words"),
    [
        (1, 10, 32, "among the highest third of 32"),
        (1, 11, 32, ""),
        (23, 32, 32, "among the lowest third of 32"),
        (22, 32, 32, ""),
        (1, 1, 32, "among the highest third of 32"),
        (1, 32, 32, ""),
        (None, None, 32, ""),
        (1, 1, None, ""),
        (12, 12, 12, "among the lowest third of 12"),
        (5, 5, 5, ""),  # thirds are said of twelve or more
    ],
)
def test_a_rank_is_said_only_as_far_as_the_intervals_allow(
    best: int | None, worst: int | None, of: int | None, words: str
) -> None:
    assert wording.standing(figure(best_rank=best, worst_rank=worst, compared=of)) == words


def test_most_need_may_be_the_lowest_value(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = replace(wording.by_slug()["robbery"], direction="low_is_worse")
    monkeypatch.setattr(wording, "by_slug", lambda: {"robbery": turned})
    assert wording.standing(figure(best_rank=1, worst_rank=2)) == "among the lowest third of 32"
    assert wording.standing(figure(best_rank=31, worst_rank=32)) == "among the highest third of 32"


def test_a_sentence_names_period_standing_and_publisher_and_never_a_bare_rank() -> None:
    told = figure(best_rank=2, worst_rank=4, low=3.1, high=3.9, dataset=Dataset(publisher="Testland Police"))
    assert wording.sentence(told, "Northton") == (
        "Robbery in Northton: 3.46 per 1,000 residents in the 12 months to February 2026, among the highest third of "
        "32 (Testland Police)."
    )
    assert wording.interval(told) == "3.10 to 3.90"
    assert wording.interval(figure()) == ""


def test_what_is_hidden_is_called_so() -> None:
    assert wording.value(figure(state="suppressed", value=None)) == "held back, too small to show"
    assert wording.value(figure(state="missing", value=None)) == "not known"


def test_a_figure_of_a_shared_service_says_for_whom() -> None:
    """18.4 in each of four councils is one figure of one service."""
    given = figure(
        indicator="cautioned-or-sentenced-10-17",
        place_id="E06000006",
        period="2024/25",
        dataset=Dataset(publisher="Department for Education"),
    )
    covers = "for one service that covers Cheshire East, Cheshire West and Chester, Halton and Warrington"
    assert wording.shared(given) == covers
    assert f"in 2024/25, {covers} (Department" in wording.sentence(given, "Halton")
    given.place_id = "E06000059"
    assert (
        wording.shared(given) == "for one service that covers Bournemouth, Christchurch and Poole; and Dorset"
    )
    for place, indicator in (("E06000008", "cautioned-or-sentenced-10-17"), ("E06000006", "suspensions")):
        given.place_id, given.indicator = place, indicator
        assert wording.shared(given) == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": 8.2, "trend": 0.025}, "7.80 the year before"),
        ({"value": 12.5, "trend": 0.25}, "7.5 the year before"),
        ({"value": 8.2, "trend": 1.0}, "none the year before"),
        # No trend is stored where the two years may not be compared, or a count of either is held back.
        ({"value": 8.2, "trend": None}, ""),
        ({"value": 0.0, "trend": -1.0}, ""),
        ({"value": None, "state": "suppressed", "trend": 0.1}, ""),
        ({"value": 1.4, "trend": 0.1, "indicator": "homicide"}, ""),
        ({"value": 1.4, "trend": 0.1, "indicator": "suspensions"}, ""),
    ],
)
def test_the_year_before_is_said_where_the_years_may_be_compared(fields: dict[str, Any], words: str) -> None:
    assert wording.year_before(figure(**fields)) == words
