"""Forms for agreements: writing one, filtering a list, and reporting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.actions.agreement import MOST_CONTRIBUTORS, REPORTS, Contributed
from joinedup.agreements.models import Agreement
from joinedup.engines.days import months_after
from joinedup.events.forms.event import day_input
from joinedup.events.models import Event
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.partners.queries import places_to_choose
from joinedup.places.models import Place
from joinedup.strategy.models import Commitment
from joinedup.tables.models import Sitting
from joinedup.taxonomy.models import Theme


class CommitmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """Its words, without our own numbering, which is not official."""
        return obj.text if len(obj.text) <= 110 else f"{obj.text[:109]}…"


class AgreementForm(forms.Form):
    goal = forms.CharField(max_length=250, label=_("What we want to reach together"))
    action = forms.CharField(widget=forms.Textarea, label=_("What will be done"))
    owner_partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Who makes sure that it happens"))
    owner_role = forms.CharField(max_length=120, label=_("Their role"))
    due = forms.DateField(widget=day_input(), label=_("Done by"))
    measure = forms.CharField(max_length=250, label=_("How we will know that it worked"))
    deputy_partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Who takes over when they are away")
    )
    deputy_role = forms.CharField(max_length=120, label=_("Role of the deputy"))
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
        is_here_only: bool = False,
        **kwargs: Any,
    ) -> None:
        """`here`: the partners at the table, offered first whoever asks, since they sit there.
        `is_here_only`: nobody else can be chosen."""
        super().__init__(*args, **kwargs)
        visible = Partner.objects.visible_to(person).values("pk")
        at_table = {each.pk for each in here}
        offered = Q(pk__in=at_table) if is_here_only else Q(pk__in=visible) | Q(pk__in=at_table)
        queryset = Partner.objects.filter(offered, footprints=event.footprint_id)
        partners = list(queryset)
        choices = _at_the_table_first(partners, at_table)
        for name in ("owner_partner", "deputy_partner"):
            self._offer(name, queryset, choices)
        for number in range(1, MOST_CONTRIBUTORS + 1):
            label = _("Partner %(number)s puts in") % {"number": number}
            needed = number == 1
            self.fields[f"partner_{number}"] = forms.ModelChoiceField(
                queryset, required=needed, label=_("Partner %(number)s") % {"number": number}
            )
            self._offer(f"partner_{number}", queryset, choices)
            self.fields[f"what_{number}"] = forms.CharField(max_length=250, required=needed, label=label)
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
        for number in range(2, MOST_CONTRIBUTORS + 1):
            partner, what = (self.cleaned_data.get(f"{name}_{number}") for name in ("partner", "what"))
            if bool(partner) != bool(what):
                self.add_error(f"what_{number}", str(_("Give the partner and what it puts in, or neither.")))
        return self.cleaned_data

    def _contributions(self) -> Iterator[Contributed]:
        for number in range(1, MOST_CONTRIBUTORS + 1):
            if partner := self.cleaned_data.get(f"partner_{number}"):
                yield Contributed(partner, self.cleaned_data[f"what_{number}"])

    def parts(self) -> dict[str, Any]:
        """The arguments of `actions.agreement.record_agreement`."""
        names = ("goal", "action", "place", "theme", "measure", "owner_partner", "owner_role")
        rest = ("deputy_partner", "deputy_role", "due", "commitment", "marking")
        values = {name: self.cleaned_data[name] for name in (*names, *rest)}
        return values | {"contributions": list(self._contributions())}

    def main(self) -> list[Any]:
        """The fields that are always open."""
        names = ("goal", "action", "owner_partner", "owner_role", "due", "measure")
        return [self[name] for name in names]

    def contributed(self) -> list[Any]:
        numbers = range(1, MOST_CONTRIBUTORS + 1)
        return [self[f"{name}_{number}"] for number in numbers for name in ("partner", "what")]

    def lacks_a_part(self) -> bool:
        """Whether a partner's contribution has still to be written."""
        if not self["what_1"].value():
            return True
        numbers = range(1, MOST_CONTRIBUTORS + 1)
        return any(self[f"partner_{n}"].value() and not self[f"what_{n}"].value() for n in numbers)

    def rest(self) -> list[Any]:
        names = ("deputy_partner", "deputy_role", "place", "theme", "commitment", "marking")
        return [self[name] for name in names]

    def lacks_a_rest(self) -> bool:
        """Whether something in the folded part has still to be chosen."""
        return any(each.field.required and not each.value() for each in self.rest())


def _at_the_table_first(partners: list[Partner], at_table: set[int]) -> list[Any]:
    near = [(each.pk, each.name) for each in partners if each.pk in at_table]
    others = [(each.pk, each.name) for each in partners if each.pk not in at_table]
    if not near or not others:
        return [("", "—"), *near, *others]
    return [("", "—"), (_("At this table"), near), (_("Others"), others)]


def from_sitting(
    sitting: Sitting, by: Person, seen: Opportunity | None, is_here_only: bool = False
) -> dict[str, Any]:
    """The form's initial values, so that 30 seconds are enough: from the topic, who is at the table and, only
    as far as `by` may see them, its opportunity and what organisations said they can give; 2 queries.

    `is_here_only`: nobody is filled in who does not sit there. `seen`: the opportunity as `by` may see it.
    Expects a sitting from `tables.queries.sittings.sitting`.
    """
    topic, event = sitting.topic, sitting.event
    theme = (seen.theme if seen else None) or (topic.theme if topic else None)
    place = seen.place if seen else _place_named(event, topic.title if topic else "")
    roles: dict[int, str] = {}
    for seat in sitting.seats.all():
        if not seat.attendee.is_young:
            roles.setdefault(seat.attendee.partner_id, seat.attendee.role)
    needed = [each.pk for each in topic.parties.all()] if topic else []
    absent = needed if seen and not is_here_only else []
    parties = [pk for pk in needed if pk in roles] or absent or list(roles)
    parties = parties[:MOST_CONTRIBUTORS]
    gives = _gives(parties, theme, place, by)
    # A table has half a minute: partners that nobody knows to give anything are left out, but there are
    # always two.
    parties = [pk for n, pk in enumerate(parties) if n < 2 or pk in gives]
    today = timezone.localdate()
    initial: dict[str, Any] = {
        "goal": topic.title if topic else "",
        "action": seen.first_step if seen else "",
        "theme": theme.pk if theme else None,
        "place": place.pk if place else None,
        "due": months_after(today, 6),
        "measure": _measure(theme, place),
        "marking": _marking(topic.opportunity if topic else None),
    }
    return initial | _who(parties, roles, gives)


def _place_named(event: Event, title: str) -> Place | None:
    """The place that a topic's title names, or the only one there is. Everyone at the table reads the title."""
    if event.footprint is None:
        return None
    places = list(event.footprint.places.all())
    named = [each for each in places if each.name.casefold() in title.casefold()]
    return max(named, key=lambda each: len(each.name)) if named else places[0] if len(places) == 1 else None


def _gives(parties: Sequence[int], theme: Theme | None, place: Place | None, by: Person) -> dict[int, str]:
    """What each last said that it can give: on this theme and in this place, or without saying on what and where. What
    it offers for something else, or elsewhere, it has not offered here. 1 query."""
    on = Q(themes=theme) | Q(themes=None) if theme else Q()
    here = (
        Q(places__in=[place.pk, *([place.parent_id] if place.parent_id else [])]) | Q(places=None)
        if place
        else Q()
    )
    asks = (
        Ask.objects.visible_to(by)
        .filter(on, partner__in=parties, kind=Ask.Kind.OFFER, closed_on=None)
        .filter(here)
    )
    return {ask.partner_id: ask.text[:250] for ask in asks.order_by("created")}


def _who(parties: Sequence[int], roles: dict[int, str], gives: dict[int, str]) -> dict[str, Any]:
    """The first owns it, the next deputises, and each contributes what it said it can give."""
    initial: dict[str, Any] = {}
    if parties:
        deputy = parties[1] if len(parties) > 1 else parties[0]
        initial |= {"owner_partner": parties[0], "owner_role": roles.get(parties[0], "")}
        initial |= {"deputy_partner": deputy, "deputy_role": roles.get(deputy, "")}
    for number, pk in enumerate(parties, start=1):
        initial |= {f"partner_{number}": pk, f"what_{number}": gives.get(pk, "")}
    return initial


def from_opportunity(opportunity: Opportunity, by: Person) -> dict[str, Any]:
    """The form's initial values when an accepted opportunity becomes an agreement: the first to say
    "interested" owns it, the next deputises; 5 queries, 2 fewer if parties and answers are prefetched.

    It starts shared with the partnership: making it public is for people to choose.
    """
    theme, place = opportunity.theme, opportunity.place
    parties = _by_answer(opportunity)
    gives = _gives(parties, theme, place, by)
    today = timezone.localdate()
    words = f"{theme.name if theme else 'Working together'} in {place.name}"
    initial: dict[str, Any] = {
        "goal": (opportunity.sentence if opportunity.is_spotted else words)[:250],
        "action": opportunity.first_step,
        "theme": theme.pk if theme else None,
        "place": place.pk,
        "due": months_after(today, 6),
        "measure": _measure(theme, place),
        "marking": _marking(opportunity),
    }
    roles: dict[int, str] = {}
    if opportunity.footprint_id in by.footprint_ids:
        contacts = Contact.objects.filter(partner__in=parties).order_by("-role", "-pk")
        roles = {contact.partner_id: contact.role for contact in contacts}
    return initial | _who(parties, roles, gives)


def _by_answer(opportunity: Opportunity) -> list[int]:
    """Partners of its partnership that it names and that may take part: the interested first, in the order of
    their answers, then those that do it already, then those that have not answered."""
    said = {each.partner_id: each for each in opportunity.answers.all()}
    named = [each.pk for each in opportunity.parties.all()]
    here = Partner.objects.filter(pk__in=named, footprints=opportunity.footprint_id)
    members = set(here.values_list("pk", flat=True))
    order = {"interested": 0, "already": 1, "not_us": 3}

    def rank(pk: int) -> tuple[int, float]:
        return (order[said[pk].word], said[pk].at.timestamp()) if pk in said else (2, 0.0)

    able = [pk for pk in named if pk in members and rank(pk)[0] < 3]
    return sorted(able, key=rank)[:MOST_CONTRIBUTORS]


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


def _measure(theme: Theme | None, place: Place | None) -> str:
    if theme is None or place is None:
        return ""
    return f"How many young people in {place.name} it reaches by then ({theme.name.lower()})"[:250]


def _marking(opportunity: Opportunity | None) -> str:
    """Public has to be chosen; a form never starts with it."""
    if opportunity is not None and opportunity.marking == Marking.NAMED:
        return Marking.NAMED
    return Marking.PARTNERSHIP


def from_agreement(agreement: Agreement) -> dict[str, Any]:
    """The form's initial values when an agreement is corrected."""
    names = ("goal", "action", "owner_role", "due", "measure", "deputy_role", "marking")
    initial: dict[str, Any] = {name: getattr(agreement, name) for name in names}
    for name in ("owner_partner", "deputy_partner", "place", "theme", "commitment"):
        initial[name] = getattr(agreement, f"{name}_id")
    for number, each in enumerate(agreement.contributions.all(), start=1):
        initial |= {f"partner_{number}": each.partner_id, f"what_{number}": each.what}
    return initial


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
