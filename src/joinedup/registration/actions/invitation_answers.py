"""An invited person's answer from their mail, without an account, until the day."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.mail.send import Undo
from joinedup.privacy import free_text
from joinedup.registration import mailbox, mails
from joinedup.registration.actions.invitations import as_before, new_invitation
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import Attendee, Invitation

Answer = Invitation.Answer

# How often an invitation may be passed on in a chain, and how many people one person may name.
MOST = 3
PASSED_ON = "This invitation was passed on often enough: please write to those who invite you."


@transaction.atomic
def answer_invitation(
    *, by: Person, invitation: Invitation, answer: str, substitute_email: str = "", substitute_role: str = ""
) -> Invitation:
    """Save an invited person's answer, given through the link in their mail. Sending somebody else invites
    them at once.

    If they turn out not to come, the place they registered for with the same address is given back.
    """
    require(by, "event.register", on=invitation)
    event = Event.objects.select_related("programme", "at").get(pk=invitation.event_id)
    _refuse_over(event)
    if answer not in set(Answer.values) - {Answer.WAITING}:
        raise ValidationError("Choose one of the answers.")
    before = audit.snapshot(invitation)
    if answer == Answer.SUBSTITUTE:
        _invite_instead(by, event, invitation, substitute_email, substitute_role)
    if answer != Answer.ACCEPTED:
        _give_back_the_place(by, event, invitation)
    first = invitation.substitute_for
    if answer == Answer.DECLINED and first is not None and first.email and invitation.answer != answer:
        mails.send_substitute_declined(first)
    invitation.answer, invitation.answered_at = answer, timezone.now()
    invitation.save(update_fields=["answer", "answered_at"])
    audit.record(by=by, action="event.answer_invitation", on=invitation, before=before)
    return invitation


def _refuse_over(event: Event) -> None:
    if event.is_history or (event.date and event.date < timezone.localdate()):
        raise ValidationError("This event is over: there is nothing to answer.")
    if event.cancelled_on is not None:
        raise ValidationError("This event is cancelled: there is nothing to answer.")


def _invite_instead(by: Person, event: Event, invitation: Invitation, email: str, role: str) -> None:
    """Invite the person named. Someone already invited is not invited again, and the page does not say so: it
    would tell strangers who is."""
    address = email.strip().lower()
    free_text.refuse({"substitute_role": role}, detectors=free_text.WORDS_ALONE)
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError("Give the e-mail address of the person who comes instead.") from error
    chain = _chain(invitation)
    if address in {each.email.lower() for each in chain}:
        raise ValidationError("Give the address of somebody who was not asked before you, and is not you.")
    if len(chain) > MOST or invitation.substitutes.count() >= MOST:
        raise ValidationError(PASSED_ON)
    if not event.invitations.filter(email=address).exists():
        now = timezone.now()
        other = new_invitation(
            event,
            invitation.partner,
            address,
            role=role or invitation.role,
            brings=invitation.brings,
            reason=invitation.reason,
            substitute_for=invitation,
            sent_at=now if (may_write := mailbox.may_write(address)) else None,
        )
        audit.record(by=by, action="event.add_invitation", on=other)
        if may_write:
            # Where the mail server knows no such address, the list tells planners so.
            undo = Undo(as_before, {"earlier": [[other.pk, None]], "at": now.isoformat()})
            mails.send_invitations(event, [other], undo=undo)
    if invitation.email:
        mails.send_substituted(invitation)


def _chain(invitation: Invitation) -> list[Invitation]:
    """The invitation and those it replaces, back to the first."""
    chain = [invitation]
    while len(chain) <= MOST + 1 and (before := chain[-1].substitute_for) is not None:
        chain.append(before)
    return chain


def _give_back_the_place(by: Person, event: Event, invitation: Invitation) -> None:
    if not invitation.email:
        return
    here = event.attendees.filter(email=invitation.email).exclude(standing__in=Attendee.GONE)
    # A colleague at the same address keeps theirs.
    for attendee in mailbox.of_invitation(invitation, here.order_by("number")):
        cancel_registration(by=by, attendee=attendee)
