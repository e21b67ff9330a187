"""The pages: which records look like one body, both side by side, and back again."""

from __future__ import annotations

from typing import Any

import pytest

from joinedup.partners.models import Merge, Partner, TwoBodies
from tests.world import World, make_partner


@pytest.fixture
def twice(world: World) -> Partner:
    return make_partner(
        "Lantern Youth Limited", "vcs", world.north, [], [], does="Mentors", confirmed_on=None
    )


def test_two_that_look_alike_are_asked_about_once(world: World, twice: Partner, as_: Any) -> None:
    alice = as_("alice")
    assert "One body or two?</a>" in alice.get("/partners/").text
    page = alice.get("/partners/one-body/").text
    assert "Lantern Youth Limited" in page
    assert "the same name but for how it is written" in page
    assert "Hilltop" not in page
    assert "1 pair of records looks like one organisation written down twice" in alice.get("/work/").text
    said = {"first": "lantern-youth", "second": twice.slug}
    page = alice.post("/partners/two-bodies/", said, follow=True).text
    assert "No two records look like one body." in page
    assert "Said to be two" in page
    assert "written down twice" not in alice.get("/work/").text
    page = alice.post(f"/partners/two-bodies/{TwoBodies.objects.get().pk}/take-back/", follow=True).text
    assert "the same name but for how it is written" in page


def test_side_by_side_one_button_and_back(world: World, twice: Partner, as_: Any) -> None:
    alice, address = as_("alice"), "/partners/lantern-youth/merge/"
    assert "The other record of this body" in alice.get(address).text
    assert "Choose the other record." in alice.get(f"{address}?other=").text
    page = alice.get(f"{address}?other={twice.slug}").text
    assert "This record is kept" in page
    assert "Lantern Youth Limited" in page
    assert "not recorded" in page
    assert Merge.objects.count() == 0
    assert "Choose which is right." in alice.post(f"{address}?other={twice.slug}", {"does": "gone"}).text
    page = alice.post(f"{address}?other={twice.slug}", {"name": "kept", "does": "gone"}, follow=True).text
    assert "“Lantern Youth Limited” leads here. You can take it back below." in page
    assert Partner.objects.get(pk=world.lantern.pk).does == "Mentors"
    assert "Made one record" in alice.get("/partners/one-body/").text
    page = alice.post(f"/partners/merges/{Merge.objects.get().pk}/take-back/", follow=True).text
    assert "“Lantern Youth Limited” has its own record again." in page
    assert Partner.objects.get(pk=world.lantern.pk).does == ""


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie", "lead"])
def test_others_find_none_of_it(world: World, twice: Partner, as_: Any, who: str) -> None:
    client = as_(who)
    merges = f"/partners/lantern-youth/merge/?other={twice.slug}"
    two = {"first": "lantern-youth", "second": twice.slug}
    for answer in (
        client.get("/partners/one-body/"),
        client.get(merges),
        client.post(merges, {"name": "kept"}),
        client.post("/partners/two-bodies/", two),
    ):
        assert answer.status_code in (302, 403, 404)
        assert answer.status_code != 302 or "/account/login/" in answer["Location"]
    assert (Merge.objects.count(), TwoBodies.objects.count()) == (0, 0)


def test_adding_a_body_that_is_here_says_so(world: World, as_: Any) -> None:
    sent = {
        "footprint": world.north.pk,
        "sector": "vcs",
        "marking": "partnership",
        "name": "The Lantern Youth CIC",
    }
    page = as_("alice").post("/partners/add/", {**sent, "company_number": "1084122"}, follow=True).text
    assert "It looks like Lantern Youth (the same name but for how it is written)." in page
    assert "1084122 was taken as a company number." in page
    page = (
        as_("alice")
        .post("/partners/add/", {**sent, "name": "Other", "company_number": "Company no 1 084 122"})
        .text
    )
    assert "is already recorded here, with the same company number. If this is a branch of it" in page
    sent |= {"name": "Other", "company_number": "01084122", "is_branch": "on"}
    assert as_("alice").post("/partners/add/", sent).status_code == 302
    assert Partner.objects.get(name="Other").is_branch


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(world: World, as_: Any, django_assert_num_queries: Any, number: int) -> None:
    for each in range(number):
        make_partner(f"Body {each}{each} of the town", "vcs", world.north, [], [])
        make_partner(f"Body {each}{each} of the Town Ltd", "vcs", world.north, [], [])
    alice = as_("alice")
    with django_assert_num_queries(8):
        assert alice.get("/partners/one-body/").text.count("Look at both") == number
