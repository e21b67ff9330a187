"""Sessions: what is kept of them, when they end, and that their owner ends them."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth import login
from django.test import Client, RequestFactory
from django.utils import timezone

from joinedup.accounts import actions
from joinedup.accounts.models import AuditEntry, Session
from joinedup.accounts.queries import signed_in
from joinedup.accounts.sign_in import sessions
from joinedup.accounts.sign_in.sessions import SessionStore, browser_of, sessions_of
from tests.world import World

As = Callable[[str], Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    then = timezone.now() + datetime.timedelta(**by)
    monkeypatch.setattr(timezone, "now", lambda: then)


def is_in(browser: Client) -> bool:
    return browser.get("/account/yours/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "another browser"),
        ("curl/8", "another browser"),
    ],
)
def test_of_a_browser_only_its_kind_is_told(agent: str, name: str) -> None:
    assert browser_of(agent) == name


def test_nothing_but_the_kind_is_kept(world: World) -> None:
    """Neither an address on the network nor a version, in columns or in the data."""
    browser = Client()
    request = RequestFactory(headers={"user-agent": FIREFOX}, REMOTE_ADDR="10.7.7.7").get("/")
    request.session = SessionStore()
    login(request, world.bob, backend=BACKEND)
    request.session.save()
    row = Session.objects.get(user=world.bob)
    told = f"{row.browser} {row.get_decoded()}"
    assert row.browser == "Firefox on Windows"
    assert not any(words in told for words in ("10.7.7.7", "140", "Gecko"))
    browser.cookies["sessionid"] = row.session_key
    page = browser.get("/account/yours/").content.decode()
    assert "Firefox on Windows" in page
    assert "this one: you use it now" in page
    assert row.session_key not in page, "a page holds no key that signs in"


def test_two_that_look_alike_are_told_apart(world: World, as_: As) -> None:
    now = timezone.now().replace(hour=10, minute=15, second=0, microsecond=0)
    here, twin, later, other = (as_("bob").session.session_key for _each in range(4))
    for key, begun, used, browser in (
        (here, now, 9, "Chrome on Linux"),
        (twin, now + datetime.timedelta(seconds=7), 20, "Chrome on Linux"),
        (later, now + datetime.timedelta(minutes=5), 30, "Chrome on Linux"),
        (other, now, 40, "Firefox on Windows"),
    ):
        used_at = now + datetime.timedelta(minutes=used)
        Session.objects.filter(pk=key).update(begun=begun, last_used=used_at, browser=browser)
    rows = signed_in(sessions_of(world.bob), here or "")
    assert rows[0].is_here
    assert [each.is_here for each in rows].count(True) == 1
    told = {
        each.begun.partition(", ")[2]: (each.browser, each.place, each.alike, each.used.partition(", ")[2])
        for each in rows
    }
    first, second, third, alone = (
        timezone.localtime(now + datetime.timedelta(seconds=s)) for s in (0, 7, 300, 0)
    )
    assert told == {
        f"{first:%H:%M:%S}": ("Chrome on Linux", 1, 3, f"{first + datetime.timedelta(minutes=9):%H:%M}"),
        f"{second:%H:%M:%S}": ("Chrome on Linux", 2, 3, f"{first + datetime.timedelta(minutes=20):%H:%M}"),
        f"{third:%H:%M}": ("Chrome on Linux", 3, 3, f"{first + datetime.timedelta(minutes=30):%H:%M}"),
        f"{alone:%H:%M}": ("Firefox on Windows", 1, 1, f"{first + datetime.timedelta(minutes=40):%H:%M}"),
    }


def test_the_page_says_which_one_it_is_and_when_each_was_used(world: World, as_: As) -> None:
    here = as_("bob")
    page = here.get("/account/yours/").content.decode()
    assert "that look alike" not in page
    assert "Last used:" not in page
    as_("bob")
    page = here.get("/account/yours/").content.decode()
    assert page.count("of 2 that look alike") == 2
    assert page.count("this one: you use it now") == 1
    assert page.index("this one: you use it now") < page.index("Last used:")


def test_one_session_is_ended_and_the_others_stay(world: World, as_: As) -> None:
    here, there, theirs = as_("bob"), as_("bob"), as_("charlie")
    number = int(Session.objects.get(pk=there.session.session_key).begun.timestamp() * 1000)
    assert is_in(there)
    assert here.post("/account/yours/", {"session": number})["Location"] == "/account/yours/"
    assert (is_in(here), is_in(there), is_in(theirs)) == (True, False, True)
    assert [(each.action, each.after) for each in AuditEntry.objects.all()] == [
        ("account.end_sessions", {"ended": 1})
    ]


def test_nobody_ends_the_session_of_another(world: World, as_: As) -> None:
    bob, charlie = as_("bob"), as_("charlie")
    number = int(Session.objects.get(user=world.charlie).begun.timestamp() * 1000)
    bob.post("/account/yours/", {"session": number})
    assert is_in(charlie)


@pytest.mark.parametrize(("do", "stays"), [("others", True), ("all", False)])
def test_signing_out_everywhere(as_: As, do: str, stays: bool) -> None:
    here, there, theirs = as_("bob"), as_("bob"), as_("charlie")
    here.post("/account/yours/", {"do": do})
    assert (is_in(here), is_in(there), is_in(theirs)) == (stays, False, True)


@pytest.mark.parametrize(("who", "hours"), [("alice", 12), ("lead", 12), ("admin", 12), ("bob", 14 * 24)])
def test_without_use_a_session_ends_by_role(
    as_: As, monkeypatch: pytest.MonkeyPatch, who: str, hours: int
) -> None:
    early, late = as_(who), as_(who)
    later(monkeypatch, hours=hours, minutes=-1)
    assert is_in(early)
    later(monkeypatch, minutes=2)
    assert not is_in(late)


def test_with_use_it_goes_on_until_its_last_day(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = as_("alice")
    for _half_day in range(28):
        assert is_in(browser)
        later(monkeypatch, hours=11.9)
    assert is_in(browser)
    later(monkeypatch, hours=4)
    assert not is_in(browser), "used all the time, it ends after fourteen days"


def test_a_new_role_shortens_open_sessions(world: World, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = as_("bob")
    actions.grant_role(by=world.person("admin"), user=world.bob, role="coordinator", footprint=world.south)
    later(monkeypatch, hours=13)
    assert not is_in(browser)


def test_reading_seldom_writes(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = as_("bob")
    began = Session.objects.get().last_used
    later(monkeypatch, minutes=4)
    assert is_in(browser)
    assert Session.objects.get().last_used == began
    later(monkeypatch, minutes=2)
    assert is_in(browser)
    assert Session.objects.get().last_used > began
    assert Session.objects.get().begun <= began


def test_what_is_over_is_cleared(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    as_("bob")
    Client().post("/account/login/", {"email": "bob@example.org"})
    assert Session.objects.count() == 2
    later(monkeypatch, seconds=sessions.VISITOR.total_seconds() + 1)
    SessionStore.clear_expired()
    assert [each.user_id is not None for each in Session.objects.all()] == [True], (
        "a visitor's goes after an hour"
    )
    later(monkeypatch, days=14)
    SessionStore.clear_expired()
    assert Session.objects.count() == 0
