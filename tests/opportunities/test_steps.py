"""Crowds of new opportunities that are for their parties alone are stored in steps, after the list: whatever comes in
between, and wherever it is killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine, list_links, register, stored_list
from joinedup.opportunities.actions.answering import answer
from joinedup.opportunities.actions.deciding import take_up
from joinedup.opportunities.actions.refreshing import keep_lists, refresh
from joinedup.opportunities.engine import worked_out
from joinedup.opportunities.list_differences import Additions
from joinedup.opportunities.models import ListChange, Opportunity, Run, Touched
from joinedup.opportunities.touching import left_to_the_worker
from joinedup.partners.models import Ask, Partner
from tests.opportunities.making import make_figure, make_need
from tests.opportunities.records import make_action, make_match
from tests.turns import somebody_else
from tests.world import World, make_partner

pytestmark = pytest.mark.django_db(transaction=True)
WHAT = "A mentor for one hour a week, boxing and homework, for people aged 11 to 16"


@pytest.fixture
def north(world: World) -> World:
    """Four bodies do alike work, which makes six pairs; and the school and Lantern Youth share a hall."""
    make_need(world.northton, "trusted-adult", 0.9)
    make_match(world.lantern, world.school, world.northton, marking="public")
    for name in ("Rowing", "Chess", "Cooking", "Dancing"):
        partner = make_partner(name, "vcs", world.north, [world.northton], ["trusted-adult"])
        make_action(partner, f"{name} mentors", world.northton, what=WHAT, age_from=11, age_to=16)
    Partner.objects.update(marking="public")
    return world


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_list, "STEP", 2)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], list[int]]:
    """`between(number, do)`: before the step of that number (from 1) `do` happens. Gives a list of how many for their
    parties alone are stored before each step."""

    def given(number: int, do: Callable[[], object]) -> list[int]:
        held: list[int] = []

        def pause() -> None:
            assert not connection.in_atomic_block
            held.append(alike().count())
            if len(held) == number:
                do()

        monkeypatch.setattr(engine, "let_others_write", pause)
        return held

    return given


def rests_on(monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    """As if every opportunity named this figure."""
    wanted, name = list_links._wanted, f"{figure.indicator}@{figure.place_id}"
    monkeypatch.setattr(list_links, "_wanted", lambda *given: wanted(*given) | {"figures": [name]})


def nothing() -> None:
    pass


def refreshed(world: World) -> None:
    refresh(by=world.person("alice"), footprint=world.north)


def alike() -> Any:
    return Opportunity.objects.filter(marking="named").exclude(state=Opportunity.State.GONE)


def whole() -> list[Any]:
    """All that is stored of the list, with what it leads to and what was told of it, but for keys of rows and times."""
    return [
        (
            row.audience, row.key, row.marking, row.state, row.score, row.sentence, row.moves, row.stands_out,
            {each.slug for each in row.parties.all()}, {each.slug for each in row.initiatives.all()},
            {each.code for each in row.places.all()}, {figure.indicator for figure in row.figures.all()},
            [(each.what, each.why) for each in row.changes.order_by("pk")],
        )
        for row in Opportunity.objects.order_by("audience", "key")
    ]  # fmt: skip


@pytest.fixture
def at_once(north: World) -> list[Any]:
    """What is stored where it comes in one step; then all of it goes."""
    refreshed(north)
    found = whole()
    assert alike().count() == 6
    Opportunity.objects.all().delete()
    Run.objects.all().delete()
    assert not ListChange.objects.exists()
    return found


@pytest.mark.usefixtures("small_steps")
def test_they_come_after_the_list_and_in_the_end_it_is_as_if_all_had_come_at_once(
    north: World, at_once: list[Any], between: Callable[..., list[int]]
) -> None:
    seen: list[tuple[int, int, int]] = []

    def first() -> None:
        listed = Opportunity.objects.filter(marking="partnership").count()
        seen.append((listed, Run.objects.count(), Touched.objects.count()))

    held = between(1, first)
    refreshed(north)
    assert held == [0, 2, 4]
    # The whole list stood there before, with its runs, and a note that more was to come.
    assert seen == [(Opportunity.objects.filter(marking="partnership").count(), 2, 1)]
    assert seen[0][0] > 0
    assert whole() == at_once
    assert not Touched.objects.exists()


def test_a_few_come_with_the_list(north: World, between: Callable[..., list[int]]) -> None:
    held = between(1, nothing)
    refreshed(north)
    assert held == []
    assert alike().count() == 6


@pytest.mark.usefixtures("small_steps")
def test_once_they_are_stored_nothing_comes_in_steps(north: World, between: Callable[..., list[int]]) -> None:
    refreshed(north)
    was, held = whole(), between(1, nothing)
    refreshed(north)
    assert (held, whole()) == ([], was)


@pytest.mark.usefixtures("small_steps")
def test_others_write_between_two_steps(north: World, between: Callable[..., list[int]]) -> None:
    """What no list rests on; whoever held the turn would let the other's time run out."""
    between(2, lambda: somebody_else(lambda: Run.objects.filter(found=0).update(found=0)))
    refreshed(north)
    assert alike().count() == 6


class Killed(BaseException):
    pass


def killed() -> None:
    raise Killed


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_killed_between_two_steps_the_next_who_follows_goes_on(
    north: World, at_once: list[Any], between: Callable[..., list[int]], number: int
) -> None:
    between(number, killed)
    with pytest.raises(Killed):
        refreshed(north)
    assert alike().count() == 2 * (number - 1)
    assert Run.objects.count() == 2
    assert Touched.objects.count() == 1
    between(0, nothing)
    engine.follow(north.north)
    assert whole() == at_once
    assert not Touched.objects.exists()


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_killed_in_a_step_what_was_before_it_stays(
    north: World, at_once: list[Any], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    store, times = Additions.store, list[int]()

    def stopped(*given: Any) -> None:
        store(*given)
        if given[-1] == Run.Audience.PARTNERSHIP:
            times.append(1)
            if len(times) == number + 1:
                raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Additions, "store", stopped)
        with pytest.raises(Killed):
            refreshed(north)
    assert alike().count() == 2 * (number - 1)
    assert Touched.objects.count() == 1
    engine.follow(north.north)
    assert whole() == at_once


@pytest.mark.usefixtures("small_steps")
def test_what_is_hidden_between_two_steps_is_named_in_none_that_comes_later(
    north: World, between: Callable[..., list[int]]
) -> None:
    hidden = Partner.objects.get(name="Rowing")

    def hide() -> None:
        for each in hidden.initiatives.all():
            each.marking = "named"
            somebody_else(each.save)

    held = between(2, hide)
    refreshed(north)
    # The second step found that records had changed, and left the rest to who follows that.
    assert held == [0, 2]
    assert alike().count() == 2
    assert Touched.objects.count() > 1
    engine.follow(north.north)
    assert alike().count() == 3
    assert not alike().filter(parties=hidden).exists()
    assert not Touched.objects.exists()


@pytest.mark.usefixtures("small_steps")
def test_who_works_it_out_between_two_steps_stores_all_of_it(
    north: World, at_once: list[Any], between: Callable[..., list[int]]
) -> None:
    def other() -> None:
        between(0, nothing)
        somebody_else(lambda: refreshed(north))

    between(2, other)
    refreshed(north)
    assert Run.objects.count() == 4
    assert whole() == at_once
    assert not Touched.objects.exists()


@pytest.mark.usefixtures("small_steps")
def test_a_figure_that_went_between_two_steps_is_linked_to_nothing(
    north: World, between: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = make_figure(north.northton, "robbery", 12.3)
    rests_on(monkeypatch, figure)
    between(2, lambda: somebody_else(figure.delete))
    refreshed(north)
    assert alike().count() == 2
    between(0, nothing)
    engine.follow(north.north)
    assert alike().count() == 6
    assert not Opportunity.figures.through.objects.exists()


# What comes in between while it is compared.


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[bool]]:
    """`compared(do)`: the first time that a list has been compared with what is stored, somebody else does this. Gives
    a list of whether each comparison was inside a transaction."""

    def given(do: Callable[[], object]) -> list[bool]:
        inside: list[bool] = []
        compare = engine._compared

        def slow(*asked: Any) -> Any:
            found = compare(*asked)
            inside.append(connection.in_atomic_block)
            if len(inside) == 1:
                somebody_else(do)
            return found

        monkeypatch.setattr(engine, "_compared", slow)
        return inside

    return given


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    times: list[bool] = []

    def counted(*given: Any) -> Any:
        times.append(True)
        return register.read_for_each(*given)

    monkeypatch.setattr(engine, "read_for_each", counted)
    return times


def test_what_somebody_takes_up_meanwhile_stays_taken_up(
    north: World, compared: Callable[..., list[bool]], read: list[bool]
) -> None:
    refreshed(north)
    row = Opportunity.objects.get(marking="partnership")
    with left_to_the_worker():
        # Nothing is left that any of them rests on: this one would be marked as gone too.
        Ask.objects.all().delete()
        Initiative.objects.all().delete()
    inside, before = compared(lambda: take_up(by=north.person("alice"), opportunity=row)), len(read)
    refreshed(north)
    both = Opportunity.objects.filter(key=row.key)
    assert sorted(both.values_list("audience", "state", "decided_by")) == [
        ("partnership", "taken_up", "Alice"),
        ("public", "taken_up", "Alice"),
    ]
    assert not ListChange.objects.filter(opportunity__in=both, what="gone").exists()
    others = Opportunity.objects.exclude(key=row.key)
    assert [each.state for each in others] == ["gone"] * 6
    # It was compared again, before the transaction too; records had not changed.
    assert inside == [False, False]
    assert len(read) == before + 1


def test_of_two_runs_at_once_one_tells_what_is_new(
    north: World, at_once: list[Any], compared: Callable[..., list[bool]]
) -> None:
    inside = compared(lambda: refreshed(north))
    refreshed(north)
    assert Run.objects.count() == 4
    assert whole() == at_once
    assert len(inside) == 3


def test_of_two_runs_at_once_one_tells_what_changed(
    north: World, compared: Callable[..., list[bool]], read: list[bool]
) -> None:
    refreshed(north)
    with left_to_the_worker():
        make_match(north.police, Partner.objects.get(name="Rowing"), north.northton, marking="public")
    # Some changes come with the day alone, such as what opens: nobody notes those.
    Touched.objects.all().delete()
    told = ListChange.objects.count()
    inside, before = compared(lambda: refreshed(north)), len(read)
    refreshed(north)
    new = ListChange.objects.order_by("pk")[told:]
    assert len(new) == len({each.opportunity_id for each in new}) > 0
    assert {each.what for each in new} == {"changed"}
    assert inside == [False, False, False]
    assert len(read) == before + 2


def test_a_figure_that_goes_meanwhile_is_linked_to_nothing(
    north: World, compared: Callable[..., list[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = make_figure(north.northton, "robbery", 12.3)
    rests_on(monkeypatch, figure)
    compared(figure.delete)
    refreshed(north)
    assert alike().count() == 6
    assert not Opportunity.figures.through.objects.exists()


def test_where_somebody_decides_all_the_while_a_run_ends_under_the_lock(
    north: World, monkeypatch: pytest.MonkeyPatch, read: list[bool]
) -> None:
    refreshed(north)
    row = Opportunity.objects.filter(marking="partnership").first()
    assert row is not None
    compare, inside = engine._compared, list[bool]()
    read.clear()

    def slow(*asked: Any) -> Any:
        found = compare(*asked)
        inside.append(connection.in_atomic_block)
        if not inside[-1]:
            decided = f"Alice, {len(inside)} times"
            somebody_else(lambda: Opportunity.objects.filter(pk=row.pk).update(decided_by=decided))
        return found

    monkeypatch.setattr(engine, "_compared", slow)
    refreshed(north)
    assert inside == [False, False, False, True]
    assert len(read) == 1
    inside.clear()
    Touched.objects.create(footprint=north.north, what="test")
    engine.follow(north.north)
    assert inside == [False, False, False]
    # Whoever follows leaves it to the next.
    assert Touched.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time: it locks no rows")
def test_whoever_answers_while_a_list_is_stored_does_not_wait_for_it(north: World) -> None:
    """Who answers has the opportunity and notes a change of the partnership, who stores has the partnership and comes
    to the opportunities: each would wait for the other."""
    refreshed(north)
    row = Opportunity.objects.get(kind="match", audience="partnership")

    def give() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
        answer(by=north.person("bob"), opportunity=row, partner=north.lantern, word="interested")

    with worked_out(north.north, timezone.localdate()) as worked:
        somebody_else(give)
        keep_lists(Person.operator(), worked)
    assert row.answers.count() == 1
    assert Touched.objects.filter(footprint=north.north).exists(), "the answer is followed later"
