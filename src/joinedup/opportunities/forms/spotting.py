"""What somebody saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.opportunities import checks
from joinedup.opportunities.queries import spotting
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme


class SpotForm(forms.Form):
    """What somebody saw. Whose list it goes to, and who may be named, follow from the place."""

    # More partners than anybody ticks; what is sent may be anything.
    MOST_KEPT = 100

    sentence = forms.CharField(
        max_length=2000,
        widget=forms.Textarea,
        label=_("What is the opportunity?"),
        help_text=_(
            "One sentence of 20 to 400 characters: who could work together, on what, and why now. "
            "Nothing about a person, a case or an investigation."
        ),
        error_messages={"required": _("Say in one sentence what the opportunity is.")},
    )
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("Where?"),
        empty_label=_("Choose a place"),
        error_messages={
            "required": _("Choose where it is."),
            "invalid_choice": _("Choose a place that a partnership covers."),
        },
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(),
        label=_("On which theme?"),
        required=False,
        empty_label=_("Not sure"),
        error_messages={"invalid_choice": _("Choose a theme of the list, or “Not sure”.")},
    )
    parties = forms.ModelMultipleChoiceField(
        Partner.objects.none(),
        label=_("Who could work together?"),
        required=False,
        error_messages={
            "invalid_choice": _("Name only partners of the partnership that covers this place."),
            "invalid_pk_value": _("Name only partners of the partnership that covers this place."),
        },
    )
    find = forms.CharField(max_length=100, required=False, label=_("Find another partner"))
    first_step = forms.CharField(
        max_length=1000,
        required=False,
        label=_("First step"),
        help_text=_("The smallest next thing, by whom."),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.footprint: Footprint | None = None
        self.fields["place"].queryset = spotting.places_to_choose()  # type: ignore[attr-defined]

    def clean_place(self) -> Place:
        place: Place = self.cleaned_data["place"]
        self.footprint = spotting.footprint_for(self.person, place)
        if self.footprint is None:
            raise forms.ValidationError(_("No partnership covers this place yet."))
        # Read before the partners, which come after it in the form.
        allowed = spotting.partners_to_name(self.person, self.footprint)
        self.fields["parties"].queryset = allowed  # type: ignore[attr-defined]
        return place

    def clean_sentence(self) -> str:
        return checks.sentence(self.cleaned_data["sentence"])

    def clean_first_step(self) -> str:
        return checks.step(self.cleaned_data["first_step"])

    def kept(self) -> dict[str, Any]:
        """What was typed and chosen, to be shown again in an unbound form."""
        ticked = self.fields["parties"].widget.value_from_datadict(self.data, self.files, "parties")
        names = [pk for pk in ticked or () if pk.isdecimal()][: self.MOST_KEPT]
        return {**{name: self.data.get(name, "") for name in self.fields}, "parties": names}
