"""What people type and choose about opportunities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.opportunities.models import KINDS, Answer, Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Sector, Theme


class FilterForm(forms.Form):
    place = forms.ModelChoiceField(
        Place.objects.filter(kind=Place.Kind.LOCAL_AUTHORITY),
        required=False,
        label=_("Place"),
        empty_label=_("Anywhere"),
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), required=False, label=_("Theme"), empty_label=_("Any theme")
    )
    kind = forms.ChoiceField(choices=[("", _("Any kind")), *KINDS.items()], required=False, label=_("Kind"))
    sector = forms.ModelChoiceField(
        Sector.objects.filter(in_press_release=True),
        required=False,
        label=_("Sector"),
        empty_label=_("Any sector"),
    )
    state = forms.ChoiceField(
        choices=[("", _("Open")), *Opportunity.State.choices], required=False, label=_("State")
    )

    def chosen(self) -> dict[str, Any]:
        """The filters for `queries.lists`; what cannot be understood is not a filter."""
        self.is_valid()
        return {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}


class SpotForm(forms.Form):
    footprint = forms.ModelChoiceField(
        Footprint.objects.none(), label=_("Partnership"), empty_label=None, widget=forms.HiddenInput
    )
    sentence = forms.CharField(
        max_length=400,
        widget=forms.Textarea,
        label=_("What is the opportunity?"),
        help_text=_("One sentence: who could work together, where, on what, and why now."),
    )
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Where?"))
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label=_("Theme"), required=False, empty_label=_("Not sure")
    )
    parties = forms.ModelMultipleChoiceField(
        Partner.objects.none(),
        label=_("Who could work together?"),
        required=False,
        help_text=_("Hold Ctrl or Command to choose several."),
    )
    first_step = forms.CharField(
        max_length=250,
        required=False,
        label=_("First step"),
        help_text=_("The smallest next thing, by whom."),
    )

    def __init__(self, *args: Any, person: Person, footprint: Footprint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("footprint", footprint)
        self.fields["footprint"].queryset = Footprint.objects.filter(pk=footprint.pk)  # type: ignore[attr-defined]
        self.fields["place"].queryset = footprint.places.all()  # type: ignore[attr-defined]
        visible = Partner.objects.visible_to(person).filter(footprints=footprint)
        self.fields["parties"].queryset = visible  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    partner = forms.ModelChoiceField(Partner.objects.none(), empty_label=None, label=_("For"))
    word = forms.ChoiceField(choices=Answer.Word.choices, label=_("Answer"))

    def __init__(self, *args: Any, partners: list[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = Partner.objects.filter(pk__in=[p.pk for p in partners])
        self.fields["partner"].queryset = choice  # type: ignore[attr-defined]


class SetAsideForm(forms.Form):
    reason = forms.ChoiceField(
        choices=Opportunity.Reason.choices, widget=forms.RadioSelect, label=_("Why is it set aside?")
    )
