"""Local action for the tests of this room."""

import datetime
from typing import Any

from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme, Table, Topic
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.support.models import Offer
from joinedup.tables.models import Sitting
from tests.world import World

TODAY = datetime.date.today()


def make_initiative(name: str, partner: Partner, **fields: Any) -> Initiative:
    fields = {"confirmed_on": TODAY, "marking": "public"} | fields
    return Initiative.objects.create(
        name=name, slug=name.lower().replace(" ", "-"), partner=partner, **fields
    )


def surround(world: World, initiative: Initiative, number: int = 1) -> None:
    """One more of everything around an initiative, all of it kept within the North partnership."""
    partner = Partner.objects.create(
        name=f"HIDDEN partner {number}", slug=f"hidden-{number}", sector_id="health"
    )
    partner.footprints.add(world.north)
    initiative.co_partners.add(partner)
    initiative.named.add(partner)
    offer = Offer.objects.create(
        name=f"HIDDEN offer {number}",
        slug=f"offer-{number}",
        provider="Council",
        provider_partner=world.school,
        kind="fund",
    )
    initiative.offers.add(offer)
    found = make_opportunity(world, f"HIDDEN opportunity {number}")
    found.initiatives.add(initiative)
    strategy, _ = Strategy.objects.get_or_create(slug="strategy", name="Strategy", publisher="Government")
    promise = Commitment.objects.create(
        strategy=strategy, ref=f"C{number}", text=f"Promise {number}", chapter="", lead=""
    )
    initiative.commitments.add(promise)
    Update.objects.create(
        commitment=promise, on=TODAY, standing="on_the_way", text="Begun", initiative=initiative
    )


def make_opportunity(world: World, sentence: str) -> Opportunity:
    return Opportunity.objects.create(
        key=sentence,
        footprint=world.north,
        audience="partnership",
        kind="gap",
        place=world.northton,
        sentence=sentence,
        score=50,
        first_seen=TODAY,
        last_seen=TODAY,
    )


def make_agreement(world: World, initiative: Initiative, **fields: Any) -> Agreement:
    """An agreement made at table 3 in round 1, on a topic from an opportunity, that became the initiative."""
    programme, _ = Programme.objects.get_or_create(slug="days", name="Days")
    event = Event.objects.create(slug="day", name="A day", programme=programme, footprint=world.north)
    opportunity = make_opportunity(world, "HIDDEN behind it")
    topic = Topic.objects.create(event=event, title="HIDDEN topic", opportunity=opportunity)
    table = Table.objects.create(event=event, number=3)
    sitting = Sitting.objects.create(event=event, table=table, round=1, topic=topic)
    return Agreement.objects.create(
        **{
            "event": event,
            "sitting": sitting,
            "goal": "One goal",
            "action": "Do it",
            "place": world.northton,
            "theme_id": "trusted-adult",
            "measure": "Count",
            "owner_partner": world.lantern,
            "owner_role": "Manager",
            "deputy_role": "Deputy",
            "due": TODAY,
            "review_3": TODAY,
            "review_6": TODAY,
            "review_12": TODAY,
            "state": "started",
            "recorded_by": "Bob",
            "marking": "public",
            "initiative": initiative,
        }
        | fields
    )
