"""The form that reserves places for some."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.events.forms.event import day_input
from joinedup.events.models import Event
from joinedup.registration.models import Reservation
from joinedup.taxonomy.models import Sector


class ReservationForm(forms.Form):
    who = forms.ChoiceField(label=_("For whom"))
    places = forms.IntegerField(
        min_value=1,
        max_value=2000,
        label=_("At least so many places"),
        error_messages={"required": _("Say how many places.")},
    )
    until = forms.DateField(
        widget=day_input(),
        label=_("Until the end of"),
        help_text=_("After this day, places that are left go to those who wait, by themselves."),
        error_messages={"required": _("Say until which day the places are kept.")},
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who, until = self.fields["who"], self.fields["until"]
        assert isinstance(who, forms.ChoiceField)
        self.sectors = {f"sector:{each.pk}": each for each in Sector.objects.order_by("order")}
        groups = [each for each in Reservation.Group if each != Reservation.Group.SECTOR]
        who.choices = [
            *((each.value, each.label) for each in groups),
            *((key, each.name) for key, each in self.sectors.items()),
        ]
        if event.date is not None:
            until.widget.attrs["max"] = f"{event.date:%Y-%m-%d}"

    def reservation(self) -> dict[str, Any]:
        """The arguments of `actions.reserved_places.reserve`."""
        values = dict(self.cleaned_data)
        key = values.pop("who")
        sector = self.sectors.get(key)
        return {**values, "group": "sector" if sector else key, "sector": sector}

    def refuse(self, error: Any) -> None:
        """Show what the action refused beside the box it is about."""
        if hasattr(error, "error_dict"):
            for name, messages in error.message_dict.items():
                self.add_error({"sector": "who"}.get(name, name), messages)
        else:
            self.add_error(None, error)
