"""Where more is recorded than chance explains, as facts beside a need.

For what a partnership reads only: neighbourhoods are small, and the public list knows nothing of them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from functools import cache

from django.db.models import Prefetch

from joinedup.clusters import wording
from joinedup.clusters.counts import COUNTED
from joinedup.clusters.models import Cluster, Outcome, Scan
from joinedup.engines import periods
from joinedup.evidence.indicators import indicators
from joinedup.places.models import Footprint, Place

# How long after its last month a scan speaks of now. Counts by neighbourhood come out up to two months after the month
# they are of, and the next come a month later: this leaves one more month for figures that are late.
CURRENT = datetime.timedelta(days=120)
# Counts speak for a theme when they make up so much of what an indicator says about it (0 to 1).
SPEAKS = 0.5
# Of these nothing is urgent any more.
SETTLED = (Outcome.Word.FALSE_ALARM, Outcome.Word.EXPLAINED)
# How a fact names the cluster that it comes from, as other facts name a figure: `cluster@12`.
NAMED = "cluster@"
# So many in one place are put into words; the page of where and when has them all.
SHOWN = 2


@cache
def speaks_for() -> frozenset[str]:
    """The themes whose need the counts of a scan speak for."""
    counted = {slug for slugs in COUNTED.values() for slug in slugs}
    return frozenset(
        theme
        for indicator in indicators()
        if counted & set(indicator.numerator)
        for theme, weight in indicator.themes.items()
        if weight >= SPEAKS
    )


def facts_by_place(
    footprint: Footprint, places: dict[str, Place], as_of: datetime.date
) -> dict[str, list[dict[str, str]]]:
    """For each place in which something stands out, facts about it: what stands out most first."""
    done = Scan.objects.filter(footprint=footprint, kind=Scan.Kind.MONTHLY, state=Scan.State.DONE)
    scan = done.defer("null_maxima").order_by("-ended_at", "-pk").first()
    if scan is None or as_of > _ends(scan.last) + CURRENT:
        return {}
    areas = Prefetch("areas", Place.objects.select_related("parent__parent"))
    clusters = list(scan.clusters.order_by("rank").prefetch_related(areas))
    words: dict[int, str] = {}
    for head, word in Outcome.objects.filter(cluster__in=[each.head for each in clusters]).values_list(
        "cluster", "word"
    ):
        words.setdefault(head, word)  # the newest comes first
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for cluster in clusters:
        if words.get(cluster.head) in SETTLED:
            continue
        inside = list(cluster.areas.all())
        for code, number in _counted(inside, places).items():
            if len(found[code]) < SHOWN:
                text = _text(cluster, len(inside), number, places[code].name)
                found[code].append({"text": text, "figure": f"{NAMED}{cluster.pk}"})
    return found


def _counted(areas: list[Place], places: Collection[str]) -> dict[str, int]:
    """How many of the neighbourhoods lie in each of the places, themselves or wards and authorities."""
    found: dict[str, int] = defaultdict(int)
    for area in areas:
        at: Place | None = area
        for _ in range(3):
            if at is None:
                break
            if at.pk in places:
                found[at.pk] += 1
            at = at.parent
    return dict(found)


def _text(cluster: Cluster, whole: int, here: int, place: str) -> str:
    number = wording.neighbourhoods(whole)
    where = f"{number} of {place}" if whole == here else f"{number}, {here:,} of them in {place},"
    times = wording.times(cluster)
    much = f"{times} times what was expected" if times else "more than was expected"
    return (
        f"In {where} {wording.OFFENCES} have been {much} since {periods.in_words(cluster.start)}, in the figures to "
        f"{periods.in_words(cluster.end)} (chance alone: {wording.one_in(cluster.p)})."
    )


def _ends(month: str) -> datetime.date:
    """The last day of a month (2024-03)."""
    kind, number = periods.number(month)
    return periods.first_day(kind, number + 1) - datetime.timedelta(days=1)
