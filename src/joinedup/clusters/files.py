"""Clusters as files for an analyst: one row per cluster, or per neighbourhood to lay over a map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from joinedup.clusters import wording
from joinedup.clusters.looks import ClusterLine, ScanLook
from joinedup.clusters.models import Cluster, Scan
from joinedup.documents.csv_file import several
from joinedup.engines.scan_words import DAYS_OF_A_YEAR
from joinedup.places.models import Footprint

CSV_HEADER = (
    "Partnership", "Look", "Looked on", "Figures from", "Figures to", "Number", "Not in the look before", "Centre",
    "From", "To", "Recorded", "Expected", "Times as many", "Relative risk", "LLR", "p",
    "p if counts varied by chance only", "p from the tail", "Once in so many years by chance", "Radius in km",
    "Neighbourhoods", "Authorities", "Wards",
    "Codes of the neighbourhoods", "Seen over wider areas", "What became of it", "Seed", "Replications", "Engine",
)  # fmt: skip
AREAS_HEADER = (
    "Look", "Looked on", "Number", "Code", "Name", "Ward code", "Ward", "Authority code", "Authority", "From", "To",
)  # fmt: skip


def csv_rows(footprint: Footprint, found: Iterable[ScanLook]) -> Iterator[Sequence[object]]:
    for look in found:
        for line in look.lines:
            yield (footprint.name, *_of_scan(look.scan), *_of_cluster(line), *_how(look.scan))


def _of_scan(scan: Scan) -> tuple[object, ...]:
    return scan.kind, scan.ended_at, scan.first, scan.last


def _of_cluster(line: ClusterLine) -> tuple[object, ...]:
    each = line.cluster
    areas = sorted(area.pk for area in each.areas.all())
    return (
        each.rank, line.is_new, each.centre_id, each.start, each.end, each.observed, round(each.expected, 2),
        line.times, each.relative_risk, each.llr, each.p, each.bare_p, each.tail_p, _years(each),
        round(each.radius_km, 3), len(areas),
        several(dict.fromkeys(part.authority.name for part in line.parts)),
        several(part.ward.name for part in line.parts if part.ward != part.authority), several(areas),
        wording.also(line.wider, line.parts),
        line.outcome.get_word_display() if line.outcome else "",
    )  # fmt: skip


def _years(each: Cluster) -> float | None:
    return None if each.recurrence_days is None else round(each.recurrence_days / DAYS_OF_A_YEAR, 2)


def _how(scan: Scan) -> tuple[object, ...]:
    return scan.settings.get("seed"), scan.settings.get("replications"), scan.engine


def area_rows(_footprint: Footprint, found: Iterable[ScanLook]) -> Iterator[Sequence[object]]:
    for look in found:
        for line in look.lines:
            for part in line.parts:
                for area in part.areas:
                    yield (
                        look.scan.kind, look.scan.ended_at, line.cluster.rank, area.pk, area.name, part.ward.pk,
                        part.ward.name, part.authority.pk, part.authority.name, line.cluster.start, line.cluster.end,
                    )  # fmt: skip
