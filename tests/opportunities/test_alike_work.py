"""That two do alike work is told to these two and to their coordinator, and betrayed to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import Grant
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.documents import document, shortlist
from joinedup.opportunities.queries.lists import csv_rows, kinds, listing
from joinedup.partners.models import Partner
from tests.opportunities.records import make_join, make_match
from tests.world import World, make_user

As = Callable[[str], Client]
TODAY = timezone.localdate()
WORDS = "compare notes on"
# Bob is of one of the two. Sam, of the police, is a member of their partnership, and Charlie of another.
INSIDE, OUTSIDE = ["alice", "bob"], ["sam", "lead", "admin", "charlie", "nobody"]


@pytest.fixture
def north(world: World) -> World:
    """Lantern Youth and the school do alike work; the school and the police share a hall."""
    Partner.objects.update(marking="public", confirmed_on=TODAY)
    make_match(world.police, world.school, world.northton, marking="public", confirmed_on=TODAY)
    make_join(world, world.northton, marking="public", confirmed_on=TODAY)
    refresh(by=world.person("alice"), footprint=world.north)
    world.sam = make_user("sam@example.org", "Sam", "partner_member", partner=world.police)  # type: ignore[attr-defined]
    return world


def the_join() -> Opportunity:
    return Opportunity.objects.get(kind="join")


def addresses() -> list[str]:
    return [
        "/", "/opportunities/", "/opportunities.csv", "/opportunities/?place=E09000991",
        "/opportunities/?theme=trusted-adult", "/opportunities/?kind=join", "/places/E09000991/",
        "/partners/lantern-youth/", "/partners/hilltop-school/", "/initiatives/boxing-mentors/", "/search/?q=mentors",
        "/opportunities/together/?footprint=north", "/opportunities/grid/?footprint=north",
        "/opportunities/why-not/?footprint=north&initiative=boxing-mentors",
    ]  # fmt: skip


def plain(page: str) -> str:
    return re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]*"', "", page)


@pytest.mark.parametrize("who", INSIDE)
def test_the_two_and_the_coordinator_read_it(north: World, as_: As, who: str) -> None:
    found = the_join()
    assert (found.marking, found.audience) == ("named", "partnership")
    assert set(found.parties.all()) == {north.lantern, north.school}
    page = as_(who).get(f"/opportunities/{found.pk}/").content.decode()
    assert WORDS in page
    assert "Only those named here and the coordinator see this." in page
    for address in ("/opportunities/", "/opportunities.csv"):
        assert WORDS in as_(who).get(address).content.decode(), address
    assert ("join", "Two who do alike work", 1) in kinds(north.person(who))


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_else_reads_it_or_can_tell_that_it_is_there(north: World, as_: As, who: str) -> None:
    """Two worlds that differ only in it: the same pages and files, byte for byte."""
    browser, person, found = as_(who), north.person(who), the_join()
    assert browser.get(f"/opportunities/{found.pk}/").status_code == 404

    def read() -> dict[str, object]:
        seen: dict[str, object] = {each: plain(browser.get(each).content.decode()) for each in addresses()}
        return seen | {
            "kinds": kinds(person, whose="all"),
            "rows": list(csv_rows(person, listing(person, whose="all"))),
            "gone": list(listing(person, whose="all", state="gone")),
        }

    with_it = read()
    assert WORDS not in str(with_it)
    assert with_it["rows"], "there is another that they read"
    found.delete()
    assert read() == with_it


def test_a_coordinator_of_another_partnership_does_not_read_it(north: World, as_: As) -> None:
    Grant.objects.create(user=north.charlie, role="coordinator", footprint=north.south)
    assert as_("charlie").get(f"/opportunities/{the_join().pk}/").status_code == 404


def test_it_counts_in_no_run_no_short_list_and_no_document(north: World) -> None:
    shared = Opportunity.objects.filter(audience="partnership")
    assert (shared.count(), Run.objects.get(audience="partnership").found) == (2, 1)
    assert not Opportunity.objects.filter(audience="public", kind="join").exists()
    assert the_join() not in shortlist(north.north, 9)
    assert WORDS not in str(document(north.north, north.northton, TODAY, None))
