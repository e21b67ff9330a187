"""What an opportunity is called where it is linked, and of what an answer speaks."""

from __future__ import annotations

import pytest

from joinedup.opportunities.models import what_is_answered
from joinedup.taxonomy.models import Theme
from tests.opportunities.making import make_move, make_opportunity
from tests.world import World


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Weapon carrying", "Weapon carrying in Northton"),
        ("SEND support", "SEND support in Northton"),
        (None, "Practical help in Northton"),
    ],
)
def test_it_is_linked_by_theme_and_place(world: World, name: str | None, heading: str) -> None:
    theme = Theme.objects.create(slug="named", name=name, order=99) if name else None
    found = make_opportunity(world, "one", world.lantern)
    found.theme = theme
    assert found.heading == heading


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("join", "Two who do alike work"),
        ("spotted", "Spotted by a person"),
        ("of_a_new_kind", "of_a_new_kind"),
    ],
)
def test_its_kind_is_said_in_words(world: World, kind: str, words: str) -> None:
    assert make_opportunity(world, "one", world.lantern, kind=kind).kind_words == words


@pytest.mark.parametrize(
    ("partner", "move", "about"),
    [
        ("lantern-youth", "", ["a", "b"]),
        ("hilltop-school", "", ["b"]),
        ("lantern-youth", "b", ["b"]),
        ("lantern-youth", "gone", []),
    ],
)
def test_an_answer_is_about_one_move_or_those_that_name_the_partner(
    world: World, partner: str, move: str, about: list[str]
) -> None:
    one = make_move("a", "bid", parties=[(world.lantern, "leads")], support=["fund"], initiatives=["boxing"])
    two = make_move("b", "match", parties=[(world.lantern, "needs"), (world.school, "gives")], asks=["ask-1"])
    found = make_opportunity(world, "one", world.lantern, world.school, moves=[one, two])
    records = {"a": ["fund", "boxing"], "b": ["ask-1"]}
    assert what_is_answered(found, partner, move) == [{"id": id, "records": records[id]} for id in about]
