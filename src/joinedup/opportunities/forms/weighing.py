"""How much each part of a strength counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.engines.opportunities.strength import WEIGHTS, Weights
from joinedup.opportunities import checks
from joinedup.opportunities.models import COMPONENTS
from joinedup.opportunities.weights import most_of


class WeighForm(forms.Form):
    """How much each part of a strength counts, and why. To see what it would do needs no reason yet."""

    reason = forms.CharField(
        widget=forms.Textarea,
        label=_("Why does your partnership weigh so?"),
        help_text=_("Up to 250 characters. Everybody in the partnership can read it."),
        error_messages={"required": _("Say why, so that the partnership can follow it.")},
    )
    field_order = (*COMPONENTS, "reason")

    def __init__(self, *args: Any, is_preview: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_preview = is_preview
        for name, words in COMPONENTS.items():
            most = {"most": f"{most_of(name):.0f}"}
            wrong = _("“%(part)s” must be a number from 0 to %(most)s.") % {"part": words, **most}
            self.fields[name] = forms.FloatField(
                min_value=0,
                max_value=most_of(name),
                widget=forms.NumberInput(attrs={"step": "0.05"}),
                label=words,
                help_text=_("From 0, which does not count, to %(most)s. As shipped: %(number)s.")
                % {"number": f"{getattr(WEIGHTS, name):.2f}", **most},
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
            )
        self.order_fields(self.field_order)

    def clean_reason(self) -> str:
        return checks.reason(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.is_preview:
            self.errors.pop("reason", None)
        if not set(COMPONENTS) & set(self.errors):
            checks.weights(self.weights())
        return self.cleaned_data

    def weights(self) -> Weights:
        return Weights(**{name: self.cleaned_data[name] for name in COMPONENTS})
