"""The population for every period: missing figures are interpolated or carried forward."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from joinedup.engines import periods
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused
from joinedup.offline.scan.columns import CsvFile, Ints, codes, dated, plural, positive
from joinedup.offline.scan.counts import Span
from joinedup.offline.scan.places import Places


def population(
    csv_file: CsvFile,
    of: Ints,
    groups: int,
    places: Places,
    span: Span,
    notes: list[str],
    *,
    interpolate: bool,
) -> NDArray[np.float64]:
    """People, groups × areas × periods; 0 if none are given. `of`: the group of each row. A missing period
    takes the last earlier figure or, with `interpolate`, a point on the straight line between two figures.
    Raises `Refused`."""
    people = positive(csv_file, "population")
    area = codes(csv_file.filled("area"), places.names)
    timed = csv_file.has("period")
    if timed and span.kind == periods.ALL:
        raise Refused(f"{csv_file.name} has a period and the cases have none: give it to both or to neither.")
    kind, number = dated(csv_file) if timed else (periods.ALL, np.zeros(csv_file.rows, np.int64))
    use = (area.is_not_null() & people.is_not_null()).to_numpy()
    _say_what_is_left_out(csv_file, area, people, notes)
    area_at = area.fill_null(0).to_numpy()[use]
    given, when = np.unique(number[use], return_inverse=True)
    if not len(given):
        raise Refused(f"{csv_file.name} has no population for any area in {places.file}.")
    shape = (groups, len(places.names), len(given))
    at = (of[use] * shape[1] + area_at) * shape[2] + when
    size = int(np.prod(shape))
    weights = people.fill_null(0.0).to_numpy()[use]
    found = np.bincount(at, weights=weights, minlength=size).astype(np.float64).reshape(shape)
    again = len(at) - int(np.count_nonzero(np.bincount(at, minlength=size)))
    if again:
        notes.append(f"{csv_file.name}: {plural(again, 'more row')} of the same area and period added up.")
    there = np.zeros(shape[1:], bool)
    there[area_at, when] = True
    if (none := int((~there.any(axis=1)).sum())) > 0:
        notes.append(
            f"{csv_file.name}: {plural(none, 'area')} of {places.file} without population, taken as empty."
        )
    if not timed:
        return np.repeat(found, len(span.labels), axis=2)
    if interpolate and len(given) > 1:
        lying, filled = _on_a_line(found, there, kind, given, span)
        if filled:
            notes.append(f"{csv_file.name}: a straight line was taken between the {kind}s that are given.")
        return lying
    return _held(found, there, kind, given, span, csv_file, notes)


def _held(
    found: NDArray[np.float64],
    there: NDArray[np.bool_],
    kind: str,
    given: Ints,
    span: Span,
    csv_file: CsvFile,
    notes: list[str],
) -> NDArray[np.float64]:
    """Each period takes the area's latest figure that is not later, else the first."""
    begins = np.array([periods.first_day(kind, int(at)).toordinal() for at in given])
    wanted = np.array(
        [periods.first_day(span.kind, span.first + at).toordinal() for at in range(len(span.labels))]
    )
    last = np.searchsorted(begins, wanted, side="right") - 1
    so_far = np.maximum.accumulate(np.where(there, np.arange(len(given)), -1), axis=1)
    used = np.where(last >= 0, so_far[:, np.maximum(last, 0)], -1)
    later = used < 0
    used = np.where(later, there.argmax(axis=1)[:, None], used)
    lives = there.any(axis=1)
    own = [(kind, int(at)) for at in given]
    same = np.array([_holds(own[at], label) for at in range(len(given)) for label in span.labels])
    is_own = same.reshape(len(given), len(span.labels))[used, np.arange(len(span.labels))]
    earlier = int((~is_own & ~later)[lives].sum())
    if earlier:
        notes.append(
            f"{csv_file.name}: for {_areas_and_periods(earlier)} "
            f"the last earlier {kind} that is given was used."
        )
    if number := int(later[lives].sum()):
        notes.append(
            f"{csv_file.name}: for {_areas_and_periods(number)} "
            f"none is given so early; the first later {kind} was used."
        )
    return found[:, np.arange(len(used))[:, None], used]


def _areas_and_periods(number: int) -> str:
    return plural(number, "area and period").replace("area and periods", "areas and periods")


def _on_a_line(
    found: NDArray[np.float64], there: NDArray[np.bool_], kind: str, given: Ints, span: Span
) -> tuple[NDArray[np.float64], bool]:
    """The mean over the days of a period of the line through the midpoints of the figures, flat before and
    after; and whether any value was interpolated."""
    first = periods.first_day(span.kind, span.first).toordinal()
    long = span.days.astype(np.int64)
    day = first + np.arange(long.sum())
    period = np.repeat(np.arange(len(long)), long)
    middle = np.array([_middle(kind, int(at)) for at in given])
    people, filled = np.zeros((*found.shape[:2], len(long))), 0
    # Areas with figures of the same years share their weights; nearly always all do.
    patterns, which = np.unique(there, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        own = np.flatnonzero(pattern)
        if not len(own):
            continue
        after = np.searchsorted(middle[own], day, side="right").clip(0, len(own) - 1)
        before = np.maximum(np.searchsorted(middle[own], day, side="right") - 1, 0)
        apart = np.maximum(middle[own][after] - middle[own][before], 1)
        share = np.where(after > before, (day - middle[own][before]) / apart, 0.0).clip(0.0, 1.0)
        weight = np.zeros((len(given), len(long)))
        np.add.at(weight, (own[before], period), 1 - share)
        np.add.at(weight, (own[after], period), share)
        mine = np.flatnonzero(which.ravel() == number)
        weight /= long
        if kind == span.kind:
            at, figure = _as_given(given, own, span)
            weight[:, at] = 0.0
            weight[figure, at] = 1.0
        filled += int((weight.max(axis=0) < 1.0).sum())
        people[:, mine] = found[:, mine] @ weight
    return people, filled > 0


def _as_given(given: Ints, own: Ints, span: Span) -> tuple[Ints, Ints]:
    """Periods that keep their own figure, and its index: those between two given periods. An isolated figure
    is a point of the line."""
    figure = np.full(len(span.labels), -1)
    at = given[own] - span.first
    inside = (at >= 0) & (at < len(figure))
    figure[at[inside]] = own[inside]
    there = np.concatenate([[True], figure >= 0, [True]])
    stands = np.flatnonzero(there[:-2] & there[1:-1] & there[2:])
    return stands, figure[stands]


def _middle(kind: str, at: int) -> int:
    day = periods.first_day(kind, at)
    if kind == periods.YEAR:
        return date(day.year, 7, 1).toordinal()  # like publishers' mid-year estimates
    return day.toordinal() + (14 if kind == periods.MONTH else 0)


def _holds(own: tuple[str, int], label: str) -> bool:
    """Whether a period is the figure's own, or is within it."""
    mine = periods.label(*own)
    return label == mine or label.startswith(f"{mine}-")


def _say_what_is_left_out(csv_file: CsvFile, area: pl.Series, people: pl.Series, notes: list[str]) -> None:
    if number := int(area.is_null().sum()):
        notes.append(
            f"{csv_file.name}: {plural(number, 'row')} of areas that are not in the places left out."
        )
    if number := int((people.is_null() & area.is_not_null()).sum()):
        notes.append(f"{csv_file.name}: {plural(number, 'blank population')} left out.")
