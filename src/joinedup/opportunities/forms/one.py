"""What is said to one opportunity, and decided about it."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.models import User
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Partner


class AnswerForm(forms.Form):
    partner = forms.ModelChoiceField(Partner.objects.none(), empty_label=None, label=_("For"))
    word = forms.ChoiceField(choices=Answer.Word.choices, label=_("Answer"))
    move = forms.CharField(max_length=40, required=False)
    scope = forms.ChoiceField(
        choices=Answer.Scope.choices,
        required=False,
        initial=Answer.Scope.THIS,
        label=_("“Not us” is meant for"),
    )
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        label=_("It holds until"),
        help_text=_("Leave it empty for a year."),
    )

    def __init__(self, *args: Any, partners: list[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = Partner.objects.filter(pk__in=[p.pk for p in partners])
        self.fields["partner"].queryset = choice  # type: ignore[attr-defined]

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or Answer.Scope.THIS


class SnoozeForm(forms.Form):
    """For how long, or until which day."""

    LENGTHS = {"30": _("1 month"), "91": _("3 months"), "182": _("6 months")}
    length = forms.ChoiceField(
        choices=[*LENGTHS.items(), ("day", _("Until a day of your choice"))],
        widget=forms.RadioSelect,
        initial="30",
        label=_("For how long?"),
    )
    day = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        label=_("Day on which it returns"),
        help_text=_("Within a year."),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        length = self.cleaned_data.get("length")
        if length == "day" and not self.cleaned_data.get("day") and "day" not in self.errors:
            self.add_error("day", str(_("Give the day on which it returns.")))
        return self.cleaned_data

    def until(self) -> datetime.date:
        length, day = self.cleaned_data["length"], self.cleaned_data["day"]
        return day if length == "day" else timezone.localdate() + datetime.timedelta(days=int(length))


class AssignForm(forms.Form):
    """To whom it is given."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom?"), empty_label=_("Choose"))

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class ChairForm(forms.Form):
    """Who chairs the work on it; it may be left open."""

    chair = forms.ModelChoiceField(
        Partner.objects.none(), required=False, label=_("Who chairs it?"), empty_label=_("Not settled yet")
    )

    def __init__(self, *args: Any, chairs: list[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = Partner.objects.filter(pk__in=[each.pk for each in chairs])
        self.fields["chair"].queryset = choice  # type: ignore[attr-defined]


class SetAsideForm(forms.Form):
    reason = forms.ChoiceField(
        choices=Opportunity.Reason.choices, widget=forms.RadioSelect, label=_("Why is it set aside?")
    )
