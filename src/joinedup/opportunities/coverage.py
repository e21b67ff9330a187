"""What the last run says of each theme in each place, kept for the coverage grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from joinedup.engines.opportunities import Result
from joinedup.opportunities import ready_rows
from joinedup.opportunities.models import Cell, Run
from joinedup.places.models import Footprint, Place

FILLED = ["audience", "need", "initiatives", "perhaps", "is_reach_unknown", "ask"]


def compare(footprint: Footprint, result: Result, unplaced: Collection[str]) -> list[ready_rows.Statement]:
    """What to write so that there is one cell for each of the footprint's authorities and each theme. 3 queries.
    `unplaced`: see `register.Read`."""
    register = result.context.register
    own = footprint.places.filter(kind=Place.Kind.LOCAL_AUTHORITY)
    parts = Place.objects.filter(parent__in=footprint.places.all(), kind=Place.Kind.LOCAL_AUTHORITY)
    codes = {*own.values_list("pk", flat=True), *parts.values_list("pk", flat=True)}
    ask = {(gap.place, gap.theme): list(gap.ask) for gap in result.gaps}
    held = {(cell.place_id, cell.theme_id): cell for cell in Cell.objects.filter(footprint=footprint)}
    # Nor is it recorded where its partner works.
    anywhere = [each for each in register.actions.values() if not each.where.authorities]
    fresh: list[tuple[Any, ...]] = []
    differ: list[tuple[int, tuple[Any, ...]]] = []
    for code in sorted(codes):
        here = register.actions_at.get(code, [])
        action = [each for each in here if each.id not in unplaced]
        perhaps = [each for each in here if each.id in unplaced] + anywhere
        number = Counter(theme for each in action for theme in each.themes)
        may_be = Counter(theme for each in perhaps for theme in each.themes)
        unsaid = sum(not each.themes for each in [*action, *perhaps])
        silent = {theme for each in action if each.reach is None for theme in each.themes}
        for theme in register.theme_names:
            need = register.needs.get((code, theme))
            said = {
                "audience": Run.Audience.PARTNERSHIP.value,
                "need": need.level if need else None,
                "initiatives": number[theme],
                "perhaps": unsaid + may_be[theme],
                "is_reach_unknown": theme in silent,
                "ask": ask.get((code, theme), []),
            }
            values = tuple(said[name] for name in FILLED)
            cell = held.pop((code, theme), None)
            if cell is None:
                fresh.append((footprint.pk, code, theme, *values))
            elif any(getattr(cell, name) != value for name, value in said.items()):
                differ.append((cell.pk, values))
    return [
        ready_rows.delete(Cell, ["id"], [(cell.pk,) for cell in held.values()]),
        ready_rows.insert(Cell, ["footprint", "place", "theme", *FILLED], fresh),
        ready_rows.update(Cell, FILLED, differ),
    ]
