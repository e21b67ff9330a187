"""Who may ask for scans, say what became of a cluster, and be told; and what is refused, in a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.queries import history_of
from joinedup.clusters import actions
from joinedup.clusters.models import Cluster, Follower, Outcome, Scan
from joinedup.initiatives.models import Initiative
from joinedup.places.models import Footprint
from tests.clusters.making import Ground, a_scan
from tests.standing import layer
from tests.world import World


@layer(on="terrain")
def two_found(terrain: Ground) -> tuple[Ground, Scan]:
    """A scan of North in which two clusters were found."""
    north = Footprint.objects.get(slug="north")
    return terrain, a_scan(north, clusters=[terrain.northton[:3], terrain.eastton[:2]])


@pytest.fixture
def cluster(two_found: tuple[Ground, Scan]) -> Cluster:
    first = Cluster.objects.order_by("rank").first()
    assert first is not None
    return first


@pytest.fixture
def has_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "has_figures", lambda footprint: True)


# Asking for a scan.


@pytest.mark.parametrize("who", ["alice", "admin"])
def test_a_coordinator_asks_once(world: World, has_figures: None, who: str) -> None:
    scan = actions.ask_for_scan(by=world.person(who), footprint=world.north, kind="monthly")
    assert (scan.state, scan.asked_by, scan.done) == ("waiting", str(getattr(world, who)), 0)
    assert actions.ask_for_scan(by=world.person("alice"), footprint=world.north, kind="monthly") == scan
    assert actions.ask_for_scan(by=world.person("alice"), footprint=world.north, kind="yearly") != scan
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["cluster.scan", "cluster.scan"]
    assert history_of(scan)[0].done == "asked where and when more is recorded than usual"


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie", "lead"])
def test_others_ask_for_none_and_stop_none(world: World, has_figures: None, who: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.ask_for_scan(by=world.person(who), footprint=world.north, kind="monthly")
    scan = Scan.objects.create(footprint=world.north, kind="monthly")
    with pytest.raises(PermissionDenied):
        actions.give_up(by=world.person(who), scan=scan)
    assert not AuditEntry.objects.exists()


def test_without_figures_it_says_so(world: World) -> None:
    with pytest.raises(ValidationError, match="an administrator imports them"):
        actions.ask_for_scan(by=world.person("alice"), footprint=world.north, kind="monthly")
    with pytest.raises(ValidationError, match="Choose what to look for"):
        actions.ask_for_scan(by=world.person("alice"), footprint=world.north, kind="daily")
    assert not Scan.objects.exists()


def test_what_waits_is_stopped_and_what_ended_is_not(world: World, has_figures: None) -> None:
    alice = world.person("alice")
    asked = actions.ask_for_scan(by=alice, footprint=world.north, kind="monthly")
    stopped = actions.give_up(by=alice, scan=asked)
    assert (stopped.state, stopped.failure) == ("failed", "Stopped by Alice")
    assert stopped.ended_at is not None
    with pytest.raises(ValidationError, match="ended already"):
        actions.give_up(by=alice, scan=asked)
    assert [entry.done for entry in history_of(asked)] == [
        "stopped it",
        "asked where and when more is recorded than usual",
    ]


# What became of it.


def test_a_member_says_what_became_of_it(world: World, cluster: Cluster) -> None:
    said = actions.settle(by=world.person("bob"), cluster=cluster, word="explained", note=" A festival. ")
    assert (said.cluster, said.word, said.note, said.by, said.by_user) == (
        cluster,
        "explained",
        "A festival.",
        "Bob",
        world.bob,
    )
    entry = AuditEntry.objects.get(action="cluster.settle")
    assert "festival" not in str(entry.after), "a note may say more than the trail should keep"


def test_it_is_kept_with_the_first_of_its_chain(
    world: World, two_found: tuple[Ground, Scan], cluster: Cluster
) -> None:
    later = a_scan(
        world.north, clusters=[{"areas": two_found[0].northton[:3], "first": cluster}]
    ).clusters.get()
    assert actions.settle(by=world.person("bob"), cluster=later, word="looked_at").cluster == cluster


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"word": "solved"}, "Choose what became of it"),
        ({"word": "explained", "note": "x" * 1001}, "Keep the note to 1,000 characters: this has 1,001"),
        ({"word": "acted_on"}, "Say what was done, or choose"),
        ({"word": "acted_on", "note": "  "}, "Say what was done, or choose"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    world: World, cluster: Cluster, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        actions.settle(by=world.person("bob"), cluster=cluster, **given)
    assert not Outcome.objects.exists()


def test_local_action_of_the_partnership_may_be_named(world: World, cluster: Cluster) -> None:
    ours, theirs = (
        Initiative.objects.create(name=p.name, slug=f"of-{p.slug}", partner=p, marking="public")
        for p in (world.lantern, world.harbour)
    )
    bob = world.person("bob")
    assert actions.settle(by=bob, cluster=cluster, word="acted_on", initiative=ours).initiative == ours
    with pytest.raises(ValidationError, match="no such local action in this partnership"):
        actions.settle(by=bob, cluster=cluster, word="acted_on", initiative=theirs)


@pytest.mark.parametrize("who", ["nobody", "charlie", "lead", "admin"])
def test_others_say_nothing_of_it(world: World, cluster: Cluster, who: str) -> None:
    outcome = Outcome.objects.create(cluster=cluster, word="looked_at", by="Bob", by_user=world.bob)
    with pytest.raises(PermissionDenied):
        actions.settle(by=world.person(who), cluster=cluster, word="looked_at")
    with pytest.raises(PermissionDenied):
        actions.take_back(by=world.person(who), outcome=outcome)
    assert list(Outcome.objects.all()) == [outcome]


def test_only_who_said_it_or_the_coordinator_takes_it_back(world: World, cluster: Cluster) -> None:
    alice, bob = world.person("alice"), world.person("bob")
    of_alice = actions.settle(by=alice, cluster=cluster, word="false_alarm")
    of_bob = actions.settle(by=bob, cluster=cluster, word="looked_at")
    again = actions.settle(by=bob, cluster=cluster, word="explained")
    with pytest.raises(PermissionDenied, match="Only who said it"):
        actions.take_back(by=bob, outcome=of_alice)
    actions.take_back(by=bob, outcome=again)
    actions.take_back(by=alice, outcome=of_bob)
    assert list(Outcome.objects.all()) == [of_alice]
    assert AuditEntry.objects.filter(action="cluster.take_back").count() == 2


# Being told.


def test_following_twice_is_once_and_begins_with_what_comes(
    world: World, two_found: tuple[Ground, Scan]
) -> None:
    bob = world.person("bob")
    follower = actions.follow(by=bob, footprint=world.north)
    assert follower.told == two_found[1], "what was found before is no news"
    assert actions.follow(by=bob, footprint=world.north) == follower
    of_place = actions.follow(by=bob, footprint=world.north, place=world.northton)
    assert actions.follow(by=bob, footprint=world.north, place=world.northton) == of_place != follower
    assert AuditEntry.objects.filter(action="cluster.follow").count() == 2
    assert "Bob" not in AuditEntry.objects.filter(action="cluster.follow")[0].label


def test_a_place_lies_in_the_partnership(world: World, two_found: tuple[Ground, Scan]) -> None:
    bob = world.person("bob")
    assert actions.follow(by=bob, footprint=world.north, place=world.ward).place == world.ward
    with pytest.raises(ValidationError, match="Choose a place of this partnership"):
        actions.follow(by=bob, footprint=world.north, place=world.southton)


@pytest.mark.parametrize("who", ["nobody", "charlie", "admin"])
def test_others_follow_nothing(world: World, two_found: tuple[Ground, Scan], who: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.follow(by=world.person(who), footprint=world.north)
    assert not Follower.objects.exists()


def test_everybody_stops_for_themselves(world: World, two_found: tuple[Ground, Scan]) -> None:
    lead = world.person("lead")
    follower = actions.follow(by=lead, footprint=world.north)
    with pytest.raises(PermissionDenied, match="Only who is told"):
        actions.unfollow(by=world.person("alice"), follower=follower)
    actions.unfollow(by=lead, follower=follower)
    assert not Follower.objects.exists()
    assert AuditEntry.objects.filter(action="cluster.unfollow").count() == 1
