"""The filters of the funnel page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.web.funnel.queries import Path


class PathsForm(forms.Form):
    """Offers the years with data and, for members, the partnerships; invalid values filter nothing."""

    footprint = forms.TypedChoiceField(
        required=False,
        label=_("Partnership"),
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": _("There is no such partnership here: all are counted.")},
    )
    year = forms.TypedChoiceField(
        required=False,
        label=_("Suggested in the year"),
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": _("Nothing was suggested in that year: all years are counted.")},
    )

    def __init__(self, data: Mapping[str, Any], every: Iterable[Path], *, public: bool) -> None:
        super().__init__(data)
        rows = list(every)
        footprints = sorted({each.footprint for each in rows}, key=lambda each: each[1])
        years = sorted({each.first_seen.year for each in rows}, reverse=True)
        own: Any = self.fields
        own["footprint"].choices = [("", _("All")), *footprints]
        own["year"].choices = [("", _("All")), *((year, str(year)) for year in years)]
        if public or len(footprints) < 2:
            del self.fields["footprint"]

    def of(self, every: Iterable[Path]) -> list[Path]:
        self.is_valid()
        footprint, year = self.cleaned_data.get("footprint"), self.cleaned_data.get("year")
        return [
            each
            for each in every
            if footprint in (None, each.footprint[0]) and year in (None, each.first_seen.year)
        ]
