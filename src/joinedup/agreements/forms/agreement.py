"""Forms for agreements: writing one, filtering a list, and reporting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.actions.agreement import MOST_CONTRIBUTORS, REPORTS, Contributed, first_sentence
from joinedup.agreements.models import Agreement
from joinedup.events.forms.event import day_input
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.partners.queries import places_to_choose
from joinedup.places.models import Place
from joinedup.strategy.models import Commitment
from joinedup.taxonomy.models import Theme


class CommitmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """Its words, without our own numbering, which is not official."""
        return obj.text if len(obj.text) <= 110 else f"{obj.text[:109]}…"


class AgreementForm(forms.Form):
    """Four fields: what, who, by when, how we know. The rest is folded, filled in, and may be left empty, except
    where and the theme: without them nobody finds it again."""

    action = forms.CharField(
        widget=forms.Textarea,
        label=_("What will be done"),
        error_messages={"required": _("Say what will be done.")},
    )
    owner_partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Who makes sure that it happens"),
        error_messages={"required": _("Choose who makes sure that it happens.")},
    )
    due = forms.DateField(
        widget=day_input(),
        label=_("Done by"),
        error_messages={"required": _("Give the day by which it will be done.")},
    )
    measure = forms.CharField(
        max_length=250,
        label=_("How we will know that it worked"),
        error_messages={"required": _("Say how you will know that it worked.")},
    )
    goal = forms.CharField(
        max_length=250,
        required=False,
        label=_("What we want to reach together"),
        help_text=_("If empty: the first sentence of what will be done."),
    )
    owner_role = forms.CharField(
        max_length=120, required=False, label=_("Role of who makes sure that it happens")
    )
    deputy_partner = forms.ModelChoiceField(
        Partner.objects.none(), required=False, label=_("Who takes over when they are away")
    )
    deputy_role = forms.CharField(max_length=120, required=False, label=_("Role of the deputy"))
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Where"))
    theme = forms.ModelChoiceField(Theme.objects.all(), label=_("Theme"))
    commitment = CommitmentField(
        Commitment.objects.all(),
        required=False,
        label=_("Published commitment it counts towards"),
        empty_label=_("None, or not sure"),
    )
    marking = forms.ChoiceField(
        choices=Marking,
        initial=Marking.PARTNERSHIP,
        label=_("Who may see it"),
        help_text=_(
            "Every organisation that is named is told at once, and asked. In public it is named once it has said yes."
        ),
    )

    def __init__(
        self,
        *args: Any,
        person: Person,
        event: Event,
        here: Sequence[Partner] = (),
        named: Sequence[Partner] = (),
        roles: Mapping[int, str] | None = None,
        is_here_only: bool = False,
        **kwargs: Any,
    ) -> None:
        """`here`: the partners at the table, offered first whoever asks, since they sit there; then those that
        the topic or the opportunity has `named`. `roles`: by partner, whose role is filled in when another one
        is chosen. `is_here_only`: nobody else can be chosen."""
        super().__init__(*args, **kwargs)
        self.roles, self.filled_in = roles, dict(self.initial)
        visible = Partner.objects.visible_to(person).values("pk")
        at_table = {each.pk for each in here}
        offered = Q(pk__in=at_table) if is_here_only else Q(pk__in=visible) | Q(pk__in=at_table)
        queryset = Partner.objects.filter(offered, footprints=event.footprint_id)
        self.offered, partners = queryset, list(queryset)
        choices = _nearest_first(partners, at_table, {each.pk for each in named})
        for name in ("owner_partner", "deputy_partner"):
            self._offer(name, queryset, choices)
        for number in range(1, MOST_CONTRIBUTORS + 1):
            label = _("Partner %(number)s puts in") % {"number": number}
            self.fields[f"partner_{number}"] = forms.ModelChoiceField(
                queryset, required=False, label=_("Partner %(number)s") % {"number": number}
            )
            self._offer(f"partner_{number}", queryset, choices)
            self.fields[f"what_{number}"] = forms.CharField(max_length=250, required=False, label=label)
        self._offer_commitments(self.initial.get("theme"))
        place = self.fields["place"]
        assert isinstance(place, forms.ModelChoiceField)
        footprints = [event.footprint_id] if event.footprint_id else []
        chosen = str(self.initial.get("place") or "")
        place.queryset = places_to_choose(footprints, [chosen] if chosen else [])

    def _offer(self, name: str, queryset: Any, choices: list[Any]) -> None:
        """Six fields offer the same partners, so they are read once."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset
        field.choices = choices

    def _offer_commitments(self, theme: str | None) -> None:
        """Those of the theme first. None is preselected: people say whether it counts."""
        field = self.fields["commitment"]
        assert isinstance(field, CommitmentField)
        every = list(Commitment.objects.prefetch_related("themes"))
        near = [c for c in every if theme in {each.pk for each in c.themes.all()}]
        others = [c for c in every if c not in near]
        choices: list[Any] = [("", field.empty_label)]
        for label, group in ((_("On this theme"), near), (_("Others"), others)):
            if group:
                choices.append((label, [(c.pk, field.label_from_instance(c)) for c in group]))
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        super().clean()
        for number in range(1, MOST_CONTRIBUTORS + 1):
            partner, what = (self.cleaned_data.get(f"{name}_{number}") for name in ("partner", "what"))
            # A partner that was filled in, and that nobody wrote anything about, simply puts nothing in.
            is_chosen = partner is not None and partner.pk != self.filled_in.get(f"partner_{number}")
            if (what and not partner) or (is_chosen and not what):
                self.add_error(f"what_{number}", str(_("Give the partner and what it puts in, or neither.")))
        return self.cleaned_data

    def _contributions(self) -> Iterator[Contributed]:
        for number in range(1, MOST_CONTRIBUTORS + 1):
            if what := self.cleaned_data.get(f"what_{number}"):
                yield Contributed(self.cleaned_data[f"partner_{number}"], what)

    def parts(self) -> dict[str, Any]:
        """The arguments of `actions.agreement.record_agreement`. What was left empty: the owner does what will be
        done, and takes over itself; a role that nobody gave is still to be named."""
        names = ("action", "place", "theme", "measure", "owner_partner", "due", "commitment", "marking")
        values = {name: self.cleaned_data[name] for name in names}
        owner, action = values["owner_partner"], values["action"]
        deputy = self._deputy(owner)
        contributions = list(self._contributions()) or [Contributed(owner, first_sentence(action))]
        return values | {
            "goal": self.cleaned_data["goal"] or first_sentence(action),
            "owner_role": self._role("owner", owner),
            "deputy_partner": deputy,
            "deputy_role": self._role("deputy", deputy),
            "contributions": contributions,
        }

    def _deputy(self, owner: Partner) -> Partner:
        """Who was filled in as deputy and now owns it changes places with the owner that was filled in."""
        deputy: Partner | None = self.cleaned_data["deputy_partner"]
        was = {name: self.filled_in.get(f"{name}_partner") for name in ("owner", "deputy")}
        if self.roles is not None and deputy == owner and owner.pk == was["deputy"] != was["owner"]:
            deputy = self.offered.filter(pk=was["owner"] or 0).first()
        return deputy or owner

    def _role(self, which: str, partner: Partner) -> str:
        """As typed; if only the partner was changed, not the role of the one filled in before it."""
        typed: str = self.cleaned_data[f"{which}_role"]
        is_other = partner.pk != self.filled_in.get(f"{which}_partner")
        if self.roles is not None and is_other and typed == self.filled_in.get(f"{which}_role"):
            typed = ""
        return typed or (self.roles or {}).get(partner.pk, "") or str(_("To be named"))

    def main(self) -> list[forms.BoundField]:
        """The four fields, and what nothing fills in."""
        lacking = [name for name in ("place", "theme") if not self.filled_in.get(name)]
        return [self[name] for name in ("action", "owner_partner", "due", "measure", *lacking)]

    def contributed(self) -> list[forms.BoundField]:
        numbers = range(1, MOST_CONTRIBUTORS + 1)
        return [self[f"{name}_{number}"] for number in numbers for name in ("partner", "what")]

    def rest(self) -> list[forms.BoundField]:
        names = (
            "goal",
            "owner_role",
            "deputy_partner",
            "deputy_role",
            "place",
            "theme",
            "commitment",
            "marking",
        )
        return [self[name] for name in names if name not in {each.name for each in self.main()}]


def _nearest_first(partners: list[Partner], at_table: set[int], named: set[int]) -> list[Any]:
    groups = [
        (_("At this table"), at_table),
        (_("Named already"), named - at_table),
        (_("Others"), {each.pk for each in partners} - at_table - named),
    ]
    offered = [
        (words, [(each.pk, each.name) for each in partners if each.pk in those]) for words, those in groups
    ]
    offered = [(words, those) for words, those in offered if those]
    return [
        ("", "—"),
        *(offered if len(offered) > 1 else [each for _words, those in offered for each in those]),
    ]


class ChosenEventForm(forms.Form):
    """At which event it was agreed, or alongside which."""

    event = forms.ModelChoiceField(
        Event.objects.none(), label=_("At which event was it agreed?"), empty_label=None, to_field_name="slug"
    )

    def __init__(self, *args: Any, events: Sequence[Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["event"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Event.objects.filter(pk__in=[each.pk for each in events])
        field.choices = [(each.slug, each.name) for each in events]


class ReportForm(forms.Form):
    report = forms.ChoiceField(
        choices=list(REPORTS.items()), widget=forms.RadioSelect, label=_("How does it stand?")
    )
    text = forms.CharField(
        widget=forms.Textarea,
        required=False,
        label=_("What came of it, or why not"),
        help_text=_("With the number you agreed to count. About the work, not about any person."),
    )


class AgreementFilterForm(forms.Form):
    text = forms.CharField(required=False, max_length=100, label=_("Words"))
    state = forms.ChoiceField(
        choices=[("", _("Any")), *Agreement.State.choices, ("overdue", _("Past its day"))],
        required=False,
        label=_("How it stands"),
    )
    place = forms.ModelChoiceField(
        Place.objects.none(),
        required=False,
        label=_("Place"),
        empty_label=_("Anywhere"),
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), required=False, label=_("Theme"), empty_label=_("Any theme")
    )
    event = forms.ModelChoiceField(
        Event.objects.none(),
        required=False,
        label=_("Event"),
        empty_label=_("Any event"),
        to_field_name="slug",
    )
    partner = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Agreement.objects.visible_to(person)
        place, event = self.fields["place"], self.fields["event"]
        assert isinstance(place, forms.ModelChoiceField)
        assert isinstance(event, forms.ModelChoiceField)
        place.queryset = Place.objects.filter(pk__in=visible.values("place"))
        event.queryset = Event.objects.filter(pk__in=visible.values("event"))

    def chosen(self) -> dict[str, Any]:
        """The filters for `queries.find_agreements`; anything invalid is ignored."""
        self.is_valid()
        values = {name: value for name, value in self.cleaned_data.items() if value}
        if "event" in values:
            values["event"] = values["event"].slug
        return {name: getattr(value, "pk", value) for name, value in values.items()}
