"""Need and change in words."""

import pytest

from joinedup.evidence.indicators import indicators
from joinedup.evidence.models import Figure, Need
from joinedup.evidence.plain_words import agreement_word, formula, move, need_class, need_word


@pytest.mark.parametrize(
    ("need", "step", "word"),
    [
        (None, None, "not known"),
        (0.0, 1, "far lower than most"),
        (0.2, 2, "lower than most"),
        (0.5, 3, "middling"),
        (0.79, 4, "high"),
        (0.8, 5, "very high"),
        (1.0, 5, "very high"),
    ],
)
def test_need_in_fifths(need: float | None, step: int | None, word: str) -> None:
    assert (need_class(need), need_word(need)) == (step, word)


def part(source: str, percentile: float | None, weight: float = 0.5) -> dict[str, object]:
    return {"indicator": source, "source": source, "percentile": percentile, "weight": weight}


@pytest.mark.parametrize(
    ("need", "parts", "word"),
    [
        (0.8, [part("police", 0.9), part("schools", 0.7)], "several figures agree"),
        (0.2, [part("police", 0.1), part("schools", 0.3)], "several figures agree"),
        # Two figures of one source are one voice.
        (0.8, [part("police", 0.9), part("police", 0.7)], "from one source"),
        (0.6, [part("police", 0.9), part("schools", 0.3)], "figures disagree"),
        (0.8, [part("police", 0.9), part("schools", None)], "from one source"),
        # Of each source the mean counts, by weight.
        (0.7, [part("police", 0.9), part("police", 0.2, 0.1), part("schools", 0.6)], "several figures agree"),
        # In the middle is on no side.
        (0.7, [part("police", 0.9), part("schools", 0.5)], ""),
        (0.8, [], ""),
        (None, [part("police", None)], ""),
    ],
)
def test_figures_agree_only_where_those_of_two_sources_do(
    need: float | None, parts: list[dict[str, object]], word: str
) -> None:
    assert agreement_word(Need(need=need, certainty=0.5, parts=parts)) == word


def test_what_is_not_said_is_not_said_to_be_sure() -> None:
    parts = [part("police", 0.9), part("schools", 0.7)]
    unsure = Need(need=0.9, certainty=0.29, parts=parts)
    assert (unsure.said, agreement_word(unsure)) == (None, "")
    assert Need(need=0.9, certainty=0.3, parts=parts).said == 0.9


def moved(last: int, before: int, indicator: str = "robbery", **fields: object) -> Figure:
    both = last + before
    count = both if indicator == "homicide" else last
    trend = (last - before) / both if both else 0.0
    return Figure(
        **{"indicator": indicator, "state": "number", "value": 1.0, "count": count, "trend": trend, **fields}
    )


@pytest.mark.parametrize(
    ("last", "before", "direction", "percent"),
    [
        (770, 1000, "down", 23),
        (1200, 1000, "up", 20),
        (1010, 1000, "level", None),
        (6, 3, "level", None),  # doubled, and chance would do it
        (0, 0, "level", None),
        (9, 0, "up", None),
    ],
)
def test_a_change_is_named_only_when_chance_would_rarely_make_it(
    last: int, before: int, direction: str, percent: int | None
) -> None:
    found = move(moved(last, before))
    assert found is not None
    assert (found.direction, found.percent) == (direction, percent)


def test_none_this_year_says_only_that() -> None:
    # With none in the last year the count of the year before cannot be told from what is kept.
    found = move(moved(0, 40))
    assert found is not None
    assert (found.direction, found.sentence) == ("level", "Robbery: none recorded in the last 12 months.")


def test_a_window_of_two_years_is_halved() -> None:
    found = move(moved(30, 10, indicator="homicide"))
    assert found is not None
    assert (found.direction, found.percent) == ("up", 200)


def test_no_trend_no_word() -> None:
    assert move(moved(5, 5, trend=None)) is None
    assert move(moved(5, 5, state="missing", value=None, count=None)) is None


def test_every_indicator_has_a_formula() -> None:
    lines = {one.slug: formula(one) for one in indicators()}
    assert all(lines.values())
    assert lines["robbery"] == (
        "(robbery of personal property + robbery of business property), summed over 12 months ÷ residents × 1,000"
    )
    assert lines["deprivation"].startswith("neighbourhoods whose deprivation decile is 3 or less")
    assert lines["suspensions"] == "as its publisher worked it out"
