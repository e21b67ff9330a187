"""Who sees what of partners: Alice and Bob share the North partnership, Charlie and the public do not."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.partners.actions import add_ask, close_ask
from joinedup.partners.models import Ask, Contact, Link, Partner
from tests.world import World, make_partner

As = Callable[[str], Client]
OUTSIDERS = ["charlie", "nobody"]


@pytest.fixture
def full(world: World) -> World:
    """Lantern Youth is public, with one of everything around it that North keeps to itself."""
    world.lantern.marking = "public"
    world.lantern.does = "Mentors for young people"
    world.lantern.save()
    add_one_of_everything(world, 1)
    return world


def add_one_of_everything(world: World, number: int) -> None:
    today = datetime.date.today()
    shared = f"HIDDEN initiative {number}"
    joint = Initiative.objects.create(name=shared, slug=f"hidden-{number}", partner=world.lantern)
    other = make_partner(f"HIDDEN partner {number}", "health", world.north, [world.northton], [])
    joint.co_partners.add(other)
    joint.places.add(world.northton)
    Link.objects.create(first=world.lantern, second=other)
    Ask.objects.create(partner=world.lantern, kind="need", text=f"HIDDEN need {number}")
    Ask.objects.create(partner=world.lantern, kind="offer", text=f"HIDDEN gift {number}")
    Contact.objects.create(partner=world.lantern, role=f"HIDDEN contact {number}")
    found = Opportunity.objects.create(
        key=f"k{number}",
        footprint=world.north,
        audience="partnership",
        kind="gap",
        place=world.northton,
        sentence=f"HIDDEN opportunity {number}",
        score=50,
        first_seen=today,
        last_seen=today,
    )
    found.parties.add(world.lantern)
    programme, _ = Programme.objects.get_or_create(slug="days", name="Days")
    event, _ = Event.objects.get_or_create(
        slug="day", name="A day", programme=programme, footprint=world.north
    )
    Agreement.objects.create(
        event=event,
        goal=f"HIDDEN agreement {number}",
        action="Do it",
        place=world.northton,
        theme_id="trusted-adult",
        measure="Count",
        owner_partner=world.lantern,
        owner_role="Manager",
        deputy_role="Deputy",
        due=today,
        review_3=today,
        review_6=today,
        review_12=today,
        marking="partnership",
        recorded_by="Bob",
    )


def test_list_shows_public_partners_to_everybody_and_shared_ones_to_the_partnership(
    full: World, as_: As
) -> None:
    page = as_("nobody").get("/partners/").text
    assert "Lantern Youth" in page
    assert "1 partner" in page
    for secret in ("Hilltop School", "Testland Police", "Far Harbour", "HIDDEN"):
        assert secret not in page
    assert "Hilltop School" in as_("bob").get("/partners/").text
    assert "Hilltop School" not in as_("charlie").get("/partners/").text


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outsiders_see_nothing_of_what_the_partnership_shares(full: World, as_: As, who: str) -> None:
    AuditEntry.objects.create(
        by="HIDDEN person",
        action="partner.change",
        record="partners.partner",
        record_id=str(full.lantern.pk),
        label="",
    )
    response = as_(who).get("/partners/lantern-youth/")
    assert response.status_code == 200
    assert "Mentors for young people" in response.text
    assert "HIDDEN" not in response.text
    assert "Who changed what" not in response.text
    assert "Change" not in response.text
    for path in ("/partners.csv", "/asks.csv"):
        assert "HIDDEN" not in as_(who).get(path).text


def test_what_they_need_and_can_give_is_a_spreadsheet_too(world: World, as_: As) -> None:
    alice = world.person("alice")
    for partner, kind, text in (
        (world.lantern, "need", "=HIDDEN room"),
        (world.lantern, "offer", "HIDDEN from before"),
        (world.school, "offer", "HIDDEN minibus"),
    ):
        add_ask(by=alice, partner=partner, kind=kind, text=text)
    add_ask(by=alice, partner=world.school, kind="need", text="Chairs", marking="public")
    Partner.objects.update(marking="public")
    close_ask(by=alice, ask=world.lantern.asks.get(kind="offer"))

    def texts(who: str, query: str = "") -> list[str]:
        return [line.split(",")[0] for line in as_(who).get(f"/asks.csv?{query}").text.splitlines()[1:]]

    for who in ("alice", "bob"):
        assert sorted(texts(who)) == ["'=HIDDEN room", "Chairs", "HIDDEN minibus"]
    assert texts("alice", "sector=education") == ["Chairs", "HIDDEN minibus"]
    for who in ("charlie", "nobody"):
        assert texts(who) == ["Chairs"]
    assert "/asks.csv?q=lantern" in as_("alice").get("/partners/?q=lantern").text


def test_the_partnership_sees_all_of_it(full: World, as_: As) -> None:
    AuditEntry.objects.create(
        by="Somebody",
        action="partner.change",
        record="partners.partner",
        record_id=str(full.lantern.pk),
        label="",
        before={"does": "a"},
        after={"does": "b"},
    )
    page = as_("bob").get("/partners/lantern-youth/").text
    for part in ("initiative", "partner", "need", "gift", "contact", "opportunity", "agreement"):
        assert f"HIDDEN {part} 1" in page, part
    assert "together in “HIDDEN initiative 1”" in page
    assert "Somebody changed it (does)" in page


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_shared_partner_does_not_exist_for_outsiders(world: World, as_: As, who: str) -> None:
    assert as_(who).get("/partners/hilltop-school/").status_code == 404
    for page in ("edit", "confirm", "asks/add", "contacts/add", "links/add"):
        answer = as_(who).get(f"/partners/hilltop-school/{page}/").status_code
        assert answer == (302 if who == "nobody" else 404), page


def test_members_of_another_partner_read_but_do_not_change(world: World, as_: As) -> None:
    assert as_("bob").get("/partners/hilltop-school/").status_code == 200
    for page in ("edit", "confirm", "asks/add", "contacts/add", "links/add"):
        assert as_("bob").get(f"/partners/hilltop-school/{page}/").status_code == 403, page
    assert as_("bob").get("/partners/add/").status_code == 403


def test_bodies_of_one_statutory_partnership_count_as_linked(world: World, as_: As) -> None:
    make_partner("Northton Council", "local_authority", world.north, [world.northton], [], is_statutory=True)
    assert "same statutory partnership" in as_("alice").get("/partners/testland-police/").text
    assert "same statutory partnership" not in as_("alice").get("/partners/lantern-youth/").text


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("nobody", 11), ("bob", 24)])
def test_page_costs_the_same_at_one_and_at_three(
    full: World, as_: As, django_assert_num_queries: Any, number: int, who: str, queries: int
) -> None:
    for extra in range(2, number + 1):
        add_one_of_everything(full, extra)
    client = as_(who)
    with django_assert_num_queries(queries):
        client.get("/partners/lantern-youth/")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/partners/", 9), ("/partners.csv", 4), ("/asks.csv", 3)])
def test_list_costs_the_same_at_one_and_at_three(
    world: World, as_: As, django_assert_num_queries: Any, number: int, path: str, queries: int
) -> None:
    Partner.objects.filter(pk__in=[world.lantern.pk, world.school.pk, world.police.pk][:number]).update(
        marking="public"
    )
    for partner in Partner.objects.filter(marking="public"):
        add_ask(by=world.person("alice"), partner=partner, kind="need", text="Chairs", marking="public")
    with django_assert_num_queries(queries):
        as_("nobody").get(path)


def test_filters_narrow_down(world: World, as_: As) -> None:
    def names(query: str) -> list[str]:
        text = as_("alice").get(f"/partners.csv?{query}").text
        return [line.split(",")[0] for line in text.splitlines()[1:]]

    assert names("sector=education") == ["Hilltop School"]
    assert names("theme=trusted-adult") == ["Lantern Youth"]
    assert names("q=lantern") == ["Lantern Youth"]
    assert names("place=E09000992") == ["Lantern Youth", "Testland Police"]
    # A ward is served by whoever serves its borough; a region by whoever serves a part of it.
    assert names("place=E05099901") == ["Hilltop School", "Lantern Youth", "Testland Police"]
    assert names("place=E12000099") == ["Hilltop School", "Lantern Youth", "Testland Police"]
    assert names("place=E09000993") == []


def test_a_filter_that_makes_no_sense_is_said_and_not_applied(world: World, as_: As) -> None:
    page = as_("alice").get("/partners/?place=nowhere").text
    assert "There is a problem" in page
    assert "Lantern Youth" in page


def test_list_has_25_to_a_page(world: World, as_: As) -> None:
    for number in range(30):
        make_partner(f"Partner {number:02}", "vcs", world.north, [], [])
    page = as_("alice").get("/partners/").text
    assert "33 partners" in page
    assert "Page 1 of 2" in page
    assert page.count('<th scope="row"') == 25


def test_a_spreadsheet_reads_its_days_as_meant_and_runs_nothing(world: World, as_: As) -> None:
    world.lantern.confirmed_on = datetime.date(2018, 10, 8)
    world.lantern.does = "=HYPERLINK(1)"
    world.lantern.source = "@somebody"
    world.lantern.save()
    response = as_("alice").get("/partners.csv?q=lantern")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "2018-10-08" in response.text
    assert "'=HYPERLINK(1)" in response.text
    assert "'@somebody" in response.text
    assert "Partnership: members of its partnership" in response.text


def test_stale_and_demonstration_are_said(world: World, as_: As) -> None:
    world.lantern.confirmed_on = datetime.date(2018, 10, 8)
    world.lantern.is_demonstration = True
    world.lantern.save()
    page = as_("bob").get("/partners/lantern-youth/").text
    assert "last confirmed by the body on 8 October 2018, more than a year ago" in page
    assert "ju-tag--demonstration" in page


def test_opening_pages_changes_nothing(full: World, as_: As) -> None:
    before = AuditEntry.objects.count(), list(Partner.objects.values())
    for page in ("", "edit/", "confirm/", "asks/add/", "contacts/add/", "links/add/"):
        assert as_("alice").get(f"/partners/lantern-youth/{page}").status_code == 200
    ask = Ask.objects.first()
    assert ask is not None
    assert as_("bob").get(f"/asks/{ask.pk}/close/").status_code == 405
    assert (AuditEntry.objects.count(), list(Partner.objects.values())) == before
