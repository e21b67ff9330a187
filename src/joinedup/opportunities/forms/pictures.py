"""What the grid and the picture of partners show, and what somebody misses in the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.opportunities.queries.reading import choose, footprints_for, is_inside
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme


class PictureForm(forms.Form):
    """Which partnership is looked at, and which part of it. What makes no sense is reported and not applied."""

    footprint = forms.ChoiceField(
        label=_("Partnership"),
        required=False,
        error_messages={"invalid_choice": _("There is no such partnership here: another is shown.")},
    )
    place = forms.ChoiceField(
        label=_("Place"),
        required=False,
        error_messages={"invalid_choice": _("That is no place of this partnership: all of them are shown.")},
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        error_messages={"invalid_choice": _("There is no such theme: all of them are shown.")},
    )

    def __init__(self, data: Mapping[str, Any], *, person: Person) -> None:
        given = dict(data.items())
        super().__init__(given)
        self.footprints = footprints_for(person)
        self.chosen = choose(self.footprints, given.get("footprint", ""), given.get("place", ""))
        self.places = list(self.chosen.places.all()) if self.chosen else []
        self.themes = list(Theme.objects.all())
        choices = {
            "footprint": [(each.slug, each.name) for each in sorted(self.footprints, key=str)],
            "place": [("", _("All places")), *((each.pk, each.name) for each in self.places)],
            "theme": [("", _("All themes")), *((each.pk, each.name) for each in self.themes)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if self.chosen:
            given.setdefault("footprint", self.chosen.slug)
        if len(self.footprints) < 2:
            del self.fields["footprint"]

    def begin_with(self, place: Place | None) -> None:
        """Choose a place for somebody who chose none."""
        self.data = {**self.data, "place": place.pk if place else ""}
        self.full_clean()

    @property
    def place_chosen(self) -> Place | None:
        return next((each for each in self.places if each.pk == self._said("place")), None)

    @property
    def theme_chosen(self) -> Theme | None:
        return next((each for each in self.themes if each.pk == self._said("theme")), None)

    def _said(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class WhyNotForm(forms.Form):
    """What somebody asks after, by a part of its name."""

    what = forms.ChoiceField(
        choices=[
            ("partner", _("A partner")),
            ("initiative", _("A piece of local action")),
            ("offer", _("Support, such as a fund")),
            ("place", _("A place")),
        ],
        widget=forms.RadioSelect,
        label=_("What do you miss in the list?"),
        error_messages={"required": _("Choose what it is."), "invalid_choice": _("Choose what it is.")},
    )
    q = forms.CharField(
        min_length=2,
        max_length=100,
        label=_("Its name, or a part of it"),
        error_messages={
            "required": _("Type a part of its name."),
            "min_length": _("Type at least two letters."),
        },
    )
    footprint = forms.ChoiceField(
        label=_("In the list of"),
        required=False,
        error_messages={"invalid_choice": _("There is no such partnership here: another is asked.")},
    )

    def __init__(self, data: Mapping[str, Any], *, person: Person) -> None:
        given = dict(data.items())
        # Somebody who follows a link about a record has not filled in anything yet.
        super().__init__(given if "q" in given else None, initial={"what": "partner", **given})
        # Why a body is not named says what is not recorded of it: that is for its partnership.
        self.footprints = [each for each in footprints_for(person) if is_inside(person, each)]
        self.chosen = choose(self.footprints, given.get("footprint", ""), given.get("place", ""))
        own: Any = self.fields["footprint"]
        own.choices = [(each.slug, each.name) for each in sorted(self.footprints, key=str)]
        if self.chosen:
            given.setdefault("footprint", self.chosen.slug)
            self.initial["footprint"] = self.chosen.slug
        if len(self.footprints) < 2:
            del self.fields["footprint"]
