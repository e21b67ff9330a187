"""National and regional support that partners can use: funds, services, training, guidance, reviews."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models

from joinedup.accounts.permissions import Scope
from joinedup.accounts.records import Record
from joinedup.taxonomy.models import Sector

if TYPE_CHECKING:
    from joinedup.engines.reading.eligibility import NotAlone


class Offer(Record):
    body_field = "provider_partner_id"
    partner_paths = ("provider_partner",)
    footprint_paths = ("provider_partner__footprints", "footprint")

    class Kind(models.TextChoices):
        FUND = "fund", "Fund"
        SERVICE = "service", "Service"
        TRAINING = "training", "Training"
        GUIDANCE = "guidance", "Guidance"
        REVIEW = "review", "Review"
        CAMPAIGN = "campaign", "Campaign"
        DATA = "data", "Data"

    class Basis(models.TextChoices):
        DATED = "dated", "Until a closing date"
        ROLLING = "rolling", "All the time: requests are decided as they come"
        STANDING = "standing", "Always there: nothing to bid for"
        CLOSED = "closed", "Closed or decided: history"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    provider = models.CharField(max_length=200)
    provider_partner = models.ForeignKey(
        "partners.Partner", null=True, blank=True, on_delete=models.SET_NULL, related_name="offers"
    )
    footprint = models.ForeignKey(
        "places.Footprint",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="offers",
        help_text="whose own it is; nobody's: all partnerships share it, and none of their coordinators changes it",
    )
    kind = models.CharField(max_length=10, choices=Kind)
    purpose = models.TextField(blank=True)
    who_may_use = models.TextField(blank=True, help_text="in the provider's words")
    # What the law requires of those it names is labelled so, and never offered as something they do not use.
    is_required_by_law = models.BooleanField(default=False, help_text="the law requires it of those it names")
    # No place means anywhere; no sector means that who may use it is known only in words or not at all. Themes only
    # where it is about them: without any, and not general, it stands on the pages of support and in no opportunity.
    themes = models.ManyToManyField("taxonomy.Theme", blank=True, related_name="offers")
    sectors = models.ManyToManyField(
        "taxonomy.Sector",
        blank=True,
        related_name="offers",
        help_text="who may use it, by themselves or in the bid of those who lead",
    )
    via_sectors = models.ManyToManyField(
        "taxonomy.Sector",
        blank=True,
        related_name="offers_via",
        help_text="who leads, or through whom others come in",
    )
    lead_only = models.BooleanField(
        default=False, help_text="only those who lead may apply: others take part in their bid"
    )
    is_general = models.BooleanField(
        default=False, help_text="for any work with young people, whatever its theme"
    )
    places = models.ManyToManyField("places.Place", blank=True, related_name="offers")
    area = models.CharField(max_length=120, blank=True)
    opens = models.DateField(null=True, blank=True)
    closes = models.DateField(null=True, blank=True)
    basis = models.CharField(
        max_length=8, choices=Basis, blank=True, help_text="how it can be had; empty is not known"
    )
    dates_note = models.CharField(max_length=250, blank=True)
    amount = models.CharField(max_length=160, blank=True, help_text="as published")
    amount_max_gbp = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="the most that one award may be"
    )
    amount_programme = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="pounds for all awards together: never what one may have"
    )
    awards = models.CharField(max_length=80, blank=True, help_text="how many there are, as published")
    last_checked = models.DateField(null=True, blank=True)
    check_by = models.DateField(null=True, blank=True, help_text="the next check with the provider is due")
    reminded_on = models.DateField(
        null=True, blank=True, help_text="whoever looks after it was last reminded of that check"
    )
    # Of what closed only: an expectation, with whose it is. It makes nothing open.
    reopens = models.DateField(null=True, blank=True, help_text="expected to open again from about this day")
    reopens_said_by = models.CharField(max_length=160, blank=True, help_text="who said so, by their role")
    list_id = models.CharField(
        max_length=100, blank=True, db_index=True, help_text="what it is called in the list that it came with"
    )
    url = models.URLField(max_length=500, blank=True)
    confidence = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["closes", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(basis="dated") | models.Q(closes__isnull=False),
                name="dated_offer_has_a_closing_date",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_programme=None)
                | models.Q(amount_max_gbp=None)
                | models.Q(amount_max_gbp__lte=models.F("amount_programme")),
                name="award_within_its_programme",
            ),
            models.CheckConstraint(
                condition=models.Q(reopens__isnull=True) | ~models.Q(reopens_said_by=""),
                name="reopening_is_said_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        """Its provider, the partnership that added it for its own area, and its keeper: not every partnership
        that the provider belongs to."""
        return Scope(
            partners=frozenset({self.provider_partner_id} if self.provider_partner_id else ()),
            footprints=frozenset({self.footprint_id} if self.footprint_id else ()),
            owners=frozenset({self.owner_id} if self.owner_id else ()),
        )

    @property
    def is_history(self) -> bool:
        return self.basis == self.Basis.CLOSED

    def is_over(self, on: datetime.date) -> bool:
        """Whether nobody can ask for it any more on the day `on`."""
        return self.is_history or (self.closes is not None and self.closes < on)

    @property
    def is_shelf(self) -> bool:
        """Whether it is only looked up, read or followed: nobody bids for it."""
        return self.basis == self.Basis.STANDING

    @property
    def not_alone(self) -> NotAlone:
        """Which sectors its publisher's words keep from applying; no query."""
        # Imported when it is needed: the engine brings its tables with it.
        from joinedup.engines.reading.eligibility import not_alone

        return not_alone(self.who_may_use)

    @property
    def leads(self) -> list[Sector]:
        """The sectors that lead, without those that may not by its publisher's words, which decide."""
        words = self.not_alone
        return [each for each in self.via_sectors.all() if each.pk not in words.partners | words.barred]

    @property
    def is_shared(self) -> bool:
        """Whether all partnerships share it: it belongs to none of them."""
        return self.footprint_id is None


class NotForUs(models.Model):
    """A partner's word that a fund is not for it: until a day, and for nobody else to read."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="not_for_us")
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "partner"], name="not_for_us_once_a_partner"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("on")), name="not_for_us_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.offer}: not for {self.partner}"

    def scope(self) -> Scope:
        return Scope(partners=frozenset({self.partner_id}))


class OfferList(models.Model):
    """A list of support that another installation shared: its rows until somebody accepts them, then what it made and
    changed, for an undo."""

    class State(models.TextChoices):
        WAITING = "waiting", "Ready to accept"
        ACCEPTED = "accepted", "Accepted"
        UNDONE = "undone", "Undone"

    footprint = models.ForeignKey(
        "places.Footprint",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="offer_lists",
        help_text="whose own what is new in it becomes; nobody's: all partnerships share it",
    )
    file_name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    rows = models.JSONField(default=list, help_text="lists of cell texts; emptied once accepted or undone")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    made = models.JSONField(default=list, help_text="primary keys of the support it made")
    changed = models.JSONField(
        default=dict, help_text="primary key -> the cells before, of the support it changed"
    )
    by = models.CharField(max_length=160)
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    def scope(self) -> Scope:
        return Scope(footprints=frozenset({self.footprint_id} if self.footprint_id else ()))
