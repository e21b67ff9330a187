"""Passkeys: a security key, a phone or the fingerprint of a laptop as second factor.

allauth.mfa.webauthn, on fido2, makes the challenges and checks the answers; what a browser says is checked here
against the address of the site too. The database holds public keys, which sign nobody in.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.sign_in.second_factor import PASSKEY, codes_if_first, own_account
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit

# More than anybody needs.
MOST = 10
PORTS = {"https": 443, "http": 80}


def are_possible() -> bool:
    """Whether browsers make passkeys for `SITE_URL`: only for a name, and only by https or on one's own machine."""
    parts = urlsplit(settings.SITE_URL)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost"
    return False


def site_origin() -> str:
    """Where the site is, as browsers write it: the port only where it is not the usual one."""
    parts = urlsplit(settings.SITE_URL)
    port = f":{parts.port}" if parts.port and parts.port != PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


@transaction.atomic
def add_passkey(*, by: Person, name: str, credential: dict[str, Any], here: str = "") -> list[str]:
    """Store a passkey whose answer was right; returns the recovery codes if it is the first second factor. Then other
    sessions than `here` (a key) end."""
    require(by, "account.change")
    user = own_account(by)
    new = auth.parse_registration_response(credential).response.attestation_object.auth_data.credential_data
    held = [each.credential_id for each in auth.get_credentials(user)]
    if new is None or new.credential_id in held:
        raise ValidationError(_("This passkey is added already."))
    if len(held) >= MOST:
        raise ValidationError(_("You have ten passkeys. Remove one that you no longer use first."))
    codes = codes_if_first(user, here)
    auth.WebAuthn.add(user, name, credential)
    audit.record(by=by, action="account.second_factor", on=user, after={"passkey": "added"})
    send_on_commit([compose("accounts/mails/second_factor", user.email, {"what": "passkey", "by": ""})])
    return codes


@transaction.atomic
def rename_passkey(*, by: Person, passkey: Authenticator, name: str) -> None:
    """Call a passkey otherwise; only its owner does. Its name is in no entry, as it may say what somebody owns."""
    require(by, "account.change")
    user = own_account(by)
    passkey = Authenticator.objects.select_for_update().get(pk=passkey.pk, user_id=user.pk, type=PASSKEY)
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])
    audit.record(by=by, action="account.second_factor", on=user, after={"passkey": "renamed"})
