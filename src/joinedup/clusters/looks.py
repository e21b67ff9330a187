"""A finished scan as pages show it: a line for each cluster, the answer in a sentence, the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from joinedup.clusters import wording
from joinedup.clusters.models import Cluster, Outcome, Scan
from joinedup.clusters.picture import Picture, draw
from joinedup.engines import periods
from joinedup.places.models import Footprint, Outline, Place
from joinedup.places.queries import PUBLIC_KINDS

AREAS = Prefetch("areas", Place.objects.select_related("parent__parent"))


@dataclass(frozen=True, eq=False)
class ClusterLine:
    """One cluster. `outcome`: the newest one recorded, whichever scan it was recorded with."""

    cluster: Cluster
    kind: str
    parts: list[wording.WardShare]
    outcome: Outcome | None

    @property
    def is_new(self) -> bool:
        return self.cluster.first_id is None

    @property
    def sentence(self) -> str:
        return wording.sentence(self.cluster, self.parts, self.kind)

    @property
    def where(self) -> str:
        return wording.where(self.parts)

    @property
    def when(self) -> str:
        """Monthly: the month since when, as it lasts to the end of the figures. Yearly: first and last month."""
        first, last = (periods.in_words(each) for each in (self.cluster.start, self.cluster.end))
        if self.kind == Scan.Kind.MONTHLY:
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


@dataclass(frozen=True)
class ScanLook:
    """A finished scan with everything it found, or only what touches a place. `shown`: the first of the
    lines, those on the map."""

    scan: Scan
    lines: list[ClusterLine]
    shown: list[ClusterLine]
    picture: Picture | None

    @property
    def standing(self) -> str:
        return wording.standing(self.scan, [line.cluster for line in self.lines])

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
    `picture.draw`). Four queries, or one if there are no clusters."""
    rows = lines(clusters.filter(scan__in=scans))
    found = {scan: [line for line in rows if line.cluster.scan_id == scan.pk] for scan in scans}
    shown = {scan: own[:most] for scan, own in found.items()}
    areas = {line: list(line.cluster.areas.all()) for own in shown.values() for line in own}
    outlines = outlines_of(area for own in areas.values() for area in own)
    made = []
    for scan in scans:
        drawn = [(line.cluster, [area.pk for area in areas[line]]) for line in shown[scan]]
        made.append(ScanLook(scan, found[scan], shown[scan], draw(drawn, outlines, ground, frame=frame)))
    return made


def lines(clusters: QuerySet[Cluster]) -> list[ClusterLine]:
    """Clusters as ranked, with the neighbourhoods and newest outcome of each. Three queries."""
    found = list(
        clusters.select_related("scan", "first__scan").defer("scan__null_maxima").prefetch_related(AREAS)
    )
    newest = outcomes(found)
    return [
        ClusterLine(
            each, each.scan.kind, wording.parts(each.areas.all()), next(iter(newest[each.head]), None)
        )
        for each in found
    ]


def outcomes(clusters: Sequence[Cluster]) -> dict[int, list[Outcome]]:
    """By the head of each: what became of it, the newest first. One query."""
    found: dict[int, list[Outcome]] = {each.head: [] for each in clusters}
    for each in Outcome.objects.filter(cluster__in=found).select_related("initiative") if found else ():
        found[each.cluster_id].append(each)
    return found


def outlines_of(places: Iterable[Place]) -> dict[str, Outline]:
    """By code; one query, or none if there are no places."""
    codes = {place.pk for place in places}
    return Outline.objects.in_bulk(codes) if codes else {}


def ground_of(footprint: Footprint) -> list[Outline]:
    """The boroughs of a partnership, or the wards if it is a single borough. Two queries."""
    own = list(footprint.places.all())
    regions = [place for place in own if place.kind == Place.Kind.REGION]
    inside = own if len(own) == 1 else regions
    return list(
        Outline.objects.filter(Q(place__in=own) | Q(place__parent__in=inside, place__kind__in=PUBLIC_KINDS))
    )


def ground_around(places: Sequence[Place]) -> list[Outline]:
    """Places and the parts of them that their pages mention. One query."""
    return list(
        Outline.objects.filter(
            Q(place__in=places) | Q(place__parent__in=places, place__kind__in=PUBLIC_KINDS)
        )
    )
