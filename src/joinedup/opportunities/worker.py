"""What the worker does with opportunities: it follows changes that wait, and once a night works everything out."""

from __future__ import annotations

import datetime

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.opportunities.actions.refreshing import keep_lists
from joinedup.opportunities.engine import follow, worked_out
from joinedup.opportunities.models import ListChange, Run, Touched
from joinedup.places.models import Footprint
from joinedup.privacy.retention import MOVES

# The hour from which a night's run is due: the day's changes are in, and nobody waits for a page.
NIGHT = 2


def follow_waiting() -> int:
    """Follow the changes that no request followed; returns in how many partnerships there were some."""
    found = Footprint.objects.filter(pk__in=Touched.objects.values("footprint"))
    for footprint in found:
        follow(footprint)
    return len(found)


def work_out_the_night(now: datetime.datetime | None = None) -> list[Run]:
    """The run of every partnership whose list was not worked out today: what closed, ended or fell due since. Nothing
    before `NIGHT`, and nothing where no run was ever asked for."""
    now = timezone.localtime(now)
    if now.hour < NIGHT:
        return []
    ListChange.objects.filter(at__lt=now - MOVES.length).delete()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = Run.objects.filter(at__gte=midnight).values("footprint")
    runs: list[Run] = []
    for footprint in Footprint.objects.filter(pk__in=Run.objects.values("footprint")).exclude(pk__in=today):
        runs += _work_out(footprint, midnight, now.date())
    return runs


def _work_out(footprint: Footprint, midnight: datetime.datetime, as_of: datetime.date) -> list[Run]:
    with worked_out(footprint, as_of) as worked:
        # The partnership is locked: the second of two workers finds that it is done.
        if Run.objects.filter(footprint=footprint, at__gte=midnight).exists():
            return []
        return keep_lists(Person.operator(), worked)
