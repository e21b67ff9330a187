"""Whatever works a list out lets others write meanwhile, loses nothing of what they wrote, and stores what a run
stores."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from joinedup.engines.opportunities.strength import WEIGHTS, Weights
from joinedup.firstrun.actions import accept_statutory
from joinedup.opportunities import engine, register
from joinedup.opportunities.actions.publishing import hide_from_public, show_to_public
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.actions.spotting import spot
from joinedup.opportunities.actions.weighing import weigh, weigh_as_shipped
from joinedup.opportunities.models import Opportunity, Run, Touched, Weighting
from joinedup.opportunities.weights import weights_of
from joinedup.opportunities.worker import work_out_the_night
from joinedup.partners.models import Partner
from joinedup.partners.queries import statutory_proposals
from joinedup.taxonomy.models import Sector
from tests.opportunities.making import make_need
from tests.opportunities.records import make_match
from tests.turns import somebody_else
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SOON = Weights(fit=5.0, near=0.5, fresh=0.5, deadline=1.0, parties=0.0, asked=0.0, answered=0.0, need=0.0)


@pytest.fixture
def north(world: World) -> World:
    make_need(world.northton, "trusted-adult", 0.9)
    make_match(world.lantern, world.school, world.northton, marking="public")
    Partner.objects.update(marking="public")
    refresh(by=world.person("alice"), footprint=world.north)
    return world


def weighed(world: World, weights: Weights = SOON) -> None:
    weigh(by=world.person("alice"), footprint=world.north, weights=weights, reason="A trial.")


def shown(world: World) -> None:
    hide_from_public(by=world.person("alice"), footprint=world.north)
    show_to_public(by=world.person("alice"), footprint=world.north)


def spotted(world: World) -> None:
    spot(
        by=world.person("bob"), place=world.northton, theme=None, sentence="The hall stands empty on weekdays.",
        first_step="Ask who has the key.", parties=[],
    )  # fmt: skip


def followed(world: World) -> None:
    Touched.objects.create(footprint=world.north, what="test")
    engine.follow(world.north)


def at_night(_world: World) -> None:
    work_out_the_night(timezone.localtime().replace(hour=3) + datetime.timedelta(days=1))


def accepted(world: World) -> None:
    sectors = set(Sector.objects.values_list("slug", flat=True))
    keys = [body.key for body in statutory_proposals(world.north) if body.sector in sectors]
    assert keys
    accept_statutory(by=world.person("alice"), footprint=world.north, keys=keys)


def refreshed(world: World) -> None:
    refresh(by=world.person("alice"), footprint=world.north)


LARGE: list[Callable[[World], None]] = [weighed, shown, spotted, followed, at_night, accepted, refreshed]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[bool]]:
    """`meanwhile(write)`: the first time that records have been read to work a list out, somebody else writes. Gives a
    list of whether each reading was inside a transaction."""

    def given(write: Callable[[], object]) -> list[bool]:
        inside: list[bool] = []

        def read(*asked: Any) -> Any:
            found = register.read_for_each(*asked)
            inside.append(connection.in_atomic_block)
            if len(inside) == 1:
                somebody_else(write)
            return found

        monkeypatch.setattr(engine, "read_for_each", read)
        return inside

    return given


def names() -> set[str]:
    told = Opportunity.objects.exclude(state=Opportunity.State.GONE).filter(is_spotted=False)
    return {party.name for row in told for party in row.parties.all()}


@pytest.mark.parametrize("large", LARGE)
def test_somebody_else_writes_meanwhile_and_it_counts(
    north: World, large: Callable[[World], None], meanwhile: Callable[..., list[bool]]
) -> None:
    """What has just been hidden stands in no list that is stored afterwards."""
    assert "Hilltop School" in names()
    school = Partner.objects.get(pk=north.school.pk)

    def hide() -> None:
        for each in school.asks.all():
            each.delete()

    inside = meanwhile(hide)
    large(north)
    assert inside == [False, False]
    if large is spotted:
        # Only what stands beside the facts of what was spotted; the list follows for itself.
        engine.follow(north.north)
    assert "Hilltop School" not in names()
    assert not Touched.objects.exists()


def test_who_weighs_otherwise_meanwhile_is_followed(
    north: World, meanwhile: Callable[..., list[bool]]
) -> None:
    meanwhile(lambda: weighed(north))
    refreshed(north)
    assert weights_of(north.north) == SOON
    was = list(Opportunity.objects.order_by("pk").values_list("key", "audience", "score"))
    refreshed(north)
    assert list(Opportunity.objects.order_by("pk").values_list("key", "audience", "score")) == was


def test_two_who_weigh_the_same_at_once_weigh_once(
    north: World, meanwhile: Callable[..., list[bool]]
) -> None:
    runs = Run.objects.count()
    meanwhile(lambda: weighed(north))
    weighed(north)
    assert Weighting.objects.count() == 1
    assert Run.objects.count() == runs + len(Run.Audience.values)


def test_weighed_as_shipped_while_somebody_weighs_otherwise(
    north: World, meanwhile: Callable[..., list[bool]]
) -> None:
    weighed(north)
    other = Weights(
        fit=4.0, near=0.5, fresh=0.5, deadline=1.0, parties=0.0, asked=0.0, answered=0.0, need=0.0
    )
    meanwhile(lambda: weighed(north, other))
    weigh_as_shipped(by=north.person("alice"), footprint=north.north)
    # Who was last is followed, and the list is by what they said.
    assert weights_of(north.north) == WEIGHTS
    was = list(Opportunity.objects.order_by("pk").values_list("key", "audience", "score"))
    refreshed(north)
    assert list(Opportunity.objects.order_by("pk").values_list("key", "audience", "score")) == was


class Killed(BaseException):
    pass


@pytest.mark.parametrize("large", LARGE)
def test_killed_while_it_stores_nothing_is_half_done(
    north: World, large: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And done again it is as if nobody had been killed."""
    before = (names(), weights_of(north.north), Run.objects.count(), Weighting.objects.count())

    store = engine.Ready.store

    def killed(ready: engine.Ready) -> int:
        store(ready)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(engine.Ready, "store", killed)
        if large is shown:
            hide_from_public(by=north.person("alice"), footprint=north.north)
            with pytest.raises(Killed):
                show_to_public(by=north.person("alice"), footprint=north.north)
            north.north.refresh_from_db()
            assert not north.north.shows_opportunities
            show = lambda: show_to_public(by=north.person("alice"), footprint=north.north)  # noqa: E731
        else:
            with pytest.raises(Killed):
                large(north)
            show = lambda: large(north)  # noqa: E731
    assert (names(), weights_of(north.north), Run.objects.count(), Weighting.objects.count()) == before
    show()
    engine.follow(north.north)
    assert not Touched.objects.exists()
    was = list(
        Opportunity.objects.order_by("pk").values_list("key", "audience", "score", "state", "sentence")
    )
    refreshed(north)
    assert (
        list(Opportunity.objects.order_by("pk").values_list("key", "audience", "score", "state", "sentence"))
        == was
    )
