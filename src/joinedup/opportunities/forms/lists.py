"""The filters of the list, and what somebody has read."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.opportunities.models import KINDS, Opportunity
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Sector, Theme


class FilterForm(forms.Form):
    """Where no partnership is there is no opportunity, so only places of partnerships are offered."""

    place = forms.ModelChoiceField(
        Place.objects.filter(kind=Place.Kind.LOCAL_AUTHORITY, footprints__isnull=False).distinct(),
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
    sort = forms.ChoiceField(
        choices=[("", _("Strongest first")), ("closes", _("Closing first")), ("new", _("Newest first"))],
        required=False,
        label=_("In which order"),
    )
    whose = forms.ChoiceField(
        choices=[("", _("My partnership’s")), ("all", _("Also what others share"))],
        required=False,
        label=_("Whose"),
    )
    mine = forms.BooleanField(required=False, label=_("Names my organisation"))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not person.partner_ids:
            del self.fields["mine"]
        if not person.footprint_ids or person.sees_every_partnership:
            del self.fields["whose"]
        if person.footprint_ids:
            state = self.fields["state"]
            assert isinstance(state, forms.ChoiceField)
            state.choices = [
                ("", _("Open")),
                ("assigned", _("Given to me")),
                ("snoozed", _("Off the list for a while")),
                *Opportunity.State.choices,
            ]

    def count(self, kinds: list[tuple[str, str, int]]) -> None:
        """Offer the kinds that there are, with how many, and the chosen one."""
        field, chosen = self.fields["kind"], self["kind"].value()
        assert isinstance(field, forms.ChoiceField)
        there = {kind for kind, _words, _number in kinds}
        field.choices = [
            ("", _("Any kind")),
            *((kind, f"{words} ({number})") for kind, words, number in kinds),
            *((kind, f"{words} (0)") for kind, words in KINDS.items() if kind == chosen not in there),
        ]

    def chosen(self) -> dict[str, Any]:
        """The filters for `queries.lists`; what cannot be understood is not a filter."""
        self.is_valid()
        return {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}


class UntilForm(forms.Form):
    """Until when somebody has read something: as the page said when it was shown."""

    until = forms.CharField(max_length=40)

    def clean_until(self) -> datetime.datetime:
        try:
            until = datetime.datetime.fromisoformat(self.cleaned_data["until"])
        except ValueError:
            raise forms.ValidationError(_("This is not a time.")) from None
        if timezone.is_naive(until):
            raise forms.ValidationError(_("This is not a time.")) from None
        return until


class ReadForm(UntilForm):
    """Until when somebody has read what moved, in which partnership."""

    footprint = forms.ModelChoiceField(Footprint.objects.none(), to_field_name="slug")

    def __init__(self, *args: Any, footprints: list[Footprint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Footprint.objects.filter(pk__in=[each.pk for each in footprints])
        self.fields["footprint"].queryset = own  # type: ignore[attr-defined]
