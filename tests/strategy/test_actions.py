"""Adding evidence to a commitment: who may, what is refused, what the trail says."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.initiatives.models import Initiative
from joinedup.strategy.actions import add_evidence, add_update
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.strategy.queries import standing
from tests.world import World

TODAY = datetime.date.today()


@pytest.fixture
def commitment(world: World) -> Commitment:
    strategy = Strategy.objects.create(slug="s", name="Strategy", publisher="Office")
    return Commitment.objects.create(strategy=strategy, ref="S-1", text="Do it.", chapter="A", lead="Office")


def facts(**fields: Any) -> dict[str, Any]:
    return {"on": TODAY, "standing": "kept", "text": "It is done.", "source": "https://example.org/"} | fields


@pytest.mark.parametrize("name", ["admin", "lead"])
def test_those_who_keep_it_say_how_the_whole_stands(world: World, commitment: Commitment, name: str) -> None:
    update = add_update(by=world.person(name), commitment=commitment, **facts())
    assert (update.commitment, update.standing, update.by) == (commitment, "kept", name.capitalize())
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.after["text"]) == (
        "commitment.update",
        name.capitalize(),
        "It is done.",
    )


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "nobody"])
def test_others_may_not(world: World, commitment: Commitment, name: str) -> None:
    with pytest.raises(PermissionDenied):
        add_update(by=world.person(name), commitment=commitment, **facts())
    assert not Update.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": TODAY + datetime.timedelta(days=1)},
        {"source": ""},
        {"standing": "splendid"},
        {"text": ""},
    ],
)
def test_bad_evidence_changes_nothing(world: World, commitment: Commitment, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        add_update(by=world.person("lead"), commitment=commitment, **facts(**wrong))
    assert not Update.objects.exists()
    assert not AuditEntry.objects.exists()


def test_public_local_action_is_evidence_and_other_is_not(world: World, commitment: Commitment) -> None:
    shared = Initiative.objects.create(name="Club", slug="club", partner=world.lantern)
    with pytest.raises(ValidationError, match="public too"):
        add_update(by=world.person("lead"), commitment=commitment, **facts(source="", initiative=shared))
    shared.marking = "public"
    update = add_update(by=world.person("lead"), commitment=commitment, **facts(source="", initiative=shared))
    assert update.initiative == shared


@pytest.fixture
def club(world: World) -> Initiative:
    return Initiative.objects.create(name="Club", slug="club", partner=world.lantern, marking="public")


def test_a_partnership_adds_what_its_own_local_action_does_as_its_own(
    world: World, commitment: Commitment, club: Initiative
) -> None:
    update = add_evidence(
        by=world.person("alice"), commitment=commitment, on=TODAY, text="Ten places.", initiative=club
    )
    assert (update.footprint, update.standing, update.initiative) == (world.north, "on_the_way", club)
    assert AuditEntry.objects.get().action == "commitment.evidence"


def test_it_never_overrules_who_speaks_for_the_whole(
    world: World, commitment: Commitment, club: Initiative
) -> None:
    add_update(
        by=world.person("admin"),
        commitment=commitment,
        **facts(standing="not_kept", on=TODAY - datetime.timedelta(days=30)),
    )
    add_evidence(by=world.person("alice"), commitment=commitment, on=TODAY, text="Ten.", initiative=club)
    assert standing(commitment, TODAY).word == "not_kept"


def test_it_keeps_what_is_on_the_way_from_being_silent(
    world: World, commitment: Commitment, club: Initiative
) -> None:
    old = TODAY - datetime.timedelta(days=400)
    add_update(by=world.person("admin"), commitment=commitment, **facts(standing="on_the_way", on=old))
    assert standing(commitment, TODAY).word == "silent"
    add_evidence(by=world.person("alice"), commitment=commitment, on=TODAY, text="Ten.", initiative=club)
    found = standing(Commitment.objects.get(), TODAY)
    assert (found.word, found.last) == ("on_the_way", TODAY)


@pytest.mark.parametrize("name", ["bob", "charlie", "admin", "nobody"])
def test_nobody_else_adds_it_in_their_name(
    world: World, commitment: Commitment, club: Initiative, name: str
) -> None:
    with pytest.raises(PermissionDenied):
        add_evidence(
            by=world.person(name), commitment=commitment, on=TODAY, text="Ten places.", initiative=club
        )
    Grant.objects.create(user=world.charlie, role="coordinator", footprint=world.south)
    with pytest.raises(PermissionDenied):
        add_evidence(
            by=world.person("charlie"), commitment=commitment, on=TODAY, text="Theirs.", initiative=club
        )
    assert not Update.objects.exists()


def test_before_an_election_it_waits(world: World, commitment: Commitment, club: Initiative) -> None:
    world.north.held_until = TODAY + datetime.timedelta(days=9)
    world.north.save()
    with pytest.raises(ValidationError, match="Nothing new is published"):
        add_evidence(by=world.person("alice"), commitment=commitment, on=TODAY, text="Ten.", initiative=club)
