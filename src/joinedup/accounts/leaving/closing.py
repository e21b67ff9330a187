"""Close an account the same day as somebody leaves, pass on what they looked after, and undo it within a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.leaving.fates import ways_to_an_account
from joinedup.accounts.leaving.handover import Left, colleagues, left_by, scope_of
from joinedup.accounts.models import Closing, Grant, Session, User
from joinedup.accounts.permissions import may, require
from joinedup.accounts.person import Person
from joinedup.privacy.retention import UNDONE

UNDO = UNDONE.length


@transaction.atomic
def close_account(
    *, by: Person, user: User, to: Mapping[str, int | None] | None = None, and_erase: bool = False
) -> Closing:
    """End somebody's access at once, and pass on what they looked after.

    `to`: for keys of `fates.FATES` the account of the colleague who takes over, or None for nobody yet; what is not
    among them stays as it is. Roles stay written down while the account is closed, and give nothing. `and_erase`: it is
    erased as soon as this can no longer be undone, which its owner and administrators may ask for.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(by, "account.close", on=scope_of(user, by))
    if not user.is_active:
        raise ValidationError(_("This account is closed already."))
    refuse_last_administrator(user)
    if and_erase and by.user_id != user.pk:
        require(by, "account.erase")
    passed = _pass_on(by, user, to or {})
    return shut(by, user, passed, is_to_erase=and_erase)


def shut(
    by: Person,
    user: User,
    passed: list[dict[str, Any]],
    *,
    by_last_role: bool = False,
    is_to_erase: bool = False,
) -> Closing:
    """The account is closed and every session of it ended; inside a transaction that has asked for permission."""
    before = audit.snapshot(user)
    user.is_active, user.closed_at, user.is_to_erase = False, timezone.now(), is_to_erase
    user.save(update_fields=["is_active", "closed_at", "is_to_erase"])
    Session.objects.filter(user=user).delete()
    closing = Closing.objects.create(user=user, at=user.closed_at, by_last_role=by_last_role, passed=passed)
    names = [f"{each['key']} {each['pk']}" for each in passed]
    audit.record(
        by=by,
        action="account.close",
        on=user,
        before=before,
        after=audit.snapshot(user) | {"passed_on": names},
    )
    return closing


def refuse_last_administrator(user: User) -> None:
    # Locked, so that two administrators who leave at once cannot both go.
    held = Grant.objects.select_for_update().filter(role=Grant.Role.ADMINISTRATOR, user__is_active=True)
    if {each.user_id for each in held} == {user.pk}:
        raise ValidationError(_("There must be an administrator. Appoint another one first."))


def _pass_on(by: Person, user: User, to: Mapping[str, int | None]) -> list[dict[str, Any]]:
    able = {each.pk: each for each in colleagues(user, by)}
    found: dict[str, Left] = {each.key: each for each in left_by(user, by) if each.passes}
    fields = {key: field for key, _model, field in ways_to_an_account()}
    passed = []
    for key, number in to.items():
        if number is None or key not in found:
            continue
        if number not in able:
            raise ValidationError(_("Choose one of the people who are offered."))
        for each in found[key].records:
            if found[key].is_for_members and not able[number].grants.filter(partner=each.partner_id).exists():
                # As everywhere: nobody comes to speak for a body by what they look after.
                raise ValidationError(_("Only a member of an organisation can become its contact here."))
            was = _hand(each, fields[key], able[number])
            passed.append({"key": key, "pk": each.pk, "was": was, "to": number})
    return passed


def _hand(record: models.Model, field: models.Field[Any, Any], colleague: User) -> dict[str, str]:
    """Put a colleague in somebody's place; returns what has to be remembered for an undo."""
    if not isinstance(field, models.EmailField):
        type(record)._base_manager.filter(pk=record.pk).update(**{field.name: colleague})
        return {}
    was = {field.name: getattr(record, field.name), "name": getattr(record, "name", "")}
    rivals = type(record)._base_manager.filter(partner=getattr(record, "partner_id", None))
    if rivals.filter(**{f"{field.name}__iexact": colleague.email}).exists():
        # Who is a contact there already need not be one twice.
        type(record)._base_manager.filter(pk=record.pk).update(**{field.name: "", "name": ""})
    else:
        type(record)._base_manager.filter(pk=record.pk).update(
            **{field.name: colleague.email, "name": colleague.name}
        )
    return was


def can_be_undone(closing: Closing) -> bool:
    is_last = not Closing.objects.filter(user=closing.user_id, at__gt=closing.at).exists()
    return is_last and closing.undone_at is None and timezone.now() < closing.at + UNDO


@transaction.atomic
def undo_closing(*, by: Person, closing: Closing) -> User:
    """Open the account again within a day, and give back what passed on and is still with the colleague."""
    user = User.objects.select_for_update().get(pk=closing.user_id)
    closing = Closing.objects.select_for_update().get(pk=closing.pk)
    if by.user_id == user.pk:
        # Who closed their own account has no session: somebody else opens it.
        raise PermissionDenied(_("Ask the coordinator of your partnership to open your account."))
    require(by, "account.close", on=scope_of(user, by))
    if user.is_active or not can_be_undone(closing):
        raise ValidationError(_("This can no longer be undone. Invite them again instead."))
    before = audit.snapshot(user)
    user.is_active, user.closed_at, user.is_to_erase = True, None, False
    user.save(update_fields=["is_active", "closed_at", "is_to_erase"])
    _give_back(user, closing.passed)
    closing.passed, closing.undone_at = [], timezone.now()
    closing.save(update_fields=["passed", "undone_at"])
    audit.record(by=by, action="account.undo_close", on=user, before=before)
    return user


def _give_back(user: User, passed: list[dict[str, Any]]) -> None:
    ways = {key: (model, field) for key, model, field in ways_to_an_account()}
    for each in passed:
        model, field = ways[each["key"]]
        record = model._base_manager.filter(pk=each["pk"])
        if each["was"]:
            here = record.values("partner")
            if model._base_manager.filter(partner__in=here, **{field.name: each["was"][field.name]}).exists():
                # Somebody wrote them down again meanwhile.
                continue
            colleague = User.objects.filter(pk=each["to"]).values_list("email", flat=True).first() or ""
            record.filter(**{f"{field.name}__in": [colleague, ""]}).update(**each["was"])
        else:
            record.filter(**{field.name: each["to"]}).update(**{field.name: user})


def lately_closed(person: Person) -> list[Closing]:
    """Accounts closed within a day that `person` may open again, the last closed first; 3 queries each."""
    lately = Closing.objects.filter(at__gt=timezone.now() - UNDO, undone_at=None, user__is_active=False)
    return [
        each
        for each in lately.select_related("user")
        if each.user_id != person.user_id and may(person, "account.close", scope_of(each.user, person))
    ]


def forget_passed(now: datetime.datetime) -> int:
    """Empty what passed on once it can no longer be undone: it may hold an address. For the worker."""
    return Closing.objects.filter(at__lte=now - UNDO).exclude(passed=[]).update(passed=[])


def reopen(by: Person, user: User) -> None:
    """Open a closed account for an invitation, without the roles it had; inside a transaction."""
    before = audit.snapshot(user)
    Grant.objects.filter(user=user).delete()
    user.is_active, user.closed_at, user.is_to_erase = True, None, False
    user.save(update_fields=["is_active", "closed_at", "is_to_erase"])
    audit.record(by=by, action="account.undo_close", on=user, before=before)
