"""The log says what happened, by number and pattern, and nothing that anybody sent."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from joinedup.accounts.links import make_link
from joinedup.site.log_format import Json, Plain
from joinedup.site.urls import handler400, handler403, handler404, handler429, handler500, urlpatterns
from tests.world import World

As = Callable[[str], Client]
# What somebody sends that must not be read in a log, each once by every way in.
SECRETS = ["tok3n-0f-4-link", "Okonkwo-Featherstone", "ada@secret.example", "07700 900123"]


def stumble(request: HttpRequest, told: str) -> HttpResponse:
    raise RuntimeError(f"duplicate key: {told} {request.POST} {request.GET}")


class Urls:
    urlpatterns = [path("stumble/<str:told>/", stumble, name="stumble"), *urlpatterns]
    handler400, handler403, handler404 = handler400, handler403, handler404
    handler429, handler500 = handler429, handler500


class Log:
    """Both formats of what is logged, as an installation would write them."""

    def __init__(self) -> None:
        self.plain, self.json = io.StringIO(), io.StringIO()
        self.handlers: list[logging.Handler] = []
        for stream, form in ((self.plain, Plain()), (self.json, Json())):
            self.handlers.append(logging.StreamHandler(stream))
            self.handlers[-1].setFormatter(form)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.json.getvalue().splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == f"joinedup.{logger}"]


@pytest.fixture
def log(settings: Any) -> Iterator[Log]:
    settings.DEBUG = False
    found, root, requests = Log(), logging.getLogger(), logging.getLogger("joinedup.requests")
    before = requests.level
    requests.setLevel(logging.INFO)
    for handler in found.handlers:
        root.addHandler(handler)
    yield found
    for handler in found.handlers:
        root.removeHandler(handler)
    requests.setLevel(before)


def test_a_request_is_one_line(as_: As, world: World, log: Log) -> None:
    answer = as_("bob").get(f"/partners/{world.lantern.slug}/?q=Okonkwo")
    assert answer.status_code == 200
    (line,) = log.of("requests")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert isinstance(line.pop("ms"), int)
    assert line == {
        "level": "info",
        "logger": "joinedup.requests",
        "message": "request",
        "id": answer["X-Request-ID"],
        "user": world.bob.pk,
        "method": "GET",
        "route": "partners/<slug:slug>/",
        "status": 200,
    }


def test_nothing_that_was_sent_is_in_the_log(
    as_: As, world: World, log: Log, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = Urls, ["testserver"]
    link = make_link("welcome", world.bob.pk, world.bob)
    secrets = [*SECRETS, link, world.bob.email, world.bob.name]
    browser = as_("bob")
    browser.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for secret in secrets:
        headers = {
            "referer": f"https://{secret.replace(' ', '')}/",
            "user-agent": secret,
            "x-request-id": secret,
            "x-forwarded-for": secret,
            "authorization": f"Bearer {secret}",
        }
        for client in (browser, strict):
            for address in (
                f"/stumble/{secret}/",
                f"/nothing/{secret}/",
                f"/account/welcome/{secret}/",
                "/search/",
            ):
                client.get(address, {"q": secret, "e-mail": secret}, headers=headers)
                client.post(address, {"name": secret, "email": secret}, headers=headers)
            client.post("/account/login/", {"email": secret}, headers=headers)
            client.post("/account/login/code/", {"code": secret}, headers=headers)
            client.get("/worried/", headers={"host": f"{secret.replace(' ', '')}.example"})
            client.generic(f"{secret.replace(' ', '')}", "/worried/")
    statuses = {line["status"] for line in log.of("requests")}
    assert {200, 302, 400, 403, 404, 500} <= statuses
    assert {line["route"] for line in log.of("requests")} >= {"none", "account/welcome/<str:token>/"}
    errors = [line for line in log.lines if line["level"] == "error"]
    assert {line["error"] for line in errors} == {
        "builtins.RuntimeError",
        "django.core.exceptions.DisallowedHost",
    }
    assert errors[0]["where"][-1].endswith(" stumble")
    for text in (log.plain.getvalue(), log.json.getvalue()):
        assert "Internal Server Error" in text
        assert [secret for secret in secrets if secret in text or secret.replace(" ", "") in text] == []


def test_signing_in_is_told_without_an_address(world: World, log: Log) -> None:
    browser = Client()
    browser.post("/account/login/", {"email": world.bob.email})
    code = re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body))
    assert code is not None, mail.outbox[-1].body
    browser.post("/account/login/code/", {"code": "0000-0000"})
    browser.post("/account/login/code/", {"code": code[0]})
    browser.post("/account/logout/")
    Client().post("/account/login/", {"email": "nobody@example.org"})
    assert [(line["message"], line["user"]) for line in log.of("sign_in")] == [
        ("code asked", None),
        ("code refused", None),
        ("signed in", world.bob.pk),
        ("signed out", world.bob.pk),
        ("code asked", None),
    ]
    assert "@" not in log.json.getvalue()


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0" * 31 + "a", True),
        ("123e4567-e89b-12d3-a456-426614174000", True),
        ("0" * 33, False),
        ("ada@secret.example", False),
        ("", False),
    ],
)
def test_the_number_of_a_proxy_is_taken_if_it_is_one(
    settings: Any, given: str, is_taken: bool, db: None
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert (Client(headers={"x-request-id": given}).get("/worried/")["X-Request-ID"] == given) == is_taken
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    made = Client(headers={"x-request-id": given}).get("/worried/")["X-Request-ID"]
    assert made != given
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_an_error_page_says_the_number_to_quote(settings: Any, db: None, log: Log) -> None:
    settings.ROOT_URLCONF = Urls
    for answer in (
        Client(raise_request_exception=False).get("/stumble/x/"),
        Client(enforce_csrf_checks=True).post("/account/login/", {}),
    ):
        assert answer.status_code in {403, 500}
        assert f"quote this number: <code>{answer['X-Request-ID']}</code>" in answer.content.decode()
    errors = [line for line in log.lines if line["logger"] == "django.request"]
    assert errors[0]["id"]


def test_a_developer_reads_everything(settings: Any) -> None:
    settings.DEBUG = True
    record = logging.LogRecord("joinedup", logging.ERROR, "", 1, "It broke: %s", ("all of it",), None)
    assert Plain().format(record) == "It broke: all of it"
