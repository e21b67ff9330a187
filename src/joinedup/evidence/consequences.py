"""What would happen to the figures without a dataset, and what has been withdrawn: read-only."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from joinedup.evidence import observations, recompute
from joinedup.evidence.models import Dataset, Figure
from joinedup.evidence.withdrawal import refuse_lost_files
from joinedup.evidence.wording import by_slug


@dataclass(frozen=True)
class FiguresChanged:
    """Figures of one indicator: how many would disappear, and how many would change, from older files."""

    indicator: str
    gone: int
    other: int


@dataclass(frozen=True)
class Consequences:
    """What withdrawing a dataset does. `again`: files that are read again for what it had."""

    changes: list[FiguresChanged]
    again: list[Dataset]

    @property
    def gone(self) -> int:
        return sum(each.gone for each in self.changes)

    @property
    def other(self) -> int:
        return sum(each.other for each in self.changes)


def withdrawn() -> list[Dataset]:
    """Datasets that are remembered and not read, latest first. One query."""
    return list(Dataset.objects.exclude(withdrawn_at=None).order_by("-withdrawn_at", "-pk"))


def consequences(dataset: Dataset, as_of: datetime.date) -> Consequences:
    """What would happen to the figures without a dataset, by computing it. Changes nothing.

    Takes as long as recomputing all figures, which is seconds for a region. Raises `ValidationError` if the
    file of another dataset is gone.
    """
    refuse_lost_files(besides=dataset)
    kept = [row for row in observations.newest_first() if row.pk != dataset.pk]
    newest = next((row for row in kept if row.name == dataset.name), None)
    if newest:
        newest.replaced_by = None  # as it would be; never saved
    figures = recompute.work_out(kept, as_of, lambda _: None).figures
    return Consequences(_changes(figures), _again(dataset, kept))


def _changes(figures: Sequence[Figure]) -> list[FiguresChanged]:
    after = {(each.indicator, each.place_id): _said(each) for each in figures}
    gone: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for before in Figure.objects.filter(state=Figure.State.NUMBER):
        then = after.get((before.indicator, before.place_id))
        if then is None or then[1] != Figure.State.NUMBER:
            gone[before.indicator] += 1
        elif then != _said(before):
            other[before.indicator] += 1
    names = {slug: one.name for slug, one in by_slug().items()}
    found = [FiguresChanged(names.get(slug, slug), gone[slug], other[slug]) for slug in {*gone, *other}]
    return sorted(found, key=lambda each: (-each.gone, -each.other, each.indicator))


def _said(figure: Figure) -> tuple[Any, ...]:
    return figure.period, figure.state, figure.value, figure.count


def _again(dataset: Dataset, kept: Sequence[Dataset]) -> list[Dataset]:
    """The older files that have some of its cells, or of its months, and are not used for them now."""
    own = [row for row in kept if row.source == dataset.source]
    if not own or not (observations.home() / dataset.stored_as).is_file():
        return []
    with_it = observations.newest_first([dataset.source])
    cells = [*observations.CELL, "datasets"]
    before, after = (observations.held(rows).select(cells).explode("datasets") for rows in (with_it, own))
    new = set(after.join(before, on=cells, how="anti")["datasets"])
    return [row for row in own if row.pk in new]
