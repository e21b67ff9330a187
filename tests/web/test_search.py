"""Finding things: in every room, only what may be seen, and whatever is typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from joinedup.events.models import Event, Programme
from joinedup.places.models import Place
from joinedup.places.postcodes import bring_in_postcodes
from joinedup.strategy.models import Commitment, Strategy
from joinedup.visits.models import PracticeCard, Visit
from tests.web.test_home import take_up
from tests.web.test_place import offer, start
from tests.world import World, make_partner

As = Callable[[str], Client]


def fill(world: World, n: int = 0) -> None:
    make_partner(f"Lighthouse house {n}", "vcs", world.north, [world.northton], [], marking="public")
    start(world, f"Lighthouse club {n}")
    offer(f"Lighthouse fund {n}")
    take_up(world, f"Lighthouse chance {n}", state="suggested")
    programme, _ = Programme.objects.get_or_create(slug="p", defaults={"name": "Programme"})
    Event.objects.create(programme=programme, footprint=world.north, slug=f"e{n}", name=f"Lighthouse day {n}")
    strategy, _ = Strategy.objects.get_or_create(slug="s", defaults={"name": "The strategy"})
    Commitment.objects.create(
        strategy=strategy, ref=f"R-{n}", text=f"Build lighthouse {n}", chapter="One", lead="Home Office"
    )
    Visit.objects.create(
        programme=programme, footprint=world.north, place=world.northton, slug=f"v{n}", marking="public",
        name=f"Lighthouse visit {n}",
    )  # fmt: skip
    PracticeCard.objects.create(
        footprint=world.north, partner=world.lantern, place=world.northton, slug=f"c{n}", marking="public",
        title=f"Lighthouse card {n}", problem="P", mechanism="M", cost="C", result="R", what_failed="F",
    )  # fmt: skip
    Place.objects.create(
        code=f"E0509990{n + 5}", name=f"Lighthouse Ward {n}", kind="ward", parent=world.northton, vintage=2024
    )


def test_every_room_is_searched_in_groups(world: World, as_: As, django_assert_num_queries: Any) -> None:
    fill(world)
    browser = as_("nobody")
    with django_assert_num_queries(10):
        page = browser.get("/search/", {"q": "lighthouse"}).content.decode()
    for words in ("Places", "Partners", "Local action", "Support", "Opportunities", "Events", "Commitments"):
        assert f'<h2 class="govuk-heading-m">{words}</h2>' in page
    for words in ("house 0", "club 0", "fund 0", "chance 0", "day 0", "Ward 0", "visit 0", "card 0"):
        assert f"Lighthouse {words}" in page
    fill(world, 1)
    fill(world, 2)
    with django_assert_num_queries(10):
        browser.get("/search/", {"q": "lighthouse"})


def test_only_what_the_reader_may_see(world: World, as_: As) -> None:
    start(world, "Quiet lighthouse", marking="partnership")
    start(world, "Named lighthouse", marking="named", partner=world.school)
    take_up(world, "Inside lighthouse", audience="partnership", marking="partnership")
    offer("Kept lighthouse", marking="partnership", provider_partner=world.lantern)
    PracticeCard.objects.create(
        footprint=world.north, partner=world.lantern, place=world.northton, slug="c", title="Shared lighthouse",
        problem="P", mechanism="M", cost="C", result="R", what_failed="F",
    )  # fmt: skip
    make_partner("Hidden lighthouse", "vcs", world.north, [world.northton], [])
    for who in ("nobody", "charlie"):
        page = as_(who).get("/search/", {"q": "lighthouse"}).content.decode()
        assert "Nothing that is shown to you" in page
        for word in ("Quiet", "Named", "Inside", "Kept", "Hidden", "Shared"):
            assert word not in page
    page = as_("bob").get("/search/", {"q": "lighthouse"}).content.decode()
    for word in ("Quiet", "Inside", "Kept", "Hidden"):
        assert f"{word} lighthouse" in page
    assert "Named lighthouse" not in page


@pytest.mark.parametrize("text", ["Northton", "northton", "  NORTHTON ", "E09000991", "e09000991"])
def test_a_place_named_exactly_leads_there(world: World, as_: As, text: str) -> None:
    answer = as_("nobody").get("/search/", {"q": text})
    assert (answer.status_code, answer["Location"]) == (302, "/places/E09000991/")


def test_two_places_of_one_name_are_for_the_reader_to_choose(world: World, as_: As) -> None:
    Place.objects.create(code="E05099907", name="Abbey", kind="ward", parent=world.northton, vintage=2024)
    Place.objects.create(code="E05099908", name="Abbey", kind="ward", parent=world.southton, vintage=2024)
    page = as_("nobody").get("/search/", {"q": "abbey"}).content.decode()
    assert "ward in Northton" in page
    assert "ward in Southton" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type a place, a postcode, a partner"),
        ("   ", "Type a place, a postcode, a partner"),
        ("a", "at least two letters"),
        ("%", "at least two letters"),
        ("%%", "Nothing that is shown to you"),
        ("__", "Nothing that is shown to you"),
        ("x" * 10_000, "Nothing that is shown to you"),
        ("word " * 500, "Nothing that is shown to you"),
        ("' OR 1=1 --", "Nothing that is shown to you"),
        ("\0\0ab", "Nothing that is shown to you"),
        ("<script>alert(1)</script>", "Nothing that is shown to you"),
        ("ZZ1 9GU", "That postcode is not known here"),
    ],
)
def test_whatever_is_typed(world: World, as_: As, text: str, words: str) -> None:
    fill(world)
    answer = as_("nobody").get("/search/", {"q": text})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page
    assert "<script>alert" not in page


def test_only_what_is_approximate_is_called_so(world: World, as_: As, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    islington = Place.objects.create(code="E09000019", name="Islington", kind="local_authority", vintage=2024)
    ward = Place.objects.create(
        code="E05013697", name="Caledonian", kind="ward", vintage=2024, parent=islington
    )
    Place.objects.create(code="E01002747", name="Islington 014A", kind="lsoa", vintage=2021, parent=ward)
    lookup = tmp_path / "nspl.csv"
    lookup.write_text("pcds,lsoa21cd\nN7 9AB,E01002747\n", encoding="utf-8")
    bring_in_postcodes(lookup)
    said = "The shares are approximate"
    whole = as_("nobody").get("/search/", {"q": "n7 9ab"}).text
    assert "Caledonian" in whole
    assert said not in whole
    for text in ("N7", "N7 6PA"):
        half = as_("nobody").get("/search/", {"q": text}).text
        assert "Islington" in half
        assert said in half
    # Where its ward is not held, the authority around it is as exact.
    Place.objects.filter(code="E01002747").update(parent=islington)
    assert said not in as_("nobody").get("/search/", {"q": "N7 9AB"}).text
    assert said not in as_("nobody").get("/search/", {"q": "Islington"}).text


def test_every_word_must_be_there(world: World, as_: As) -> None:
    fill(world)
    browser = as_("nobody")
    assert "Lighthouse club 0" in browser.get("/search/", {"q": "club light"}).content.decode()
    assert "Lighthouse club 0" not in browser.get("/search/", {"q": "club dark"}).content.decode()


def test_long_lists_are_cut_and_say_so(world: World, as_: As) -> None:
    for n in range(7):
        start(world, f"Lighthouse club {n}")
    page = as_("nobody").get("/search/", {"q": "lighthouse"}).content.decode()
    assert page.count("Lighthouse club") == 6
    assert "There are more" in page
