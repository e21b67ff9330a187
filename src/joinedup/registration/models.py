"""Who is invited, who comes, and what they say before and after."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import Scope
from joinedup.events.models import Event
from joinedup.taxonomy.models import NO_SECTOR

# How young people are named among the roles of attendees.
YOUNG = "young_person"
# Who says when registering that they come for themselves; among the roles they are guests.
RESIDENT = "resident"
# In the place of an organisation and of a role there, for those who come without one.
FOR_THEMSELVES, RESIDENT_ROLE = _("for themselves"), _("Resident")
# No letters or figures that are easily confused when read out.
CODE_LETTERS = "ABCDEFGHJKMNPQRTUVWXY346789"


def fresh_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(6))


# Files handed out before versions were counted had at most one more than the event's own number.
COUNTED_FROM = 2


def next_version(event_id: int) -> int:
    """Higher than any version given to someone who comes, or came, to the event; 1 query.

    It belongs to the event, not the person: someone who registers again gets a higher one although nothing
    says who they are.
    """
    last = Attendee.objects.filter(event=event_id).aggregate(last=Max("calendar_version"))["last"]
    return max(last or 0, COUNTED_FROM) + 1


def newer(event_id: int) -> dict[str, Any]:
    """Fields to add when changing the standing of several at once (`update`), so that their calendars take
    it; 1 query."""
    return {"standing_since": timezone.now(), "calendar_version": next_version(event_id)}


class Invitation(models.Model):
    """One invitation, answered from the mail without an account."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        ACCEPTED = "accepted", "Coming"
        DECLINED = "declined", "Not coming"
        SUBSTITUTE = "substitute", "Sending someone else"

    class Brings(models.TextChoices):
        """Whom a host is asked to bring. It describes the invitation, never a person."""

        NOBODY = "", "Themselves"
        YOUNG = "young", "Young people"
        LIVED = "lived", "People with lived experience"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    partner = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    brings = models.CharField(max_length=6, choices=Brings, default=Brings.NOBODY, blank=True)
    reason = models.CharField(max_length=250, blank=True, help_text="why they were suggested")
    token = models.CharField(max_length=40, unique=True, default=fresh_token)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    substitute_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="substitutes"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["event", "partner", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"], condition=~Q(email=""), name="invitation_once_an_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role or self.email} to {self.event}"

    def scope(self) -> Scope:
        return self.event.scope()


class Attendee(models.Model):
    """Somebody who comes. Personal fields are deleted on schedule; the public never sees a list."""

    class Standing(models.TextChoices):
        PLACED = "placed", "Has a place"
        WAITING = "waiting", "On the waiting list"
        ALONE = "alone", "Waits for a companion"
        HELD = "held", "Has not confirmed yet"
        LAPSED = "lapsed", "Did not confirm in time"
        CANCELLED = "cancelled", "Not coming"

    # Those who count: they have a place or wait for one. A young person without a companion waits for that
    # first, and someone who has not confirmed from their address is only held in the queue.
    COMING = (Standing.PLACED, Standing.WAITING)
    # For these nothing is kept up to date: they do not come, or never said they would.
    GONE = (Standing.CANCELLED, Standing.LAPSED)

    class Offer(models.TextChoices):
        NONE = "", "Nothing"
        LEAD = "facilitator", "To lead a table"
        WRITE = "scribe", "To write for a table"

    class OfferAnswer(models.TextChoices):
        NONE = "", "No answer yet"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attendees")
    number = models.PositiveIntegerField(help_text="order of registration; also what the plan calls them")
    partner = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendees",
        help_text="empty for those who come for themselves, and the young people with them",
    )
    sector = models.ForeignKey(
        "taxonomy.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=120, help_text="role in their organisation")
    name = models.CharField(max_length=120, blank=True, help_text="the name they want to be called")
    email = models.EmailField(blank=True)
    parts = models.JSONField(
        default=list, help_text="facilitator, scribe, guest, young_person, companion, speaker"
    )
    offer = models.CharField(
        max_length=12,
        choices=Offer,
        default=Offer.NONE,
        blank=True,
        help_text="what they offer to do on the day",
    )
    offer_answer = models.CharField(
        max_length=8,
        choices=OfferAnswer,
        default=OfferAnswer.NONE,
        blank=True,
        help_text="what those who plan the event said to the offer; only what is accepted is among the parts",
    )
    themes = models.ManyToManyField("taxonomy.Theme", blank=True)
    access = models.JSONField(default=list, help_text="what of needs.NEEDS they asked for")
    dietary = models.CharField(max_length=200, blank=True)
    photo_consent = models.BooleanField(default=False)
    opted_in = models.BooleanField(default=False, help_text="may be introduced to others")
    rounds = models.JSONField(default=list, help_text="empty is all")
    companion = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="with_them"
    )
    wanted_companion = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="asked_to_bring",
        help_text="who is asked to come with a young person, until they said yes and are vouched for",
    )
    agreed_at = models.DateTimeField(
        null=True, blank=True, help_text="when the companion that is wanted said yes"
    )
    keeps_place = models.BooleanField(
        default=False,
        help_text="had a place when their companion went: it stays theirs until a person decides",
    )
    registered_with = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="colleagues",
        help_text="the colleague who registered them together with themselves",
    )
    waits_together = models.BooleanField(
        default=True,
        help_text="if fewer places are left than people who registered together, all wait; "
        "otherwise those who fit come now. Of the one who registered them",
    )
    holds_day = models.DateField(
        null=True,
        blank=True,
        help_text="the day they last said they come on; empty if they are asked anew, or no day was known",
    )
    told_day = models.DateField(
        null=True, blank=True, help_text="the day they were last asked about, since the event moved"
    )
    unlisted = models.CharField(
        max_length=200, blank=True, help_text="an organisation that is not listed, as said at the door"
    )
    unlisted_settled = models.BooleanField(
        default=False, help_text="a planner has said which organisation that is, or that it is none"
    )
    vouched_on = models.DateField(
        null=True, blank=True, help_text="somebody who plans the event knows this companion"
    )
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.PLACED)
    held_until = models.DateTimeField(null=True, blank=True, help_text="a stranger confirms until then")
    said = models.JSONField(
        default=dict,
        blank=True,
        help_text="what a stranger's organisation does and needs, until they confirm",
    )
    token = models.CharField(max_length=40, unique=True, default=fresh_token)
    code = models.CharField(max_length=6, default=fresh_code, help_text="read out at the door")
    arrived_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True, help_text="told of their page after the event")
    paid_on = models.DateField(null=True, blank=True, help_text="a young person was paid for the day")
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_demonstration = models.BooleanField(default=False)
    registered_at = models.DateTimeField(auto_now_add=True)
    standing_since = models.DateTimeField(default=timezone.now)
    calendar_version = models.PositiveIntegerField(
        default=COUNTED_FROM, help_text="rises with each change of standing; calendars keep the highest"
    )
    calendar_key = models.CharField(
        max_length=12, blank=True, help_text="by chance; tells people apart who share one mailbox"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="attendee_number_once"),
            models.UniqueConstraint(fields=["event", "code"], name="attendee_code_once"),
            models.CheckConstraint(
                condition=Q(partner=None, sector=None) | Q(partner__isnull=False, sector__isnull=False),
                name="attendee_sector_of_partner",
            ),
        ]
        indexes = [models.Index(fields=["event", "email"], name="attendee_address")]

    def __str__(self) -> str:
        return f"{self.role}, {self.comes_for}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """If a change affects whether somebody comes, a higher version tells calendars that hold their day."""
        fields = kwargs.get("update_fields")
        if self._state.adding:
            self.calendar_key = self._own_key()
            self.holds_day = self.holds_day or self.event.date
            self._rise()
        elif (fields is None or "standing" in fields) and self.standing != self._kept_standing():
            self._rise()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "standing_since", "calendar_version"}
        super().save(*args, **kwargs)

    def _rise(self) -> None:
        self.standing_since, self.calendar_version = timezone.now(), next_version(self.event_id)

    def _kept_standing(self) -> str | None:
        return Attendee.objects.filter(pk=self.pk).values_list("standing", flat=True).first()

    def _own_key(self) -> str:
        """The key that tells apart people in one mailbox: empty for most. A second person in a mailbox, and a
        young person, whose mails go to their companion, get a random one; someone who registers again gets
        theirs again."""
        if self.is_young:
            adult = self.companion or self.wanted_companion
            address = adult.email if adult else ""
            theirs = Q(companion__email=address) | Q(wanted_companion__email=address)
            here = Attendee.objects.filter(
                theirs, event=self.event_id, partner=self.partner_id, name__iexact=self.name
            )
            known = [each for each in here if address and each.is_young]
        elif self.email:
            known = list(Attendee.objects.filter(event=self.event_id, email__iexact=self.email))
        else:
            return ""
        gone = [each for each in known if each.standing in self.GONE]
        taken = {each.calendar_key for each in known if each.standing not in self.GONE}
        gone.sort(key=lambda each: (each.name.casefold() != self.name.casefold(), -each.number))
        offered = [each.calendar_key for each in gone] + ([] if self.is_young else [""])
        return next((key for key in offered if key not in taken), secrets.token_hex(6))

    @property
    def comes_for(self) -> str:
        """The organisation they come for or with, or “for themselves”."""
        if self.partner:
            return self.partner.name
        return str(FOR_THEMSELVES) if self.unlisted_settled else self.unlisted or str(FOR_THEMSELVES)

    @property
    def is_to_confirm_day(self) -> bool:
        """They come, and have not said yet that they can on the day as it is now."""
        return self.is_coming and self.event.date is not None and self.holds_day != self.event.date

    @property
    def sector_in_order(self) -> tuple[int, str]:
        """(order, name) of the sector of their organisation; residents come last."""
        order, name = (self.sector.order, self.sector.name) if self.sector else NO_SECTOR
        return order, str(name)

    @property
    def is_coming(self) -> bool:
        """They count: they have a place, or are on the waiting list."""
        return self.standing in self.COMING

    @property
    def is_young(self) -> bool:
        """Comes as a young person: with a companion, under a chosen name, never written to."""
        return YOUNG in self.parts

    @property
    def is_resident(self) -> bool:
        """Comes for themselves: an adult of no organisation, nor of one that nobody has settled yet."""
        named = bool(self.unlisted) and not self.unlisted_settled
        return not self.is_young and self.sector_id is None and not named

    def scope(self) -> Scope:
        return self.event.scope()


class Reservation(models.Model):
    """At least so many of an event's places are for some, until a day; after it they are for everybody."""

    class Group(models.TextChoices):
        SECTOR = "sector", _("One sector")
        YOUNG = "young", _("Young people and their adults")
        RESIDENTS = "residents", _("People who come for themselves")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reservations")
    group = models.CharField(max_length=10, choices=Group)
    sector = models.ForeignKey(
        "taxonomy.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    places = models.PositiveIntegerField(help_text="at least so many of the event's places")
    until = models.DateField(help_text="the last day on which they are kept")

    class Meta:
        ordering = ["event", "group", "sector", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "group"], condition=Q(sector=None), name="reservation_once_a_group"
            ),
            models.UniqueConstraint(
                fields=["event", "sector"],
                condition=Q(sector__isnull=False),
                name="reservation_once_a_sector",
            ),
            models.CheckConstraint(
                condition=Q(group="sector", sector__isnull=False) | (~Q(group="sector") & Q(sector=None)),
                name="reservation_names_a_sector",
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="reservation_of_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.places} for {self.who}"

    @property
    def who(self) -> str:
        return self.sector.name if self.sector else str(self.get_group_display())

    @property
    def key(self) -> str:
        """As `reserved_places.group_of` says it of somebody who comes."""
        return f"sector:{self.sector_id}" if self.sector_id else self.group

    def scope(self) -> Scope:
        return self.event.scope()


class SurveyAnswer(models.Model):
    """What one person answered before or after the day, stored without who they are.

    `pair` is a keyed hash of the person's link: it lets one person answer once and joins their two answers;
    it is emptied with the other personal details. `answers` maps a question of `survey` to 1 to 5.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", "Before the day"
        AFTER = "after", "After the day"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="survey_answers")
    moment = models.CharField(max_length=6, choices=Moment)
    pair = models.CharField(max_length=64, blank=True)
    answers = models.JSONField(default=dict)
    on = models.DateField()

    class Meta:
        ordering = ["event", "moment", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "moment", "pair"], condition=~Q(pair=""), name="survey_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}: {self.event}"

    def scope(self) -> Scope:
        return self.event.scope()
