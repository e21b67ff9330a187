"""The form that copies an event."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.events.actions.copy import day_for_copy
from joinedup.events.forms.event import day_input
from joinedup.events.models import Event


class CopyForm(forms.Form):
    name = forms.CharField(max_length=200, label=_("Name of the new event"))
    date = forms.DateField(label=_("Day"), widget=day_input())

    @classmethod
    def of(cls, event: Event, today: datetime.date, data: Any = None) -> CopyForm:
        """Starts with the same name and the same weekday a month later."""
        return cls(data, initial={"name": event.name, "date": day_for_copy(event, today)})
