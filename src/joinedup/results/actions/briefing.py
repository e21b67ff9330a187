"""Send the briefing pack to those who host and speak."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.links import address_of, make_link
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.drafts import refuse_draft
from joinedup.events.models import Event
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit
from joinedup.partners.addressees import coordinator_addresses
from joinedup.results.queries.briefing import PURPOSE, SENT, recipients


@transaction.atomic
def send_brief(*, by: Person, event: Event) -> int:
    """Mail a personal link to every adult with an address who hosts or speaks, and to the hosts of young
    people who do. Returns the number of mails."""
    require(by, "event.plan", on=event)
    refuse_draft(event, "This event is a draft: publish it before the pack goes out.")
    if event.cancelled_on is not None:
        raise ValidationError("This event is cancelled: nobody is sent the pack.")
    if event.date is not None and event.date < timezone.localdate():
        raise ValidationError("This event is over: nobody is sent the pack.")
    to = recipients(event)
    if not to:
        raise ValidationError(
            "Nobody who hosts or speaks has an e-mail address here: add it to the day first."
        )
    audit.record(by=by, action=SENT, on=event, after={"mails": len(to)})
    replies, mails = coordinator_addresses(event.footprint_id), []
    for address in to:
        link = address_of("brief", make_link(PURPOSE, event.pk, address))
        words = {"event": event, "link": link}
        mails.append(compose("results/mails/brief", address, words, reply_to=replies))
    send_on_commit(mails, footprint=event.footprint_id)
    return len(to)
