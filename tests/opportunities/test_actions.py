import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.answering import answer
from joinedup.opportunities.actions.deciding import set_aside, take_up
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, Opportunity, Run
from tests.opportunities.making import TODAY, make_need, make_opportunity
from tests.world import World


def found(audience: str) -> dict[str, str]:
    return dict(Opportunity.objects.filter(audience=audience).values_list("key", "state"))


def test_refresh_stores_what_the_engine_finds_for_each_audience(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    world.lantern.marking = "public"
    world.lantern.save()

    runs = refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)

    # That need is not met is for the partnership; its run knows all three, not only the partner who is public.
    assert {run.audience: run.found for run in runs} == {"public": 0, "partnership": 1}
    shared = Opportunity.objects.get()
    assert (shared.audience, shared.kind) == ("partnership", "unmet_need")
    assert (shared.place, shared.theme_id) == (world.northton, "trusted-adult")
    # Not the school: its own themes are others.
    assert set(shared.parties.all()) == {world.lantern, world.police}
    assert AuditEntry.objects.get(action="opportunity.refresh").after["partnership"] == 1


def test_refresh_twice_changes_nothing(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    before = list(Opportunity.objects.order_by("pk").values())
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    assert list(Opportunity.objects.order_by("pk").values()) == before


def test_what_is_no_longer_found_is_gone_unless_somebody_took_it_up(world: World) -> None:
    first = make_need(world.northton, "trusted-adult", 0.9)
    second = make_need(world.northton, "weapon-carrying", 0.9)
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    kept = Opportunity.objects.get(audience="partnership", theme="trusted-adult")
    take_up(by=world.person("alice"), opportunity=kept)
    first.delete()
    second.delete()
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY)
    states = dict(Opportunity.objects.filter(audience="partnership").values_list("theme", "state"))
    assert states == {"trusted-adult": "taken_up", "weapon-carrying": "gone"}


def test_what_was_set_aside_stays_away_half_a_year_and_then_returns(world: World) -> None:
    make_need(world.northton, "trusted-adult", 0.9)
    alice = world.person("alice")
    refresh(by=alice, footprint=world.north, as_of=TODAY)
    each = Opportunity.objects.get(audience="partnership")
    set_aside(by=alice, opportunity=each, reason="not_now")
    decided = Opportunity.objects.get(pk=each.pk).decided_on
    assert decided is not None
    refresh(by=alice, footprint=world.north, as_of=decided + datetime.timedelta(days=100))
    assert Opportunity.objects.get(pk=each.pk).state == "dismissed"
    refresh(by=alice, footprint=world.north, as_of=decided + datetime.timedelta(days=190))
    assert Opportunity.objects.get(pk=each.pk).state == "suggested"


def test_what_charlies_partnership_holds_changes_nothing_for_north(world: World) -> None:
    """A pair of worlds that differ only in what South keeps to itself: North's run is identical."""
    make_need(world.northton, "trusted-adult", 0.9)
    make_need(world.southton, "trusted-adult", 0.9)
    alice = world.person("alice")
    refresh(by=alice, footprint=world.north, as_of=TODAY)
    compared = ("key", "score", "sentence", "because", "components")
    before = list(Opportunity.objects.order_by("pk").values(*compared))
    hidden = Initiative.objects.create(
        name="Quiet work", slug="quiet", partner=world.harbour, reach_per_year=900
    )
    hidden.places.add(world.southton, world.northton)
    hidden.themes.add("trusted-adult")
    refresh(by=alice, footprint=world.north, as_of=TODAY)
    assert list(Opportunity.objects.order_by("pk").values(*compared)) == before


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
