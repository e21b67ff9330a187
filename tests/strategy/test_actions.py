"""Adding evidence to a commitment: who may, what is refused, what the trail says."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.strategy.actions import add_update
from joinedup.strategy.models import Commitment, Strategy, Update
from tests.world import World

TODAY = datetime.date.today()


@pytest.fixture
def commitment(world: World) -> Commitment:
    strategy = Strategy.objects.create(slug="s", name="Strategy", publisher="Office")
    return Commitment.objects.create(strategy=strategy, ref="S-1", text="Do it.", chapter="A", lead="Office")


def facts(**fields: Any) -> dict[str, Any]:
    return {"on": TODAY, "standing": "kept", "text": "It is done.", "source": "https://example.org/"} | fields


@pytest.mark.parametrize("name", ["alice", "lead"])
def test_coordinators_and_the_lead_add_evidence(world: World, commitment: Commitment, name: str) -> None:
    update = add_update(by=world.person(name), commitment=commitment, **facts())
    assert (update.commitment, update.standing, update.by) == (commitment, "kept", name.capitalize())
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.after["text"]) == (
        "commitment.update",
        name.capitalize(),
        "It is done.",
    )


@pytest.mark.parametrize("name", ["bob", "charlie", "admin", "nobody"])
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
        add_update(by=world.person("alice"), commitment=commitment, **facts(**wrong))
    assert not Update.objects.exists()
    assert not AuditEntry.objects.exists()


def test_public_local_action_is_evidence_and_other_is_not(world: World, commitment: Commitment) -> None:
    shared = Initiative.objects.create(name="Club", slug="club", partner=world.lantern)
    with pytest.raises(ValidationError, match="public too"):
        add_update(by=world.person("alice"), commitment=commitment, **facts(source="", initiative=shared))
    shared.marking = "public"
    update = add_update(
        by=world.person("alice"), commitment=commitment, **facts(source="", initiative=shared)
    )
    assert update.initiative == shared
