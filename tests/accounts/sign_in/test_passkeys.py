"""Passkeys: added, used beside the code, renamed and removed; and what is not one gets a sentence."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from joinedup.accounts.leaving.own_data import own_data
from joinedup.accounts.models import AuditEntry
from tests.accounts.sign_in.software_key import SoftwareKey
from tests.accounts.sign_in.test_second_factor import (
    PAGE,
    SECOND,
    figures,
    first_step,
    is_in,
    set_up,
)
from tests.world import World

As = Callable[[str], Client]
ADD, AGAIN = f"{PAGE}passkey/", "/account/again/"
SITE = "https://together.example.org"


@pytest.fixture(autouse=True)
def no_earlier_requests(settings: Any) -> Iterator[None]:
    settings.SITE_URL = SITE
    cache.clear()
    yield
    cache.clear()


def options_on(answer: Any) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]*)"', answer.content.decode())
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def add(browser: Client, name: str = "Work laptop", origin: str = SITE) -> tuple[SoftwareKey, Any]:
    key = SoftwareKey(origin)
    sent = {"name": name, "credential": key.create(options_on(browser.get(ADD)))}
    return key, browser.post(ADD, sent)


def passkey() -> Authenticator:
    return Authenticator.objects.get(type="webauthn")


def long_ago(browser: Client) -> Client:
    session = browser.session
    session["signed_in_at"] = 0
    session.save()
    return browser


def test_a_passkey_alone_is_a_second_factor(as_: As, django_capture_on_commit_callbacks: Any) -> None:
    browser = as_("alice")
    assert ADD in browser.get(PAGE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        key, answer = add(browser)
    assert answer["Location"] == f"{PAGE}codes/"
    assert [each.subject for each in mail.outbox] == ["You have a new passkey for JoinedUp"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("account.second_factor", {"passkey": "added"})
    page = browser.get(PAGE).content.decode()
    assert ("Work laptop" in page, "not used yet" in page) == (True, True)
    signing_in, answer = first_step("alice@example.org")
    assert answer["Location"] == SECOND
    assert not is_in(signing_in)
    page = signing_in.get(SECOND)
    assert b"six digits" not in page.content, "there is no app"
    assert signing_in.post(SECOND, {"credential": key.get(options_on(page))})["Location"] == "/work/"
    assert is_in(signing_in)
    assert "last used" in browser.get(PAGE).content.decode()


def test_app_passkey_and_recovery_codes_each_sign_in(as_: As) -> None:
    browser = as_("alice")
    secret, codes = set_up(browser)
    key, answer = add(browser)
    assert answer["Location"] == PAGE, "the recovery codes stay"
    for way in ("app", "passkey", "recovery"):
        signing_in, _answer = first_step("alice@example.org")
        options = options_on(signing_in.get(SECOND))
        sent = {"app": figures(secret), "recovery": codes[0]}
        signing_in.post(SECOND, {"credential": key.get(options)} if way == "passkey" else {"code": sent[way]})
        assert is_in(signing_in), way
        cache.clear()


def test_an_app_comes_beside_a_passkey(as_: As) -> None:
    browser = as_("alice")
    add(browser)
    page = browser.get(f"{PAGE}app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    sent = {"code": figures(secret[1].replace(" ", ""))}
    assert browser.post(f"{PAGE}app/", sent)["Location"] == PAGE
    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {"totp", "webauthn", "recovery_codes"}
    assert browser.get(f"{PAGE}app/")["Location"] == PAGE, "one app is enough"


@pytest.mark.parametrize(
    "origin", ["https://evil.example.org", f"{SITE}.evil.example", SITE.replace("https://", "https://old.")]
)
def test_a_passkey_of_another_site_is_none(as_: As, origin: str) -> None:
    browser = as_("alice")
    _key, answer = add(browser, origin=origin)
    assert b"could not be added" in answer.content
    key, _answer = add(browser)
    key.origin = origin
    signing_in, _answer = first_step("alice@example.org")
    page = signing_in.post(SECOND, {"credential": key.get(options_on(signing_in.get(SECOND)))})
    assert b"did not work" in page.content
    assert not is_in(signing_in)


def test_the_host_of_a_request_says_nothing(as_: As, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    options = options_on(as_("alice").get(ADD, headers={"host": "evil.example"}))
    assert options["publicKey"]["rp"] == {"id": "together.example.org", "name": "JoinedUp"}


def test_an_answer_works_once(as_: As) -> None:
    key, _answer = add(as_("alice"))
    first, _answer = first_step("alice@example.org")
    answer = key.get(options_on(first.get(SECOND)))
    assert first.post(SECOND, {"credential": answer}).status_code == 302
    second, _answer = first_step("alice@example.org")
    second.get(SECOND)
    second.post(SECOND, {"credential": answer})
    assert not is_in(second)


def test_the_passkey_of_somebody_else_is_none(as_: As) -> None:
    add(as_("alice"))
    theirs, _answer = add(as_("lead"))
    signing_in, _answer = first_step("alice@example.org")
    signing_in.post(SECOND, {"credential": theirs.get(options_on(signing_in.get(SECOND)))})
    assert not is_in(signing_in)


MALFORMED = [
    "",
    "x",
    "5",
    "null",
    "[]",
    "{}",
    '{"id": 1, "rawId": null, "type": "public-key", "response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "attestationObject": "oA", "authenticatorData": "AA", "signature": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "odd", "response": "' + "é" * 50 + '"}',
]


def test_what_is_no_passkey_gets_a_sentence(as_: As) -> None:
    browser = as_("alice")
    for sent in MALFORMED:
        page = browser.post(ADD, {"name": "x", "credential": sent})
        assert (page.status_code, b"There is a problem" in page.content) == (200, True), sent
    assert Authenticator.objects.count() == 0
    key, _answer = add(browser)
    signing_in, _answer = first_step("alice@example.org")
    long_ago(browser)
    for sent in MALFORMED:
        cache.clear()
        for client, address in ((signing_in, SECOND), (browser, AGAIN)):
            page = client.post(address, {"credential": sent})
            assert (page.status_code, b"There is a problem" in page.content) == (200, True), sent
    cache.clear()
    answer = key.get(options_on(signing_in.get(SECOND)))
    assert signing_in.post(SECOND, {"credential": answer}).status_code == 302


def test_trying_ends_soon(as_: As) -> None:
    key, _answer = add(as_("alice"))
    signing_in, _answer = first_step("alice@example.org")
    other = SoftwareKey(SITE)
    pages = [
        signing_in.post(SECOND, {"credential": other.get(options_on(signing_in.get(SECOND)))}).content
        for _number in range(6)
    ]
    assert b"Wait five minutes" in pages[-1]
    signing_in.post(SECOND, {"credential": key.get(options_on(signing_in.get(SECOND)))})
    assert not is_in(signing_in)


def test_signing_in_again_takes_a_passkey(as_: As) -> None:
    browser = as_("alice")
    key, _answer = add(browser)
    long_ago(browser)
    assert browser.get(PAGE)["Location"] == AGAIN
    answer = key.get(options_on(browser.get(AGAIN)))
    assert browser.post(AGAIN, {"credential": answer})["Location"] == PAGE
    assert browser.get(PAGE).status_code == 200


def test_one_is_renamed_and_removed(as_: As, django_capture_on_commit_callbacks: Any) -> None:
    browser = as_("alice")
    set_up(browser)
    add(browser)
    page = f"{PAGE}{passkey().pk}/"
    assert browser.post(page, {"name": ""}).status_code == 200
    browser.post(page, {"name": "Key on the ring"})
    assert str(passkey()) == "Key on the ring"
    assert "Key on the ring" in browser.get(f"{page}remove/").content.decode()
    assert str(passkey()) == "Key on the ring", "looking removes nothing"
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(f"{page}remove/")["Location"] == PAGE
    assert [each.subject for each in mail.outbox] == ["A passkey of yours for JoinedUp was removed"]
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    told = [each.after for each in AuditEntry.objects.order_by("pk")]
    assert told == [
        {"second_factor": "on"}, {"passkey": "added"}, {"passkey": "renamed"}, {"passkey": "removed"},
    ]  # fmt: skip


def test_with_the_last_one_it_is_off(as_: As) -> None:
    browser = as_("alice")
    add(browser)
    page = f"{PAGE}{passkey().pk}/remove/"
    assert b"your recovery codes go too" in browser.get(page).content
    assert browser.post(page)["Location"] == "/account/yours/"
    assert Authenticator.objects.count() == 0


def test_the_last_one_stays_where_one_is_required(as_: As, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    browser = as_("alice")
    assert browser.get("/work/")["Location"] == PAGE
    assert browser.get(ADD).status_code == 200
    add(browser)
    assert is_in(browser)
    page = f"{PAGE}{passkey().pk}/remove/"
    assert b"Add another one first" in browser.get(page).content
    browser.post(page)
    assert passkey()
    add(browser, "Another")
    browser.post(page)
    assert str(passkey()) == "Another"


def test_only_the_owner_has_pages_for_it(as_: As, world: World) -> None:
    add(as_("alice"))
    for name in ("bob", "charlie", "admin", "lead"):
        browser = as_(name)
        for address in (f"{PAGE}{passkey().pk}/", f"{PAGE}{passkey().pk}/remove/"):
            assert browser.get(address).status_code == 404
            assert browser.post(address, {"name": "x"}).status_code == 404
    assert as_("bob").get(ADD).status_code == 404, "members are not asked"
    assert str(passkey()) == "Work laptop"
    assert f"/people/{world.alice.pk}/second-factor/" in as_("admin").get("/people/").content.decode()


def test_the_same_one_is_not_added_twice_nor_more_than_ten(as_: As) -> None:
    browser = as_("alice")
    key, _answer = add(browser)
    sent = {"name": "x", "credential": key.create(options_on(browser.get(ADD)))}
    assert b"added already" in browser.post(ADD, sent).content
    for _number in range(9):
        assert add(browser)[1].status_code == 302
    assert b"ten passkeys" in add(browser)[1].content
    assert Authenticator.objects.filter(type="webauthn").count() == 10


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://[::1]:8000", "http://site.example.org"])
def test_where_browsers_make_none_it_is_not_offered(as_: As, settings: Any, site: str) -> None:
    settings.SITE_URL = site
    browser = as_("alice")
    assert ADD not in browser.get(PAGE).content.decode()
    assert browser.get(ADD).status_code == 404


def test_what_is_held_is_told_and_its_key_is_not(as_: As, world: World) -> None:
    key, _answer = add(as_("alice"))
    told = own_data(world.alice)["Second factor"]
    assert sorted(each["kind"] for each in told) == ["Passkey", "Recovery codes"]
    assert [each["called"] for each in told if "called" in each] == ["Work laptop"]
    assert json.loads(key.create({"publicKey": {"rp": {"id": "x"}, "challenge": ""}}))["id"] not in str(told)
