"""The short survey: one scale per statement, none of them required."""

from __future__ import annotations

from typing import Any

from django import forms

from joinedup.registration.survey import SCALE, STATEMENTS


class SurveyForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, text in STATEMENTS.items():
            self.fields[key] = forms.TypedChoiceField(
                choices=list(SCALE.items()),
                coerce=int,
                empty_value=None,
                required=False,
                label=text,
                widget=forms.RadioSelect,
            )

    def answers(self) -> dict[str, int]:
        """The answers given: a key of STATEMENTS to 1 to 5."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}
