"""What closed and is expected to reopen: who says so, and that it is never open."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.support.actions import Facts, change_offer, expect_reopening
from joinedup.support.models import Offer
from joinedup.support.queries import of_an_opportunity, open_on
from tests.support.test_pages import As, in_order, make_offer, text
from tests.world import World

TODAY = timezone.localdate()
SOON = TODAY + datetime.timedelta(days=60)


@pytest.fixture
def closed(world: World) -> Offer:
    return make_offer("Shut", footprint=world.north, basis="closed", themes=["weapon-carrying"])


def test_it_stands_apart_and_never_as_open(world: World, as_: As, closed: Offer) -> None:
    make_offer("Gone", basis="closed")
    make_offer("Running", basis="rolling")
    expect_reopening(by=world.person("alice"), offer=closed, reopens=SOON, said_by="the grants  team")
    page = text(as_("nobody").get("/support/"))
    assert in_order(page, "Running", "Shut", "Gone")
    assert page.find("Expected to reopen</h2>") < page.find(">Shut<") < page.find("kept as history")
    assert f"Expected around {SOON:%B %Y}. Said by: the grants team." in page
    assert page.count(">Shut<") == 1
    assert not Offer.objects.filter(open_on(SOON), pk=closed.pk).exists()
    assert not Offer.objects.filter(of_an_opportunity(SOON), pk=closed.pk).exists()
    closed.refresh_from_db()
    assert (closed.check_by, closed.basis) == (SOON, "closed")
    one = text(as_("nobody").get("/support/shut/"))
    assert "It is closed or decided" in one
    assert "Said by: the grants team." in one


def test_a_day_that_passed_is_said_as_passed(world: World, as_: As, closed: Offer) -> None:
    past = TODAY - datetime.timedelta(days=40)
    Offer.objects.update(reopens=past, reopens_said_by="them")
    assert f"It was expected around {past:%B %Y} (said by: them). Ask the funder" in text(
        as_("nobody").get("/support/")
    )


@pytest.mark.parametrize(
    ("fields", "given", "words"),
    [
        ({}, {"reopens": TODAY, "said_by": "x"}, "Give a day to come"),
        ({}, {"reopens": SOON, "said_by": "  "}, "Say who told you"),
        ({"basis": "rolling"}, {"reopens": SOON, "said_by": "x"}, "It has not closed"),
    ],
)
def test_what_is_refused(
    world: World, closed: Offer, fields: dict[str, Any], given: dict[str, Any], words: str
) -> None:
    Offer.objects.update(**fields)
    closed.refresh_from_db()
    with pytest.raises(ValidationError, match=words):
        expect_reopening(by=world.person("alice"), offer=closed, **given)
    assert not Offer.objects.filter(reopens__isnull=False).exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["charlie", "bob", "nobody"])
def test_others_may_not(world: World, as_: As, closed: Offer, name: str) -> None:
    with pytest.raises(PermissionDenied):
        expect_reopening(by=world.person(name), offer=closed, reopens=SOON, said_by="x")
    as_(name).post("/support/shut/reopen/", {"reopens": SOON.isoformat(), "said_by": "x"})
    assert not Offer.objects.filter(reopens__isnull=False).exists()


def test_by_the_page_and_back(world: World, as_: As, closed: Offer) -> None:
    alice = as_("alice")
    assert "Say when it is expected to reopen" in text(alice.get("/support/shut/"))
    alice.post("/support/shut/reopen/", {"reopens": SOON.isoformat(), "said_by": "the newsletter"})
    closed.refresh_from_db()
    assert (closed.reopens, closed.reopens_said_by) == (SOON, "the newsletter")
    alice.post("/support/shut/reopen/", {"reopens": "", "said_by": ""})
    closed.refresh_from_db()
    assert (closed.reopens, closed.reopens_said_by, closed.check_by) == (None, "", None)


def test_what_opened_again_is_expected_no_more(world: World, closed: Offer) -> None:
    expect_reopening(by=world.person("alice"), offer=closed, reopens=SOON, said_by="them")
    facts = Facts(name="Shut", provider="City Trust", kind="fund", closes=SOON)
    change_offer(by=world.person("alice"), offer=closed, facts=facts)
    closed.refresh_from_db()
    assert (closed.reopens, closed.reopens_said_by) == (None, "")
