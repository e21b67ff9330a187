"""Forms for local action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import ENDED, PLANNED, RUNNING
from joinedup.partners.forms import CONFIRMS, places_to_filter_by
from joinedup.partners.models import Partner
from joinedup.partners.queries import partners_to_choose, places_to_choose
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme

NOW = [("", _("All")), (RUNNING, _("Running now")), (PLANNED, _("Planned")), (ENDED, _("Ended"))]
NOT_KNOWN = ("", _("Not known"))
EVIDENCE = [
    NOT_KNOWN,
    ("0.25", _("Weak: it seems to help")),
    ("0.5", _("Fair: somebody evaluated something like it")),
    ("0.75", _("Good: several evaluations agree")),
    ("1.0", _("Strong: trials here or in places like this")),
]
RESULT = [
    NOT_KNOWN,
    ("0.0", _("No change seen")),
    ("0.5", _("Some change for the better")),
    ("1.0", _("Clear change for the better")),
]


class InitiativeFilter(forms.Form):
    q = forms.CharField(label=_("Name or what is done"), required=False, max_length=100)
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label=_("All")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label=_("Theme"), required=False, empty_label=_("All")
    )
    level = forms.ChoiceField(label=_("Level of prevention"), required=False)
    partner = forms.CharField(label=_("Partner"), required=False, max_length=100)
    when = forms.ChoiceField(label=_("When"), required=False, choices=NOW)
    unsaid = forms.ChoiceField(
        label=_("Theme and place"),
        required=False,
        choices=[("", _("All")), ("1", _("One of them is not recorded"))],
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        levels: Any = Initiative._meta.get_field("level").choices
        self.fields["level"].choices = [("", _("All")), *levels]  # type: ignore[attr-defined]
        self.fields["place"].queryset = places_to_filter_by(data)  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The filters for `queries.find_initiatives`; an invalid one is reported and not applied."""
        self.is_valid()
        wanted = dict(self.cleaned_data)
        return {"text": wanted.pop("q", ""), "unsaid": bool(wanted.pop("unsaid", "")), **wanted}


def _date(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _rating(label: Any, choices: list[Any], help_text: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=float, empty_value=None, required=False, help_text=help_text
    )


class InitiativeForm(forms.ModelForm):
    starts = _date(_("When it starts or started"))
    ends = _date(_("When it ends or ended"))
    evidence = _rating(
        _("How strong is the evidence that this way of working helps?"), EVIDENCE, _("If unsure: not known.")
    )
    result = _rating(_("What has come of it here?"), RESULT, _("If nobody measured it yet: not known."))
    source_url = forms.URLField(
        label=_("Where that can be read"), required=False, assume_scheme="https", max_length=500
    )

    class Meta:
        model = Initiative
        fields = [
            "name",
            "what",
            "co_partners",
            "places",
            "themes",
            "level",
            "age_from",
            "age_to",
            "reach_per_year",
            "starts",
            "ends",
            "approach",
            "evidence",
            "result",
            "result_text",
            "offers",
            "commitments",
            "marking",
            "named",
            "source",
            "source_url",
        ]
        labels = {
            "name": _("What it is called"),
            "what": _("What is done"),
            "co_partners": _("Who else does it with them"),
            "places": _("Where"),
            "themes": _("Themes it works on"),
            "level": _("Level of prevention"),
            "age_from": _("From which age"),
            "age_to": _("Up to which age"),
            "reach_per_year": _("How many people a year"),
            "approach": _("Way of working"),
            "result_text": _("The result in words"),
            "offers": _("Support it uses"),
            "commitments": _("Commitments of the strategy it counts towards"),
            "marking": _("Who may see this"),
            "named": _("If only named partners: which others?"),
            "source": _("How we know this"),
        }
        help_texts = {
            "what": _("In plain words. Nothing about any one person."),
            "reach_per_year": _("Leave it empty when nobody knows."),
            "named": "",
        }
        widgets = {
            **dict.fromkeys(
                ("co_partners", "places", "themes", "offers", "commitments", "named"),
                forms.CheckboxSelectMultiple,
            ),
            "source": forms.TextInput,
            "marking": forms.RadioSelect,
        }

    def __init__(self, *args: Any, person: Person, footprint_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = self.instance if self.instance.pk else None
        codes = [p.pk for p in saved.places.all()] if saved else []
        partners = partners_to_choose(person, footprint_ids)
        self._offer("places", places_to_choose(footprint_ids, codes))
        self._offer("named", partners)
        self._offer("co_partners", partners.exclude(pk=saved.partner_id) if saved else partners)
        offers: Any = self.fields["offers"]
        used = Q(pk__in=saved.offers.values("pk")) if saved else Q()
        self._offer("offers", offers.queryset.visible_to(person).filter(~Q(basis="closed") | used))
        levels: Any = self.fields["level"]
        levels.choices = [NOT_KNOWN, *(choice for choice in levels.choices if choice[0])]
        approach: Any = self.fields["approach"]
        approach.empty_label = NOT_KNOWN[1]
        for name in ("evidence", "result"):
            self._keep_rating(name, getattr(self.instance, name))

    def _offer(self, name: str, queryset: QuerySet[Any]) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def _keep_rating(self, name: str, value: float | None) -> None:
        """A rating between our words, perhaps from a spreadsheet, stays as it is unless somebody changes it."""
        field: Any = self.fields[name]
        if value is not None and str(value) not in dict(field.choices):
            field.choices = [
                *field.choices,
                (str(value), _("%(value)s, on a scale of 0 to 1") % {"value": value}),
            ]

    def _post_clean(self) -> None:
        """The rules are checked once, in the action that every form leads to."""


class AddInitiativeForm(InitiativeForm):
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Who leads it"))
    field_order = ["name", "what", "partner"]

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, person=person, footprint_ids=person.footprint_ids, **kwargs)
        coordinated = partners_to_choose(person, person.coordinated_ids)
        own = Partner.objects.filter(pk__in=person.partner_ids)
        self._offer("partner", (coordinated | own).distinct())


class ChangeInitiativeForm(InitiativeForm):
    confirm = forms.BooleanField(label=_("All of this is true today"), help_text=CONFIRMS, required=False)
