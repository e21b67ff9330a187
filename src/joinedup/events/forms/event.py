"""Forms for the day and its room."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from joinedup.accounts.person import Person
from joinedup.events.actions.event import WHEN_AND_WHERE
from joinedup.events.models import TABLE_ACCESS, TELEPHONE, Event, Programme, Stop, Venue
from joinedup.events.queries.events import holding
from joinedup.events.queries.programmes import to_choose
from joinedup.events.queries.venues import kept_by, venues_for
from joinedup.places.models import Footprint


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


FRIDAY = 4


def footprints_of(person: Person) -> Any:
    """The partnerships for which `person` may make events."""
    everything = Footprint.objects.all()
    if person.is_programme_lead or person.is_operator:
        return everything
    return everything.filter(pk__in=person.coordinated_ids)


def footprint_in(footprints: Any, region: str) -> Footprint | None:
    """The first partnership that covers a part of a region, by its code."""
    inside = Q(places=region) | Q(places__parent=region) | Q(places__parent__parent=region)
    inside |= Q(places__parent__parent__parent=region)
    found: Footprint | None = footprints.filter(inside).distinct().first()
    return found


class EventForm(forms.Form):
    ABOUT_TELLING = ("tell", "ask", "silent")

    footprint = forms.ModelChoiceField(Footprint.objects.none(), label=_("Partnership"), empty_label=None)
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label=_("Part of a programme"),
        required=False,
        empty_label=_("The partnership's own events"),
    )
    name = forms.CharField(max_length=200, label=_("Name of the event"))
    purpose = forms.CharField(
        widget=forms.Textarea,
        required=False,
        label=_("What is it for?"),
        help_text=_("One or two sentences, for the people who are invited."),
    )
    date = forms.DateField(label=_("Day"), widget=day_input())
    starts = forms.TimeField(label=_("Starts"), widget=time_input(), initial=datetime.time(9, 30))
    ends = forms.TimeField(label=_("Ends"), widget=time_input(), initial=datetime.time(15, 30))
    at = forms.ModelChoiceField(
        Venue.objects.none(),
        required=False,
        label=_("Venue"),
        empty_label=_("None of the list"),
        help_text=_("What is known of access there is shown to everybody."),
    )
    venue = forms.CharField(
        max_length=200, required=False, label=_("Venue and address, if it is not in the list")
    )
    place_name = forms.CharField(max_length=160, required=False, label=_("Town or district"))
    access = forms.CharField(
        widget=forms.Textarea,
        required=False,
        label=_("Access"),
        help_text=_("Step-free entrance, quiet room, hearing loop, parking, prayer room, how to get there."),
    )
    host = forms.CharField(
        max_length=200, required=False, label=_("Hosted by"), help_text=_("Organisations.")
    )
    reading = forms.CharField(
        widget=forms.Textarea,
        required=False,
        label=_("What to read before"),
        help_text=_("One link or line each."),
    )
    contact = forms.CharField(
        max_length=120,
        required=False,
        label=_("Whom to ask about the event"),
        help_text=_(
            "A role or a team, such as “Events team”. Leave it empty and the site's own address is given."
        ),
    )
    contact_email = forms.EmailField(
        max_length=254,
        required=False,
        label=_("Their e-mail address"),
        help_text=_(
            "Everybody can read it, on the page of the event and in its mails. Use a team's mailbox. If it is the "
            "address of one person, ask them first."
        ),
    )
    contact_telephone = forms.CharField(
        max_length=40,
        required=False,
        validators=[TELEPHONE],
        label=_("Their telephone number"),
        help_text=_("Everybody can read it. Use the number of a team or an office."),
    )
    safeguarding_lead = forms.CharField(
        max_length=160,
        required=False,
        label=_("Safeguarding lead"),
        help_text=_(
            "Role and organisation: shown to everybody who registers. Nobody is invited before it is filled in."
        ),
    )
    safeguarding_contact = forms.CharField(
        max_length=160,
        required=False,
        label=_("How to reach the safeguarding lead on the day"),
        help_text=_("A telephone of the organisation, or where in the building."),
    )
    young_pay = forms.CharField(
        max_length=200,
        required=False,
        label=_("What young people are paid for the day, and how"),
        help_text=_(
            "They are asked for their time and what they know, as everybody else who is paid to be there."
        ),
    )
    has_photos = forms.BooleanField(
        required=False,
        label=_("Photographs are taken, of those who agreed only"),
        help_text=_("Leave it empty and none are taken. Never of young people on the word of a form."),
    )
    capacity = forms.IntegerField(min_value=1, max_value=2000, initial=120, label=_("Places"))
    rounds = forms.IntegerField(
        min_value=1,
        max_value=12,
        initial=3,
        label=_("Rounds of table talk"),
        help_text=_("In each round everybody sits at another table."),
    )
    tell = forms.BooleanField(
        required=False,
        label=_("Tell those who come and those who are invited"),
        help_text=_(
            "One mail each, if the day, the time or the place is another. If the day is another, it asks those who "
            "come whether they still can."
        ),
    )
    ask = forms.BooleanField(
        required=False,
        label=_("Ask them whether they can still come, even if only the time or the place is another"),
    )
    # Shown once somebody saves another day without telling.
    silent = forms.BooleanField(
        required=False, label=_("Save without telling them"), widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, person: Person, event: Event | None = None, **kwargs: Any) -> None:
        if event is not None:
            names = set(self.base_fields) - {"footprint", "programme", *self.ABOUT_TELLING}
            kwargs.setdefault("initial", {name: getattr(event, name) for name in names})
        super().__init__(*args, **kwargs)
        own: Any = self.fields
        if event is not None:
            del own["footprint"], own["programme"]
            own["at"].queryset = venues_for(event)
            return
        for name in self.ABOUT_TELLING:
            del own[name]
        own["footprint"].queryset = footprints_of(person)
        own["programme"].queryset = to_choose()
        own["at"].queryset = kept_by(person)

    @classmethod
    def for_stop(cls, data: Any, *, person: Person, stop: Stop) -> EventForm:
        """The form as far as a stop of a programme fills it in: the region gives the partnership, and the
        month the day, until they are changed."""
        day = max(stop.month, timezone.localdate())
        while day.weekday() > FRIDAY:
            day += datetime.timedelta(days=1)
        there = footprint_in(footprints_of(person), stop.region)
        initial = {
            "footprint": there,
            "name": f"{stop.programme.name}: {stop.get_region_display()}"[:200],
            "date": day,
            "region": stop.get_region_display(),
        }
        form = cls(data, person=person, initial=initial)
        del form.fields["programme"]
        return form

    def moves(self) -> bool:
        """Whether the input gives the event another day, time or place."""
        return bool(WHEN_AND_WHERE & set(self.changed_data))

    def warns(self, event: Event) -> bool:
        """Whether people hold the day as it was and nobody is to tell them: then the form says how many, and asks
        once; 1 query."""
        if not self.moves() or self.cleaned_data["tell"] or self.cleaned_data["silent"]:
            return False
        number = holding(event)
        if not number or event.cancelled_on is not None:
            return False
        held = date_format(event.date, "j F Y") if event.date else _("no day yet")
        words = ngettext_lazy(
            "%(num)s person who comes or waits holds the old day, time and place (%(held)s). Tick this to tell them, "
            "or save without telling them, below.",
            "%(num)s people who come or wait hold the old day, time and place (%(held)s). Tick this to tell them, "
            "or save without telling them, below.",
            "num",
        )
        self.add_error("tell", str(words % {"num": number, "held": held}))
        self.fields["silent"].widget = forms.CheckboxInput()
        return True

    def details(self) -> dict[str, Any]:
        """The arguments of `actions.event.change_event`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "silent"}


class TablesForm(forms.Form):
    count = forms.IntegerField(min_value=1, max_value=200, label=_("Tables"))
    seats_min = forms.IntegerField(min_value=1, max_value=100, label=_("Fewest people at a table"))
    seats_max = forms.IntegerField(min_value=1, max_value=100, label=_("Most people at a table"))
    step_free = forms.CharField(
        required=False,
        label=_("Step-free tables"),
        help_text=_("Their numbers: 1, 2, 5. “All” for every table."),
    )
    quiet = forms.CharField(required=False, label=_("Tables in a quiet place"))
    hearing_loop = forms.CharField(required=False, label=_("Tables within a hearing loop"))

    @classmethod
    def of(cls, event: Event, data: Any = None) -> TablesForm:
        """The form for the room as it is now; 1 query."""
        tables = list(event.tables.all())
        initial: dict[str, Any] = {
            "count": len(tables) or 1,
            "seats_min": min((t.seats_min for t in tables), default=6),
            "seats_max": max((t.seats_max for t in tables), default=10),
        }
        for need in TABLE_ACCESS:
            initial[need] = ", ".join(str(t.number) for t in tables if need in t.access)
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        count = values.get("count") or 0
        values["access"] = {need: self._numbers(need, count) for need in TABLE_ACCESS}
        return values

    def _numbers(self, name: str, count: int) -> list[int]:
        text = str(self.cleaned_data.get(name) or "").strip().lower()
        if text in {"all", "every"}:
            return list(range(1, count + 1))
        words = text.replace(",", " ").split()
        if any(not word.isdigit() for word in words):
            self.add_error(name, str(_("Give table numbers, such as 1, 2, 5, or “all”.")))
            return []
        return sorted({int(word) for word in words})

    def room(self) -> dict[str, Any]:
        """The arguments of `actions.event.set_tables`."""
        return {name: self.cleaned_data[name] for name in ("count", "seats_min", "seats_max", "access")}
