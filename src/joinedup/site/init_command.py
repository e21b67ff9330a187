"""Starts a real installation: records, places, published facts and figures, the first administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import actions as accounts
from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.events import loading as events
from joinedup.firstrun.actions import start_area
from joinedup.firstrun.area_data import areas_called, bring_in
from joinedup.places import loading as places
from joinedup.places.models import Footprint
from joinedup.site.serve_command import migrate
from joinedup.strategy import loading as strategy
from joinedup.support import loading as support
from joinedup.taxonomy import loading as taxonomy

DATA = Path(__file__).resolve().parent.parent / "data"
Say = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Started:
    """`areas`: a line for each area asked for, which it is, and how to mean another of the same name."""

    administrator: User
    footprint: Footprint | None
    areas: list[str]


def load_facts(say: Say) -> None:
    """Load the facts that ship with the package: themes, places, support, strategy, past events.
    Repeatable."""
    with transaction.atomic():
        say("Themes, sectors and what works", None)
        taxonomy.load(DATA / "reference")
        say("Places: regions, police force areas, counties and authorities", None)
        places.load()
        say("Support, strategy and past events", None)
        support.load(DATA / "reference")
        strategy.load(DATA / "reference")
        events.load(DATA / "reference")


def begin(*, email: str, name: str, areas: Sequence[str] = (), say: Say) -> Started:
    """Create the database and the first administrator, load the facts and, for `areas` (names or codes), their places
    and published figures; the administrator coordinates the partnership that they make.

    Raises ValidationError if there is an administrator already, the address is invalid or an area is unknown, and then
    changes nothing.
    """
    migrate()
    if Grant.objects.filter(role=Grant.Role.ADMINISTRATOR).exists():
        raise ValidationError(
            "This installation has an administrator already: ask them to invite you, or choose another JOINEDUP_HOME."
        )
    with transaction.atomic():
        # The account first: a wrong address is reported before the long part.
        user = accounts.first_administrator(by=Person.operator(), email=email, name=name)
        load_facts(say)
        chosen = areas_called(areas)
        footprint = (
            start_area(by=Person.of(user), places=chosen.places, name=chosen.name) if chosen.places else None
        )
    # Each file is imported whole or not at all; after an interruption, `joinedup places` brings in what is missing.
    if chosen.places:
        bring_in(chosen.places, say)
    return Started(user, footprint, chosen.lines)
