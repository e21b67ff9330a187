"""One turn of the cycle in a real browser: evidence → opportunity → table → agreement → initiative → commitment.

Once on a wide screen with everything checked by axe, once on a narrow phone without JavaScript.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.strategy.models import Commitment, Strategy
from tests.journeys.conftest import assert_accessible, sign_in
from tests.opportunities.making import make_figure, make_need
from tests.opportunities.records import make_match
from tests.world import World

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def ready(lived_in: World) -> World:
    """Evidence of need in Northton, public partners, and a published commitment."""
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
    make_need(
        lived_in.northton,
        "school-exclusion",
        0.9,
        certainty=0.7,
        parts=[
            {
                "indicator": "suspensions",
                "weight": 0.7,
                "percentile": 0.9,
                "state": "number",
                "period": "2025",
            }
        ],
    )
    make_match(
        lived_in.lantern,
        lived_in.school,
        lived_in.northton,
        "school-exclusion",
        "A room for pupils who are suspended from school.",
    )
    Partner.objects.update(marking="public")
    strategy = Strategy.objects.create(slug="sv", name="Serious Violence Strategy", publisher="Home Office")
    Commitment.objects.create(
        strategy=strategy,
        ref="SVS-14",
        text="Bring police and schools closer.",
        chapter="Early",
        lead="Home Office",
    )
    return lived_in


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)])
def test_one_turn_of_the_cycle(ready: World, open_page: Open, width: int, script: bool) -> None:
    page = open_page(width=width, script=script)

    def looked_at() -> None:
        page.locator("main h1").wait_for()
        if script:
            assert_accessible(page)

    def press(name: str, exact: bool = False) -> None:
        page.get_by_role("button", name=name, exact=exact).first.click()
        page.wait_for_load_state()

    # The coordinator has the list worked out and takes an opportunity up.
    sign_in(page, "alice@example.org")
    looked_at()
    page.goto("/opportunities/")
    press("Work them out again")
    looked_at()
    page.get_by_role(
        "link", name=re.compile("Suspension, exclusion, managed moves in Northton")
    ).first.click()
    page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    looked_at()
    expect(page.get_by_text("Suspensions from school in Northton")).to_be_visible()
    opportunity = page.url
    press("Take it up")
    expect(page.get_by_text("Taken up").first).to_be_visible()

    # An event, with the opportunity on its agenda.
    page.goto("/events/add/")
    page.get_by_label("Name of the event").fill("Joining up Northton")
    page.get_by_label("Day", exact=True).fill(
        (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
    )
    page.get_by_label(re.compile("^Safeguarding lead")).fill("The lead at the welcome desk")
    page.get_by_label("Places", exact=True).fill("12")
    page.get_by_label("Rounds of table talk").fill("1")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    event = Event.objects.get()
    page.goto(f"/events/{event.slug}/show/")
    looked_at()
    press("Publish this event")
    page.goto(f"/events/{event.slug}/topics/")
    press("Put on the agenda")
    looked_at()

    # Three people register, without an account.
    guest = open_page(width=width, script=script)
    for partner, role, offer in [
        ("Lantern Youth", "Youth worker", ""),
        ("Hilltop School", "Deputy head", "facilitator"),
        ("Testland Police", "Schools officer", ""),
    ]:
        guest.goto(f"/events/{event.slug}/register/")
        guest.locator("input[type=radio][value=guest]").check()
        guest.get_by_role("button", name="Continue").click()
        guest.wait_for_load_state()
        if script:
            assert_accessible(guest)
        if offer:
            guest.locator(f"input[type=radio][value={offer}]").check()
        guest.get_by_label(re.compile("^Your organisation")).select_option(label=partner)
        guest.get_by_label(re.compile("^Your role there")).fill(role)
        guest.get_by_label(re.compile("^E-mail")).fill(f"{role.replace(' ', '.').lower()}@example.org")
        guest.get_by_label(re.compile("^One thing you do")).fill(f"{role}: one evening a week")
        if offer:
            # Enter registers; it does not go back.
            guest.get_by_label(re.compile("^One thing you need")).press("Enter")
            guest.get_by_text("press its button within a day").wait_for()
        else:
            guest.locator("main form button[type=submit]").first.click()
        guest.wait_for_load_state()
        assert guest.get_by_text("There is a problem").count() == 0, guest.content()
        assert "press its button within a day" in guest.content()
        # One more click, behind the link in the one mail.
        who = event.attendees.latest("number")
        guest.goto(f"/attending/{who.token}/")
        guest.get_by_role("button", name="Yes, I am coming").click()
        guest.wait_for_load_state()
    assert [each.standing for each in event.attendees.all()] == ["placed"] * 3

    # The offer to lead a table is accepted. One table is enough for three; the plan seats them.
    page.goto(f"/events/{event.slug}/offers/")
    looked_at()
    page.get_by_role("button", name=re.compile("^Accept")).click()
    page.wait_for_load_state()
    page.goto(f"/events/{event.slug}/people/")
    looked_at()
    from joinedup.accounts.person import Person
    from joinedup.events.actions.event import set_tables

    set_tables(by=Person.of(ready.alice), event=event, count=1, seats_min=2, seats_max=6)
    page.goto(f"/events/{event.slug}/plan/")
    press("Plan the tables")
    looked_at()
    page.get_by_role("link", name=re.compile("^Table 1")).first.click()
    page.wait_for_load_state()
    looked_at()

    # At the table: an agreement, filled in already but for the goal.
    _open_everything(page)
    page.get_by_label("What we want to reach together").fill("Nobody waits more than a week for a mentor")
    page.get_by_label("Published commitment it counts towards").select_option(index=1)
    page.get_by_label("Who may see it").select_option("public")
    press("We agree")
    agreement = Agreement.objects.get()
    page.goto(f"/agreements/{agreement.pk}/")
    looked_at()

    # Its owner and the others say yes; it becomes local action, and the commitment moves.
    agreement.namings.update(answer="yes", answered_on=timezone.localdate())
    assert "Not known" in _text(page, "/strategy/SVS-14/")
    page.goto(f"/agreements/{agreement.pk}/")
    press("Start: make it local action")
    page.goto(f"/agreements/{agreement.pk}/")
    expect(page.get_by_text("Started").first).to_be_visible()
    assert "On the way" in _text(page, "/strategy/SVS-14/")

    # The chain is made of foreign keys…
    agreement.refresh_from_db()
    assert agreement.sitting is not None
    assert agreement.sitting.topic is not None
    assert agreement.opportunity == agreement.sitting.topic.opportunity
    assert agreement.opportunity is not None
    assert [f.indicator for f in agreement.opportunity.figures.all()] == ["suspensions"]
    assert agreement.initiative is not None
    assert list(agreement.initiative.commitments.all()) == [agreement.commitment]

    # …and can be walked on screen, forwards and back.
    page.goto(opportunity)
    happened = page.locator("ol.ju-chain")
    happened.get_by_role("link", name="Nobody waits more than a week for a mentor").click()
    page.wait_for_load_state()
    assert page.url.endswith(f"/agreements/{agreement.pk}/")
    chain = page.locator("ol.ju-chain")
    for name in ("Suspensions", "Joining up Northton", "Table 1", "Bring police and schools closer"):
        expect(chain.get_by_role("link", name=re.compile(name)).first).to_be_visible()
    chain.get_by_role("link", name=re.compile("Bring police and schools closer")).click()
    page.wait_for_load_state()
    looked_at()
    # Back again: commitment → initiative → agreement → opportunity → figure.
    for address in (
        f"/initiatives/{agreement.initiative.slug}/",
        f"/agreements/{agreement.pk}/",
        f"/opportunities/{agreement.opportunity_id}/",
    ):
        page.locator(f'main a[href="{address}"]').first.click()
        page.wait_for_load_state()
        assert page.url.endswith(address)
        looked_at()
    page.locator('main a[href^="/figures/"]').first.click()
    page.wait_for_load_state()
    assert re.search(r"/figures/\d+/$", page.url)
    looked_at()


def _open_everything(page: Page) -> None:
    closed = page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()


def _text(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator("main").inner_text()


def test_charlie_and_the_public_do_not_see_what_the_partnership_shares(ready: World, open_page: Open) -> None:
    """The same addresses, read by somebody of another partnership and by nobody in particular."""
    from joinedup.opportunities.models import Opportunity
    from tests.opportunities.making import make_opportunity

    secret = make_opportunity(
        ready, "secret", ready.lantern, sentence="Only the North partnership should read this."
    )
    charlie = open_page()
    sign_in(charlie, "charlie@example.org")
    nobody = open_page()
    for reader in (charlie, nobody):
        for address in (
            "/",
            "/opportunities/",
            "/places/E09000991/",
            "/partners/lantern-youth/",
            "/search/?q=north",
        ):
            reader.goto(address)
            assert "Only the North partnership" not in reader.content(), address
        answer: Any = reader.goto(f"/opportunities/{secret.pk}/")
        assert answer.status == 404
    assert Opportunity.objects.count() == 1
