"""Signing in by an organisation's own service: whom it lets in, and whatever can go wrong on the way."""

from __future__ import annotations

import html
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core import mail
from django.core.cache import cache
from django.test import Client

from joinedup.accounts.leaving.closing import close_account
from joinedup.accounts.leaving.erasure import erase_account
from joinedup.accounts.leaving.own_data import own_data
from joinedup.accounts.models import AuditEntry, Grant, Session, User
from joinedup.accounts.person import Person
from joinedup.accounts.sign_in.services import SignInService, address_in
from tests.accounts.sign_in.openid_service import OTHER_KEY, Service, running
from tests.accounts.sign_in.test_second_factor import SECOND, figures, is_in, set_up
from tests.world import World

As = Callable[[str], Client]
LOGIN, START = "/account/login/", "/account/service/council/"
BACK = f"{START}back/"
REFUSED = "We could not sign you in with Testshire Council."
DOWN = "Testshire Council does not answer as it should just now."


@pytest.fixture(scope="module")
def one_service() -> Iterator[Service]:
    with running() as service:
        yield service


@pytest.fixture
def service(world: World, one_service: Service, settings: Any) -> Iterator[Service]:
    fresh = Service(one_service.issuer)
    one_service.__dict__.update(fresh.__dict__)
    settings.SIGN_IN_SERVICES = [settings_of(one_service)]
    cache.clear()
    yield one_service
    cache.clear()


def settings_of(service: Service, **changed: Any) -> dict[str, Any]:
    return {
        "slug": "council", "name": "Testshire Council", "issuer": service.issuer, "client_id": service.client_id,
        "client_secret": service.secret, "domains": ("example.org",),
    } | changed  # fmt: skip


def begin(browser: Client, **sent: str) -> str:
    """The address at the service that our page leads to."""
    page = browser.post(START, sent).content.decode()
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def come_back(browser: Client, service: Service, **sent: str) -> Any:
    return browser.get(BACK, service.sign_in(begin(browser, **sent)))


def sentence(browser: Client, answer: Any) -> str:
    """What the sign-in page says after an answer that led there."""
    assert answer["Location"].startswith(LOGIN)
    page = browser.get(answer["Location"]).content.decode()
    found = re.search(r'notification-banner__heading">([^<]*)<', page)
    assert found is not None
    return html.unescape(found[1])


def test_an_account_with_that_address_is_opened(
    service: Service, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    browser = Client()
    assert "Sign in with Testshire Council" in browser.get(LOGIN).content.decode()
    before = (User.objects.count(), Grant.objects.count())
    with django_capture_on_commit_callbacks(execute=True):
        assert come_back(browser, service, next="/events/")["Location"] == "/events/"
    assert is_in(browser)
    assert (User.objects.count(), Grant.objects.count()) == before
    held = SocialAccount.objects.get()
    assert (held.user_id, held.provider, held.uid, held.extra_data) == (
        world.bob.pk, "council", "subject-1", {},
    )  # fmt: skip
    assert [each.subject for each in mail.outbox] == ["You signed in to JoinedUp with Testshire Council"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("account.link", {"service": "council"})
    again = Client()
    come_back(again, service)
    assert is_in(again)
    assert (AuditEntry.objects.count(), SocialAccount.objects.count()) == (1, 1), "linked once"


def test_state_nonce_challenge_and_the_address_of_the_site_are_sent(service: Service, settings: Any) -> None:
    settings.SITE_URL = "https://together.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    page = Client().post(START, headers={"host": "evil.example"}).content.decode()
    found = re.search(r'content="0;url=([^"]*)"', page)
    assert found is not None
    sent = parse_qs(urlsplit(html.unescape(found[1])).query)
    assert sent["redirect_uri"] == [f"https://together.example.org{BACK}"]
    assert (sent["response_type"], sent["code_challenge_method"]) == (["code"], ["S256"])
    assert all(len(sent[name][0]) >= 16 for name in ("state", "nonce", "code_challenge"))
    assert set(sent["scope"][0].split()) == {"openid", "email", "profile"}


def test_where_none_is_set_up_there_is_none(db: None, world: World) -> None:
    browser = Client()
    assert "Sign in with" not in browser.get(LOGIN).content.decode()
    assert (browser.post(START).status_code, browser.get(BACK).status_code) == (404, 404)


REFUSALS: dict[str, dict[str, Any]] = {
    "no account": {"email": "nobody@example.org"},
    "closed": {"email": "bob@example.org"},
    "another domain": {"email": "bob@elsewhere.example"},
    "a subdomain": {"email": "bob@sub.example.org"},
    "not verified": {"email_verified": False},
    "said nothing of it": {"email_verified": None},
    "odd": {"email_verified": "yes"},
    "no address": {"email": None},
    "two addresses": {"email": "bob@example.org@example.org"},
    "look-alike": {"email": "bo\u212a@example.org"},
    "a list": {"email": ["bob@example.org"]},
}


@pytest.mark.parametrize("why", REFUSALS)
def test_who_is_not_let_in_reads_the_same_sentence(
    service: Service, world: World, django_capture_on_commit_callbacks: Any, why: str
) -> None:
    service.claims = REFUSALS[why]
    if why == "closed":
        close_account(by=world.person("admin"), user=world.bob)
    before = (User.objects.count(), AuditEntry.objects.count())
    browser = Client()
    with django_capture_on_commit_callbacks(execute=True):
        answer = come_back(browser, service, next="/events/")
    assert answer["Location"] == f"{LOGIN}?next=%2Fevents%2F", "where they were going is not lost"
    assert sentence(browser, answer).startswith(REFUSED)
    assert not is_in(browser)
    assert (User.objects.count(), AuditEntry.objects.count()) == before
    assert (SocialAccount.objects.count(), mail.outbox) == (0, [])


def test_an_installation_may_vouch_for_a_service_that_says_nothing(
    service: Service, world: World, settings: Any
) -> None:
    settings.SIGN_IN_SERVICES = [settings_of(service, are_addresses_verified=True)]
    service.claims = {"email_verified": None, "email": "Bob@Example.ORG"}
    browser = Client()
    come_back(browser, service)
    assert is_in(browser)
    service.claims = {"email_verified": False}
    other = Client()
    come_back(other, service)
    assert not is_in(other), "what it denies nobody vouches for"


def test_a_private_account_at_google_is_not_the_organisations(service: Service, world: World) -> None:
    google = SignInService(**settings_of(service, issuer="https://accounts.google.com"))
    claims = {"email": "bob@example.org", "email_verified": True}
    assert address_in(claims, google) is None
    assert address_in(claims | {"hd": "elsewhere.example"}, google) is None
    assert address_in(claims | {"hd": "example.org"}, google) == "bob@example.org"


FAULTS: dict[str, dict[str, Any]] = {
    "wrong audience": {"claims": {"aud": "another"}},
    "for several, not for us": {"claims": {"aud": ["joinedup", "another"], "azp": "another"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "too old": {"claims": {"exp": int(time.time()) - 3600}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "no subject": {"claims": {"sub": None}},
    "too long a subject": {"claims": {"sub": "x" * 192}},
    "another key": {"key": OTHER_KEY},
    "a shared secret": {"algorithm": "HS256"},
    "not signed": {"algorithm": "none"},
    "keys are down": {"broken": {"keys"}},
    "tokens are down": {"broken": {"token"}},
    "userinfo is down": {"broken": {"userinfo"}, "claims": {"email": None}},
    "userinfo of another": {
        "claims": {"email": None},
        "userinfo": {"sub": "subject-2", "email": "bob@example.org", "email_verified": True},
    },
    "no JSON that it should be": {"config": {"jwks_uri": "http://127.0.0.1:9/", "token_endpoint": 5}},
    "another issuer in discovery": {"config": {"issuer": "https://evil.example"}},
    "no https": {"config": {"token_endpoint": "http://evil.example/token"}},
    "no id token": {"config": {"token_endpoint": "/userinfo"}},
}


@pytest.mark.parametrize("why", FAULTS)
def test_what_a_service_must_not_answer_lets_nobody_in(
    service: Service, world: World, caplog: Any, why: str
) -> None:
    browser = Client()
    back = service.sign_in(begin(browser, next="/events/"))
    service.__dict__.update(FAULTS[why])
    with caplog.at_level(logging.DEBUG):
        answer = browser.get(BACK, back)
    assert answer["Location"] == f"{LOGIN}?next=%2Fevents%2F"
    assert sentence(browser, answer).startswith(DOWN)
    assert not is_in(browser)
    assert not SocialAccount.objects.exists()
    told = "\n".join(str(each.__dict__) for each in caplog.records if each.name.startswith("joinedup"))
    assert "'service': 'council'" in told
    for secret in ("secret-token", service.secret, back["code"], back["state"], "bob@example.org", "eyJ"):
        assert secret not in told


def test_a_service_that_is_down_at_the_start(service: Service, settings: Any) -> None:
    browser = Client()
    service.broken = {"openid-configuration"}
    assert sentence(browser, browser.post(START, {"next": "/events/"})).startswith(DOWN)
    settings.SIGN_IN_SERVICES = [settings_of(service, issuer="http://127.0.0.1:9")]
    assert sentence(browser, browser.post(START)).startswith(DOWN)


def test_who_thinks_better_of_it_reads_so(service: Service) -> None:
    browser = Client()
    state = service.sign_in(begin(browser, next="/events/"))["state"]
    answer = browser.get(BACK, {"error": "access_denied", "state": state})
    assert sentence(browser, answer).startswith("You did not sign in with Testshire Council.")
    state = service.sign_in(begin(browser))["state"]
    assert sentence(browser, browser.get(BACK, {"error": "server_error", "state": state})).startswith(DOWN)


@pytest.mark.parametrize("how", ["another browser", "twice", "late", "none"])
def test_a_state_that_is_not_ours_any_more(
    service: Service, world: World, monkeypatch: Any, how: str
) -> None:
    browser = Client()
    back = service.sign_in(begin(browser))
    if how == "another browser":
        browser = Client()
    elif how == "twice":
        sentence(browser, browser.get(BACK, {"error": "access_denied", "state": back["state"]}))
    elif how == "late":
        monkeypatch.setattr("allauth.socialaccount.internal.statekit.STATE_TTL", -1)
    else:
        back = {"code": back["code"]}
    answer = browser.get(BACK, back)
    assert sentence(browser, answer).startswith("That took too long, or was begun in another browser.")
    assert not is_in(browser)
    assert "token" not in service.asked


def test_what_is_asked_for_in_the_address_changes_nothing(service: Service, world: World) -> None:
    browser = Client()
    page = browser.post(
        f"{START}?process=connect&scope=all&auth_params=prompt%3Dnone", {"next": "//evil.example/"}
    )
    address = html.unescape(re.findall(r'content="0;url=([^"]*)"', page.content.decode())[0])
    sent = parse_qs(urlsplit(address).query)
    assert ("prompt" in sent, "all" in sent["scope"][0].split()) == (False, False)
    assert browser.get(BACK, service.sign_in(address))["Location"] == "/work/"
    assert browser.get(START)["Location"] == "/work/"


def test_starting_has_a_limit(service: Service) -> None:
    browser = Client()
    for _number in range(20):
        assert browser.post(START).status_code == 200
    assert sentence(browser, browser.post(START)).startswith("Tried many times")


def test_userinfo_is_asked_where_the_token_has_no_address(service: Service, world: World) -> None:
    service.claims = {"email": None, "email_verified": None}
    service.userinfo = {"sub": "subject-1", "email": "bob@example.org", "email_verified": True}
    browser = Client()
    come_back(browser, service)
    assert is_in(browser)
    assert service.asked.count("userinfo") == 1


def test_another_person_with_the_address_does_not_get_in(service: Service, world: World, as_: As) -> None:
    come_back(Client(), service)
    service.claims = {"sub": "subject-2"}
    browser = Client()
    assert sentence(browser, come_back(browser, service)).startswith(REFUSED)
    service.claims = {"email": "charlie@example.org"}
    assert sentence(browser, come_back(browser, service)).startswith(REFUSED)
    owner = as_("bob")
    held = SocialAccount.objects.get()
    assert "Testshire Council" in owner.get("/account/yours/").content.decode()
    as_("charlie").post("/account/yours/", {"link": str(held.pk)})
    assert SocialAccount.objects.get() == held, "only the owner takes it away"
    owner.post("/account/yours/", {"link": str(held.pk)})
    assert not SocialAccount.objects.exists()
    assert AuditEntry.objects.order_by("pk").last().action == "account.unlink"  # type: ignore[union-attr]
    service.claims = {"sub": "subject-2"}
    come_back(browser, service)
    assert is_in(browser)


def test_the_second_factor_is_asked_all_the_same(service: Service, world: World, as_: As) -> None:
    secret, _codes = set_up(as_("alice"))
    service.claims = {"email": "alice@example.org", "amr": ["pwd", "mfa"], "acr": "mfa"}
    browser = Client()
    assert come_back(browser, service)["Location"] == SECOND
    assert not is_in(browser)
    assert not SocialAccount.objects.exists(), "not before they are in"
    assert "secret-token" not in str([each.get_decoded() for each in Session.objects.all()])
    assert browser.post(SECOND, {"code": figures(secret)})["Location"] == "/work/"
    assert SocialAccount.objects.get().user_id == world.alice.pk


@pytest.mark.parametrize(
    ("said", "counts"),
    [({"amr": ["pwd", "mfa"]}, True), ({"acr": "mfa"}, True), ({"amr": ["pwd"]}, False), ({}, False)],
)
def test_the_services_own_counts_where_an_installation_says_so(
    service: Service, world: World, as_: As, settings: Any, said: dict[str, Any], counts: bool
) -> None:
    settings.SIGN_IN_SERVICES = [settings_of(service, second_factor=("mfa",))]
    set_up(as_("alice"))
    service.claims = {"email": "alice@example.org", **said}
    browser = Client()
    assert come_back(browser, service)["Location"] == ("/work/" if counts else SECOND)
    settings.SECOND_FACTOR = "required"
    service.claims = {"email": "admin@example.org", "sub": "subject-2", **said}
    other = Client()
    come_back(other, service)
    assert is_in(other) is counts


def test_what_is_held_is_told_and_goes_with_the_account(service: Service, world: World) -> None:
    come_back(Client(), service)
    told = own_data(world.bob)["Social accounts"]
    assert [(each["provider"], each["uid"]) for each in told] == [("council", "subject-1")]
    close_account(by=world.person("admin"), user=world.bob)
    browser = Client()
    assert sentence(browser, come_back(browser, service)).startswith(REFUSED)
    assert not User.objects.get(pk=world.bob.pk).is_active
    erase_account(by=Person.operator(), user=User.objects.get(pk=world.bob.pk))
    assert [model.objects.count() for model in (SocialAccount, SocialToken, SocialApp)] == [0, 0, 0]
