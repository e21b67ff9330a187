"""Who is asked to come, and what they answer from their mail."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events import mails
from joinedup.events.models import Event, Invitation
from joinedup.partners.models import Contact, Partner


@transaction.atomic
def make_invitations(*, by: Person, event: Event, partners: Sequence[Partner] | None = None) -> int:
    """An invitation for every contact with an address at the partnership's partners (or at these); returns how
    many are new. Nothing is sent yet, and an address is invited once."""
    require(by, "event.invite", on=event)
    contacts = Contact.objects.filter(partner__footprints=event.footprint_id).exclude(email="")
    if partners is not None:
        contacts = contacts.filter(partner__in=[partner.pk for partner in partners])
    known = {email.lower() for email in event.invitations.values_list("email", flat=True)}
    fresh: dict[str, Invitation] = {}
    for contact in contacts.order_by("partner__name", "pk"):
        address = contact.email.lower()
        if address not in known and address not in fresh:
            fresh[address] = Invitation(
                event=event,
                partner_id=contact.partner_id,
                role=contact.role,
                name=contact.name,
                email=address,
            )
    Invitation.objects.bulk_create(fresh.values())
    audit.record(by=by, action="event.make_invitations", on=event, after={"made": len(fresh)})
    return len(fresh)


@transaction.atomic
def add_invitation(
    *, by: Person, event: Event, partner: Partner, role: str, email: str, name: str = ""
) -> Invitation:
    """One more invitation, for somebody who is not among the contacts."""
    require(by, "event.invite", on=event)
    if not Partner.objects.filter(pk=partner.pk, footprints=event.footprint_id).exists():
        raise ValidationError("Choose a partner of this partnership.")
    invitation = _new(event, partner, role, email, name)
    audit.record(by=by, action="event.add_invitation", on=invitation)
    return invitation


def _new(event: Event, partner: Partner | None, role: str, email: str, name: str) -> Invitation:
    address = email.strip().lower()
    validate_email(address)
    if event.invitations.filter(email=address).exists():
        raise ValidationError("This address is invited already.")
    return Invitation.objects.create(
        event=event, partner=partner, role=role.strip(), email=address, name=name.strip()
    )


@transaction.atomic
def send_invitations(*, by: Person, event: Event) -> int:
    """Send every invitation that was not sent; returns how many."""
    require(by, "event.invite", on=event)
    if event.date is None:
        raise ValidationError("Give the event a date before you invite people.")
    if event.date < timezone.localdate():
        raise ValidationError("This event is over.")
    waiting = list(
        event.invitations.filter(sent_at=None, answer=Invitation.Answer.WAITING)
        .exclude(email="")
        .select_related("event")
    )
    Invitation.objects.filter(pk__in=[each.pk for each in waiting]).update(sent_at=timezone.now())
    mails.send_invitations(waiting)
    audit.record(by=by, action="event.send_invitations", on=event, after={"sent": len(waiting)})
    return len(waiting)


@transaction.atomic
def answer_invitation(
    *, by: Person, invitation: Invitation, answer: str, substitute_email: str = "", substitute_role: str = ""
) -> Invitation:
    """What the invited person says, by the link in their mail. Sending somebody else invites them at once."""
    require(by, "event.register", on=invitation)
    event = invitation.event
    if event.is_history or (event.date and event.date < timezone.localdate()):
        raise ValidationError("This event is over: there is nothing to answer.")
    if answer not in set(Invitation.Answer.values) - {Invitation.Answer.WAITING}:
        raise ValidationError("Choose one of the answers.")
    before = audit.snapshot(invitation)
    if answer == Invitation.Answer.SUBSTITUTE:
        try:
            validate_email(substitute_email.strip())
        except ValidationError as error:
            raise ValidationError("Give the e-mail address of the person who comes instead.") from error
        if not event.invitations.filter(email=substitute_email.strip().lower()).exists():
            other = _new(event, invitation.partner, substitute_role or invitation.role, substitute_email, "")
            other.sent_at = timezone.now()
            other.save(update_fields=["sent_at"])
            mails.send_invitations([other])
    invitation.answer = answer
    invitation.answered_at = timezone.now()
    invitation.save(update_fields=["answer", "answered_at"])
    audit.record(by=by, action="event.answer_invitation", on=invitation, before=before)
    return invitation
