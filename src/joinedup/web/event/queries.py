"""Queries about events: past ones, and what an event's public page shows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.agreements.queries.agreement import AgreementLine, ThemeResult, by_theme, find_agreements, lines
from joinedup.events.models import Event
from joinedup.events.queries.events import AgendaTopic, SectorCount, agenda, is_over, listed, sector_counts
from joinedup.registration.models import Attendee
from joinedup.registration.queries.own_places import own_at, standing_words
from joinedup.registration.queries.reserved_places import Places, places_of
from joinedup.registration.waiting_words import kept_words
from joinedup.voice.models import Contribution, Conversation


def past(person: Person, on: datetime.date) -> QuerySet[Event]:
    """Events that took place, latest first, as `with_agreed` says."""
    return (
        with_agreed(person, on)
        .filter(Q(is_history=True) | Q(date__lt=on))
        .select_related("programme")
        .order_by(F("date").desc(nulls_last=True), "name")
    )


def with_agreed(person: Person, on: datetime.date) -> QuerySet[Event]:
    """The events that `person` may find, each with `agreed`: how many of its agreements they may see."""
    visible = Agreement.objects.visible_to(person).values("pk")
    return listed(person, on).annotate(
        agreed=Count("agreements", filter=Q(agreements__in=visible), distinct=True)
    )


@dataclass(frozen=True)
class EventPage:
    coming: list[SectorCount]
    places: Places
    # Whom places that are left are kept for, in words.
    kept: str
    topics: list[AgendaTopic]
    conversations: list[Any]
    voices: list[Any]
    agreements: list[AgreementLine]
    results: list[ThemeResult]
    is_over: bool
    # What the reader has there, if signed in, each with a sentence.
    own: list[tuple[Attendee, str]]

    @property
    def is_registered(self) -> bool:
        return any(each.standing not in Attendee.GONE for each, _words in self.own)


def event_page(person: Person, event: Event, on: datetime.date) -> EventPage:
    """What is public about an event, with the agreements that `person` may see and what they have there
    themselves; 11 queries, 12 for who is signed in."""
    placed = event.attendees.filter(standing=Attendee.Standing.PLACED)
    sectors = list(placed.order_by().values_list("sector__order", "sector__name"))
    agreed = lines(person, find_agreements(person, on, event=event.slug), on)
    conversations, places = _conversations(event), places_of(event)
    return EventPage(
        coming=sector_counts(sectors),
        places=places,
        kept=kept_words(places),
        topics=agenda(person, event),
        conversations=conversations,
        voices=_voices(event),
        agreements=agreed,
        results=by_theme(agreed),
        is_over=is_over(event, on),
        own=[(each, standing_words(each)) for each in own_at(person, event.pk)],
    )


def _conversations(event: Event) -> list[Any]:
    return list(Conversation.objects.filter(event=event))


def _voices(event: Event) -> list[Any]:
    """Answers of young people that a trained adult has read and made public."""
    shown = Contribution.objects.filter(conversation__event=event, state="shown").exclude(
        age_band=Contribution.ADULT
    )
    return list(shown.select_related("conversation")[:6])
