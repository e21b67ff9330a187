"""The whole list of a partnership, worked out afresh."""

from __future__ import annotations

import datetime

from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.opportunities.engine import Worked, keep_runs, worked_out
from joinedup.opportunities.models import Run
from joinedup.places.models import Footprint


def refresh(*, by: Person, footprint: Footprint, as_of: datetime.date | None = None) -> list[Run]:
    """Run the engine for every kind of reader of a partnership and store what it found.

    What people decided stays: an opportunity that was taken up or set aside keeps its state, one that the
    engine no longer finds and nobody took up is marked as gone.
    """
    require(by, "opportunity.refresh", on=Scope(footprints=frozenset({footprint.pk})))
    with worked_out(footprint, as_of or timezone.localdate()) as worked:
        return keep_lists(by, worked)


def keep_lists(by: Person, worked: Worked) -> list[Run]:
    """Store lists that are worked out, for who asked whether `by` may; call it inside `worked_out`."""
    runs = keep_runs(worked)
    audit.record(
        by=by,
        action="opportunity.refresh",
        on=worked.footprint,
        after={run.audience: run.found for run in runs} | {"as_of": worked.as_of.isoformat()},
    )
    return runs
