"""Forms for visits and practice cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.events.models import Programme
from joinedup.events.queries.programmes import seen_by
from joinedup.events.queries.venues import footprints_kept_by
from joinedup.initiatives.models import Initiative
from joinedup.partners.forms import CONFIRMS, SHARED, places_to_filter_by
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_to_choose, places_to_choose
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme
from joinedup.visits.actions import PARTS
from joinedup.visits.models import PracticeCard, Visit

ALL = _("All")


def _marking() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Who may see this"), choices=SHARED, initial=Marking.PARTNERSHIP, widget=forms.RadioSelect
    )


def _place(data: Mapping[str, Any], label: Any, empty: Any, name: str = "place") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        places_to_filter_by({"place": data.get(name, "")}), label=label, required=False, empty_label=empty
    )


class VisitFilter(forms.Form):
    """Narrows the list of visits; invalid values are reported and not applied."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), to_field_name="slug", label=_("Programme"), required=False, empty_label=ALL
    )
    theme = forms.ModelChoiceField(Theme.objects.all(), label=_("Theme"), required=False, empty_label=ALL)

    def __init__(self, data: Mapping[str, Any], *, person: Person) -> None:
        super().__init__(data)
        own: Any = self.fields
        own["programme"].queryset = seen_by(person, timezone.localdate())
        own["place"] = _place(data, _("Place"), ALL)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return dict(self.cleaned_data)


class CardFilter(forms.Form):
    """Narrows the list of practice cards. `like`: order by how alike the needs there are to this place's."""

    q = forms.CharField(label=_("Words in it"), required=False, max_length=100)
    theme = forms.ModelChoiceField(Theme.objects.all(), label=_("Theme"), required=False, empty_label=ALL)
    level = forms.ChoiceField(
        label=_("For whom"), required=False, choices=[("", ALL), *PracticeCard.Level.choices]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        own: Any = self.fields
        own["place"] = _place(data, _("Done in"), ALL)
        own["like"] = _place(data, _("From places like"), _("Any place"), "like")

    def chosen(self) -> tuple[dict[str, Any], Place | None]:
        """The filters for `queries.find_cards`, and the place that others are compared with."""
        self.is_valid()
        wanted = dict(self.cleaned_data)
        like = wanted.pop("like", None)
        return {"text": wanted.pop("q", ""), **wanted}, like


class VisitForm(forms.Form):
    footprint = forms.ModelChoiceField(
        Footprint.objects.none(), label=_("Partnership that visits"), empty_label=None
    )
    programme = forms.ModelChoiceField(
        Programme.objects.all(), label=_("Part of the programme"), empty_label=_("Choose a programme")
    )
    name = forms.CharField(max_length=160, label=_("Name of the visit"))
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Where"), empty_label=_("Choose a place"))
    date = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    host = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Who receives the visit"),
        required=False,
        empty_label=_("Not known yet"),
    )
    purpose = forms.CharField(
        widget=forms.Textarea, required=False, max_length=2000, label=_("What do you want to learn?")
    )
    learned = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=5000,
        label=_("What did you learn?"),
        help_text=_(
            "Afterwards, in a few sentences. No names of young people. Each thing to copy gets a practice card."
        ),
    )
    safeguarding_lead = forms.CharField(
        max_length=160,
        label=_("Safeguarding lead"),
        help_text=_("Role and organisation. No photographs are taken on a visit unless each person agreed."),
        error_messages={"required": _("Name who leads on safeguarding for the visit.")},
    )

    def __init__(self, data: Any = None, *, person: Person, visit: Visit | None = None) -> None:
        initial = {name: getattr(visit, name) for name in self.base_fields} if visit else None
        super().__init__(data, initial=initial)
        own: Any = self.fields
        own["marking"] = _marking()
        if visit is not None:
            own["marking"].initial = visit.marking
            del own["footprint"]
            footprints, chosen = [visit.footprint_id], [visit.place_id]
        else:
            own["footprint"].queryset = footprints_kept_by(person)
            footprints, chosen = [each.pk for each in own["footprint"].queryset], []
        own["place"].queryset = places_to_choose(footprints, chosen)
        hosts = partners_to_choose(person, footprints)
        if visit is not None and visit.host_id:
            hosts = hosts | Partner.objects.filter(pk=visit.host_id)
        own["host"].queryset = hosts


def _told(label: Any, name: str, help_text: Any) -> forms.CharField:
    """One part of a card: each is required."""
    return forms.CharField(
        widget=forms.Textarea,
        max_length=3000,
        label=label,
        help_text=help_text,
        error_messages={"required": _(PARTS[name])},
    )


class CardForm(forms.Form):
    """A practice card: everything that somebody would need to copy the work is required."""

    title = forms.CharField(max_length=160, label=_("What it is called"))
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Where"), empty_label=_("Choose a place"))
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(),
        label=_("Themes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one theme: it is found again by its themes.")},
    )
    level = forms.ChoiceField(
        label=_("For whom"), required=False, choices=[("", _("Not known")), *PracticeCard.Level.choices]
    )
    problem = _told(
        _("The problem"), "problem", _("What was wrong, and for whom. Nothing about any one person.")
    )
    mechanism = _told(
        _("What is done"), "mechanism", _("So that somebody else could do it, and why it should work.")
    )
    cost = _told(_("What it takes"), "cost", _("Money, people, time."))
    pounds_a_year = forms.IntegerField(
        min_value=0, max_value=2_000_000_000, required=False, label=_("Pounds a year, if known")
    )
    result = _told(
        _("What changed"), "result", _("And how that is known: counted, told by whom, or evaluated.")
    )
    what_failed = _told(
        _("What did not work"),
        "what_failed",
        _(
            "And what they would do otherwise. If nothing has failed yet, write that: it cannot be left empty."
        ),
    )
    visit = forms.ModelChoiceField(
        Visit.objects.none(), label=_("Learned on the visit"), required=False, empty_label=_("No visit")
    )
    initiative = forms.ModelChoiceField(
        Initiative.objects.none(),
        label=_("The local action it tells of"),
        required=False,
        empty_label=_("None recorded here"),
    )
    source = forms.CharField(max_length=300, required=False, label=_("How we know this"))
    source_url = forms.URLField(
        max_length=500, required=False, assume_scheme="https", label=_("Where that can be read")
    )

    def __init__(
        self, data: Any = None, *, person: Person, card: PracticeCard | None = None, **extra: Any
    ) -> None:
        initial = _initial(card) if card else extra.pop("initial", None)
        super().__init__(data, initial=initial)
        own: Any = self.fields
        own["marking"] = _marking()
        footprints = [card.footprint_id] if card else [each.pk for each in footprints_of(person)]
        if card is not None:
            own["marking"].initial = card.marking
            own["confirm"] = forms.BooleanField(
                label=_("All of this is true today"), help_text=CONFIRMS, required=False
            )
        own["place"].queryset = places_to_choose(footprints, [card.place_id] if card else [])
        own["visit"].queryset = Visit.objects.visible_to(person).filter(footprint__in=footprints)
        own["initiative"].queryset = Initiative.objects.visible_to(person).filter(
            pk__in=Initiative.objects.filter(partner__footprints__in=footprints).values("pk")
        )


class AddCardForm(CardForm):
    footprint = forms.ModelChoiceField(Footprint.objects.none(), label=_("Partnership"), empty_label=None)
    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Who does it"), empty_label=_("Choose a partner")
    )
    field_order = ["footprint", "title", "partner"]

    def __init__(self, data: Any = None, *, person: Person, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, person=person, initial=initial)
        own: Any = self.fields
        footprints = footprints_of(person)
        own["footprint"].queryset = footprints
        if len(footprints) == 1:
            own["footprint"].initial, own["footprint"].widget = footprints[0].pk, forms.HiddenInput()
        coordinated = partners_to_choose(person, [each.pk for each in footprints_kept_by(person)])
        own["partner"].queryset = (coordinated | Partner.objects.filter(pk__in=person.partner_ids)).distinct()


def footprints_of(person: Person) -> Any:
    """The partnerships for which `person` may write a practice card: their own, or all for a programme lead."""
    if person.is_programme_lead or person.is_operator:
        return Footprint.objects.all()
    return Footprint.objects.filter(pk__in=person.footprint_ids)


def _initial(card: PracticeCard) -> dict[str, Any]:
    names = (
        "title", "place", "level", "problem", "mechanism", "cost", "pounds_a_year", "result", "what_failed", "visit",
        "initiative", "source", "source_url",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(card, name) for name in names}
    return values | {"themes": list(card.themes.all())}
