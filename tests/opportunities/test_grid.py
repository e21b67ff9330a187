"""The coverage grid: what a cell says, who reads which cells, where they lead."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.opportunities.models import Cell
from joinedup.opportunities.queries.grid import CSV_HEADER, state_of
from joinedup.places.models import Place
from tests.opportunities.making import make_opportunity
from tests.world import THEMES, World, make_partner

As = Callable[[str], Client]
GRID = "/opportunities/grid/?footprint=north"


def make_cell(world: World, place: Place, theme: str = "trusted-adult", **fields: Any) -> Cell:
    values = {"audience": "partnership", "need": 0.9, **fields}
    return Cell.objects.create(footprint=world.north, place=place, theme_id=theme, **values)


def make_cells(world: World, audience: str, **fields: Any) -> None:
    for place in (world.northton, world.eastton):
        for theme in THEMES:
            make_cell(world, place, theme, audience=audience, **fields)


def words(answer: Any) -> str:
    """A page with single spaces."""
    return " ".join(answer.content.decode().split())


def test_only_members_read_a_grid(world: World, as_: As) -> None:
    for partner in (world.lantern, world.harbour):
        partner.marking = "public"
        partner.save()
    make_cells(world, "partnership", ask=["Lantern Youth"])
    for who in ("bob", "alice", "lead"):
        assert "6 to ask about first, 0 not known, of 6." in as_(who).get(GRID).content.decode(), who
    for who in ("nobody", "charlie", "admin"):
        page = as_(who).get(GRID).content.decode().split("<main")[1].split("</main")[0]
        assert "The grid is for members of the partnership." in page
        assert "ju-cover" not in page
        file = as_(who).get("/opportunities/grid.csv?footprint=north").content.decode("utf-8-sig")
        assert len(file.splitlines()) == 1, who


def test_a_partnership_that_keeps_to_itself_is_not_named(world: World, as_: As) -> None:
    make_cells(world, "partnership")
    for who in ("nobody", "charlie"):
        page = as_(who).get(GRID).content.decode()
        assert "North partnership" not in page
        assert "ju-cover" not in page.split("<main")[1].split("</main")[0]
    assert "North partnership" in as_("bob").get(GRID).content.decode()


def test_a_cell_leads_to_its_opportunities_in_words(world: World, as_: As) -> None:
    make_cells(world, "partnership")
    make_opportunity(world, "one", world.lantern)
    make_opportunity(world, "ward", world.lantern, place=world.ward)
    page = words(as_("bob").get(GRID))
    assert (
        '<td class="ju-cover ju-cover--moves"><a href="/opportunities/?place=E09000991&amp;theme=trusted-adult">'
        'something to decide <b>2</b><span class="govuk-visually-hidden"> opportunities on Mentoring and a trusted '
        "adult in Northton"
    ) in page
    assert "<strong>1 with something to decide</strong>, 0 to ask about first, 0 not known, of 6." in page
    there = as_("bob").get("/opportunities/?place=E09000991&theme=trusted-adult").content.decode()
    assert "2 opportunities" in there


def test_a_cell_counts_only_what_the_reader_may_see(world: World, as_: As) -> None:
    make_cells(world, "partnership")
    make_opportunity(world, "overlap", world.lantern, world.school, kind="join", marking="named")
    for who in ("bob", "alice"):
        assert "<b>1</b>" in as_(who).get(GRID).content.decode()
    assert "<b>" not in as_("lead").get(GRID).content.decode().split("<main")[1]


def test_what_is_set_aside_or_gone_is_not_counted(world: World, as_: As) -> None:
    make_cells(world, "partnership")
    make_opportunity(world, "a", world.lantern, state="dismissed", reason="not_now")
    make_opportunity(world, "b", world.lantern, state="gone")
    assert "<b>" not in as_("bob").get(GRID).content.decode().split("<main")[1]


@pytest.mark.parametrize("number", [1, 3])
def test_the_grid_costs_the_same_however_large(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n, theme in enumerate(list(THEMES)[:number]):
        make_cell(world, world.northton, theme)
        make_opportunity(world, f"n{n}", world.lantern, theme_id=theme)
    bob = as_("bob")
    with django_assert_num_queries(10):
        bob.get(GRID)


def test_whom_to_ask_first_stands_in_the_cell(world: World, as_: As) -> None:
    make_cell(world, world.northton, ask=["Lantern Youth", "Hilltop School"])
    make_cell(world, world.northton, "weapon-carrying", ask=["Testland Police", "A & B", "Lantern Youth"])
    make_cell(world, world.eastton, ask=[])
    page = words(as_("bob").get(f"{GRID}&place=E09000991"))
    assert '<td class="ju-cover ju-cover--ask">ask first: Lantern Youth and Hilltop School</td>' in page
    assert "ask first: Testland Police, A &amp; B and Lantern Youth" in page
    page = words(as_("bob").get(f"{GRID}&theme=trusted-adult"))
    link = '<a href="?footprint=north&amp;theme=&amp;place=E09000991">'
    assert f"{link}ask first: Lantern Youth and Hilltop School" in page
    # In the whole grid there is room for two words: who it is, is read out, and stands where the cell leads.
    page = words(as_("bob").get(GRID))
    assert (
        '>ask first<span class="govuk-visually-hidden"> Lantern Youth and Hilltop School about Mentoring and a '
        "trusted adult in Northton</span></a>"
    ) in page
    counts = re.findall(r'<td class="ju-cover-count">(\d)</td>', page)
    assert counts == ["0", "0", "0", "2"]


def test_whom_to_ask_goes_before_what_is_found(world: World, as_: As) -> None:
    """Between two runs an opportunity may come that a person spotted: both are told."""
    make_cell(world, world.northton, ask=["Lantern Youth"])
    make_opportunity(world, "one", world.school)
    assert "0 with something to decide</strong>, 1 to ask about first" in words(as_("bob").get(GRID))


def test_one_place_is_a_list_of_its_themes_those_to_ask_about_first(world: World, as_: As) -> None:
    make_cell(world, world.northton, "trusted-adult", need=0.1)
    make_cell(world, world.northton, "school-exclusion", need=None)
    make_cell(world, world.northton, "weapon-carrying", need=0.95, ask=["Lantern Youth"])
    make_cell(world, world.eastton, "trusted-adult", need=0.95)
    page = as_("bob").get(f"{GRID}&place=E09000991").content.decode()
    assert page.index('<td class="ju-cover ju-cover--ask">') < page.index(
        '<td class="ju-cover ju-cover--little">'
    )
    assert "Need: not known." in page
    assert "<strong>0 with something to decide</strong>, 1 to ask about first, 1 not known, of 3." in page


@pytest.mark.parametrize(
    ("need", "initiatives", "opportunities", "ask", "state"),
    [
        (0.9, 0, 0, ["X"], "ask"),
        (0.9, 2, 1, [], "moves"),
        (None, 0, 1, [], "moves"),
        (0.9, 2, 0, [], "some"),
        (0.9, 0, 0, [], "none"),
        (0.4, 0, 0, [], "none"),
        (0.39, 3, 0, [], "little"),
        (0.0, 0, 0, [], "little"),
        (None, 3, 0, [], "unknown"),
    ],
)
def test_what_a_cell_says(
    need: float | None, initiatives: int, opportunities: int, ask: list[str], state: str
) -> None:
    assert state_of(need, initiatives, opportunities, ask) == state


def test_action_that_is_recorded_is_some_action_whomever_it_reaches(world: World, as_: As) -> None:
    make_cell(world, world.northton, initiatives=2, is_reach_unknown=True)
    page = as_("bob").get(f"{GRID}&place=E09000991").content.decode()
    assert "Need: very high. 2 initiatives recorded. Some do not say how many people they reach." in page
    assert "some action" in page.split("<tbody")[1]


def test_neither_people_nor_a_share_of_need_is_said(world: World, as_: As) -> None:
    make_cells(world, "partnership", initiatives=2)
    for query in ("", "&place=E09000991", "&theme=trusted-adult"):
        page = as_("bob").get(f"{GRID}{query}").content.decode().split("<main")[1]
        assert " people" not in page
        assert "%" not in page
        assert "of the need" not in page.replace("how much of the need it meets is not known", "")


def test_action_whose_theme_or_place_is_not_recorded_leaves_no_cell_without(world: World, as_: As) -> None:
    make_cell(world, world.northton, "trusted-adult", perhaps=2)
    make_cell(world, world.northton, "weapon-carrying", need=0.45, perhaps=2)
    page = as_("bob").get(f"{GRID}&place=E09000991").content.decode().split("<main")[1]
    assert page.count("2 recorded here do not say their theme or their place, and may be on this.") == 2
    assert 'href="/initiatives/?unsaid=1&amp;when=running"' in page
    assert "No local action" not in page
    assert "nothing yet" not in page


def test_the_public_and_outsiders_are_not_led_to_what_they_may_not_set(world: World, as_: As) -> None:
    for partner in (world.lantern, world.harbour):
        partner.marking = "public"
        partner.save()
    make_cell(world, world.northton, audience="public", perhaps=1)
    page = as_("nobody").get(f"{GRID}&place=E09000991").content.decode()
    assert "unsaid=1" not in page


def test_in_the_partnership_what_is_not_recorded_is_asked_for(world: World, as_: As) -> None:
    make_cell(world, world.northton)
    page = as_("bob").get(f"{GRID}&place=E09000991").content.decode()
    said = "What is recorded here on it: nothing yet. That is not the same as nothing done; tell us."
    assert f"Need: very high. {said}" in page


def test_one_theme_is_a_list_of_places(world: World, as_: As) -> None:
    make_cell(world, world.eastton, need=0.2)
    make_cell(world, world.northton, ask=["Lantern Youth"])
    page = as_("bob").get(f"{GRID}&theme=trusted-adult").content.decode().split("<main")[1]
    assert page.index(">Northton<") < page.rindex(">Eastton<")


def test_a_theme_that_the_last_run_did_not_speak_of_is_not_known(world: World, as_: As) -> None:
    make_cell(world, world.northton, "trusted-adult")
    make_cell(world, world.eastton, "weapon-carrying")
    page = as_("bob").get(GRID).content.decode()
    assert "0 to ask about first, 2 not known, of 4." in page


def test_before_the_first_run_it_says_what_to_do(world: World, as_: As) -> None:
    said = {who: as_(who).get(GRID).content.decode() for who in ("alice", "bob")}
    assert "Have the opportunities worked out again" in said["alice"]
    assert "when the coordinator of the partnership" in said["bob"]


def test_the_grid_as_a_file_leaves_empty_what_is_not_known(world: World, as_: As) -> None:
    make_cell(world, world.northton, "trusted-adult", need=0.91, initiatives=1)
    make_cell(world, world.northton, "weapon-carrying", need=None)
    ask = ["Lantern Youth", "Hilltop School"]
    make_cell(world, world.northton, "school-exclusion", need=0.8, ask=ask)
    answer = as_("bob").get("/opportunities/grid.csv?footprint=north&place=E09000991")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == CSV_HEADER
    assert [[*row[1:7], row[8], row[9]] for row in rows[1:]] == [
        ["Northton", THEMES["school-exclusion"], "ask first", "0.8", "0", "0", "; ".join(ask), "0"],
        ["Northton", "Mentoring and a trusted adult", "some action", "0.91", "1", "0", "", "0"],
        ["Northton", "Weapon carrying", "not known", "", "0", "0", "", "0"],
    ]
    assert (
        len(list(csv.reader(io.StringIO(as_("charlie").get("/opportunities/grid.csv").content.decode()))))
        == 1
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("place=E09000993", "That is no place of this partnership"),
        ("place=%00", "That is no place of this partnership"),
        ("theme=nothing", "There is no such theme"),
        ("theme=trusted-adult&theme=%00", "There is no such theme"),
    ],
)
def test_a_filter_that_makes_no_sense_is_reported_and_not_applied(
    world: World, as_: As, query: str, says: str
) -> None:
    make_cells(world, "partnership")
    answer = as_("bob").get(f"{GRID}&{query}")
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert "not known, of 6." in answer.content.decode()


def test_another_partnership_than_there_is_shows_ones_own(world: World, as_: As) -> None:
    world.harbour.marking = "public"
    world.harbour.save()
    make_cells(world, "partnership")
    page = as_("bob").get("/opportunities/grid/?footprint=nowhere").content.decode()
    assert "There is no such partnership here" in page
    assert "North partnership" in page


def test_the_grid_is_read_only(world: World, as_: As) -> None:
    assert as_("alice").post("/opportunities/grid/").status_code == 405


def test_a_link_that_names_a_place_alone_leads_to_the_partnership_that_covers_it(
    world: World, as_: As
) -> None:
    make_partner("Open Harbour", "vcs", world.south, [world.southton], [], marking="public")
    page = as_("bob").get(f"/opportunities/grid/?place={world.southton.pk}").content.decode()
    assert "The grid is for members of the partnership." in page
    page = as_("charlie").get(f"/opportunities/grid/?place={world.southton.pk}").content.decode()
    assert "South partnership" in page
    assert "There is a problem" not in page
    nowhere = as_("bob").get("/opportunities/grid/?place=%00").content.decode()
    assert "North partnership" in nowhere
