"""What the last run says of each theme in each place, kept for the coverage grid."""

from __future__ import annotations

from collections import Counter

from joinedup.engines.opportunities import Result
from joinedup.opportunities.models import Cell, Run
from joinedup.places.models import Footprint, Place

FILLED = ["audience", "need", "initiatives", "perhaps", "is_reach_unknown", "ask"]


def keep(footprint: Footprint, result: Result) -> None:
    """One cell for each of the footprint's authorities and each theme, written where it differs. 6 queries."""
    register = result.context.register
    own = footprint.places.filter(kind=Place.Kind.LOCAL_AUTHORITY)
    parts = Place.objects.filter(parent__in=footprint.places.all(), kind=Place.Kind.LOCAL_AUTHORITY)
    codes = {*own.values_list("pk", flat=True), *parts.values_list("pk", flat=True)}
    ask = {(gap.place, gap.theme): list(gap.ask) for gap in result.gaps}
    held = {(cell.place_id, cell.theme_id): cell for cell in Cell.objects.filter(footprint=footprint)}
    fresh, differ = [], []
    for code in sorted(codes):
        action = register.actions_at.get(code, ())
        number = Counter(theme for each in action for theme in each.themes)
        unsaid = sum(not each.themes for each in action)
        silent = {theme for each in action if each.reach is None for theme in each.themes}
        for theme in register.theme_names:
            need = register.needs.get((code, theme))
            said = {
                "audience": Run.Audience.PARTNERSHIP.value,
                "need": need.level if need else None,
                "initiatives": number[theme],
                "perhaps": unsaid,
                "is_reach_unknown": theme in silent,
                "ask": ask.get((code, theme), []),
            }
            cell = held.pop((code, theme), None)
            if cell is None:
                fresh.append(Cell(footprint=footprint, place_id=code, theme_id=theme, **said))
            elif any(getattr(cell, name) != value for name, value in said.items()):
                for name, value in said.items():
                    setattr(cell, name, value)
                differ.append(cell)
    Cell.objects.filter(pk__in=[cell.pk for cell in held.values()]).delete()
    Cell.objects.bulk_create(fresh, batch_size=1000)
    Cell.objects.bulk_update(differ, FILLED, batch_size=200)
