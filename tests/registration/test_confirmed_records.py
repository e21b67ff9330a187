"""A partner's own people say on the way, when they register, what of its records is still true."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Touched
from joinedup.partners.models import Ask, Partner
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Invitation
from tests.world import World

As = Callable[[str], Client]
LONG_AGO = datetime.date(2020, 1, 1)


@pytest.fixture
def clubs(world: World) -> Initiative:
    Partner.objects.update(confirmed_on=LONG_AGO)
    return Initiative.objects.create(
        name="Night clubs",
        slug="clubs",
        partner=world.lantern,
        what="Open late on Fridays",
        confirmed_on=LONG_AGO,
    )


@pytest.fixture
def invited(event: Event, world: World) -> Invitation:
    return Invitation.objects.create(
        event=event, partner=world.lantern, role="Youth worker", email="worker@example.org"
    )


def answers(world: World, **changes: object) -> dict[str, object]:
    return {
        "part": "guest",
        "partner": world.lantern.pk,
        "role": "Youth worker",
        "email": "worker@example.org",
        **changes,
    }


def test_who_was_invited_confirms_what_they_tick(
    event: Event, world: World, clubs: Initiative, invited: Invitation, as_: As
) -> None:
    page = f"/events/{event.slug}/register/?invitation={invited.token}"
    browser = as_("nobody")
    shown = browser.get(f"{page}&part=guest").content.decode()
    assert "Night clubs: Open late on Fridays" in shown
    assert "Lantern Youth (vcs), serves" in shown
    browser.post(page, answers(world, still_true=[f"action-{clubs.pk}"]))
    clubs.refresh_from_db()
    assert clubs.confirmed_on == datetime.date.today()
    assert clubs.confirmed_by == "Youth worker, when registering"
    # What was not ticked stays as it was.
    assert Partner.objects.get(pk=world.lantern.pk).confirmed_on == LONG_AGO
    assert AuditEntry.objects.filter(action="initiative.confirm").count() == 1


def test_a_member_confirms_by_name(event: Event, world: World, clubs: Initiative, as_: As) -> None:
    page = f"/events/{event.slug}/register/"
    as_("bob").post(page, answers(world, still_true=[f"partner-{world.lantern.pk}"]))
    lantern = Partner.objects.get(pk=world.lantern.pk)
    assert (lantern.confirmed_on, lantern.confirmed_by) == (datetime.date.today(), "Bob")


@pytest.mark.parametrize("name", ["nobody", "charlie"])
def test_a_stranger_is_neither_shown_nor_believed(
    event: Event, world: World, clubs: Initiative, as_: As, name: str
) -> None:
    Partner.objects.update(marking="public")
    browser, page = as_(name), f"/events/{event.slug}/register/"
    assert "Night clubs" not in browser.get(f"{page}?part=guest").content.decode()
    browser.post(page, answers(world, still_true=[f"partner-{world.lantern.pk}", f"action-{clubs.pk}"]))
    clubs.refresh_from_db()
    assert event.attendees.count() <= 1
    assert clubs.confirmed_on == LONG_AGO == Partner.objects.get(pk=world.lantern.pk).confirmed_on


def test_an_invitation_of_one_partner_says_nothing_of_another(
    event: Event, world: World, clubs: Initiative, invited: Invitation
) -> None:
    keys = [f"partner-{world.school.pk}", f"partner-{world.lantern.pk}"]
    register(
        by=world.person("nobody"),
        event=event,
        partner=world.school,
        role="Teacher",
        email="t@example.org",
        invitation=invited,
        still_true=keys,
    )
    assert not Partner.objects.exclude(confirmed_on=LONG_AGO).exists()


def test_registrations_leave_the_list_to_the_worker(
    event: Event, world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable
) -> None:
    """Hundreds may register in a minute; working the list out takes most of a second."""
    from joinedup.opportunities import engine
    from joinedup.opportunities.actions.refreshing import refresh

    refresh(by=world.person("alice"), footprint=world.north, as_of=datetime.date.today())
    monkeypatch.setattr(engine, "follow", lambda footprint: pytest.fail("followed in the request"))
    with django_capture_on_commit_callbacks(execute=True):
        register(
            by=world.person("bob"),
            event=event,
            partner=world.lantern,
            role="Worker",
            email="w@example.org",
            doing="Football",
            needing="A hall",
        )
    assert Touched.objects.filter(footprint=world.north).count() == 1


def test_whoever_else_holds_a_link_of_a_partner_does_not_speak_for_it(
    event: Event, world: World, clubs: Initiative, invited: Invitation, as_: As
) -> None:
    """The coordinator who is signed in and opens the link that a partner was sent has checked it at most."""
    page = f"/events/{event.slug}/register/?invitation={invited.token}"
    said = answers(world, still_true=[f"action-{clubs.pk}"], doing="Boxing", email="alice@example.org")
    as_("alice").post(page, said)
    clubs.refresh_from_db()
    assert (clubs.confirmed_on, clubs.checked_by) == (LONG_AGO, "coordinator")
    ask = Ask.objects.get()
    assert (ask.confirmed_on, ask.confirmed_by, ask.came) == (None, "", "registration")
    assert AuditEntry.objects.filter(action="initiative.check").count() == 1


def test_what_is_said_by_the_partners_own_link_is_its_word(
    event: Event, world: World, clubs: Initiative, invited: Invitation, as_: As
) -> None:
    as_("nobody").post(
        f"/events/{event.slug}/register/?invitation={invited.token}", answers(world, doing="Boxing")
    )
    ask = Ask.objects.get()
    assert (ask.confirmed_on, ask.confirmed_by) == (datetime.date.today(), "Youth worker, when registering")
    assert ask.came == "body"
