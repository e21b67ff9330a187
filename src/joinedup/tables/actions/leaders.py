"""Offers to lead a table or to write for one, and the planners' answers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit
from joinedup.partners.addressees import coordinator_addresses
from joinedup.registration.models import Attendee

Answer = Attendee.OfferAnswer


@transaction.atomic
def answer_offer(*, by: Person, attendee: Attendee, answer: str) -> Attendee:
    """Accept an offer to lead a table or to write for one, decline it, or take back the answer ("").

    Only an accepted offer gives somebody the role and the link of their table. They are notified of a yes and
    of a no.
    """
    require(by, "event.plan", on=attendee)
    attendee.refresh_from_db(from_queryset=Attendee.objects.select_for_update())
    if not attendee.offer:
        raise ValidationError("They have not offered to lead a table.")
    if answer not in Answer.values:
        raise ValidationError("Choose whether you accept the offer.")
    if attendee.standing in Attendee.GONE:
        raise ValidationError("They are not coming.")
    if not attendee.is_coming:
        raise ValidationError("They have not confirmed yet that they come.")
    if answer == attendee.offer_answer:
        return attendee
    before = audit.snapshot(attendee)
    attendee.offer_answer = answer
    others = [part for part in attendee.parts if part not in (attendee.offer, "guest")]
    if answer == Answer.ACCEPTED:
        attendee.parts = [attendee.offer, *others]
    else:
        attendee.parts = others or ["guest"]
    attendee.save(update_fields=["offer_answer", "parts"])
    audit.record(by=by, action="event.answer_offer", on=attendee, before=before)
    if answer and attendee.email:
        _tell(attendee)
    return attendee


def _tell(attendee: Attendee) -> None:
    words = {
        "event": attendee.event,
        "is_accepted": attendee.offer_answer == Answer.ACCEPTED,
        "writes": attendee.offer == Attendee.Offer.WRITE,
        "link": address_of("attending", attendee.token),
    }
    event = attendee.event
    replies = coordinator_addresses(event.footprint_id)
    send_on_commit(
        [compose("tables/mails/offer", attendee.email, words, reply_to=replies)], footprint=event.footprint_id
    )
