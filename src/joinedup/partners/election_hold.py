"""Before an election a partnership publishes nothing new."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from joinedup.accounts.person import Person
from joinedup.places.models import Footprint


def refuse_while_held(footprints: Iterable[Footprint]) -> None:
    """Call it when something becomes public. Raises ValidationError while one of the partnerships publishes
    nothing new, for example before an election."""
    for footprint in footprints:
        if why := why_held(footprint):
            raise ValidationError(why)


def why_held(footprint: Footprint) -> str:
    """The sentence for a partnership that publishes nothing new today; empty if it does."""
    if footprint.held_until is None or not footprint.is_held(timezone.localdate()):
        return ""
    day = date_format(footprint.held_until, "j F Y")
    return f"Nothing new is published before {day}: share it with the partnership until then."


def refuse_while_own_held(by: Person) -> None:
    """Call it when a coordinator makes something public that belongs to no partnership. Raises
    ValidationError while one of theirs publishes nothing new; programme leads are not held up by a single
    place. 1 query."""
    if not by.sees_every_partnership:
        refuse_while_held(Footprint.objects.filter(pk__in=by.coordinated_ids))
