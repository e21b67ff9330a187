"""Notify everyone who attended of their page, within an hour of the end of the day."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.models import Preference
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import off_link
from joinedup.events.models import Event
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.partners.addressees import coordinator_addresses
from joinedup.registration.models import Attendee
from joinedup.registration.survey import survey_link
from joinedup.results.queries.follow_up import Thanked, to_thank


@transaction.atomic
def thank(*, by: Person, event: Event, now: datetime.datetime | None = None) -> int:
    """Send one mail to each person who attended and was not notified yet, with the link of their page and
    those of the young people they brought. Returns the number of mails; running again, or in a second worker,
    sends none."""
    require(by, "event.plan", on=event)
    now = now or timezone.now()
    if event.date is None or event.date > timezone.localdate(now) or event.cancelled_on:
        raise ValidationError(_("This goes out once the day has come."))
    # Held while the mails are chosen, so that two workers never write to the same person.
    event = Event.objects.select_for_update().get(pk=event.pk)
    thanked = to_thank(event)
    if not thanked:
        return 0
    told = [each.pk for one in thanked for each in one.about]
    Attendee.objects.filter(pk__in=told).update(thanked_at=now)
    audit.record(by=by, action="event.thank", on=event, before={}, after={"mails": len(thanked)})
    replies = coordinator_addresses(event.footprint_id)
    send_on_commit(
        [
            compose("results/mails/after", each.to.email, _words(event, each), reply_to=replies)
            for each in thanked
        ],
        footprint=event.footprint_id,
        undo=Undo(nobody_was_thanked, {"told": told}),
    )
    return len(thanked)


def nobody_was_thanked(refused: Refused, *, told: list[int]) -> None:
    """The mail server took none of them: they are told another time."""
    if refused.all_of_them:
        Attendee.objects.filter(pk__in=told).update(thanked_at=None)


def _words(event: Event, mail: Thanked) -> dict[str, object]:
    to = mail.to
    return {
        "event": event,
        "link": _page(to) if to in mail.about else "",
        "young": [
            (each.name or _("No. %(number)s") % {"number": each.number}, _page(each))
            for each in mail.about
            if each != to
        ],
        "survey": survey_link(to) if to in mail.about else "",
        "off": off_link(to.user, Preference.Mail.EVENTS) if to.user else "",
    }


def _page(attendee: Attendee) -> str:
    return address_of("attending_after", attendee.token)
