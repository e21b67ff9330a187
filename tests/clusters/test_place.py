"""The section of a place's page: for members, what touches the place; for everybody else no trace of it."""

import datetime
import re
from typing import Any

import pytest

from joinedup.clusters import looks
from joinedup.clusters.models import Follower
from joinedup.clusters.queries import at_place
from joinedup.places.models import Footprint, Outline, Place
from tests.clusters.making import Ground, a_scan, neighbourhoods
from tests.world import World

NEW = re.compile(r"\b(new|now|lately|since)\b", re.IGNORECASE)
NORTHTON, EASTTON, MILL, REGION = (
    "/places/E09000991/",
    "/places/E09000992/",
    "/places/E05099901/",
    "/places/E12000099/",
)


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def ground(world: World) -> Ground:
    """What is new lies in Northton, what is high for its residents in Eastton."""
    made = neighbourhoods(world)
    a_scan(world.north, kind="yearly", clusters=[made.eastton[:2]])
    a_scan(world.north, clusters=[made.northton[:3]])
    Outline.objects.create(place=world.northton, path="M51900 -18100h800v300h-800z", left=51_900, top=-18_100,
                           right=52_700, bottom=-17_800)  # fmt: skip
    return made


def test_what_touches_the_place_with_its_caveat(ground: Ground, as_):
    bob = as_("bob")
    for page in (NORTHTON, MILL, REGION):
        shown = text(bob.get(page))
        assert (
            "In 3 neighbourhoods in Northton (Mill Ward), 46 violence, robbery and weapons offences" in shown
        ), page
        assert "if cases rise everywhere at once, nothing stands out" in shown
        assert "What is new that touches" in shown
    assert 'class="ju-map ju-where"' in text(bob.get(NORTHTON))
    assert "M51900 -18100h800v300h-800z" in text(bob.get(NORTHTON))
    shown = text(bob.get(EASTTON))
    assert "Nothing new in Eastton in the figures to March 2026." in shown
    assert "2 neighbourhoods in Eastton (Quay Ward)" in shown
    assert "a city centre always stands out" in shown
    assert "3 neighbourhoods in Northton" not in shown


@pytest.mark.parametrize("who", ["nobody", "charlie", "admin"])
def test_there_is_no_trace_for_others(ground: Ground, as_, who: str):
    for page in (NORTHTON, MILL, REGION, EASTTON):
        shown = text(as_(who).get(page))
        for words in ("where-and-when", "neighbourhoods in Northton", "clusters.css", "/clusters/"):
            assert words not in shown, (page, words)


def test_a_place_of_nobody_elses_has_no_section(ground: Ground, world: World, as_):
    assert "where-and-when" not in text(as_("bob").get("/places/E09000993/"))
    a_scan(world.south, clusters=[ground.southton])
    region = text(as_("lead").get(REGION))
    assert region.index(">North partnership<") < region.index(">South partnership<")
    assert "South partnership" not in text(as_("bob").get(REGION))


def test_a_county_between_hides_nothing(ground: Ground, world: World, as_):
    county = Place.objects.create(
        code="E10000099", name="Testshire", kind="county", parent=world.northton.parent, vintage=2024
    )
    Place.objects.filter(pk=world.northton.pk).update(parent=county)
    region = world.northton.parent
    assert region is not None
    assert [here.footprint for here in at_place(world.person("bob"), region, [])] == [world.north]
    assert [each.place for each in looks.ground_around([region])] == [world.northton]
    whole = Footprint.objects.create(slug="whole", name="Whole region")
    whole.places.add(region)
    assert [each.place for each in looks.ground_of(whole)] == [world.northton]


def test_old_figures_touch_a_place_and_are_not_new(
    ground: Ground, as_, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("joinedup.clusters.looks.today", lambda: datetime.date(2026, 12, 20))
    shown = section(text(as_("bob").get(NORTHTON)))
    assert "What touches Northton, seen in figures to March 2026, the newest held on" in shown
    assert "January 2026 to March 2026" in shown
    assert not NEW.search(shown)
    shown = section(text(as_("bob").get(EASTTON)))
    assert "Nothing is seen in Eastton in figures to March 2026, the newest held on" in shown
    assert not NEW.search(shown)


def section(page: str) -> str:
    """What is said of where and when, without the marks of HTML."""
    said = page[page.index('id="where-and-when"') :]
    return re.sub(r"<[^>]*>", " ", said[: said.index("<h2", 1)])


def test_the_public_costs_no_query(ground: Ground, world: World, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        assert at_place(world.person("nobody"), world.northton, []) == []


@pytest.mark.parametrize(("address", "place"), [(MILL, "E05099901"), (NORTHTON, "E09000991"), (REGION, None)])
def test_to_be_told_of_it(ground: Ground, as_, address: str, place: str | None):
    bob = as_("bob")
    assert "Tell me when something appears here" in text(bob.get(address))
    bob.post("/clusters/north/follow/", {"from": "place"} | ({"place": place} if place else {}))
    assert Follower.objects.get().place_id == place
    shown = text(bob.get(address))
    assert "You are told when something appears here." in shown
    assert "Tell me when" not in shown
