"""Bring in what ships about a partnership's area, apart from the request that asked for it.

The worker does it. Where none runs, as on one machine that only serves pages, a thread of the server does: a claim is
one update of a row, so whoever is first has it, and a second never begins beside it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.firstrun.area_data import bring_in
from joinedup.firstrun.models import SILENT, AreaLoad
from joinedup.mail.worker_mark import note_worker, worker_was_seen
from joinedup.places.models import Footprint

logger = logging.getLogger(__name__)

# Seconds between two notes of how far it is.
NOTED = 1.0
BROKE = "Something went wrong; whoever looks after the installation finds it in the log."


class _GivenUp(Exception):
    """Somebody else has begun it again."""


@transaction.atomic
def ask_for_data(*, by: Person, footprint: Footprint) -> AreaLoad:
    """Ask for what ships about the area, for the first time or again; one that is under way is left alone.

    Raises PermissionDenied.
    """
    require(by, "partner.add", on=Scope(footprints=frozenset({footprint.pk})))
    return put_in_line(by=by, footprint=footprint)


@transaction.atomic
def put_in_line(*, by: Person, footprint: Footprint) -> AreaLoad:
    """As `ask_for_data`, for who was allowed to make the partnership a moment ago."""
    now = timezone.now()
    AreaLoad.objects.get_or_create(footprint=footprint, defaults={"asked_at": now})
    load = AreaLoad.objects.select_for_update().get(footprint=footprint)
    if load.state == AreaLoad.State.RUNNING and not load.is_stuck(now):
        return load
    load.state, load.asked_at, load.ended_at = AreaLoad.State.WAITING, now, None
    load.step, load.done, load.failure = "", 0, ""
    load.save()
    audit.record(by=by, action="footprint.bring_in", on=footprint)
    transaction.on_commit(begin_without_worker)
    return load


def begin_without_worker() -> None:
    """Begin in a thread of this process, unless a worker was seen lately."""
    if worker_was_seen():
        return
    threading.Thread(target=_in_the_background, name="area data", daemon=True).start()


def _in_the_background() -> None:
    try:
        bring_in_next()
    finally:
        connection.close()


def bring_in_next() -> AreaLoad | None:
    """Bring in the area that has waited longest, or whose worker fell silent; None if none waits or one is under way.

    Errors are stored with it, as a sentence, and logged. Repeatable: what is there already stays.
    """
    load = _taken()
    if load is None:
        return None
    try:
        bring_in(load.footprint.places.all(), _Progress(load))
    except _GivenUp:
        logger.info("The area of %s is brought in by somebody else.", load.footprint)
    except ValidationError as error:
        _end(load, AreaLoad.State.FAILED, " ".join(error.messages))
    except Exception:
        logger.exception("The area of %s could not be brought in.", load.footprint)
        _end(load, AreaLoad.State.FAILED, BROKE)
    else:
        _end(load, AreaLoad.State.DONE)
    load.refresh_from_db()
    return load


def _taken() -> AreaLoad | None:
    now = timezone.now()
    running = AreaLoad.objects.filter(state=AreaLoad.State.RUNNING)
    if running.filter(said_at__gte=now - SILENT).exists():
        return None
    waits = Q(state=AreaLoad.State.WAITING) | Q(state=AreaLoad.State.RUNNING)
    for load in AreaLoad.objects.filter(waits).select_related("footprint").order_by("asked_at", "pk"):
        ours = AreaLoad.objects.filter(waits, pk=load.pk, state=load.state, said_at=load.said_at)
        if ours.update(state=AreaLoad.State.RUNNING, said_at=now, step="", done=0):
            load.said_at = now
            return load
    return None


class _Progress:
    """Receives what is done now and the share of it; stores it now and then."""

    def __init__(self, load: AreaLoad) -> None:
        self.load, self.step, self.noted = load, "", monotonic()

    def __call__(self, step: str, share: float | None) -> None:
        if step == self.step and monotonic() - self.noted < NOTED:
            return
        self.step, self.noted, now = step, monotonic(), timezone.now()
        done = min(max(share or 0.0, 0.0), 1.0)
        if not _ours(self.load).update(step=step, done=done, said_at=now):
            raise _GivenUp
        self.load.said_at = now


def _ours(load: AreaLoad) -> QuerySet[AreaLoad]:
    return AreaLoad.objects.filter(pk=load.pk, state=AreaLoad.State.RUNNING, said_at=load.said_at)


def _end(load: AreaLoad, state: str, failure: str = "") -> None:
    _ours(load).update(state=state, ended_at=timezone.now(), failure=failure[:300])


def work_on_areas(say: Callable[[str], object]) -> None:
    """What the worker does: note that it is there, and bring in one area that waits."""
    note_worker()
    if load := bring_in_next():
        say(f"The area of {load.footprint}: {load.failure or 'brought in.'}")
