"""What follows when a day has come: authorities that become one, and partnerships that cover other places."""

from __future__ import annotations

import datetime
import logging

from django.db import transaction

from joinedup.accounts.person import Person
from joinedup.evidence.follow import let_figures_follow
from joinedup.places.models import FootprintChange, Succession
from joinedup.successions.carrying_out import carry_out
from joinedup.successions.footprints import carry_out_change

logger = logging.getLogger(__name__)


def carry_out_due(on: datetime.date) -> int:
    """Carry out what is stated for a day that has come, in the order of days; how many changes. Two queries if
    nothing is due."""
    waiting = Succession.objects.filter(carried_out_on=None, day__lte=on).order_by("day", "kind", "new")
    # Districts before their county, which has to be empty when it ends.
    groups = sorted(
        set(waiting.values_list("day", "new", "kind")),
        key=lambda each: (each[0], each[2] == "county", each[1]),
    )
    done = set()
    for day, new, _kind in groups:
        try:
            with transaction.atomic():
                rows = list(
                    Succession.objects.select_for_update().filter(carried_out_on=None, day=day, new=new)
                )
                if rows:
                    carry_out(rows)
            if rows:
                done.add((day, new))
                let_figures_follow(by=Person.operator(), as_of=on, recorded=False)
        except Exception:
            # One that cannot be followed keeps nothing else from being done; it is tried again.
            logger.exception("What was stated of %s could not be carried out.", new)
    changes = FootprintChange.objects.filter(carried_out_on=None, day__lte=on).order_by("day", "pk")
    return len(done) + sum(map(_carry_out_change, list(changes.values_list("pk", flat=True))))


@transaction.atomic
def _carry_out_change(pk: int) -> bool:
    # Held, so that the second of two workers finds that it is done.
    change = FootprintChange.objects.select_for_update().filter(pk=pk, carried_out_on=None).first()
    if change is not None:
        carry_out_change(change)
    return change is not None
