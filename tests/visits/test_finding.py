"""Cards found again from places that need the same, with the reason in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.taxonomy.models import Theme
from joinedup.visits.card_search import practice_for
from joinedup.visits.similar import compared, likeness
from tests.world import World, make_partner

NEED = st.floats(0, 1)
PROFILE = st.dictionaries(st.sampled_from("abcdef"), NEED)


@given(PROFILE, PROFILE)
def test_likeness_is_from_0_to_1_and_the_same_both_ways(here, there):
    alike = likeness(here, there)
    assert alike == pytest.approx(likeness(there, here))
    assert alike is None or 0 <= alike <= 1
    assert (alike is None) == (len(here.keys() & there.keys()) < 3)


@given(st.dictionaries(st.sampled_from("abcdef"), NEED, min_size=3))
def test_the_same_profile_is_wholly_alike(here):
    assert likeness(here, here) == 1


def test_likeness_by_hand():
    assert likeness({"a": 0, "b": 0, "c": 0}, {"a": 1, "b": 1, "c": 1}) == 0
    assert likeness({"a": 0.5, "b": 0.5, "c": 0.5}, {"a": 0.5, "b": 0.5, "c": 0.8}) == pytest.approx(
        0.8268, abs=1e-4
    )
    assert [compared(0.5, there) for there in (0.6, 0.61, 0.39)] == ["same", "higher", "lower"]


@pytest.fixture
def places(world: World, needs) -> World:
    needs(world.northton, trusted_adult=0.9, school_exclusion=0.85, weapon_carrying=0.2)
    needs(world.eastton, trusted_adult=0.8, school_exclusion=0.9, weapon_carrying=0.3)
    needs(world.southton, trusted_adult=0.1, school_exclusion=0.4, weapon_carrying=0.9)
    return world


def titles(world: World, place, who: str = "alice", **more) -> list[str]:
    return [each.card.title for each in practice_for(world.person(who), place, **more)]


def test_the_theme_comes_first_then_the_most_similar(places: World, tell):
    tell(title="Unlike", place=places.southton)
    tell(title="Alike", place=places.eastton)
    tell(title="Other theme", place=places.eastton, themes=["weapon-carrying"])
    theme = Theme.objects.get(pk="school-exclusion")
    found = practice_for(places.person("alice"), places.northton, theme)
    assert [each.card.title for each in found] == ["Alike", "Unlike", "Other theme"]
    assert [each.on_theme for each in found] == [True, True, False]
    assert found[0].reason == (
        "Eastton’s need on suspension, exclusion, managed moves is about as high as here: 0.90 against 0.85."
    )
    assert "is lower than here: 0.40 against 0.85" in found[1].reason
    assert titles(places, places.northton, theme=theme, limit=1) == ["Alike"]


def test_without_a_theme_what_is_needed_here_counts(places: World, tell):
    tell(title="Needed less", place=places.eastton, themes=["weapon-carrying"])
    tell(title="Needed", place=places.southton, themes=["trusted-adult"])
    assert titles(places, places.northton) == ["Needed", "Needed less"]


def test_what_is_done_here_comes_first_and_says_so(places: World, tell):
    tell(title="There", place=places.eastton)
    tell(title="Here", place=places.northton)
    tell(title="In a part", place=places.ward)
    found = practice_for(places.person("alice"), places.northton)
    assert [each.card.title for each in found] == ["Here", "In a part", "There"]
    assert found[0].reason == "It is done here, in Northton."
    assert found[1].reason == "It is done in Mill Ward, a part of Northton."


def test_what_is_not_known_is_said_and_comes_last(places: World, world: World, tell, needs):
    tell(title="Known", place=world.southton)
    world.eastton.needs.all().delete()
    needs(world.eastton, trusted_adult=None, school_exclusion=None)
    tell(title="Not known", place=world.eastton)
    found = practice_for(world.person("alice"), world.northton)
    assert [each.card.title for each in found] == ["Known", "Not known"]
    assert found[1].likeness is None
    assert "is not known" in found[1].reason


def test_a_place_without_figures_of_its_own_is_read_as_what_it_lies_in(places: World, tell):
    tell(title="There", place=places.eastton)
    assert "0.90 against 0.85" in practice_for(places.person("alice"), places.ward)[0].reason


@pytest.mark.parametrize("who", ["charlie", "nobody"])
def test_what_is_shared_is_found_by_its_partnership_only(places: World, tell, who: str):
    tell(title="Shared")
    tell(title="Public", marking="public")
    found = practice_for(places.person(who), places.southton)
    assert [(each.card.title, each.partner) for each in found] == [("Public", None)]
    assert len(titles(places, places.southton, "bob")) == 2


def test_as_many_queries_for_three_as_for_one(places: World, tell, django_assert_num_queries):
    def more(n: int) -> None:
        other = make_partner(f"Other {n}", "vcs", places.north, [], [])
        tell(title=f"Card {n}", partner=other, place=[places.eastton, places.ward, places.southton][n])

    alice = places.person("alice")
    more(0)
    with django_assert_num_queries(4):
        practice_for(alice, places.northton)
    more(1)
    more(2)
    with django_assert_num_queries(4):
        assert len(practice_for(alice, places.northton)) == 3


def test_the_verb(places: World, tell, settings, tmp_path):
    from click.testing import CliRunner

    from joinedup.cli import main

    settings.HOME = tmp_path

    def run(*words: str):
        return CliRunner().invoke(main, ["practice", *words], catch_exceptions=False)

    assert "No practice card is held" in run().stdout
    tell(place=places.eastton)
    document = json.loads(run("--place", "northton", "--theme", "school-exclusion", "--json").stdout)
    assert document["place"] == {"code": "E09000991", "name": "Northton"}
    (card,) = document["practice"]
    assert (card["partner"], card["on_theme"]) == ("Lantern Youth", True)
    assert "0.90 against 0.85" in card["reason"]
    assert [each["id"] for each in json.loads(run("--json").stdout)["practice"]] == [card["id"]]
    assert "What failed: Meeting at home" in run().stdout
    wrong = run("--place", "Nowhere")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "There is no place called “Nowhere” here" in wrong.stderr
    assert "There is no theme called" in run("--theme", "x").stderr
