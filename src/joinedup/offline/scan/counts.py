"""Files of counts, cases and controls: area, period, how many, and what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from joinedup.engines import completeness, periods
from joinedup.engines.words import listing
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused
from joinedup.offline.scan.columns import CsvFile, Ints, areas, dated, need_columns, opened, plural, whole
from joinedup.offline.scan.places import Places
from joinedup.offline.scan.request import ScanRequest

# The most areas × periods × groups that fit into the memory of an ordinary machine.
MOST_CELLS = 60_000_000
# So many months without a case are named.
NAMED = 6


@dataclass
class Span:
    """All periods from the first to the last."""

    kind: str
    first: int
    labels: list[str]
    days: NDArray[np.float64]

    def at(self, numbers: Ints) -> Ints:
        """The index of each period; below 0 or beyond the last for those outside."""
        return numbers - self.first


@dataclass
class CountRows:
    """The rows of a file of counts: area and period (numbers), group (0 without covariates), count, whether
    known."""

    file: CsvFile
    area: Ints
    period: Ints
    count: Ints
    known: NDArray[np.bool_]
    group: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def read_cases(request: ScanRequest, places: Places) -> tuple[CountRows, Span]:
    """Raises `Refused`."""
    csv_file = opened(request.cases, "area", "count", *request.covariates)
    timeless = request.shape == "spatial" and request.model != "permutation" and not csv_file.has("period")
    found, kind = _rows(csv_file, places, timeless=timeless)
    if timeless:
        return found, Span(kind, 0, [periods.ALL], np.ones(1))
    first, last = int(found.period.min()), int(found.period.max())
    if (last - first + 1) * len(places.names) > MOST_CELLS:
        raise Refused(
            f"{csv_file.name} runs from {periods.label(kind, first)} to {periods.label(kind, last)}, "
            f"{last - first + 1:,} {kind}s of {len(places.names):,} areas: too many. Take longer periods or fewer."
        )
    every = range(first, last + 1)
    span = Span(
        kind,
        first,
        [periods.label(kind, at) for at in every],
        np.array([periods.days(kind, at) for at in every], float),
    )
    return found, span


def read_controls(request: ScanRequest, places: Places, span: Span, notes: list[str]) -> CountRows:
    """Raises `Refused`."""
    assert request.controls is not None
    csv_file = opened(request.controls, "area", "count")
    timeless = span.kind == periods.ALL
    if timeless and csv_file.has("period"):
        raise Refused(
            f"{csv_file.name} has a period and {request.cases.name} has none: give it to both or to neither."
        )
    rows, kind = _rows(csv_file, places, timeless=timeless)
    if not timeless and kind != span.kind:
        raise Refused(
            f"{csv_file.name} is by {kind} and {request.cases.name} by {span.kind}: give both by the same."
        )
    at = span.at(rows.period)
    inside = (at >= 0) & (at < len(span.labels))
    if not inside.all():
        notes.append(
            f"{csv_file.name}: {plural(int((~inside).sum()), 'row')} before the first or after the last period of the "
            "cases left out."
        )
        rows.area, rows.period, rows.count = rows.area[inside], rows.period[inside], rows.count[inside]
        rows.known = rows.known[inside]
    return rows


def _rows(csv_file: CsvFile, places: Places, *, timeless: bool) -> tuple[CountRows, str]:
    area = areas(csv_file, places.names, places.file)
    if timeless:
        kind, period = periods.ALL, np.zeros(csv_file.rows, np.int64)
    else:
        need_columns(csv_file, ["period"])
        kind, period = dated(csv_file)
    count, known = whole(csv_file)
    return CountRows(csv_file, area, period, count, known), kind


def cells(
    rows: CountRows, span: Span, areas: int, groups: int, notes: list[str]
) -> tuple[Ints, NDArray[np.bool_] | None]:
    """The counts as groups × areas × periods, and where they are known (None: everywhere). A blank count
    makes its whole cell unknown."""
    shape = (groups, areas, len(span.labels))
    group = rows.group if len(rows.group) else 0
    at = (group * areas + rows.area) * len(span.labels) + span.at(rows.period)
    size = int(np.prod(shape))
    found = np.bincount(at, weights=rows.count, minlength=size).astype(np.int64).reshape(shape)
    again = len(at) - int(np.count_nonzero(np.bincount(at, minlength=size)))
    if again:
        notes.append(f"{rows.file.name}: {plural(again, 'more row')} of the same area and period added up.")
    if rows.known.all():
        return found, None
    known = np.ones(shape[1:], bool)
    known[rows.area[~rows.known], span.at(rows.period[~rows.known])] = False
    found[:, ~known] = 0
    notes.append(
        f"{rows.file.name}: {plural(int((~known).sum()), 'count')} of an area and period not known (blank): "
        "left out, not taken as 0."
    )
    return found, known


def judge_months(
    rows: CountRows,
    found: Ints | None,
    known: NDArray[np.bool_] | None,
    span: Span,
    notes: list[str],
    *,
    real: bool,
    noun: str = "case",
) -> None:
    """Months (or years) in a file whose counts did not come whole. One without any case is refused, unless that is
    `real`: a file is missing more often than nothing happens anywhere. One with far fewer than usual is noted.

    `found`, `known`: areas × periods. Days are judged by the month, and months that the file holds only in part are
    not. Raises `Refused`.
    """
    if span.kind == periods.ALL or found is None:
        return
    labels, found, known = _by_month(span, found, known)
    empty = completeness.without_case(found, known)
    if empty.any() and not real:
        raise Refused(
            f"{rows.file.name} has no {noun} anywhere in {_some_of(labels, empty)}: a file is probably missing, so "
            "add it, or give --empty-months-are-real if nothing happened then."
        )
    if span.kind == periods.DAY:
        return
    complete = known is None or bool(known.all())
    short = ~completeness.sent_whole(found.sum(axis=0)) & ~empty
    if complete and short.any():
        notes.append(
            f"{rows.file.name}: {_some_of(labels, short)} {'has' if short.sum() == 1 else 'have'} less than "
            f"{completeness.WHOLE:.0%} of the {noun}s of a usual {span.kind}; was all of it sent?"
        )


def _by_month(
    span: Span, found: Ints, known: NDArray[np.bool_] | None
) -> tuple[list[str], Ints, NDArray[np.bool_] | None]:
    """Days as the months that are there from their first day to their last; other periods as they are."""
    if span.kind != periods.DAY:
        return span.labels, found, known
    months = np.array([label[:7] for label in span.labels])
    names = [
        name
        for name in dict.fromkeys(months.tolist())
        if (months == name).sum() == periods.days(*periods.number(name))
    ]
    own = [months == name for name in names]
    if not own:
        return [], found[:, :0], None
    return (
        names,
        np.stack([found[:, of].sum(axis=1) for of in own], axis=1),
        None if known is None else np.stack([known[:, of].any(axis=1) for of in own], axis=1),
    )


def _some_of(labels: list[str], of: NDArray[np.bool_]) -> str:
    """“February 2024, May 2024 and 3 more”."""
    names = [periods.in_words(label) for label, there in zip(labels, of, strict=True) if there]
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return listing(names)


def group(files: Sequence[CsvFile], covariates: Sequence[str]) -> tuple[list[str], list[Ints]]:
    """The groups of all files by their covariates, in order, and the group of each row of each file."""
    if not covariates:
        return [""], [np.zeros(csv_file.rows, np.int64) for csv_file in files]
    frames = [pl.DataFrame([csv_file.filled(name).alias(name) for name in covariates]) for csv_file in files]
    every = pl.concat([frame.unique() for frame in frames]).unique().sort(covariates).with_row_index("group")
    found = [
        frame.join(every, on=covariates, how="left", maintain_order="left")["group"].cast(pl.Int64).to_numpy()
        for frame in frames
    ]
    names = [
        ", ".join(f"{k} {v}" for k, v in zip(covariates, row[1:], strict=True)) for row in every.iter_rows()
    ]
    return names, found
