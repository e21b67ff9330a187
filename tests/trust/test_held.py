"""Before an election a partnership publishes nothing new: what is public stays, what is new waits."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.agreements.actions.agreement import start_agreement
from joinedup.initiatives.actions import add_initiative, change_initiative
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Opportunity
from joinedup.partners.actions import add_ask, add_partner, change_partner
from joinedup.partners.models import Ask
from joinedup.strategy.models import Update
from joinedup.taxonomy.models import Sector
from joinedup.voice.actions import moderate
from tests.trust.conftest import Everything


@pytest.fixture
def held(everything: Everything) -> Everything:
    north = everything.world.north
    north.held_until = timezone.localdate() + datetime.timedelta(days=20)
    north.save()
    return everything


def test_nothing_becomes_public(held: Everything):
    world = held.world
    alice = world.person("alice")
    shared = add_initiative(by=alice, partner=world.lantern, name="Shared", marking="partnership")
    waits = held.say("Wait", "waiting")
    tries: list[Any] = [
        lambda: add_partner(
            by=alice, footprint=world.north, name="New", sector=Sector.objects.get(pk="vcs"), marking="public"
        ),
        lambda: change_partner(by=alice, partner=world.police, marking="public"),
        lambda: add_initiative(by=alice, partner=world.lantern, name="New", marking="public"),
        lambda: change_initiative(by=alice, initiative=shared, marking="public"),
        lambda: add_ask(by=alice, partner=world.lantern, kind="need", text="New", marking="public"),
        lambda: moderate(by=alice, contribution=waits, state="shown"),
    ]
    for each in tries:
        with pytest.raises(ValidationError, match="Nothing new is published before"):
            each()


def test_what_is_public_already_can_still_be_corrected(held: Everything):
    alice = held.world.person("alice")
    change_partner(by=alice, partner=held.world.lantern.__class__.objects.get(slug="lantern-youth"), does="More",
                   marking="public")  # fmt: skip
    change_initiative(by=alice, initiative=held.mentors, what="More", marking="public")


def test_the_day_itself_is_free(held: Everything):
    world = held.world
    world.north.held_until = timezone.localdate()
    world.north.save()
    add_initiative(by=world.person("alice"), partner=world.lantern, name="New", marking="public")


def test_what_starts_from_a_public_agreement_waits(held: Everything):
    alice = held.world.person("alice")
    agreed = held.agree("A goal", "public")
    assert start_agreement(by=alice, agreement=agreed).marking == "partnership"
    told = Update.objects.latest("pk")
    assert "A goal" not in told.text
    assert told.by == ""


def test_the_public_list_gains_nothing(everything: Everything):
    from joinedup.evidence.models import Need

    world = everything.world
    for theme in ("trusted-adult", "school-exclusion"):
        Need.objects.create(
            place=world.northton, theme_id=theme, need=0.9, certainty=0.9, people_at_risk=500,
            worked_out_on=timezone.localdate(),
        )  # fmt: skip
    # Something that two bodies said themselves they need and can give: of need alone the public reads nothing.
    for partner, kind in ((world.lantern, "need"), (world.school, "offer")):
        ask = Ask.objects.create(
            partner=partner, kind=kind, text="A hall", marking="public", confirmed_on=timezone.localdate()
        )
        ask.themes.add("trusted-adult")
    alice, public = world.person("alice"), Opportunity.objects.filter(audience="public", state="suggested")
    world.north.held_until = timezone.localdate() + datetime.timedelta(days=20)
    world.north.save()
    refresh(by=alice, footprint=world.north)
    assert not public.exists()
    world.north.held_until = None
    world.north.save()
    refresh(by=alice, footprint=world.north)
    assert public.exists()
