"""Let the figures and the need follow what is held: after an import, a change of what is held, or when told."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.evidence import observations, stored_figures
from joinedup.evidence import recompute as recomputing
from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.evidence.recompute import WorkedOut

Progress = Callable[[float], None]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Recomputed:
    """How many figures and needs there are now."""

    figures: int
    needs: int


def recompute(*, by: Person, as_of: datetime.date, progress: Progress | None = None) -> Recomputed:
    """Compute the figures and the need of every place from what is held, as known on `as_of`.

    Rows that stay keep their primary keys, so that links to a figure last; those without a figure are
    deleted. Running it twice on the same datasets changes nothing. Raises `ValidationError` if no dataset is
    held. Stopped in the middle, some places have the new figures and others the old: see `stored_figures`.
    """
    require(by, "dataset.import")
    if not Dataset.objects.filter(withdrawn_at=None).exists():
        raise ValidationError("No dataset is held yet. Import one first.")
    stored_figures.note_due("figures.recompute")
    return let_figures_follow(by=by, as_of=as_of, progress=progress)


def let_figures_follow(
    *,
    by: Person,
    as_of: datetime.date,
    progress: Progress | None = None,
    ready: tuple[WorkedOut, stored_figures.Notes] | None = None,
    recorded: bool = True,
) -> Recomputed:
    """Compute and store the figures if they are due, for who changed what is held; `ready`: see
    `stored_figures.follow`. `recorded`: with an entry in the history of its own."""

    def at_last(found: WorkedOut) -> None:
        newest = Dataset.objects.filter(withdrawn_at=None).order_by("-imported_at", "-pk").first()
        if recorded and newest is not None:
            after = {"as_of": as_of.isoformat(), "figures": len(found.figures), "needs": len(found.needs)}
            audit.record(by=by, action="figures.recompute", on=newest, after=after)

    found = stored_figures.follow(as_of, progress or (lambda _: None), ready=ready, at_last=at_last)
    if found is None:
        return Recomputed(Figure.objects.count(), Need.objects.count())
    return Recomputed(len(found.figures), len(found.needs))


def change_held(
    change: Callable[[], Result],
    *,
    by: Person,
    because: str,
    as_of: datetime.date,
    progress: Progress | None = None,
    recorded: bool = True,
) -> tuple[Result, Recomputed]:
    """Change what is held, and let the figures follow. `change` writes, and may be called several times.

    The figures are worked out before anything is kept, from what a first try of the change, taken back at once, would
    leave: nobody waits meanwhile, and figures that cannot be worked out leave everything as it was.
    """
    say = progress or (lambda _: None)
    while True:
        with transaction.atomic():
            change()
            would_be = observations.newest_first()
            transaction.set_rollback(True)
        notes = stored_figures.due()
        found = recomputing.work_out(would_be, as_of, lambda part: say(part * 0.7))
        with transaction.atomic():
            done = change()
            now = observations.newest_first()
            if stored_figures.due() == notes and _told(now) == _told(would_be):
                stored_figures.note_due(because)
                notes = stored_figures.due()
                break
            # Somebody else changed what is held meanwhile.
            transaction.set_rollback(True)
    keys = {was.pk: held for was, held in zip(would_be, now, strict=True)}
    for figure in found.figures:
        figure.dataset = keys[figure.dataset_id]
        figure.rests_on = [keys[pk].pk for pk in figure.rests_on]
    return done, let_figures_follow(
        by=by, as_of=as_of, progress=progress, ready=(found, notes), recorded=recorded
    )


def _told(datasets: Sequence[Dataset]) -> list[tuple[str, str, bool]]:
    """All of datasets that figures depend on, apart from their keys."""
    return [(each.name, each.stored_as, each.replaced_by_id is None) for each in datasets]
