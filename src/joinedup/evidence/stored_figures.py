"""Figures, their series and need as stored, replaced by new ones in steps so short that other writers hardly wait.

SQLite has one writer at a time, and working out takes seconds: it is done before anything is locked. What changes what
is held notes that the figures are due (`FiguresDue`) in its own transaction. They follow place by place, each place
whole, and the last step takes the notes away. Where that was stopped the notes stay: the next import goes on, or the
worker, once nothing was heard of it for `SILENT`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from joinedup.evidence import observations
from joinedup.evidence import recompute as recomputing
from joinedup.evidence.models import Figure, FiguresDue, Need, Series
from joinedup.evidence.recompute import WorkedOut
from joinedup.mail.turns import let_others_write

# Seconds of one step, and how many places are written before the time is looked at.
STEP, PLACES = 0.15, 2
SILENT = datetime.timedelta(minutes=5)
KEYS: dict[type[Any], tuple[str, str]] = {
    Figure: ("indicator", "place_id"),
    Series: ("indicator", "place_id"),
    Need: ("place_id", "theme_id"),
}
Progress = Callable[[float], None]
Notes = tuple[int, ...]


def note_due(because: str) -> None:
    """Note that what is held has changed; call it in the transaction that changes it."""
    FiguresDue.objects.create(because=because)


def due() -> Notes:
    """The notes of changes that the figures do not follow yet. One query."""
    return tuple(FiguresDue.objects.order_by("pk").values_list("pk", flat=True))


def are_abandoned(now: datetime.datetime) -> bool:
    """Whether figures are due and whoever worked on them has been silent for long. One query."""
    # What was said in the future was said by a clock that has been put right since.
    lately = Q(said_at__gte=now - SILENT, said_at__lte=now + SILENT)
    said = list(FiguresDue.objects.annotate(is_late=~lately).values_list("is_late", flat=True))
    return bool(said) and all(said)


def follow(
    as_of: datetime.date,
    say: Progress,
    *,
    ready: tuple[WorkedOut, Notes] | None = None,
    at_last: Callable[[WorkedOut], None] = lambda _: None,
) -> WorkedOut | None:
    """Let the figures follow what is held; None where nothing is due, or somebody else finished it.

    `ready`: what is worked out already, with the notes that it answers. `at_last` is called in the last transaction.
    Whenever something else changed meanwhile it begins again.
    """
    while True:
        if ready is None:
            # First: a change that is written meanwhile is another note.
            notes = due()
            if not notes:
                return None
            ready = (
                recomputing.work_out(observations.newest_first(), as_of, lambda part: say(part * 0.7)),
                notes,
            )
        if _stored(*ready, say, at_last):
            say(1.0)
            return ready[0]
        ready = None


def _stored(found: WorkedOut, notes: Notes, say: Progress, at_last: Callable[[WorkedOut], None]) -> bool:
    """Store them place by place; whether no other change came in between."""
    places = _by_place(found)
    left = sorted({*places, *_held_places()})
    number = len(left)
    while True:
        with transaction.atomic():
            if due() != notes:
                return False
            until = monotonic() + STEP
            while left:
                some, left = left[:PLACES], left[PLACES:]
                for model in KEYS:
                    _replace(model, some, [row for code in some for row in places[code][model]])
                if monotonic() >= until:
                    break
            if not left:
                at_last(found)
                FiguresDue.objects.filter(pk__in=notes).delete()
                return True
            FiguresDue.objects.filter(pk__in=notes).update(said_at=timezone.now())
        say(0.7 + 0.3 * (1 - len(left) / number))
        let_others_write()


def _by_place(found: WorkedOut) -> dict[str, dict[type[Any], list[Any]]]:
    places: dict[str, dict[type[Any], list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows: list[Any] = [*found.figures, *found.series, *found.needs]
    for row in rows:
        places[row.place_id][type(row)].append(row)
    return places


def _held_places() -> Iterator[str]:
    for model in KEYS:
        yield from model.objects.order_by().values_list("place", flat=True).distinct()


def _replace(model: type[Any], places: Sequence[str], rows: Sequence[Any]) -> None:
    """All rows of some places. Those that stay keep their keys, so that links to a figure last."""
    key = KEYS[model]
    names = [name.removesuffix("_id") for name in key]
    fields = [f.name for f in model._meta.concrete_fields if f.name not in names and not f.primary_key]
    wanted = {tuple(getattr(row, column) for column in key) for row in rows}
    held = model.objects.filter(place__in=places).order_by().values_list("pk", *key)
    gone = [pk for pk, *own in held if tuple(own) not in wanted]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=names, update_fields=fields)
