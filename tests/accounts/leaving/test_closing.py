"""Somebody leaves: access, sessions, feeds, links and mails end at once, and what they looked after passes on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from joinedup.accounts import actions
from joinedup.accounts.leaving import closing
from joinedup.accounts.leaving.closing import close_account, forget_passed, undo_closing
from joinedup.accounts.leaving.fates import CALLED, FATES, Fate, ways_to_an_account
from joinedup.accounts.leaving.handover import left_by
from joinedup.accounts.links import make_link, read_link
from joinedup.accounts.models import AuditEntry, Closing, Grant, Preference, Session, User
from joinedup.clusters.models import Follower
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.mail.compose import compose
from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import send_due, store
from joinedup.partners.models import Contact
from joinedup.registration.models import Attendee
from joinedup.support.models import Offer
from tests.world import World, make_user

As = Callable[[str], Client]
WORDS = dict.fromkeys(("by", "body", "role", "link"), "x")


@pytest.fixture
def dora(world: World) -> User:
    """Bob's colleague at Lantern Youth."""
    return make_user("dora@example.org", "Dora", "partner_member", partner=world.lantern)


@pytest.fixture
def things(world: World, dora: User) -> dict[str, Any]:
    """What Bob looks after, and what of Charlie's nobody touches."""
    offer = Offer.objects.create(
        name="Grant", slug="grant", kind="fund", basis="rolling", owner=world.bob, marking="public"
    )
    hidden = Offer.objects.create(
        name="Secret", slug="secret", kind="fund", basis="rolling", owner=world.bob, marking="named"
    )
    theirs = Offer.objects.create(
        name="Theirs", slug="theirs", kind="fund", basis="rolling", owner=world.charlie, marking="public"
    )
    contact = Contact.objects.create(partner=world.lantern, role="Head", name="Bob", email="bob@example.org")
    return {"offer": offer, "hidden": hidden, "theirs": theirs, "contact": contact}


def test_every_way_to_an_account_is_decided_about() -> None:
    """A new foreign key to an account, or a new field with an address, needs a word in `FATES`."""
    assert {key for key, _model, _field in ways_to_an_account()} == set(FATES)
    assert set(FATES.values()) == set(Fate)
    assert {key for key, fate in FATES.items() if fate is Fate.PASSES} <= set(CALLED) <= set(FATES)


@pytest.mark.parametrize("who", ["alice", "admin", "bob"])
def test_a_leaver_has_no_access_the_same_moment(world: World, as_: As, who: str) -> None:
    browser, calendar = as_("bob"), Preference.objects.create(user=world.bob).calendar_token
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    token = make_link("confirm", 1, world.bob)
    feeds = [reverse("my_calendar", args=[calendar]), reverse("clusters_feed", args=[follower.token])]
    assert [Client().get(each).status_code for each in feeds] == [200, 200]
    close_account(by=world.person(who), user=world.bob)
    assert browser.get("/work/").status_code == 302
    assert Session.objects.filter(user=world.bob).count() == 0
    assert [Client().get(each).status_code for each in feeds] == [404, 404]
    assert read_link("confirm", token) is None
    assert [each.action for each in AuditEntry.objects.all()] == ["account.close"]


def test_no_mail_goes_to_a_leaver_from_any_room(world: World) -> None:
    mails = [compose("accounts/mails/invited", to, WORDS) for to in ("Bob@example.org", "alice@example.org")]
    store([compose("accounts/mails/invited", "bob@example.org", WORDS)], footprint=None, facts={})
    close_account(by=world.person("admin"), user=world.bob)
    assert store(mails, footprint=None, facts={}) == 1
    assert send_due(timezone.now() + datetime.timedelta(minutes=2)).accepted == 1
    assert [each.to for each in mail.outbox] == [["alice@example.org"]]
    assert not OutgoingMail.objects.filter(to__iexact="bob@example.org").exists()


def test_who_registers_after_leaving_is_answered(world: World, event: Event) -> None:
    close_account(by=world.person("admin"), user=world.bob)
    Attendee.objects.create(
        event=event, partner=world.school, role="Resident", email="bob@example.org", number=1, sector_id="vcs"
    )
    store([compose("accounts/mails/invited", "bob@example.org", WORDS)], footprint=None, facts={})
    send_due(timezone.now())
    assert [each.to for each in mail.outbox] == [["bob@example.org"]]


@pytest.mark.parametrize(
    ("who", "whose"),
    [("bob", "alice"), ("charlie", "bob"), ("lead", "bob"), ("alice", "charlie"), ("alice", "admin")],
)
def test_nobody_closes_an_account_that_is_not_theirs_to_close(world: World, who: str, whose: str) -> None:
    with pytest.raises(PermissionDenied):
        close_account(by=world.person(who), user=getattr(world, whose))
    assert getattr(world, whose).grants.exists()
    assert (Closing.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_member_elsewhere_too_is_not_a_coordinators_to_close(world: World, as_: As) -> None:
    Grant.objects.create(user=world.bob, role="partner_member", partner=world.harbour)
    with pytest.raises(PermissionDenied):
        close_account(by=world.person("alice"), user=world.bob)
    page = as_("alice").get(f"/people/{world.bob.pk}/close/").content.decode()
    assert "an administrator can close the account" in page
    assert "Harbour" not in page
    assert as_("alice").post(f"/people/{world.bob.pk}/close/").status_code == 200
    assert User.objects.get(pk=world.bob.pk).is_active
    assert as_("alice").get(f"/people/{world.charlie.pk}/close/").status_code == 404


def test_the_last_administrator_stays(world: World, as_: As) -> None:
    with pytest.raises(ValidationError, match="must be an administrator"):
        close_account(by=world.person("admin"), user=world.admin)
    page = as_("admin").post("/account/close/")
    assert b"There must be an administrator" in page.content


def test_what_they_looked_after_passes_on_and_comes_back(
    world: World, as_: As, things: dict[str, Any], dora: User
) -> None:
    browser = as_("alice")
    path = f"/people/{world.bob.pk}/close/"
    page = browser.get(path).content.decode()
    for words in ("Support they look after", "Grant", "Dora", "bob@example.org"):
        assert words in page, words
    assert not any(words in page for words in ("Secret", "Theirs", "Charlie"))
    names = {"support-offer-owner": dora.pk, "partners-contact-email": dora.pk}
    response = browser.post(path, names)
    closed = Closing.objects.get()
    assert response["Location"] == f"/people/closed/{closed.pk}/"
    for each in things.values():
        each.refresh_from_db()
    assert (things["offer"].owner, things["hidden"].owner, things["theirs"].owner) == (
        dora,
        world.bob,
        world.charlie,
    )
    assert (things["contact"].email, things["contact"].name) == ("dora@example.org", "Dora")
    assert "now with Dora" in browser.get(response["Location"]).content.decode()
    assert "Closed in the last day" in browser.get("/people/").content.decode()
    assert as_("charlie").get(response["Location"]).status_code == 404
    assert browser.post(response["Location"])["Location"] == "/people/"
    for each in things.values():
        each.refresh_from_db()
    assert (things["offer"].owner, things["contact"].email) == (world.bob, "bob@example.org")
    assert User.objects.get(pk=world.bob.pk).is_active
    assert [each.action for each in AuditEntry.objects.all()] == ["account.undo_close", "account.close"]
    assert Closing.objects.get().passed == []


def test_nobody_yet_is_an_answer(world: World, as_: As, things: dict[str, Any]) -> None:
    as_("alice").post(f"/people/{world.bob.pk}/close/", {})
    things["offer"].refresh_from_db()
    assert things["offer"].owner == world.bob
    assert Closing.objects.get().passed == []


def test_a_stranger_is_not_chosen(world: World, things: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="who are offered"):
        close_account(by=world.person("alice"), user=world.bob, to={"support.Offer.owner": world.charlie.pk})
    assert User.objects.get(pk=world.bob.pk).is_active


def test_nobody_becomes_the_contact_of_a_body_that_is_not_theirs(
    world: World, as_: As, things: dict[str, Any], dora: User
) -> None:
    """A contact answers for the body by mail."""
    with pytest.raises(ValidationError, match="Only a member"):
        close_account(by=world.person("admin"), user=world.bob, to={"partners.Contact.email": world.alice.pk})
    assert User.objects.get(pk=world.bob.pk).is_active
    page = as_("admin").get(f"/people/{world.bob.pk}/close/").content.decode()
    asked = page[page.index('name="partners-contact-email"') :]
    assert ("Dora" in asked[: asked.index("</select>")], "Alice" in asked[: asked.index("</select>")]) == (
        True,
        False,
    )
    asked = page[page.index('name="support-offer-owner"') :]
    assert "Alice" in asked[: asked.index("</select>")]


def test_what_changed_hands_since_stays_there(world: World, things: dict[str, Any], dora: User) -> None:
    closed = close_account(by=world.person("alice"), user=world.bob, to={"support.Offer.owner": dora.pk})
    Offer.objects.filter(pk=things["offer"].pk).update(owner=world.alice)
    undo_closing(by=world.person("alice"), closing=closed)
    things["offer"].refresh_from_db()
    assert things["offer"].owner == world.alice


def test_after_a_day_it_stays_closed_and_nothing_is_remembered(
    world: World, things: dict[str, Any], dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = close_account(by=world.person("alice"), user=world.bob, to={"partners.Contact.email": dora.pk})
    later = timezone.now() + datetime.timedelta(days=1, seconds=1)
    monkeypatch.setattr(closing.timezone, "now", lambda: later)
    with pytest.raises(ValidationError, match="no longer be undone"):
        undo_closing(by=world.person("alice"), closing=closed)
    assert forget_passed(later) == 1
    assert Closing.objects.get().passed == []


def test_a_person_does_not_open_their_own_account(world: World) -> None:
    closed = close_account(by=world.person("bob"), user=world.bob)
    with pytest.raises(PermissionDenied):
        undo_closing(by=world.person("bob"), closing=closed)


def test_with_the_last_role_the_account_closes_and_an_invitation_opens_it(world: World) -> None:
    grant = world.bob.grants.get()
    actions.take_role_away(by=world.person("alice"), grant=grant)
    assert not User.objects.get(pk=world.bob.pk).is_active
    actions.invite_person(by=world.person("alice"), email="bob@example.org", partner=world.school)
    bob = User.objects.get(pk=world.bob.pk)
    assert (bob.is_active, [each.partner for each in bob.grants.all()]) == (True, [world.school])


def test_only_an_administrator_invites_again_whose_account_was_closed(world: World) -> None:
    close_account(by=world.person("admin"), user=world.bob)
    with pytest.raises(ValidationError, match="An administrator can"):
        actions.invite_person(by=world.person("alice"), email="bob@example.org", partner=world.school)
    actions.invite_person(by=world.person("admin"), email="bob@example.org", partner=world.school)
    bob = User.objects.get(pk=world.bob.pk)
    assert (bob.is_active, [each.partner for each in bob.grants.all()]) == (True, [world.school])


def test_a_person_closes_their_own_account(world: World, as_: As) -> None:
    browser = as_("bob")
    assert "/account/close/" in browser.get("/account/yours/").content.decode()
    assert browser.post(f"/people/{world.bob.pk}/close/")["Location"] == "/account/close/"
    assert b"Close your account?" in browser.get("/account/close/").content
    page = browser.post("/account/close/", {}, follow=True)
    assert b"Your account is closed" in page.content
    assert not User.objects.get(pk=world.bob.pk).is_active


def test_left_by_asks_the_same_whatever_the_number(world: World) -> None:
    counts = []
    for number in (1, 3):
        for n in range(number):
            Initiative.objects.create(
                partner=world.lantern,
                name=f"I{number}{n}",
                slug=f"i{number}{n}",
                level="primary",
                owner=world.bob,
            )
        with CaptureQueriesContext(connection) as queries:
            left_by(world.bob, world.person("alice"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
