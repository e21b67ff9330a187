"""Signing in by a code from a mail: what works, what is refused, and what nobody can find out."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry, Session, User
from tests.world import World

LOGIN, CODE, WORK = "/account/login/", "/account/login/code/", "/work/"


@pytest.fixture(autouse=True)
def no_earlier_requests() -> Iterator[None]:
    """Rate limits count in the cache; each test starts with none."""
    caches["default"].clear()
    yield
    caches["default"].clear()


def ask(browser: Client, email: str = "bob@example.org", **more: str) -> Any:
    return browser.post(LOGIN, {"email": email, **more})


def code_in(letter: Any) -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", letter.body)
    assert found is not None
    return found[0]


def is_signed_in(browser: Client) -> bool:
    return browser.get(WORK).status_code == 200


def masked(page: bytes) -> str:
    """A page without what differs from one request to the next, and without the address asked for."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode())
    text = re.sub(r'nonce="[^"]*"', "", text)
    return re.sub(r"[\w.]+@example\.org", "ADDRESS", text)


def test_the_code_from_the_mail_signs_in(world: World) -> None:
    browser = Client()
    page = browser.get(LOGIN)
    assert (page.status_code, b'autocomplete="email"' in page.content) == (200, True)
    assert b'type="password"' not in page.content
    response = ask(browser, "Bob@Example.org")
    assert (response.status_code, response["Location"]) == (302, CODE)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["bob@example.org"], "Your code to sign in to JoinedUp")
    assert code_in(letter) in letter.alternatives[0][0]
    assert b'autocomplete="one-time-code"' in browser.get(CODE).content
    response = browser.post(CODE, {"code": code_in(letter)})
    assert (response.status_code, response["Location"]) == (302, WORK)
    assert is_signed_in(browser)
    assert browser.get(LOGIN)["Location"] == WORK


def test_the_dash_may_be_left_out(world: World) -> None:
    browser = Client()
    ask(browser)
    browser.post(CODE, {"code": f" {code_in(mail.outbox[0]).replace('-', '')} "})
    assert is_signed_in(browser)


def test_the_console_backend_prints_the_code(
    world: World, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    browser = Client()
    ask(browser)
    found = re.search(r"\b\d{4}-\d{4}\b", capsys.readouterr().out)
    assert found is not None
    browser.post(CODE, {"code": found[0]})
    assert is_signed_in(browser)


def test_a_wrong_code_is_refused_and_may_be_corrected(world: World) -> None:
    browser = Client()
    ask(browser)
    page = browser.post(CODE, {"code": "0000-0000x"})
    assert page.status_code == 200
    assert b"This is not the code that we sent" in page.content
    browser.post(CODE, {"code": code_in(mail.outbox[0])})
    assert is_signed_in(browser)


def test_after_three_wrong_codes_the_right_one_is_void(world: World) -> None:
    browser = Client()
    ask(browser)
    for _ in range(2):
        assert browser.post(CODE, {"code": "wrong"}).status_code == 200
    page = browser.post(CODE, {"code": "wrong"}, follow=True)
    assert page.redirect_chain == [(LOGIN, 302)]
    assert b"That code no longer works" in page.content
    browser.post(CODE, {"code": code_in(mail.outbox[0])})
    assert not is_signed_in(browser)


def test_a_code_expires_after_a_quarter_of_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    ask(browser)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 15 * 60 + 5)
    page = browser.post(CODE, {"code": code_in(mail.outbox[0])}, follow=True)
    assert b"That code no longer works" in page.content
    assert not is_signed_in(browser)


def test_a_code_works_once_and_only_where_it_was_asked_for(world: World) -> None:
    browser, other = Client(), Client()
    ask(browser)
    code = code_in(mail.outbox[0])
    assert other.post(CODE, {"code": code})["Location"] == LOGIN
    assert not is_signed_in(other)
    browser.post(CODE, {"code": code})
    browser.post("/account/logout/")
    browser.post(CODE, {"code": code})
    assert not is_signed_in(browser)


def test_a_newer_code_makes_the_older_void(world: World) -> None:
    browser = Client()
    ask(browser)
    ask(browser)
    old, new = (code_in(letter) for letter in mail.outbox)
    assert browser.post(CODE, {"code": old}).status_code == 200
    browser.post(CODE, {"code": new})
    assert is_signed_in(browser)


def test_nobody_can_find_out_who_has_an_account(world: World) -> None:
    """Same status, same next page, same words, one mail each; a closed account is like none."""
    User.objects.filter(pk=world.charlie.pk).update(is_active=False)
    seen = []
    for email in ("bob@example.org", "unknown@example.org", "charlie@example.org"):
        browser = Client()
        response = ask(browser, email)
        next_page = browser.get(CODE)
        wrong = browser.post(CODE, {"code": "wrong"})
        seen.append(
            (response.status_code, response["Location"], masked(next_page.content), masked(wrong.content))
        )
    assert seen[0] == seen[1] == seen[2]
    assert [letter.subject for letter in mail.outbox] == [
        "Your code to sign in to JoinedUp",
        "No JoinedUp account for this address",
        "No JoinedUp account for this address",
    ]
    assert not any(re.search(r"\d{4}-\d{4}", letter.body) for letter in mail.outbox[1:])


def test_asking_with_no_account_makes_none(world: World) -> None:
    before = User.objects.count()
    ask(Client(), "unknown@example.org")
    assert User.objects.count() == before


def test_an_account_closed_between_mail_and_code_does_not_sign_in(world: World) -> None:
    browser = Client()
    ask(browser)
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    page = browser.post(CODE, {"code": code_in(mail.outbox[0])}, follow=True)
    assert b"This account is closed" in page.content
    assert b"That code no longer works" not in page.content
    assert not is_signed_in(browser)


def test_closing_an_account_ends_its_sessions(world: World, as_: Any) -> None:
    browser = as_("bob")
    assert is_signed_in(browser)
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert not is_signed_in(browser)


def test_too_many_codes_for_one_address(world: World) -> None:
    for _ in range(3):
        assert ask(Client()).status_code == 302
    page = ask(Client())
    assert page.status_code == 200
    assert b"Several codes were asked for this address" in page.content
    assert len(mail.outbox) == 3
    assert ask(Client(), "alice@example.org").status_code == 302


def test_nobody_shuts_the_owner_out_by_asking_for_codes(world: World) -> None:
    """Neither the owner at another network nor the owner where they signed in before, at whatever network."""
    known = Client(REMOTE_ADDR="10.0.0.1")
    ask(known)
    known.post(CODE, {"code": code_in(mail.outbox[-1])})
    known.post("/account/logout/")
    for _ in range(5):
        last = ask(Client(REMOTE_ADDR="10.0.0.1"))
    assert last.status_code == 200, "whoever asks is refused in the end"
    for browser in (known, Client(REMOTE_ADDR="10.0.0.2")):
        assert ask(browser).status_code == 302
        browser.post(CODE, {"code": code_in(mail.outbox[-1])})
        assert is_signed_in(browser)


def test_a_flood_from_many_networks_does_not_shut_out_a_known_browser(world: World) -> None:
    known = Client()
    ask(known)
    known.post(CODE, {"code": code_in(mail.outbox[-1])})
    known.post("/account/logout/")
    answers = [ask(Client(REMOTE_ADDR=f"10.0.{number}.1")).status_code for number in range(70)]
    # The first of the sixty an hour was the owner's own.
    assert answers == [302] * 59 + [200] * 11
    assert ask(known).status_code == 302


def test_wrong_guesses_elsewhere_do_not_void_the_owners_code(world: World) -> None:
    owner, other = Client(), Client(REMOTE_ADDR="10.0.0.9")
    ask(owner)
    code = code_in(mail.outbox[-1])
    ask(other)
    for _ in range(4):
        other.post(CODE, {"code": "wrong"})
    owner.post(CODE, {"code": code})
    assert is_signed_in(owner)


def test_a_known_browser_is_known_for_one_person(world: World) -> None:
    browser = Client()
    ask(browser)
    browser.post(CODE, {"code": code_in(mail.outbox[-1])})
    browser.post("/account/logout/")
    answers = [ask(browser, "alice@example.org").status_code for _ in range(4)]
    assert answers == [302, 302, 302, 200]


def test_too_many_requests_from_one_network(world: World) -> None:
    answers = [ask(Client(), f"n{number}@example.org").status_code for number in range(21)]
    assert answers == [302] * 20 + [200]


@pytest.mark.django_db(transaction=True)
def test_rate_limits_count_for_all_processes_together(settings: Any) -> None:
    """The lock that the limits rest on lets one of many at a time through, each with its own connection."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "joinedup_cache"}
    }
    won: list[bool] = []

    def grab() -> None:
        won.append(caches["default"].add("lock", True, timeout=10))
        connection.close()

    threads = [threading.Thread(target=grab) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_the_real_settings_keep_limits_where_all_processes_see_them() -> None:
    from joinedup.site import settings as real

    assert real.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    assert real.CACHES["default"]["LOCATION"] == "joinedup_cache"


@pytest.mark.parametrize("path", ["/people/", "/events/?page=2"])
def test_after_signing_in_one_is_where_one_wanted_to_be(world: World, path: str) -> None:
    browser = Client()
    assert b'name="next"' in browser.get(LOGIN, {"next": path}).content
    step = ask(browser, next=path)["Location"]
    assert b'name="next"' in browser.get(step).content
    assert browser.post(CODE, {"code": code_in(mail.outbox[0]), "next": path})["Location"] == path


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "/\\evil.example", "http:///x"],
)
def test_next_leads_nowhere_else(world: World, path: str) -> None:
    browser = Client()
    ask(browser, next=path)
    assert browser.post(CODE, {"code": code_in(mail.outbox[0]), "next": path})["Location"] == WORK
    assert browser.get(LOGIN, {"next": path})["Location"] == WORK


def test_a_page_for_members_leads_to_signing_in_and_back(world: World) -> None:
    assert Client().get("/people/")["Location"] == "/account/login/?next=/people/"


def test_signing_out_asks_first_and_acts_on_post(as_: Any) -> None:
    browser = as_("bob")
    page = browser.get("/account/logout/")
    assert page.status_code == 200
    assert b"bob@example.org" in page.content
    assert is_signed_in(browser)
    assert browser.post("/account/logout/")["Location"] == "/"
    assert not is_signed_in(browser)
    assert browser.get("/account/logout/")["Location"] == "/"


def test_signing_out_says_so(as_: Any) -> None:
    browser = as_("bob")
    browser.post("/account/logout/")
    assert b"You have signed out." in browser.get(LOGIN).content


def test_no_forged_form_signs_anybody_out(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.post("/account/logout/")
    assert page.status_code == 403
    assert b"This page was open for too long" in page.content
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_reset_password",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "account_inactive",
        "account_confirm_email",
        "account_email_verification_sent",
    ],
)
def test_pages_that_nobody_needs_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "password/change/", "inactive/", ""]
)
def test_their_addresses_are_not_found(world: World, path: str) -> None:
    assert Client().get(f"/account/{path}").status_code == 404


def test_nobody_signs_up(world: World) -> None:
    before = User.objects.count()
    page = Client().get("/account/joining/")
    assert b"They are made by invitation" in page.content
    Client().post("/account/joining/", {"email": "new@example.org"})
    assert User.objects.count() == before


def test_a_mail_server_that_refuses_is_told_alike_for_everybody(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.test_actions.Away"
    pages = []
    for email in ("bob@example.org", "unknown@example.org"):
        page = Client().post(LOGIN, {"email": email}, follow=True)
        assert b"We could not send the mail" in page.content
        pages.append(masked(page.content))
    assert pages[0] == pages[1]


class TestWelcome:
    """The page behind an invitation's link."""

    def test_a_get_writes_nothing_and_sends_nothing(self, world: World) -> None:
        link = f"/account/welcome/{make_link('welcome', world.bob.pk, world.bob)}/"
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = Client().get(link)
        assert b"We send a code to bob@example.org" in page.content
        assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)
        assert (mail.outbox, Session.objects.count(), AuditEntry.objects.count()) == ([], 0, 0)

    def test_its_button_sends_the_code(self, world: World) -> None:
        browser = Client()
        page = browser.get(f"/account/welcome/{make_link('welcome', world.bob.pk, world.bob)}/")
        assert b'action="/account/login/"' in page.content
        assert b'name="email" value="bob@example.org"' in page.content
        assert ask(browser)["Location"] == CODE
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize("purpose", ["confirm", "nothing"])
    def test_another_link_shows_nobodys_address(self, world: World, purpose: str) -> None:
        token = make_link(purpose, world.bob.pk, world.bob) if purpose == "confirm" else "nothing"
        page = Client().get(f"/account/welcome/{token}/")
        assert b"This link no longer works" in page.content
        assert b"bob@example.org" not in page.content

    def test_the_link_works_for_two_weeks(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        link = f"/account/welcome/{make_link('welcome', world.bob.pk, world.bob)}/"
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 14 * 24 * 3600 - 60)
        assert b"bob@example.org" in Client().get(link).content
        monkeypatch.setattr(time, "time", lambda: now + 14 * 24 * 3600 + 60)
        assert b"This link no longer works" in Client().get(link).content

    def test_a_closed_account_is_not_welcomed(self, world: World) -> None:
        User.objects.filter(pk=world.bob.pk).update(is_active=False)
        page = Client().get(f"/account/welcome/{make_link('welcome', world.bob.pk, world.bob)}/")
        assert b"bob@example.org" not in page.content
