"""What is held about a person, as one file: all of theirs, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from joinedup.accounts.actions import change_details
from joinedup.accounts.leaving.fates import ways_to_an_account
from joinedup.accounts.leaving.own_data import OWN, TOLD, take_own_data
from joinedup.accounts.models import AuditEntry, Preference
from joinedup.clusters.models import Follower
from joinedup.events.models import Event
from joinedup.mail.compose import compose
from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import store
from joinedup.partners.models import Contact
from joinedup.registration.models import Attendee
from joinedup.support.models import Offer
from tests.event_world import register
from tests.world import World, make_user

As = Callable[[str], Client]
WORDS = dict.fromkeys(("by", "body", "role", "link"), "x")


def opened(data: bytes) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        assert sorted(held.namelist()) == ["your-data.html", "your-data.json"]
        return json.loads(held.read("your-data.json")), held.read("your-data.html").decode()


@pytest.fixture
def filled(world: World, event: Event) -> World:
    """Something of Bob in every section; beside it what belongs to others."""
    make_user("dora@example.org", "Dora Other", "partner_member", partner=world.lantern)
    change_details(by=world.person("bob"), name="Bob", job="Youth worker")
    Contact.objects.create(partner=world.lantern, role="Head", name="Bob B", email="bob@example.org")
    Contact.objects.create(
        partner=world.lantern, role="Deputy", name="Dora Other", email="dora@example.org", added_by=world.bob
    )
    Offer.objects.create(name="Bob's fund", slug="f", kind="fund", owner=world.bob, marking="public")
    Follower.objects.create(user=world.bob, footprint=world.north)
    Preference.objects.create(user=world.bob, digest="never")
    who = register(world, event, world.lantern, "Youth worker", email="bob@example.org", name="Bob")
    Attendee.objects.filter(pk=who.pk).update(dietary="Vegan", said={"offer": "write to dora@example.org"})
    held = register(world, event, world.school, "Held by a stranger", email="bob@example.org", name="Rob")
    Attendee.objects.filter(pk=held.pk).update(standing="held")
    register(world, event, world.school, "Head", email="dora@example.org", name="Dora Other")
    OutgoingMail.objects.all().delete()
    letters = [compose("accounts/mails/invited", to, WORDS) for to in ("bob@example.org", "dora@example.org")]
    store(letters, footprint=None, facts={})
    return world


def test_everything_of_theirs_is_there_and_nothing_of_others(filled: World, as_: As) -> None:
    browser = as_("bob")
    assert browser.get("/account/data/").status_code == 200
    answer = browser.post("/account/data/")
    assert answer["Content-Type"] == "application/zip"
    found, page = opened(answer.content)
    told = json.dumps(found)
    for words in ("bob@example.org", "Youth worker", "Partner member, Lantern Youth", "Never", "Bob B", "Vegan",
                  "Bob's fund", "North meets", "account.change", "invites you to JoinedUp"):  # fmt: skip
        assert words in told, words
    for words in ("Vegan", "Youth worker", "North meets"):
        assert words in page, words
    for words in ("dora@example.org", "Dora Other", "Held by a stranger", "alice@example.org"):
        assert words not in told + page, words
    follower, preference = Follower.objects.get(), Preference.objects.get()
    tokens = [follower.token, preference.calendar_token, browser.session.session_key]
    tokens += Attendee.objects.values_list("token", flat=True)
    assert [each for each in tokens if each and each in told + page] == []
    assert AuditEntry.objects.first().action == "account.take_data"  # type: ignore[union-attr]


def test_an_administrator_takes_it_for_who_asked(filled: World, as_: As) -> None:
    found, _page = opened(as_("admin").post(f"/people/{filled.bob.pk}/data/").content)
    assert "Vegan" in json.dumps(found)


@pytest.mark.parametrize("who", ["alice", "charlie", "lead", "nobody"])
def test_nobody_else_takes_it(world: World, as_: As, who: str) -> None:
    with pytest.raises(PermissionDenied):
        take_own_data(by=world.person(who), user=world.bob)
    if who != "nobody":
        assert as_(who).post(f"/people/{world.bob.pk}/data/").status_code == 404
    assert AuditEntry.objects.count() == 0


def test_what_is_told_whole_can_be_found() -> None:
    """A kind that is renamed is missed here first."""
    assert {*OWN, *TOLD} <= {model._meta.label for _key, model, _field in ways_to_an_account()}
