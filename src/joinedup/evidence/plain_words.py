"""Need, certainty and change in plain words: one scale wherever they are mentioned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from joinedup.engines.words import listing
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import Figure, Need
from joinedup.evidence.wording import by_slug
from joinedup.places.words import word_for

CLASSES = ("far lower than most", "lower than most", "middling", "high", "very high")
HIGH = 4  # class of need
AGREE, DISAGREE, ONE_SOURCE = "several figures agree", "figures disagree", "from one source"
BY_PROXY = "measured only in a roundabout way"
# By chance alone, two yearly counts would differ by this much in fewer than one case in twenty.
CHANCE = 1.96


def need_class(need: float | None) -> int | None:
    """1 (far lower than most) to 5 (very high), in steps of a fifth; None if need is unknown."""
    return None if need is None else min(int(need * 5), 4) + 1


def need_word(need: float | None) -> str:
    """In words; "not known" for None."""
    found = need_class(need)
    return "not known" if found is None else CLASSES[found - 1]


def agreement_word(need: Need) -> str:
    """What a need's figures say about its certainty; empty if it is not stated, or exactly in the middle.

    `AGREE` only if figures of two or more sources are known and every source, by the weighted mean of its
    figures' positions, puts the place on the same side of the middle as the need itself.
    """
    if need.said is None:
        return ""
    by_source: dict[str, list[tuple[float, float]]] = {}
    for part in need.parts:
        if part.get("percentile") is not None and part.get("source"):
            by_source.setdefault(part["source"], []).append((part["percentile"], part["weight"]))
    if len(by_source) < 2:
        return ONE_SOURCE if by_source else ""
    sides = {_side(sum(p * w for p, w in own) / sum(w for _, w in own)) for own in by_source.values()}
    if sides == {_side(need.said)} and 0 not in sides:
        return AGREE
    return DISAGREE if {-1, 1} <= sides else ""


def compared_with(needs: Sequence[Need], codes: Iterable[str]) -> str:
    """Compared with the other authorities in the North West: the sets that were used for the needs that are stated.

    `codes`: of the places whose needs they are, for a word where the sets have no name.
    """
    sets = sorted({need.among for need in needs if need.said is not None and need.among})
    return f"Compared with the other {listing(sets)}" if sets else f"Compared with other {word_for(codes)}"


def highest_needs(stated: Sequence[tuple[str, Need]], themes: int, places: int) -> str:
    """Where need is high, the highest first, and how much is left out; empty if it is high nowhere.

    “Need is highest on attendance (very high in Halton and high in Warrington) and leaving custody (high in Halton). It
    is high on 2 more themes.” `stated`: names of places with a need of each; at most so many themes and places are
    named.
    """
    high: dict[str, list[tuple[str, Need]]] = {}
    for place, need in sorted(stated, key=lambda each: -(each[1].said or 0)):
        if (need_class(need.said) or 0) >= HIGH:
            high.setdefault(need.theme.name, []).append((place, need))
    if not high:
        return ""
    named = [f"{name[0].lower()}{name[1:]} ({_how_high(found, places)})" for name, found in high.items()]
    more = len(named) - themes
    left_out = f" It is high on {more} more {'theme' if more == 1 else 'themes'}." if more > 0 else ""
    return f"need is highest on {listing(named[:themes])}.{left_out}"


def _how_high(found: Sequence[tuple[str, Need]], places: int) -> str:
    by_word: dict[str, list[str]] = {}
    for place, need in found:
        by_word.setdefault(need_word(need.said), []).append(place)
    return " and ".join(f"{word} in {_first(names, places)}" for word, names in by_word.items())


def _first(names: Sequence[str], most: int) -> str:
    shown = list(names) if len(names) <= most + 1 else [*names[:most], f"{len(names) - most} more"]
    return listing(shown)


def measured_word(need: Need) -> str:
    """Whether only figures that stand for the theme say so; empty where it is measured, or need is not stated."""
    return BY_PROXY if need.said is not None and need.measured == Need.Measured.PROXY else ""


def _side(stands: float) -> int:
    """1 above the middle, -1 below it, 0 in it."""
    off = round(stands - 0.5, 6)
    return (off > 0) - (off < 0)


@dataclass(frozen=True)
class YearOnYear:
    """How the last 12 months compare with the 12 before: `direction` is up, down or level."""

    direction: str
    percent: int | None
    sentence: str


def move(figure: Figure) -> YearOnYear | None:
    """What changed, or None if that cannot be said.

    Two counts are compared as two Poisson counts, by z = |last - before| / sqrt(spread (last + before)), where `spread`
    says how much more the years of like places differ than chance explains; below 1.96 the difference may be of that
    kind, and the words say that there is no clear change.
    """
    if figure.trend is None or figure.count is None or figure.state != Figure.State.NUMBER:
        return None
    known = by_slug().get(figure.indicator)
    name = known.name if known else figure.indicator
    if figure.count == 0:
        # The count of the year before cannot be derived from what is stored, so nothing is said about it.
        return YearOnYear("level", None, f"{name}: none recorded in the last 12 months.")
    last, before = _two_years(figure.count, figure.trend, known.window if known else 12)
    if abs(last - before) / math.sqrt((figure.spread or 1) * (last + before)) < CHANCE:
        return YearOnYear("level", None, f"{name}: no clear change on the year before.")
    direction = "up" if last > before else "down"
    if before == 0:
        return YearOnYear(direction, None, f"{name}: up from none the year before.")
    percent = round(abs(last / before - 1) * 100)
    return YearOnYear(direction, percent, f"{name}: {direction} {percent}% on the year before.")


def _two_years(count: float, trend: float, window: int) -> tuple[float, float]:
    """The counts of the last 12 months and of the 12 before, from what a figure stores.

    `trend` is (last - before) / (last + before); `count`, above zero, is of the last 12 months, or of all 24.
    """
    both = count if window >= 24 else 2 * count / (1 + trend)
    return both * (1 + trend) / 2, both * (1 - trend) / 2


def formula(indicator: Indicator) -> str:
    """How a figure is computed, in one line."""
    if indicator.method == "rate":
        above = " + ".join(_spaced(part) for part in indicator.numerator)
        below = " + ".join(_spaced(part) for part in indicator.denominator)
        if len(indicator.numerator) > 1:
            above = f"({above})"
        years = f" ÷ {indicator.window / 12:g} years" if indicator.window != 12 else ""
        return f"{above}, summed over {indicator.window} months{years} ÷ {below} × {indicator.per:,.0f}"
    if indicator.method == "mean":
        times = f" × {indicator.per:,.0f}" if indicator.per != 1 else ""
        counted = _spaced(indicator.value.removesuffix("-score"))
        return f"mean of {counted} over residents, neighbourhood by neighbourhood{times}"
    if indicator.method == "share":
        return (
            f"neighbourhoods whose {_spaced(indicator.value)} is {indicator.at_most:g} or less "
            f"÷ all neighbourhoods × {indicator.per:,.0f}"
        )
    return "as its publisher worked it out"


def _spaced(slug: str) -> str:
    return slug.replace("-", " ")
