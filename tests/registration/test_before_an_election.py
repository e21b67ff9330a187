"""Before an election nothing new is published: new events, support and updates of a coordinator wait."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.events.actions.event import add_event
from joinedup.events.actions.publication import publish_event
from joinedup.initiatives.models import Initiative
from joinedup.strategy.actions import add_update
from joinedup.strategy.models import Commitment, Update
from joinedup.support.actions import Facts, add_offer, change_offer
from joinedup.support.models import Offer
from tests.world import World

FUND = Facts(name="Evening fund", provider="City Trust", kind="fund")


@pytest.fixture
def until(world: World) -> datetime.date:
    day = timezone.localdate() + datetime.timedelta(days=20)
    world.north.held_until = day
    world.north.save()
    return day


def test_a_coordinator_adds_no_public_support(world: World, until: datetime.date):
    alice, lead = world.person("alice"), world.person("lead")
    with pytest.raises(ValidationError, match=f"before {until.day} {until:%B %Y}"):
        add_offer(by=alice, facts=FUND)
    assert not Offer.objects.exists()
    shared = Facts(**{**vars(FUND), "marking": "partnership", "provider_partner": world.lantern})
    offer = add_offer(by=alice, facts=shared)
    with pytest.raises(ValidationError, match="Nothing new is published"):
        change_offer(by=alice, offer=offer, facts=FUND)
    national = add_offer(by=lead, facts=FUND)
    change_offer(by=lead, offer=national, facts=Facts(**{**vars(FUND), "who_may_use": "Charities"}))
    world.north.held_until = timezone.localdate()
    world.north.save()
    assert add_offer(by=alice, facts=FUND).marking == "public"


def test_a_coordinator_adds_no_evidence(world: World, until: datetime.date, commitment: Commitment, as_):
    club = Initiative.objects.create(name="Club", slug="club", partner=world.lantern, marking="public")
    update = {"on": timezone.localdate().isoformat(), "text": "Done.", "initiative": club.pk}
    page = as_("alice").post(f"/strategy/{commitment.ref}/update/", update)
    assert "Nothing new is published" in page.text
    assert not Update.objects.exists()
    whole = {
        "standing": "kept",
        "source": "https://example.org/",
        "on": timezone.localdate(),
        "text": "Done.",
    }
    add_update(by=world.person("lead"), commitment=commitment, **whole)
    assert Update.objects.count() == 1


def test_a_new_event_is_published_once_the_hold_ends(world: World, until: datetime.date, as_, monkeypatch):
    alice = world.person("alice")
    made = add_event(
        by=alice,
        footprint=world.north,
        name="Quiet day",
        date=until + datetime.timedelta(days=9),
    )
    for address in ("/events/", f"/events/{made.slug}/", f"/programmes/{made.programme.slug}/results/"):
        for who in ("nobody", "charlie", "bob"):
            assert "Quiet day" not in as_(who).get(address).text
        assert "Quiet day" in as_("alice").get(address).text
    page = as_("alice").get(f"/events/{made.slug}/show/").text
    assert f"Nothing new is published before {until.day} {until:%B %Y}." in page
    assert "Publish this event" not in page
    with pytest.raises(ValidationError, match="Nothing new is published"):
        publish_event(by=alice, event=made)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: until)
    publish_event(by=alice, event=made)
    assert "Quiet day" in as_("nobody").get(f"/events/{made.slug}/").text
