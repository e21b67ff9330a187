"""Queries of the voices pages, each a fixed number of database queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.events.models import Event, Topic
from joinedup.events.queries.events import listed
from joinedup.partners.models import Partner
from joinedup.voice.models import Contribution, Conversation, Host
from joinedup.voice.shown import shown

SHOWN = Contribution.State.SHOWN


@dataclass(frozen=True)
class ConversationLink:
    """One host's link for young people. `given` counts the answers through it, for those who may read them."""

    partner: Partner
    token: str
    given: int | None


@dataclass(frozen=True)
class ShownContribution:
    """One answer as everybody may see it. `who`: as `shown` describes the writer."""

    contribution: Contribution
    who: str
    topic: Topic | None


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
    with_topics = found.select_related("topic__event")
    return [
        ShownContribution(each.contribution, each.who, each.contribution.topic) for each in shown(with_topics)
    ]


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
        .select_related("host__partner", "topic")
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
