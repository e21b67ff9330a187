"""Forms for evidence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.evidence.models import Dataset


class WithdrawForm(forms.Form):
    """Why a file should not count."""

    because = forms.CharField(
        label=_("Why should it not count?"),
        max_length=Dataset._meta.get_field("withdrawn_because").max_length,
        help_text=_("In a sentence, for whoever asks later. No names of people."),
        error_messages={"required": _("Say why it should not count.")},
    )
