"""Which authorities become one, and which places a partnership covers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.places.models import Footprint
from joinedup.places.successions import day_formats
from joinedup.successions.queries import codes_called, places_to_choose


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=day_formats(),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For example 1 April 2027."),
        error_messages={"required": _("Say the day."), "invalid": _("Give a day such as 1 April 2027.")},
    )


class SuccessionForm(forms.Form):
    olds = forms.MultipleChoiceField(
        label=_("Which authorities end"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("Others that end, by name or code"), required=False, help_text=_("With commas between them.")
    )
    new = forms.CharField(
        label=_("Code of the new authority"),
        max_length=9,
        help_text=_("From the Office for National Statistics, such as E06000065."),
        error_messages={"required": _("Give the code of the new authority.")},
    )
    name = forms.CharField(
        label=_("Name of the new authority"),
        max_length=120,
        required=False,
        help_text=_("Such as North Yorkshire."),
    )
    council = forms.CharField(
        label=_("What its council calls itself"),
        max_length=150,
        required=False,
        help_text=_("Then it is recorded as a partner, and proposed for what the old councils see to."),
    )
    day = _day(_("First day of the new authority"))

    def __init__(self, data: Any, *, person: Person) -> None:
        super().__init__(data)
        choices = [(place.pk, f"{place.name} ({place.pk})") for place in places_to_choose(person)]
        self.fields["olds"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        others = [text.strip() for text in given.get("others", "").split(",") if text.strip()]
        given["codes"] = [*given.get("olds", []), *codes_called(others)]
        if not given["codes"]:
            self.add_error("olds", _("Choose which authorities end."))
        return given

    def stated(self) -> dict[str, Any]:
        """As `state_succession` takes it."""
        given = self.cleaned_data
        return {
            "olds": given["codes"], "new": given["new"], "name": given["name"], "day": given["day"],
            "council": given["council"],
        }  # fmt: skip


class FootprintForm(forms.Form):
    left = forms.MultipleChoiceField(
        label=_("What leaves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    added = forms.CharField(
        label=_("What comes, by name or code"), required=False, help_text=_("With commas between them.")
    )
    day = _day(_("From which day"))
    because = forms.CharField(label=_("Why"), max_length=250, required=False)

    def __init__(self, data: Any, *, footprint: Footprint) -> None:
        super().__init__(data)
        choices = [(place.pk, place.name) for place in footprint.places.order_by("name")]
        self.fields["left"].choices = choices  # type: ignore[attr-defined]

    def clean_added(self) -> list[str]:
        return codes_called([text.strip() for text in self.cleaned_data["added"].split(",") if text.strip()])
