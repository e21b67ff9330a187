"""What is known of somebody who registers: filled in, so that they only correct it."""

from __future__ import annotations

from typing import Any

from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.registration.models import RESIDENT, YOUNG, Attendee, Invitation


def speaks_for(person: Person, invitation: Invitation | None) -> int | None:
    """The partner that somebody was invited for, or else is a member of."""
    if invitation is not None:
        return invitation.partner_id
    return next(iter(sorted(person.partner_ids)), None)


def known_answers(person: Person, invitation: Invitation | None, part: str) -> dict[str, Any]:
    """Initial values of the form, from the invitation, the account and the last time they registered with this
    account; 2 queries at most.

    Somebody who holds an invitation sent to another address is told nothing of the account that is signed in.
    No consent is carried over: it is given for each day. Nothing is filled in for a young person, and no
    organisation for somebody who comes for themselves.
    """
    if part == YOUNG:
        return {}
    home = None if part == RESIDENT else speaks_for(person, invitation)
    known: dict[str, Any] = {"partner": home}
    if person.is_signed_in and (invitation is None or invitation.email.lower() == person.email.lower()):
        known |= {"email": person.email, **_of_account(person, home, part)}
    if invitation is not None:
        told = {"email": invitation.email, "role": invitation.role, "name": invitation.name}
        known |= {name: value for name, value in told.items() if value}
    return known


def _of_account(person: Person, partner: int | None, part: str) -> dict[str, Any]:
    before = Attendee.objects.filter(user=person.user_id, event__personal_deleted_on=None)
    before = before.filter(partner__isnull=part == RESIDENT)
    last = before.order_by("-registered_at", "-pk").first()
    if last is not None and partner in (None, last.partner_id):
        names = ("role", "name", "access", "dietary")
        return {"partner": last.partner_id, **{name: getattr(last, name) for name in names}}
    assert person.user_id is not None
    user = User.objects.get(pk=person.user_id)
    # An account that is shared goes by its role, which is nobody's name.
    name = "" if user.name.casefold() == user.job.casefold() else user.name
    return {"role": user.job, "name": name}


def how_they_come(person: Person, invitation: Invitation | None) -> str:
    """Who somebody probably is, chosen beforehand: empty if nothing says it. No query."""
    if invitation is not None and invitation.brings == Invitation.Brings.YOUNG:
        return "companion"
    return "guest" if speaks_for(person, invitation) else ""
