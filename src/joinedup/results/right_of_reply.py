"""Who may read a response, and when: the named body first, everyone else once it has had time to answer.

An answer waits for the ten working days, as the response does, unless the named body lets both show at once.
"""

from __future__ import annotations

import datetime

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import DAYS_TO_ANSWER, is_of_partnership
from joinedup.engines.days import working_days_after
from joinedup.events.models import Event
from joinedup.results.models import Response

NEVER = datetime.date.max


def is_untold(response: Response) -> bool:
    """Whether it is critical, and nobody at the named body who may answer has been notified."""
    return response.is_critical and response.told_on is None


def answer_by(response: Response) -> datetime.date | None:
    """The last of the ten working days; None if nobody is criticised, or if nobody who may answer has been
    notified."""
    if not response.is_critical or response.told_on is None:
        return None
    return working_days_after(response.told_on, DAYS_TO_ANSWER)


def shows_from(response: Response) -> datetime.date | None:
    """The day from which others may read it once the results are published; None for at once, and NEVER while
    nobody who may answer has been notified."""
    last = answer_by(response)
    if last is None:
        return NEVER if is_untold(response) else None
    return min(last, response.shown_early_on) if response.shown_early_on else last


def may_read(
    response: Response, person: Person, event: Event, on: datetime.date, *, is_published: bool
) -> bool:
    """Whether `person`, who may see it by its marking, may read it on this day. Expects the event's footprint
    to be selected.

    Those who write responses read all of them, and the named body reads what is said about it. Everyone else
    waits until the results are published, and until the named body has answered or has had ten working days.
    While the partnership publishes nothing new, the public reads no criticism of anyone.
    """
    if may(person, "response.write", event):
        return True
    if response.is_critical and response.about_id in person.partner_ids:
        return True
    if not is_published:
        return False
    first = shows_from(response)
    if first is None:
        return True
    is_held = event.footprint is not None and event.footprint.is_held(on)
    return on >= first and (not is_held or is_of_partnership(event, person))
