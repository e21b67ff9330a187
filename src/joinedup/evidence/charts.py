"""A series over time as the numbers that an SVG line needs. Pure geometry; the template draws it.

Why there is no chart library: docs/decisions, "Charts are drawn by hand".
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format

from joinedup.engines.words import listing, plural
from joinedup.evidence.codes_in_use import sentences
from joinedup.evidence.methods import months_to
from joinedup.evidence.points import NO_FILE, NOT_WHOLE, OF_A_CODE, Point
from joinedup.evidence.sources.contract import MISSING, SUPPRESSED

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 18, 30
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_LABELS = 9
# So many stretches of missing periods are named, and the others counted.
MOST_SPANS = 5
SMALLEST_STEP = 1e-6


@dataclass(frozen=True)
class Tick:
    at: float
    label: str
    minor: bool = False


@dataclass(frozen=True)
class Chart:
    """Lines are runs of points without a gap; a run of one is a dot. Coordinates are those of the view box."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    lines: list[str]
    dots: list[tuple[float, float]]
    rows: list[Tick]
    columns: list[Tick]
    steps: list[Tick]


def line_chart(points: Sequence[Point], changes: Collection[str] = ()) -> Chart | None:
    """A chart of the points that are numbers, from zero upwards; None with fewer than two of them.

    A missing or suppressed period breaks the line. So does a change of recording (`changes`: first months of one),
    which is marked: the two sides are not one series.
    """
    points = _every_month(points)
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2:
        return None
    lowest, ticks = _scale(min(known), max(known))
    span = ticks[-1] - lowest

    def x(position: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * position / max(len(points) - 1, 1), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - lowest) / span, 1)

    breaks = [n for n, point in enumerate(points) if point.period in changes and n > 0]
    runs = _runs(points, breaks)
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        lines=[" ".join(f"{x(n)},{y(value)}" for n, value in run) for run in runs if len(run) > 1],
        dots=[(x(run[0][0]), y(run[0][1])) for run in runs if len(run) == 1],
        rows=[Tick(y(tick), f"{tick:,.10g}") for tick in ticks],
        columns=_columns(points, x),
        steps=[Tick((x(n) + x(n - 1)) / 2, points[n].period) for n in breaks],
    )


def _runs(points: Sequence[Point], breaks: Sequence[int]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for n, point in enumerate(points):
        if point.value is None or n in breaks:
            runs.append([])
        if point.value is not None:
            runs[-1].append((n, point.value))
    return [run for run in runs if run]


def _scale(least: float, most: float) -> tuple[float, list[float]]:
    """Where the axis starts (zero, or below it for scores that go there) and its round steps."""
    low, high = min(least, 0.0), max(most, 0.0)
    rough = max((high - low) / 4, SMALLEST_STEP) if high > low else 1.0
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * round_one for round_one in (1, 2, 5, 10) if size * round_one >= rough)
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 1)
    ticks = [round(n * step, 10) for n in range(first, last + 1)]
    return ticks[0], ticks


def _columns(points: Sequence[Point], x: Callable[[int], float]) -> list[Tick]:
    """Years under a monthly series (each January), else the periods themselves; thinned to fit."""
    if _is_month(points[0].period):
        marks = [(n, point.period[:4]) for n, point in enumerate(points) if point.period.endswith("-01")]
    else:
        marks = [(n, point.period) for n, point in enumerate(points)]
    every = max(1, math.ceil(len(marks) / MOST_LABELS))
    kept = marks[::every]
    return [Tick(x(n), label, minor=number % 2 == 1) for number, (n, label) in enumerate(kept)]


@dataclass(frozen=True)
class SeriesTable:
    """The same numbers as rows: a year and its months, or a period and its value. `gaps`: what the line and the table
    lack, and why, in sentences."""

    heads: list[str]
    rows: list[tuple[str, list[Point | None]]]
    gaps: list[str]


def table(points: Sequence[Point]) -> SeriesTable:
    """The table beside a chart. Monthly: one row a year, newest first, and a column a month."""
    points = _every_month(points)
    if points and all(_is_month(point.period) for point in points):
        years: dict[str, list[Point | None]] = {}
        for point in points:
            years.setdefault(point.period[:4], [None] * 12)[int(point.period[5:]) - 1] = point
        return SeriesTable(list(MONTHS), sorted(years.items(), reverse=True), _gaps(points))
    return SeriesTable([], [(point.period, [point]) for point in reversed(points)], _gaps(points))


def _every_month(points: Sequence[Point]) -> Sequence[Point]:
    """A monthly series with the months that no file has between its first and last: a line has to break there."""
    if not points or not all(_is_month(point.period) for point in points):
        return points
    there = {point.period: point for point in points}
    first, last = (int(month[:4]) * 12 + int(month[5:]) for month in (min(there), max(there)))
    every = months_to(max(there), last - first + 1)
    return [there.get(month) or Point(month, None, MISSING, NO_FILE) for month in every]


def _is_month(period: str) -> bool:
    return len(period) == 7 and period[4] == "-"


def _gaps(points: Sequence[Point]) -> list[str]:
    """Which periods have no number, and why, in sentences."""
    reasons = (
        (MISSING, NOT_WHOLE, "not sent whole by the police force, so that a count would look like a fall"),
        (MISSING, NO_FILE, "in no file that is held here"),
        (MISSING, "", "not all of what is counted here was published"),
        (SUPPRESSED, "", "held back, since the number is small"),
    )
    of_code = {why: fault for fault, why in OF_A_CODE.items()}
    return [
        f"{listing(spans)}: {why}. The line breaks there; that is not zero."
        for state, kind, why in reasons
        if (spans := _spans([(point.state, point.why) == (state, kind) for point in points], points))
    ] + sentences((point.period, of_code[point.why]) for point in points if point.why in of_code)


def _spans(wanted: Sequence[bool], points: Sequence[Point]) -> list[str]:
    """The periods that are wanted, those in a row as one: “March to May 2023”; the first few of many."""
    runs: list[list[str]] = []
    for n, point in enumerate(points):
        if wanted[n] and n and wanted[n - 1]:
            runs[-1].append(point.period)
        elif wanted[n]:
            runs.append([point.period])
    more = sum(len(run) for run in runs[MOST_SPANS:])
    told = [_said(run) for run in runs[:MOST_SPANS]]
    return [*told, f"{more} more {plural(more, 'period')}"] if more else told


def _said(run: Sequence[str]) -> str:
    first, last = _period(run[0]), _period(run[-1])
    if len(run) == 1:
        return first
    if first[-4:] == last[-4:] and " " in first:
        first = first[:-5]
    return f"{first} to {last}"


def _period(text: str) -> str:
    if _is_month(text):
        return date_format(datetime.date(int(text[:4]), int(text[5:]), 1), "F Y")
    return text
