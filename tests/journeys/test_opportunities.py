"""Opportunities from need to result, in a real browser: found, read, decided on, asked about, agreed and kept.

Once on a wide screen with axe on every page, once on a narrow phone without JavaScript. What appeared on the way is
then asked for by Charlie, of another partnership.
"""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Contact, Link, Partner
from tests.journeys.crawling import Reader
from tests.journeys.hands import Hand, session_of
from tests.journeys.outsiders import addresses_on, hidden_words, leaks
from tests.journeys.page_rules import faults
from tests.journeys.test_demonstration_browser import enter, tab_to
from tests.opportunities.making import make_figure, make_need
from tests.opportunities.records import make_ask, make_fund
from tests.world import World, make_partner

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

EXCLUSION = "Suspension, exclusion, managed moves in Northton"
MENTORS = "Mentoring and a trusted adult in Northton"
EASTTON = "Mentoring and a trusted adult in Eastton"
EVENINGS = "Evenings with a mentor"
BOBS = "Lantern Youth and Hilltop School could open the school hall on Friday evenings this winter."
CHARLIES = "Far Harbour could lend its minibus to whoever takes young people home from Northton at night."
CAME_OF_IT = "Nineteen young people came back to school"


@pytest.fixture
def north(lived_in: World) -> World:
    """Need in two boroughs of North; who to ask at its partners; an event to come. Only the police are public."""
    make_figure(
        lived_in.northton,
        "suspensions",
        9.3,
        percentile=0.9,
        low=8.0,
        high=10.6,
        best_rank=1,
        worst_rank=3,
        compared=33,
        middle=5.0,
    )
    part = {"indicator": "suspensions", "weight": 0.7, "percentile": 0.9, "state": "number", "period": "2025"}
    make_need(lived_in.northton, "school-exclusion", 0.8, certainty=0.7, parts=[part])
    for place in (lived_in.northton, lived_in.eastton, lived_in.southton):
        make_need(place, "trusted-adult", 0.9 if place == lived_in.northton else 0.7, certainty=0.7)
    Partner.objects.filter(pk=lived_in.police.pk).update(marking="public")
    make_partner("Northton Clinic", "health", lived_in.north, [lived_in.northton], [])
    lived_in.school.themes.add("trusted-adult")
    lived_in.lantern.themes.add("school-exclusion")
    Link.objects.create(first=lived_in.lantern, second=lived_in.police)
    Contact.objects.create(partner=lived_in.school, role="Deputy head", email="deputy@school.example.org")
    Contact.objects.create(
        partner=lived_in.police, role="Schools officer", email="schools@police.example.org"
    )
    today = datetime.date.today()
    rooms = "Two rooms after four o'clock"
    for partner, kind, text, place, theme in (
        (lived_in.lantern, "need", f"{rooms} for pupils who were excluded", lived_in.northton, "school-exclusion"),
        (lived_in.school, "offer", f"{rooms}, with a teacher", lived_in.northton, "school-exclusion"),
        (lived_in.police, "offer", "A room at the station after four o'clock", lived_in.northton, "school-exclusion"),
        (lived_in.lantern, "need", "A minibus for trips on Saturdays", lived_in.eastton, "trusted-adult"),
        (lived_in.police, "offer", "Our minibus is free on Saturdays", lived_in.eastton, "trusted-adult"),
    ):  # fmt: skip
        make_ask(partner, kind, text, place, theme, confirmed_on=today)
    make_fund(closes=today + datetime.timedelta(days=60), last_checked=today)
    Event.objects.create(
        programme=Programme.objects.create(slug="joining-up", name="Joining up"),
        footprint=lived_in.north,
        slug="joining-up-north",
        name="Joining up North",
        date=datetime.date.today() + datetime.timedelta(days=30),
    )
    return lived_in


@dataclass
class Journey:
    world: World
    script: bool
    alice: Hand
    bob: Hand
    charlie: Hand
    guest: Hand


@pytest.fixture
def set_out(north: World, open_page: Open, live_server: Any) -> Callable[..., Journey]:
    def begun(*, width: int = 1280, script: bool = True) -> Journey:
        hands = {}
        for name in ("alice", "bob", "charlie", "guest"):
            page = open_page(width=width, script=script)
            if name != "guest":
                cookie = {
                    "name": "sessionid",
                    "value": session_of(getattr(north, name)),
                    "url": live_server.url,
                }
                page.context.add_cookies([cookie])  # type: ignore[list-item]
            hands[name] = Hand(page, script)
        return Journey(north, script, **hands)

    return begun


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)])
def test_from_need_to_result(
    set_out: Callable[..., Journey], live_server: Any, width: int, script: bool
) -> None:
    on = set_out(width=width, script=script)
    the_list_is_worked_out(on.alice)
    before = steps_of(on.alice)
    the_coordinator_reads_what_is_new(on.alice)
    local_action_is_recorded_and_the_list_follows(on)
    the_coordinator_decides(on)
    partners_answer_from_their_mail(on)
    what_was_accepted_is_agreed_and_kept(on)
    after = steps_of(on.alice)
    assert {name: after[name] - before[name] for name in before if name != "Suggested"} == {
        "Asked": 1, "On an agenda": 1, "Agreed": 1, "Started": 1, "Kept": 1, "Not kept": 0, "Dropped": 0,
    }  # fmt: skip
    people_spot_what_no_register_knows(on)
    what_is_not_there_is_explained(on)
    the_picture_and_the_table_say_the_same(on)
    charlie_reads_nothing_of_it(on, Reader(urlsplit(live_server.url).netloc, session_of(on.world.charlie)))


def the_list_is_worked_out(alice: Hand) -> None:
    alice.go("/opportunities/")
    alice.reads("Not worked out yet for your partnership.")
    alice.press("Work them out again")
    alice.reads("2 found for North partnership.", "2 opportunities.")


def the_coordinator_reads_what_is_new(alice: Hand) -> None:
    alice.go("/work/")
    alice.reads("2 new, changed or gone in North partnership")
    alice.go("/opportunities/")
    alice.follow("What is new since last time")
    alice.reads("New (2)", EXCLUSION, EASTTON)
    alice.press(re.compile(rf"^Take it up\s*: {EXCLUSION}"))
    alice.reads(f"Recorded: taken up. {EXCLUSION}")
    assert alice.page.url.endswith("/opportunities/changes/")
    alice.press("I have read these")
    alice.reads("Nothing moved in this time.")
    alice.go("/work/")
    alice.reads_nothing_of("new, changed or gone")
    alice.go("/opportunities/changes/")
    alice.follow("See the whole list")
    alice.reads("2 opportunities.")


def local_action_is_recorded_and_the_list_follows(on: Journey) -> None:
    alice, bob = on.alice, on.bob
    bob.go("/initiatives/add/")
    bob.fill("What it is called", EVENINGS)
    bob.choose("Who leads it", "Lantern Youth")
    bob.tick("Who else does it with them", "Hilltop School")
    bob.tick("Where", "Northton")
    bob.tick("Themes it works on", "Mentoring and a trusted adult")
    bob.fill("How many people a year", "5")
    bob.press("Add")
    bob.reads("Recorded.", MENTORS)
    alice.go("/opportunities/changes/")
    alice.reads("New (1)", MENTORS)
    the_grid_shows_it(on)


def the_grid_shows_it(on: Journey) -> None:
    alice = on.alice
    alice.go("/opportunities/")
    alice.follow("What is done where: the grid")
    if on.script:
        row = alice.page.get_by_role("row", name=re.compile("^Northton"))
        expect(row.get_by_role("link", name=re.compile("1 opportunity on Mentoring"))).to_be_visible()
    alice.choose("Place", "Northton")
    alice.press("Show")
    alice.reads("1 initiative recorded.")
    alice.follow(re.compile("on Mentoring and a trusted adult in Northton"))
    alice.reads("1 opportunity.", MENTORS)


def the_coordinator_decides(on: Journey) -> None:
    alice, bob = on.alice, on.bob
    alice.go("/opportunities/")
    alice.follow(re.compile(EXCLUSION))
    first = alice.page.url
    alice.unfold("Give it to somebody")
    alice.choose("To whom?", "Bob, Lantern Youth")
    alice.press("Give it to them")
    alice.reads("With Bob since")
    bob.go("/work/")
    bob.reads("Opportunities given to you", EXCLUSION)
    a_while_off_the_list(alice)
    alice.follow(re.compile(MENTORS))
    alice.unfold("Set it aside")
    alice.tick("Why is it set aside?", "Not this year")
    alice.press("Set aside")
    bob.go(alice.page.url)
    bob.reads("Set aside", "Not this year (Alice,")
    alice.press("Put it back on the list")
    alice.reads("Back on the list")
    alice.go(first)
    alice.unfold("Put it on an agenda")
    alice.page.get_by_label("Which event?").select_option("joining-up-north")
    alice.press("Put on the agenda")
    alice.reads("On the agenda of Joining up North")
    mail.outbox.clear()
    alice.follow("Ask by e-mail those it names (3)")
    alice.reads(
        "Nothing is sent before you press the button below.", "Answers to it go to alice@example.org."
    )
    assert not mail.outbox
    alice.press(re.compile(r"^Send \d+ mails$"))
    alice.reads("We are writing to 3 partners.", "Hilltop School was asked by mail on")


def a_while_off_the_list(alice: Hand) -> None:
    alice.go("/opportunities/")
    alice.follow(re.compile(EASTTON))
    alice.unfold("Off the list for a while")
    alice.press("Take it off until then")
    alice.reads("Off the list until")
    alice.go("/opportunities/")
    alice.reads_nothing_of(EASTTON)
    alice.choose("State", "Off the list for a while")
    alice.press("Show")
    alice.reads("1 opportunity.")
    alice.follow(re.compile(EASTTON))
    alice.press("Wake it now")
    alice.go("/opportunities/")
    alice.reads(EASTTON)


def partners_answer_from_their_mail(on: Journey) -> None:
    letters = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert set(letters) == {"deputy@school.example.org", "schools@police.example.org", "bob@example.org"}
    said = {
        "deputy@school.example.org": "We are interested",
        "schools@police.example.org": "We already do this",
    }
    for number, (to, answer) in enumerate(said.items()):
        link = re.search(rf"^{answer}:\s+http://testserver(\S+)$", letters[to], re.MULTILINE)
        assert link
        on.guest.go(link.group(1))
        assert on.guest.page.locator("main button").count() == 1
        # Mail scanners follow links.
        assert Answer.objects.count() == number
        on.guest.press(answer)
        on.guest.reads(f"has answered: {answer}")
    on.guest.reads("We made a draft of your local action")
    school, police = Answer.objects.order_by("at")
    assert (school.partner, school.word, school.by) == (on.world.school, "interested", "Deputy head")
    assert (police.partner, police.word) == (on.world.police, "already")
    draft = Initiative.objects.get(partner=on.world.police)
    assert police.initiative == draft
    on.alice.go(f"/opportunities/{school.opportunity_id}/")
    on.alice.reads("1 is interested, 1 already does it.")


def what_was_accepted_is_agreed_and_kept(on: Journey) -> None:
    alice = on.alice
    alice.follow("Write the agreement")
    form = alice.page.locator("main form")
    written = {
        str(each.get_attribute("name")): each.input_value()
        for each in form.locator("input:not([type=hidden]), select, textarea").all()
    }
    world = on.world
    assert written["goal"] == "Suspension, exclusion, managed moves in Northton"
    assert [written[f"partner_{n}"] for n in (1, 2, 3)] == [
        str(each.pk) for each in (world.school, world.police, world.lantern)
    ]
    # Whoever was interested sees to it; only what one partner puts in is not known yet.
    assert (written["owner_partner"], written["owner_role"]) == (str(world.school.pk), "Deputy head")
    free = {"commitment", *(f"{name}_{n}" for name in ("partner", "what") for n in range(4, 9))}
    assert [name for name, value in written.items() if not value and name not in free] == ["what_3"]
    alice.page.get_by_text("What each puts in").click()
    alice.fill("Partner 3 puts in", "A mentor for each")
    alice.press("We agree")
    alice.reads(
        "Agreed: Suspension, exclusion, managed moves in Northton",
        "Two rooms after four o'clock",
        "A room at the station",
    )
    agreement = Agreement.objects.get()
    chain = alice.page.locator("ol.ju-chain")
    expect(chain.locator(f'a[href="/opportunities/{agreement.opportunity_id}/"]')).to_be_visible()
    alice.press("Start: make it local action")
    alice.reads("has not said yes to this agreement")
    agreement.namings.update(answer="yes", answered_on=timezone.localdate())
    alice.press("Start: make it local action")
    alice.reads("Started")
    alice.go(f"/agreements/{agreement.pk}/")
    alice.follow("Report how it stands")
    alice.tick("How does it stand?", "Kept: it was done")
    alice.fill("What came of it, or why not", CAME_OF_IT)
    alice.press("Report")
    alice.reads("Kept", CAME_OF_IT)


def steps_of(alice: Hand) -> dict[str, int]:
    """How many opportunities came to each step, as the page of paths says."""
    alice.go("/opportunities/paths/")
    table = alice.page.get_by_role("table", name="All together")
    names = [each.strip() for each in table.locator("thead th").all_inner_texts()][1:9]
    numbers = [int(each) for each in table.locator("tbody td").all_inner_texts()[:8]]
    return dict(zip(names, numbers, strict=True))


def people_spot_what_no_register_knows(on: Journey) -> None:
    alice, bob, charlie = on.alice, on.bob, on.charlie
    bob.go("/opportunities/")
    bob.clicks = bob.fields = 0
    bob.follow("Add one that you see")
    bob.fill("What is the opportunity?", BOBS)
    bob.choose("Where?", "Northton")
    bob.choose("On which theme?", "Mentoring and a trusted adult")
    bob.press("Continue")
    bob.tick("Partners", "Lantern Youth")
    bob.tick("Partners", "Hilltop School")
    bob.press("Add it")
    assert (bob.clicks, bob.fields) == (5, 3)
    bob.reads(BOBS, "named by who spotted it", EVENINGS, "Could be asked A Police: Testland Police")
    charlie.go("/opportunities/new/")
    charlie.fill("What is the opportunity?", CHARLIES)
    charlie.choose("Where?", "Northton")
    charlie.press("Continue")
    charlie.reads("You do not belong to it", "Testland Police")
    charlie.press("Add it")
    charlie.reads(CHARLIES, "Suggested: nobody has decided yet")
    charlie.reads_nothing_of(BOBS)
    assert charlie.page.url.endswith("/opportunities/mine/")
    bob.go("/opportunities/mine/")
    bob.reads(BOBS)
    bob.reads_nothing_of(CHARLIES)
    alice.go("/opportunities/")
    alice.reads(BOBS, CHARLIES)


def what_is_not_there_is_explained(on: Journey) -> None:
    alice = on.alice
    alice.go("/opportunities/why-not/")
    alice.tick("What do you miss in the list?", "A partner")
    alice.fill("Its name, or a part of it", "clinic")
    alice.press("Find it")
    alice.follow("Northton Clinic")
    alice.reads("Northton Clinic", "What you can do")
    assert alice.page.locator("main section p.govuk-body-l").count() >= 1
    alice.follow("Record what is missing: its themes.")
    assert alice.page.url.endswith("/partners/northton-clinic/edit/")


def the_picture_and_the_table_say_the_same(on: Journey) -> None:
    alice = on.alice
    alice.go("/opportunities/together/")
    page = alice.page
    drawn = page.locator(".ju-circle svg")
    dots = {
        (each.locator("circle").get_attribute("cx"), each.locator("circle").get_attribute("cy")): str(
            each.locator("title").text_content()
        )
        for each in drawn.locator("a").all()
    }
    pictured = set()
    for line in drawn.locator(".ju-circle__recorded, .ju-circle__joint").all():
        x1, y1, x2, y2 = re.fullmatch(
            r"M(\S+) (\S+)Q\S+ \S+ (\S+) (\S+)", str(line.get_attribute("d"))
        ).groups()
        pictured.add(frozenset({dots[x1, y1], dots[x2, y2]}))
    names, tabled = set(dots.values()), set()
    for row in page.locator(".ju-together-table tbody tr").all():
        own = row.locator("th a").inner_text()
        others = set(row.locator("td .ju-together-how a").all_inner_texts()) & names
        tabled |= {frozenset({own, other}) for other in others}
    # A recorded link, Bob's local action, and what all three agreed and began.
    three = ("Hilltop School", "Lantern Youth", "Testland Police")
    assert pictured == tabled == {frozenset(pair) for pair in combinations(three, 2)}
    assert names == {*three, "Northton Clinic"}


def charlie_reads_nothing_of_it(on: Journey, reader: Reader) -> None:
    """Every address that came up, every one that was offered there and every one that a form was sent to, opened by
    somebody of South only. Links from mails are secrets of whom they were sent to, and are not among them."""
    seen = [page for hand in (on.alice, on.bob) for pages in hand.told.values() for page in pages]
    words = hidden_words(on.world, {"report": {CAME_OF_IT}})
    # Those of the partnership do read it, so that the words are the right ones.
    members = "".join(html.unescape(page.body) for page in seen)
    assert [what for what, held in words.items() if not any(word in members for word in held)] == []
    addresses = {*addresses_on(seen), *on.charlie.told}
    answers = [reader.get(each) for each in sorted(addresses)]
    assert [f"{each.status} {each.address}" for each in answers if each.status >= 500] == []
    assert [each for answer in answers for each in leaks(answer, words)] == []
    # What is wrong with a question is said before the heading of its page, as GOV.UK has it.
    pages = [each for each in answers if each.is_page and "govuk-error-summary" not in each.body]
    assert [each for page in pages for each in faults(page)] == []
    assert len(pages) > 20
    assert {each.status for each in answers} == {200, 403, 404, 405}


def test_an_opportunity_is_spotted_by_keyboard_alone(set_out: Callable[..., Journey]) -> None:
    page = set_out().bob.page
    page.goto("/opportunities/new/")
    tab_to(page, "#id_sentence")
    page.keyboard.type(BOBS)
    tab_to(page, "#id_place")
    page.keyboard.type("Northton")
    tab_to(page, "#id_theme")
    page.keyboard.type("Mentoring")
    tab_to(page, "button[value=next]")
    enter(page)
    tab_to(page, "input[name=parties]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=add]")
    enter(page)
    made = Opportunity.objects.get(is_spotted=True)
    assert (made.sentence, made.place.name, made.theme_id) == (BOBS, "Northton", "trusted-adult")
    assert [each.name for each in made.parties.all()] == ["Lantern Youth"]
    assert page.url.endswith(f"/opportunities/{made.pk}/")
