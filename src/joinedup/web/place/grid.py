"""The coverage grid: for every theme, the need beside the recorded local action. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from joinedup.evidence.models import Need
from joinedup.evidence.plain_words import agreement_word, measured_word, need_class, need_word
from joinedup.initiatives.models import Initiative
from joinedup.taxonomy.models import Theme

LEVELS = ("primary", "secondary", "tertiary", "")
HIGH = 4


@dataclass(frozen=True)
class CoverageRow:
    """`counts`: initiatives by level, in the order of LEVELS. `perhaps`: how many more there may be, since
    their theme or place is not recorded. `gap`: asking is the first step here."""

    theme: Theme
    need_class: int | None
    need_word: str
    sure_word: str
    counts: list[int]
    total: int
    perhaps: int
    offers: int
    says: str
    gap: bool


def coverage_grid(
    needs: Iterable[Need], initiatives: Sequence[Initiative], unplaced: Sequence[Initiative] = ()
) -> list[CoverageRow]:
    """One row per theme, most need first, unknown need last. Expects `needs` with their theme selected,
    `initiatives` with themes and offers prefetched, and `unplaced`, which do not state their place, with
    themes prefetched."""
    recorded, silent = _by_theme(initiatives), _by_theme(unplaced)
    rows = [_row(each, recorded, silent) for each in needs]
    return sorted(rows, key=lambda row: (-(row.need_class or 0), row.theme.order))


def _by_theme(initiatives: Iterable[Initiative]) -> Mapping[str, list[Initiative]]:
    """By each of their themes; those without one under ""."""
    found: dict[str, list[Initiative]] = defaultdict(list)
    for each in initiatives:
        for slug in {theme.pk for theme in each.themes.all()} or {""}:
            found[slug].append(each)
    return found


def _row(
    need: Need, recorded: Mapping[str, list[Initiative]], silent: Mapping[str, list[Initiative]]
) -> CoverageRow:
    own = recorded.get(need.theme_id, [])
    counts = [sum(each.level == level for each in own) for level in LEVELS]
    offers = {offer.pk for each in own for offer in each.offers.all()}
    # Initiatives without a theme may be on any.
    perhaps = len(recorded.get("", [])) + len(silent.get("", [])) + len(silent.get(need.theme_id, []))
    found = need_class(need.said)
    high = (found or 0) >= HIGH
    return CoverageRow(
        theme=need.theme,
        need_class=found,
        need_word=need_word(need.said),
        sure_word=", ".join(word for word in (agreement_word(need), measured_word(need)) if word),
        counts=counts,
        total=len(own),
        perhaps=perhaps,
        offers=len(offers),
        says=_says(len(own), perhaps, high),
        gap=high and not own,
    )


def _says(own: int, perhaps: int, high: bool) -> str:
    """Nothing is said to be without action if action is recorded whose theme or place is not."""
    if own:
        return "recorded"
    if perhaps:
        return f"not known: {perhaps} recorded without a theme or place"
    return "none recorded here: ask who does this" if high else "none recorded here"


def action_class(count: int) -> int:
    """0 none, 1 one, 2 two or three, 3 more: how dark the colour of action is."""
    return 0 if count == 0 else 1 if count == 1 else 2 if count <= 3 else 3
