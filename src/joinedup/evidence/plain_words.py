"""Need, certainty and change in plain words: one scale wherever they are spoken of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import Figure
from joinedup.evidence.wording import by_slug

CLASSES = ("very low", "low", "middling", "high", "very high")
# From here on, by certainty: how well supported a need is.
SUPPORT = ((0.6, "well supported"), (0.35, "fairly supported"), (0.0, "weakly supported"))
# Two yearly counts that chance alone would set so far apart in fewer than one case of twenty.
CHANCE = 1.96


def need_class(need: float | None) -> int | None:
    """1 (very low) to 5 (very high), in steps of a fifth; None where need is unknown."""
    return None if need is None else min(int(need * 5), 4) + 1


def need_word(need: float | None) -> str:
    found = need_class(need)
    return "not known" if found is None else CLASSES[found - 1]


def support_word(certainty: float) -> str:
    """How sure a need is, from its certainty of 0 to 1."""
    return next(word for least, word in SUPPORT if certainty >= least)


@dataclass(frozen=True)
class Move:
    """How the last 12 months compare with the 12 before: `direction` is up, down or level."""

    direction: str
    percent: int | None
    sentence: str


def move(figure: Figure) -> Move | None:
    """What changed, or None where that cannot be said.

    Two counts are compared as two Poisson counts, by z = |last - before| / sqrt(last + before); below 1.96 the
    difference may be chance, and the words say that there is no clear change.
    """
    if figure.trend is None or figure.count is None or figure.state != Figure.State.NUMBER:
        return None
    known = by_slug().get(figure.indicator)
    name = known.name if known else figure.indicator
    if figure.count == 0:
        # How many there were the year before cannot be told from what is kept, so nothing is said of it.
        return Move("level", None, f"{name}: none recorded in the last 12 months.")
    last, before = _two_years(figure.count, figure.trend, known.window if known else 12)
    if abs(last - before) / math.sqrt(last + before) < CHANCE:
        return Move("level", None, f"{name}: no clear change on the year before.")
    direction = "up" if last > before else "down"
    if before == 0:
        return Move(direction, None, f"{name}: up from none the year before.")
    percent = round(abs(last / before - 1) * 100)
    return Move(direction, percent, f"{name}: {direction} {percent}% on the year before.")


def _two_years(count: float, trend: float, window: int) -> tuple[float, float]:
    """The counts of the last 12 months and of the 12 before, from what a figure keeps.

    `trend` is (last - before) / (last + before); `count`, above nought, is of the last 12
    months, or of all 24.
    """
    both = count if window >= 24 else 2 * count / (1 + trend)
    return both * (1 + trend) / 2, both * (1 - trend) / 2


def formula(indicator: Indicator) -> str:
    """How a figure is worked out, in one line."""
    if indicator.method == "rate":
        above = " + ".join(_spaced(part) for part in indicator.numerator)
        below = " + ".join(_spaced(part) for part in indicator.denominator)
        if len(indicator.numerator) > 1:
            above = f"({above})"
        return f"{above}, summed over {indicator.window} months ÷ {below} × {indicator.per:,.0f}"
    if indicator.method == "mean":
        times = f" × {indicator.per:,.0f}" if indicator.per != 1 else ""
        return f"mean of {_spaced(indicator.value)} over neighbourhoods, weighted by residents{times}"
    if indicator.method == "share":
        return (
            f"neighbourhoods whose {_spaced(indicator.value)} is {indicator.at_most:g} or less "
            f"÷ all neighbourhoods × {indicator.per:,.0f}"
        )
    return "as its publisher worked it out"


def _spaced(slug: str) -> str:
    return slug.replace("-", " ")
