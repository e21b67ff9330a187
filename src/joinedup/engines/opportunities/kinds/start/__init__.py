"""`start`: a theme stands out and no action on it is recorded; an approach that does no harm, with what is published of
its effect, evidence and cost; and a body whose own work or ask makes it the one to begin. Duty or sector alone never
makes a lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Partner
from joinedup.engines.opportunities.move import Because, Move, Party
from joinedup.engines.opportunities.strength import Parts

NAME = "start"
FIT = 0.5


def moves(context: Context) -> Iterator[Move]:
    """One move a theme and authority."""
    register = context.register
    for (authority, theme), need in sorted(register.needs.items()):
        if need.verdict != "stands out":
            continue
        if any(theme in action.themes for action in register.actions_at.get(authority, ())):
            continue
        approaches = [
            approach
            for approach in register.approaches.values()
            if theme in (approach["themes"] or ()) and not approach["harmful"] and approach["effect"]
        ]
        leads = sorted(_leads(context, authority, theme), key=lambda partner: partner.id)
        if approaches and leads:
            yield _move(context, authority, theme, approaches, leads)


def _leads(context: Context, authority: str, theme: str) -> Iterator[Partner]:
    register = context.register
    for partner in register.partners_at.get(authority, ()):
        asks = any(theme in ask.themes and not ask.is_help for ask in register.asks_of.get(partner.id, ()))
        if not (asks or theme in partner.themes) or partner.wide or partner.restricted:
            continue
        if not context.refuses(partner.id, (authority,), theme, frozenset(), partner.does):
            yield partner


def _move(
    context: Context, authority: str, theme: str, approaches: list[dict[str, Any]], leads: list[Partner]
) -> Move:
    register = context.register
    need = register.needs[authority, theme]
    one, others = leads[0], leads[1:3]
    helps = [words.published(each) for each in sorted(approaches, key=lambda each: str(each["approach"]))[:2]]
    name, place = register.theme(theme), register.place(authority)
    return Move(
        kind=NAME,
        places=(authority,),
        theme=theme,
        parties=(
            Party(one.id, one.name, "leads"),
            *(Party(each.id, each.name, "is asked") for each in others),
        ),
        decision=f"What would {words.names([one, *others])} begin together on {name} in {place}?",
        sentence=f"{' '.join(need.facts)} Work on it is not on this list yet; that is not the same as nothing "
        f"done. {' '.join(helps)}",
        first_step=f"{words.start(words.with_role(one))} says what is already done on {name} in {place}"
        + (f", asks {words.names(others)} the same," if others else "")
        + " and brings one proposal.",
        parts=Parts(fit=FIT, parties=float(len(leads) > 1)),
        because=tuple(Because(fact) for fact in need.facts),
        about=theme,
    )
