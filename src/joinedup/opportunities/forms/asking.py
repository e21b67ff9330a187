"""What a mail to those whom an opportunity names says, and where answers to it go."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.opportunities.actions.asking import LONGEST
from joinedup.opportunities.queries.asking import OWN, PARTNERSHIP


class AskForm(forms.Form):
    text = forms.CharField(
        widget=forms.Textarea,
        max_length=LONGEST,
        label=_("What it says"),
        help_text=_(
            "In your own words, if you like. The greeting, who asks, and the links to answer stand around it."
        ),
    )
    replies = forms.ChoiceField(
        choices=[
            (OWN, _("Me")),
            (PARTNERSHIP, _("Everybody who coordinates the partnership")),
        ],
        initial=OWN,
        widget=forms.RadioSelect,
        label=_("Who gets what they reply to the mail"),
    )
