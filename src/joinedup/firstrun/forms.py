"""Forms for a new coordinator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.partners.statutory import Proposal
from joinedup.places.models import Place


class StartForm(forms.Form):
    place = forms.ModelMultipleChoiceField(
        Place.objects.filter(kind=Place.Kind.LOCAL_AUTHORITY, ended=None),
        widget=forms.MultipleHiddenInput,
        error_messages={"required": _("Choose at least one local authority.")},
    )
    name = forms.CharField(label=_("Name of the partnership"), max_length=120, required=False)


class StatutoryForm(forms.Form):
    """A tick for every proposed body that is not recorded yet, all ticked at first."""

    body = forms.MultipleChoiceField(
        label=_("Who should be at the table by law"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, proposed: list[Proposal]) -> None:
        fresh = [body for body in proposed if body.already is None]
        super().__init__(data, initial={"body": [body.key for body in fresh]})
        self.fields["body"].choices = [(body.key, body.name) for body in fresh]  # type: ignore[attr-defined]


class ContactsForm(forms.Form):
    text = forms.CharField(
        label=_("One contact a line"),
        strip=False,
        widget=forms.Textarea,
        help_text=_("Organisation, sector (may be left out), role, name (may be left out), e-mail address."),
        error_messages={"required": _("Paste at least one line.")},
    )


class FirstEventForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    date = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    venue = forms.CharField(label=_("Venue and address"), max_length=200, required=False)
