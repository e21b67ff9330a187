"""The coverage grid as CSV: for each place and theme the need, what runs there, and whom to ask where nothing does."""

from __future__ import annotations

from collections import Counter

from joinedup.engines.opportunities.inputs import Need
from joinedup.engines.words import counted, listing
from joinedup.offline.delimited import csv_text
from joinedup.offline.match.document import Told
from joinedup.offline.match.visibility import PUBLIC

HEADER = ["place", "theme", "need", "stands_out", "measured", "actions", "moves", "state"]


def grid(told: Told) -> str:
    """One row for each authority where somebody of the register is or need is known, and theme, by code. Blank is not
    known, which is not 0."""
    register = told.result.context.register
    moves: Counter[tuple[str, str | None]] = Counter(
        (place, move.theme) for move in told.result.moves for place in move.places
    )
    gaps = {(gap.place, gap.theme): gap for gap in told.result.gaps}
    places = {*register.authorities, *(place for place, _ in register.needs)}
    rows: list[list[object]] = []
    for place in sorted(places):
        for theme in sorted(register.theme_names):
            need = register.needs.get((place, theme))
            actions = sum(theme in action.themes for action in register.actions_at.get(place, ()))
            number = moves[place, theme]
            gap = gaps.get((place, theme))
            if gap is not None and told.reader != PUBLIC and gap.ask:
                state = f"ask first: {listing(gap.ask)}"
            else:
                state = _state(need, actions, number)
            level = None if need is None else need.level
            rows.append(
                [
                    place,
                    theme,
                    "" if level is None else round(level, 4),
                    "" if need is None or need.stands_out is None else round(need.stands_out, 4),
                    "none" if need is None else need.measured,
                    actions,
                    number,
                    state,
                ]
            )
    return csv_text(HEADER, rows)


def _state(need: Need | None, actions: int, moves: int) -> str:
    if moves:
        return counted(moves, "move")
    if actions:
        return counted(actions, "action") + " recorded"
    if need is not None and need.verdict:
        return f"{need.verdict}: ask first"
    return "none recorded" if need is not None else "not known"
