"""Forms for accounts: the address, the code, whom to invite."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.code_limits import may_ask
from joinedup.accounts.models import Preference
from joinedup.accounts.second_factor import APP, PASSKEY, factors_of

# A code by mail, wherever it is asked for; and how a phone is to help with any code.
CODE, CODE_HELP = _("Code"), _("Eight figures, for example 1234-5678. You may leave the dash out.")
FIGURES = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class AddressForm(RequestLoginCodeForm):
    """The first step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        field.label = _("Your e-mail address")
        field.help_text = _("We send a code to it that signs you in. There is no password.")
        field.widget.attrs = {"autocomplete": "email", "spellcheck": "false"}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if email and not may_ask(context.request, email, self._user):
            raise get_adapter().validation_error("too_many_login_attempts")
        return email


class SignInCodeForm(ConfirmLoginCodeForm):
    """The second step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = CODE, CODE_HELP
        field.widget.attrs = dict(FIGURES)


class SetUpForm(ActivateTOTPForm):
    """The figures of an app that has just got the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Six digits from the app")
        self.fields["code"].widget.attrs = dict(FIGURES)


class _Figures(BaseAuthenticateForm):
    """The figures of an app, or a recovery code. Who has passkeys alone is asked for a recovery code only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {each.type for each in factors_of(self.user.pk)}
        self.has_app, self.has_passkey = APP in kinds, PASSKEY in kinds
        field = self.fields["code"]
        field.label = _("Figures, or a recovery code") if self.has_app else _("A recovery code")
        field.widget.attrs = dict(FIGURES)

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                raise ValidationError(
                    _("Typed wrong several times. Wait five minutes, then try again.")
                ) from None
            raise


class SecondStepForm(_Figures, AuthenticateForm):
    """When signing in."""


class AgainForm(_Figures, ReauthenticateForm):
    """When signing in again."""


class DetailsForm(forms.Form):
    """Somebody's own details."""

    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("Name"),
        help_text=_("As you want to be called. Partners see it beside what you did."),
    )
    job = forms.CharField(max_length=120, required=False, label=_("Role in your organisation"))


class MailsForm(forms.Form):
    """Which mails somebody wants."""

    digest = forms.ChoiceField(
        choices=Preference.Digest.choices,
        widget=forms.RadioSelect,
        label=_("A summary of what waits for you"),
        help_text=_("It comes in the morning, and only when something waits."),
    )
    wanted = forms.MultipleChoiceField(
        choices=Preference.Mail.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Mails about"),
        help_text=_(
            "Take the tick away from what you do not want. Somebody who asks you in person still can."
        ),
    )

    def chosen(self) -> dict[str, Any]:
        """The arguments of `actions.change_mails`."""
        wanted = self.cleaned_data["wanted"]
        refused = [each for each in Preference.Mail.values if each not in wanted]
        return {"digest": self.cleaned_data["digest"], "not_wanted": refused}
