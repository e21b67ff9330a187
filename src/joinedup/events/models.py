"""Series of events, where they intend to go and when, and the events themselves."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person
from joinedup.places.regions import REGIONS


class Programme(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        """A series covers the whole country: it belongs to no partnership."""
        return Scope()


class Stop(models.Model):
    """A month in which a programme intends to be in a region; `event` once one is made for it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="stops")
    region = models.CharField(max_length=9, choices=list(REGIONS.items()))
    month = models.DateField(help_text="its first day")
    note = models.CharField(max_length=200, blank=True)
    event = models.ForeignKey(
        "events.Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="stops"
    )
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["month", "region"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "region", "month"], name="stop_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="stop_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_region_display()}, {date_format(self.month, 'F Y')}"

    def scope(self) -> Scope:
        return self.programme.scope()


TELEPHONE = RegexValidator(
    r"^(?=(\D*\d){3})[\d +()-]+$", _("Write a telephone number in digits, such as 020 7946 0000.")
)

# Facts about a venue as an event's page words them; the form uses longer questions.
SHORT = {
    "step_free": _("Step-free"),
    "lift": _("Lift"),
    "toilet": _("Accessible toilet"),
    "hearing_loop": _("Hearing loop"),
    "quiet": _("Quiet room"),
    "prayer": _("Prayer room"),
    "parking": _("Blue badge parking"),
}


class Venue(models.Model):
    """A building to meet in, with what attendees need to know about it. `access` maps facts to yes or no."""

    class Access(models.TextChoices):
        STEP_FREE = "step_free", "Step-free from the street to the room"
        LIFT = "lift", "A lift"
        TOILET = "toilet", "An accessible toilet"
        HEARING_LOOP = "hearing_loop", "A hearing loop"
        QUIET = "quiet", "A quiet room"
        PRAYER = "prayer", "A room for prayer"
        PARKING = "parking", "Parking for blue badge holders"

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="venues")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    place = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    access = models.JSONField(default=dict, blank=True, help_text="a value of Access to true or false")
    travel = models.TextField(blank=True, help_text="how to get there")
    notes = models.TextField(blank=True)
    most_people = models.PositiveIntegerField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["footprint", "name"], name="venue_name_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(footprints=frozenset({self.footprint_id}))

    def facts(self) -> list[tuple[str, bool | None]]:
        """Every access fact in short words, with yes, no, or None if nobody knows."""
        return [(str(SHORT[key]), self.access.get(key)) for key in self.Access.values]

    def has_unknown_facts(self) -> bool:
        return any(self.access.get(key) is None for key in self.Access.values)


class EventQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person, on: datetime.date | None = None) -> Self:
        """Only what `person` may find: the single rule for pages, search, feeds, calendars, counts and forms.

        A draft is for its planners. One waiting until its partnership publishes again (judged on the day
        `on`, by default today) is for that partnership.
        """
        if person.sees_every_partnership:
            return self
        everybody = Q(listed_from=None) | Q(listed_from__lte=on or timezone.localdate())
        known = everybody | Q(footprint__in=person.footprint_ids)
        return self.filter(Q(is_draft=False) & known | Q(footprint__in=person.coordinated_ids))


class Event(models.Model):
    """One day of a programme. A past event known only from publications is history."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="events")
    footprint = models.ForeignKey(
        "places.Footprint", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    date_note = models.CharField(max_length=200, blank=True)
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    at = models.ForeignKey(Venue, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    venue = models.CharField(max_length=200, blank=True)
    place_name = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=160, blank=True)
    regions = models.JSONField(default=list, blank=True, help_text="codes of places.regions.REGIONS")
    access = models.TextField(blank=True, help_text="step-free entrance, quiet room, hearing loop…")
    host = models.CharField(max_length=200, blank=True)
    story = models.TextField(blank=True, help_text="what was published about it")
    attendance = models.CharField(max_length=120, blank=True, help_text="as published")
    reading = models.TextField(blank=True)
    contact = models.CharField(
        max_length=120, blank=True, help_text="whom to ask about it: a role or a team; for everybody to read"
    )
    contact_email = models.EmailField(blank=True, help_text="of a team; for everybody to read")
    contact_telephone = models.CharField(
        max_length=40, blank=True, validators=[TELEPHONE], help_text="of a team; for everybody to read"
    )
    safeguarding_lead = models.CharField(max_length=160, blank=True)
    safeguarding_contact = models.CharField(
        max_length=160, blank=True, help_text="how to reach the lead on the day"
    )
    young_pay = models.CharField(
        max_length=200, blank=True, help_text="what young people are paid for the day, and how"
    )
    has_photos = models.BooleanField(default=False, help_text="photographs are taken of those who agreed")
    capacity = models.PositiveIntegerField(default=120)
    rounds = models.PositiveSmallIntegerField(default=3)
    source_url = models.URLField(max_length=500, blank=True)
    confidence = models.CharField(max_length=20, blank=True)
    is_history = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    listed_from = models.DateField(
        null=True, blank=True, help_text="made while nothing new was published: for members only until then"
    )
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_draft = models.BooleanField(
        default=False, help_text="only those who plan it may find it, until somebody publishes it"
    )
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveIntegerField(
        default=0, help_text="how often day, time, venue or name changed: calendars keep the highest"
    )
    changed_at = models.DateTimeField(default=timezone.now, help_text="when `sequence` last rose")
    results_published_on = models.DateField(null=True, blank=True)
    results_published_by = models.CharField(max_length=160, blank=True)
    personal_deleted_on = models.DateField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_history=True) | Q(footprint__isnull=False),
                name="event_to_come_has_a_footprint",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def told_name(self) -> str:
        """Its name outside our pages, where no tag beside it says that it is invented."""
        return f"{self.name} (demonstration)" if self.is_demonstration else self.name

    @property
    def where(self) -> str:
        """Venue, address and town, as far as known. Expects the venue to be selected."""
        address = self.at.address if self.at else ""
        return ", ".join(part for part in (self.venue, address, self.place_name) if part)

    def scope(self) -> Scope:
        return Scope(footprints=frozenset({self.footprint_id} if self.footprint_id else ()))


class Session(models.Model):
    """A part of the day. What is said in one that is off the record is not written down."""

    class Kind(models.TextChoices):
        WELCOME = "welcome", "Welcome"
        TALK = "talk", "Talk"
        PANEL = "panel", "Panel"
        TABLES = "tables", "Table talk"
        BREAK = "break", "Break"
        CLOSE = "close", "Close"
        OTHER = "other", "Something else"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TALK)
    round = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of table talk")
    about = models.TextField(blank=True)
    off_record = models.BooleanField(default=False)
    notes = models.TextField(blank=True, help_text="what was said, for those who plan the event")

    class Meta:
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(off_record=False) | Q(notes=""), name="session_off_the_record_keeps_no_notes"
            ),
            models.UniqueConstraint(
                fields=["event", "round"], condition=Q(round__isnull=False), name="session_once_a_round"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def scope(self) -> Scope:
        return self.event.scope()


class Speaker(models.Model):
    """Somebody who hosts, chairs or speaks. The name is public only if they agreed."""

    class Part(models.TextChoices):
        HOST = "host", "Host"
        CHAIR = "chair", "Chair"
        SPEAKER = "speaker", "Speaker"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="speakers")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="speakers"
    )
    part = models.CharField(max_length=8, choices=Part, default=Part.SPEAKER)
    name = models.CharField(max_length=120, blank=True, help_text="the name they want to be called")
    job = models.CharField(max_length=160)
    partner = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    email = models.EmailField(blank=True)
    is_young = models.BooleanField(default=False, help_text="reached through their host, by a chosen name")
    is_named = models.BooleanField(default=False, help_text="agreed to be named in public")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_young=False) | Q(email=""), name="speaker_young_has_no_address"
            )
        ]

    def __str__(self) -> str:
        # The audit trail keeps this for ever, so no name.
        return f"{self.get_part_display()}, {self.job}"

    def scope(self) -> Scope:
        return self.event.scope()


class Topic(models.Model):
    """What a table discusses: from an opportunity, from what young people said, or proposed by a partner."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="topics")
    title = models.CharField(max_length=250)
    theme = models.ForeignKey("taxonomy.Theme", null=True, blank=True, on_delete=models.PROTECT)
    opportunity = models.ForeignKey(
        "opportunities.Opportunity", null=True, blank=True, on_delete=models.PROTECT, related_name="topics"
    )
    proposed_by = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_chosen = models.BooleanField(default=True, help_text="on the agenda; otherwise only proposed")
    parties = models.ManyToManyField("partners.Partner", blank=True, related_name="topics")
    places = models.ManyToManyField(
        "places.Place", blank=True, related_name="topics", help_text="what it is about; none is everywhere"
    )
    part_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parts",
        help_text="the topic it is talked about with, instead of by itself",
    )
    weight = models.FloatField(default=1.0)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "opportunity"],
                condition=Q(opportunity__isnull=False),
                name="topic_once_an_opportunity",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | Q(is_chosen=False), name="topic_a_part_is_not_by_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def scope(self) -> Scope:
        return self.event.scope()


# A topic that is on an agenda, by itself or as a part of another.
ON_AN_AGENDA = Q(is_chosen=True) | Q(part_of__is_chosen=True)

# An interpreter comes with the person; a table meets the other needs.
TABLE_ACCESS = ("step_free", "quiet", "hearing_loop")


class Table(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()
    seats_min = models.PositiveSmallIntegerField(default=6)
    seats_max = models.PositiveSmallIntegerField(default=10)
    access = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="table_number_once"),
            models.CheckConstraint(condition=Q(seats_max__gte=F("seats_min")), name="table_seats_in_order"),
        ]

    def __str__(self) -> str:
        return f"Table {self.number}"
