"""What an opportunity says beside its moves: what is under way, what helps, what young people said, what is not known,
and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Because, Candidate, Move, Opportunity
from joinedup.engines.words import day, listing

# How far a further move raises an opportunity.
FURTHER = 0.35
UNDER_WAY, HELPS, FACTS, UNKNOWN = 3, 2, 3, 3


def score(moves: Sequence[Candidate]) -> float:
    """Of the opportunity that these moves make, strongest first: 0 to 100."""
    left = 1.0
    for index, move in enumerate(moves):
        left *= 1 - move.strength * (1.0 if index == 0 else FURTHER)
    return 100 * (1 - left)


def opportunity(context: Context, theme: str | None, moves: Sequence[Move]) -> Opportunity:
    """The opportunity that these moves of one theme and place make, strongest first."""
    register, place = context.register, moves[0].places[0]
    places = tuple(dict.fromkeys(code for move in moves for code in move.places))
    need = register.needs.get((place, theme or ""))
    title = words.start(register.theme(theme)) if theme else "Practical help"
    return Opportunity(
        places=places,
        theme=theme,
        score=score(moves),
        headline=f"{title} in {listing([register.place(code) for code in places[:3]])}",
        moves=tuple(moves),
        stands_out=need.facts[:FACTS] if need else (),
        under_way=_under_way(context, theme, place, moves),
        helps=tuple(_published(register.approaches, theme)),
        heard=tuple(
            words.quoted(row["text"])
            for row in register.heard
            if row["text"]
            and row["theme"] == theme
            and register.authority_of.get(row["place"], row["place"]) == place
        ),
        not_known=tuple(_not_known(context, theme, place, moves)[:UNKNOWN]),
        would_change=tuple(_would_change(context, moves)),
    )


def _under_way(context: Context, theme: str | None, place: str, moves: Sequence[Move]) -> tuple[Because, ...]:
    """Other action on the theme there, first what is mainly on it, then what reaches most."""
    named = {record for move in moves for record in move.initiatives}
    around = [
        action
        for action in context.register.actions_on.get((place, theme or ""), ())
        if action.id not in named and not action.restricted
    ]
    around.sort(key=lambda each: (each.themes[0] != theme, -(each.reach or 0), each.id))
    return tuple(Because(words.describe(each), each.id) for each in around[:UNDER_WAY])


def _published(approaches: dict[str, dict[str, Any]], theme: str | None) -> list[Because]:
    """Approaches on the theme with what is published of them, and which are known to do harm."""
    found = [each for each in approaches.values() if theme in (each["themes"] or ())]
    found.sort(key=lambda each: (bool(each["harmful"]), str(each["approach"])))
    return [Because(words.published(each), str(each["approach"])) for each in found[:HELPS]]


def _not_known(context: Context, theme: str | None, place: str, moves: Sequence[Move]) -> list[str]:
    register = context.register
    found = []
    need = register.needs.get((place, theme or ""))
    if theme is not None and (need is None or need.measured == "none"):
        found.append(f"How much need there is for work on {register.theme(theme)} here is not measured.")
    for id in dict.fromkeys(record for move in moves for record in move.initiatives):
        action = register.actions[id]
        if action.reach is None:
            found.append(f"How many “{action.name}” reaches: {action.partner.name} would know.")
    for id in dict.fromkeys(record for move in moves for record in move.support):
        support = register.support[id]
        if support.amount_max is None and support.kind == "fund":
            found.append(
                f"How much one award of “{support.name}” may be: {support.provider or 'the funder'} would know."
            )
    return found


def _would_change(context: Context, moves: Sequence[Move]) -> list[str]:
    """What would take the strongest move off the list."""
    move = moves[0]
    found = []
    if move.support and move.closes:
        found.append(
            f"It goes when “{context.register.support[move.support[0]].name}” closes on {day(move.closes)}."
        )
    asked = [party.name for party in move.parties if party.part not in ("needs", "runs it")]
    if len(asked) == 1:
        found.append(f"It goes if {asked[0]} says no.")
    elif asked:
        found.append("It changes if one of those who are asked says no.")
    return found
