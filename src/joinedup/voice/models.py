"""A question put to young people, their short answers through a host, and what became of each."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.events.models import Event


class Conversation(models.Model):
    """One question, for one event, open for a while. Hosts get a link; nobody signs up alone."""

    event = models.ForeignKey("events.Event", on_delete=models.CASCADE, related_name="conversations")
    slug = models.SlugField(max_length=80, unique=True)
    question = models.CharField(max_length=250)
    why = models.TextField(blank=True, help_text="what the answers are for, said plainly")
    opens = models.DateField()
    closes = models.DateField()
    hosts = models.ManyToManyField("partners.Partner", through="Host", related_name="conversations")
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["-opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gte=models.F("opens")), name="conversation_in_order")
        ]

    def __str__(self) -> str:
        return self.question

    def scope(self) -> Scope:
        return self.event.scope()


class Host(models.Model):
    """A partner through which young people answer, using its link."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="host_links")
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=fresh_token)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "partner"], name="host_once")]

    def __str__(self) -> str:
        return f"{self.partner} hosts “{self.conversation}”"


class ContributionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Nothing is shown before a trained adult has read it, or to anyone who may not find its event;
        moderators see what waits for them."""
        if person.is_operator:
            return self
        shown = Q(
            state=Contribution.State.SHOWN,
            conversation__event__in=Event.objects.visible_to(person).values("pk"),
        )
        return self.filter(shown | Q(conversation__event__footprint__in=person.coordinated_ids))


class Contribution(models.Model):
    # A quote of an adult at a table: it is never attributed to a young person, and never becomes a young
    # person's topic.
    ADULT = "25+"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be read"
        SHOWN = "shown", "Shown"
        REFUSED = "refused", "Not shown"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Reason(models.TextChoices):
        NAMES = "names", "It names or points to a person"
        PLACE = "place", "It says where somebody can be found"
        SAFEGUARDING = "safeguarding", "Somebody may need help: passed to the safeguarding lead"
        OFF_TOPIC = "off_topic", "It is about something else"
        UNKIND = "unkind", "It could hurt somebody"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="contributions")
    host = models.ForeignKey(Host, on_delete=models.CASCADE, related_name="contributions")
    text = models.CharField(max_length=400)
    age_band = models.CharField(
        max_length=8,
        choices=[
            ("11-13", "11 to 13"),
            ("14-15", "14 to 15"),
            ("16-17", "16 to 17"),
            ("18-24", "18 to 24"),
            ("25+", "25 or over"),
        ],
    )
    topic = models.ForeignKey(
        "events.Topic",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contributions",
        help_text="the topic of the event that was made of it",
    )
    # What it asks for, as a moderator understood it: then somebody has to answer, by `due`.
    theme = models.ForeignKey(
        "taxonomy.Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(
        "places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due = models.DateField(null=True, blank=True, help_text="by when somebody answers what it asks for")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=14, choices=Reason, blank=True)
    read_by = models.CharField(max_length=160, blank=True)
    read_on = models.DateField(null=True, blank=True)
    withdraw_code = models.CharField(max_length=40, unique=True, default=fresh_token)
    is_demonstration = models.BooleanField(default=False)
    given_at = models.DateTimeField(auto_now_add=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="contribution_refused_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="shown") | ~Q(read_by=""), name="contribution_shown_was_read"
            ),
            models.CheckConstraint(
                condition=Q(theme=None, place=None, due=None)
                | Q(theme__isnull=False, place__isnull=False, due__isnull=False),
                name="contribution_asks_what_where_and_by_when",
            ),
            models.CheckConstraint(
                condition=Q(theme=None) | ~Q(age_band="25+"), name="contribution_of_an_adult_asks_nothing"
            ),
        ]

    def __str__(self) -> str:
        # The audit trail keeps this for ever, so it never holds what somebody said.
        return f"Answer {self.pk}"

    def scope(self) -> Scope:
        return self.conversation.scope()

    @property
    def reply(self) -> PartnerReply | None:
        """What a partner says to it, if one did; no query where `partner_reply` is selected."""
        return getattr(self, "partner_reply", None)

    @property
    def contradiction(self) -> Contradiction | None:
        """That a partner said it had not answered so; no query where `partner_contradiction` is selected."""
        return getattr(self, "partner_contradiction", None)

    @property
    def asks(self) -> bool:
        """Whether somebody has to answer it: a moderator said what it asks for, and it is shown."""
        return self.due is not None and self.state == self.State.SHOWN


class PartnerReply(models.Model):
    """What a partner says to something young people asked for: whether it can be done, what, and by when.

    It goes with the answer that it replies to: taken back, both are gone.
    """

    class Word(models.TextChoices):
        YES = "yes", gettext_lazy("Yes, this can be done")
        PARTLY = "partly", gettext_lazy("Some of it can be done")
        NO = "no", gettext_lazy("No, this cannot be done now")

    class How(models.TextChoices):
        """How whoever wrote it down heard it."""

        PHONE = "phone", gettext_lazy("by telephone")
        WRITTEN = "written", gettext_lazy("by e-mail or letter")
        MEETING = "meeting", gettext_lazy("in a meeting")

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, related_name="partner_reply")
    # Without its partner it is nobody's answer: what was asked for waits again.
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=6, choices=Word)
    text = models.CharField(max_length=400)
    by_when = models.DateField(
        null=True, blank=True, help_text="until when it is done; empty where it is not"
    )
    said_by = models.CharField(max_length=120, blank=True, help_text="the role of who said it there; no name")
    said_how = models.CharField(max_length=8, choices=How, blank=True)
    # Empty where it was written down before anybody asked who said it.
    said_on = models.DateField(null=True, blank=True)
    told_on = models.DateField(
        null=True, blank=True, help_text="when a mail told the partner of it; empty where none went out"
    )
    recorded_by = models.CharField(max_length=160)
    recorded_on = models.DateField()

    class Meta:
        verbose_name_plural = "partner replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(word="no", by_when=None) | (~Q(word="no") & Q(by_when__isnull=False)),
                name="reply_says_by_when",
            )
        ]

    def __str__(self) -> str:
        # As of the answer itself: it may repeat what somebody takes back.
        return f"Reply {self.pk}"

    @property
    def who_said(self) -> str:
        """Who said it there, how and when, in a sentence; empty where nobody asked that yet."""
        if self.said_on is None:
            return ""
        words = {
            "role": self.said_by,
            "how": self.get_said_how_display(),
            "day": date_format(self.said_on, "j F Y"),
        }
        return gettext("Said by: %(role)s, %(how)s on %(day)s.") % words

    @property
    def who(self) -> str:
        """Who replies, as everybody may read it."""
        is_public = self.partner.marking == Marking.PUBLIC
        return self.partner.name if is_public else gettext("An organisation of the partnership")

    def scope(self) -> Scope:
        return self.contribution.scope()


class Contradiction(models.Model):
    """That a partner said it had not said what was written down in its name: the last time for each answer, until
    somebody deals with it and after. What had been written down is gone."""

    contribution = models.OneToOneField(
        Contribution, on_delete=models.CASCADE, related_name="partner_contradiction"
    )
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    settled_on = models.DateField(null=True, blank=True, help_text="when somebody dealt with it")
    settled_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_on=None, settled_by="")
                | (Q(settled_on__isnull=False) & ~Q(settled_by="")),
                name="contradiction_settled_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Contradiction {self.pk}"

    def scope(self) -> Scope:
        return self.contribution.scope()
