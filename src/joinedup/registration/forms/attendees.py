"""Filters for the list of attendees, of which invalid values filter nothing; and the correction of an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.events.models import Event
from joinedup.registration.models import RESIDENT, YOUNG, Attendee
from joinedup.taxonomy.models import Sector

PARTS = [
    (YOUNG, _("Young people")),
    ("companion", _("Companions")),
    ("facilitator", _("Leads a table")),
    ("scribe", _("Writes")),
    ("speaker", _("Speaks")),
    ("guest", _("Guests")),
    # As they said when they registered.
    (RESIDENT, _("Residents (“I come for myself”)")),
]


class AddressForm(forms.Form):
    """`others`: names of those who registered with the same address, in words."""

    email = forms.EmailField(
        max_length=254,
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    everybody = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, others: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if others:
            self.fields["everybody"].label = _("Also for the others with this address: %(who)s") % {
                "who": others
            }
        else:
            del self.fields["everybody"]


class PeopleFilterForm(forms.Form):
    standing = forms.ChoiceField(required=False, label=_("Standing"))
    sector = forms.ModelChoiceField(
        Sector.objects.none(), required=False, label=_("Sector"), empty_label=_("All")
    )
    part = forms.ChoiceField(choices=[("", _("All")), *PARTS], required=False, label=_("Part in the day"))
    arrived = forms.ChoiceField(
        choices=[("", _("All")), ("yes", _("Arrived")), ("no", _("Not arrived yet"))],
        required=False,
        label=_("At the door"),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing, sector = self.fields["standing"], self.fields["sector"]
        assert isinstance(standing, forms.ChoiceField)
        standing.choices = [("", _("All")), *Attendee.Standing.choices]
        assert isinstance(sector, forms.ModelChoiceField)
        here = event.attendees.order_by().values("sector")
        sector.queryset = Sector.objects.filter(pk__in=here)

    def chosen(self) -> dict[str, Any]:
        """The arguments of `queries.attendees.filtered`."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
