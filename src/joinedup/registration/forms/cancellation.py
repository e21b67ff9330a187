"""Forms to copy an event and to cancel one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CancelForm(forms.Form):
    because = forms.CharField(
        max_length=200,
        label=_("Why"),
        help_text=_("One sentence, for everybody who wanted to come. No names of people."),
        error_messages={"required": _("Say why, in one sentence: those who wanted to come read it.")},
    )
