"""Explained reasons for named partners to work together, and what became of each."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person
from joinedup.opportunities.public import may_be_shown

KINDS = {
    "unmet_need": "Plan together",
    "untapped_support": "Support that could be used",
    "join_up": "Two who could join up",
    "missing_partner": "A partner to invite",
    "shared_learning": "Learn from elsewhere",
    "ask_meets_offer": "One needs what another gives",
    "introduction": "Two people to introduce",
    "spotted": "Spotted by a person",
}


# The parts of a strength, in words.
COMPONENTS = {
    "gap": "How high need is, and how little action is recorded",
    "fit": "How well the partners, the place and the theme fit",
    "effect": "How strong the evidence for the approach is",
    "urgency": "How soon it has to happen",
    "newness": "How new the link between the partners is",
}

# The most that a part may count; the others count against it.
HEAVIEST = 10.0

# The order of every list: by where each stands, not by its bare score, so that a list moves gently.
BEST_FIRST = (models.F("placed").desc(nulls_last=True), "key")


class Run(models.Model):
    """One run of the engine: for a partnership, over what one kind of reader may see."""

    class Audience(models.TextChoices):
        PUBLIC = "public", "on public records only"
        PARTNERSHIP = "partnership", "on what the partnership shares"

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="runs")
    audience = models.CharField(max_length=12, choices=Audience)
    as_of = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    found = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    # What a whole run found that following each change had missed: nothing, if all is well.
    differences = models.JSONField(default=list)
    followed_at = models.DateTimeField(
        null=True, blank=True, help_text="when a change was last followed since"
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.footprint} as of {self.as_of:%d/%m/%Y}"


class OpportunityQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """What the engine found on shared records is for that partnership; an overlap is for its parties only. The
        public, and members of other partnerships, read what `may_be_shown`."""
        if person.is_operator:
            return self
        condition = may_be_shown()
        if person.sees_every_partnership:
            condition |= Q(audience=Run.Audience.PARTNERSHIP) & ~Q(marking="named")
        elif person.footprint_ids:
            condition |= Q(audience=Run.Audience.PARTNERSHIP, footprint__in=person.footprint_ids) & ~Q(
                marking="named"
            )
        if person.partner_ids:
            theirs = self.model._base_manager.filter(parties__in=person.partner_ids).values("pk")
            condition |= Q(audience=Run.Audience.PARTNERSHIP, pk__in=theirs)
        return self.filter(condition)


class Opportunity(models.Model):
    class State(models.TextChoices):
        SUGGESTED = "suggested", "Suggested"
        TAKEN_UP = "taken_up", "Taken up"
        ON_AGENDA = "on_agenda", "On an event's agenda"
        AGREED = "agreed", "Agreed"
        STARTED = "started", "Started"
        DISMISSED = "dismissed", "Set aside"
        GONE = "gone", "No longer found"

    class Reason(models.TextChoices):
        ALREADY_DONE = "already_done", "It is already being done"
        NOT_NOW = "not_now", "Not this year"
        WRONG_FACTS = "wrong_facts", "The facts behind it are wrong"
        NO_FIT = "no_fit", "It does not fit this place"

    key = models.CharField(max_length=200, help_text="the engine's own identifier, stable between runs")
    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="opportunities")
    audience = models.CharField(max_length=12, choices=Run.Audience)
    marking = models.CharField(max_length=12, default="partnership")
    kind = models.CharField(max_length=30)
    is_ask = models.BooleanField(default=False)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="opportunities")
    theme = models.ForeignKey("taxonomy.Theme", null=True, blank=True, on_delete=models.PROTECT)
    score = models.FloatField(null=True, blank=True, help_text="0 to 100; empty when a person entered it")
    sentence = models.TextField()
    because = models.JSONField(default=list)
    first_step = models.TextField(blank=True)
    components = models.JSONField(default=dict)
    would_change = models.JSONField(default=list)
    sectors_needed = models.JSONField(default=list)
    parties = models.ManyToManyField("partners.Partner", blank=True, related_name="opportunities")
    initiatives = models.ManyToManyField("initiatives.Initiative", blank=True, related_name="opportunities")
    offers = models.ManyToManyField("support.Offer", blank=True, related_name="opportunities")
    figures = models.ManyToManyField("evidence.Figure", blank=True, related_name="opportunities")
    state = models.CharField(max_length=12, choices=State, default=State.SUGGESTED)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    spotted_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_spotted = models.BooleanField(default=False, help_text="entered by a person")
    first_seen = models.DateField()
    last_seen = models.DateField()
    placed = models.FloatField(
        null=True, blank=True, help_text="where it stands in the list: follows the score, but gently"
    )
    shown_since = models.DateField(null=True, blank=True, help_text="when the public could first read it")
    changed_on = models.DateField(null=True, blank=True, help_text="when its facts or its place last changed")
    snoozed_until = models.DateField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="opportunities_assigned",
    )
    assigned_on = models.DateField(null=True, blank=True)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = BEST_FIRST
        verbose_name_plural = "opportunities"
        constraints = [
            models.UniqueConstraint(fields=["footprint", "audience", "key"], name="opportunity_once"),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(reason=""), name="opportunity_set_aside_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["place", "audience", "-placed"]),
            models.Index(fields=["footprint", "audience", "state", "-placed"]),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def heading(self) -> str:
        """What a link to it says: kind, theme and place. The sentence stands beside it, to be read, not clicked."""
        # The engine takes a second to load, and every command loads this file.
        from joinedup.engines.matching import wording

        where = self.place.name
        if self.theme is not None:
            where = f"{wording.enumerated(wording.inside(self.theme.name))} in {where}"
        return f"{KINDS.get(self.kind, self.kind)}: {where}"

    @property
    def told_step(self) -> str:
        """The first step, for its parties and their partnership. It asks something of a body by its name: in public,
        on the public's copy, none is told."""
        return self.first_step if self.audience == Run.Audience.PARTNERSHIP else ""

    def scope(self) -> Scope:
        return Scope(frozenset(p.pk for p in self.parties.all()), frozenset({self.footprint_id}))


class Answer(models.Model):
    """What a named partner said: interested, already doing it, or not us. Fixed words only, never free text."""

    class Word(models.TextChoices):
        INTERESTED = "interested", "We are interested"
        ALREADY = "already", "We already do this"
        NOT_US = "not_us", "Not us"

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="answers")
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="answers")
    word = models.CharField(max_length=12, choices=Word)
    by = models.CharField(max_length=160)
    at = models.DateTimeField(auto_now=True)
    initiative = models.ForeignKey(
        "initiatives.Initiative",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="answers",
        help_text="the draft made from “already doing it”",
    )

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["opportunity", "partner"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_word_display()}"


class Enquiry(models.Model):
    """That a named partner was asked by mail what it says to an opportunity."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="enquiries")
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="enquiries")
    at = models.DateTimeField(auto_now=True)
    by = models.CharField(max_length=160)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["opportunity", "partner"], name="enquiry_once")]

    def __str__(self) -> str:
        return f"{self.partner} was asked"


class Move(models.Model):
    """What moved in the list of a partnership, and why."""

    class What(models.TextChoices):
        NEW = "new", "New"
        BACK = "back", "Back again"
        CHANGED = "changed", "Changed"
        UP = "up", "Moved up"
        DOWN = "down", "Moved down"
        GONE = "gone", "No longer found"

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    what = models.CharField(max_length=8, choices=What)
    why = models.JSONField(default=list, help_text="sentences")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.opportunity}"


class Look(models.Model):
    """Until when somebody has read what moved in a partnership's list."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "footprint"], name="look_once")]

    def __str__(self) -> str:
        return f"{self.footprint} until {self.at:%d/%m/%Y}"


class Cell(models.Model):
    """What the last run says of a theme in a place, to one kind of reader: the coverage grid."""

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="cells")
    audience = models.CharField(max_length=12, choices=Run.Audience)
    place = models.ForeignKey("places.Place", on_delete=models.CASCADE, related_name="+")
    theme = models.ForeignKey("taxonomy.Theme", on_delete=models.CASCADE, related_name="+")
    need = models.FloatField(
        null=True, blank=True, help_text="0 to 1; empty is not known, which is not nought"
    )
    initiatives = models.PositiveIntegerField(
        default=0, help_text="that run there, around it or in a part of it"
    )
    perhaps = models.PositiveIntegerField(
        default=0, help_text="of action that may be on it, since its theme or its place is not recorded"
    )
    is_reach_unknown = models.BooleanField(default=False, help_text="some of them do not say whom they reach")
    is_register_known = models.BooleanField(default=True, help_text="silence there means little action")

    class Meta:
        ordering = ["place", "theme"]
        constraints = [
            models.UniqueConstraint(fields=["footprint", "audience", "place", "theme"], name="cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.theme} in {self.place}"


class Touched(models.Model):
    """That a record of a partnership changed since its opportunities were last worked out. Written with the change."""

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="touched")
    what = models.CharField(max_length=60, help_text="app.model of the record")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.footprint}: {self.what}"


class Weighting(models.Model):
    """How much each part of a strength counts in a partnership that weighs otherwise than as shipped."""

    # The key, so that its history stays one when a partnership goes back and weighs anew.
    footprint = models.OneToOneField(
        "places.Footprint", primary_key=True, on_delete=models.CASCADE, related_name="weighting"
    )
    gap = models.FloatField("need not met")
    fit = models.FloatField("fit")
    effect = models.FloatField("evidence")
    urgency = models.FloatField("urgency")
    newness = models.FloatField("new links")
    reason = models.CharField(max_length=250, help_text="why the partnership weighs so")
    changed_by = models.CharField(max_length=160)
    changed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(*((f"{name}__range", (0.0, HEAVIEST)) for name in COMPONENTS)),
                name="weighting_from_0_to_10",
            ),
            models.CheckConstraint(
                condition=Q(*((f"{name}__gt", 0.0) for name in COMPONENTS), _connector=Q.OR),
                name="weighting_of_something",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="weighting_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"What counts in {self.footprint}"


class Basis(models.Model):
    """The tables that the stored opportunities were last worked out from, to see what changed since."""

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="+")
    audience = models.CharField(max_length=12, choices=Run.Audience)
    as_of = models.DateField()
    tables = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["footprint", "audience"], name="basis_once")]

    def __str__(self) -> str:
        return f"{self.footprint}, {self.audience}, {self.as_of:%d/%m/%Y}"
