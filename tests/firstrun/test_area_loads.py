"""What ships about an area is brought in apart from the page that asks for it, once, and can be begun again."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.firstrun import area_loads
from joinedup.firstrun.area_data import STEPS
from joinedup.firstrun.models import NOT_BEGUN, SILENT, AreaLoad
from joinedup.mail.worker_mark import WORKER_SEEN
from joinedup.places.models import Footprint
from tests.world import World

As = Callable[[str], Client]
PAGE = "/start/north/data/"


def asked(world: World) -> AreaLoad:
    return area_loads.ask_for_data(by=world.person("alice"), footprint=world.north)


def bringing(monkeypatch: pytest.MonkeyPatch, does: Callable[[Any, Any], object]) -> None:
    monkeypatch.setattr(area_loads, "bring_in", does)


def test_it_is_brought_in_once_and_says_how_far_it_is(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, seen = as_("alice"), []

    def bring_in(places: Any, say: Any) -> None:
        assert area_loads.bring_in_next() is None, "a second never begins beside it"
        seen.append([place.pk for place in places])
        for step in STEPS:
            say(step, 0.25)
            seen.append(alice.get(PAGE).text)

    bringing(monkeypatch, bring_in)
    asked(world)
    assert "It was asked for and begins within half a minute." in alice.get(PAGE).text
    assert "Not all of it is here yet" in alice.get("/start/north/statutory/").text
    load = area_loads.bring_in_next()
    assert load is not None
    assert load.state == AreaLoad.State.DONE
    places, *pages = seen
    assert places == [place.pk for place in world.north.places.all()]
    for page, wards, figures in zip(
        pages, ("now, 25% done", "done", "done"), ("to come", "now", "done"), strict=True
    ):
        assert "It is being brought in now." in page
        assert f"Wards and neighbourhoods: {wards}" in page.replace("<strong>", "")
        assert f"Published figures: {figures}" in page.replace("<strong>", "")
    assert area_loads.bring_in_next() is None
    assert "It is all here." in alice.get(PAGE).text
    assert "Not all of it is here yet" not in alice.get("/start/north/statutory/").text
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["footprint.bring_in"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(ValidationError("The disk is full."), "The disk is full."), (RuntimeError("secret"), area_loads.BROKE)],
)
def test_what_failed_says_why_and_is_begun_again(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fails(_places: Any, _say: Any) -> None:
        raise error

    bringing(monkeypatch, fails)
    asked(world)
    area_loads.bring_in_next()
    page = as_("alice").get(PAGE).text
    assert f"It could not be brought in. {sentence}" in page
    assert "Begin again" in page
    assert "secret" not in page
    bringing(monkeypatch, lambda _places, _say: None)
    assert "begins within" in as_("alice").post(PAGE, follow=True).text
    area_loads.bring_in_next()
    assert "It is all here." in as_("alice").get(PAGE).text


def test_whoever_fell_silent_is_followed_by_another(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(world)
    now = timezone.now()
    AreaLoad.objects.update(asked_at=now - NOT_BEGUN - datetime.timedelta(seconds=1))
    assert "is not going on" in as_("alice").get(PAGE).text

    def dies(_places: Any, say: Any) -> None:
        say(STEPS[1], 0.5)
        raise KeyboardInterrupt

    bringing(monkeypatch, dies)
    with pytest.raises(KeyboardInterrupt):
        area_loads.bring_in_next()
    assert "It is being brought in now." in as_("alice").get(PAGE).text
    assert asked(world).state == AreaLoad.State.RUNNING, "what is under way is left alone"
    assert area_loads.bring_in_next() is None
    AreaLoad.objects.update(said_at=now - SILENT - datetime.timedelta(seconds=1))
    assert "is not going on" in as_("alice").get(PAGE).text

    def is_overtaken(_places: Any, say: Any) -> None:
        AreaLoad.objects.update(said_at=now)
        say(STEPS[0], 0.0)
        raise AssertionError("it should have stopped")

    bringing(monkeypatch, is_overtaken)
    load = area_loads.bring_in_next()
    assert load is not None
    assert (load.state, load.failure) == (AreaLoad.State.RUNNING, "")


def test_without_a_worker_the_server_begins_it(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    begun: list[str] = []

    class Thread:
        def __init__(self, **given: Any) -> None:
            self.given = given

        def start(self) -> None:
            begun.append(self.given["name"])

    monkeypatch.setattr(area_loads.threading, "Thread", Thread)
    said: list[str] = []
    bringing(monkeypatch, lambda _places, _say: None)
    with django_capture_on_commit_callbacks(execute=True):
        asked(world)
    assert begun == ["area data"]
    area_loads.work_on_areas(said.append)
    assert said == ["The area of North partnership: brought in."]
    with django_capture_on_commit_callbacks(execute=True):
        asked(world)
    assert begun == ["area data"], "the worker was here a moment ago"
    cache.delete(WORKER_SEEN)


def test_only_the_coordinator_asks(world: World, as_: As) -> None:
    for who in ("bob", "charlie", "lead"):
        with pytest.raises(PermissionDenied):
            area_loads.ask_for_data(by=world.person(who), footprint=world.north)
        assert as_(who).post(PAGE).status_code == 404
        assert as_(who).get(f"{PAGE}progress/").status_code == 404
    assert not AreaLoad.objects.exists()
    assert "It was not asked for here." in as_("alice").get(PAGE).text


def test_a_page_begins_nothing_and_starting_asks(world: World, as_: As) -> None:
    as_("alice").get(PAGE)
    assert not AreaLoad.objects.exists()
    answer = as_("lead").post("/start/", {"place": world.southton.pk, "name": "Begun"})
    assert answer.headers["Location"] == "/start/begun/data/"
    assert AreaLoad.objects.get().footprint == Footprint.objects.get(name="Begun")


@pytest.mark.parametrize("given", [{}, {"q": "north"}, {"q": "north", "area": "region:E12099999"}])
def test_all_areas_are_read_once(
    world: World, as_: As, given: dict[str, str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3 if given else 0):
        from joinedup.firstrun.queries import area_choice

        area_choice(given.get("q", ""), [], [given["area"]] if "area" in given else [])
