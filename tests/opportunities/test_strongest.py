"""The strongest move of several opportunities, for documents: only what the reader may see now, at a fixed cost."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from joinedup.initiatives.models import Initiative
from joinedup.opportunities.queries.strongest import Strongest, strongest
from joinedup.partners.models import Ask, Partner
from tests.opportunities.making import make_move, make_opportunity
from tests.world import World

DAY = datetime.date(2027, 2, 28)


def test_it_is_the_first_that_the_reader_may_see(world: World) -> None:
    moves = [
        make_move("m1", "match", parties=[(world.school, "gives")], decision="Does Hilltop open its hall?"),
        make_move(
            "m2", "bid", parties=[(world.lantern, "bids")], decision="Does Lantern bid?", closes=DAY.isoformat(),
            first_step="Lantern writes.",
        ),
    ]  # fmt: skip
    each = make_opportunity(world, "one", world.lantern, world.school, moves=moves)
    bob = world.person("bob")
    assert strongest(bob, [each])[each.pk].decision == "Does Hilltop open its hall?"
    Partner.objects.filter(pk=world.school.pk).update(marking="named")
    assert strongest(bob, [each]) == {each.pk: Strongest("Does Lantern bid?", "Lantern writes.", DAY)}
    Partner.objects.filter(pk=world.lantern.pk).update(marking="named")
    assert strongest(world.person("lead"), [each]) == {}


def test_a_move_whose_action_ask_or_words_name_what_is_hidden_is_no_move(world: World) -> None:
    action = Initiative.objects.create(
        partner=world.school, name="Quiet mornings", slug="quiet", marking="named"
    )
    ask = Ask.objects.create(partner=world.school, kind="need", text="A room", marking="named")
    plain = make_move("m9", "learn", parties=[(world.lantern, "learns")], decision="Does Lantern visit?")
    for fields in (
        {"initiatives": ["quiet"]},
        {"asks": [f"ask-{ask.pk}"]},
        {"decision": "What follows “Quiet mornings”?"},
    ):
        first = make_move("m1", "keep", parties=[(world.lantern, "leads")], **fields)
        each = make_opportunity(world, str(fields), world.lantern, moves=[first, plain])
        each.initiatives.add(action)
        assert strongest(world.person("bob"), [each])[each.pk].decision == "Does Lantern visit?"


def test_the_public_gets_no_first_step_and_nothing_on_what_is_not_confirmed(world: World) -> None:
    Partner.objects.update(marking="public")
    action = Initiative.objects.create(
        partner=world.lantern, name="Club", slug="club", marking="public", confirmed_on=timezone.localdate()
    )
    move = make_move(
        "m1", "keep", parties=[(world.lantern, "leads")], initiatives=["club"], first_step="Lantern rings."
    )
    each = make_opportunity(world, "one", world.lantern, audience="public", marking="public", moves=[move])
    nobody = world.person("nobody")
    assert strongest(nobody, [each]) == {each.pk: Strongest("Do they work together?")}
    Initiative.objects.filter(pk=action.pk).update(confirmed_on=None)
    assert strongest(nobody, [each]) == {}


def test_what_a_person_spotted_is_told_as_they_wrote_it(world: World) -> None:
    each = make_opportunity(
        world, "one", world.lantern, moves=[], sentence="We could share a van.", first_step="Ring us."
    )
    assert strongest(world.person("bob"), [each]) == {each.pk: Strongest("We could share a van.", "Ring us.")}


def test_a_day_that_the_decision_names_is_not_said_twice() -> None:
    assert Strongest("Who bids?", closes=DAY).told == "Who bids? By 28 February 2027."
    assert (
        Strongest("Who bids before 28 February 2027?", closes=DAY).told == "Who bids before 28 February 2027?"
    )


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_three(
    world: World, number: int, django_assert_num_queries: Any
) -> None:
    ask = Ask.objects.create(partner=world.lantern, kind="need", text="A room", marking="partnership")
    move = make_move("m1", "match", parties=[(world.lantern, "needs")], asks=[f"ask-{ask.pk}"])
    every = [make_opportunity(world, f"o{n}", world.lantern, moves=[move]) for n in range(number)]
    bob = world.person("bob")
    with django_assert_num_queries(5):
        strongest(bob, every)
