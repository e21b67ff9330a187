"""Forms for the question, the answer, moderating it, and the topic it becomes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.taxonomy.models import Theme
from joinedup.voice.checks import findings
from joinedup.voice.models import Contribution
from joinedup.voice.queries import hosts_for

LONGEST = 400
EVERY_AGE: list[Any] = list(Contribution._meta.get_field("age_band").choices or [])
AGES = [each for each in EVERY_AGE if each[0] != Contribution.ADULT]


def _date_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class OpenForm(forms.Form):
    question = forms.CharField(
        max_length=250,
        label=_("The question"),
        help_text=_("Short, plain and open: it can be answered in two lines."),
    )
    why = forms.CharField(
        widget=forms.Textarea,
        label=_("Why we ask"),
        help_text=_(
            "What the answers are for and who will act on them, said so that a twelve-year-old understands."
        ),
    )
    opens = forms.DateField(label=_("First day"), widget=_date_input())
    closes = forms.DateField(label=_("Last day"), widget=_date_input())
    hosts = forms.ModelMultipleChoiceField(
        Partner.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=_("Hosts"),
        help_text=_("Partners who hand the link to young people they know, and are there for them."),
    )

    def __init__(self, event: Event, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hosts"].queryset = hosts_for(event, person)  # type: ignore[attr-defined]


class _Words(forms.CharField):
    """Text in which a line break counts as one character, as it does while typing."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class ContributionForm(forms.Form):
    """`asks`: something in the answer may identify somebody, so the writer is asked to look again."""

    text = _Words(
        max_length=LONGEST,
        widget=forms.Textarea({"autocomplete": "off"}),
        label=_("Your answer"),
        help_text=_(
            "Up to 400 characters: two or three sentences. No names, and no places where people can be found."
        ),
        error_messages={"required": _("Write your answer, however short.")},
    )
    age_band = forms.ChoiceField(
        choices=AGES,
        widget=forms.RadioSelect,
        label=_("How old are you?"),
        error_messages={"required": _("Choose how old you are.")},
    )
    names_nobody = forms.BooleanField(
        required=False,
        label=_("I have looked again: it names nobody, and nowhere that somebody can be found."),
    )
    asks = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for finding in findings(values.get("text", "")):
            self.asks = self.asks or not finding.certain
            if finding.certain or not values.get("names_nobody"):
                self.add_error("text", finding.sentence)
        return values


class ModerationForm(forms.Form):
    contribution = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=[("shown", _("Show it")), ("refused", _("Do not show it"))])
    reason = forms.ChoiceField(choices=[("", ""), *Contribution.Reason.choices], required=False)


class TopicOfContributionForm(forms.Form):
    title = forms.CharField(
        max_length=250, label=_("Topic"), help_text=_("What a table can work on. It names nobody.")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), required=False, label=_("Theme"), empty_label=_("No theme")
    )
