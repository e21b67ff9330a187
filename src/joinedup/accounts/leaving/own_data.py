"""Everything that is held about one account, for its owner: one file, to read and for a machine.

What refers to the account or has its address is found as `fates` finds it, so that a new model cannot be
forgotten. Of records that several people share only the name is told; addresses of others in what somebody typed
are left out; secrets that open something (tokens, keys) are not repeated.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.leaving.fates import found_by, ways_to_an_account
from joinedup.accounts.models import AuditEntry, Grant, Session, User
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import preference_of
from joinedup.accounts.sign_in.second_factor import PASSKEY
from joinedup.mail.models import OutgoingMail
from joinedup.privacy.detect import EMAIL

SECRETS = frozenset(
    {"password", "token", "calendar_token", "calendar_key", "code", "session_key", "session_data", "data"}
)
# Told in sections of their own.
TOLD = frozenset(
    {"accounts.User", "accounts.Grant", "accounts.Preference", "accounts.Session", "mfa.Authenticator"}
)
# Wholly the person's own: told with all they hold. Of other records only how they are called.
OWN = frozenset(
    {
        *("partners.Contact", "registration.Attendee", "registration.Invitation", "events.Speaker"),
        *(
            "agreements.Draft",
            "clusters.Follower",
            "opportunities.Look",
            "account.EmailAddress",
            "socialaccount.SocialAccount",
            "accounts.Closing",
        ),
    }
)


@transaction.atomic
def take_own_data(*, by: Person, user: User) -> bytes:
    """A zip with `your-data.html` and `your-data.json`; for the person, or an administrator whom they asked."""
    is_own = by.user_id == user.pk
    require(by, "account.change" if is_own else "account.give_data")
    found = own_data(user)
    audit.record(
        by=by, action="account.take_data" if is_own else "account.give_data", on=user, after={"data": "taken"}
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("your-data.json", json.dumps(found, indent=1, ensure_ascii=False, default=str))
        page = render_to_string(
            "accounts/leaving/own_data_file.jinja", {"sections": found, "on": timezone.localdate()}
        )
        into.writestr("your-data.html", page)
    return file.getvalue()


def own_data(user: User) -> dict[str, list[dict[str, Any]]]:
    """Section -> rows of words; about 30 queries, whatever the number of records."""
    held = preference_of(user)
    found: dict[str, list[dict[str, Any]]] = {
        _("Account"): [_row(user)],
        _("Roles"): [
            {_("role"): str(each)}
            for each in Grant.objects.filter(user=user).select_related("partner", "footprint")
        ],
        _("Mails you chose"): [{_("summary"): held.get_digest_display(), _("turned off"): held.not_wanted}],
        _("Where you are signed in"): [
            {_("browser"): each.browser, _("since"): each.begun, _("last used"): each.last_used}
            for each in Session.objects.filter(user=user)
        ],
        _("Second factor"): [
            {
                **(
                    {_("kind"): _("Passkey"), _("called"): str(each)}
                    if each.type == PASSKEY
                    else {_("kind"): each.get_type_display()}
                ),
                _("since"): each.created_at,
                _("last used"): each.last_used_at,
            }
            for each in Authenticator.objects.filter(user_id=user.pk)
        ],
    }
    for _key, model, field in ways_to_an_account():
        if model._meta.label in TOLD:
            continue
        # A contact that somebody wrote down is another's.
        is_own = model._meta.label in OWN and field.name in {"user", "email"}
        rows = [_row(each) if is_own else _called(each, field) for each in _theirs(user, model, field)]
        if rows:
            title = str(capfirst(str(model._meta.verbose_name_plural)))
            there = found.setdefault(title, [])
            there += [row for row in rows if row not in there]
    found[_("What you did")] = [
        {_("when"): each.at, _("what"): each.action, _("to what"): each.label}
        for each in AuditEntry.objects.filter(user_id=user.pk)
    ]
    found[_("Mails that wait to be sent to you")] = [
        {_("subject"): each.mail["subject"], _("text"): each.mail["body"], _("since"): each.stored_at}
        for each in OutgoingMail.objects.filter(to__iexact=user.email).exclude(mail={})
    ]
    return {section: _without_others(rows, user.email) for section, rows in found.items()}


def _theirs(user: User, model: type[models.Model], field: models.Field[Any, Any]) -> list[Any]:
    """A place that nobody has confirmed may have been asked for by a stranger, with this address."""
    records = list(found_by(user, model, field))
    return [each for each in records if getattr(each, "standing", "") != "held"]


def _called(record: models.Model, field: models.Field[Any, Any]) -> dict[str, Any]:
    return {_("called"): audit.label_of(record), _("you are its"): str(field.verbose_name)}


def _row(record: models.Model) -> dict[str, Any]:
    """What a record holds, without secrets, and of others whom it refers to only bodies and events."""
    row: dict[str, Any] = {}
    for field in record._meta.concrete_fields:
        if field.name in SECRETS or field.primary_key:
            continue
        value = getattr(record, field.name)
        if isinstance(value, models.Model):
            if not any(hasattr(value, name) for name in ("email", "user_id", "attendee_id")):
                row[str(field.verbose_name)] = audit.label_of(value)
        elif value not in ("", None, [], {}):
            row[str(field.verbose_name)] = value
    return row


def _without_others(value: Any, own: str) -> Any:
    """The same without addresses of anybody else."""
    if isinstance(value, str):
        for address in EMAIL.all_in(value):
            if address.lower() != own:
                value = value.replace(address, _("(the address of somebody else)"))
        return value
    if isinstance(value, list):
        return [_without_others(each, own) for each in value]
    if isinstance(value, dict):
        return {key: _without_others(each, own) for key, each in value.items()}
    return value
