"""The invitation list: make it, send it, correct and withdraw invitations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.actions.event import ready_to_invite
from joinedup.events.models import Event
from joinedup.mail.kinds import INVITATIONS, unwilling
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo
from joinedup.partners.models import Contact, Partner
from joinedup.partners.undelivered import OF_INVITATIONS, settle_corrected
from joinedup.registration import mails
from joinedup.registration.models import Invitation

REASON = 250


@transaction.atomic
def make_invitations(
    *,
    by: Person,
    event: Event,
    partners: Sequence[Partner] | None = None,
    reasons: Mapping[int, str] | None = None,
    brings: str = "",
) -> int:
    """Make an invitation for every contact with an address at the partnership's partners (or at these);
    returns how many are new. Nothing is sent yet, and each address is invited once.

    `reasons`: why each partner (by number) was suggested; `brings`: whom they are asked to bring.
    """
    require(by, "event.invite", on=event)
    _check_brings(brings)
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
                brings=brings,
                reason=(reasons or {}).get(contact.partner_id, "")[:REASON],
            )
    Invitation.objects.bulk_create(fresh.values())
    audit.record(by=by, action="event.make_invitations", on=event, after={"made": len(fresh)})
    return len(fresh)


@transaction.atomic
def add_invitation(
    *,
    by: Person,
    event: Event,
    partner: Partner,
    role: str,
    email: str,
    name: str = "",
    brings: str = "",
    reason: str = "",
) -> Invitation:
    """Add an invitation for somebody who is not among the contacts."""
    require(by, "event.invite", on=event)
    if not Partner.objects.filter(pk=partner.pk, footprints=event.footprint_id).exists():
        raise ValidationError("Choose a partner of this partnership.")
    details = {"role": role, "name": name, "brings": brings, "reason": reason[:REASON]}
    invitation = new_invitation(event, partner, email, **details)
    audit.record(by=by, action="event.add_invitation", on=invitation)
    return invitation


def new_invitation(event: Event, partner: Partner | None, email: str, **details: Any) -> Invitation:
    """The record itself, without an audit entry; call it inside a transaction."""
    address = _address(event, email)
    _check_brings(details.get("brings", ""))
    return Invitation.objects.create(
        event=event,
        partner=partner,
        email=address,
        **{name: value.strip() if isinstance(value, str) else value for name, value in details.items()},
    )


def _address(event: Event, email: str) -> str:
    """The normalised address. Raises ValidationError if it is not one, or is invited already."""
    address = email.strip().lower()
    validate_email(address)
    if event.invitations.filter(email=address).exists():
        raise ValidationError("This address is invited already.")
    return address


def _check_brings(brings: str) -> None:
    if brings not in Invitation.Brings.values:
        raise ValidationError("Choose whom they are asked to bring.")


@transaction.atomic
def change_invitation(
    *, by: Person, invitation: Invitation, email: str, role: str, name: str = "", brings: str = ""
) -> Invitation:
    """Correct an invitation. If the address changes, the old link stops working and the invitation has to be
    sent again; mails to the old address that did not arrive are dealt with."""
    require(by, "event.invite", on=invitation)
    _check_brings(brings)
    before, was = audit.snapshot(invitation), invitation.email
    if email.strip().lower() != invitation.email:
        _refuse_answered(invitation, "its address can no longer be changed. Invite somebody else instead.")
        invitation.email = _address(invitation.event, email)
        invitation.token, invitation.sent_at, invitation.reminded_at = fresh_token(), None, None
    invitation.role, invitation.name, invitation.brings = role.strip(), name.strip(), brings
    invitation.save()
    audit.record(by=by, action="event.change_invitation", on=invitation, before=before)
    # The link in the old mail is dead: the invitation waits in its list to be sent with its new one.
    settle_corrected(
        by=by,
        was=was,
        now=invitation.email,
        footprints=[invitation.event.footprint_id],
        of=OF_INVITATIONS,
        goes_there=False,
    )
    return invitation


def _refuse_answered(invitation: Invitation, sentence: str) -> None:
    if invitation.answer != Invitation.Answer.WAITING:
        raise ValidationError(f"This invitation is answered: {sentence}")


@transaction.atomic
def withdraw_invitation(*, by: Person, invitation: Invitation) -> None:
    """Withdraw an invitation that is not answered. Its recipient is notified, and its link stops working."""
    require(by, "event.invite", on=invitation)
    _refuse_answered(invitation, "it can no longer be withdrawn.")
    if invitation.sent_at is not None and invitation.email:
        mails.send_withdrawn(invitation)
    before = audit.snapshot(invitation)
    audit.record(by=by, action="event.withdraw_invitation", on=invitation, before=before, after={})
    invitation.delete()


@transaction.atomic
def send_invitations(*, by: Person, event: Event) -> mails.Sending:
    """Send every invitation not sent yet. One that the mail server refuses stays in the list as not sent."""
    require(by, "event.invite", on=event)
    unsent = event.invitations.filter(sent_at=None, answer=Invitation.Answer.WAITING).exclude(email="")
    sending = _send(event, list(unsent))
    audit.record(by=by, action="event.send_invitations", on=event, after={"sent": sending.number})
    return sending


@transaction.atomic
def send_invitation_again(*, by: Person, invitation: Invitation) -> mails.Sending:
    """Send one invitation now, whether or not it was sent before; not to somebody who declined."""
    require(by, "event.invite", on=invitation)
    if invitation.answer not in {Invitation.Answer.WAITING, Invitation.Answer.ACCEPTED}:
        raise ValidationError("They have said that they do not come: invite somebody else instead.")
    if not invitation.email:
        raise ValidationError("This invitation has no e-mail address.")
    sending = _send(invitation.event, [invitation])
    audit.record(by=by, action="event.send_invitation", on=invitation)
    return sending


def _send(event: Event, unsent: list[Invitation]) -> mails.Sending:
    """Mark them as sent and send them; those that the mail server refuses are marked as before. Who wants no
    invitations by mail stays as not sent."""
    if wrong := ready_to_invite(event):
        raise ValidationError(wrong[0])
    event = Event.objects.select_related("programme", "at").get(pk=event.pk)
    off = unwilling([each.email for each in unsent], INVITATIONS)
    number, unsent = len(unsent), [each for each in unsent if each.email.lower() not in off]
    now = timezone.now()
    earlier = [[each.pk, each.sent_at.isoformat() if each.sent_at else None] for each in unsent]
    Invitation.objects.filter(pk__in=[each.pk for each in unsent]).update(sent_at=now)
    undo = Undo(as_before, {"earlier": earlier, "at": now.isoformat()})
    sending = mails.send_invitations(event, unsent, undo=undo)
    sending.unwanted = number - len(unsent)
    return sending


def as_before(refused: Refused, *, earlier: list[tuple[int, str | None]], at: str) -> None:
    """Mark those that the mail server refused as they were, unless they were sent again since."""
    for n in refused.positions:
        pk, before = earlier[n]
        Invitation.objects.filter(pk=pk, sent_at=at).update(sent_at=before)
