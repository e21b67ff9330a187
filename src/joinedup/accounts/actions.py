"""Accounts: invite people, grant and remove roles, and change one's own details and mails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.leaving.closing import refuse_last_administrator, reopen, shut
from joinedup.accounts.links import address_of, make_link
from joinedup.accounts.models import Closing, Grant, Preference, User, fresh_token
from joinedup.accounts.permissions import Scope, may, require
from joinedup.accounts.person import Person, footprints_of
from joinedup.accounts.preferences import DIGEST, read_off_link
from joinedup.accounts.sign_in.sessions import end_sessions, settle
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit
from joinedup.places.models import Footprint

Role = Grant.Role


@transaction.atomic
def invite_person(
    *,
    by: Person,
    email: str,
    name: str = "",
    job: str = "",
    role: str = Role.PARTNER_MEMBER,
    partner: Any = None,
    footprint: Footprint | None = None,
) -> Grant:
    """Make an account with one role, and send a mail that leads to signing in.

    `partner` is a partners.Partner. Somebody who has an account keeps their name and gets the role as well;
    somebody who has the role but never signed in gets the mail again. Nobody can make themselves a member of
    a partner whose records they look after: anything they then confirmed would read as that body's own
    statement.
    """
    require(by, "account.invite", on=_scope(partner, footprint))
    if partner is not None and by.is_signed_in and by.email.lower() == email.strip().lower():
        raise ValidationError(
            _("You cannot make yourself a member: ask an administrator, or one of its people.")
        )
    if role != Role.PARTNER_MEMBER:
        require(by, "role.grant")
    user = _account(by, email, name, job)
    grant, is_new = _give(by, user, role, partner, footprint)
    if not is_new and user.last_login:
        raise ValidationError(_("This person has this role already."))
    words = {
        "by": by.name,
        "body": str(partner or footprint or ""),
        "role": grant.get_role_display(),
        "link": address_of("welcome", make_link("welcome", user.pk, user)),
    }
    replies = [by.email] if by.email else []
    place = footprint.pk if footprint else next(iter(footprints_of([partner.pk])), None) if partner else None
    send_on_commit([compose("accounts/mails/invited", user.email, words, reply_to=replies)], footprint=place)
    return grant


@transaction.atomic
def grant_role(
    *, by: Person, user: User, role: str, partner: Any = None, footprint: Footprint | None = None
) -> Grant:
    """Grant one more role to somebody who has an account. Sends no mail."""
    require(by, "role.grant")
    grant, is_new = _give(by, user, role, partner, footprint)
    if not is_new:
        raise ValidationError(_("This person has this role already."))
    return grant


@transaction.atomic
def take_role_away(*, by: Person, grant: Grant) -> None:
    """Remove a role. With the last one the account is closed. The last administrator keeps theirs."""
    if grant.role == Role.PARTNER_MEMBER:
        require(by, "role.take_away", on=grant.partner)
    else:
        require(by, "role.grant")
    if grant.role == Role.ADMINISTRATOR:
        refuse_last_administrator(grant.user)
    user = User.objects.select_for_update().get(pk=grant.user_id)
    audit.record(by=by, action="role.take_away", on=grant, before=audit.snapshot(grant), after={})
    grant.delete()
    if user.is_active and not user.grants.exists():
        shut(by, user, [], by_last_role=True)
    else:
        settle(user.pk)


@transaction.atomic
def first_administrator(*, email: str, name: str, by: Person | None = None) -> User:
    """The administrator of a new installation. Refused if there is one already."""
    by = by or Person.operator()
    require(by, "role.grant")
    if Grant.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
        raise ValidationError(
            _("There is an administrator already. They appoint others on the page “People”.")
        )
    user = _account(by, email, name, "")
    _give(by, user, Role.ADMINISTRATOR, None, None)
    return user


@transaction.atomic
def change_details(*, by: Person, name: str, job: str) -> User:
    """Change one's own name as shown here, and one's role in one's organisation."""
    require(by, "account.change")
    if by.user_id is None:
        raise ValidationError(_("The operator has no account: sign in to change yours."))
    name, job = " ".join(name.split()), " ".join(job.split())
    if len(name) > 120 or len(job) > 120:
        raise ValidationError(_("Use at most 120 characters."))
    user = User.objects.select_for_update().get(pk=by.user_id)
    before = audit.snapshot(user)
    user.name, user.job = name, job
    user.save(update_fields=["name", "job"])
    audit.record(by=by, action="account.change", on=user, before=before)
    return user


@transaction.atomic
def change_mails(*, by: Person, digest: str, not_wanted: Sequence[str]) -> Preference:
    """Choose which mails one gets; only for oneself."""
    require(by, "account.change")
    if digest not in Preference.Digest.values or set(not_wanted) - set(Preference.Mail.values):
        raise ValidationError(_("Choose among the mails that are listed."))
    return _prefer(by, digest=digest, not_wanted=[each for each in Preference.Mail if each in not_wanted])


@transaction.atomic
def renew_calendar(*, by: Person) -> Preference:
    """Make a new secret URL for one's calendar. The old one stops working."""
    require(by, "account.change")
    return _prefer(by, calendar_token=fresh_token())


@transaction.atomic
def end_own_sessions(*, by: Person, only: str = "", but: str = "") -> int:
    """End one of one's own sessions, all but one, or all; by their keys. Returns how many."""
    require(by, "account.change")
    if by.user_id is None:
        raise ValidationError(_("The operator has no account: sign in to change yours."))
    user = User.objects.get(pk=by.user_id)
    number = end_sessions(user.pk, only=only, but=but)
    if number:
        audit.record(by=by, action="account.end_sessions", on=user, after={"ended": number})
    return number


@transaction.atomic
def turn_off(*, token: str) -> str:
    """Turn off a kind of mail from the mail itself: the signed link replaces signing in.

    Returns the name of the kind. Raises PermissionDenied if the link is too old or was changed, or its
    account is closed.
    """
    off = read_off_link(token)
    if off is None:
        raise PermissionDenied(_("This link no longer works."))
    by = Person(user_id=off.user.pk, name=str(off.user))
    if not off.is_off and off.kind == DIGEST:
        _prefer(by, digest=Preference.Digest.NEVER)
    elif not off.is_off:
        held = Preference.objects.filter(user=off.user.pk).values_list("not_wanted", flat=True).first() or []
        _prefer(by, not_wanted=[*held, off.kind])
    return off.label


def _prefer(by: Person, **values: Any) -> Preference:
    if by.user_id is None:
        raise ValidationError(_("The operator has no account: sign in to change yours."))
    # Locked, so that two choices made at once are both kept.
    User.objects.select_for_update().get(pk=by.user_id)
    held, _is_new = Preference.objects.get_or_create(user_id=by.user_id)
    before = audit.snapshot(held)
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=list(values))
    audit.record(by=by, action="account.change", on=held, before=before)
    return held


def _scope(partner: Any, footprint: Footprint | None) -> Scope:
    if partner is not None:
        return partner.scope()
    return Scope(footprints=frozenset({footprint.pk} if footprint else ()))


def _account(by: Person, email: str, name: str, job: str) -> User:
    """The account with an address, made if there is none."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("Enter an e-mail address, for example name@example.org.")) from None
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, name=" ".join(name.split()), job=" ".join(job.split()))
        audit.record(by=by, action="account.invite", on=user)
    elif not user.is_active:
        closing = Closing.objects.filter(user=user).first()
        if not may(by, "role.grant") and not (closing and closing.by_last_role):
            raise ValidationError(
                _("The account of this address is closed. An administrator can invite it again.")
            )
        reopen(by, user)
    return user


def _give(by: Person, user: User, role: str, partner: Any, footprint: Footprint | None) -> tuple[Grant, bool]:
    if role not in Role.values:
        raise ValidationError(_("Choose a role."))
    if (partner is not None) != (role == Role.PARTNER_MEMBER):
        raise ValidationError(_("Choose an organisation for a partner member, and for nobody else."))
    if (footprint is not None) != (role == Role.COORDINATOR):
        raise ValidationError(_("Choose a partnership for a coordinator, and for nobody else."))
    grant, is_new = Grant.objects.get_or_create(user=user, role=role, partner=partner, footprint=footprint)
    if is_new:
        audit.record(by=by, action="role.grant", on=grant)
        settle(user.pk)
    return grant, is_new
