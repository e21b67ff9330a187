"""Forms for a response, and for the named body's answer to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_to_choose
from joinedup.results.models import Response

NAMES = ("text", "is_critical", "marking")


class ResponseForm(forms.Form):
    contribution = forms.ChoiceField(label=_("What was said"))
    text = forms.CharField(
        max_length=600,
        widget=forms.Textarea,
        label=_("What was done about it, or why nothing was"),
        help_text=_(
            "Up to 600 characters. Do not repeat what was said: whoever said it may take it back. About the work, not "
            "about any person."
        ),
    )
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(),
        required=False,
        label=_("Agreement it led to"),
        empty_label=_("No agreement"),
    )
    about = forms.ModelChoiceField(
        Partner.objects.none(),
        required=False,
        label=_("Organisation that it is about"),
        empty_label=_("None in particular"),
    )
    is_critical = forms.BooleanField(
        required=False,
        label=_("It is critical of that organisation"),
        help_text=_(
            "Then we tell them today. They have ten working days to answer before anybody outside reads it."
        ),
    )
    marking = forms.ChoiceField(
        choices=Marking, initial=Marking.PUBLIC, label=_("Who may see it, once the results are published")
    )

    def __init__(
        self,
        *args: Any,
        person: Person,
        event: Event,
        shown: list[Any],
        response: Response | None = None,
        **kwargs: Any,
    ) -> None:
        """`shown`: the contributions that may be answered, as `queries.responses` gives them."""
        if response is not None:
            kwargs["initial"] = _of(response)
        super().__init__(*args, **kwargs)
        self.said = {str(each.pk): each for each in shown}
        self.kept = response.contribution if response else None
        said = self.fields["contribution"]
        assert isinstance(said, forms.ChoiceField)
        if response is not None and str(response.contribution_id) not in self.said:
            said.required = False
            said.help_text = str(_("What this answers was taken back. Leave this empty, or choose another."))
        said.choices = [("", "—"), *((key, _short(each.text)) for key, each in self.said.items())]
        agreement, about = self.fields["agreement"], self.fields["about"]
        assert isinstance(agreement, forms.ModelChoiceField)
        assert isinstance(about, forms.ModelChoiceField)
        agreement.queryset = Agreement.objects.visible_to(person).filter(event=event)
        about.queryset = partners_to_choose(person, [event.footprint_id] if event.footprint_id else [])

    def parts(self) -> dict[str, Any]:
        """The arguments of `actions.responses.write_response`."""
        values = dict(self.cleaned_data)
        return {**values, "contribution": self.said.get(values["contribution"], self.kept)}


def _of(response: Response) -> dict[str, Any]:
    found = {name: getattr(response, name) for name in NAMES}
    for name in ("contribution", "agreement", "about"):
        found[name] = getattr(response, f"{name}_id")
    return found


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:89]}…"


class ReplyForm(forms.Form):
    """The named body's answer."""

    text = forms.CharField(
        max_length=600,
        widget=forms.Textarea,
        label=_("What you say to it"),
        help_text=_("Up to 600 characters. It is shown beside what was written, word for word."),
    )
    show_now = forms.BooleanField(
        required=False,
        label=_("Both may be shown at once, before the ten working days are over"),
    )
