"""How an agreement stands, and how much of that a reader is shown.

No criticism of a named body is public before it has had ten working days to answer: until then only the
partners and their partnership see "not kept".
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement, Progress
from joinedup.engines.days import working_days_after
from joinedup.events.models import Event

DAYS_TO_ANSWER = 10


def is_inside(agreement: Agreement, person: Person) -> bool:
    """Whether `person` belongs to the agreement's partners or its partnership. Expects `contributions` to be
    prefetched and `event` selected."""
    scope = agreement.scope()
    return (
        person.sees_every_partnership
        or bool(scope.partners & person.partner_ids)
        or bool(scope.footprints & person.footprint_ids)
    )


def is_of_partnership(event: Event, person: Person) -> bool:
    """Whether `person` belongs to the event's partnership, or reads what every partnership shares."""
    return person.sees_every_partnership or event.footprint_id in person.footprint_ids


def _may_be_told(progress: Progress, on: datetime.date) -> bool:
    return progress.state != Agreement.State.NOT_KEPT or on >= working_days_after(progress.on, DAYS_TO_ANSWER)


def shown_progress(agreement: Agreement, person: Person, on: datetime.date) -> list[Progress]:
    """The reports that `person` may read, newest first. Expects `progress` to be prefetched."""
    reports: Iterable[Progress] = agreement.progress.all()
    inside = is_inside(agreement, person)
    return [each for each in reports if inside or _may_be_told(each, on)]


def shown_state(agreement: Agreement, person: Person, on: datetime.date) -> str:
    """A value of Agreement.State. Expects `contributions` and `progress` to be prefetched and `event`
    selected."""
    if agreement.state != Agreement.State.NOT_KEPT or is_inside(agreement, person):
        return agreement.state
    last = next((p for p in agreement.progress.all() if p.state == Agreement.State.NOT_KEPT), None)
    if last is None or _may_be_told(last, on):
        return agreement.state
    return Agreement.State.STARTED if agreement.initiative_id else Agreement.State.AGREED


def state_words(state: str) -> str:
    return str(Agreement.State(state).label)


def last_told(on: datetime.date) -> datetime.date:
    """Reports from this day on are not public yet on the day `on`; for database filters."""
    day = on
    while working_days_after(day - datetime.timedelta(days=1), DAYS_TO_ANSWER) > on:
        day -= datetime.timedelta(days=1)
    return day
