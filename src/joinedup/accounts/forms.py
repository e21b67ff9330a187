"""Forms of the pages about oneself: details and mails."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.models import Preference


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
