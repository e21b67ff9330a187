"""Pages for what went wrong, and the page for those who are worried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from joinedup.site.urls import handler400, handler403, handler404, handler429, handler500, urlpatterns
from joinedup.web import errors
from tests.world import World

As = Callable[[str], Client]


def stumble(request: HttpRequest, how: str) -> HttpResponse:
    raise {
        "forbidden": PermissionDenied("Ask <b>Alice</b>."),
        "silent": PermissionDenied(),
        "bad": SuspiciousOperation("secret detail"),
        "failed": RuntimeError("secret detail"),
    }[how]


class Urls:
    """The site's addresses and one that always goes wrong."""

    urlpatterns = [path("stumble/<str:how>/", stumble), *urlpatterns]
    handler400, handler403, handler404 = handler400, handler403, handler404
    handler429, handler500 = handler429, handler500


@pytest.fixture
def stumbling(settings: Any, world: object) -> Client:
    settings.ROOT_URLCONF = Urls
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("who", ["nobody", "bob"])
def test_what_is_not_there(as_: As, who: str) -> None:
    page = as_(who).get("/no/such/page/")
    assert page.status_code == 404
    assert b"Page not found" in page.content
    assert page["Content-Security-Policy"]


def test_what_one_may_not_do_says_what_to_do_and_escapes(stumbling: Client) -> None:
    page = stumbling.get("/stumble/forbidden/")
    assert page.status_code == 403
    assert b"Ask &lt;b&gt;Alice&lt;/b&gt;." in page.content
    assert b"Ask the coordinator" in stumbling.get("/stumble/silent/").content


def test_a_bad_request(stumbling: Client) -> None:
    page = stumbling.get("/stumble/bad/")
    assert page.status_code == 400
    assert b"We could not understand this request" in page.content
    assert b"secret detail" not in page.content


def test_a_failure_of_our_own(stumbling: Client, caplog: pytest.LogCaptureFixture) -> None:
    page = stumbling.get("/stumble/failed/")
    assert page.status_code == 500
    assert b"Sorry, something went wrong here" in page.content
    assert b"secret detail" not in page.content
    assert "secret detail" in caplog.text


def test_a_failure_page_needs_neither_a_database_nor_a_reader() -> None:
    """This test asks for no database: a query would fail it."""
    bare = RequestFactory().get("/")
    assert errors.failed(bare).status_code == 500
    assert errors.bad_request(bare, Exception()).status_code == 400
    page = errors.too_many(bare)
    assert (page.status_code, b"Wait a minute" in page.content) == (429, True)


class _OfTheDriver(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "sqlstate", "status"),
    [
        (OperationalError, None, 503),  # no connection, or closed while it was used
        (OperationalError, "57P01", 503),  # told to shut down
        (OperationalError, "57P03", 503),  # is starting
        (InterfaceError, None, 503),
        (OperationalError, "08006", 503),
        (OperationalError, "40P01", 500),  # a deadlock is ours
        (OperationalError, "57014", 500),  # and so is a question that took too long
        (ProgrammingError, "42P01", 500),
    ],
)
def test_a_database_that_went_away_is_said_and_any_other_error_of_it_is_ours(
    kind: type[Exception], sqlstate: str | None, status: int
) -> None:
    try:
        try:
            raise kind("secret detail") from _OfTheDriver(sqlstate)
        except Exception as error:
            raise RuntimeError from error
    except RuntimeError:
        page = errors.failed(RequestFactory().get("/"))
    assert page.status_code == status
    assert (b"The records cannot be reached just now" in page.content) == (status == 503)
    assert b"secret detail" not in page.content


def test_a_host_name_that_is_not_ours_is_a_bad_request(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["prevent.example.org"]
    page = Client(headers={"host": "evil.example"}).get("/worried/")
    assert page.status_code == 400
    assert b"We could not understand this request" in page.content


@pytest.mark.parametrize("who", ["nobody", "bob"])
def test_everybody_may_read_what_to_do_when_worried(as_: As, who: str) -> None:
    page = as_(who).get("/worried/").content.decode()
    for number in ("tel:999", "tel:101", "tel:08001111", "tel:08088005000"):
        assert number in page
    assert "safeguarding lead" in page
    assert "This site is not for reporting" in page
    assert "<form" not in page
    assert page.count("<h1") == 1


def test_the_page_for_the_worried_works_without_the_database(
    django_assert_num_queries: Any, db: None
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/worried/").status_code == 200


def test_a_number_that_is_too_large_for_the_database_is_a_bad_request(world: World, as_: Any) -> None:
    """PostgreSQL refuses it; on the way to SQLite Python does."""
    browser = as_("bob")
    browser.raise_request_exception = False
    sent = {"name": "Mentors", "partner": world.lantern.pk, "commitments": "99999999999999999999999"}
    assert browser.post("/initiatives/add/", sent).status_code in (200, 400)
