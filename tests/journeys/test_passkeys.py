"""A passkey in a real browser, with Chromium's own virtual security key: added, signed in with, asked again; and what
the pages say without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect

from joinedup.accounts.sign_in.sessions import SessionStore
from tests.journeys.conftest import assert_accessible, sign_in
from tests.journeys.hands import session_of
from tests.world import World

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
KEY = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
       "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture(autouse=True)
def at_its_own_address(settings: Any, live_server: Any) -> Iterator[None]:
    settings.SITE_URL = live_server.url
    cache.clear()
    yield
    cache.clear()


def plug_in(page: Page) -> None:
    """A security key at this browser, touched whenever it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def signed_in_long_ago(page: Page) -> None:
    cookie = next(each for each in page.context.cookies() if each["name"] == "sessionid")
    session = SessionStore(cookie["value"])
    session["signed_in_at"] = 0
    session.save()


def test_a_security_key_is_added_and_signs_in(lived_in: World, open_page: Open) -> None:
    page = open_page(width=320)
    plug_in(page)
    sign_in(page, "alice@example.org")
    page.goto("/account/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    assert_accessible(page)
    page.get_by_label(re.compile("What do you call it")).fill("Key on the ring")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    page.get_by_role("button", name="I have kept them").click()

    page.context.clear_cookies()
    sign_in(page, "alice@example.org")
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/work/")
    page.goto("/account/second-factor/")
    expect(page.get_by_role("term").filter(has_text="Key on the ring")).to_be_visible()
    expect(page.get_by_text("last used")).to_be_visible()
    assert_accessible(page)

    signed_in_long_ago(page)
    page.get_by_role("link", name="Remove Key on the ring").click()
    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Remove the passkey “Key on the ring”?")).to_be_visible()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("You sign in without a second factor now.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_browser_without_the_key_says_so_and_takes_a_recovery_code(
    lived_in: World, open_page: Open
) -> None:
    first = open_page()
    plug_in(first)
    sign_in(first, "alice@example.org")
    first.goto("/account/second-factor/passkey/")
    first.get_by_role("button", name="Add a passkey").click()
    expect(first.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    code = first.locator("main li code").first.inner_text()

    other = open_page()
    plug_in(other)
    sign_in(other, "alice@example.org")
    other.get_by_role("button", name="Use a passkey").click()
    expect(other.get_by_role("alert")).to_have_text(
        "Nothing came from the passkey. Try again, or use another way."
    )
    expect(other.get_by_role("button", name="Use a passkey")).to_be_enabled()
    other.get_by_label("A recovery code").fill(code)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/work/")


def test_without_a_script_the_pages_offer_the_other_ways(
    lived_in: World, open_page: Open, live_server: Any
) -> None:
    page = open_page(script=False)
    cookie = {"name": "sessionid", "value": session_of(lived_in.alice), "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/account/second-factor/passkey/")
    expect(page.get_by_text("A passkey needs JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    assert not Authenticator.objects.exists()
