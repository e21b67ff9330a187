"""The form for one dated update of a commitment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.strategy.models import Update


class UpdateForm(forms.Form):
    on = forms.DateField(
        label=_("As at"),
        help_text=_("The day on which this was so."),
        initial=timezone.localdate,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    standing = forms.ChoiceField(
        choices=Update.Standing.choices, widget=forms.RadioSelect, label=_("How does it stand?")
    )
    text = forms.CharField(
        widget=forms.Textarea, label=_("What happened?"), help_text=_("In plain words. Public.")
    )
    source = forms.CharField(
        required=False,
        label=_("Where can this be read?"),
        help_text=_("A web address or the name of a document."),
    )
    initiative: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        required=False,
        label=_("Local action that shows it"),
        empty_label=_("No local action"),
        help_text=_("Only public local action can be chosen."),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Initiative.objects.visible_to(person).filter(marking="public").order_by("name")
        self.fields["initiative"].queryset = visible  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    """What a partnership's own local action does towards a commitment; it cannot set the status of the
    commitment."""

    initiative: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Local action of your partnership that shows it"),
        empty_label=_("Choose local action"),
        help_text=_("Only public local action can be chosen."),
    )
    on = forms.DateField(
        label=_("As at"),
        help_text=_("The day on which this was so."),
        initial=timezone.localdate,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        widget=forms.Textarea, label=_("What happened?"), help_text=_("In plain words. Public.")
    )
    source = forms.CharField(
        required=False,
        label=_("Where can this be read?"),
        help_text=_("A web address or the name of a document."),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Initiative.objects.visible_to(person).filter(
            marking="public", partner__footprints__in=person.coordinated_ids
        )
        self.fields["initiative"].queryset = own.order_by("name").distinct()  # type: ignore[attr-defined]
