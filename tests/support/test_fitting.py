"""Funds that fit a partner alone, and “not for us”."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.support.fitting import HOLDS, funds_that_fit, say_not_for_us, take_back_not_for_us
from joinedup.support.models import NotForUs
from tests.support.test_pages import As, make_offer, text
from tests.world import World

TODAY = timezone.localdate()
ABOUT = {"basis": "rolling", "sectors": ["vcs"], "themes": ["trusted-adult"]}


def names(world: World, who: str = "bob", on: datetime.date = TODAY) -> list[str]:
    return [each.offer.name for each in funds_that_fit(world.person(who), on).items]


def test_it_says_why_by_when_and_what_to_look_at(world: World, as_: As) -> None:
    make_offer(
        "Mentors",
        **ABOUT | {"basis": "dated", "closes": TODAY + datetime.timedelta(days=9)},
        places=[world.northton],
        who_may_use="Registered charities with an income below £50,000",
    )
    (fit,) = funds_that_fit(world.person("bob"), TODAY).items
    assert fit.why == (
        "Open to your sector (Vcs); about Mentoring and a trusted adult, which you work on; for Northton, where you "
        "work."
    )
    assert fit.to_look_at == "it is for bodies with an income below £50,000; it asks for a registered charity"
    page = text(as_("bob").get("/work/"))
    assert "Funds that fit you" in page
    assert "/support/mentors/" in page
    assert "Not for us" in page


@pytest.mark.parametrize(
    "fields",
    [
        {"basis": "closed"},
        {"basis": "standing"},
        {"basis": ""},
        {"opens": TODAY + datetime.timedelta(days=1)},
        {"is_required_by_law": True},
        {"sectors": ["education"]},
        {"sectors": []},
        {"themes": ["weapon-carrying"]},
        {"themes": []},
        {"places": ["E09000993"]},
        {"via_sectors": ["police"], "lead_only": True},
        {"who_may_use": "Two or more charities applying together"},
        {"who_may_use": "At least two councils"},
        {"who_may_use": "Existing grantees only"},
        {"who_may_use": "By invitation"},
        {"who_may_use": "Charities in a joint bid with the police"},
    ],
    ids=str,
)
def test_what_does_not_fit_alone_or_is_not_certain_is_left_out(world: World, fields: dict[str, Any]) -> None:
    make_offer("Fund", **ABOUT)
    make_offer("Other", **ABOUT | fields)
    assert names(world) == ["Fund"]


def test_who_leads_may_apply_and_what_is_general_fits(world: World) -> None:
    make_offer("Led", **ABOUT | {"via_sectors": ["vcs"], "lead_only": True})
    make_offer("Any", **ABOUT | {"themes": [], "is_general": True})
    assert sorted(names(world)) == ["Any", "Led"]


def test_only_for_their_own_partner_and_only_what_they_may_see(world: World) -> None:
    make_offer("Hidden", **ABOUT, provider_partner=world.lantern, marking="partnership")
    assert names(world, "bob") == ["Hidden"]
    for who in ("charlie", "alice", "lead", "admin", "nobody"):
        assert names(world, who) == []


def test_not_for_us_holds_for_a_year_and_can_be_undone(world: World, as_: As) -> None:
    offer = make_offer("Fund", **ABOUT)
    bob = as_("bob")
    bob.post(f"/support/fund/not-for-us/{world.lantern.pk}/")
    assert names(world) == []
    assert names(world, on=TODAY + HOLDS) == ["Fund"]
    page = text(bob.get("/work/"))
    assert "1 that you said is not for you" in page
    assert "Fund" not in text(as_("charlie").get("/work/")).split("Funds that fit you")[0]
    assert names(world, "charlie") == ["Fund"]
    mark = NotForUs.objects.get()
    assert AuditEntry.objects.filter(action="offer.not_for_us").count() == 1
    bob.post(f"/support/for-us-again/{mark.pk}/")
    assert names(world) == ["Fund"]
    assert not NotForUs.objects.exists()
    assert offer.not_for_us.count() == 0


@pytest.mark.parametrize("who", ["charlie", "alice", "lead", "nobody"])
def test_nobody_says_it_for_others_or_takes_it_back(world: World, as_: As, who: str) -> None:
    offer = make_offer("Fund", **ABOUT)
    with pytest.raises(PermissionDenied):
        say_not_for_us(by=world.person(who), offer=offer, partner=world.lantern)
    as_(who).post(f"/support/fund/not-for-us/{world.lantern.pk}/")
    assert not NotForUs.objects.exists()
    mark = say_not_for_us(by=world.person("bob"), offer=offer, partner=world.lantern)
    with pytest.raises(PermissionDenied):
        take_back_not_for_us(by=world.person(who), mark=mark)
    as_(who).post(f"/support/for-us-again/{mark.pk}/")
    assert NotForUs.objects.count() == 1


def test_a_refusal_is_on_no_page_of_others(world: World, as_: As) -> None:
    offer = make_offer("Fund", **ABOUT)
    say_not_for_us(by=world.person("bob"), offer=offer, partner=world.lantern)
    for who in ("alice", "lead", "charlie", "nobody"):
        assert "Lantern" not in text(as_(who).get("/support/fund/")), who


@pytest.mark.parametrize("count", [1, 3])
def test_a_fixed_number_of_queries(world: World, django_assert_num_queries: Any, count: int) -> None:
    for number in range(count):
        make_offer(f"Fund {number}", **ABOUT, places=[world.northton])
    bob = world.person("bob")
    with django_assert_num_queries(10):
        assert len(funds_that_fit(bob, TODAY).items) == count
