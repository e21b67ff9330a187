"""Figures in words, for sentences and lists: the same words wherever a figure is mentioned."""

from __future__ import annotations

import datetime
import re
from functools import cache

from django.utils.formats import date_format

from joinedup.engines.words import listing
from joinedup.evidence.comparators import ENOUGH
from joinedup.evidence.indicators import Indicator, indicators
from joinedup.evidence.models import Figure
from joinedup.places.youth_justice import youth_justice_service

YEAR = 12
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
SCHOOL_YEAR = re.compile(r"(\d{4})/\d\d")
# Three years together, as their publishers write them: 2013/14-15/16.
POOLED = re.compile(r"(\d{4})/(\d\d)-(?:\d\d)?(\d\d)/(\d\d)")


@cache
def by_slug() -> dict[str, Indicator]:
    """Every indicator that ships, by slug."""
    return {indicator.slug: indicator for indicator in indicators()}


def name(slug: str) -> str:
    """The indicator's name; its slug in words if an installation no longer has it."""
    found = by_slug().get(slug)
    return found.name if found else slug.replace("-", " ").capitalize()


def value(figure: Figure) -> str:
    """12.3 per 1,000 residents, or the words in place of a number."""
    if figure.state != Figure.State.NUMBER or figure.value is None:
        return "held back, too small to show" if figure.state == Figure.State.SUPPRESSED else "not known"
    return _in_unit(_digits(figure.value), figure.indicator)


def shared(figure: Figure) -> str:
    """For one service that covers A, B and C: of a figure that is one for several councils; else empty."""
    found = by_slug().get(figure.indicator)
    if found is None or not found.by_youth_justice_service:
        return ""
    service = youth_justice_service(figure.place_id)
    if service is None or not service.name:
        return ""
    return f"for one service that covers {listing(service.covers)}"


def interval(figure: Figure) -> str:
    """10.1 to 14.8, the 95% interval in the digits of the value; empty if there is none."""
    if figure.value is None or figure.low is None or figure.high is None:
        return ""
    places = _places(figure.value)
    return f"{figure.low:,.{places}f} to {figure.high:,.{places}f}"


def _places(number: float) -> int:
    return 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2


def _digits(number: float) -> str:
    return f"{number:,.{_places(number)}f}"


def _in_unit(number: str, indicator: str) -> str:
    found = by_slug().get(indicator)
    if found is None:
        return number
    if found.unit.startswith("%"):
        return number + "%" + found.unit[1:]
    return f"{number} {found.unit}"


def period(figure: Figure) -> str:
    """In the 12 months to February 2026; in 2023/24; in 2013/14 to 2015/16, three years pooled."""
    text = figure.period
    found = by_slug().get(figure.indicator)
    if MONTH.fullmatch(text):
        month = date_format(datetime.date(int(text[:4]), int(text[5:]), 1), "F Y")
        window = found.window if found else 0
        if window > YEAR:
            return f"in the {window} months to {month}, {_number(window // YEAR)} years pooled"
        if window > 1:
            return f"in the {window} months to {month}"
        return f"in {month}"
    if pooled := POOLED.fullmatch(text):
        first = int(pooled[1])
        last = first + (int(pooled[3]) - first) % 100
        years = _number(last - first + 1)
        return f"in {pooled[1]}/{pooled[2]} to {last}/{pooled[4]}, {years} years pooled"
    if found and found.pooled > 1 and (one := SCHOOL_YEAR.fullmatch(text)):
        first = int(one[1]) - found.pooled + 1
        return f"in {first}/{(first + 1) % 100:02} to {text}, {_number(found.pooled)} years pooled"
    return f"in {text}"


def _number(count: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(count, str(count))


def third(figure: Figure) -> str:
    """ "highest" or "lowest" if the 95% intervals of all places compared leave no doubt that this one is in
    the third with the highest or lowest values; else empty."""
    best, worst, of = figure.best_rank, figure.worst_rank, figure.compared
    if not best or not worst or not of or of < ENOUGH:
        return ""
    found = by_slug().get(figure.indicator)
    most, least = "highest", "lowest"
    if found and found.direction == "low_is_worse":
        most, least = least, most
    if worst <= of // 3:
        return most
    return least if best > of - of // 3 else ""


def standing(figure: Figure) -> str:
    """Among the highest third of 19 authorities in the South East; empty if the intervals do not allow even that."""
    found = third(figure)
    return f"among the {found} third of {figure.compared} {figure.among}".rstrip() if found else ""


def beside(figure: Figure) -> str:
    """Where it stands and the median: “among the highest third of 19 authorities in the South East, whose median is
    9.10”, or the median alone; empty if it is compared with none."""
    if not figure.among or figure.middle is None:
        return ""
    stands, middle = standing(figure), _digits(figure.middle)
    return (
        f"{stands}, whose median is {middle}"
        if stands
        else (f"the median of {figure.compared} {figure.among} is {middle}")
    )


def year_before(figure: Figure) -> str:
    """“7.91 the year before”, of the same residents, in as many digits as the value; empty where the two years may not
    be compared (`changes.only_its_own`, `windows.counted`: then no trend is stored), where none was recorded in the
    last, and where more than a year is counted together."""
    found = by_slug().get(figure.indicator)
    if found is None or found.method != "rate" or found.window != YEAR:
        return ""
    if figure.state != Figure.State.NUMBER or not figure.value or figure.trend is None or figure.trend <= -1:
        return ""
    before = figure.value * (1 - figure.trend) / (1 + figure.trend)
    number = f"{before:,.{_places(figure.value)}f}" if before else "none"
    return f"{number} the year before"


def sentence(figure: Figure, place: str) -> str:
    """A fact that can be read out: what, how much, when, for whom, how it compares, who published it."""
    stands = standing(figure)
    return (
        f"{name(figure.indicator)} in {place}: {value(figure)} {period(figure)}"
        + (f", {shared(figure)}" if shared(figure) else "")
        + (f", {stands}" if stands else "")
        + f" ({figure.dataset.publisher})."
    )
