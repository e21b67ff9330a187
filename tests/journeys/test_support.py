"""Support in a browser, at both widths: read a funder's page, confirm it, see it where it counts; axe on each page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from joinedup.accounts.links import make_link
from joinedup.support.keepers import PURPOSE
from joinedup.support.models import Offer
from tests.journeys.conftest import assert_accessible, sign_in
from tests.journeys.hands import session_of
from tests.support.test_pages import make_offer
from tests.world import World

TODAY = timezone.localdate()
PAGE = f"""Mentor Grants
City Trust offers up to £5,000 for mentoring.
Who can apply?
Charities in Northton.
Apply by 3 May {TODAY.year + 1}.
"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_from_a_pasted_page_to_funds_that_fit_you(
    lived_in: World, open_page: Callable[..., Page], width: int
) -> None:
    old = make_offer("Old grant", basis="closed", footprint=lived_in.north)
    due = make_offer(
        "Due grant", footprint=lived_in.north, owner=lived_in.alice, basis="rolling", check_by=TODAY,
        last_checked=TODAY - datetime.timedelta(days=100), who_may_use="Charities", url="https://trust.example/due",
    )  # fmt: skip
    alice = open_page(width=width)
    sign_in(alice, lived_in.alice.email)
    alice.goto("/support/")
    assert_accessible(alice)
    alice.get_by_role("link", name="Add support from a funder’s page").click()
    assert_accessible(alice)
    alice.get_by_label("Paste the page").fill(PAGE)
    alice.get_by_role("button", name="Read it").click()
    alice.wait_for_load_state()
    assert "Read from:" in alice.content()
    assert_accessible(alice)
    assert not Offer.objects.filter(name="Mentor Grants").exists()
    alice.get_by_role("button", name="Save").click()
    alice.wait_for_url(re.compile("/support/mentor-grants-"))
    assert_accessible(alice)
    for path in (
        "/support/add/",
        f"/support/{old.slug}/reopen/",
        f"/support/{due.slug}/keeper/",
        f"/support/{due.slug}/confirm/",
        "/bring/support-lists/list/",
    ):
        alice.goto(path)
        assert_accessible(alice)
    alice.goto("/work/")
    assert "Support to check with its provider" in alice.content()
    assert_accessible(alice)

    by_mail = open_page(width=width)
    by_mail.goto(f"/support/check-by-mail/{make_link(PURPOSE, due.pk, lived_in.alice)}/")
    assert_accessible(by_mail)
    by_mail.get_by_role("button", name="I checked it today: still true").click()
    by_mail.wait_for_load_state()
    assert "Due grant is checked" in by_mail.content()
    assert_accessible(by_mail)

    bob = open_page(width=width)
    sign_in(bob, lived_in.bob.email)
    bob.goto("/work/")
    assert "Mentor Grants" in bob.content()
    assert_accessible(bob)
    bob.get_by_role("button", name=re.compile("^Not for us")).first.click()
    bob.wait_for_load_state()
    bob.get_by_text("that you said is not for you").click()
    assert_accessible(bob)
    bob.get_by_role("button", name=re.compile("^Undo")).click()
    bob.wait_for_load_state()
    assert bob.get_by_role("button", name=re.compile("^Not for us")).count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_a_shared_list_in_a_browser(
    lived_in: World, open_page: Callable[..., Page], live_server: Any, width: int
) -> None:
    make_offer("Fund", slug="fund-x", footprint=lived_in.north, amount="£5", purpose="Old words")
    alice = open_page(width=width)
    # Not by a code: a mailbox gets only so many in a minute.
    cookie = {"name": "sessionid", "value": session_of(lived_in.alice), "url": live_server.url}
    alice.context.add_cookies([cookie])  # type: ignore[list-item]
    alice.goto("/bring/support-lists/list/")
    content = (
        "Id,Name,Provider,Kind,Amount,Purpose,Basis\nfund-x,Fund,City Trust,fund,£9,New words,\n"
        "n,Another fund,T,fund,,,rolling\nm,Wrong,T,gift,,,\n"
    )
    file = {"name": "north.csv", "mimeType": "text/csv", "buffer": content.encode()}
    alice.get_by_label("The list (CSV)").set_input_files(file)  # type: ignore[arg-type]
    alice.get_by_role("button", name="Look at it").click()
    alice.wait_for_load_state()
    assert "1 new, 1 changed, 0 the same, 1 left out." in alice.content()
    assert_accessible(alice)
    alice.get_by_label("Another fund, T").uncheck()
    alice.get_by_role("button", name="Accept what is ticked").click()
    alice.wait_for_load_state()
    assert "0 new, 1 changed" in alice.content()
    assert_accessible(alice)
    alice.get_by_role("link", name=re.compile("^Undo")).click()
    assert_accessible(alice)
    alice.get_by_role("button", name="Undo").click()
    alice.wait_for_load_state()
    assert Offer.objects.get().purpose == "Old words"
