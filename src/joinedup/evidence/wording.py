"""Figures in words, for sentences and lists: the same words wherever a figure is spoken of."""

from __future__ import annotations

import datetime
from functools import cache

from joinedup.evidence.indicators import Indicator, indicators
from joinedup.evidence.models import Figure


@cache
def by_slug() -> dict[str, Indicator]:
    """Every indicator that ships, by slug."""
    return {indicator.slug: indicator for indicator in indicators()}


def name(slug: str) -> str:
    """The indicator's name; its slug in words where an installation no longer has it."""
    found = by_slug().get(slug)
    return found.name if found else slug.replace("-", " ").capitalize()


def value(figure: Figure) -> str:
    """12.3 per 1,000 residents, or what stands in place of a number."""
    if figure.state != Figure.State.NUMBER or figure.value is None:
        return "suppressed by the publisher" if figure.state == Figure.State.SUPPRESSED else "not known"
    size = abs(figure.value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2
    found = by_slug().get(figure.indicator)
    number = f"{figure.value:,.{places}f}"
    if found is None:
        return number
    if found.unit.startswith("%"):
        return number + "%" + found.unit[1:]
    if found.unit.startswith("score"):
        return f"score {number}{found.unit.removeprefix('score')}"
    return f"{number} {found.unit}"


def period(figure: Figure) -> str:
    """In the 12 months to February 2026; in 2023/24."""
    text = figure.period
    if len(text) == 7 and text[4] == "-" and text[5:].isdigit() and int(text[5:]) <= 12:
        month = datetime.date(int(text[:4]), int(text[5:]), 1)
        found = by_slug().get(figure.indicator)
        if found and found.window > 1:
            return f"in the {found.window} months to {month:%B %Y}"
        return f"in {month:%B %Y}"
    return f"in {text}"


def standing(figure: Figure) -> str:
    """4th highest of 32, or nothing where it is not compared."""
    if not figure.rank or not figure.compared:
        return ""
    found = by_slug().get(figure.indicator)
    most, least = "highest", "lowest"
    if found and found.direction == "low_is_worse":
        most, least = least, most
    if figure.rank == figure.compared > 1:
        return f"the {least} of {figure.compared}"
    first = "the" if figure.rank == 1 else ordinal(figure.rank)
    return f"{first} {most} of {figure.compared}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return str(number) + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def sentence(figure: Figure, place: str) -> str:
    """A fact that can be read out: what, how much, when, how it stands, who published it."""
    stands = standing(figure)
    return (
        f"{name(figure.indicator)} in {place}: {value(figure)} {period(figure)}"
        + (f", {stands}" if stands else "")
        + f" ({figure.dataset.publisher})."
    )
