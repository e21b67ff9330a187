"""The first page: find your place, what comes, what was kept, what was taken up, and a map with its table."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme
from joinedup.opportunities.models import Opportunity
from joinedup.places.models import Outline
from tests.evidence.rows import make_dataset, make_figure, make_need
from tests.world import World, all_say_yes

As = Callable[[str], Client]


@pytest.fixture
def event(world: World) -> Event:
    programme = Programme.objects.create(slug="p", name="Programme")
    return Event.objects.create(
        programme=programme,
        footprint=world.north,
        slug="north-day",
        name="North day",
        date=timezone.localdate() + datetime.timedelta(days=20),
    )


def agree(world: World, event: Event, goal: str, state: str, **fields: Any) -> Agreement:
    today = timezone.localdate()
    given: dict[str, Any] = {
        "place": world.northton,
        "theme_id": "trusted-adult",
        "action": "Do it",
        "measure": "Count",
        "owner_partner": world.lantern,
        "owner_role": "Manager",
        "deputy_role": "Deputy",
        "due": today,
        "review_3": today,
        "review_6": today,
        "review_12": today,
        "recorded_by": "Alice",
        "marking": "public",
    }
    made = Agreement.objects.create(event=event, goal=goal, state=state, **(given | fields))
    return all_say_yes(made)


def take_up(world: World, sentence: str, **fields: Any) -> Opportunity:
    given: dict[str, Any] = {
        "key": sentence,
        "footprint": world.north,
        "audience": "public",
        "marking": "public",
        "kind": "match",
        "place": world.northton,
        "sentence": sentence,
        "state": "taken_up",
        "decided_on": timezone.localdate(),
        "first_seen": timezone.localdate(),
        "last_seen": timezone.localdate(),
    }
    return Opportunity.objects.create(**(given | fields))


def test_an_empty_installation_says_what_to_do(as_: As, world: World) -> None:
    page = as_("nobody").get("/").content.decode()
    for words in (
        "Find your place",
        "None is planned yet",
        "None has fallen due",
        "How to join in",
    ):
        assert words in page


def test_the_next_event_and_what_was_kept(world: World, event: Event, as_: As) -> None:
    agree(world, event, "Kept one", "kept")
    agree(world, event, "Broken one", "not_kept")
    agree(world, event, "Hidden one", "kept", marking="partnership")
    page = as_("nobody").get("/").content.decode()
    assert "North day" in page
    assert "1 of 2" in page
    assert "50%" in page
    assert "2 of 3" in as_("bob").get("/").content.decode()


def test_the_newest_taken_up_that_the_reader_may_see(world: World, as_: As) -> None:
    take_up(world, "Open to all")
    take_up(world, "For the north", audience="partnership", marking="partnership")
    take_up(world, "Only suggested", state="suggested")
    for who in ("nobody", "charlie"):
        page = as_(who).get("/").content.decode()
        assert "Open to all" in page
        assert "For the north" not in page
        assert "Only suggested" not in page
    assert "For the north" in as_("bob").get("/").content.decode()


def test_what_both_runs_found_is_named_once(world: World, as_: As) -> None:
    take_up(world, "Found twice")
    take_up(world, "Found twice", audience="partnership", marking="partnership")
    assert as_("bob").get("/").content.decode().count("Found twice") == 1


def test_the_map_and_the_table_say_the_same(world: World, as_: As) -> None:
    dataset = make_dataset()
    for place, percentile in ((world.northton, 0.95), (world.eastton, 0.1)):
        make_figure(dataset, place, percentile=percentile, value=percentile * 10)
        Outline.objects.create(place=place, path="M0 0l5 0 0 5z", left=0, top=0, right=5, bottom=5)
    make_figure(dataset, world.southton, state="missing")
    page = as_("nobody").get("/").content.decode()
    assert 'class="ju-need-5" d="M0 0l5 0 0 5z"' in page
    assert 'class="ju-need-1" d="M0 0l5 0 0 5z"' in page
    assert ">9.5</a>" in page
    assert "not known" in page.split("Southton</a></th>")[1][:200]


def test_the_map_can_show_need_on_a_theme(world: World, as_: As) -> None:
    make_need(world.northton, "trusted-adult", 0.85)
    make_need(world.eastton, "trusted-adult", None)
    page = as_("nobody").get("/?show=trusted-adult").content.decode()
    assert "Need: Mentoring and a trusted adult" in page
    assert "very high" in page
    assert "not known" in page
    assert as_("nobody").get("/?show=<script>").status_code == 200


def test_a_theme_that_only_other_figures_stand_for_has_no_colour(world: World, as_: As) -> None:
    """Absence from school may stand for county lines: a map of county lines made of it would say what nobody
    counted."""
    for place in (world.northton, world.eastton, world.southton):
        make_need(place, "school-exclusion", 0.1, measured="proxy")
    make_need(world.northton, "trusted-adult", 0.85, measured="own")
    assert "Need: Mentoring and a trusted adult" in as_("nobody").get("/").content.decode()
    asked = as_("nobody").get("/?show=school-exclusion").content.decode()
    assert asked.count("not measured itself") == 3
    assert "lower than most" not in asked


def test_as_many_queries_for_three_as_for_one(
    world: World, event: Event, as_: As, django_assert_num_queries: Any
) -> None:
    take_up(world, "One")
    agree(world, event, "First", "kept")
    make_figure(make_dataset(), world.northton)
    browser = as_("nobody")
    with django_assert_num_queries(9):
        browser.get("/")
    for n in range(2):
        take_up(world, f"More {n}")
        agree(world, event, f"Further {n}", "kept")
    make_figure(make_dataset("again"), world.eastton)
    make_figure(make_dataset("third"), world.southton)
    with django_assert_num_queries(9):
        browser.get("/")


def test_the_search_field_works_without_script(world: World, as_: As) -> None:
    page = as_("nobody").get("/").content.decode()
    assert 'action="/search/"' in page
    assert 'name="q"' in page
    assert '<option value="Northton">' in page


def test_the_map_opens_on_what_is_held(world: World, as_: As) -> None:
    """Without police figures on a theme with need, without a caveat of figures that are not there."""
    make_need(world.northton, "weapon-carrying", 0.9)
    page = as_("nobody").get("/").text
    assert "Need: Weapon carrying" in page
    assert '<option value="weapon-carrying" selected>' in page
    page = as_("nobody").get("/?show=figure").text
    assert "No place has this figure yet." in page
    assert "Per 1,000 residents ." not in page
    assert "Police records" not in page
    make_figure(make_dataset(), world.northton)
    page = as_("nobody").get("/").text
    assert '<option value="figure" selected>' in page
    assert "per 1,000 residents in the 12 months" in page.casefold()
