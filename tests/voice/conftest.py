"""A question that is open, with two hosts: Lantern Youth, which is not public, and Hilltop School, which is."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache

from joinedup.events.models import Event, Programme
from joinedup.voice.models import Contribution, Conversation, Host
from tests.world import World

TODAY = datetime.date.today()


@dataclass
class Asked:
    event: Event
    conversation: Conversation
    lantern: Host
    school: Host

    def answer(
        self, text: str, state: str = "waiting", host: Host | None = None, **fields: Any
    ) -> Contribution:
        """An answer that came through Lantern Youth, unless said otherwise."""
        read = {"read_by": "Alice", "read_on": TODAY} if state in ("shown", "refused") else {}
        return Contribution.objects.create(
            conversation=self.conversation,
            host=host or self.lantern,
            text=text,
            state=state,
            **{"age_band": "14-15", **read, **fields},
        )


@pytest.fixture
def event(world: World) -> Event:
    programme = Programme.objects.create(slug="p", name="Programme")
    return Event.objects.create(
        programme=programme,
        footprint=world.north,
        slug="day",
        name="The day",
        safeguarding_lead="Head of safeguarding, Northton",
    )


@pytest.fixture
def asked(world: World, event: Event) -> Asked:
    cache.clear()
    conversation = Conversation.objects.create(
        event=event,
        slug="safer",
        question="What would make your way home safer?",
        why="So that the council can act.",
        opens=TODAY - datetime.timedelta(days=1),
        closes=TODAY + datetime.timedelta(days=7),
    )
    world.school.marking = "public"
    world.school.save()
    lantern, school = (
        Host.objects.create(conversation=conversation, partner=partner, token=f"token-{partner.slug}")
        for partner in (world.lantern, world.school)
    )
    return Asked(event, conversation, lantern, school)
