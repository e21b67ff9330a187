"""Starts a real installation: records, places, published facts and figures, the first administrator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import actions as accounts
from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.events import loading as events
from joinedup.evidence import actions as evidence
from joinedup.places import loading as places
from joinedup.site.serve_command import migrate
from joinedup.strategy import loading as strategy
from joinedup.support import loading as support
from joinedup.taxonomy import loading as taxonomy

DATA = Path(__file__).resolve().parent.parent / "data"
Say = Callable[[str, float | None], None]


def load_facts(say: Say) -> None:
    """Load the facts that ship with the package: themes, places, support, strategy, past events.
    Repeatable."""
    with transaction.atomic():
        say("Themes, sectors and what works", None)
        taxonomy.load(DATA / "reference")
        say("Places: boroughs, wards, neighbourhoods", None)
        places.load(DATA / "london")
        say("Support, strategy and past events", None)
        support.load(DATA / "reference")
        strategy.load(DATA / "reference")
        events.load(DATA / "reference")


def load_figures(say: Say) -> None:
    """Import the published figures that ship with the package, like any other file, and compute need from
    them."""
    operator = Person.operator()
    evidence.import_shipped(
        by=operator,
        folder=DATA / "london",
        progress=lambda part: say("Published figures: eight datasets", part),
    )
    evidence.recompute(
        by=operator, as_of=timezone.localdate(), progress=lambda part: say("Need by place and theme", part)
    )


def begin(*, email: str, name: str, say: Say) -> User:
    """Create the database and the first administrator, load the facts and London's published figures.

    Raises ValidationError if there is an administrator already or the address is invalid, and then changes
    nothing.
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
    # Each file is imported whole or not at all; after an interruption, `joinedup import` adds what is
    # missing.
    load_figures(say)
    return user
