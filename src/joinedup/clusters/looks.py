"""A finished scan as pages show it: a line for each cluster, the answer in a sentence, the map."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from joinedup.clusters import wording
from joinedup.clusters.levels import ABOVE, AUTHORITY
from joinedup.clusters.models import Cluster, Outcome, Scan, WiderCluster
from joinedup.clusters.picture import Picture, draw
from joinedup.clusters.wider import chance
from joinedup.engines import periods
from joinedup.places.models import Footprint, Outline, Place
from joinedup.places.queries import DEPTH, PUBLIC_KINDS

_NAMED = [f"{above}{name}" for above in ("", "parent__", f"{ABOVE}__") for name in ("name", "kind", "parent")]
AREAS = Prefetch("areas", Place.objects.select_related(ABOVE).only(*_NAMED))


@dataclass(frozen=True, eq=False)
class ClusterLine:
    """One cluster. `outcome`: the newest one recorded, whichever scan it was recorded with. `wider`: what the looks
    over wards and authorities saw of it. `is_current`: whether its figures may still be called new."""

    cluster: Cluster
    kind: str
    parts: list[wording.WardShare]
    outcome: Outcome | None
    wider: list[WiderCluster]
    is_current: bool

    @property
    def is_new(self) -> bool:
        return self.cluster.first_id is None

    @property
    def sentence(self) -> str:
        also = wording.also(self.wider, self.parts)
        return f"{wording.sentence(self.cluster, self.parts, self.kind)} {also}".strip()

    @property
    def where(self) -> str:
        return wording.where(self.parts)

    @property
    def when(self) -> str:
        """Monthly: the month since when, as it lasts to the end of the figures. Yearly, or where these are too old to
        speak of now: first and last month."""
        first, last = (periods.in_words(each) for each in (self.cluster.start, self.cluster.end))
        if self.kind == Scan.Kind.MONTHLY and self.is_current:
            return f"since {first}"
        return first if first == last else f"{first} to {last}"

    @property
    def times(self) -> str:
        return wording.times(self.cluster)

    @property
    def chance(self) -> str:
        return wording.one_in(self.cluster.p)

    @property
    def recurrence(self) -> str:
        often = wording.recurrence(self.cluster.recurrence_days)
        return f"once in {often}" if often and self.kind == Scan.Kind.MONTHLY else ""

    @property
    def newest_held(self) -> str:
        return wording.newest_held(self.cluster.scan)


@dataclass(frozen=True)
class WiderLine:
    """What a look over wards or authorities found. `beside`: the clusters of neighbourhoods that it overlaps."""

    cluster: WiderCluster
    beside: list[ClusterLine]

    @property
    def where(self) -> str:
        where = wording.where_wider(self.cluster, [part for line in self.beside for part in line.parts])
        return f"{where[:1].upper()}{where[1:]}"

    @property
    def when(self) -> str:
        return periods.between(self.cluster.start, self.cluster.end)

    @property
    def times(self) -> str:
        return wording.times(self.cluster)

    @property
    def chance(self) -> str:
        """Allowing for that three looks are made."""
        return wording.one_in(chance(self.cluster.p))


@dataclass(frozen=True)
class ScanLook:
    """A finished scan with everything it found, or only what touches a place. `shown`: the first of the
    lines, those on the map. `wider`: what the looks over wards and authorities found. `is_current`: whether its
    figures may still be called new."""

    scan: Scan
    lines: list[ClusterLine]
    shown: list[ClusterLine]
    wider: list[WiderLine]
    picture: Picture | None
    is_current: bool

    @property
    def standing(self) -> str:
        found = [line.cluster for line in self.lines]
        return wording.standing(self.scan, found, is_current=self.is_current)

    @property
    def newest_held(self) -> str:
        return wording.newest_held(self.scan)

    @property
    def caveat(self) -> str:
        return wording.caveat(self.scan.kind)

    @property
    def asked(self) -> str:
        return wording.asked(self.scan)


def looks(
    scans: Sequence[Scan],
    clusters: QuerySet[Cluster],
    ground: Sequence[Outline],
    *,
    frame: str = "",
    most: int | None = None,
) -> list[ScanLook]:
    """Each scan with those of `clusters` that belong to it, `most` of them on a map of `frame` (see
    `picture.draw`). Seven queries at most."""
    wider = _wider(WiderCluster.objects.filter(scan__in=scans))
    rows = lines(clusters.filter(scan__in=scans), wider, scans)
    found = {scan: [line for line in rows if line.cluster.scan_id == scan.pk] for scan in scans}
    shown = {scan: own[:most] for scan, own in found.items()}
    areas = {line: list(line.cluster.areas.all()) for own in shown.values() for line in own}
    outlines = outlines_of(area for own in areas.values() for area in own)
    made = []
    for scan in scans:
        drawn = [(line.cluster, [area.pk for area in areas[line]]) for line in shown[scan]]
        made.append(
            ScanLook(
                scan,
                found[scan],
                shown[scan],
                [
                    WiderLine(each, [line for line in found[scan] if each in line.wider])
                    for each in wider
                    if each.scan_id == scan.pk
                ],
                draw(drawn, outlines, ground, frame=frame),
                is_current(scan),
            )
        )
    return made


def lines(
    clusters: QuerySet[Cluster],
    wider: Sequence[WiderCluster] | None = None,
    scans: Sequence[Scan] | None = None,
) -> list[ClusterLine]:
    """Clusters as ranked, with the neighbourhoods and newest outcome of each. `wider`: those that may overlap them,
    `scans`: theirs, if they were read already. Six queries at most."""
    if scans is None:
        clusters = clusters.select_related("scan").defer("scan__null_maxima")
    found = list(clusters.prefetch_related(AREAS))
    read = {scan.pk: scan for scan in scans or ()}
    for each in found if read else ():
        each.scan = read[each.scan_id]
    newest = outcomes(found)
    if wider is None:
        wider = _wider(WiderCluster.objects.filter(beside__in=found).distinct()) if found else []
    return [
        ClusterLine(
            each,
            each.scan.kind,
            wording.parts(each.areas.all()),
            next(iter(newest[each.head]), None),
            [one for one in wider if each in one.beside.all()],
            is_current(each.scan),
        )
        for each in found
    ]


def _wider(rows: QuerySet[WiderCluster]) -> list[WiderCluster]:
    """Wards first, each level as ranked. Three queries, one if there are none."""
    return list(rows.prefetch_related("areas", "beside"))


def today() -> datetime.date:
    return timezone.localdate()


def is_current(scan: Scan) -> bool:
    """Whether the figures that a scan saw may be called new today."""
    return wording.is_current(scan.last, today(), settings.CLUSTERS_NEW_FOR_MONTHS)


def _told(heads: Iterable[int]) -> QuerySet[Outcome]:
    rows = Outcome.objects.filter(cluster__in=heads).select_related("initiative")
    return rows.only("cluster", "word", "note", "by", "by_user", "at", "initiative__name", "initiative__slug")


def outcomes(clusters: Sequence[Cluster]) -> dict[int, list[Outcome]]:
    """By the head of each: what became of it, the newest first. One query."""
    found: dict[int, list[Outcome]] = {each.head: [] for each in clusters}
    for each in _told(found) if found else ():
        found[each.cluster_id].append(each)
    return found


def outlines_of(places: Iterable[Place]) -> dict[str, Outline]:
    """By code; one query, or none if there are no places."""
    codes = {place.pk for place in places}
    return Outline.objects.in_bulk(codes) if codes else {}


def ground_of(footprint: Footprint) -> list[Outline]:
    """The authorities of a partnership, or the wards if it is a single authority. Two queries."""
    own = list(footprint.places.all())
    wide = [place for place in own if place.kind not in (AUTHORITY, Place.Kind.WARD)]
    return _outlines(_inside(own if len(own) == 1 else wide) | Q(pk__in=[place.pk for place in own]))


def ground_around(places: Sequence[Place]) -> list[Outline]:
    """Places and the parts of them that their pages mention. One query."""
    return _outlines(_inside(places) | Q(pk__in=[place.pk for place in places]))


def _outlines(of: Q) -> list[Outline]:
    """The largest first: a place is drawn under its parts."""
    # The places are found by their index first: asked for together with them, every outline of the country is read.
    found = Outline.objects.filter(place__in=Place.objects.filter(of).values("pk"))
    return sorted(found, key=lambda one: (-(one.right - one.left) * (one.bottom - one.top), one.place_id))


def _inside(places: Sequence[Place]) -> Q:
    """The authorities inside wider places, however many steps below, and the parts of the others."""
    found = Q(parent__in=places, kind__in=PUBLIC_KINDS)
    if any(place.kind not in (AUTHORITY, Place.Kind.WARD) for place in places):
        for depth in range(2, DEPTH):
            found |= Q(**{f"{'__'.join(['parent'] * depth)}__in": places, "kind": AUTHORITY})
    return found
