"""Who should share a table, and who should not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.models import Wish
from joinedup.tables.seating import coming


class WishForm(forms.Form):
    """The fields of `tables/seats.jinja`. No reason is asked: why two people should sit apart is nobody's
    business here."""

    kind = forms.ChoiceField(
        choices=Wish.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether they sit together or apart.")},
    )
    attendees = forms.ModelMultipleChoiceField(
        Attendee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least two people.")},
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "wish_%s"
        field = self.fields["attendees"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = coming(event)

    def clean_attendees(self) -> Any:
        people = self.cleaned_data["attendees"]
        if len(people) < 2:
            raise forms.ValidationError(_("Choose at least two people."))
        return people
