import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.answering import answer
from joinedup.opportunities.actions.deciding import set_aside, take_up
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, ListChange, Opportunity, Run
from joinedup.partners.models import Ask, Partner
from tests.opportunities.making import TODAY, make_need, make_opportunity
from tests.opportunities.records import make_action, make_ask, make_match
from tests.world import World

COMPARED = ("key", "score", "sentence", "moves", "stands_out", "under_way", "not_known", "would_change")


def run(world: World, on: datetime.date = TODAY) -> None:
    refresh(by=world.person("alice"), footprint=world.north, as_of=on)


def states() -> dict[str, str]:
    return dict(Opportunity.objects.filter(audience="partnership").values_list("theme", "state"))


def test_refresh_stores_what_the_engine_finds_for_each_audience(world: World) -> None:
    make_match(world.lantern, world.school, world.northton)
    Partner.objects.filter(pk=world.lantern.pk).update(marking="public")
    runs = refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    # The public's run knows of the two only the partner who is public, and no ask.
    assert {each.audience: each.found for each in runs} == {"public": 0, "partnership": 1}
    shared = Opportunity.objects.get()
    assert (shared.audience, shared.marking, shared.kind) == ("partnership", "partnership", "match")
    assert (shared.place, shared.theme_id) == (world.northton, "trusted-adult")
    assert set(shared.parties.all()) == {world.lantern, world.school}
    entry = AuditEntry.objects.get(action="opportunity.refresh")
    assert entry.after == {"public": 0, "partnership": 1, "as_of": TODAY.isoformat()}


def test_refresh_twice_changes_nothing(world: World) -> None:
    make_match(world.lantern, world.school, world.northton)
    run(world)
    before = list(Opportunity.objects.order_by("pk").values())
    run(world)
    assert list(Opportunity.objects.order_by("pk").values()) == before
    assert ListChange.objects.count() == 1


def test_what_is_no_longer_found_is_gone_unless_somebody_took_it_up(world: World) -> None:
    make_match(world.lantern, world.school, world.northton)
    make_match(world.police, world.lantern, world.eastton, "weapon-carrying")
    run(world)
    kept = Opportunity.objects.get(theme="trusted-adult")
    take_up(by=world.person("alice"), opportunity=kept)
    Ask.objects.all().delete()
    run(world)
    assert states() == {"trusted-adult": "taken_up", "weapon-carrying": "gone"}


def test_what_was_set_aside_stays_away_half_a_year_and_then_returns(world: World) -> None:
    make_match(world.lantern, world.school, world.northton)
    run(world)
    each = Opportunity.objects.get()
    set_aside(by=world.person("alice"), opportunity=each, reason="not_now")
    decided = Opportunity.objects.get(pk=each.pk).decided_on
    assert decided is not None
    for days, state in ((100, "dismissed"), (190, "suggested")):
        run(world, decided + datetime.timedelta(days=days))
        assert Opportunity.objects.get(pk=each.pk).state == state


def test_what_charlies_partnership_holds_changes_nothing_for_north(world: World) -> None:
    """A pair of worlds that differ only in what South keeps to itself: North's run is identical."""
    make_match(world.lantern, world.school, world.northton)
    make_need(world.southton, "trusted-adult", 0.9)
    run(world)
    before = list(Opportunity.objects.order_by("pk").values(*COMPARED))
    assert before
    # In North's own place, alike to what North has, and better than it.
    make_action(
        world.harbour, "Quiet work", world.southton, world.northton, what="A hall on Tuesday evenings"
    )
    make_ask(world.harbour, "offer", "Our hall is free on Tuesday evenings", world.northton)
    make_ask(world.harbour, "need", "A hall on Tuesday evenings", world.northton)
    run(world)
    assert list(Opportunity.objects.order_by("pk").values(*COMPARED)) == before


def test_what_is_marked_for_named_readers_takes_part_in_no_run(world: World) -> None:
    make_match(world.lantern, world.school, world.northton, marking="named")
    run(world)
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob"])
def test_only_the_coordinator_decides(world: World, who: str) -> None:
    each = make_opportunity(world, "one", world.lantern)
    with pytest.raises(PermissionDenied):
        take_up(by=world.person(who), opportunity=each)
    with pytest.raises(PermissionDenied):
        set_aside(by=world.person(who), opportunity=each, reason="no_fit")
    with pytest.raises(PermissionDenied):
        refresh(by=world.person(who), footprint=world.north, as_of=TODAY)
    assert Opportunity.objects.get(pk=each.pk).state == "suggested"
    assert not Run.objects.exists()


def test_taking_up_marks_the_publics_copy_too(world: World) -> None:
    shared = make_opportunity(world, "same", world.lantern)
    public = make_opportunity(world, "same", world.lantern, audience="public", marking="public")
    take_up(by=world.person("alice"), opportunity=shared)
    public.refresh_from_db()
    assert (public.state, public.decided_by) == ("taken_up", "Alice")
    with pytest.raises(ValidationError):
        take_up(by=world.person("alice"), opportunity=shared)


def test_setting_aside_needs_one_of_the_fixed_reasons(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern)
    with pytest.raises(ValidationError):
        set_aside(by=world.person("alice"), opportunity=each, reason="they are useless")
    assert Opportunity.objects.get(pk=each.pk).state == "suggested"


def test_already_doing_it_becomes_one_draft_however_often_it_is_said(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern)
    bob = world.person("bob")
    first = answer(by=bob, opportunity=each, partner=world.lantern, word="already")
    again = answer(by=bob, opportunity=each, partner=world.lantern, word="already")
    assert first.initiative == again.initiative
    draft = Initiative.objects.get()
    assert (draft.partner, draft.marking, draft.confirmed_on) == (world.lantern, "partnership", None)
    assert list(draft.places.all()) == [world.northton]
    assert [t.pk for t in draft.themes.all()] == ["trusted-adult"]
    changed = answer(by=bob, opportunity=each, partner=world.lantern, word="interested")
    assert changed.word == "interested"
    assert Answer.objects.count() == 1


def test_answers_are_for_the_partners_that_are_named(world: World) -> None:
    each = make_opportunity(world, "one", world.school)
    with pytest.raises(PermissionDenied):
        answer(by=world.person("charlie"), opportunity=each, partner=world.school, word="not_us")
    with pytest.raises(ValidationError):
        answer(by=world.person("bob"), opportunity=each, partner=world.lantern, word="not_us")
    mine = make_opportunity(world, "two", world.lantern)
    with pytest.raises(ValidationError):
        answer(by=world.person("bob"), opportunity=mine, partner=world.lantern, word="go away")
    assert not Answer.objects.exists()
