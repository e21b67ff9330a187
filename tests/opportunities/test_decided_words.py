"""What people act on keeps the words that they decided on, for as long as those may be told."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.opportunities.actions.answering import answer
from joinedup.opportunities.actions.deciding import put_back, take_up
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.decided import NOT_TOLD
from joinedup.opportunities.models import ListChange, Opportunity
from joinedup.partners.models import Ask, Partner
from tests.opportunities.records import make_action, make_ask, make_fund, make_match
from tests.world import World, make_partner

As = Callable[[str], Client]
TODAY = timezone.localdate()
THEME = "trusted-adult"


@pytest.fixture
def decided(world: World) -> Opportunity:
    """Taken up: Lantern Youth needs a hall that the school has."""
    make_match(world.lantern, world.school, world.northton, confirmed_on=TODAY)
    run(world)
    row = the_row()
    assert [move["kind"] for move in row.moves] == ["match"]
    return take_up(by=world.person("alice"), opportunity=row)


def run(world: World) -> None:
    refresh(by=world.person("alice"), footprint=world.north)


def the_row() -> Opportunity:
    return Opportunity.objects.get(audience="partnership", theme=THEME, marking="partnership")


def another_hall(world: World, name: str) -> Partner:
    """A body that came in since with the same offer: the engine names it too."""
    partner = make_partner(name, "vcs", world.north, [world.northton], [THEME])
    make_ask(partner, "offer", "Our hall is free on Tuesday evenings", world.northton, confirmed_on=TODAY)
    return partner


@pytest.mark.parametrize("state", ["taken_up", "on_agenda", "agreed", "started"])
def test_bodies_that_come_in_since_are_not_in_what_was_decided(
    world: World, decided: Opportunity, state: str
) -> None:
    Opportunity.objects.update(state=state)
    another_hall(world, "Amber Hall")
    run(world)
    row = the_row()
    assert (row.state, row.sentence, row.first_step) == (state, decided.sentence, decided.first_step)
    assert row.moves == decided.moves
    assert set(row.parties.all()) == {world.lantern, world.school}
    assert not ListChange.objects.filter(what="changed").exists()


def test_once_it_is_put_back_it_follows_the_records_again(world: World, decided: Opportunity) -> None:
    amber = another_hall(world, "Amber Hall")
    put_back(by=world.person("alice"), opportunity=the_row())
    run(world)
    assert "Amber Hall could help too" in the_row().moves[0]["sentence"]
    assert amber in the_row().parties.all()


def test_what_else_is_found_there_stands_beside_it_and_is_told_once(
    world: World, decided: Opportunity
) -> None:
    make_action(
        world.lantern, "Boxing mentors", world.northton, what="A mentor for boxing", confirmed_on=TODAY
    )
    fund = make_fund(closes=TODAY + datetime.timedelta(days=60), last_checked=TODAY)
    for _ in range(2):
        run(world)
    row = the_row()
    assert [move["kind"] for move in row.moves] == ["match", "bid"]
    assert (row.kind, row.sentence, row.closes) == ("match", decided.sentence, fund.closes)
    assert list(row.offers.all()) == [fund]
    assert [change.why for change in ListChange.objects.filter(what="changed")] == [
        [f"New: {row.moves[1]['decision']}"]
    ]


def test_an_ask_that_was_answered_is_no_reason_to_say_something_else(
    world: World, decided: Opportunity
) -> None:
    Ask.objects.update(closed_on=TODAY)
    make_action(
        world.lantern, "Boxing mentors", world.northton, what="A mentor for boxing", confirmed_on=TODAY
    )
    make_fund(closes=TODAY + datetime.timedelta(days=60), last_checked=TODAY)
    run(world)
    assert [move["kind"] for move in the_row().moves] == ["match", "bid"]
    assert the_row().sentence == decided.sentence


def hidden(world: World) -> None:
    Partner.objects.filter(pk=world.school.pk).update(marking="named")


def gone(world: World) -> None:
    Ask.objects.filter(partner=world.school).delete()


def left(world: World) -> None:
    world.school.footprints.clear()


def refused(world: World) -> None:
    answer(
        by=world.person("bob"),
        opportunity=the_row(),
        partner=world.lantern,
        word="not_us",
        move=the_row().moves[0]["id"],
    )


def succeeded(world: World) -> None:
    by = make_partner("Amber Trust", "vcs", world.north, [world.northton], [THEME])
    Partner.objects.filter(pk=world.school.pk).update(succeeded_by=by, succeeded_on=TODAY)


@pytest.mark.parametrize("happens", [hidden, gone, left, refused, succeeded])
def test_what_may_not_be_told_any_more_is_in_no_decision(
    world: World, decided: Opportunity, happens: Callable[[World], None]
) -> None:
    make_action(
        world.lantern, "Boxing mentors", world.northton, what="A mentor for boxing", confirmed_on=TODAY
    )
    make_fund(closes=TODAY + datetime.timedelta(days=60), last_checked=TODAY)
    run(world)
    assert the_row().sentence == decided.sentence
    happens(world)
    for _ in range(2):
        run(world)
    row = the_row()
    assert (row.state, row.sentence, row.first_step) == ("taken_up", NOT_TOLD, "")
    # Who took over may be asked anew.
    assert [move["kind"] for move in row.moves] == (["match", "bid"] if happens is succeeded else ["bid"])
    assert all("School" not in move["decision"] for move in row.moves)


@pytest.mark.parametrize("happens", [hidden, gone, left, refused, succeeded])
def test_nor_where_nothing_else_is_found(
    world: World, decided: Opportunity, as_: As, happens: Callable[[World], None]
) -> None:
    assert decided.would_change == ["It goes if Hilltop School says no."]
    happens(world)
    Ask.objects.update(closed_on=TODAY)
    run(world)
    row = the_row()
    assert (row.would_change, row.not_known) == ([], [])
    page = as_("bob").get(f"/opportunities/{row.pk}/").content.decode()
    assert str(NOT_TOLD) in page
    assert "What could be done" not in page
    assert "School" not in page
    assert (row.state, row.sentence, row.moves, row.first_step) == ("taken_up", NOT_TOLD, [], "")
    assert not row.parties.exists()


def test_what_was_decided_stays_as_it_was_once_nothing_is_found_of_it(
    world: World, decided: Opportunity
) -> None:
    Ask.objects.update(closed_on=TODAY)
    run(world)
    row = the_row()
    assert (row.state, row.sentence, row.moves) == ("taken_up", decided.sentence, decided.moves)
    assert set(row.parties.all()) == {world.lantern, world.school}
