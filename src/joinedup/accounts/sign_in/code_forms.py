"""Forms of a code by mail: the address that it goes to, and the code."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.sign_in.again import is_the_code
from joinedup.accounts.sign_in.code_limits import may_ask

# A code by mail, wherever it is asked for; and how a phone is to help with any code.
CODE, CODE_HELP = _("Code"), _("Eight digits, for example 1234-5678. You may leave the dash out.")
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


class AgainCodeForm(forms.Form):
    """When signing in again."""

    code = forms.CharField(
        max_length=20, label=CODE, help_text=CODE_HELP, widget=forms.TextInput(attrs=dict(FIGURES))
    )

    def __init__(self, *args: Any, sent: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = sent

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_the_code(code, self.sent):
            raise get_adapter().validation_error("incorrect_code")
        return code
