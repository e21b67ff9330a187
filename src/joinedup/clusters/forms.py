"""Forms for clusters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.clusters.models import Outcome, Scan
from joinedup.initiatives.models import Initiative
from joinedup.places.models import Footprint, Place


class ScanForm(forms.Form):
    kind = forms.ChoiceField(choices=Scan.Kind.choices)


class SettleForm(forms.Form):
    """What became of it."""

    word = forms.ChoiceField(
        label=_("What became of it?"),
        choices=Outcome.Word.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what became of it.")},
    )
    note = forms.CharField(
        label=_("What was found or done"),
        widget=forms.Textarea,
        required=False,
        max_length=1000,
        help_text=_("In a sentence or two, for the partnership. No names of people."),
    )
    initiative = forms.ModelChoiceField(
        Initiative.objects.none(),
        label=_("Local action that answers it"),
        required=False,
        empty_label=_("None recorded here"),
    )

    def __init__(self, data: Any = None, *, person: Person, footprint: Footprint) -> None:
        super().__init__(data)
        own: Any = self.fields
        theirs = Initiative.objects.filter(partner__footprints=footprint).values("pk")
        own["initiative"].queryset = Initiative.objects.visible_to(person).filter(pk__in=theirs)


class FollowForm(forms.Form):
    """Where to follow new clusters: the whole partnership, or a place in it, given by its code."""

    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Where?"), required=False, empty_label=_("All of the partnership")
    )

    def __init__(self, data: Any = None, *, footprint: Footprint) -> None:
        super().__init__(data)
        own: Any = self.fields
        # The page of a ward sends its own code, which is not in this list; the action checks it.
        own["place"].queryset = Place.objects.filter(ended=None) if self.is_bound else footprint.places.all()
