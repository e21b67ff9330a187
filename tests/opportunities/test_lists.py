"""The list: filters, what each line says, and the file."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.opportunities.queries.lists import CSV_HEADER, listing
from tests.opportunities.making import make_move, make_opportunity
from tests.world import World

As = Callable[[str], Client]
TODAY = timezone.localdate()


def keys(world: World, who: str, **filters: Any) -> list[str]:
    return [each.key for each in listing(world.person(who), **filters)]


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


def test_the_first_closing_day_and_the_other_moves_are_told(world: World, as_: As) -> None:
    day = TODAY + datetime.timedelta(days=20)
    moves = [make_move(f"m{n}", "bid", parties=[]) for n in range(3)]
    make_opportunity(world, "one", closes=day, kind="bid", moves=moves)
    make_opportunity(world, "none", score=10.0)
    page = as_("bob").get("/opportunities/").content.decode()
    assert page.count("ju-by") == 1
    assert f"By {day.day} {day:%B %Y}" in page
    assert page.count("and 2 things more") == 1
    assert "thing more" not in page


def test_a_line_says_whether_it_names_ones_organisation(world: World, as_: As) -> None:
    make_opportunity(world, "one", world.lantern, world.school)
    assert "names your organisation" in as_("bob").get("/opportunities/").content.decode()
    assert "names your organisation" not in as_("alice").get("/opportunities/").content.decode()


def test_it_is_sorted_by_strength_by_closing_day_or_by_what_is_new(world: World, as_: As) -> None:
    soon, late = (TODAY + datetime.timedelta(days=n) for n in (3, 90))
    earlier = TODAY - datetime.timedelta(days=5)
    make_opportunity(world, "strong", score=90.0, first_seen=earlier)
    make_opportunity(world, "late", score=60.0, closes=late, first_seen=earlier)
    make_opportunity(world, "soon", score=40.0, closes=soon, first_seen=earlier)
    make_opportunity(world, "fresh", score=30.0, first_seen=TODAY)
    make_opportunity(world, "unknown", score=None, first_seen=earlier)
    assert keys(world, "bob") == ["strong", "late", "soon", "fresh", "unknown"]
    assert keys(world, "bob", sort="closes") == ["soon", "late", "strong", "fresh", "unknown"]
    assert keys(world, "bob", sort="new") == ["fresh", "strong", "late", "soon", "unknown"]
    assert keys(world, "bob", sort="nonsense") == keys(world, "bob")
    page = as_("bob").get("/opportunities/?sort=closes").content.decode()
    assert '<option value="closes" selected>' in page
    assert page.index("(soon)") < page.index("(late)") < page.index("(strong)")
    (first, *_) = rows(as_("bob"), "?sort=closes")
    assert first["Closes on"] == soon.isoformat()


def test_twelve_are_on_a_page_and_the_others_a_page_away(world: World, as_: As) -> None:
    for n in range(13):
        make_opportunity(world, f"n{n:02}", score=float(90 - n))
    first = as_("bob").get("/opportunities/?theme=trusted-adult").content.decode()
    assert first.count('class="ju-line"') == 12
    assert "13 opportunities" in first
    assert "Page 1 of 2" in first
    assert 'href="?theme=trusted-adult&amp;page=2"' in first
    second = as_("bob").get("/opportunities/?theme=trusted-adult&page=2").content.decode()
    assert second.count('class="ju-line"') == 1
    assert '<ol class="govuk-list ju-opportunities" start="13">' in second
    assert "(n12)" in second


def test_a_place_holds_what_is_in_it_and_in_its_parts_also_among_several(world: World) -> None:
    make_opportunity(world, "ward", place=world.ward)
    both = make_opportunity(world, "both", score=40.0)
    both.places.set([world.northton, world.eastton])
    assert keys(world, "bob", place=world.northton.pk) == ["ward", "both"]
    assert keys(world, "bob", place=world.eastton.pk) == ["both"]


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


def test_a_members_list_is_of_their_partnership_unless_they_ask_for_more(world: World, as_: As) -> None:
    make_opportunity(world, "north", audience="public", marking="public")
    make_opportunity(world, "south", world.harbour, footprint=world.south, place=world.southton)
    assert keys(world, "charlie") == ["south"]
    assert keys(world, "charlie", whose="all") == ["north", "south"]
    assert keys(world, "charlie", place=world.northton.pk) == ["north"]
    assert keys(world, "nobody") == ["north"]
    offered = {
        who: 'name="whose"' in as_(who).get("/opportunities/").content.decode()
        for who in ("nobody", "charlie", "bob", "alice", "lead")
    }
    assert offered == {"nobody": False, "charlie": True, "bob": True, "alice": True, "lead": False}


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
    make_opportunity(world, "two", world.school, world.police, kind="join", marking="named", sentence="NAMED")
    seen = {
        who: [row["Decision"] for row in rows(as_(who), "?whose=all")]
        for who in ("nobody", "charlie", "bob", "alice")
    }
    assert seen == {
        "nobody": ["OPEN"],
        "charlie": ["OPEN"],
        "bob": ["'=SHARED"],
        "alice": ["'=SHARED", "NAMED"],
    }
    (row,) = rows(as_("bob"))
    assert list(row) == CSV_HEADER
    assert row["Partners it names"] == "Lantern Youth"
    assert (row["Strength (0 to 100)"], row["Moves"]) == ("71", "1")
    assert row["Who may see it"] == "Partnership: members of its partnership"
    assert row["Address"].endswith(f"/opportunities/{made.pk}/")
    (aside,) = rows(as_("bob"), "?state=dismissed")
    assert (aside["State"], aside["Reason"]) == ("Set aside", "Not this year")
    page = as_("bob").get("/opportunities/?state=dismissed").content.decode()
    assert 'href="/opportunities.csv?state=dismissed"' in page
    assert as_("bob").post("/opportunities.csv").status_code == 405


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("who", "listed", "filed"), [("bob", 13, 6), ("alice", 14, 5)])
def test_the_list_and_the_file_cost_the_same_however_long(
    world: World, as_: As, who: str, listed: int, filed: int, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        make_opportunity(world, f"n{n}", world.lantern, world.school)
    browser = as_(who)
    with django_assert_num_queries(listed):
        browser.get("/opportunities/")
    with django_assert_num_queries(filed):
        browser.get("/opportunities.csv")


def test_the_kinds_are_counted_for_what_one_may_see(world: World, as_: As) -> None:
    make_opportunity(world, "one", world.lantern)
    make_opportunity(world, "two", world.lantern, kind="bring_in")
    make_opportunity(world, "three", world.lantern, kind="bring_in")
    make_opportunity(world, "alike", world.school, world.police, kind="join", marking="named")

    def kinds(who: str, query: str = "") -> list[str]:
        page = as_(who).get(f"/opportunities/{query}").content.decode()
        return re.findall(
            r"<option[^>]*>([^<]+)</option>", page.split('name="kind"')[1].split("</select>")[0]
        )

    both = ["Any kind", "Somebody to bring in (2)", "One needs what another can give (1)"]
    assert kinds("bob") == both
    assert kinds("alice") == [*both, "Two who do alike work (1)"]
    # With one of them chosen, the others are still there to choose.
    assert kinds("bob", "?kind=match") == both
    assert kinds("bob", "?kind=learn") == [*both, "Learn from elsewhere (0)"]
    assert kinds("charlie") == ["Any kind"]


def test_a_member_reads_the_partnerships_copy(world: World, as_: As) -> None:
    shared = make_opportunity(world, "same", world.lantern)
    public = make_opportunity(world, "same", audience="public", marking="public")
    assert as_("bob").get(f"/opportunities/{public.pk}/")["Location"] == f"/opportunities/{shared.pk}/"
    for who in ("nobody", "charlie"):
        assert as_(who).get(f"/opportunities/{public.pk}/").status_code == 200
