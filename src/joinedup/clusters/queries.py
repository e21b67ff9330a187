"""Queries about where and when: a partnership's page, one scan, one cluster, what touches a place."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.clusters import looks, wording
from joinedup.clusters.looks import ClusterLine, ScanLook, WiderLine
from joinedup.clusters.models import Cluster, Follower, Outcome, Scan
from joinedup.clusters.picture import Picture, draw
from joinedup.initiatives.models import Initiative
from joinedup.places.models import Footprint, Outline, Place
from joinedup.places.queries import covering, within

# How many earlier scans a page lists.
EARLIER = 24
# Nobody reads more on one map and in its table: the scan's own page has them all.
MAPPED = 20
A_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class AlertTally:
    """Alerts of the monthly scans of the last 12 months: how many, and by their newest outcome."""

    alerts: int
    words: dict[str, int]

    @property
    def false(self) -> int:
        return self.words[Outcome.Word.FALSE_ALARM]

    @property
    def untouched(self) -> int:
        return self.alerts - sum(self.words.values())


@dataclass(frozen=True)
class Allowed:
    """What the reader may do in a partnership."""

    scan: bool
    settle: bool
    follow: bool


@dataclass(frozen=True)
class PartnershipPage:
    """`unfinished`: waiting or running. `failed`: the newest of its kind, if that failed."""

    footprint: Footprint
    looks: list[ScanLook]
    unfinished: list[Scan]
    failed: list[Scan]
    earlier: list[Scan]
    tally: AlertTally
    following: list[Follower]
    allowed: Allowed


@dataclass(frozen=True)
class ClusterPage:
    """`wider`: what the looks over wards and authorities saw of it. `chain`: the same cluster in every scan that
    saw it, the oldest first. `outcomes`: with whether the reader may take each back; `initiatives`: those named
    there that the reader may see."""

    line: ClusterLine
    wider: list[WiderLine]
    footprint: Footprint
    caveat: str
    picture: Picture | None
    chain: list[ClusterLine]
    outcomes: list[tuple[Outcome, bool]]
    initiatives: frozenset[int]
    authorities: list[Place]
    allowed: Allowed


@dataclass(frozen=True)
class Here:
    """What one partnership has about a place. `follow`: the place that the reader may follow, None for the
    whole."""

    footprint: Footprint
    looks: list[ScanLook]
    follow: Place | None
    follower: Follower | None


def partnerships(person: Person) -> QuerySet[Footprint]:
    """Those whose neighbourhoods `person` may read about."""
    if person.sees_every_partnership:
        return Footprint.objects.all()
    return Footprint.objects.filter(pk__in=person.footprint_ids)


def allowed(person: Person, footprint: Footprint) -> Allowed:
    """One query."""
    scope = Scan(footprint=footprint).scope()
    return Allowed(
        scan=may(person, "cluster.scan", scope),
        settle=may(person, "cluster.settle", scope),
        follow=may(person, "cluster.follow", scope),
    )


def partnership_page(person: Person, footprint: Footprint, now: datetime.datetime) -> PartnershipPage:
    """Fifteen queries at most, whatever the number of scans and clusters."""
    scans = list(
        Scan.objects.visible_to(person).filter(footprint=footprint).defer("null_maxima")[: EARLIER + 6]
    )
    newest = [next((each for each in scans if each.kind == kind), None) for kind in Scan.Kind.values]
    shown = _newest_done(Scan.objects.visible_to(person).filter(footprint=footprint))
    clusters = Cluster.objects.visible_to(person)
    return PartnershipPage(
        footprint=footprint,
        looks=looks.looks(shown, clusters, looks.ground_of(footprint) if shown else [], most=MAPPED),
        unfinished=[each for each in scans if each.state in Scan.UNFINISHED],
        failed=[each for each in newest if each and each.state == Scan.State.FAILED],
        earlier=[each for each in scans if each.state == Scan.State.DONE and each not in shown][:EARLIER],
        tally=tally(person, footprint, now),
        following=following(person, footprint),
        allowed=allowed(person, footprint),
    )


def _newest_done(scans: QuerySet[Scan]) -> list[Scan]:
    """The newest finished scan of each partnership and kind, monthly first. One query."""
    done = Scan.objects.filter(
        footprint=OuterRef("footprint"), kind=OuterRef("kind"), state=Scan.State.DONE
    ).order_by("-ended_at", "-pk")
    found = scans.filter(pk=Subquery(done.values("pk")[:1])).select_related("footprint")
    return list(found.defer("null_maxima").order_by("footprint__name", "kind"))


def tally(person: Person, footprint: Footprint, now: datetime.datetime) -> AlertTally:
    """Two queries."""
    alerts = Cluster.objects.visible_to(person).filter(
        scan__footprint=footprint, scan__kind=Scan.Kind.MONTHLY, scan__state=Scan.State.DONE,
        scan__ended_at__gt=now - A_YEAR, first=None,
    )  # fmt: skip
    found = list(alerts.prefetch_related(Prefetch("outcomes", to_attr="said")).only("pk", "first"))
    last = Counter(each.said[0].word for each in found if each.said)
    return AlertTally(len(found), {word: last[word] for word in Outcome.Word.values})


def following(person: Person, footprint: Footprint) -> list[Follower]:
    """How `person` follows this partnership; the whole first."""
    own = Follower.objects.filter(user=person.user_id, footprint=footprint).select_related("place")
    return sorted(own, key=lambda each: each.place.name if each.place else "")


def alerts_for(person: Person, follower: Follower) -> QuerySet[Cluster]:
    """What was new in the monthly scans of what somebody follows, the newest first."""
    found = Cluster.objects.visible_to(person).filter(
        scan__footprint=follower.footprint_id,
        scan__kind=Scan.Kind.MONTHLY,
        scan__state=Scan.State.DONE,
        first=None,
    )
    if follower.place is not None:
        found = found.filter(pk__in=_touching(follower.place))
    return found.order_by("-scan__ended_at", "-scan", "rank")


def _touching(place: Place, scans: Collection[Scan] = ()) -> QuerySet[Any, Any]:
    """The clusters with a neighbourhood in a place; of these `scans` alone, if there are any: a partnership has looked
    a hundred times."""
    areas = Cluster.areas.through.objects.filter(*within(place, "place"))
    if scans:
        areas = areas.filter(cluster__scan__in=scans)
    # A cluster is of neighbourhoods alone. Asked for that too, SQLite reads all neighbourhoods of the country first.
    return areas.values("cluster")


def done_scan(person: Person, slug: str, pk: int) -> ScanLook | None:
    """One scan with everything it found. Nine queries at most."""
    scans = Scan.objects.visible_to(person).select_related("footprint").defer("null_maxima")
    scan = scans.filter(footprint__slug=slug, pk=pk, state=Scan.State.DONE).first()
    if scan is None:
        return None
    return looks.looks([scan], Cluster.objects.visible_to(person), looks.ground_of(scan.footprint))[0]


def looks_for_file(person: Person, footprint: Footprint, scan: str) -> list[ScanLook]:
    """The scan with that number, or the newest of each kind; without maps."""
    scans = Scan.objects.visible_to(person).filter(footprint=footprint)
    if scan.isascii() and scan.isdigit():
        done = scans.filter(pk=int(scan), state=Scan.State.DONE).select_related("footprint")
        found = list(done.defer("null_maxima"))
    else:
        found = _newest_done(scans)
    return looks.looks(found, Cluster.objects.visible_to(person), [], most=0)


def cluster_page(person: Person, slug: str, pk: int) -> ClusterPage | None:
    """One cluster, the same cluster in other scans, and what became of it. Twelve queries at most."""
    visible = Cluster.objects.visible_to(person).filter(scan__footprint__slug=slug)
    cluster = visible.filter(pk=pk).first()
    if cluster is None:
        return None
    same = visible.filter(Q(pk=cluster.head) | Q(first=cluster.head), scan__state=Scan.State.DONE)
    chain = looks.lines(same.order_by("scan__ended_at", "scan", "rank"))
    line = next(each for each in chain if each.cluster == cluster)
    footprint = line.cluster.scan.footprint
    areas = list(line.cluster.areas.all())
    authorities = list(dict.fromkeys(part.authority for part in line.parts))
    outlines = looks.outlines_of(areas)
    around = looks.ground_around(authorities)
    said = looks.outcomes([cluster])[cluster.head]
    named = [each.initiative_id for each in said if each.initiative_id]
    own = {footprint.pk} & person.coordinated_ids
    return ClusterPage(
        line=line,
        wider=[WiderLine(each, [line]) for each in line.wider],
        footprint=footprint,
        caveat=wording.caveat(line.kind),
        picture=draw([(line.cluster, [area.pk for area in areas])], outlines, around, close=True),
        chain=chain,
        outcomes=[(each, bool(own) or each.by_user_id == person.user_id) for each in said],
        initiatives=frozenset(
            Initiative.objects.visible_to(person).filter(pk__in=named).values_list("pk", flat=True)
        ),
        authorities=authorities,
        allowed=allowed(person, footprint),
    )


def at_place(
    person: Person,
    place: Place,
    above: list[Place],
    covered_by: Mapping[int, frozenset[str]] | None = None,
    ground: Sequence[Outline] | None = None,
) -> list[Here]:
    """What stands out in a place, for each partnership with a scan; empty for readers who belong to none.

    `above`: the places around it; `covered_by`: what `covering` says, and `ground`: what `looks.ground_around`
    says, if they were asked already. Ten queries at most.
    """
    if not person.footprint_ids and not person.sees_every_partnership:
        return []
    # The area of a police force has no map of its own parts: the pages of its authorities have them.
    if place.kind == Place.Kind.POLICE_FORCE:
        return []
    with_places = covering(place) if covered_by is None else covered_by
    own_ids = set(with_places) if person.sees_every_partnership else set(with_places) & person.footprint_ids
    scans = _newest_done(Scan.objects.visible_to(person).filter(footprint__in=own_ids)) if own_ids else []
    if not scans:
        return []
    clusters = Cluster.objects.visible_to(person).filter(pk__in=_touching(place, scans))
    ground = looks.ground_around([place]) if ground is None else ground
    found = looks.looks(scans, clusters, ground, frame=place.pk, most=MAPPED)
    footprints = list(dict.fromkeys(each.scan.footprint for each in found))
    followers = Follower.objects.filter(user=person.user_id, footprint__in=footprints)
    own = {(each.footprint_id, each.place_id): each for each in followers}
    around = {each.pk for each in (place, *above)}
    made = []
    for footprint in footprints:
        follow = place if with_places[footprint.pk] & around else None
        shown = [each for each in found if each.scan.footprint_id == footprint.pk]
        made.append(Here(footprint, shown, follow, own.get((footprint.pk, follow.pk if follow else None))))
    return made
