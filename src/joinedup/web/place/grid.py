"""The coverage grid: for every theme, the need beside the local action that is recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from joinedup.evidence.models import Need
from joinedup.evidence.plain_words import agreement_word, need_class, need_word
from joinedup.initiatives.models import Initiative
from joinedup.taxonomy.models import Theme

LEVELS = ("primary", "secondary", "tertiary", "")
HIGH = 4


@dataclass(frozen=True)
class Row:
    """`counts`: initiatives by level, in the order of LEVELS. `gap`: asking is the first step here."""

    theme: Theme
    need_class: int | None
    need_word: str
    sure_word: str
    counts: list[int]
    total: int
    offers: int
    says: str
    gap: bool


def coverage_grid(needs: Iterable[Need], initiatives: Sequence[Initiative]) -> list[Row]:
    """One row a theme, most need first, unknown need last. `needs` with theme; `initiatives` with themes, offers."""
    rows = [_row(each, initiatives) for each in needs]
    return sorted(rows, key=lambda row: (-(row.need_class or 0), row.theme.order))


def _row(need: Need, initiatives: Sequence[Initiative]) -> Row:
    own = [each for each in initiatives if any(theme.pk == need.theme_id for theme in each.themes.all())]
    counts = [sum(each.level == level for each in own) for level in LEVELS]
    offers = {offer.pk for each in own for offer in each.offers.all()}
    found = need_class(need.said)
    high = (found or 0) >= HIGH
    if own:
        says = "recorded"
    elif high:
        says = "none recorded here: ask who does this"
    else:
        says = "none recorded here"
    return Row(
        theme=need.theme,
        need_class=found,
        need_word=need_word(need.said),
        sure_word=agreement_word(need),
        counts=counts,
        total=len(own),
        offers=len(offers),
        says=says,
        gap=high and not own,
    )


def action_class(count: int) -> int:
    """0 none, 1 one, 2 two or three, 3 more: how dark the colour of action is."""
    return 0 if count == 0 else 1 if count == 1 else 2 if count <= 3 else 3
