"""What the worker does with figures: it goes on where working them out was stopped."""

from __future__ import annotations

import datetime

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.evidence.follow import let_figures_follow
from joinedup.evidence.stored_figures import are_abandoned


def follow_figures(now: datetime.datetime) -> int:
    """Work out the figures that are due and that nobody works on any more; returns how many there are then, 0 where
    nothing was to be done. One query if nothing is due."""
    if not are_abandoned(now):
        return 0
    return let_figures_follow(by=Person.operator(), as_of=timezone.localdate(now)).figures
