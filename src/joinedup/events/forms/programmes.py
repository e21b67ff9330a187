"""Forms for a series of events and its plan."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from joinedup.engines.days import months_after
from joinedup.events.models import Programme, Stop
from joinedup.places.regions import REGIONS

MONTHS_AHEAD, MONTHS_BACK = 36, 12


class ProgrammeForm(forms.Form):
    name = forms.CharField(max_length=160, label=_("Name of the programme"))
    summary = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        label=_("What is it for?"),
        help_text=_("One or two sentences. Everybody can read them."),
    )

    @classmethod
    def of(cls, programme: Programme, data: Any = None) -> ProgrammeForm:
        return cls(data, initial={"name": programme.name, "summary": programme.summary})


def month_in(text: str) -> datetime.date | None:
    """The first day of a month such as 2027-03; None for anything else."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m").date()
    except (TypeError, ValueError):
        return None


class StopForm(forms.Form):
    region = forms.ChoiceField(
        choices=[("", _("Choose a region")), *REGIONS.items()],
        label=_("Region"),
        error_messages={"required": _("Choose a region.")},
    )
    month = forms.TypedChoiceField(
        coerce=month_in,
        label=_("Month"),
        error_messages={
            "required": _("Choose a month."),
            "invalid_choice": _("Choose a month of the list."),
        },
    )
    note = forms.CharField(
        max_length=200,
        required=False,
        label=_("Note"),
        help_text=_("For example who might host it. Everybody can read it: no names of people."),
    )

    def __init__(self, data: Any = None, *, on: datetime.date, stop: Stop | None = None) -> None:
        initial: dict[str, Any] = {}
        if stop is not None:
            initial = {"region": stop.region, "month": f"{stop.month:%Y-%m}", "note": stop.note}
        super().__init__(data, initial=initial)
        # Coming months first; past months are there so that a change can be undone.
        numbers = [*range(MONTHS_AHEAD), *range(-1, -1 - MONTHS_BACK, -1)]
        months = [months_after(on.replace(day=1), number) for number in numbers]
        if stop is not None and stop.month not in months:
            months.insert(0, stop.month)
        field: Any = self.fields["month"]
        field.choices = [("", _("Choose a month")), *((f"{m:%Y-%m}", date_format(m, "F Y")) for m in months)]
