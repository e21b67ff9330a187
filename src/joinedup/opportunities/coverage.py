"""What the last run says of each theme in each place, kept for the coverage grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from joinedup.engines.opportunities import Result
from joinedup.opportunities.models import Cell, Run
from joinedup.places.models import Footprint, Place


def keep(footprint: Footprint, result: Result, unplaced: Collection[str]) -> None:
    """One cell for each of the footprint's authorities and each theme, in the place of those before. 4 queries.
    `unplaced`: see `register.Read`."""
    register = result.context.register
    own = footprint.places.filter(kind=Place.Kind.LOCAL_AUTHORITY)
    parts = Place.objects.filter(parent__in=footprint.places.all(), kind=Place.Kind.LOCAL_AUTHORITY)
    codes = {*own.values_list("pk", flat=True), *parts.values_list("pk", flat=True)}
    ask = {(gap.place, gap.theme): list(gap.ask) for gap in result.gaps}
    # Nor is it recorded where its partner works.
    anywhere = [each for each in register.actions.values() if not each.where.authorities]
    Cell.objects.filter(footprint=footprint).delete()
    cells = []
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
            cells.append(
                Cell(
                    footprint=footprint,
                    audience=Run.Audience.PARTNERSHIP,
                    place_id=code,
                    theme_id=theme,
                    need=need.level if need else None,
                    initiatives=number[theme],
                    perhaps=unsaid + may_be[theme],
                    is_reach_unknown=theme in silent,
                    ask=ask.get((code, theme), []),
                )
            )
    Cell.objects.bulk_create(cells, batch_size=1000)
