"""The neighbourhoods of a partnership and their counts, in the form the scan engine takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.cache import cache
from django.utils.text import get_text_list
from django.utils.translation import ngettext

from joinedup.clusters.levels import ABOVE, authority_of
from joinedup.engines import completeness, periods
from joinedup.engines.code_faults import code_faults
from joinedup.evidence import observations
from joinedup.evidence.breaks import breaks_of
from joinedup.evidence.changes import WHOLE_NUMBER
from joinedup.evidence.disclosure import rule_for, rule_of
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources import mps
from joinedup.evidence.sources.contract import NUMBER
from joinedup.late_imports import polars as pl
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import DEPTH

if TYPE_CHECKING:
    from joinedup.engines.scan import ScanCounts


SERIOUS = ("VIOLENCE AGAINST THE PERSON", "ROBBERY", "POSSESSION OF WEAPONS")
MPS, STREET = "mps_lsoa", "policeuk_street"
# What is counted together, by the source that has it by neighbourhood. Only the first source with data is
# used, never both: they treat place, time and offence differently.
COUNTED: dict[str, tuple[str, ...]] = {
    MPS: tuple(slug for major in SERIOUS for slug in mps.OFFENCES[major].values()),
    STREET: ("policeuk-violence-and-sexual-offences", "policeuk-robbery", "policeuk-weapons-possession"),
}
# How many of the latest months are used: a window may be a year long, and the year before it shows what is
# usual.
MONTHS = 24
FEWEST_MONTHS, FEWEST_AREAS = 13, 10
# So many months are named where counts are missing.
NAMED = 6
SMALL_NUMBERS = (
    "Small numbers of these counts are hidden or rounded, so chance cannot be told from them: {reason}"
)
NO_FIGURES = (
    "No counts of violence by neighbourhood are held for this partnership: an administrator imports them."
)


class CannotLook(ValueError):
    """There is nothing to scan; the message is one sentence fit to show."""


@dataclass(frozen=True)
class CountsToScan:
    """`areas`: codes; `places`, `world`: the same areas, in that order, and as the engine takes them. `rests_on`: as
    `Scan` stores it. `steps`: months from which counting changed. `notes`: sentences fit to show."""

    areas: list[str]
    places: list[Place]
    world: ScanCounts
    rests_on: list[dict[str, Any]]
    steps: tuple[str, ...]
    notes: list[str]


def figures_version() -> str:
    """A hash that changes whenever counts by neighbourhood are imported. 1 query."""
    return observations.version(observations.newest_first(COUNTED))


def neighbourhoods(footprint: Footprint) -> list[Place]:
    """Every neighbourhood in use in the places of a partnership, at any depth, by code. 2 queries."""
    own = list(footprint.places.values_list("pk", flat=True))
    lsoas = Place.objects.filter(kind=Place.Kind.LSOA, ended__isnull=True)
    found: dict[str, Place] = {}
    if own:
        inside = lsoas.none()
        for depth in range(DEPTH):
            inside |= lsoas.filter(**{f"{'__'.join(['parent'] * depth) or 'pk'}__in": own})
        found = {place.pk: place for place in inside.select_related(ABOVE)}
    return [found[code] for code in sorted(found)]


def has_figures(footprint: Footprint) -> bool:
    """Whether counts by neighbourhood are held for a partnership; the store is read once after either
    changes."""
    places = sorted(footprint.places.values_list("pk", flat=True))
    named = hashlib.sha256(" ".join([figures_version(), *places]).encode()).hexdigest()
    found: bool | None = cache.get(f"clusters-figures:{named}")
    if found is None:
        found = _held([place.pk for place in neighbourhoods(footprint)])[1] is not None
        cache.set(f"clusters-figures:{named}", found)
    return found


def _held(codes: Sequence[str]) -> tuple[list[Dataset], pl.DataFrame | None, str]:
    """The files of the first source that has counts for some of these places, their content, and its name."""
    for source, indicators in COUNTED.items():
        datasets = observations.newest_first([source])
        frame = (
            observations.held(datasets, indicators=indicators, places=codes) if codes and datasets else None
        )
        if frame is not None and frame.height:
            return datasets, frame, source
    return [], None, ""


def ground_of(footprint: Footprint, *, by_residents: bool) -> CountsToScan:
    """The data that the engine looks at. A count that is not held, or suppressed, is missing, not zero.
    `by_residents`: only neighbourhoods with residents.

    Raises `CannotLook`.
    """
    every = [place for place in neighbourhoods(footprint) if place.latitude is not None]
    places = [place for place in every if place.residents or not by_residents]
    datasets, frame, source = _held([place.pk for place in places])
    if frame is None:
        raise CannotLook(NO_FIGURES)
    rule = rule_for(
        {pk for cell in frame["datasets"].unique() for pk in cell},
        {each.pk: rule_of(each.disclosure) for each in datasets},
    )
    if not rule.hides_nothing:
        raise CannotLook(SMALL_NUMBERS.format(reason=" ".join(rule.because)))
    months = _months(frame)
    cases, known, notes = _counts(frame, places, months, source)
    held = known.any(axis=0)
    if held.sum() < FEWEST_MONTHS:
        raise CannotLook(
            f"Counts by neighbourhood are held for {held.sum()} months: at least {FEWEST_MONTHS} are needed to tell "
            "what is new."
        )
    # What no file tells of the latest months is not known of them: the figures end before.
    latest = int(np.nonzero(held)[0][-1]) + 1
    months, cases, known = months[:latest], cases[:, :latest], known[:, :latest]
    # Of what is not counted under its code anything may be so: neither nought nor a rise from it.
    faults = code_faults(np.where(known, cases, np.nan), ~known).astype(bool)
    known &= ~faults
    cases = np.where(known, cases, 0)
    notes += _under_other_codes(int(faults.any(axis=1).sum()))
    redrawn = _redrawn(frame, months)
    known[[place.pk in redrawn for place in places]] = False
    notes += _not_the_same(redrawn & {place.pk for place in places})
    there = [bool(row.any()) for row in known]
    notes += _left_out(
        [place for place, has in zip(places, there, strict=True) if not has and place.pk not in redrawn]
    )
    places = [place for place, has in zip(places, there, strict=True) if has]
    cases, known = cases[there], known[there]
    if len(places) < FEWEST_AREAS:
        raise CannotLook(
            f"Counts are held for {len(places)} neighbourhoods: at least {FEWEST_AREAS} are needed to compare them."
        )
    if not cases.sum():
        raise CannotLook(
            "Nothing is counted in any neighbourhood of this partnership: there is nothing to compare."
        )
    return CountsToScan(
        [place.pk for place in places],
        places,
        _world(places, months, cases, known),
        [_told(each) for each in _used(datasets, frame, [place.pk for place in places], months)],
        tuple(each for each in breaks_of(source) if months[0] < each <= months[-1]),
        notes,
    )


def _redrawn(frame: pl.DataFrame, months: list[str]) -> set[str]:
    """The neighbourhoods whose counts are shared out, in any of the months, from ones of 2011 that were split: before
    and after are not the same area. Only areas common to both vintages are compared: a cluster in one city came from
    sharing out alone."""
    uneven = (pl.col("count") - pl.col("count").round()).abs() > WHOLE_NUMBER
    return set(frame.filter(pl.col("period").is_in(months), uneven)["place"])


def _not_the_same(redrawn: set[str]) -> list[str]:
    if not redrawn:
        return []
    said = ngettext(
        "%(num)s neighbourhood is left out: its borders changed within these months.",
        "%(num)s neighbourhoods are left out: their borders changed within these months.",
        len(redrawn),
    )
    return [said % {"num": len(redrawn)}]


def _under_other_codes(areas: int) -> list[str]:
    if not areas:
        return []
    said = ngettext(
        "In %(num)s neighbourhood nothing was counted under its code in some of these months: taken as missing.",
        "In %(num)s neighbourhoods nothing was counted under their codes in some of these months: taken as missing.",
        areas,
    )
    return [said % {"num": areas}]


def _months(frame: pl.DataFrame) -> list[str]:
    """The latest months, without a gap: a month that no file has is unknown, but still a month."""
    first, last = (periods.number(str(each))[1] for each in (frame["period"].min(), frame["period"].max()))
    return [periods.label(periods.MONTH, at) for at in range(max(first, last - MONTHS + 1), last + 1)]


def _counts(
    frame: pl.DataFrame, places: list[Place], months: list[str], source: str
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Areas × months: the counts, as whole numbers, and whether each is known; notes on months that are not."""
    row = {place.pk: at for at, place in enumerate(places)}
    column = {month: at for at, month in enumerate(months)}
    used = frame.filter(pl.col("period").is_in(months))
    summed = used.group_by("place", "period").agg(
        pl.col("count").sum(),
        parts=(pl.col("state") == NUMBER).sum(),
        hidden=(pl.col("state") != NUMBER).any(),
    )
    at = (
        summed["place"].replace_strict(row, return_dtype=pl.Int64).to_numpy(),
        summed["period"].replace_strict(column, return_dtype=pl.Int64).to_numpy(),
    )
    shape = (len(places), len(months))
    counts, known = np.zeros(shape), np.zeros(shape, bool)
    counts[at] = summed["count"].to_numpy()
    in_part: dict[str, list[int]] = {}
    if source == STREET:
        known, in_part = _sent_whole(counts, places, sorted({row[code] for code in frame["place"].unique()}))
        known[at] &= ~summed["hidden"].to_numpy()
    else:
        # These files give zero where nothing was counted. If a part is missing, the whole is unknown.
        parts = used["indicator"].n_unique()
        known[at] = (summed["parts"] == parts).to_numpy() & ~summed["hidden"].to_numpy()
    # What was carried over from areas of 2011 that were split is not whole, and not used: see `_redrawn`.
    cases = np.where(known, np.rint(counts), 0).astype(np.int64)
    # Nothing anywhere in a month: a file is missing, or was filled with noughts, more likely than it is so.
    empty = cases.sum(axis=0) == 0
    known[:, empty] = False
    return cases, known, _not_sent(months, empty, in_part)


def _sent_whole(
    counts: np.ndarray, places: list[Place], named: list[int]
) -> tuple[np.ndarray, dict[str, list[int]]]:
    """For files with one row per crime: no row means zero if any month names the place and its authority's
    month is whole. Also the months that came in part only, by the name of the authority."""
    known = np.zeros(counts.shape, bool)
    authority = {at: authority_of(places[at]) for at in named}
    in_part: dict[str, list[int]] = {}
    for each in sorted(set(authority.values()), key=lambda place: place.pk if place else ""):
        inside = [at for at in named if authority[at] == each]
        totals = counts[inside].sum(axis=0)
        whole = completeness.sent_whole(totals)
        known[inside] = whole
        if each and not whole.all():
            in_part[each.name] = np.nonzero(~whole)[0].tolist()
    return known, in_part


def _not_sent(months: list[str], empty: np.ndarray, in_part: dict[str, list[int]]) -> list[str]:
    """Sentences on the months that nobody sent, and on those that an authority's file has in part or not at all."""

    def named(of: Iterable[int]) -> str:
        return _listed([periods.in_words(months[at]) for at in of])

    said = []
    if empty.any():
        nowhere = named(np.nonzero(empty)[0])
        said.append(f"Nothing is counted anywhere in {nowhere}: taken as not sent, not as none.")
    for name, own in in_part.items():
        if part := [at for at in own if not empty[at]]:
            said.append(f"{name} has none or far fewer than usual in {named(part)}: taken as not sent whole.")
    return said


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED + 1
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{more} more"]
    return get_text_list(list(shown), "and")


def _world(places: list[Place], months: list[str], cases: np.ndarray, known: np.ndarray) -> ScanCounts:
    # Imported here because the engine is compiled code, which no page should wait for.
    from joinedup.engines.scan import ScanCounts

    days = np.array([periods.days(*periods.number(month)) for month in months], np.float64)
    residents = np.array([place.residents or 0 for place in places], np.float64)
    return ScanCounts(
        areas=[place.pk for place in places],
        position=np.array([(place.latitude, place.longitude) for place in places], np.float64),
        periods=months,
        days=days,
        cases=cases,
        degrees=True,
        known=None if known.all() else known,
        population=np.repeat(residents[:, None], len(months), axis=1),
    )


def _left_out(places: list[Place]) -> list[str]:
    if not places:
        return []
    said = ngettext(
        "%(n)s neighbourhood has no counts in these files and is left out: that is not the same as none.",
        "%(n)s neighbourhoods have no counts in these files and are left out: that is not the same as none.",
        len(places),
    )
    return [said % {"n": f"{len(places):,}"}]


def _told(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": dataset.pk,
        "title": dataset.title,
        "publisher": dataset.publisher,
        "licence": dataset.licence,
        "stored_as": dataset.stored_as,
        "period_start": dataset.period_start,
        "period_end": dataset.period_end,
    }


def _used(datasets: list[Dataset], frame: pl.DataFrame, codes: list[str], months: list[str]) -> list[Dataset]:
    """The files with counts for these places and months, newest first."""
    counted = frame.filter(pl.col("place").is_in(codes), pl.col("period").is_in(months))
    used = set(counted["datasets"].explode())
    return [each for each in datasets if each.pk in used]
