"""Charts are geometry: nothing is drawn that is not known, and the axis tells the truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.evidence.charts import BOTTOM, HEIGHT, TOP, WIDTH, line_chart, table
from joinedup.evidence.points import NO_FILE, NOT_WHOLE, Point


def monthly(values: list[float | None], start: int = 2024 * 12) -> list[Point]:
    return [
        Point(f"{m // 12}-{m % 12 + 1:02}", value, "missing" if value is None else "number")
        for m, value in enumerate(values, start)
    ]


def test_the_axis_starts_at_nought_and_has_round_steps() -> None:
    chart = line_chart(monthly([90, 120, 340]))
    assert chart is not None
    assert [tick.label for tick in chart.rows] == ["0", "100", "200", "300", "400"]
    assert chart.rows[0].at == HEIGHT - BOTTOM
    assert chart.rows[-1].at == TOP


def test_a_gap_breaks_the_line_and_a_lonely_point_is_a_dot() -> None:
    chart = line_chart(monthly([1, 2, None, 5, None, 7, 8], start=2025 * 12))
    assert chart is not None
    assert [line.count(",") for line in chart.lines] == [2, 2]
    assert len(chart.dots) == 1


def test_a_change_of_recording_breaks_the_line_and_is_marked() -> None:
    chart = line_chart(monthly([5, 6, 7, 8]), ["2024-03"])  # January to April 2024
    assert chart is not None
    assert [step.label for step in chart.steps] == ["2024-03"]
    assert len(chart.lines) == 2
    after = line_chart(monthly([5, 6, 7], start=2024 * 12 + 2), ["2024-03"])
    assert after is not None
    assert after.steps == []


@pytest.mark.parametrize("values", [[], [3], [None, None], [None, 4]])
def test_too_little_is_no_chart(values: list[float | None]) -> None:
    assert line_chart(monthly(values)) is None


def test_scores_below_nought_have_their_room() -> None:
    chart = line_chart([Point("2019", -1.5, "number"), Point("2025", 0.5, "number")])
    assert chart is not None
    assert chart.rows[0].label.startswith("-")
    assert [tick.label for tick in chart.columns] == ["2019", "2025"]


@given(st.lists(st.one_of(st.none(), st.floats(-1e7, 1e7)), min_size=2, max_size=60))
def test_everything_drawn_lies_inside_the_picture(values: list[float | None]) -> None:
    chart = line_chart(monthly(values))
    if chart is None:
        assert sum(value is not None for value in values) < 2
        return
    drawn = [tuple(map(float, pair.split(","))) for line in chart.lines for pair in line.split()] + chart.dots
    assert len(drawn) == sum(value is not None for value in values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn)


def test_the_table_has_a_row_a_year_and_says_what_is_missing() -> None:
    shown = table(monthly([1, None, 3], start=2024 * 12 + 11))
    assert [year for year, _ in shown.rows] == ["2025", "2024"]
    december, january = shown.rows[1][1][11], shown.rows[0][1][0]
    assert december is not None
    assert december.value == 1
    assert january is not None
    assert january.state == "missing"
    assert shown.rows[0][1][5] is None
    yearly = table([Point("2022/23", 4.5, "number"), Point("2023/24", None, "suppressed")])
    assert (yearly.heads, [name for name, _ in yearly.rows]) == ([], ["2023/24", "2022/23"])


def test_what_a_line_lacks_is_said_in_words() -> None:
    """Which months, those in a row as one, and why; the table says the same in its cells."""
    points = monthly([5.0] * 20, start=2022 * 12 + 9)
    for n, why in ((1, NOT_WHOLE), (2, NOT_WHOLE), (3, NOT_WHOLE), (8, NOT_WHOLE), (12, "")):
        points[n] = Point(points[n].period, None, "missing", why)
    points[15] = Point(points[15].period, None, "suppressed")
    del points[10]
    chart = line_chart(points)
    assert chart is not None
    assert len(chart.lines) + len(chart.dots) == 6, "it breaks where no file has the month"
    assert [point.why for point in table(points).rows[1][1] if point][7] == NO_FILE
    whole, no_file, missing, small = table(points).gaps
    assert whole.startswith("November 2022 to January 2023 and June 2023: not sent whole by the police force")
    assert no_file.startswith("August 2023: in no file that is held here.")
    assert missing.startswith("October 2023: not all")
    assert small.startswith("January 2024: held back, since the number is small.")
    assert table(monthly([1.0, 2.0])).gaps == []
    odd = [Point(p.period, None, "missing") if n % 2 else p for n, p in enumerate(monthly([1.0] * 24))]
    assert "August 2024, October 2024 and 7 more periods: not all" in table(odd).gaps[0]
    yearly = [
        Point("2019/20", 1.0, "number"),
        Point("2020/21", None, "missing"),
        Point("2021/22", None, "missing"),
    ]
    assert table(yearly).gaps[0].startswith("2020/21 to 2021/22: not all")
