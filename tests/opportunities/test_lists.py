"""The list: filters, what each line says, and the file."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.opportunities.queries.lists import CSV_HEADER, lines, listing
from joinedup.support.models import Offer
from tests.opportunities.making import make_opportunity
from tests.world import World

As = Callable[[str], Client]
TODAY = timezone.localdate()


def keys(world: World, who: str, **filters: Any) -> list[str]:
    return [each.key for each in listing(world.person(who), **filters)]


def make_offer(slug: str, closes: int | None, **fields: Any) -> Offer:
    day = None if closes is None else TODAY + datetime.timedelta(days=closes)
    return Offer.objects.create(
        name=slug, slug=slug, provider="A trust", kind="fund", closes=day, **{"marking": "public", **fields}
    )


def test_what_names_my_organisation(world: World) -> None:
    make_opportunity(world, "mine", world.lantern, world.school)
    make_opportunity(world, "theirs", world.school)
    assert keys(world, "bob", mine=True) == ["mine"]
    assert keys(world, "alice", mine=True) == []
    assert keys(world, "nobody", mine=True) == []


def test_given_to_me(world: World) -> None:
    make_opportunity(world, "bobs", assigned_to=world.bob)
    make_opportunity(world, "alices", assigned_to=world.alice)
    make_opportunity(world, "gone", assigned_to=world.bob, state="gone")
    make_opportunity(world, "charlies", assigned_to=world.charlie)
    make_opportunity(world, "nobodys")
    assert keys(world, "bob", state="assigned") == ["bobs"]
    assert keys(world, "charlie", state="assigned") == []
    assert keys(world, "nobody", state="assigned") == []


def test_a_partner_that_the_reader_may_not_know_is_neither_named_nor_asked_for(world: World, as_: As) -> None:
    world.school.marking = "named"
    world.school.save()
    make_opportunity(world, "one", world.lantern, world.school, sentence="Two.", first_step="Meet.")
    (row,) = listing(world.person("bob"))
    assert list(row.parties.all()) == [world.lantern]
    assert keys(world, "bob", sector="education") == []
    assert keys(world, "bob", sector="vcs") == ["one"]
    assert "Hilltop School" not in as_("bob").get("/opportunities/").content.decode()
    assert "Hilltop School" not in as_("bob").get("/opportunities.csv").content.decode()


def test_the_first_deadline_of_an_open_offer_that_the_reader_may_see(world: World, as_: As) -> None:
    each = make_opportunity(world, "one")
    none = make_opportunity(world, "none", score=10.0)
    each.offers.add(
        make_offer("later", 40),
        make_offer("sooner", 20),
        make_offer("closed", -1),
        make_offer("always", None),
        make_offer("hidden", 5, marking="named", provider_partner=world.school),
    )
    none.offers.add(make_offer("over", -3))
    found = lines(world.person("bob"), listing(world.person("bob")), {})
    sooner = TODAY + datetime.timedelta(days=20)
    assert [line.closes for line in found] == [sooner, None]
    page = as_("bob").get("/opportunities/").content.decode()
    assert page.count("an offer closes on") == 1
    assert f"an offer closes on {sooner.day} {sooner:%B %Y}" in page


def test_each_line_names_who_it_is_about(world: World, as_: As) -> None:
    make_opportunity(world, "one", world.lantern, world.school)
    page = as_("bob").get("/opportunities/").content.decode()
    assert '<a class="govuk-link" href="/partners/hilltop-school/">Hilltop School</a>' in page
    assert "your organisation" in page
    assert "your organisation" not in as_("alice").get("/opportunities/").content.decode()


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("nobody", (False, False)),
        ("charlie", (True, True)),
        ("bob", (True, True)),
        ("alice", (False, True)),
        ("lead", (False, False)),
    ],
)
def test_filters_are_offered_to_those_who_can_use_them(
    world: World, as_: As, who: str, offered: tuple[bool, bool]
) -> None:
    page = as_(who).get("/opportunities/").content.decode()
    assert ('name="mine"' in page, 'value="assigned"' in page) == offered


def test_only_coordinators_are_led_to_what_is_new(world: World, as_: As) -> None:
    for who, led in (("nobody", False), ("charlie", False), ("bob", False), ("alice", True)):
        assert ('href="/opportunities/changes/"' in as_(who).get("/opportunities/").content.decode()) is led


def rows(browser: Client, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/opportunities.csv{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="opportunities.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_holds_the_filtered_list_and_only_what_the_reader_may_see(world: World, as_: As) -> None:
    made = make_opportunity(world, "shared", world.lantern, sentence="=SHARED", score=71.26)
    make_opportunity(world, "aside", state="dismissed", reason="not_now", sentence="ASIDE")
    make_opportunity(world, "open", audience="public", marking="public", sentence="OPEN")
    make_opportunity(
        world, "two", world.school, world.police, kind="join_up", marking="named", sentence="NAMED"
    )
    seen = {
        who: [row["In a sentence"] for row in rows(as_(who))] for who in ("nobody", "charlie", "bob", "alice")
    }
    assert seen == {"nobody": ["OPEN"], "charlie": ["OPEN"], "bob": ["'=SHARED"], "alice": ["'=SHARED"]}
    (row,) = rows(as_("bob"))
    assert list(row) == CSV_HEADER
    assert row["Partners it names"] == "Lantern Youth"
    assert (row["Strength"], row["Score (0 to 100)"]) == ("strong", "71.3")
    assert row["Who may see it"] == "Partnership: members of its partnership"
    assert row["Address"].endswith(f"/opportunities/{made.pk}/")
    (aside,) = rows(as_("bob"), "?state=dismissed")
    assert (aside["State"], aside["Reason"]) == ("Set aside", "Not this year")
    page = as_("bob").get("/opportunities/?state=dismissed").content.decode()
    assert 'href="/opportunities.csv?state=dismissed"' in page
    assert as_("bob").post("/opportunities.csv").status_code == 405


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("who", "listed", "filed"), [("bob", 13, 7), ("alice", 14, 6)])
def test_the_list_and_the_file_cost_the_same_however_long(
    world: World, as_: As, who: str, listed: int, filed: int, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        each = make_opportunity(world, f"n{n}", world.lantern, world.school)
        each.offers.add(make_offer(f"fund-{n}", 9))
    browser = as_(who)
    with django_assert_num_queries(listed):
        browser.get("/opportunities/")
    with django_assert_num_queries(filed):
        browser.get("/opportunities.csv")


def test_the_kinds_are_counted_for_what_one_may_see(world: World, as_: As) -> None:
    make_opportunity(world, "one", world.lantern)
    make_opportunity(world, "two", world.lantern, kind="missing_partner")
    make_opportunity(world, "three", world.lantern, kind="missing_partner")
    make_opportunity(world, "overlap", world.school, world.police, kind="join_up", marking="named")
    page = as_("bob").get("/opportunities/").content.decode()
    assert "A partner to invite (2)" in page
    assert "Plan together (1)" in page
    assert "Two who could join up (" not in page
    # With one of them chosen, the others are still there to choose.
    chosen = as_("bob").get("/opportunities/?kind=unmet_need").content.decode()
    assert "<strong>Plan together (1)</strong>" in chosen
    assert "A partner to invite (2)" in chosen
    assert "A partner to invite (" not in as_("charlie").get("/opportunities/").content.decode()


def test_a_member_reads_the_partnerships_copy(world: World, as_: As) -> None:
    shared = make_opportunity(world, "same", world.lantern)
    public = make_opportunity(world, "same", audience="public", marking="public")
    assert as_("bob").get(f"/opportunities/{public.pk}/")["Location"] == f"/opportunities/{shared.pk}/"
    for who in ("nobody", "charlie"):
        assert as_(who).get(f"/opportunities/{public.pk}/").status_code == 200
