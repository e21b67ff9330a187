"""Public pages are kept for those without a session, never for anybody else, and not beyond any change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from joinedup.partners.models import Partner
from joinedup.web import stored_pages
from joinedup.web.stored_pages import (
    MOST_PARTS,
    PAGES,
    Shelf,
    StoredPage,
    kept_until_any_change,
    shelf,
    version,
)
from tests.trust.walking import As, patterns
from tests.world import World

PAGE = "/partners/"
# PostgreSQL is asked in the page's own connection; SQLite's file is watched by another.
ASKED = 0 if connection.vendor == "sqlite" else 1
# PostgreSQL's snapshot names the transactions of all databases of its server, and other tests write in theirs.
TRIES = 500


@pytest.fixture
def public(transactional_db: None, world: World) -> Iterator[World]:
    """Really committed, as only then can anything be kept; and pages that anybody may read."""
    Partner.objects.update(marking="public")
    shelf.clear()
    yield world
    shelf.clear()


def asked(client: Client, address: str = PAGE, **headers: str) -> tuple[HttpResponse, int]:
    """The answer, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, headers=headers)
    return answer, len(queries)


def asked_again(client: Client, **headers: str) -> tuple[HttpResponse, int]:
    """As `asked`, until nobody else wrote between one reader and the next."""
    for _ in range(TRIES):
        answer, cost = asked(client, **headers)
        if cost == ASKED:
            break
    return answer, cost


def nonces(answer: HttpResponse) -> set[str]:
    """Those of the page and the one of its policy, which have to be the same."""
    found = set(re.findall(r'nonce="([^"]+)"', answer.content.decode()))
    return found | set(re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"]))


def test_the_second_reader_costs_nothing_and_has_a_nonce_of_their_own(public: World):
    (first, cost), (second, cost_again) = asked(Client()), asked_again(Client())
    assert cost > cost_again == ASKED
    assert b"Lantern Youth" in second.content
    assert len(nonces(first)) == len(nonces(second)) == 1
    assert nonces(first) != nonces(second)
    assert not second.cookies
    assert int(second.headers["Content-Length"]) == len(second.content)
    own = {stored_pages.POLICY, "X-Request-ID"}
    same = {name: value for name, value in first.items() if name not in own}
    assert same == {name: value for name, value in second.items() if name not in own}
    assert second.headers["Cache-Control"] == "max-age=0, must-revalidate"


def test_who_has_the_page_is_told_that_it_still_is_so(public: World):
    etag = asked(Client())[0].headers["ETag"]
    answer, cost = asked_again(Client(), **{"if-none-match": etag})
    assert (answer.status_code, answer.content, cost) == (304, b"", ASKED)
    # The page that the browser has keeps its own policy: another nonce would stop its scripts.
    assert not answer.has_header("Content-Security-Policy")
    Partner.objects.filter(slug="lantern-youth").update(name="Another name")
    assert asked(Client(), **{"if-none-match": etag})[0].status_code == 200


def test_any_change_is_seen_by_the_next_reader(public: World):
    assert b"Lantern Youth" in asked(Client())[0].content
    Partner.objects.filter(slug="lantern-youth").update(marking="partnership")
    assert b"Lantern Youth" not in asked(Client())[0].content


def test_signed_in_people_neither_get_nor_leave_anything(public: World, as_: As):
    asked(Client())
    own, cost = asked(as_("bob"))
    assert cost > ASKED
    assert b"My work" in own.content
    assert own.headers["Cache-Control"] == "private, no-store"
    assert b"My work" not in asked(Client())[0].content


@pytest.mark.parametrize("cookie", ["sessionid", "messages", "anything"])
def test_who_has_a_cookie_gets_a_page_of_their_own(public: World, cookie: str):
    client = Client()
    client.cookies[cookie] = "x"
    asked(client)
    answer, cost = asked(client)
    assert cost > ASKED
    assert not answer.has_header("ETag")


@pytest.mark.parametrize(
    "address", ["/account/login/", "/search/?q=mill", "/partners.csv", "/partners/no-such/"]
)
def test_forms_searches_files_and_errors_are_not_kept(public: World, address: str):
    assert not asked(Client(), address)[0].has_header("ETag")
    assert shelf.size == 0


def test_each_question_and_each_host_has_a_page_of_its_own(public: World):
    asked(Client(), "/partners/?sector=vcs")
    answer, cost = asked(Client(), "/partners/?sector=police")
    assert cost > ASKED
    assert b"Lantern Youth" not in answer.content
    assert asked(Client(), "/partners/?sector=vcs", host="other.example")[1] > ASKED
    size = shelf.size
    asked(Client(), f"/partners/?sector=vcs&x={'a' * 100}")
    assert shelf.size == size


def test_nothing_is_kept_inside_a_transaction(world: World):
    shelf.clear()
    assert version() is None
    assert not asked(Client())[0].has_header("ETag")
    assert shelf.size == 0


def test_a_page_that_sets_a_cookie_or_has_a_form_is_not_kept(public: World):
    request = RequestFactory().get(PAGE)
    request.resolver_match = get_resolver().resolve(PAGE)
    answer = HttpResponse("a", headers={"Content-Type": "text/html"})
    assert stored_pages._may_be_kept(request, answer)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    assert not stored_pages._may_be_kept(request, answer)
    del request.META["CSRF_COOKIE_NEEDS_UPDATE"]
    answer.set_cookie("a", "b")
    assert not stored_pages._may_be_kept(request, answer)


def test_no_page_that_may_be_kept_has_a_secret_in_its_address():
    known = {pattern.name: pattern.pattern.converters for pattern in patterns()}
    assert known.keys() >= PAGES
    assert not {"token"} & {argument for name in PAGES for argument in known[name]}


def test_the_shelf_keeps_what_was_asked_for_last():
    pages = Shelf(most=9_000)
    for key in "abc":
        pages.put(key, StoredPage(1, float("inf"), {}, (b"x" * 1_000,), ""))
        pages.get("a", 1)
    pages.put("d", StoredPage(1, float("inf"), {}, (b"x" * 1_000,), ""))
    assert [key for key in "abcd" if pages.get(key, 1)] == ["a", "c", "d"]
    assert pages.size == 9_000
    assert pages.get("a", 2) is None
    pages.put("a", StoredPage(1, float("-inf"), {}, (), ""))
    assert pages.get("a", 1) is None


def test_what_is_said_to_everybody_alike_is_made_once_until_anything_is_written(public: World):
    def kept() -> object:
        return kept_until_any_change("part", object)

    assert any(kept() is kept() for _ in range(TRIES))
    before = kept()
    Partner.objects.filter(slug="lantern-youth").update(name="Another name")
    assert kept() is not before
    for number in range(MOST_PARTS + 1):
        kept_until_any_change(number, object)
    assert len(stored_pages._parts) == MOST_PARTS


def test_no_part_is_kept_inside_a_transaction(world: World):
    assert kept_until_any_change("part", object) is not kept_until_any_change("part", object)


def test_members_and_others_read_their_own_page_of_a_place(public: World, as_: As):
    address = f"/places/{public.northton.pk}/"
    for _ in range(2):
        assert "Local action beside need" in as_("bob").get(address).content.decode()
        for who in ("charlie", "nobody"):
            assert "Local action beside need" not in as_(who).get(address).content.decode()


def test_the_version_is_that_of_every_process(public: World):
    assert any(version() == version() for _ in range(TRIES))
    before = version()
    get_user_model().objects.create_user("new@example.org")
    assert version() != before
