"""What people decided on, of all that an opportunity says: the first of its moves, as it was when they did."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from joinedup.opportunities.models import Opportunity, Run, records_of

State = Opportunity.State
# People do something about it.
ACTED_ON = frozenset({State.TAKEN_UP, State.ON_AGENDA, State.AGREED, State.STARTED})
# What it reads where the words of a decision may not be told any more. Why not would betray what is hidden.
NOT_TOLD = gettext_lazy("What this decision rested on has changed. Decide again what to do here.")


def decision_of(row: Opportunity) -> dict[str, Any] | None:
    """The move that the words of this opportunity are of; None where its words are of none, such as a person's own."""
    first = row.moves[0] if row.moves else None
    return first if first is not None and first["decision"] == row.sentence else None


def is_same_thing(move: dict[str, Any], decided: dict[str, Any]) -> bool:
    """Whether a move is the one that was decided on, or is about the same ask, action or support with other bodies."""
    if move["id"] == decided["id"]:
        return True
    records, others = set(records_of(move)), set(records_of(decided))
    return move["kind"] == decided["kind"] and (bool(records & others) or not (records or others))


def copies(opportunity: Opportunity, state: str) -> QuerySet[Opportunity]:
    """The copies that this state is true of. The public is told of fewer things, so its copy may begin with one that
    nobody took up."""
    every = Opportunity.objects.filter(footprint=opportunity.footprint_id, key=opportunity.key)
    decided = decision_of(opportunity)
    if state not in ACTED_ON or decided is None:
        return every
    public = every.filter(audience=Run.Audience.PUBLIC).exclude(pk=opportunity.pk)
    of_another = [
        each.pk
        for each in public
        if (first := decision_of(each)) is not None and not is_same_thing(first, decided)
    ]
    return every.exclude(pk__in=of_another)
