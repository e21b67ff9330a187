"""Starts a real installation: records, place data, published facts, the first administrator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import actions as accounts
from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.events import loading as events
from joinedup.places import loading as places
from joinedup.site.serving import migrate
from joinedup.strategy import loading as strategy
from joinedup.support import loading as support
from joinedup.taxonomy import loading as taxonomy

DATA = Path(__file__).resolve().parent.parent / "data"
Say = Callable[[str, float | None], None]


def load_facts(say: Say) -> None:
    """What ships with the package and is fact: words, places, support, strategy, past events. Repeatable."""
    with transaction.atomic():
        say("Themes, sectors and what works", None)
        taxonomy.load(DATA / "reference")
        say("Places: boroughs, wards, neighbourhoods", None)
        places.load(DATA / "london")
        say("Support, strategy and past events", None)
        support.load(DATA / "reference")
        strategy.load(DATA / "reference")
        events.load(DATA / "reference")


def begin(*, email: str, name: str, say: Say) -> User:
    """Make the records, load the facts, and make the first administrator.

    Raises ValidationError where there is one already, or the address is none; nothing is changed then.
    """
    migrate()
    if Grant.objects.filter(role=Grant.Role.ADMINISTRATOR).exists():
        raise ValidationError(
            "This installation has an administrator already: ask them to invite you, or choose another JOINEDUP_HOME."
        )
    with transaction.atomic():
        # The account first: a wrong address is said before the long part.
        user = accounts.first_administrator(by=Person.operator(), email=email, name=name)
        load_facts(say)
    return user
