"""The stored list says what is new, gone or otherwise put, and why; what people decided stays."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from joinedup.engines import opportunities as engine
from joinedup.engines.opportunities.move import Because, Move, Party
from joinedup.engines.opportunities.strength import Parts
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.decided import copies, is_same_thing
from joinedup.opportunities.models import ListChange, Opportunity
from joinedup.opportunities.stored_list import StoredList
from joinedup.support.models import Offer
from tests.opportunities.making import TODAY, make_figure
from tests.opportunities.records import make_ask, make_fund
from tests.world import World

# PostgreSQL reads many rows by a cursor.
READS = ("SELECT", "DECLARE")
FACT = "Robbery in Northton: 12.3 per 1,000 residents."


def a_move(world: World, about: str = "a", **fields: Any) -> Move:
    """A move as the engine might give it; another `about` makes another move."""
    values: dict[str, Any] = {
        "kind": "match",
        "places": (world.northton.pk,),
        "theme": "trusted-adult",
        "parties": (Party(world.lantern.slug, world.lantern.name, "needs"),),
        "decision": f"Do they share a room ({about})?",
        "sentence": "One asks for a room and the other has one.",
        "first_step": "Lantern Youth rings the school.",
        "parts": Parts(fit=0.8),
        "strength": 0.8,
        "because": (Because("Lantern Youth asks for a room.", world.lantern.slug),),
        "about": about,
    }
    return Move(**{**values, **fields})


def said(world: World, *moves: Move, score: float = 80.0, **fields: Any) -> engine.Opportunity:
    """An opportunity as the engine might give it: of the place and theme of its strongest move."""
    moves = moves or (a_move(world),)
    return engine.Opportunity(moves[0].places, moves[0].theme, score, "Headline", moves, **fields)


def elsewhere(world: World, **fields: Any) -> engine.Opportunity:
    return said(world, a_move(world, theme="weapon-carrying"), **fields)


def keep(
    world: World,
    *found: engine.Opportunity,
    for_parties: tuple[engine.Opportunity, ...] = (),
    audience: str = "partnership",
    on: datetime.date = TODAY,
    figures: dict[str, str] | None = None,
) -> int:
    differences = StoredList(world.north, audience, on, figures or {}).compare(found, for_parties)
    differences.store()
    return differences.number


def changes(**fields: Any) -> list[tuple[str, list[str]]]:
    found = ListChange.objects.filter(**fields).order_by("pk")
    return [(change.what, change.why) for change in found]


def test_it_is_stored_as_the_engine_says_it(world: World) -> None:
    figure = make_figure(world.northton, "robbery", 12.3)
    ask, fund = make_ask(world.school, "need", "A hall", world.northton), make_fund()
    action = Initiative.objects.create(name="Boxing", slug="boxing", partner=world.lantern)
    strongest = a_move(
        world,
        places=(world.northton.pk, world.eastton.pk),
        asks=(f"ask-{ask.pk}",),
        support=(fund.slug,),
        initiatives=(action.slug,),
        closes=TODAY,
    )
    each = said(
        world,
        strongest,
        a_move(world, "b"),
        score=81.26,
        stands_out=(FACT,),
        not_known=("How many it reaches.",),
        would_change=("It goes if the school says no.",),
    )
    assert keep(world, each, figures={FACT: f"robbery@{world.northton.pk}"}) == 1
    row = Opportunity.objects.get()
    assert (row.key, row.kind, row.marking, row.state) == (each.id, "match", "partnership", "suggested")
    assert (row.place, row.theme_id, row.score, row.closes) == (world.northton, "trusted-adult", 81.3, TODAY)
    assert (row.sentence, row.first_step) == (strongest.decision, strongest.first_step)
    assert [move["id"] for move in row.moves] == [move.id for move in each.moves]
    assert row.stands_out == [{"text": FACT, "figure": f"robbery@{world.northton.pk}"}]
    assert (row.not_known, row.would_change) == (list(each.not_known), list(each.would_change))
    # Whose ask it rests on is named too.
    assert set(row.parties.all()) == {world.lantern, world.school}
    assert (list(row.initiatives.all()), list(row.offers.all())) == ([action], [fund])
    assert list(row.figures.all()) == [figure]
    assert set(row.places.all()) == {world.northton, world.eastton}


def test_what_is_new_says_so_once(world: World) -> None:
    assert keep(world, said(world)) == 1
    keep(world, said(world))
    assert changes() == [("new", [])]


def test_that_a_strength_changes_is_no_change_that_anybody_is_told_of(world: World) -> None:
    keep(world, said(world, score=80.0))
    keep(world, said(world, a_move(world, strength=0.3, decision="In other words?"), score=30.0))
    row = Opportunity.objects.get()
    assert (row.score, row.sentence) == (30.0, "In other words?")
    assert (changes(), row.changed_on) == ([("new", [])], TODAY)


def test_a_move_that_is_new_and_one_that_went_are_told(world: World) -> None:
    keep(world, said(world))
    later = TODAY + datetime.timedelta(days=1)
    bid = a_move(world, "b", kind="bid", decision="Who bids for “Fund”?")
    keep(world, said(world, a_move(world), bid), on=later)
    keep(world, said(world, bid), on=later)
    assert changes(what="changed") == [
        ("changed", ["New: Who bids for “Fund”?"]),
        ("changed", ["An earlier suggestion is no longer made here (one needs what another can give)."]),
    ]
    row = Opportunity.objects.get()
    assert (row.kind, row.sentence, row.changed_on) == ("bid", "Who bids for “Fund”?", later)


def test_other_partners_named_are_linked_in_the_place_of_those_before(world: World) -> None:
    keep(world, said(world))
    other = a_move(world, parties=(Party(world.school.slug, world.school.name, "needs"),))
    keep(world, said(world, other))
    assert list(Opportunity.objects.get().parties.all()) == [world.school]
    assert [what for what, _why in changes()] == ["new", "changed"]


@pytest.mark.parametrize(
    ("closes", "why"),
    [
        (TODAY - datetime.timedelta(days=1), "“Small fund” closed on 22 November 2026."),
        (TODAY, "What it rested on is no longer so, or others are stronger."),
    ],
)
def test_what_is_gone_says_why_and_comes_back(world: World, closes: datetime.date, why: str) -> None:
    make_fund("small", name="Small fund", closes=closes)
    each = said(world, a_move(world, support=("small",)))
    keep(world, each)
    keep(world)
    assert Opportunity.objects.get().state == "gone"
    assert changes(what="gone") == [("gone", [why])]
    keep(world, each)
    assert [what for what, _why in changes()] == ["new", "gone", "back"]
    assert Opportunity.objects.get().state == "suggested"


def test_what_is_gone_is_told_once(world: World) -> None:
    keep(world, said(world))
    keep(world)
    keep(world)
    assert [what for what, _why in changes()] == ["new", "gone"]


@pytest.mark.parametrize("state", ["taken_up", "on_agenda", "agreed", "started", "dismissed"])
def test_what_somebody_decided_stays(world: World, state: str) -> None:
    keep(world, said(world))
    Opportunity.objects.update(
        state=state, reason="not_now" if state == "dismissed" else "", decided_on=TODAY
    )
    keep(world)
    keep(world, said(world))
    assert Opportunity.objects.get().state == state
    assert changes() == [("new", [])]


def test_what_was_set_aside_comes_back_after_half_a_year_and_says_so(world: World) -> None:
    keep(world, said(world))
    Opportunity.objects.update(state="dismissed", reason="not_now", decided_on=TODAY)
    for days, state in ((181, "dismissed"), (182, "suggested")):
        keep(world, said(world), on=TODAY + datetime.timedelta(days=days))
        assert Opportunity.objects.get().state == state
    assert changes(what="back") == [("back", ["It was set aside half a year ago."])]
    assert Opportunity.objects.get().reason == ""


def test_what_is_elsewhere_is_not_of_this_list(world: World) -> None:
    far = said(world, a_move(world, places=(world.southton.pk,)))
    assert keep(world, far, for_parties=(far,)) == 0
    # One that is about a place here too is found here.
    both = said(world, a_move(world, places=(world.southton.pk, world.eastton.pk)))
    assert keep(world, both) == 1
    assert Opportunity.objects.get().place == world.eastton


def test_what_is_for_its_parties_is_marked_so_and_counts_for_nobody_else(world: World) -> None:
    alike = said(world, a_move(world, "x", kind="join"), apart="x")
    assert keep(world, elsewhere(world), for_parties=(alike,)) == 1
    assert dict(Opportunity.objects.values_list("key", "marking")) == {
        elsewhere(world).id: "partnership",
        alike.id: "named",
    }
    keep(world, elsewhere(world))
    assert Opportunity.objects.get(key=alike.id).state == "gone"


def test_the_public_list_keeps_no_changes_and_is_another(world: World) -> None:
    keep(world, said(world), audience="public")
    keep(world, said(world))
    keep(world, audience="public")
    assert dict(Opportunity.objects.values_list("audience", "state")) == {
        "public": "gone",
        "partnership": "suggested",
    }
    assert Opportunity.objects.get(audience="public").marking == "public"
    assert changes() == [("new", [])]


@pytest.mark.parametrize("state", ["suggested", "on_agenda", "agreed", "gone"])
def test_a_copy_for_the_public_that_comes_later_begins_as_was_decided(world: World, state: str) -> None:
    keep(world, said(world))
    Opportunity.objects.update(state=state, decided_by="Alice")
    keep(world, said(world), audience="public")
    copy = Opportunity.objects.get(audience="public")
    assert (copy.state, copy.decided_by) == (
        (state, "Alice") if state in ("on_agenda", "agreed") else ("suggested", "")
    )


def test_nothing_new_comes_into_the_public_list_while_publication_is_held(world: World) -> None:
    keep(world, said(world), audience="public")
    world.north.held_until = TODAY + datetime.timedelta(days=1)
    assert keep(world, said(world), elsewhere(world), audience="public") == 1
    assert keep(world, said(world), elsewhere(world)) == 2


def test_what_a_person_spotted_is_left_alone(world: World) -> None:
    spotted = Opportunity.objects.create(
        key="s", footprint=world.north, audience="partnership", kind="spotted", place=world.northton,
        sentence="Our words.", is_spotted=True, first_seen=TODAY, last_seen=TODAY,
    )  # fmt: skip
    keep(world)
    spotted.refresh_from_db()
    assert spotted.state == "suggested"


def test_what_has_not_changed_is_not_written_again(world: World) -> None:
    every = [said(world, a_move(world), stands_out=(FACT,)), elsewhere(world)]
    keep(world, *every)
    with CaptureQueriesContext(connection) as asked:
        keep(world, *every)
    written = [query["sql"] for query in asked if not query["sql"].startswith(READS)]
    # The one that would say on which day it was last seen finds none.
    assert len(written) <= 1, written


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_many(world: World, number: int, django_assert_num_queries: Any) -> None:
    themes = ["trusted-adult", "weapon-carrying", "school-exclusion"][:number]
    keep(world, *[said(world, a_move(world, theme=theme)) for theme in themes])
    school = (Party(world.school.slug, world.school.name, "needs"),)
    with django_assert_num_queries(13):
        keep(world, *[said(world, a_move(world, "b", theme=theme, parties=school)) for theme in themes])


def test_support_and_action_are_linked_and_let_go(world: World) -> None:
    make_fund("one")
    make_fund("two")
    keep(world, said(world, a_move(world, support=("one", "two"))))
    keep(world, said(world, a_move(world, support=("two", "unknown"))))
    assert list(Opportunity.objects.get().offers.all()) == [Offer.objects.get(slug="two")]


def public_copy() -> Opportunity:
    return Opportunity.objects.get(audience="public")


@pytest.mark.parametrize("at_once", [True, False])
def test_the_public_is_not_told_that_a_thing_is_taken_up_which_is_another(
    world: World, at_once: bool
) -> None:
    """The partnership took up what the public is not told of; what it is told of there, nobody did."""
    hidden, shown = a_move(world, "hidden", kind="start"), a_move(world, "shown")
    keep(world, said(world, hidden, shown))
    keep(world, said(world, shown), audience="public")
    state = Opportunity.State.TAKEN_UP
    if at_once:
        copies(Opportunity.objects.get(audience="partnership"), state).update(state=state)
    else:
        # As it was written before copies were told apart.
        Opportunity.objects.update(state=state, decided_by="Alice", decided_on=TODAY)
        keep(world, said(world, shown), audience="public")
    assert Opportunity.objects.get(audience="partnership").state == state
    assert (public_copy().state, public_copy().decided_by, public_copy().decided_on) == (
        "suggested",
        "",
        None,
    )


def test_what_was_decided_on_comes_first_in_public_too(world: World) -> None:
    one, other = a_move(world, "one"), a_move(world, "other", kind="bid")
    keep(world, said(world, one))
    keep(world, said(world, one), audience="public")
    state = Opportunity.State.STARTED
    copies(Opportunity.objects.get(audience="partnership"), state).update(state=state)
    assert public_copy().state == state
    keep(world, said(world, other, one), audience="public")
    assert (public_copy().state, public_copy().sentence) == (state, one.decision)
    keep(world, said(world, other), audience="public")
    assert (public_copy().state, public_copy().sentence) == ("suggested", other.decision)
    keep(world, said(world, one, other), audience="public")
    assert (public_copy().state, public_copy().sentence) == (state, one.decision)


def test_two_moves_are_the_same_thing_by_what_they_rest_on(world: World) -> None:
    one = a_move(world, asks=("ask-1", "ask-2")).as_dict()
    assert is_same_thing(a_move(world, "b", asks=("ask-1", "ask-3")).as_dict(), one)
    assert not is_same_thing(a_move(world, "b", asks=("ask-3",)).as_dict(), one)
    assert not is_same_thing(a_move(world, "b", kind="bid", asks=("ask-1",)).as_dict(), one)
    # One that rests on no record is of its kind alone.
    start = a_move(world, kind="start").as_dict()
    assert is_same_thing(a_move(world, "b", kind="start").as_dict(), start)
    assert not is_same_thing(a_move(world, "b", kind="start", initiatives=("x",)).as_dict(), start)
