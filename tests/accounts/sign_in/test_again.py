"""Signing in again before files with people, roles, publishing and erasing; and what was typed is not lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from joinedup.accounts.models import Grant, User
from joinedup.accounts.sign_in.again import AGAIN
from joinedup.events.models import Event
from tests.trust.walking import patterns
from tests.world import World

As = Callable[[str], Client]
PAGE = "/account/again/"


@pytest.fixture(autouse=True)
def no_earlier_requests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def long_ago(browser: Client, seconds: int = 3601) -> Client:
    session = browser.session
    session["signed_in_at"] = time.time() - seconds
    session.save()
    return browser


def code_in(letter: Any) -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", letter.body)
    assert found is not None
    return found[0]


def sign_in_again(browser: Client) -> Any:
    browser.post(PAGE, {"do": "send"})
    return browser.post(PAGE, {"code": code_in(mail.outbox[-1])})


def test_the_table_names_pages_that_there_are() -> None:
    assert set(AGAIN) <= {str(each.name) for each in patterns()}
    assert get_resolver() is not None


def test_every_file_with_people_is_in_the_table() -> None:
    """A new file about an event or of invitations is decided about here."""
    files = {
        str(each.name) for each in patterns() if str(each.name).endswith("_csv") and "event" in str(each.name)
    }
    assert files - set(AGAIN) == {"event_survey_csv"}, "the survey names nobody"


def test_a_file_with_people_comes_after_signing_in_again(as_: As, event: Event) -> None:
    path = f"/events/{event.slug}/arrivals.csv"
    assert as_("alice").get(path).status_code == 200
    browser = long_ago(as_("alice"))
    assert browser.get(path)["Location"] == PAGE
    page = browser.get(PAGE)
    assert (page.status_code, mail.outbox) == (200, []), "opening the page sends nothing"
    assert sign_in_again(browser)["Location"] == path
    assert browser.get(path).status_code == 200


def test_what_was_typed_is_sent_by_one_button(as_: As, world: World) -> None:
    browser = long_ago(as_("admin"))
    typed = {
        "email": "dora@example.org",
        "role": "coordinator",
        "footprint": world.south.pk,
        "name": 'D "x" <b>',
    }
    assert browser.post("/people/invite/", typed)["Location"] == PAGE
    assert not User.objects.filter(email="dora@example.org").exists()
    assert sign_in_again(browser)["Location"] == f"{PAGE}on/"
    page = browser.get(f"{PAGE}on/").content.decode()
    assert 'action="/people/invite/"' in page
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert found["email"] == "dora@example.org"
    assert "<b>" not in page, "what was typed is text"
    assert browser.get(f"{PAGE}on/")["Location"] == "/work/", "it waits once"
    browser.post("/people/invite/", typed)
    assert Grant.objects.filter(user__email="dora@example.org", role="coordinator").exists()


@pytest.mark.parametrize(
    "path",
    ["account/close/", "people/{bob}/close/", "people/{bob}/erase/", "people/{bob}/data/", "account/data/"],
)
def test_other_steps_that_wait(as_: As, world: World, path: str) -> None:
    browser = long_ago(as_("admin"))
    assert browser.post("/" + path.format(bob=world.bob.pk))["Location"] == PAGE
    assert User.objects.get(pk=world.bob.pk).is_active


def test_publishing_waits_and_reading_does_not(as_: As, drafted: Event) -> None:
    browser = long_ago(as_("alice"))
    path = f"/events/{drafted.slug}/show/"
    assert browser.get(path).status_code == 200
    assert browser.post(path)["Location"] == PAGE
    assert Event.objects.get(pk=drafted.pk).is_draft


def test_within_the_hour_nothing_is_asked(as_: As, event: Event) -> None:
    assert long_ago(as_("alice"), 3500).get(f"/events/{event.slug}/arrivals.csv").status_code == 200


def test_a_wrong_code_three_times_is_void(as_: As, event: Event) -> None:
    browser = long_ago(as_("alice"))
    browser.get(f"/events/{event.slug}/arrivals.csv")
    browser.post(PAGE, {"do": "send"})
    for _ in range(3):
        assert browser.post(PAGE, {"code": "0000-0000"}).status_code == 200
    assert browser.post(PAGE, {"code": code_in(mail.outbox[-1])}).status_code == 302
    assert browser.get(f"/events/{event.slug}/arrivals.csv")["Location"] == PAGE


def test_a_code_of_another_browser_does_not_count(as_: As, event: Event) -> None:
    here, there = long_ago(as_("alice")), long_ago(as_("alice"))
    here.post(PAGE, {"do": "send"})
    there.post(PAGE, {"code": code_in(mail.outbox[-1])})
    assert there.get(f"/events/{event.slug}/arrivals.csv")["Location"] == PAGE


def test_the_page_is_for_who_is_signed_in(as_: As) -> None:
    assert as_("nobody").get(PAGE).status_code == 302
    assert as_("nobody").get("/people/invite/")["Location"].startswith("/account/login/")
