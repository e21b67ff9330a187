"""What a browser sends of a passkey. Whatever it is, it is right or gets one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.sign_in.passkeys import site_origin

PRESS = _("Press the button, then follow what your browser asks.")
WRONG = _("That passkey did not work. Try again, or use another way.")
NOT_ADDED = _("The passkey could not be added. Please try again.")
TOO_OFTEN = _("Tried several times without success. Wait five minutes, then try again.")
NAME_LONGEST = 60


def answered(check: Callable[[], Any], wrong: Any) -> Any:
    """What allauth's check returns. Whatever does not fit is one sentence."""
    try:
        return check()
    except ValidationError as error:
        is_too_often = error.code == "too_many_login_attempts"
        raise ValidationError(TOO_OFTEN if is_too_often else wrong, code=error.code) from None
    # fido2 takes apart what a browser sends (CBOR, keys, signatures) and raises almost any kind at what it does not
    # expect: all of it is a passkey that does not fit.
    except Exception:
        raise ValidationError(wrong) from None


def is_of_this_site(response: Any) -> bool:
    """fido2 takes any subdomain of the site for the site; only the site itself is meant."""
    return bool(response.response.client_data.origin == site_origin())


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey and what it is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_field(required=False)
        self.fields["credential"].error_messages |= {"required": PRESS, "invalid": NOT_ADDED}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = answered(self._checked, NOT_ADDED)
        return found

    def _checked(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        if credential and not is_of_this_site(auth.parse_registration_response(credential)):
            raise ValidationError(NOT_ADDED)
        found: dict[str, Any] = super().clean()
        return found


class _Answer(AuthenticateWebAuthnForm):
    """The answer of a passkey that somebody has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages |= {"required": PRESS, "invalid": WRONG}

    def clean_credential(self) -> Authenticator:
        return answered(self._checked, WRONG)

    def _checked(self) -> Authenticator:
        # The limit of tries is taken first, in allauth's check.
        authenticator = super().clean_credential()
        if not is_of_this_site(auth.parse_authentication_response(self.cleaned_data["credential"])):
            raise ValidationError(WRONG)
        return authenticator


class SecondPasskeyForm(_Answer):
    """When signing in."""


class AgainPasskeyForm(_Answer, ReauthenticateWebAuthnForm):
    """When signing in again."""

    reauthenticated = True


class RenameForm(forms.Form):
    """What a passkey is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_field(required=True)


def name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        max_length=NAME_LONGEST,
        required=required,
        label=_("What do you call it?"),
        help_text=_("So that you know it again, for example “Work laptop” or “Key on my key ring”."),
    )
