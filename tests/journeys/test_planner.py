"""People moved between tables in a real browser: by keyboard, by drag, by changing places; and without a script on a
narrow phone. What it costs shows before, and each move can be taken back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from joinedup.events.actions.event import set_tables
from joinedup.events.models import Event
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Attendee
from joinedup.tables.actions.plan import plan_event
from tests.journeys.conftest import assert_accessible
from tests.journeys.hands import Hand, session_of
from tests.world import World, published_event

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PRICED = "#who-sits-where[data-ready]"


@pytest.fixture
def planned(lived_in: World) -> Event:
    """Nine people, two tables that take three to six, one round."""
    alice = lived_in.person("alice")
    day = datetime.date.today() + datetime.timedelta(days=30)
    event = published_event(by=alice, footprint=lived_in.north, name="North meets", date=day, rounds=1)
    set_tables(by=alice, event=event, count=2, seats_min=3, seats_max=6)
    for n, partner in enumerate([lived_in.lantern, lived_in.school, lived_in.police] * 3):
        who = register(
            by=lived_in.person("nobody"),
            event=event,
            partner=partner,
            role="Worker",
            name=f"Guest {n + 1}",
            email=f"p{n}@example.org",
            part="facilitator" if n < 3 else "guest",
        )
        confirm_place(by=lived_in.person("nobody"), attendee=who)
    plan_event(by=alice, event=event, iterations=5)
    return event


@pytest.fixture
def alice(lived_in: World, open_page: Open, live_server: Any) -> Callable[..., Page]:
    def opened(**options: Any) -> Page:
        page = open_page(**options)
        cookie = {"name": "sessionid", "value": session_of(lived_in.alice), "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        return page

    return opened


def tables_of(event: Event) -> dict[str, int]:
    seats = Attendee.objects.filter(event=event).values_list("name", "seats__sitting__table__number")
    return dict(seats)


def somebody_at(event: Event, table: int) -> str:
    """Not the first there, so that the arrow keys have to go to them, and nobody who leads."""
    return [name for name, at in tables_of(event).items() if at == table and int(name[-1]) > 3][-1]


def test_people_are_moved_by_keyboard_and_by_drag(planned: Event, alice: Callable[..., Page]) -> None:
    page = alice()
    page.goto(f"/events/{planned.slug}/plan/")
    before = tables_of(planned)
    full = 1 if list(before.values()).count(1) > list(before.values()).count(2) else 2
    who = somebody_at(planned, full)
    by_keyboard(page, planned, who, 3 - full)
    taken_back_by_keyboard(page)
    assert tables_of(planned) == before
    by_drag(page, planned, who, 3 - full)
    changing_places(page, planned, who, full)


def pick_up(page: Page, who: str) -> None:
    """Reach the table with Tab and the person with the arrow keys, as one does without a mouse."""
    seat = page.locator(f".ju-seat[data-name='{who}']")
    page.locator("#to-1").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if seat.evaluate("seat => seat.closest('.ju-table').contains(document.activeElement)"):
            break
    # A table begins with the link to its page.
    page.keyboard.press("Tab")
    for _ in range(9):
        if seat.evaluate("seat => seat === document.activeElement"):
            break
        page.keyboard.press("ArrowDown")
    expect(seat).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_selector(PRICED)


def by_keyboard(page: Page, event: Event, who: str, to: int) -> None:
    said = page.locator("#move-said")
    pick_up(page, who)
    expect(said).to_have_text(re.compile(f"{who} is picked up"))
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(said).to_have_text(f"{who} stays where they were.")
    expect(page.locator(f".ju-seat[data-name='{who}']")).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_selector(PRICED)
    target = page.get_by_role("button", name=re.compile(rf"^Put here\s*, table {to}$"))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        if target.evaluate("button => button === document.activeElement"):
            break
    expect(target).to_be_focused()
    expect(target).to_have_accessible_description(re.compile("meeting|better|worse|rule"))
    page.keyboard.press("Enter")
    expect(page.locator(".ju-undo")).to_contain_text(f"{who} moved to table {to} in round 1.")
    expect(page.locator(f"[data-table='{to}'] .ju-seat[data-name='{who}']")).to_be_focused()
    expect(said).to_have_text(f"{who} moved to table {to} in round 1.")
    assert tables_of(event)[who] == to
    assert_accessible(page)


def taken_back_by_keyboard(page: Page) -> None:
    undo = page.get_by_role("button", name=re.compile("^Undo"))
    undo.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def by_drag(page: Page, event: Event, who: str, to: int) -> None:
    page.goto(f"/events/{event.slug}/plan/")
    page.locator("#round-1 .ju-tables").evaluate("tables => tables.scrollIntoView()")
    box = page.locator(f".ju-seat[data-name='{who}']").bounding_box()
    over = page.locator(f"[data-table='{to}'] .ju-table__body").bounding_box()
    assert box
    assert over
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 12)
    page.wait_for_selector(PRICED)
    page.mouse.move(over["x"] + 60, over["y"] + 50, steps=3)
    with page.expect_navigation():
        page.mouse.up()
    expect(page.locator(".ju-undo")).to_contain_text(f"{who} moved to table {to} in round 1.")
    assert tables_of(event)[who] == to


def changing_places(page: Page, event: Event, who: str, table: int) -> None:
    """A full table takes nobody more: the page offers with whom to change places."""
    event.tables.filter(number=table).update(seats_max=list(tables_of(event).values()).count(table))
    page.goto(f"/events/{event.slug}/plan/")
    page.locator(f".ju-seat[data-name='{who}']").click()
    page.wait_for_selector(PRICED)
    page.get_by_role(
        "button", name=re.compile(rf"^Full: see who could change places\s*, table {table}$")
    ).click()
    expect(page.get_by_role("heading", name=f"Move {who} to table {table} in round 1?")).to_be_visible()
    other = somebody_at(event, table)
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(rf"^Change places\s*: {other}$")).click()
    now = tables_of(event)
    assert (now[who], now[other]) == (table, 3 - table)


def test_the_same_without_a_script_on_a_phone(planned: Event, alice: Callable[..., Page]) -> None:
    hand = Hand(alice(width=320, script=False), script=False)
    before = tables_of(planned)
    here = 1 if list(before.values()).count(1) > list(before.values()).count(2) else 2
    who = somebody_at(planned, here)
    hand.go(f"/events/{planned.slug}/plan/")
    hand.page.get_by_label("Move", exact=True).select_option(
        str(planned.attendees.get(name=who).pk),
    )
    hand.press(re.compile("^See what it costs"))
    hand.reads("What each table would cost", "They sit here now.")
    hand.press(re.compile("^Move here"))
    hand.reads(f"{who} moved to table {3 - here} in round 1.")
    assert tables_of(planned)[who] == 3 - here
    hand.press(re.compile("^Undo"))
    assert tables_of(planned) == before
    hand.follow("Print cards, badges and lists")
    hand.reads("Badges", "List for the door")
