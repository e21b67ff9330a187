"""Explained reasons for named partners to work together, and what became of each."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person
from joinedup.opportunities.public import may_be_shown

# The kinds of move, as a list names them. What each is: `engines.opportunities.kinds`.
KINDS = {
    "match": gettext_lazy("One needs what another can give"),
    "bid": gettext_lazy("Money or help to apply for"),
    "join": gettext_lazy("Two who do alike work"),
    "bring_in": gettext_lazy("Somebody to bring in"),
    "learn": gettext_lazy("Learn from elsewhere"),
    "start": gettext_lazy("Something to start"),
    "keep": gettext_lazy("Something that is about to end"),
    "heard": gettext_lazy("Young people asked for it"),
    "spotted": gettext_lazy("Spotted by a person"),
}

# What a table may ask itself about an opportunity, by the kind of its strongest move. The agenda is public: no body, no
# action and no money is named.
QUESTIONS = {
    "match": gettext_lazy("who can give what somebody asks for?"),
    "bid": gettext_lazy("who applies for money or help, and with whom?"),
    "join": gettext_lazy("what can those who do alike work do together?"),
    "bring_in": gettext_lazy("who else should be part of what is done?"),
    "learn": gettext_lazy("what do we learn from elsewhere?"),
    "start": gettext_lazy("what do we start, and who begins?"),
    "keep": gettext_lazy("what is about to end, and who carries it on?"),
    "heard": gettext_lazy("how do we answer what young people asked for?"),
}

# The parts of a strength, in words.
COMPONENTS = {
    "fit": gettext_lazy("How well it fits: what one needs and another has"),
    "near": gettext_lazy("How near they are"),
    "fresh": gettext_lazy("How lately it was said or confirmed"),
    "deadline": gettext_lazy("How soon it closes"),
    "parties": gettext_lazy("Whether several bodies gain from it"),
    "asked": gettext_lazy("Whether somebody asked for it"),
    "answered": gettext_lazy("Whether somebody said that they are interested"),
    "need": gettext_lazy("How surely the theme stands out there"),
}

# These weaken a strength, from 0 (does not count) to 5; the others raise what fits, from 0 to 1.
POWERS = ("fit", "near", "fresh")
HEAVIEST_POWER = 5.0

# Strongest first; what has no strength, since nothing is known of where it is, comes last.
BEST_FIRST = (models.F("score").desc(nulls_last=True), models.F("closes").asc(nulls_last=True), "key")


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
    followed_at = models.DateTimeField(
        null=True, blank=True, help_text="when a change was last followed since"
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.footprint} as of {self.as_of:%d/%m/%Y}"


class OpportunityQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """What the engine found on shared records is for that partnership; that two do alike work is for these two and
        the coordinator. The public, and members of other partnerships, read what `may_be_shown`."""
        return self if person.is_operator else self.filter(may_be_shown() | self._told_inside(person))

    def shared_with(self, person: Person) -> Self:
        """Of the lists of partnerships, what `person` may see: `visible_to` without the public's list, which takes the
        database's longest question."""
        inside = self.filter(audience=Run.Audience.PARTNERSHIP)
        return inside if person.is_operator else inside.filter(self._told_inside(person))

    def _told_inside(self, person: Person) -> Q:
        condition = Q(pk__in=[])
        if person.sees_every_partnership:
            condition |= Q(audience=Run.Audience.PARTNERSHIP) & ~Q(marking="named")
        elif person.footprint_ids:
            condition |= Q(audience=Run.Audience.PARTNERSHIP, footprint__in=person.footprint_ids) & ~Q(
                marking="named"
            )
        if person.coordinated_ids:
            condition |= Q(audience=Run.Audience.PARTNERSHIP, footprint__in=person.coordinated_ids)
        if person.partner_ids:
            theirs = self.model._base_manager.filter(parties__in=person.partner_ids).values("pk")
            condition |= Q(audience=Run.Audience.PARTNERSHIP, pk__in=theirs)
        return condition


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
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="opportunities")
    theme = models.ForeignKey("taxonomy.Theme", null=True, blank=True, on_delete=models.PROTECT)
    score = models.FloatField(null=True, blank=True, help_text="0 to 100; empty when a person entered it")
    closes = models.DateField(
        null=True, blank=True, help_text="the first day on which one of its moves is over"
    )
    # Read out: what is to be decided, from the strongest move; or what a person entered.
    sentence = models.TextField(help_text="the decision, in a sentence")
    first_step = models.TextField(blank=True)
    # As the engine gives them, strongest first: see `engines.opportunities.move.Move`.
    moves = models.JSONField(default=list)
    # Facts of the place on its theme: [{text, figure}].
    stands_out = models.JSONField(default=list)
    # Other action there, and approaches as published: [{text, record}].
    under_way = models.JSONField(default=list)
    helps = models.JSONField(default=list)
    # In young people's words, and what is not known: sentences.
    heard = models.JSONField(default=list)
    not_known = models.JSONField(default=list)
    would_change = models.JSONField(default=list)
    places = models.ManyToManyField(
        "places.Place", blank=True, related_name="+", help_text="every place that it is about"
    )
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
    shown_since = models.DateField(null=True, blank=True, help_text="when the public could first read it")
    changed_on = models.DateField(null=True, blank=True, help_text="when its moves last changed")
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
            models.Index(fields=["place", "audience", "-score"]),
            models.Index(fields=["footprint", "audience", "state", "-score"]),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def heading(self) -> str:
        """What a link to it says: theme and place. The decision stands beside it, to be read, not clicked."""
        if self.theme is None:
            return _("Practical help in %(place)s") % {"place": self.place.name}
        return _("%(theme)s in %(place)s") % {"theme": self.theme.name, "place": self.place.name}

    @property
    def proposed_topic(self) -> str:
        """“Family support in Exeter: who applies for money or help, and with whom?”: how an agenda could call it."""
        question = QUESTIONS.get(self.kind, _("what can we do together?"))
        return f"{self.heading}: {question}"

    @property
    def kind_words(self) -> str:
        return str(KINDS.get(self.kind, self.kind))

    @property
    def told_step(self) -> str:
        """The first step, for its parties and their partnership. It asks something of a body by its name: in public,
        on the public's copy, none is told."""
        return self.first_step if self.audience == Run.Audience.PARTNERSHIP else ""

    def scope(self) -> Scope:
        return Scope(frozenset(p.pk for p in self.parties.all()), frozenset({self.footprint_id}))


def records_of(move: dict[str, Any]) -> list[str]:
    """Every record that a stored move rests on: `Move.records`."""
    return [*move["support"], *move["asks"], *move["initiatives"]]


def what_is_answered(opportunity: Opportunity, partner: str, move: str) -> list[dict[str, Any]]:
    """The moves, with the records that each rests on, of which a partner (slug) speaks: the one that it names by its
    id, else all that name the partner."""
    return [
        {"id": each["id"], "records": records_of(each)}
        for each in opportunity.moves
        if (each["id"] == move if move else partner in {party["id"] for party in each["parties"]})
    ]


def what_was_answered(answer: Answer, partner: str) -> list[dict[str, Any]]:
    """`what_is_answered`, as it was when the partner (slug) answered, if that was kept."""
    if answer.about is not None:
        kept: list[dict[str, Any]] = answer.about
        return kept
    return what_is_answered(answer.opportunity, partner, answer.move)


class Answer(models.Model):
    """What a named partner said to a move, or to the whole of an opportunity: interested, already doing it, or not us.
    Fixed words only, never free text."""

    class Word(models.TextChoices):
        INTERESTED = "interested", "We are interested"
        ALREADY = "already", "We already do this"
        NOT_US = "not_us", "Not us"

    class Scope(models.TextChoices):
        THIS = "this", "Only this"
        THEME_HERE = "theme_here", "Anything on this theme in this place"
        THEME_EVERYWHERE = "theme_everywhere", "Anything on this theme, wherever it is"

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="answers")
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="answers")
    move = models.CharField(max_length=40, blank=True, help_text="which move (its id); empty is all of it")
    # As they were when it answered, since the moves of an opportunity change: [{id, records}]. Null: not known.
    about = models.JSONField(
        null=True, blank=True, editable=False, help_text="which moves, and what those rest on"
    )
    word = models.CharField(max_length=12, choices=Word)
    scope = models.CharField(max_length=20, choices=Scope, default=Scope.THIS)
    until = models.DateField(null=True, blank=True, help_text="how long it holds; empty is a year")
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
        constraints = [models.UniqueConstraint(fields=["opportunity", "partner", "move"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_word_display()}"


class Priority(models.Model):
    """One of the few opportunities that a partnership chose for a quarter, and who chairs the work on it."""

    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="priorities")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="priorities")
    quarter = models.DateField(help_text="the first day of the quarter")
    chair = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the body whose lead chairs it",
    )
    chosen_by = models.CharField(max_length=160)
    chosen_on = models.DateField()

    class Meta:
        ordering = ["-quarter", "pk"]
        verbose_name_plural = "priorities"
        constraints = [models.UniqueConstraint(fields=["opportunity", "quarter"], name="priority_once")]

    def __str__(self) -> str:
        return f"{self.opportunity}, from {self.quarter:%d/%m/%Y}"


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


class ListChange(models.Model):
    """What changed in the list of a partnership, and why. That a strength went up or down is none."""

    class What(models.TextChoices):
        NEW = "new", "New"
        BACK = "back", "Back again"
        CHANGED = "changed", "Changed"
        GONE = "gone", "No longer found"

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    what = models.CharField(max_length=8, choices=What)
    why = models.JSONField(default=list, help_text="sentences")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.opportunity}"


class Look(models.Model):
    """Until when somebody has read what changed in a partnership's list, and what people did there."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    footprint = models.ForeignKey("places.Footprint", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(null=True, blank=True)
    people_at = models.DateTimeField(
        null=True, blank=True, help_text="until when they have read what people did there"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "footprint"], name="look_once")]

    def __str__(self) -> str:
        last = max(each for each in (self.at, self.people_at) if each is not None)
        return f"{self.footprint} until {last:%d/%m/%Y}"


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
    # A theme that is high there and that no move is about: whom the coordinator asks first, by name.
    ask = models.JSONField(default=list)

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
    fit = models.FloatField("fit")
    near = models.FloatField("nearness")
    fresh = models.FloatField("freshness")
    deadline = models.FloatField("closing day")
    parties = models.FloatField("several bodies")
    asked = models.FloatField("asked for")
    answered = models.FloatField("interested")
    need = models.FloatField("need")
    reason = models.CharField(max_length=250, help_text="why the partnership weighs so")
    changed_by = models.CharField(max_length=160)
    changed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *((f"{name}__range", (0.0, HEAVIEST_POWER)) for name in POWERS),
                    *((f"{name}__range", (0.0, 1.0)) for name in COMPONENTS if name not in POWERS),
                ),
                name="weighting_in_its_bounds",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="weighting_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"What counts in {self.footprint}"
