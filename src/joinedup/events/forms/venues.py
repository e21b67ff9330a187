"""The form for a building to meet in, with what attendees need to know about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.models import Venue
from joinedup.events.queries.venues import footprints_kept_by
from joinedup.partners.queries import places_to_choose
from joinedup.places.models import Footprint, Place

KNOWN = [("yes", _("Yes")), ("no", _("No")), ("", _("Not known"))]


class VenueForm(forms.Form):
    """`access_…`: one question for each fact, answered yes, no or not known."""

    footprint = forms.ModelChoiceField(Footprint.objects.none(), label=_("Partnership"), empty_label=None)
    name = forms.CharField(max_length=200, label=_("Name of the venue"))
    address = forms.CharField(max_length=300, required=False, label=_("Address, with postcode"))
    place = forms.ModelChoiceField(
        Place.objects.none(), required=False, label=_("Authority or ward"), empty_label=_("Not known")
    )
    most_people = forms.IntegerField(
        min_value=1, max_value=100_000, required=False, label=_("Most people that fit in")
    )
    travel = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        label=_("How to get there"),
        help_text=_("Everybody who is invited can read it."),
    )
    notes = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        label=_("Notes"),
        help_text=_("For those who plan events only."),
    )
    confirm = forms.BooleanField(required=False, label=_("Somebody checked all of this with the venue today"))

    def __init__(self, data: Any = None, *, person: Person, venue: Venue | None = None) -> None:
        super().__init__(data, initial=_initial(venue) if venue else None)
        for fact in Venue.Access:
            self.fields[f"access_{fact.value}"] = forms.ChoiceField(
                choices=KNOWN, required=False, label=fact.label, widget=forms.RadioSelect
            )
        own: Any = self.fields
        if venue is not None:
            del self.fields["footprint"]
            footprints = [venue.footprint_id]
        else:
            own["footprint"].queryset = footprints_kept_by(person)
            footprints = [each.pk for each in own["footprint"].queryset]
        chosen = [venue.place_id] if venue and venue.place_id else []
        own["place"].queryset = places_to_choose(footprints, chosen)
        self.order_fields(
            ["footprint", "name", "address", "place", "most_people"]
            + [name for name in self.fields if name.startswith("access_")]
        )

    def details(self) -> dict[str, Any]:
        """The arguments of `actions.venue`."""
        values = dict(self.cleaned_data)
        asked = {fact.value: values.pop(f"access_{fact.value}") for fact in Venue.Access}
        values["access"] = {key: answer == "yes" for key, answer in asked.items() if answer}
        return values


def _initial(venue: Venue) -> dict[str, Any]:
    words = {True: "yes", False: "no"}
    names = ("name", "address", "place", "most_people", "travel", "notes")
    values: dict[str, Any] = {name: getattr(venue, name) for name in names}
    return values | {f"access_{key}": words.get(venue.access.get(key), "") for key in Venue.Access.values}
