"""Who sees what of local action: Alice and Bob share the North partnership, Charlie and the public do not."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.taxonomy.models import Approach
from tests.initiatives.making import TODAY, make_agreement, make_initiative, surround
from tests.world import World

As = Callable[[str], Client]
OUTSIDERS = ["charlie", "nobody"]
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outsiders_see_a_public_initiative_and_nothing_shared_around_it(
    world: World, as_: As, who: str
) -> None:
    initiative = make_initiative("Evening mentors", world.lantern, what="Mentors on four evenings")
    surround(world, initiative)
    make_agreement(world, initiative, goal="HIDDEN goal", marking="partnership")
    AuditEntry.objects.create(
        by="HIDDEN person",
        action="initiative.change",
        record="initiatives.initiative",
        record_id=str(initiative.pk),
        label="",
    )
    response = as_(who).get("/initiatives/evening-mentors/")
    assert response.status_code == 200
    assert "Mentors on four evenings" in response.text
    assert "a partner not open to you" in response.text
    assert "Promise 1" in response.text
    for path in ("/initiatives/evening-mentors/", "/initiatives/", "/initiatives.csv"):
        page = as_(who).get(path).text
        assert "HIDDEN" not in page, path
        assert "Lantern" not in page, path


def test_the_partnership_sees_all_of_it(world: World, as_: As) -> None:
    initiative = make_initiative("Evening mentors", world.lantern)
    surround(world, initiative)
    make_agreement(world, initiative)
    page = as_("bob").get("/initiatives/evening-mentors/").text
    for part in ("Lantern Youth", "HIDDEN partner 1", "HIDDEN offer 1", "HIDDEN opportunity 1", "Promise 1"):
        assert part in page, part
    for step in ("HIDDEN behind it", "A day", "Table 3, round 1", "One goal"):
        assert step in page, step
    assert "Also named:" in page


def test_a_public_chain_shows_no_table_and_no_shared_opportunity(world: World, as_: As) -> None:
    make_agreement(world, make_initiative("Evening mentors", world.lantern))
    page = as_("charlie").get("/initiatives/evening-mentors/").text
    assert "One goal" in page
    assert "A day" in page
    assert "Table 3" not in page
    assert "HIDDEN" not in page


@pytest.mark.parametrize(
    ("marking", "sees"),
    [
        ("public", {"alice", "bob", "charlie", "nobody", "lead"}),
        ("partnership", {"alice", "bob", "lead"}),
        ("named", {"bob"}),
    ],
)
def test_the_marking_decides(world: World, as_: As, marking: str, sees: set[str]) -> None:
    make_initiative("Evening mentors", world.lantern, marking=marking)
    for who in ("alice", "bob", "charlie", "nobody", "lead"):
        status = as_(who).get("/initiatives/evening-mentors/").status_code
        assert status == (200 if who in sees else 404), who
        listed = "Evening mentors" in as_(who).get("/initiatives/").text
        exported = "Evening mentors" in as_(who).get("/initiatives.csv").text
        assert (listed, exported) == (who in sees, who in sees), who
        for page in ("edit", "confirm"):
            status = as_(who).get(f"/initiatives/evening-mentors/{page}/").status_code
            if who == "nobody":
                assert status == 302
            elif who not in sees:
                assert status == 404
            else:
                assert status == (200 if who in ("alice", "bob") else 403)


def test_a_named_partner_sees_it(world: World, as_: As) -> None:
    initiative = make_initiative("Evening mentors", world.lantern, marking="named")
    initiative.named.add(world.harbour)
    assert as_("charlie").get("/initiatives/evening-mentors/").status_code == 200


def test_a_partner_out_of_sight_is_no_way_to_find_its_work(world: World, as_: As) -> None:
    make_initiative("Evening mentors", world.lantern)
    assert "Evening mentors" in as_("bob").get("/initiatives/?partner=lantern").text
    assert "Evening mentors" in as_("bob").get("/initiatives/?partner=lantern-youth").text
    assert "Evening mentors" not in as_("charlie").get("/initiatives/?partner=lantern").text


def test_filters_narrow_down(world: World, as_: As) -> None:
    running = make_initiative("Now", world.lantern, starts=TODAY, ends=TODAY, level="primary")
    make_initiative("Soon", world.school, starts=TODAY + DAY)
    make_initiative("Before", world.lantern, ends=TODAY - DAY)
    make_initiative("Undated", world.lantern, what="Nobody knows when")
    running.places.add(world.ward)
    running.themes.add("trusted-adult")

    def names(query: str) -> list[str]:
        text = as_("alice").get(f"/initiatives.csv?{query}").text
        return [line.split(",")[0] for line in text.splitlines()[1:]]

    assert names("when=running") == ["Now", "Undated"]
    assert names("when=planned") == ["Soon"]
    assert names("when=ended") == ["Before"]
    assert names("theme=trusted-adult") == ["Now"]
    assert names("level=primary") == ["Now"]
    assert names("q=nobody+when") == ["Undated"]
    assert names("partner=hilltop") == ["Soon"]
    assert names("place=E09000991") == ["Now"]
    assert names("place=E12000099&when=running") == ["Now"]
    assert names("place=E09000992") == []
    assert "There is a problem" in as_("alice").get("/initiatives/?when=never").text


def test_unknown_is_never_nought(world: World, as_: As) -> None:
    make_initiative("Quiet", world.lantern)
    known = make_initiative("Loud", world.lantern, reach_per_year=0, result=0.0, age_from=10, age_to=17)
    page = as_("bob").get("/initiatives/quiet/").text
    assert page.count("not known") >= 6
    assert "dates not known" in page
    page = as_("bob").get(f"/initiatives/{known.slug}/").text
    assert "0.00 on a scale of 0 to 1" in page
    assert "10 to 17" in page
    rows = as_("bob").get("/initiatives.csv").text.splitlines()
    assert "10,17,0,,,running" in rows[1]
    assert ",,,,,running" in rows[2]


def test_a_way_of_working_that_does_harm_is_said_plainly(world: World, as_: As) -> None:
    approach = Approach.objects.create(
        slug="prison-visits",
        name="Prison visits to frighten",
        found="More offending, not less",
        evidence="high",
        source="Campbell review",
        dated="2016",
        urls=["https://example.org/review"],
        harmful=True,
    )
    make_initiative("Visits", world.lantern, approach=approach)
    page = as_("nobody").get("/initiatives/visits/").text
    assert "can do harm" in page
    assert "More offending, not less" in page
    assert 'href="https://example.org/review"' in page
    for said in (
        "Effect on violence: not stated",
        "How sure that is: high",
        "Cost: not stated",
        "review, 2016",
    ):
        assert said in page
    Approach.objects.update(harmful=False)
    assert "can do harm" not in as_("nobody").get("/initiatives/visits/").text


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("nobody", 13), ("bob", 18)])
def test_page_costs_the_same_at_one_and_at_three(
    world: World, as_: As, django_assert_num_queries: Any, number: int, who: str, queries: int
) -> None:
    initiative = make_initiative("Evening mentors", world.lantern)
    make_agreement(world, initiative)
    initiative.places.add(world.northton)
    for each in range(1, number + 1):
        surround(world, initiative, each)
    client = as_(who)
    with django_assert_num_queries(queries):
        client.get("/initiatives/evening-mentors/")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/initiatives/", 8), ("/initiatives.csv", 5)])
def test_list_costs_the_same_at_one_and_at_three(
    world: World, as_: As, django_assert_num_queries: Any, number: int, path: str, queries: int
) -> None:
    for each in range(number):
        initiative = make_initiative(f"Number {each}", world.lantern)
        initiative.co_partners.add(world.school)
        initiative.places.add(world.northton)
    with django_assert_num_queries(queries):
        as_("nobody").get(path)


def test_list_has_25_to_a_page(world: World, as_: As) -> None:
    for number in range(30):
        make_initiative(f"Number {number:02}", world.lantern)
    page = as_("nobody").get("/initiatives/").text
    assert "30 pieces of local action" in page
    assert page.count('<th scope="row"') == 25


def test_a_spreadsheet_reads_its_days_as_meant_and_runs_nothing(world: World, as_: As) -> None:
    make_initiative(
        "=cmd()", world.lantern, starts=datetime.date(2018, 10, 8), source="+44", is_demonstration=True
    )
    text = as_("bob").get("/initiatives.csv").text
    assert "'=cmd()" in text
    assert ",2018-10-08," in text
    assert "'+44" in text
    assert "Lantern Youth" in text
    assert "Public: anyone may see it" in text


def test_opening_pages_changes_nothing(world: World, as_: As) -> None:
    make_initiative("Evening mentors", world.lantern, confirmed_on=None)
    before = list(Initiative.objects.values())
    for page in ("", "edit/", "confirm/"):
        assert as_("bob").get(f"/initiatives/evening-mentors/{page}").status_code == 200
    assert as_("bob").get("/initiatives/add/?partner=lantern-youth").status_code == 200
    assert list(Initiative.objects.values()) == before
    assert not AuditEntry.objects.exists()
