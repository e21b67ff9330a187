"""Forms of figures from an app, and of recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.sign_in.code_forms import FIGURES
from joinedup.accounts.sign_in.second_factor import APP, PASSKEY, factors_of, take_figures


class SetUpForm(ActivateTOTPForm):
    """The figures of an app that has just got the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Six digits from the app")
        self.fields["code"].widget.attrs = dict(FIGURES)

    def clean_code(self) -> str:
        code = str(super().clean_code())
        # Who saw them typed here does not sign in with them.
        take_figures(self.user.pk, code)
        return code


class _Figures(BaseAuthenticateForm):
    """The figures of an app, or a recovery code. Who has passkeys alone is asked for a recovery code only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {each.type for each in factors_of(self.user.pk)}
        self.has_app, self.has_passkey = APP in kinds, PASSKEY in kinds
        field = self.fields["code"]
        field.label = _("Digits, or a recovery code") if self.has_app else _("A recovery code")
        field.widget.attrs = dict(FIGURES)

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                raise ValidationError(
                    _("Typed wrong several times. Wait five minutes, then try again.")
                ) from None
            raise
        if self.authenticator.type == APP and not take_figures(self.user.pk, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(_Figures, AuthenticateForm):
    """When signing in."""


class AgainForm(_Figures, ReauthenticateForm):
    """When signing in again."""
