"""Queries of the voices pages, each a fixed number of database queries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext

from joinedup.accounts.permissions import may
from joinedup.accounts.person import PUBLIC, Person
from joinedup.accounts.records import Marking
from joinedup.events.models import Event, Topic
from joinedup.events.queries.events import listed
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.voice.models import Contradiction, Contribution, Conversation, Host, PartnerReply
from joinedup.voice.shown import shown

SHOWN = Contribution.State.SHOWN
# As much as My work and its mail tell.
TOLD_OF_A_CONTRADICTION = (
    "on", "partner__name", "contribution__theme__name", "contribution__place__name", "contribution__is_demonstration",
)  # fmt: skip


@dataclass(frozen=True)
class ConversationLink:
    """One host's link for young people. `given` counts the answers through it, for those who may read them."""

    partner: Partner
    token: str
    given: int | None


@dataclass(frozen=True)
class ShownContribution:
    """One answer as everybody may see it. `who`: as `shown` describes the writer. `became`: what came of it."""

    contribution: Contribution
    who: str
    topic: Topic | None
    became: Became


@dataclass(frozen=True)
class Became:
    """What became of an answer that is shown, as everybody may read it. `reply`: who answers, and what; `due`: the last
    day of the month by whose end somebody has to, None where it asks for nothing; `is_late`: that month is over.

    The month and no day: an answer falls due four weeks after it was read, and a day says who was there that day.
    """

    reply: PartnerReply | None
    due: datetime.date | None
    is_late: bool


def found_by(person: Person) -> QuerySet[Conversation]:
    """The questions of the events that `person` may find."""
    return Conversation.objects.filter(event__in=listed(person)).select_related("event")


def listing(person: Person) -> QuerySet[Conversation]:
    """Every question that `person` may find, newest first, with the number of answers shown; one query."""
    number = Count("contributions", Q(contributions__state=SHOWN))
    return found_by(person).annotate(shown=number).order_by("-opens", "-pk")


def said(conversation: Conversation) -> list[ShownContribution]:
    """The answers that are shown, newest first: the same for every reader. Two queries."""
    found = conversation.contributions.filter(state=SHOWN)
    with_all = found.select_related("topic__event", "partner_reply__partner")
    return [
        ShownContribution(each.contribution, each.who, each.contribution.topic, became(each.contribution))
        for each in shown(with_all)
    ]


def became(contribution: Contribution) -> Became:
    """No query where `partner_reply__partner` is selected."""
    due = contribution.due if contribution.asks else None
    if due is None:
        return Became(None, None, is_late=False)
    end = (due.replace(day=1) + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    reply = contribution.reply
    return Became(reply, end, is_late=reply is None and end < timezone.localdate())


def by_code(code: str) -> QuerySet[Contribution]:
    """The answer with this code, with everything that its writer is told of it; one query."""
    return Contribution.objects.filter(withdraw_code=code).select_related(
        "conversation__event", "topic__event", "partner_reply__partner"
    )


def is_public(contribution: Contribution) -> bool:
    """Whether everybody may read it; one query if it is shown."""
    return contribution.state == SHOWN and found_by(PUBLIC).filter(pk=contribution.conversation_id).exists()


def asked_for(person: Person) -> QuerySet[Contribution]:
    """What young people asked for in the partnerships that `person` coordinates: first what nobody has answered, the
    late first; then the rest, the latest first. One query."""
    answered = Case(
        When(partner_reply__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return (
        Contribution.objects.filter(conversation__event__footprint__in=person.coordinated_ids, state=SHOWN)
        .exclude(due=None)
        .select_related("conversation__event", "theme", "place", "partner_reply__partner")
        .select_related("partner_contradiction__partner")
        .annotate(answered=answered)
        .order_by("answered", "due", "pk")
    )


def waiting_for_a_reply(person: Person) -> int:
    """How many of them nobody has answered; one query."""
    return asked_for(person).filter(partner_reply=None).count()


def contradictions(person: Person) -> list[Contradiction]:
    """What partners said they had not said, in the partnerships that `person` coordinates, as far as nobody has dealt
    with it and it still asks for something; the oldest first. One query."""
    found = Contradiction.objects.filter(
        settled_on=None,
        contribution__conversation__event__footprint__in=person.coordinated_ids,
        contribution__state=SHOWN,
        contribution__due__isnull=False,
        contribution__partner_reply=None,
    )
    with_all = found.select_related("partner", "contribution__theme", "contribution__place")
    return list(with_all.only(*TOLD_OF_A_CONTRADICTION).order_by("on", "pk"))


def heard(footprint: Footprint) -> list[dict[str, Any]]:
    """What young people asked for in a partnership and nobody has answered yet: rows of the engine's table `heard`, the
    same for every reader; one query.

    Only what everybody may read: shown, for an event that is public. Neither host nor age, and of the time only the
    month in which the question was first open, which its page says too: the month of the answer itself would tell
    apart the evenings of two hosts. The places are those of the partnership itself; of a ward nothing is quoted.
    """
    found = Contribution.objects.visible_to(PUBLIC).filter(
        state=SHOWN,
        conversation__event__footprint=footprint,
        place__in=footprint.places.all(),
        partner_reply=None,
    )
    return [
        {
            "place": each.place_id,
            "theme": each.theme_id,
            "text": each.text,
            "said_on": each.conversation.opens.replace(day=1),
            "moderator": gettext("the moderator"),
        }
        for each in found.exclude(theme=None).select_related("conversation").order_by("pk")
    ]


def places_of(event: Event) -> QuerySet[Place]:
    """The places that an answer may ask something for: those of the event's partnership, and none smaller than an
    authority, since a ward and a quote say where to wait for somebody."""
    small = [Place.Kind.WARD, Place.Kind.LSOA]
    return Place.objects.filter(footprints=event.footprint_id).exclude(kind__in=small).order_by("name")


def repliers(event: Event, person: Person) -> QuerySet[Partner]:
    """The partners that may reply to what young people ask for: everybody reads who it is."""
    return hosts_for(event, person).filter(marking=Marking.PUBLIC)


def links(conversation: Conversation, person: Person) -> list[ConversationLink]:
    """The links that `person` may hand out: all of them if they open conversations there, otherwise those of
    their own partner. One query besides those of the permission."""
    opens, reads = (
        may(person, action, conversation) for action in ("conversation.open", "contribution.moderate")
    )
    hosts = conversation.host_links.select_related("partner").order_by("partner__name")
    if not opens:
        hosts = hosts.filter(partner__in=person.partner_ids)
    return [
        ConversationLink(host.partner, host.token, host.given if reads else None)
        for host in hosts.annotate(given=Count("contributions"))
    ]


def by_token(token: str) -> QuerySet[Host]:
    """The host with this link, with everything that the question's page shows; one query."""
    return Host.objects.filter(token=token).select_related("conversation__event", "partner")


def to_read(conversation: Conversation) -> QuerySet[Contribution]:
    """Every answer that is not withdrawn, those waiting first, oldest on top. One query."""
    waiting_first = Case(
        When(state=Contribution.State.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return (
        conversation.contributions.exclude(state=Contribution.State.WITHDRAWN)
        .select_related("host__partner", "topic", "theme", "place", "partner_reply__partner")
        .annotate(first=waiting_first)
        .order_by("first", "given_at", "pk")
    )


def counts(conversation: Conversation) -> dict[str, int]:
    """How many answers wait and how many were withdrawn, for moderators; one query."""
    return conversation.contributions.aggregate(
        waiting=Count("pk", Q(state=Contribution.State.WAITING)),
        withdrawn=Count("pk", Q(state=Contribution.State.WITHDRAWN)),
    )


def withdrawn_topics(conversation: Conversation) -> list[Topic]:
    """Topics made from an answer that was withdrawn since: their titles may still repeat it. One query."""
    return list(
        Topic.objects.filter(
            contributions__conversation=conversation, contributions__state=Contribution.State.WITHDRAWN
        )
    )


def hosts_for(event: Event, person: Person) -> QuerySet[Any]:
    """The partners of the event's partnership that `person` may see and may ask to host; one query."""
    return Partner.objects.visible_to(person).filter(footprints=event.footprint_id).order_by("name")
