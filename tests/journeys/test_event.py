"""A whole event in a real browser: twelve tables, six people of different roles, from invitation to results.

The coordinator plans; a teacher is invited and comes; a young person chooses through their companion; a facilitator
without an account writes down what their table agrees; a youth worker is asked how it stands, late, and reports;
everybody reads it. Somebody of another partnership looks everywhere and sees nothing. The clock is moved forward.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from joinedup.accounts.models import User
from joinedup.accounts.person import PUBLIC, Person
from joinedup.agreements.models import Agreement, Chase, YoungMark
from joinedup.agreements.worker import ask_young_people, chase_agreements
from joinedup.events.actions.event import set_tables
from joinedup.events.actions.topics import accept_topic, propose_topic
from joinedup.events.models import Event
from joinedup.partners.models import Contact, Partner
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Attendee
from joinedup.results.worker import thank_attendees
from joinedup.tables.actions.door import check_in
from joinedup.tables.actions.leaders import answer_offer
from joinedup.tables.views import plan as planning
from tests.journeys.conftest import sign_in
from tests.journeys.hands import Hand
from tests.world import World, make_partner

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

TABLES = 12
GOAL = "Every pupil on a managed move has somebody to call"
ALL_SECTORS = ["health", "social_care", "youth_justice", "housing", "local_authority"]


class Clock:
    """What `timezone.now` says, which everything here asks."""

    def __init__(self) -> None:
        self.ahead = datetime.timedelta()

    def to(self, day: datetime.date, hour: int = 9, minute: int = 0) -> None:
        wanted = datetime.datetime.combine(day, datetime.time(hour, minute), timezone.get_default_timezone())
        self.ahead = wanted - datetime.datetime.now(datetime.UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: datetime.datetime.now(datetime.UTC) + clock.ahead)
    return clock


@pytest.fixture
def sectors(lived_in: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A partner of every sector, all public, with one contact at the school; the search for tables is kept short."""
    for sector in ALL_SECTORS:
        make_partner(f"North {sector.replace('_', ' ')}", sector, lived_in.north, [lived_in.northton], [])
    Partner.objects.update(marking="public")
    Contact.objects.create(partner=lived_in.school, role="Deputy head", email="deputy@example.org")
    monkeypatch.setattr(planning, "SECONDS", 0.5)
    return lived_in


def back_again(page: Page, user: User) -> None:
    """Signed in as before: a session ends in two weeks, and a fresh code is not what this is about."""
    client = Client()
    client.force_login(user)
    home = re.match(r"https?://[^/]+/", page.url)
    assert home is not None
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": home.group()}]
    )


def link_in(mails: list[Any], address: str, path: str) -> str:
    """The last link of that kind that was mailed to an address, as a person would press it."""
    for each in reversed(mails):
        if address in each.to and (found := re.search(rf"https?://[^\s]*({path}[^\s]*)", str(each.body))):
            return found.group(1)
    raise AssertionError(f"no {path} was mailed to {address}: {[(m.to, m.subject) for m in mails]}")


def fill_the_room(event: Event) -> None:
    """Eighty people of eight sectors; one in six leads a table. As they would from their mails."""
    partners = list(Partner.objects.filter(footprints=event.footprint_id).order_by("pk"))
    for n in range(78):
        who = register(
            by=PUBLIC,
            event=event,
            partner=partners[n % len(partners)],
            role="Worker",
            email=f"guest{n}@example.org",
            part="facilitator" if n < TABLES + 1 else "guest",
            opted_in=True,
        )
        confirm_place(by=PUBLIC, attendee=who)
        if who.offer:
            answer_offer(by=Person.operator(), attendee=who, answer="accepted")


def test_a_whole_event(sectors: World, open_page: Open, clock: Clock) -> None:
    world, today = sectors, timezone.localdate()
    day = today + datetime.timedelta(days=30)
    alice, guest = Hand(open_page(), script=True), Hand(open_page(width=320), script=True)

    # The coordinator makes the event, names who leads on safeguarding, and invites.
    sign_in(alice.page, "alice@example.org")
    alice.go("/events/add/")
    alice.fill("Name of the event", "North joins up")
    alice.page.get_by_label("Day", exact=True).fill(day.isoformat())
    alice.fill("Safeguarding lead", "The lead at the welcome desk")
    alice.fill("What young people are paid for the day, and how", "£15 an hour, through the host")
    alice.fill("Places", "96")
    alice.fill("Rounds of table talk", "2")
    alice.press(re.compile("Add|Save"))
    event = Event.objects.get(name="North joins up")
    plan = f"/events/{event.slug}"
    alice.reads("It is a draft: nobody else finds it")
    alice.follow(re.compile("^Publish it"))
    alice.press("Publish this event")
    event.refresh_from_db()
    alice.go(f"{plan}/invitations/")
    alice.press("Take in all contacts of the partnership")
    mail.outbox.clear()
    alice.press("Send 1 invitation")

    # A teacher answers from the mail, without an account, and registers.
    invitation = mail.outbox[-1]
    assert [each[2] for each in invitation.attachments] == ["text/calendar; method=PUBLISH"]
    guest.go(link_in(mail.outbox, "deputy@example.org", "/invitation/"))
    guest.press(re.compile("^(I come|Yes, I come|I am coming|Accept|Yes)"))
    guest.press("Continue")
    guest.fill("What you want to be called", "Sam")
    guest.page.get_by_label("Hilltop School (education)").check()
    guest.press("Register")
    teacher = Attendee.objects.get(email="deputy@example.org")
    assert teacher.standing == "placed"

    # A young person comes with the youth worker, by a chosen name, and chooses what is talked about.
    register(
        by=world.person("bob"),
        event=event,
        partner=world.lantern,
        role="Youth worker",
        email="bob@example.org",
        young_names=["Sky", "Robin", "Ash"],
    )
    fill_the_room(event)
    topics = [
        propose_topic(by=world.person("bob"), event=event, partner=world.lantern, title=title)
        for title in ("Getting home from school", "Somebody to call after a managed move", "Evenings")
    ]
    worker = Attendee.objects.get(email="bob@example.org")
    guest.go(f"/attending/{worker.token}/topics/")
    guest.page.locator("form").filter(has_text="Sky").get_by_label(re.compile("managed move")).check()
    guest.press(re.compile("^Save.*Sky"))
    alice.go(f"{plan}/topics/")
    for topic in topics:
        accept_topic(by=world.person("alice"), topic=topic)

    # Twelve tables are planned, and one person is moved by keyboard, with its cost shown first.
    set_tables(by=world.person("alice"), event=event, count=TABLES, seats_min=5, seats_max=9)
    alice.go(f"{plan}/plan/")
    alice.press("Plan the tables")
    assert event.sittings.count() == 2 * TABLES
    alice.go(f"{plan}/plan/print/")
    alice.reads("Sky")

    # The day: somebody is checked in by the code that they read out, the others by the list.
    clock.to(day, 9, 15)
    back_again(alice.page, world.alice)
    leader = Attendee.objects.get(email="guest0@example.org")
    sitting = event.sittings.get(round=1, seats__attendee=leader)
    alice.go(f"{plan}/check-in/")
    alice.fill("Code", f" {leader.code.lower()} ")
    alice.press("Check in")
    alice.reads(f"leads table {sitting.table.number}")
    for attendee in event.attendees.exclude(pk=leader.pk).filter(companion=None):
        check_in(by=world.person("alice"), attendee=attendee)

    # Who leads the table has no account: the link in their mail opens the table, and what it agrees goes on the wall.
    guest.go(f"/attending/{leader.token}/table/1/")
    closed = guest.page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    guest.fill("What we want to reach together", GOAL)
    guest.fill("What will be done", "One member of staff phones twice a week for a term")
    guest.fill("How we will know that it worked", "Pupils who stay for a term")
    guest.choose("Who makes sure that it happens", "Lantern Youth")
    guest.fill("Role of who makes sure that it happens", "Youth work manager")
    guest.page.locator("[name=partner_1]").select_option(label="Lantern Youth")
    guest.page.locator("[name=what_1]").fill("Two mentors")
    guest.choose("Where", "Northton")
    guest.choose("Theme", "Suspension, exclusion, managed moves")
    guest.page.get_by_label("Who may see it").select_option("public")
    guest.press("We agree")
    agreement = Agreement.objects.get()
    assert (agreement.goal, agreement.sitting, agreement.owner_partner) == (GOAL, sitting, world.lantern)
    # The wall is a page of its own, without the shell that all others share.
    alice.page.goto(f"{plan}/wall/")
    assert GOAL in alice.page.locator("main").inner_text()

    # Written by a link, it is for the partnership; its owner says yes from the mail that came at once.
    outsider = Hand(open_page(script=False), script=False)
    assert outsider.page.goto(f"/agreements/{agreement.pk}/").status == 404  # type: ignore[union-attr]
    guest.go(link_in(mail.outbox, "bob@example.org", "/agreements/named/"))
    guest.press("Yes, that is us")
    outsider.go(f"/agreements/{agreement.pk}/")
    outsider.reads(GOAL, "Lantern Youth")

    # Within the hour everybody has a page: what was agreed, whom they met, what fits.
    mail.outbox.clear()
    clock.to(day, 16, 30)
    assert thank_attendees(timezone.now()) > 70
    assert thank_attendees(timezone.now()) == 0
    assert not [each for each in mail.outbox if not each.to]
    guest.go(link_in(mail.outbox, leader.email, "/attending/"))
    guest.reads(GOAL, "Whom you met")

    # Asked before it is due: one button. Asked when it is late: the owner, then the deputy, then the coordinator.
    mail.outbox.clear()
    clock.to(agreement.due - datetime.timedelta(days=14), 8)
    assert chase_agreements(timezone.localdate()) == 1
    assert chase_agreements(timezone.localdate()) == 0
    guest.go(link_in(mail.outbox, "bob@example.org", "/agreements/report-by-mail/"))
    guest.press("It is on the way")
    for days in (1, 9, 20):
        clock.to(agreement.due + datetime.timedelta(days=days), 8)
        chase_agreements(timezone.localdate())
    late = Chase.objects.filter(agreement=agreement, about=agreement.due).order_by("pk")
    assert [each.step for each in late] == ["before", "owner", "deputy", "coordinator"]
    assert any("alice@example.org" in each.to for each in mail.outbox)
    guest.go(link_in(mail.outbox, "bob@example.org", "/agreements/report-by-mail/"))
    guest.fill("Or say what came of it", "19 of 23 pupils stayed, all of them had somebody to call.")
    guest.press("Kept: it was done")

    # Young people who were there say whether it was.
    mail.outbox.clear()
    assert ask_young_people(timezone.localdate()) == 1
    young = link_in(mail.outbox, "bob@example.org", "/agreements/young/")
    for who, answer in ((1, "Yes, it was done"), (2, "Yes, it was done"), (3, "Partly")):
        guest.go(f"{young}?who={who}")
        guest.press(re.compile(f"^{answer}"))
    assert YoungMark.objects.count() == 3

    # Published, it is read by everybody.
    back_again(alice.page, world.alice)
    alice.go(f"{plan}/publish/")
    alice.press("Publish")
    nobody = Hand(open_page(width=320, script=False), script=False)
    nobody.go(f"{plan}/results/")
    nobody.reads(GOAL, "Kept")
    nobody.go(f"{plan}/since/")
    nobody.reads(GOAL)
    nobody.go(f"/agreements/{agreement.pk}/")
    nobody.reads("2 of 3 young people")
    for name in ("Sam", "Sky", "Robin", "guest1@example.org"):
        nobody.reads_nothing_of(name)

    # Somebody of another partnership has no business with the rest.
    outside = open_page()
    sign_in(outside, "charlie@example.org")
    for page in (
        "plan",
        "plan/print",
        "people",
        "check-in",
        "wall",
        "after",
        "invitations",
        "brief",
        "day",
    ):
        answer = outside.goto(f"{plan}/{page}/")
        assert answer is not None
        assert answer.status == 404, page
    outside.goto(f"{plan}/")
    assert not re.search(r"\b(Sam|Sky|Robin|Ash)\b", outside.locator("main").inner_text())
