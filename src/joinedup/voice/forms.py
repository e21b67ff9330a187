"""Forms for the question, the answer, moderating it, the topic it becomes, and what a partner replies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.places.queries import is_place_name
from joinedup.taxonomy.models import Theme
from joinedup.voice.checks import findings
from joinedup.voice.models import Contribution, PartnerReply
from joinedup.voice.queries import hosts_for, places_of, repliers

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
        for finding in findings(values.get("text", ""), is_place_name):
            self.asks = self.asks or not finding.certain
            if finding.certain or not values.get("names_nobody"):
                self.add_error("text", finding.sentence)
        return values


class ModerationForm(forms.Form):
    """A decision about one answer, and optionally what it asks for."""

    contribution = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        choices=[
            ("shown", _("Show it")),
            ("refused", _("Do not show it")),
            ("nothing", _("It asks for nothing")),
        ],
        error_messages={"required": _("Choose whether to show it.")},
    )
    reason = forms.ChoiceField(choices=[("", ""), *Contribution.Reason.choices], required=False)
    theme = forms.ModelChoiceField(Theme.objects.all(), required=False)
    place = forms.ModelChoiceField(Place.objects.none(), required=False)
    due = forms.DateField(
        required=False, error_messages={"invalid": _("Give the day as day, month and year.")}
    )

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places_of(event)  # type: ignore[attr-defined]


class PartnerReplyForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Who answers"),
        empty_label=_("Choose a partner"),
        help_text=_("Partners whose record is public: young people read the name."),
        error_messages={"required": _("Choose who answers.")},
    )
    word = forms.ChoiceField(
        choices=PartnerReply.Word.choices,
        widget=forms.RadioSelect,
        label=_("Can it be done?"),
        error_messages={"required": _("Choose whether it can be done.")},
    )
    text = _Words(
        max_length=LONGEST,
        widget=forms.Textarea,
        label=_("What will be done, or why it cannot be"),
        help_text=_(
            "Up to 400 characters, in words that a twelve-year-old understands. Do not repeat what was said, and say "
            "nothing about who asked or where you met them. Roles, no names."
        ),
        error_messages={"required": _("Say what will be done, or why it cannot be.")},
    )
    by_when = forms.DateField(
        required=False,
        label=_("By when"),
        help_text=_("Empty only where it cannot be done."),
        widget=_date_input(),
    )
    said_by = forms.CharField(
        max_length=120,
        label=_("Who of them said so"),
        help_text=_(
            "A role, no name: head of youth services. They are told by mail that these words stand under their name, "
            "and can take them away with one button."
        ),
        error_messages={"required": _("Ask them first, and say who of them said so: a role, no name.")},
    )
    said_how = forms.ChoiceField(
        choices=PartnerReply.How.choices,
        widget=forms.RadioSelect,
        label=_("How they said it"),
        error_messages={"required": _("Say how they said it.")},
    )
    said_on = forms.DateField(
        label=_("On which day"),
        widget=_date_input(),
        error_messages={"required": _("Say on which day they said it.")},
    )

    def __init__(self, contribution: Contribution, person: Person, *args: Any, **kwargs: Any) -> None:
        if (held := contribution.reply) is not None:
            names = ("partner", "word", "text", "by_when", "said_by", "said_how", "said_on")
            kwargs["initial"] = {name: getattr(held, name) for name in names}
        super().__init__(*args, **kwargs)
        # Nearly always: a page does not call it optional.
        self.fields["by_when"].is_needed = True  # type: ignore[attr-defined]
        self.fields["partner"].queryset = repliers(contribution.conversation.event, person)  # type: ignore[attr-defined]


class TopicOfContributionForm(forms.Form):
    title = forms.CharField(
        max_length=250, label=_("Topic"), help_text=_("What a table can work on. It names nobody.")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), required=False, label=_("Theme"), empty_label=_("No theme")
    )
