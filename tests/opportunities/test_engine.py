"""The engine runs on what each kind of reader may see; changes are followed, and the night catches up."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from django.db import connection, transaction

from joinedup.accounts.person import Person
from joinedup.engines.opportunities import opportunities
from joinedup.engines.opportunities import run as the_run
from joinedup.evidence.models import Need
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine, register, worker
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, Cell, ListChange, Opportunity, Run, Touched
from joinedup.partners.models import Ask, Link, Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Approach
from tests.opportunities.making import TODAY, make_need
from tests.opportunities.records import make_action, make_ask, make_fund, make_join, make_match
from tests.world import World, make_partner

STORED = (
    "audience", "key", "marking", "kind", "place", "theme", "score", "closes", "sentence", "first_step", "moves",
    "stands_out", "under_way", "helps", "not_known", "would_change", "state",
)  # fmt: skip
LINKS = ("parties", "initiatives", "offers", "places")


@pytest.fixture
def north(world: World) -> World:
    """North with need, action, support, and two bodies of which one needs what the other has; worked out."""
    for place in (world.northton, world.eastton):
        for theme, need in (("trusted-adult", 0.9), ("weapon-carrying", 0.7), ("school-exclusion", 0.4)):
            make_need(place, theme, need, measured="own", verdict="stands out", stands_out=0.8, pressure=1.0)
    make_partner("Youth Justice", "youth_justice", world.north, [world.northton], ["weapon-carrying"])
    make_match(world.lantern, world.school, world.northton)
    make_match(world.police, world.lantern, world.eastton, "weapon-carrying")
    make_join(world, world.northton)
    make_fund()
    mentoring = Approach.objects.create(
        slug="mentoring", name="Mentoring", effect="moderate", evidence="good", cost="low", source="A fund"
    )
    mentoring.themes.set(["school-exclusion"])
    Partner.objects.update(marking="public", confirmed_on=TODAY)
    Ask.objects.update(marking="public")
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    return world


def stored() -> list[dict[str, Any]]:
    rows = Opportunity.objects.order_by("audience", "key").prefetch_related(*LINKS)
    return [
        {name: getattr(row, f"{name}_id" if name in ("place", "theme") else name) for name in STORED}
        | {name: sorted(str(each.pk) for each in getattr(row, name).all()) for name in LINKS}
        for row in rows
    ]


def cells() -> list[Any]:
    names = ("audience", "place", "theme", "need", "initiatives", "perhaps", "is_reach_unknown", "ask")
    return list(Cell.objects.order_by("audience", "place", "theme").values_list(*names))


def touch(world: World) -> Touched:
    return Touched.objects.create(footprint=world.north, what="test")


def more_reach(world: World) -> None:
    Initiative.objects.filter(slug="boxing-mentors").update(reach_per_year=500)


def ended(world: World) -> None:
    Initiative.objects.filter(slug="homework-mentors").update(ends=TODAY - datetime.timedelta(days=1))


def moved_elsewhere(world: World) -> None:
    Initiative.objects.get(slug="boxing-mentors").places.set([world.eastton])


def no_longer_shared(world: World) -> None:
    Ask.objects.filter(kind="need", partner=world.lantern).update(marking="named")


def partner_gone(world: World) -> None:
    world.north.partners.remove(world.lantern)


def partner_renamed(world: World) -> None:
    Partner.objects.filter(pk=world.school.pk).update(name="Hillside School")


def fund_closed(world: World) -> None:
    Offer.objects.update(closes=TODAY - datetime.timedelta(days=1))


def ask_answered(world: World) -> None:
    Ask.objects.filter(kind="need").update(closed_on=TODAY)


def need_changed(world: World) -> None:
    Need.objects.filter(place=world.northton, theme="weapon-carrying").update(need=0.99)


def linked(world: World) -> None:
    """Those who are known to work together have less to compare."""
    first, second = sorted([world.lantern, world.school], key=lambda partner: partner.pk)
    Link.objects.create(first=first, second=second, strength=0.9)


CHANGES: list[Callable[[World], None]] = [
    more_reach, ended, moved_elsewhere, no_longer_shared, partner_gone, partner_renamed, fund_closed, ask_answered,
    need_changed, linked,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_following_a_change_stores_what_a_whole_run_stores(
    north: World, change: Callable[[World], None]
) -> None:
    before = stored(), cells()
    assert {row["audience"] for row in before[0]} == {"public", "partnership"}
    change(north)
    with transaction.atomic():
        touch(north)
        engine.follow(north.north, TODAY)
        followed = stored(), cells()
        transaction.set_rollback(True)
    assert followed != before, "the change changes nothing: it proves nothing"
    refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY)
    assert followed == (stored(), cells())


def test_following_is_no_run_of_its_own(north: World) -> None:
    more_reach(north)
    touch(north)
    shown = Opportunity.objects.filter(audience="partnership", state="suggested").exclude(marking="named")
    assert engine.follow(north.north, TODAY) == shown.count() > 1
    assert not Touched.objects.exists()
    assert Run.objects.count() == 2
    assert not Run.objects.filter(followed_at=None).exists()


def test_nothing_to_follow_costs_no_run(north: World) -> None:
    assert engine.follow(north.north, TODAY) == 0
    assert Run.objects.filter(followed_at=None).count() == 2


def test_what_changed_nothing_moves_nothing(north: World) -> None:
    before, told = stored(), ListChange.objects.count()
    touch(north)
    engine.follow(north.north, TODAY)
    assert stored() == before
    # A day nearer to a closing day it is stronger, of which nobody is told.
    touch(north)
    engine.follow(north.north, TODAY + datetime.timedelta(days=1))
    assert stored() != before
    assert ListChange.objects.count() == told


def test_where_nothing_was_worked_out_nothing_is_followed(world: World) -> None:
    touch(world)
    assert engine.follow(world.north, TODAY) == 0
    assert not Touched.objects.exists()
    assert not Opportunity.objects.exists()


def refreshed(footprint: Footprint, as_of: datetime.date) -> None:
    refresh(by=Person.operator(), footprint=footprint, as_of=as_of)


@pytest.mark.parametrize("again", [engine.follow, refreshed])
def test_what_changes_meanwhile_is_worked_out_again(
    north: World, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was worked out before the change is not stored."""
    touch(north)
    late: list[Touched] = []
    times: list[bool] = []

    def read(*given: Any) -> Any:
        times.append(True)
        if not late:
            late.append(touch(north))
        return register.read_for_each(*given)

    monkeypatch.setattr(engine, "read_for_each", read)
    again(north.north, TODAY)
    assert len(times) == 2
    assert not Touched.objects.exists()


@pytest.mark.parametrize(("again", "times"), [(engine.follow, 3), (refreshed, 4)])
def test_where_records_change_all_the_while_only_who_asked_for_the_list_insists(
    north: World, again: Callable[..., Any], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = touch(north)
    late: list[Touched] = []

    def read(*given: Any) -> Any:
        late.append(touch(north))
        return register.read_for_each(*given)

    monkeypatch.setattr(engine, "read_for_each", read)
    runs = Run.objects.count()
    again(north.north, TODAY)
    assert len(late) == times
    # Following leaves all of it to the next; a run stores what it found, and what came during the last try waits.
    assert list(Touched.objects.order_by("pk")) == ([first, *late] if again is engine.follow else late[-1:])
    assert Run.objects.count() == runs + (0 if again is engine.follow else 2)


@pytest.mark.parametrize("again", [engine.follow, refreshed])
def test_it_is_worked_out_before_anybody_has_to_wait(
    transactional_db: None, north: World, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(north)
    inside: list[bool] = []

    def read(*given: Any) -> Any:
        inside.append(connection.in_atomic_block)
        return register.read_for_each(*given)

    monkeypatch.setattr(engine, "read_for_each", read)
    again(north.north, TODAY)
    assert inside == [False]
    assert not Touched.objects.exists()


# Who is told what.


def in_any_order(world: World, audience: str) -> list[dict[str, Any]]:
    found = engine.run(world.north, audience, TODAY)
    return [each.as_dict() for each in (*found.result.opportunities, *found.for_parties)]


@pytest.mark.parametrize("audience", Run.Audience.values)
def test_the_order_of_rows_does_not_matter(
    north: World, audience: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = in_any_order(north, audience)
    assert before
    for name in ("_texts", "_frame"):
        whole = getattr(register, name)
        monkeypatch.setattr(
            register, name, lambda *given, whole=whole: whole(*given[:-1], list(reversed(given[-1])))
        )
    assert in_any_order(north, audience) == before


def test_the_order_of_rows_does_not_matter_to_the_engine(north: World) -> None:
    inputs = engine.run(north.north, "partnership", TODAY).read.inputs
    frames = {each.name: getattr(inputs, each.name) for each in fields(inputs)}
    turned = replace(inputs, **{name: None if f is None else f.reverse() for name, f in frames.items()})
    assert opportunities(turned, TODAY).opportunities == opportunities(inputs, TODAY).opportunities


def test_that_two_do_alike_work_changes_nothing_for_anybody_else(
    north: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if no rule looked for it: the same list, strengths and counts, though a body may be in three moves only."""
    for name in ("Rowing", "Chess", "Cooking"):
        partner = make_partner(name, "vcs", north.north, [north.northton], ["trusted-adult"])
        what = "A mentor for one hour a week, boxing and homework, for people aged 11 to 16"
        make_action(partner, f"{name} mentors", north.northton, what=what, age_from=11, age_to=16)
    found = {audience: engine.run(north.north, audience, TODAY) for audience in Run.Audience.values}
    assert len(found["partnership"].for_parties) > 3
    assert {move.kind for each in found["partnership"].for_parties for move in each.moves} == {"join"}
    assert found["public"].for_parties == ()
    without = tuple(kind for kind in the_run.KINDS if getattr(kind, "NAME", "") != "join")
    assert len(without) == len(the_run.KINDS) - 1
    monkeypatch.setattr(the_run, "KINDS", without)
    for audience, each in found.items():
        other = engine.run(north.north, audience, TODAY)
        assert other.for_parties == ()
        assert other.result.opportunities == each.result.opportunities
        assert other.result.left == each.result.left


def test_no_body_is_asked_to_compare_notes_with_more_than_its_share_of_others(north: World) -> None:
    """Six bodies that do alike work make fifteen pairs, as many as a sheet of such work is long, squared."""
    for name in ("Rowing", "Chess", "Cooking", "Dancing", "Judo", "Drama"):
        partner = make_partner(name, "vcs", north.north, [north.northton], ["trusted-adult"])
        make_action(
            partner,
            f"{name} mentors",
            north.northton,
            what="A mentor for one hour a week, boxing and homework, for people aged 11 to 16",
            age_from=11,
            age_to=16,
        )
    (*every,) = engine.run(north.north, "partnership", TODAY).for_parties
    named = Counter(party.id for each in every for party in each.moves[0].parties)
    assert len(every) >= 7
    assert max(named.values()) == 3


def test_the_public_run_has_neither_first_steps_nor_checks_nor_what_is_not_known(north: World) -> None:
    # So old that there would be something to settle.
    Ask.objects.update(confirmed_on=TODAY - datetime.timedelta(days=500))
    inside = engine.run(north.north, "partnership", TODAY).result.opportunities
    assert any(move.checks for each in inside for move in each.moves)
    assert all(move.first_step for each in inside for move in each.moves)
    found = engine.run(north.north, "public", TODAY).result
    assert found.opportunities
    for each in found.opportunities:
        assert (each.not_known, each.under_way, each.would_change) == ((), (), ())
        for move in each.moves:
            assert (move.first_step, move.checks) == ("", ())
    assert found.gaps == ()


@pytest.mark.parametrize("silent", ["needs", "gives"])
def test_the_public_run_names_no_body_that_has_not_spoken_for_itself(north: World, silent: str) -> None:
    partner = north.lantern if silent == "needs" else north.school
    assert any(partner.slug in move.partners for move in public_moves(north))
    Partner.objects.filter(pk=partner.pk).update(confirmed_on=None)
    assert not any(partner.slug in move.partners for move in public_moves(north))
    # Who answered has spoken, but for “not us”.
    row = Opportunity.objects.get(audience="partnership", theme="trusted-adult", kind="match")
    given = Answer.objects.create(opportunity=row, partner=partner, word="not_us", by="x")
    assert not any(partner.slug in move.partners for move in public_moves(north))
    Answer.objects.filter(pk=given.pk).update(word="interested")
    assert any(partner.slug in move.partners for move in public_moves(north))


def test_the_public_run_rests_on_no_line_that_somebody_else_put_down(north: World) -> None:
    Ask.objects.filter(kind="need").update(confirmed_on=None)
    assert not [move for move in public_moves(north) if move.kind == "match"]


def public_moves(world: World) -> tuple[Any, ...]:
    return engine.run(world.north, "public", TODAY).result.moves


# The grid.


def test_the_grid_knows_unknown_from_nought(north: World) -> None:
    of = {(c.place_id, c.theme_id): c for c in Cell.objects.filter(audience="partnership")}
    cell = of[north.northton.pk, "trusted-adult"]
    assert (cell.need, cell.initiatives) == (0.9, 2)
    assert len(of) == 2 * 3
    # A grid says where nothing is recorded: none is kept for the public.
    assert not Cell.objects.filter(audience="public").exists()


def test_what_only_other_figures_stand_for_is_not_known_to_the_grid(north: World) -> None:
    Need.objects.filter(place=north.northton, theme="trusted-adult").update(measured="proxy")
    refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY)
    assert Cell.objects.get(place=north.northton, theme="trusted-adult").need is None


def test_where_a_theme_is_high_and_no_move_is_found_the_grid_says_whom_to_ask(north: World) -> None:
    def ask(theme: str) -> list[str]:
        found: list[str] = Cell.objects.get(place=north.northton, theme=theme).ask
        return found

    # Whoever works on it; of a theme with a move, nobody.
    assert (ask("weapon-carrying"), ask("trusted-adult")) == (["Youth Justice"], [])
    row = Opportunity.objects.filter(audience="partnership")[0]
    Opportunity.objects.filter(pk=row.pk).update(theme="weapon-carrying", place=north.northton)
    justice = Partner.objects.get(slug="youth-justice")
    Answer.objects.create(opportunity=row, partner=justice, word="not_us", scope="theme_here", by="x")
    refresh(by=north.person("alice"), footprint=north.north, as_of=TODAY)
    # Who said “not us” is not asked; then whoever has a duty is.
    assert ask("weapon-carrying") == ["Testland Police"]


# The worker.


def at(hour: int, days: int = 0) -> datetime.datetime:
    day = datetime.datetime.combine(datetime.date.today(), datetime.time(hour), tzinfo=datetime.UTC)
    return day + datetime.timedelta(days=days)


def test_the_worker_follows_what_waits(north: World) -> None:
    more_reach(north)
    touch(north)
    assert worker.follow_waiting() == 1
    assert worker.follow_waiting() == 0


def test_the_night_comes_once_and_not_before_two(north: World) -> None:
    assert worker.work_out_the_night(at(1, days=1)) == []
    assert len(worker.work_out_the_night(at(3, days=1))) == 2
    Run.objects.update(at=at(3, days=1))
    assert worker.work_out_the_night(at(9, days=1)) == []


def test_two_who_need_the_same_are_no_match(world: World) -> None:
    make_ask(world.lantern, "need", "A hall on Tuesday evenings", world.northton)
    make_ask(world.school, "need", "A hall on Tuesday evenings", world.northton)
    assert engine.run(world.north, "partnership", TODAY).result.opportunities == ()


def test_who_gives_the_money_is_named_and_never_by_its_address(north: World) -> None:
    """A body that is recorded, under a short name of its own in web addresses."""
    north.police.slug = "police-xq7r"
    north.police.save()
    Offer.objects.update(provider="The police fund", provider_partner=north.police)
    found = engine.run(north.north, "partnership", TODAY).result
    bid = next(move for move in found.found if move.kind == "bid")
    assert "The police fund" in bid.sentence
    assert "xq7r" not in bid.sentence + bid.first_step + bid.decision
