"""The second factor: set up on one page, asked after the code, required where an installation says so, and reset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import get_resolver

from joinedup.accounts.models import AuditEntry, Session
from joinedup.accounts.preferences import off_link
from joinedup.accounts.sign_in import second_factor as factor
from joinedup.mail.kinds import off_link as address_off_link
from tests.world import World

As = Callable[[str], Client]
LOGIN, CODE, SECOND, PAGE = (
    "/account/login/",
    "/account/login/code/",
    "/account/login/second/",
    "/account/second-factor/",
)


@pytest.fixture(autouse=True)
def no_earlier_requests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def figures(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def secret_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    return found[1].replace(" ", "")


def set_up(browser: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    secret = secret_on(browser.get(PAGE).content.decode())
    assert browser.post(PAGE, {"code": figures(secret)})["Location"] == f"{PAGE}codes/"
    cache.clear()
    codes = re.findall(r"<code>(\d{8})</code>", browser.get(f"{PAGE}codes/").content.decode())
    return secret, codes


def first_step(email: str) -> tuple[Client, Any]:
    browser = Client()
    browser.post(LOGIN, {"email": email})
    code = re.search(r"\b\d{4}-\d{4}\b", mail.outbox[-1].body)
    assert code is not None
    return browser, browser.post(CODE, {"code": code[0]})


def is_in(browser: Client) -> bool:
    return browser.get("/work/").status_code == 200


def test_one_page_sets_it_up(as_: As, world: World, django_capture_on_commit_callbacks: Any) -> None:
    browser = as_("alice")
    page = browser.get(PAGE).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = set_up(browser)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert [each.subject for each in mail.outbox] == ["Your second factor for JoinedUp is set up"]
    file = browser.post(f"{PAGE}codes/", {"do": "file"})
    assert 'filename="joinedup-recovery-codes.txt"' in file["Content-Disposition"]
    assert all(code in file.content.decode() for code in codes)
    browser.post(f"{PAGE}codes/", {"do": "kept"})
    assert browser.get(f"{PAGE}codes/").status_code == 302, "they are shown once"
    stored = str([each.data for each in Authenticator.objects.all()])
    assert secret not in stored, "a copy of the database makes no figures"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("account.second_factor", {"second_factor": "on"})


def test_wrong_figures_set_nothing_up(as_: As) -> None:
    browser = as_("alice")
    browser.get(PAGE)
    page = browser.post(PAGE, {"code": "000000x"})
    assert b"These are not the digits" in page.content
    assert Authenticator.objects.count() == 0


def test_after_the_code_the_figures_are_asked(as_: As) -> None:
    secret, _codes = set_up(as_("alice"))
    browser, answer = first_step("alice@example.org")
    assert answer["Location"] == SECOND
    assert not is_in(browser)
    assert b"These are not the digits" in browser.post(SECOND, {"code": "000000"}).content
    assert browser.post(SECOND, {"code": figures(secret)})["Location"] == "/work/"
    assert is_in(browser)


def test_the_same_figures_work_once(as_: As) -> None:
    secret, _codes = set_up(as_("alice"))
    code = figures(secret)
    first, _answer = first_step("alice@example.org")
    first.post(SECOND, {"code": code})
    other, _answer = first_step("alice@example.org")
    other.post(SECOND, {"code": code})
    assert (is_in(first), is_in(other)) == (True, False)


def test_a_recovery_code_works_once(as_: As) -> None:
    _secret, codes = set_up(as_("alice"))
    for expected in (True, False):
        browser, _answer = first_step("alice@example.org")
        browser.post(SECOND, {"code": codes[0]})
        assert is_in(browser) is expected


def test_guessing_figures_ends_soon(as_: As) -> None:
    secret, _codes = set_up(as_("alice"))
    browser, _answer = first_step("alice@example.org")
    pages = [browser.post(SECOND, {"code": f"00000{number}"}).content for number in range(6)]
    assert b"Wait five minutes" in pages[-1]
    browser.post(SECOND, {"code": figures(secret)})
    assert not is_in(browser)


def test_the_second_page_alone_signs_nobody_in(as_: As) -> None:
    secret, _codes = set_up(as_("alice"))
    browser = Client()
    assert browser.post(SECOND, {"code": figures(secret)})["Location"] == LOGIN
    assert not is_in(browser)


def test_members_are_not_asked(as_: As) -> None:
    assert as_("bob").get(PAGE).status_code == 404
    assert "second-factor" not in as_("bob").get("/account/yours/").content.decode()


@pytest.mark.parametrize("who", ["alice", "lead", "admin"])
def test_where_it_is_required_it_comes_before_anything_else(as_: As, settings: Any, who: str) -> None:
    settings.SECOND_FACTOR = "required"
    browser = as_(who)
    assert browser.get("/work/")["Location"] == PAGE
    assert browser.post("/people/invite/", {"email": "x@example.org"}).status_code == 302
    assert b"before you go on" in browser.get(PAGE).content
    set_up(browser)
    assert is_in(browser)
    assert b"Turn it off" not in browser.get(PAGE).content
    browser.post(PAGE, {"do": "off"})
    assert Authenticator.objects.filter(type="totp").exists()
    assert is_in(as_("bob")), "members are not asked"


def test_what_the_site_says_of_itself_and_turning_mails_off_never_wait_behind_it(
    as_: As, settings: Any, world: World
) -> None:
    """Walks every address about the site and every one that turns mails off, also those that are added later."""
    settings.SECOND_FACTOR = "required"
    browser, walked = as_("alice"), set()
    for each in get_resolver().url_patterns:
        for pattern in each.url_patterns:
            route = str(pattern.pattern)
            if route.startswith("about/") or route in {"methods/", "worried/"}:
                public = Client().get(f"/{route}").status_code == 200
                assert (browser.get(f"/{route}").status_code == 200) == public, route
                walked.add(pattern.name)
            elif "mails/off/" in route:
                page = f"/{route.split('<', 1)[0]}no-such-link/"
                assert (browser.get(page).status_code, browser.post(page).status_code) == (404, 404), route
                walked.add(pattern.name)
    assert walked >= {"about_terms", "about_complaints", "about_cookies", "methods", "worried"}
    assert walked >= {"mails_off", "address_mails_off"}
    for link in (off_link(world.alice, "agreements"), address_off_link("somebody@example.org", "events")):
        path = urlsplit(link).path
        assert browser.post(path, {"do": "off"}).status_code == 302
        assert browser.get(path).status_code == 200
    assert browser.get("/work/")["Location"] == PAGE


def test_where_it_is_offered_it_can_be_turned_off(as_: As) -> None:
    browser = as_("alice")
    set_up(browser)
    browser.post(PAGE, {"do": "off"})
    assert Authenticator.objects.count() == 0
    assert first_step("alice@example.org")[1]["Location"] == "/work/"


def test_new_recovery_codes_make_the_old_void(as_: As) -> None:
    browser = as_("alice")
    _secret, old = set_up(browser)
    browser.post(PAGE, {"do": "codes"})
    new = re.findall(r"<code>(\d{8})</code>", browser.get(f"{PAGE}codes/").content.decode())
    assert not set(old) & set(new)
    signing_in, _answer = first_step("alice@example.org")
    signing_in.post(SECOND, {"code": old[0]})
    assert not is_in(signing_in)


def test_an_administrator_resets_it_and_a_mail_says_so(
    as_: As, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    browser = as_("alice")
    set_up(browser)
    admin, path = as_("admin"), f"/people/{world.alice.pk}/second-factor/"
    assert path in admin.get("/people/").content.decode()
    assert admin.get(path).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(path)
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        ["alice@example.org"], "Your second factor for JoinedUp was reset",
    )  # fmt: skip
    assert Authenticator.objects.count() == 0
    assert not Session.objects.filter(user=world.alice).exists()
    assert AuditEntry.objects.first().action == "account.reset_factor"  # type: ignore[union-attr]


@pytest.mark.parametrize("who", ["alice", "bob", "lead", "nobody"])
def test_nobody_else_resets_it(as_: As, world: World, who: str) -> None:
    set_up(as_("admin"))
    with pytest.raises(PermissionDenied):
        factor.reset(by=world.person(who), user=world.admin)
    if who != "nobody":
        assert as_(who).post(f"/people/{world.admin.pk}/second-factor/").status_code == 404
    assert Authenticator.objects.filter(user=world.admin, type="totp").exists()


def test_with_another_key_of_the_installation_no_figures_fit(as_: As, settings: Any) -> None:
    secret, codes = set_up(as_("alice"))
    settings.SECRET_KEY = "another key than before"
    for code in (figures(secret), codes[0]):
        browser, answer = first_step("alice@example.org")
        assert answer["Location"] == SECOND
        browser.post(SECOND, {"code": code})
        assert not is_in(browser)


def test_signing_in_again_asks_for_the_figures(as_: As) -> None:
    browser = as_("alice")
    secret, _codes = set_up(browser)
    session = browser.session
    session["signed_in_at"] = 0
    session.save()
    before = len(mail.outbox)
    assert browser.get(PAGE)["Location"] == "/account/again/"
    browser.post("/account/again/", {"do": "send"})
    assert len(mail.outbox) == before, "who has a second factor gets no code by mail instead"
    assert browser.post("/account/again/", {"code": figures(secret)})["Location"] == PAGE
