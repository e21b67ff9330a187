"""A visit of the North partnership, and cards told whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from joinedup.events.models import Programme
from joinedup.evidence.models import Need
from joinedup.places.models import Place
from joinedup.visits.actions import add_card, add_visit
from joinedup.visits.models import PracticeCard, Visit
from tests.world import World


@pytest.fixture
def parts(world: World) -> dict[str, Any]:
    """All that a card tells."""
    return {
        "title": "A mentor at the school gate",
        "place": world.northton,
        "themes": ["school-exclusion"],
        "level": "secondary",
        "problem": "Pupils sent home had nobody to talk to.",
        "mechanism": "A mentor meets them on the same day.",
        "cost": "One worker, three days a week.",
        "pounds_a_year": 21_000,
        "result": "Half as many were sent home twice, by the school's count.",
        "what_failed": "Meeting at home: nobody opened the door.",
    }


@pytest.fixture
def visit(world: World) -> Visit:
    made = add_visit(
        by=world.person("alice"), footprint=world.north, name="A day in Eastton", place=world.eastton,
        programme=Programme.objects.create(slug="visits", name="Visits"), host=world.lantern,
        purpose="How they keep pupils in school", safeguarding_lead="Lead of the partnership", marking="public",
    )  # fmt: skip
    # An address that a test can write down: the real one ends with signs by chance.
    made.slug = "a-day-in-eastton"
    made.save(update_fields=["slug"])
    return made


@pytest.fixture
def tell(world: World, parts: dict[str, Any]) -> Callable[..., PracticeCard]:
    """`tell(title=…)` adds a card of Lantern Youth, for its partnership."""

    def tell(**changes: Any) -> PracticeCard:
        who = changes.pop("by", "alice")
        fixed = {"footprint": world.north, "partner": world.lantern}
        fixed |= {name: changes.pop(name) for name in list(fixed) if name in changes}
        return add_card(by=world.person(who), **fixed, **(parts | changes))

    return tell


@pytest.fixture
def needs() -> Callable[..., None]:
    """`needs(place, trusted_adult=0.9)`: how much a place needs work on each theme."""

    def needs(place: Place, **levels: float | None) -> None:
        for theme, need in levels.items():
            Need.objects.create(
                place=place, theme_id=theme.replace("_", "-"), need=need, certainty=0.8,
                worked_out_on=timezone.localdate(),
            )  # fmt: skip

    return needs
