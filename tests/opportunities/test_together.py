"""Who works with whom: what is drawn and listed, for whom, and what stays unsaid."""

import csv
import datetime
import io
import math
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.initiatives.models import Initiative
from joinedup.opportunities import circle
from joinedup.opportunities.queries import together as queries
from joinedup.partners.models import Link, Partner
from joinedup.places.models import Footprint
from tests.opportunities.making import TODAY, make_opportunity
from tests.world import World, make_partner

As = Callable[[str], Client]
PAGE = "/opportunities/together/?footprint=north"


def link(one: Partner, other: Partner, **fields: Any) -> Link:
    first, second = sorted((one, other), key=lambda each: each.pk)
    return Link.objects.create(first=first, second=second, **fields)


def make_joint(partner: Partner, *others: Partner, **fields: Any) -> Initiative:
    values = {"name": "Open evenings", "slug": "open-evenings", "marking": "partnership", **fields}
    made = Initiative.objects.create(partner=partner, **values)
    made.co_partners.set(others)
    return made


def publish(*partners: Partner) -> None:
    Partner.objects.filter(pk__in=[partner.pk for partner in partners]).update(marking="public")


def body(client: Client, address: str = PAGE) -> str:
    return client.get(address).content.decode().split("<main")[1].split("</main")[0]


def test_each_link_says_how_it_is_known(world: World, as_: As) -> None:
    link(world.lantern, world.school, since=datetime.date(2021, 3, 1))
    make_joint(world.police, world.lantern)
    page = body(as_("bob"))
    assert "they work together, since 1 March 2021" in page
    assert "Open evenings</a>, together with" in page
    assert page.count('class="ju-circle__recorded" d="M') == 1 + 1  # the line, and the one in the key
    assert page.count('class="ju-circle__joint" d="M') == 1 + 1
    assert "No link is recorded here" not in page


def test_a_link_is_shown_only_where_both_partners_are(world: World, as_: As) -> None:
    publish(world.lantern, world.police)
    link(world.lantern, world.school)
    assert "Hilltop School" in body(as_("bob"))
    for who in ("nobody", "charlie"):
        assert "Lantern Youth" not in body(as_(who))
    link(world.lantern, world.police)
    for who in ("nobody", "charlie"):
        page = body(as_(who))
        assert "Lantern Youth" in page
        assert "Hilltop School" not in page
        # The link itself, and the key below the picture.
        assert page.count('class="ju-circle__recorded" d="M') == 2
        assert "2 partners that you can see." in page


def test_the_public_sees_links_of_bodies_that_spoke_and_of_nobody_that_none_is_recorded(
    world: World, as_: As
) -> None:
    publish(world.lantern, world.school, world.police)
    link(world.lantern, world.school)
    for who in ("nobody", "charlie"):
        browser = as_(who)
        assert "Lantern Youth" in body(browser)
        file = browser.get("/opportunities/together.csv?footprint=north").content.decode("utf-8-sig")
        for told in (body(browser), file):
            assert "Testland Police" not in told
            assert "none recorded" not in told
    assert "none recorded here" in body(as_("bob"))
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=None)
    assert "Hilltop School" not in body(as_("nobody"))
    Partner.objects.filter(pk=world.school.pk).update(confirmed_on=datetime.date.today())
    Footprint.objects.filter(pk=world.north.pk).update(shows_opportunities=False)
    for who in ("nobody", "charlie"):
        assert "Lantern Youth" not in body(as_(who))
    assert "Lantern Youth" in body(as_("bob"))


def test_a_link_that_is_hidden_changes_nothing(world: World, as_: As) -> None:
    publish(world.lantern, world.police)
    browser = as_("charlie")
    before = body(browser), browser.get("/opportunities/together.csv?footprint=north").content
    link(world.lantern, world.school)
    make_joint(world.lantern, world.police, marking="partnership")
    assert (body(browser), browser.get("/opportunities/together.csv?footprint=north").content) == before


def test_joint_action_that_ended_or_is_for_others_links_nobody(world: World, as_: As) -> None:
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    make_joint(world.lantern, world.school, ends=yesterday)
    make_joint(world.school, world.police, marking="named", slug="quiet", name="Quiet evenings")
    page = body(as_("bob"))
    assert "Open evenings" not in page
    assert "Quiet evenings" not in page


def test_bodies_of_the_duty_sit_at_one_table(world: World, as_: As) -> None:
    assert "Sits in the statutory partnership" not in body(as_("bob"))  # one alone sits with nobody
    make_partner("North Council", "local_authority", world.north, [world.northton], [], is_statutory=True)
    page = body(as_("bob"))
    assert page.count("<li>Sits in the statutory partnership</li>") == 2
    assert "2 partners sit in the statutory partnership" in page
    assert page.count('class="ju-circle__seat" d="M') == 2 + 1


def test_those_without_a_link_are_listed_and_asked_of_who_may_say(world: World, as_: As) -> None:
    link(world.lantern, world.school)
    asked = {who: body(as_(who)).count("/links/add/") for who in ("alice", "bob", "lead")}
    assert asked == {"alice": 1, "bob": 0, "lead": 0}
    page = body(as_("alice"))
    assert "No link is recorded here: that is not the same as none." in page
    assert 'href="/partners/testland-police/links/add/"' in page
    # Organisations: nobody is asked for the names of the young people whom they work with.
    assert "Add an organisation that it works with" in page
    assert "Record whom" not in page
    for who in ("bob", "nobody"):
        assert "Add an organisation that" not in body(as_(who))


def test_one_place_shows_its_partners_and_whom_they_work_with_elsewhere(world: World, as_: As) -> None:
    east = make_partner("East House", "housing", world.north, [world.eastton], [])
    link(east, world.school)
    page = body(as_("bob"), f"{PAGE}&place=E09000991")
    assert "3 of the 4 partners that you can see." in page
    assert "East House</a> (not drawn above): they work together" in page
    assert "not in the picture" not in page
    assert page.count('class="ju-circle__recorded" d="M') == 1
    only = body(as_("bob"), f"{PAGE}&theme=school-exclusion")
    assert "1 of the 4 partners that you can see." in only


def test_too_many_for_one_circle_begin_with_the_readers_first_place(world: World, as_: As) -> None:
    for n in range(queries.ON_ONE_CIRCLE):
        make_partner(f"House {n}", "housing", world.north, [world.northton], [])
    world.lantern.serves.set([world.northton])
    page = body(as_("bob"))
    assert "it begins with Northton" in page
    assert "it begins with Eastton" in body(as_("alice"))
    assert "43 partners that you can see." in body(as_("alice"), f"{PAGE}&place=")


def test_pairs_to_introduce_are_those_that_the_reader_may_see(world: World, as_: As) -> None:
    make_opportunity(
        world, "alike", world.lantern, world.school, kind="join", marking="named", sentence="Alike work."
    )
    make_opportunity(world, "ask", world.police, world.school, kind="match", sentence="A room.")
    make_opportunity(world, "more", world.police, world.school, kind="bring_in", sentence="A guest.")
    make_opportunity(world, "money", world.school, kind="bid", sentence="A fund.")
    found = {who: body(as_(who)) for who in ("alice", "bob", "lead")}
    assert [who for who, page in found.items() if "Alike work." in page] == ["alice", "bob"]
    assert all("A room." in page and "A guest." in page and "A fund." not in page for page in found.values())
    for who in ("nobody", "charlie"):
        assert "A room." not in body(as_(who))


def test_sectors_are_counted_from_what_is_seen(world: World) -> None:
    link(world.lantern, world.school)
    make_joint(world.lantern, world.police)
    found = queries.together(world.person("bob"), world.north, TODAY)
    assert found.pairs == {
        ("vcs", "education"): 1, ("education", "vcs"): 1, ("vcs", "police"): 1, ("police", "vcs"): 1,
    }  # fmt: skip
    publish(world.lantern, world.school)
    seen = queries.together(world.person("charlie"), world.north, TODAY)
    assert seen.pairs == {("vcs", "education"): 1, ("education", "vcs"): 1}


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    make_joint(world.lantern, world.school)
    make_opportunity(world, "one", world.lantern, world.school, kind="match")
    for n in range(number):
        other = make_partner(f"House {n}", "housing", world.north, [world.northton], [])
        link(world.lantern, other)
        make_joint(world.lantern, other, slug=f"evening-{n}")
        make_opportunity(world, f"n{n}", world.lantern, other, kind="match")
    alice = as_("alice")
    with django_assert_num_queries(15):
        alice.get(f"{PAGE}&place=E09000991")


def test_the_table_as_a_file(world: World, as_: As) -> None:
    link(world.lantern, world.school, since=datetime.date(2021, 3, 1))
    content = as_("bob").get("/opportunities/together.csv?footprint=north").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content)))[1:] == [
        ["Testland Police", "Police", "", "", "none recorded, which is not none", "", ""],
        ["Hilltop School", "Education", "Lantern Youth", "Vcs", "recorded link", "2021-03-01", ""],
        ["Lantern Youth", "Vcs", "Hilltop School", "Education", "recorded link", "2021-03-01", ""],
    ]


@pytest.mark.parametrize("query", ["place=nowhere", "theme=%00", "footprint=south", "place=E09000993"])
def test_odd_filters_are_harmless(world: World, as_: As, query: str) -> None:
    answer = as_("bob").get(f"/opportunities/together/?{query}")
    assert answer.status_code == 200
    assert "Far Harbour" not in answer.content.decode()


def test_nobody_sees_a_partnership_without_public_partners(world: World, as_: As) -> None:
    assert "Nothing is shown to you here." in body(as_("nobody"))
    assert "North partnership" not in body(as_("charlie"))


def test_the_picture_is_a_circle_in_order_and_the_same_each_time() -> None:
    drawn = circle.draw([3, 1, 2], [(0, 3, "recorded"), (0, 3, "joint")], [1, 4])
    assert drawn == circle.draw([3, 1, 2], [(0, 3, "recorded"), (0, 3, "joint")], [1, 4])
    assert [dot.number for dot in drawn.dots] == [1, 2, 3, 4, 5, 6]
    assert all(math.isclose(math.hypot(dot.x, dot.y), circle.RADIUS, abs_tol=0.2) for dot in drawn.dots)
    assert len({(dot.x, dot.y) for dot in drawn.dots}) == 6
    assert drawn.dots[0].x == 0.0
    assert [group.letter for group in drawn.groups] == ["A", "B", "C"]
    assert drawn.lines[0].path != drawn.lines[1].path
    assert len(drawn.spokes) == 2


@pytest.mark.parametrize("sizes", [[], [1], [2], [61], [30, 31]])
def test_a_circle_of_any_size(sizes: list[int]) -> None:
    drawn = circle.draw(sizes, [], [])
    assert len(drawn.dots) == sum(sizes)
    assert len(drawn.groups) == len(sizes)


def test_letters_go_on_after_z() -> None:
    assert [circle.letter(n) for n in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]
