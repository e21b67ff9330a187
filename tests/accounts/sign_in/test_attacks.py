"""Signing in as an attacker tries it: who knows an address, holds a session, or has one of the two factors."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.leaving.closing import close_account, undo_closing
from joinedup.accounts.links import make_link
from joinedup.accounts.models import Closing, Session, User
from tests.accounts.sign_in.test_again import PAGE as AGAIN
from tests.accounts.sign_in.test_again import long_ago
from tests.accounts.sign_in.test_codes import CODE, LOGIN, ask, code_in
from tests.accounts.sign_in.test_passkeys import add, options_on
from tests.accounts.sign_in.test_second_factor import PAGE, SECOND, figures, first_step, is_in, set_up
from tests.accounts.sign_in.test_services import begin, one_service, service  # noqa: F401 (fixtures)
from tests.world import World

As = Callable[[str], Client]
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/x",
    "javascript:alert(1)",
    "/\\evil.example",
    "http:///x",
]


@pytest.fixture(autouse=True)
def no_earlier_requests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


def asked_of_the_database(browser: Client, act: Callable[[Client], Any]) -> list[str]:
    """Every statement, without what was asked for."""
    with CaptureQueriesContext(connection) as queries:
        act(browser)
    return [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in queries.captured_queries]


class TestWhoKnowsAnAddress:
    def test_the_same_work_is_done_whether_or_not_there_is_an_account(self, world: World) -> None:
        """What takes as long says nothing: the statements are the same, one by one, and a mail goes out."""
        User.objects.filter(pk=world.charlie.pk).update(is_active=False)
        told = []
        for email in ("alice@example.org", "unknown@example.org", "charlie@example.org"):
            browser = Client()
            asking = asked_of_the_database(browser, lambda here, to=email: ask(here, to))  # type: ignore[misc]
            looking = asked_of_the_database(browser, lambda here: here.get(CODE))
            guessing = asked_of_the_database(browser, lambda here: here.post(CODE, {"code": "0000-0000x"}))
            told.append((asking, looking, guessing))
        assert len(mail.outbox) == 3
        assert told[1] == told[2]
        assert told[0] == told[1]

    def test_limits_are_the_same_whether_or_not_there_is_an_account(self, world: World) -> None:
        told = []
        for email in ("alice@example.org", "unknown@example.org"):
            answers = [ask(Client(REMOTE_ADDR="10.0.0.1"), email) for _ in range(4)]
            told.append([each.status_code for each in answers])
            assert b"Several codes were asked for this address" in answers[-1].content
        assert told[0] == told[1] == [302, 302, 302, 200]

    @pytest.mark.postgresql
    @pytest.mark.parametrize(
        "email", ["al\u0131ce@example.org", "alice@example.\u2126rg", "\uff41lice@example.org"]
    )
    def test_no_code_goes_to_an_address_that_only_looks_like_it(self, world: World, email: str) -> None:
        ask(Client(), email)
        assert not any(re.search(r"\d{4}-\d{4}", each.body) for each in mail.outbox)

    def test_a_session_planted_before_is_not_the_one_that_is_signed_in(self, world: World) -> None:
        browser = Client()
        ask(browser)
        planted = browser.cookies["sessionid"].value
        browser.post(CODE, {"code": code_in(mail.outbox[-1])})
        assert is_in(browser)
        thief = Client()
        thief.cookies["sessionid"] = planted
        assert not is_in(thief)
        assert not Session.objects.filter(pk=planted).exists()


class TestWhoHoldsASession:
    def test_a_copied_cookie_ends_with_signing_out(self, as_: As) -> None:
        browser, thief = as_("alice"), Client()
        thief.cookies["sessionid"] = browser.cookies["sessionid"].value
        assert is_in(thief)
        browser.post("/account/logout/")
        assert not is_in(thief)

    def test_and_with_signing_in_again(self, as_: As) -> None:
        browser, thief = long_ago(as_("alice")), Client()
        thief.cookies["sessionid"] = browser.cookies["sessionid"].value
        browser.post(AGAIN, {"do": "send"})
        browser.post(AGAIN, {"code": code_in(mail.outbox[-1])})
        assert (is_in(browser), is_in(thief)) == (True, False)

    def test_one_that_began_without_the_second_factor_ends_when_it_is_set_up(
        self, as_: As, settings: Any
    ) -> None:
        owner, thief, other = as_("alice"), as_("alice"), as_("admin")
        set_up(owner)
        assert (is_in(owner), is_in(thief), is_in(other)) == (True, False, True)

    def test_the_same_for_a_passkey(self, as_: As, settings: Any) -> None:
        settings.SITE_URL = "https://together.example.org"
        owner, thief = as_("alice"), as_("alice")
        add(owner)
        assert (is_in(owner), is_in(thief)) == (True, False)
        further = as_("alice")
        add(owner, "Another")
        assert is_in(further), "a further one ends nothing"

    def test_having_had_a_factor_once_is_not_having_one(self, as_: As, settings: Any) -> None:
        here = as_("alice")
        set_up(here)
        there = as_("alice")
        there.post(PAGE, {"do": "off"})
        settings.SECOND_FACTOR = "required"
        assert here.get("/work/")["Location"] == PAGE

    def test_guessing_in_a_session_does_not_keep_the_owner_from_signing_in(self, as_: As) -> None:
        thief = as_("alice")
        secret, _codes = set_up(thief)
        long_ago(thief)
        for _number in range(8):
            page = thief.post(AGAIN, {"code": "000000"}, follow=True)
        assert b"Wait five minutes" in page.content
        owner, _answer = first_step("alice@example.org")
        owner.post(SECOND, {"code": figures(secret)})
        assert is_in(owner)

    def test_the_passkey_of_somebody_else_signs_nobody_in_again(self, as_: As, settings: Any) -> None:
        settings.SITE_URL = "https://together.example.org"
        browser = as_("alice")
        add(browser)
        theirs, _answer = add(as_("lead"))
        long_ago(browser)
        page = browser.post(AGAIN, {"credential": theirs.get(options_on(browser.get(AGAIN)))})
        assert b"did not work" in page.content
        assert browser.get(PAGE)["Location"] == AGAIN


class TestFiguresThatWereSeen:
    """Over a shoulder, or typed into a page that pretends to be ours: they fit for a minute and a half."""

    def test_they_sign_in_once_for_as_long_as_they_fit(
        self, as_: As, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret, _codes = set_up(as_("alice"))
        later(monkeypatch, 30 - time.time() % 30)  # a period begins
        seen = figures(secret)
        first, _answer = first_step("alice@example.org")
        first.post(SECOND, {"code": seen})
        assert is_in(first)
        later(monkeypatch, 45)
        thief, _answer = first_step("alice@example.org")
        thief.post(SECOND, {"code": seen})
        assert not is_in(thief)
        thief.post(SECOND, {"code": f"{seen[:3]} {seen[3:]}"})
        assert not is_in(thief), "with a gap they are the same"

    def test_they_do_not_sign_in_again(self, as_: As) -> None:
        secret, _codes = set_up(as_("alice"))
        browser, _answer = first_step("alice@example.org")
        seen = figures(secret)
        browser.post(SECOND, {"code": seen})
        long_ago(browser).post(AGAIN, {"code": seen})
        assert browser.get(PAGE)["Location"] == AGAIN

    def test_those_of_setting_up_do_not_sign_in(self, as_: As) -> None:
        browser = as_("alice")
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.get(PAGE).content.decode())
        assert found is not None
        seen = figures(found[1].replace(" ", ""))
        browser.post(PAGE, {"code": seen})
        thief, _answer = first_step("alice@example.org")
        thief.post(SECOND, {"code": seen})
        assert not is_in(thief)


class TestOtherWaysRoundTheSecondFactor:
    def test_an_invitation_is_none(self, as_: As, world: World) -> None:
        set_up(as_("alice"))
        browser = Client()
        page = browser.get(f"/account/welcome/{make_link('welcome', world.alice.pk, world.alice)}/")
        assert b'name="email" value="alice@example.org"' in page.content
        assert not is_in(browser)
        ask(browser, "alice@example.org")
        assert browser.post(CODE, {"code": code_in(mail.outbox[-1])})["Location"] == SECOND
        assert not is_in(browser)

    def test_before_it_no_page_of_the_account_opens(self, as_: As, world: World) -> None:
        set_up(as_("alice"))
        browser, _answer = first_step("alice@example.org")
        for path in (
            PAGE,
            f"{PAGE}codes/",
            f"{PAGE}app/",
            AGAIN,
            f"{AGAIN}on/",
            "/account/yours/",
            "/account/data/",
        ):
            for answer in (browser.get(path), browser.post(path, {"do": "off"})):
                assert answer["Location"].startswith(LOGIN), path
        assert Authenticator.objects.filter(user=world.alice, type="totp").exists()

    def test_the_code_of_another_in_between_signs_in_nobody_but_them(self, as_: As) -> None:
        set_up(as_("alice"))
        browser, _answer = first_step("alice@example.org")
        ask(browser, "bob@example.org")
        browser.post(CODE, {"code": code_in(mail.outbox[-1])})
        assert b"bob@example.org" in browser.get("/account/logout/").content
        browser.get(SECOND)
        assert b"bob@example.org" in browser.get("/account/logout/").content

    def test_an_account_closed_between_both_steps_does_not_sign_in(self, as_: As, world: World) -> None:
        secret, _codes = set_up(as_("alice"))
        browser, _answer = first_step("alice@example.org")
        close_account(by=world.person("admin"), user=world.alice)
        page = browser.post(SECOND, {"code": figures(secret)}, follow=True)
        assert b"This account is closed" in page.content
        assert not Session.objects.filter(user=world.alice).exists()
        undo_closing(by=world.person("admin"), closing=Closing.objects.get())
        assert not is_in(browser), "nor once it is open again"

    def test_the_second_step_does_not_wait_for_ever(self, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
        secret, _codes = set_up(as_("alice"))
        browser, _answer = first_step("alice@example.org")
        later(monkeypatch, 15 * 60 + 5)
        browser.post(SECOND, {"code": figures(secret)})
        assert not is_in(browser)


@pytest.mark.parametrize("path", ELSEWHERE)
class TestNextLeadsNowhereElse:
    def test_after_the_second_step(self, as_: As, path: str) -> None:
        secret, _codes = set_up(as_("alice"))
        browser = Client()
        ask(browser, "alice@example.org", next=path)
        code = code_in(mail.outbox[-1])
        step = browser.post(CODE, {"code": code, "next": path})["Location"]
        assert step == SECOND
        assert browser.post(SECOND, {"code": figures(secret), "next": path})["Location"] == "/work/"

    def test_in_the_address_of_each_step(self, as_: As, path: str) -> None:
        from urllib.parse import quote

        secret, _codes = set_up(as_("alice"))
        browser, there = Client(), f"?next={quote(path)}"
        browser.post(LOGIN + there, {"email": "alice@example.org"})
        browser.post(CODE + there, {"code": code_in(mail.outbox[-1])})
        assert browser.post(SECOND + there, {"code": figures(secret)})["Location"] == "/work/"
        assert browser.post(f"/account/logout/{there}")["Location"] == "/"
        assert browser.get(f"/account/logout/{there}")["Location"] == "/"

    def test_after_signing_in_again(self, as_: As, path: str) -> None:
        browser = long_ago(as_("alice"))
        browser.post(AGAIN, {"do": "send", "next": path})
        assert (
            browser.post(AGAIN, {"code": code_in(mail.outbox[-1]), "next": path})["Location"]
            == "/account/yours/"
        )

    def test_after_a_service(self, service: Any, world: World, path: str) -> None:  # noqa: F811
        browser = Client()
        back = service.sign_in(begin(browser, next=path))
        assert browser.get("/account/service/council/back/", back)["Location"] == "/work/"


def test_who_fills_the_cache_resets_no_limit(settings: Any, db: None) -> None:
    """Tries and limits lie in the table in which anybody's forms are remembered: what is not over stays, however much
    there is."""
    from joinedup.site import settings as real

    small = {**real.CACHES["default"], "OPTIONS": {"MAX_ENTRIES": 20}}
    settings.CACHES = {**settings.CACHES, "default": small}
    cache.set("a-limit", "used up", 3600)
    cache.set("over", "x", -5)
    for number in range(60):
        cache.set(f"sent-{number}", "/", 600)
    assert cache.get("a-limit") == "used up"
    assert all(cache.get(f"sent-{number}") == "/" for number in range(60))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM joinedup_cache WHERE expires <= %s", [timezone.now()])
        assert cursor.fetchone()[0] == 0, "what is over goes"
