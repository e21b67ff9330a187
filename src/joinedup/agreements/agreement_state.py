"""How an agreement stands, and how much of that a reader is shown.

No criticism of a named body is public before it has had ten working days to answer: until then only the
partners and their partnership see "not kept".
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

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


def review_words(agreement: Agreement, state: str, on: datetime.date) -> str:
    """Which review was the last, and which comes next, for an agreement of which a reader is told that it stands at
    `state`. Whether somebody reported at it is not said: a reader may not be told yet. Empty where none comes."""
    days = [agreement.review_3, agreement.review_6, agreement.review_12]
    told = [date_format(day, "j F Y") for day in days]
    if state == Agreement.State.KEPT and days[-1] >= on:
        return _("On %(day)s its owner is asked whether it has lasted.") % {"day": told[-1]}
    if state not in (Agreement.State.AGREED, Agreement.State.STARTED):
        return ""
    return [
        _("The first review is on %(first)s."),
        _("The first review was on %(first)s; the second is on %(second)s."),
        _("The second review was on %(second)s; the last is on %(last)s."),
        _("The last review was on %(last)s: no other is to come."),
    ][sum(day < on for day in days)] % dict(zip(("first", "second", "last"), told, strict=True))


def state_words(state: str) -> str:
    return str(Agreement.State(state).label)


def last_told(on: datetime.date) -> datetime.date:
    """Reports from this day on are not public yet on the day `on`; for database filters."""
    day = on
    while working_days_after(day - datetime.timedelta(days=1), DAYS_TO_ANSWER) > on:
        day -= datetime.timedelta(days=1)
    return day
