"""Forms for uploading a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.places.models import Footprint
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.parse import MOST_BYTES
from joinedup.spreadsheets.queries import Column


class BringForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What does it list?"),
        choices=Upload.Kind.choices,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("Choose a file. It, or the rows in the next box, is needed"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV or Excel (.xlsx), up to 5 MB and 5,000 rows."),
    )
    text = forms.CharField(
        label=_("Or paste the rows here"),
        required=False,
        strip=False,
        widget=forms.Textarea,
        help_text=_("Mark the rows in your spreadsheet, with their headings, copy them and paste them here."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # One of the two is needed: neither is called optional.
        for name in ("file", "text"):
            self.fields[name].is_needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.cleaned_data.get("file") and not self.cleaned_data.get("text", "").strip():
            raise forms.ValidationError(_("Choose a file or paste the rows."))
        return self.cleaned_data

    def emptied(self) -> BringForm:
        """The same form without the upload: a page must not repeat what may not be stored."""
        form = BringForm({"kind": self.cleaned_data["kind"], "text": ""})
        form.errors.clear()
        return form

    def brought(self) -> dict[str, Any]:
        """The arguments of `actions.bring`."""
        file = self.cleaned_data["file"]
        return {
            "kind": self.cleaned_data["kind"],
            "text": self.cleaned_data["text"],
            # One byte more than allowed, so that the reader can say that it is too large.
            "content": file.read(MOST_BYTES + 1) if file else b"",
            "file_name": file.name if file else "",
        }


class ColumnsForm(forms.Form):
    """One question per column: which of our fields it is."""

    def __init__(
        self, data: Any, *, columns: list[Column], fields: tuple[Field, ...], mapping: Mapping[str, int]
    ):
        super().__init__(data)
        choices = [("", _("Leave it out")), *((field.name, field.label) for field in fields)]
        chosen = {column: name for name, column in mapping.items()}
        for column in columns:
            self.fields[f"column-{column.number}"] = forms.ChoiceField(
                label=column.heading, choices=choices, required=False, initial=chosen.get(column.number, "")
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = [name for name in self.cleaned_data.values() if name]
        if len(given) != len(set(given)):
            raise forms.ValidationError(_("Two columns are said to be the same thing: choose one of them."))
        return self.cleaned_data

    def mapping(self) -> dict[str, int]:
        """Our field -> column number; after `is_valid`."""
        return {name: int(field.removeprefix("column-")) for field, name in self.cleaned_data.items() if name}


def chosen_header(data: Mapping[str, str]) -> dict[str, int]:
    """The rows of headings that were chosen, first and last from 0; empty if none or no such rows."""
    first, _dash, last = data.get("headings", "").partition("-")
    if not re.fullmatch(r"\d{1,5}", first) or not re.fullmatch(r"\d{0,5}", last):
        return {}
    return {"first": int(first) - 1, "last": int(last or first) - 1}


def chosen_ticks(data: QueryDict) -> dict[str, bool]:
    """Key of a guess -> whether it is ticked, of the guesses that the page showed; and of a question whether two names
    are one organisation, where that was answered."""
    ticked = set(data.getlist("tick"))
    said = {
        name.removeprefix("body-"): value == "one"
        for name, value in data.items()
        if name.startswith("body-") and value in ("one", "branches")
    }
    return {key: key in ticked for key in data.getlist("shown")} | said


def chosen_sectors(data: Mapping[str, str]) -> dict[int, str]:
    """Row number -> sector, from the answers under “Sectors to check”; invalid answers are left out."""
    found = {}
    for name, value in data.items():
        number = name.removeprefix("sector-")
        if name != number and number.isdecimal() and len(number) <= 6 and value:
            found[int(number)] = value
    return found


class OfferListForm(forms.Form):
    footprint = forms.ModelChoiceField(
        Footprint.objects.none(), label=_("For which of your partnerships?"), empty_label=None
    )
    file = forms.FileField(
        label=_("The list (CSV)"),
        help_text=_("As another installation of JoinedUp takes it from its page of support."),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Footprint.objects.filter(pk__in=person.coordinated_ids).order_by("name")
        # Who keeps what all share brings it for all; a coordinator of one partnership has nothing to choose.
        self._home = None if may(person, "offer.bring_list", Scope()) else own.first()
        if self._home is None or own.count() == 1:
            del self.fields["footprint"]
        else:
            self.fields["footprint"].queryset = own  # type: ignore[attr-defined]

    def home(self) -> Footprint | None:
        """The partnership it is brought for; None: all share it. After `is_valid`."""
        chosen: Footprint | None = self.cleaned_data.get("footprint", self._home)
        return chosen
