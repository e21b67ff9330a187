"""The second factor of people whose roles can do harm to many, after the code by mail: figures from an authenticator
app, or a passkey (`passkeys.py`).

allauth.mfa checks both, stores the secret and makes recovery codes; the pages are our own. An installation says
`SECOND_FACTOR=required` or leaves it offered.
"""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.accounts import audit
from joinedup.accounts.models import User
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.sign_in.sessions import LOOKED_AFTER, end_sessions
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit

REQUIRED = "required"
# What stands beside the code from a mail; recovery codes stand in for either.
APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
FACTORS = (APP, PASSKEY)
# In a session: that a sign-in service asked for a second factor, and the installation lets it count.
SERVICE_FACTOR = "service_factor"
# The page of recovery codes shows them for so many seconds after they were made.
CODES_SHOWN = 600


class FactorAdapter(DefaultMFAAdapter):
    """Secrets lie in the database encrypted by the installation's key: a copy of the database alone makes no
    figures."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "These are not the digits that the app shows now. Type the newest ones."
        ),
        "rate_limited": gettext_lazy("Typed wrong several times. Wait five minutes, then try again."),
    }

    def get_totp_issuer(self) -> str:
        return "JoinedUp"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the host of `SITE_URL`, whatever a request says of where it came to."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": "JoinedUp"}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # The key of the installation was changed: nothing fits, until an administrator resets it.
            return str(generate_totp_secret())


def _fernet() -> Fernet:
    key = hashlib.sha256(b"joinedup.accounts.second_factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def own_account(by: Person) -> User:
    """The account of who acts, locked until the change is written."""
    if by.user_id is None:
        raise ValidationError(_("The operator has no account: sign in to change yours."))
    return User.objects.select_for_update().get(pk=by.user_id)


def has_factor(user_id: int) -> bool:
    """1 query."""
    return Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).exists()


def factors_of(user_id: int) -> list[Authenticator]:
    """The app and the passkeys of somebody, the oldest first; 1 query."""
    return list(Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).order_by("created_at", "pk"))


def take_figures(user_id: int, figures: str) -> bool:
    """Whether figures of an app are used for the first time. They fit for the period before and after their own too;
    allauth remembers them for one period only."""
    typed = "".join(each for each in figures if each.isdigit())
    fit_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(f"figures-used:{user_id}:{typed}", True, fit_for))


def is_for(person: Person) -> bool:
    """Whether somebody has a role that a second factor is for."""
    return bool(person.roles & {str(each) for each in LOOKED_AFTER})


def is_required_of(person: Person) -> bool:
    return settings.SECOND_FACTOR == REQUIRED and is_for(person)


@transaction.atomic
def turn_on(*, by: Person, secret: str, here: str = "") -> list[str]:
    """Store the secret of an app whose figures were right; returns the recovery codes if it is the first second factor.
    Then other sessions than `here` (a key) end."""
    require(by, "account.change")
    user = own_account(by)
    if Authenticator.objects.filter(user_id=user.pk, type=APP).exists():
        raise ValidationError(_("You have an authenticator app already."))
    codes = codes_if_first(user, here)
    TOTP.activate(user, secret)
    audit.record(by=by, action="account.second_factor", on=user, after={"second_factor": "on"})
    send_on_commit([compose("accounts/mails/second_factor", user.email, {"what": "on", "by": ""})])
    return codes


def codes_if_first(user: User, here: str) -> list[str]:
    """Recovery codes for a first second factor, before it is stored; those of a further one stay as they are. Sessions
    that began with a code from a mail alone end, but for the one in which it is set up."""
    if has_factor(user.pk):
        return []
    end_sessions(user.pk, but=here)
    Authenticator.objects.filter(user_id=user.pk).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


@transaction.atomic
def new_codes(*, by: Person) -> list[str]:
    """New recovery codes for oneself; the old ones work no more."""
    require(by, "account.change")
    user = own_account(by)
    if not has_factor(user.pk):
        raise ValidationError(_("Set up the second factor first."))
    Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    audit.record(by=by, action="account.second_factor", on=user, after={"recovery_codes": "new"})
    send_on_commit([compose("accounts/mails/second_factor", user.email, {"what": "codes", "by": ""})])
    return codes


@transaction.atomic
def turn_off(*, by: Person) -> None:
    """Do without a second factor; refused where the installation requires it."""
    require(by, "account.change")
    if is_required_of(by):
        raise ValidationError(_("Your role needs a second factor here."))
    user = own_account(by)
    Authenticator.objects.filter(user_id=user.pk).delete()
    audit.record(by=by, action="account.second_factor", on=user, after={"second_factor": "off"})
    send_on_commit([compose("accounts/mails/second_factor", user.email, {"what": "off", "by": ""})])


@transaction.atomic
def remove(*, by: Person, pk: int) -> None:
    """Take one factor away; with the last one the second factor is off, which is refused where one is required."""
    require(by, "account.change")
    user = own_account(by)
    held = {each.pk: each for each in factors_of(user.pk)}
    if pk not in held:
        raise ValidationError(_("It is removed already."))
    if len(held) == 1:
        if is_required_of(by):
            raise ValidationError(_("Your role needs a second factor here. Add another one first."))
        turn_off(by=by)
        return
    what = "app" if held[pk].type == APP else "passkey"
    held[pk].delete()
    audit.record(by=by, action="account.second_factor", on=user, after={what: "removed"})
    send_on_commit([compose("accounts/mails/second_factor", user.email, {"what": f"no_{what}", "by": ""})])


@transaction.atomic
def reset(*, by: Person, user: User) -> None:
    """Take away the second factor of somebody who lost it: their sessions end, and a mail tells them."""
    require(by, "account.reset_factor")
    user = User.objects.select_for_update().get(pk=user.pk)
    number, _each = Authenticator.objects.filter(user_id=user.pk).delete()
    if not number:
        raise ValidationError(_("They have no second factor."))
    end_sessions(user.pk)
    audit.record(by=by, action="account.reset_factor", on=user, after={"second_factor": "reset"})
    send_on_commit([compose("accounts/mails/second_factor", user.email, {"what": "reset", "by": by.name})])


def remember_codes(request: HttpRequest, codes: list[str]) -> None:
    """For the page that shows them once. They lie encrypted in the session for that long."""
    request.session["new_codes"] = [time.time(), FactorAdapter().encrypt(" ".join(codes))]


def codes_to_show(request: HttpRequest) -> list[str]:
    """The codes made a moment ago in this browser; none after ten minutes, or once they were put away."""
    held = request.session.get("new_codes")
    if not held or time.time() - held[0] > CODES_SHOWN:
        request.session.pop("new_codes", None)
        return []
    return FactorAdapter().decrypt(held[1]).split()
