"""Fixtures of an event of the North partnership: topics, attendees, tables, agreements."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from joinedup.agreements.actions.agreement import Contributed, record_agreement
from joinedup.agreements.models import Agreement
from joinedup.events.actions.event import add_event, set_tables
from joinedup.events.actions.publication import publish_event
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event
from joinedup.evidence.models import Dataset, Figure
from joinedup.opportunities.models import Opportunity
from joinedup.registration.actions import registration as registration_actions
from joinedup.registration.actions.companions import answer_ask, vouch
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.models import Attendee
from joinedup.strategy.models import Commitment, Strategy
from joinedup.tables.actions.leaders import answer_offer
from joinedup.tables.actions.plan import plan_event
from joinedup.tables.models import Sitting
from joinedup.taxonomy.models import Theme
from tests.standing import layer
from tests.world import World

SOON = datetime.timedelta(days=30)


@pytest.fixture(autouse=True)
def no_mails_counted() -> None:
    """Reset the cache, which counts the mails caused by strangers today."""
    cache.clear()


@layer(on="world")
def drafted(world: World) -> Event:
    """A new event: a draft, which only planners can find."""
    return add_event(
        by=world.person("alice"),
        footprint=world.north,
        name="North meets",
        purpose="Agree what we do together.",
        date=timezone.localdate() + SOON,
        starts=datetime.time(9, 30),
        ends=datetime.time(15, 0),
        venue="The Hall",
        access="Step-free",
        safeguarding_lead="Lead of the partnership",
        capacity=20,
        rounds=2,
    )


@layer(on="drafted")
def published(world: World, drafted: Event) -> Event:
    return publish_event(by=world.person("alice"), event=drafted)


# Fixtures in other folders have the same names, and layers are identified by name only.
@pytest.fixture
def draft(drafted: Event) -> Event:
    return drafted


@pytest.fixture
def event(published: Event) -> Event:
    return published


@pytest.fixture
def theme(world: World) -> Theme:
    return Theme.objects.get(pk="trusted-adult")


@pytest.fixture
def commitment(db: None) -> Commitment:
    strategy = Strategy.objects.create(slug="svs", name="Serious Violence Strategy", publisher="Home Office")
    return Commitment.objects.create(
        strategy=strategy,
        ref="C01",
        text="More trusted adults for young people",
        chapter="Prevention",
        lead="HO",
    )


def make_figure(world: World) -> Figure:
    dataset = Dataset.objects.create(
        name="knife",
        title="Knife crime",
        source="mps_ward",
        publisher="Testland Police",
        licence="OGL",
        file_name="k.csv",
        content_hash="0" * 64,
        stored_as="k.parquet",
        rows_read=1,
        rows_kept=1,
    )
    return Figure.objects.create(
        indicator="knife-offences",
        place=world.northton,
        period="2025",
        state="number",
        value=12.5,
        dataset=dataset,
    )


def make_chance(world: World, key: str = "k1", **fields: Any) -> Opportunity:
    today = timezone.localdate()
    parties = fields.pop("parties", [world.lantern, world.school])
    theme = {} if "theme" in fields else {"theme_id": "trusted-adult"}
    made = Opportunity.objects.create(
        key=key,
        **{
            "footprint": world.north,
            "audience": "partnership",
            "kind": "match",
            "place": world.northton,
            **theme,
            "score": 70.0,
            "sentence": f"Sentence for members only {key}",
            "first_step": "Meet and name a lead.",
            "first_seen": today,
            "last_seen": today,
            **fields,
        },
    )
    made.parties.set(parties)
    return made


@pytest.fixture
def make_opportunity(world: World) -> Callable[..., Opportunity]:
    return partial(make_chance, world)


@dataclass
class Planned:
    """Eight people, two tables, two rounds, one topic, planned; the topic's opportunity rests on a figure."""

    event: Event
    opportunity: Opportunity
    figure: Figure


@layer(on="published")
def planned(world: World, published: Event) -> Planned:
    event = published
    alice = world.person("alice")
    figure = make_figure(world)
    opportunity = make_chance(world)
    opportunity.figures.add(figure)
    choose_opportunity(by=alice, event=event, opportunity=opportunity)
    set_tables(by=alice, event=event, count=2, seats_min=3, seats_max=6)
    for partner in (world.lantern, world.school, world.police):
        register(world, event, partner, "Leader", part="facilitator", name=f"{partner.name} leader")
        register(world, event, partner)
    register(world, event, world.police)
    register(world, event, world.lantern)
    plan_event(by=alice, event=event, iterations=30)
    return Planned(event, opportunity, figure)


@pytest.fixture
def seated(planned: Planned) -> Event:
    """The event of `planned`."""
    return planned.event


@pytest.fixture
def figure(world: World, request: pytest.FixtureRequest) -> Figure:
    if "planned" in request.fixturenames:
        found: Figure = request.getfixturevalue("planned").figure
        return found
    return make_figure(world)


@pytest.fixture
def opportunity(world: World, figure: Figure, request: pytest.FixtureRequest) -> Opportunity:
    if "planned" in request.fixturenames:
        found: Opportunity = request.getfixturevalue("planned").opportunity
        return found
    made = make_chance(world)
    made.figures.add(figure)
    return made


def register(world: World, event: Event, partner: Any, role: str = "Worker", **fields: Any) -> Attendee:
    """Register somebody with a confirmed address; companions are vouched for by Alice, who plans the event,
    and an offer to lead a table is accepted. A young person's companion has said yes."""
    count = event.attendees.count()
    address = "" if fields.get("part") == "young_person" else f"p{count}@example.org"
    email = fields.pop("email", address)
    nobody, alice = world.person("nobody"), world.person("alice")
    who = registration_actions.register(
        by=nobody, event=event, partner=partner, role=role, email=email, **fields
    )
    if who.is_young:
        adult = who.wanted_companion
        assert adult is not None
        vouch(by=alice, attendee=adult)
        return answer_ask(by=nobody, through=adult, young=who, yes=True)
    who = confirm_place(by=nobody, attendee=who)
    if "companion" in who.parts:
        vouch(by=alice, attendee=who)
    if who.offer:
        answer_offer(by=alice, attendee=who, answer="accepted")
    return Attendee.objects.select_related("event", "partner", "companion").get(pk=who.pk)


@pytest.fixture
def come(world: World) -> Callable[..., Attendee]:
    """`come(event, partner, role, …)`."""
    return partial(register, world)


@pytest.fixture
def sitting(seated: Event) -> Sitting:
    """A table with the opportunity as its topic, where Lantern Youth sits."""
    at = Sitting.objects.filter(
        event=seated, topic__isnull=False, seats__attendee__partner__slug="lantern-youth"
    )
    found = at.first()
    assert found is not None
    return found


@pytest.fixture
def parts(world: World, theme: Theme) -> dict[str, Any]:
    """All fields of an agreement."""
    return {
        "goal": "A mentor for every young person who asks",
        "action": "Train ten mentors and match them.",
        "place": world.northton,
        "theme": theme,
        "measure": "Young people with a mentor after three months",
        "owner_partner": world.lantern,
        "owner_role": "Youth work manager",
        "deputy_partner": world.school,
        "deputy_role": "Head of year",
        "due": timezone.localdate() + datetime.timedelta(days=180),
        "contributions": [
            Contributed(world.lantern, "Two mentors"),
            Contributed(world.school, "A room"),
        ],
        "commitment": None,
        "marking": "public",
    }


@pytest.fixture
def agree(event: Event, world: World, parts: dict[str, Any]) -> Callable[..., Agreement]:
    """`agree(goal=…)` records an agreement not made at a table, to which all named bodies have said yes;
    `agree(said="")`: nobody has answered yet."""

    def agree(*, said: str = "yes", **changes: Any) -> Agreement:
        whole = parts | changes
        made = record_agreement(by=world.person("alice"), event=whole.pop("event", event), **whole)
        if said:
            day = timezone.localdate()
            made.namings.update(answer=said, answered_on=day, answered_by="Their people")
        return made

    return agree
