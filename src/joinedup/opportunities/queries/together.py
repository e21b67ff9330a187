"""Who works with whom in a partnership: recorded links, joint local action, seats in one statutory partnership."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import running
from joinedup.opportunities import circle
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.lists import listing
from joinedup.opportunities.queries.reading import is_inside
from joinedup.partners.models import Link, Partner
from joinedup.partners.queries import find_partners
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Sector, Theme

# More partners than this on one circle, and it begins with one place.
ON_ONE_CIRCLE = 40
INTRODUCTIONS_SHOWN = 5
# Opportunities that are about two who could meet.
PAIRS = ("match", "join", "bring_in")


@dataclass
class Tie:
    """How two partners are known to work together. `since`: of the recorded link, where it says so."""

    is_recorded: bool = False
    since: datetime.date | None = None
    joint: list[Initiative] = field(default_factory=list)


@dataclass(frozen=True)
class WorksWith:
    """`number` is that of the other partner on the circle; None where it is outside what was chosen."""

    partner: Partner
    number: int | None
    tie: Tie


@dataclass(frozen=True)
class Entry:
    """One partner of the picture and of the table. `is_seated`: sits in the statutory partnership with others."""

    number: int
    partner: Partner
    works_with: list[WorksWith]
    is_seated: bool

    @property
    def has_none(self) -> bool:
        return not self.works_with and not self.is_seated

    @property
    def recorded(self) -> list[WorksWith]:
        return [each for each in self.works_with if each.tie.is_recorded]

    @property
    def joint(self) -> list[tuple[Initiative, list[WorksWith]]]:
        """The local action that it runs with others, and with whom."""
        found: dict[Initiative, list[WorksWith]] = {}
        for each in self.works_with:
            for initiative in each.tie.joint:
                found.setdefault(initiative, []).append(each)
        return sorted(found.items(), key=lambda pair: (pair[0].name, pair[0].pk))


@dataclass(frozen=True)
class Together:
    """`sectors`: letter, sector and entries, in the order of the circle. `pairs`: linked pairs between sectors."""

    entries: list[Entry]
    sectors: list[tuple[str, Sector, list[Entry]]]
    seated: list[Partner]
    picture: circle.Circle
    pairs: dict[tuple[str, str], int]
    introductions: list[Opportunity]
    of: int
    # Whether pairs that are not linked are counted as nought: for members, to whom that is a reason to ask.
    shows_silence: bool = True

    @property
    def without(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.has_none]


def together(
    person: Person,
    footprint: Footprint,
    on: datetime.date,
    *,
    place: Place | None = None,
    theme: Theme | None = None,
) -> Together:
    """What `person` may see of who works with whom on a day; nine queries at most. A link shows where both partners
    do, joint local action where it does too. Partners outside the chosen place and theme are in the table only, as
    those whom the chosen ones work with. The public, where the partnership lets it, sees bodies that confirmed their
    own record and what links them, and of nobody that none is recorded."""
    inside = is_inside(person, footprint)
    everyone = partners_of(person, footprint)
    if not inside:
        everyone = [each for each in everyone if each.confirmed_on and footprint.shows_opportunities]
    known = ties(person, {partner.pk for partner in everyone}, on)
    if not inside:
        linked = {pk for pair in known for pk in pair}
        everyone = [each for each in everyone if each.pk in linked]
    chosen = everyone
    if place is not None or theme is not None:
        fitting = find_partners(person, place=place, theme=theme).filter(footprints=footprint)
        kept = set(fitting.prefetch_related(None).values_list("pk", flat=True))
        chosen = [partner for partner in everyone if partner.pk in kept]
    seated = [partner for partner in everyone if partner.is_statutory]
    seated = seated if len(seated) > 1 else []
    entries = _entries(everyone, chosen, known, {partner.pk for partner in seated})
    sectors = _by_sector(entries)
    return Together(
        entries=entries,
        sectors=sectors,
        seated=seated,
        picture=_picture(entries, sectors, known),
        pairs=_between_sectors(chosen, known),
        shows_silence=inside,
        introductions=_introductions(person, footprint, place, theme),
        of=len(everyone),
    )


def partners_of(person: Person, footprint: Footprint) -> list[Partner]:
    """The partners of a partnership that `person` may see, without those that another took over from, by sector in the
    order of sectors. Two queries."""
    found = Partner.objects.visible_to(person).filter(footprints=footprint).select_related("sector")
    found = found.exclude(succeeded_on__lte=timezone.localdate())
    return list(
        found.prefetch_related("footprints").order_by("sector__order", "sector__slug", "name", "slug")
    )


def ties(person: Person, pks: set[int], on: datetime.date) -> dict[tuple[int, int], Tie]:
    """How these partners are linked, by the pair of their numbers, the smaller first. Three queries."""
    found: dict[tuple[int, int], Tie] = {}
    for link in Link.objects.filter(first__in=pks, second__in=pks):
        found[link.first_id, link.second_id] = Tie(is_recorded=True, since=link.since)
    joint = Initiative.objects.visible_to(person).filter(running(on), co_partners__in=pks).distinct()
    for initiative in joint.prefetch_related("co_partners"):
        who = {initiative.partner_id, *(partner.pk for partner in initiative.co_partners.all())} & pks
        for pair in combinations(sorted(who), 2):
            found.setdefault(pair, Tie()).joint.append(initiative)
    return found


def _entries(
    everyone: Sequence[Partner],
    chosen: Sequence[Partner],
    known: dict[tuple[int, int], Tie],
    seated: set[int],
) -> list[Entry]:
    by_pk = {partner.pk: partner for partner in everyone}
    numbers = {partner.pk: n for n, partner in enumerate(chosen, start=1)}
    others: dict[int, list[WorksWith]] = {pk: [] for pk in by_pk}
    for (a, b), tie in known.items():
        for one, other in ((a, b), (b, a)):
            others[one].append(WorksWith(by_pk[other], numbers.get(other), tie))
    return [
        Entry(
            numbers[partner.pk],
            partner,
            sorted(others[partner.pk], key=lambda each: (each.partner.name, each.partner.pk)),
            partner.pk in seated,
        )
        for partner in chosen
    ]


def _by_sector(entries: Sequence[Entry]) -> list[tuple[str, Sector, list[Entry]]]:
    grouped: dict[Sector, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.partner.sector, []).append(entry)
    return [(circle.letter(n), sector, own) for n, (sector, own) in enumerate(grouped.items())]


def _picture(
    entries: Sequence[Entry],
    sectors: Sequence[tuple[str, Sector, list[Entry]]],
    known: dict[tuple[int, int], Tie],
) -> circle.Circle:
    at = {entry.partner.pk: n for n, entry in enumerate(entries)}
    lines = []
    for (a, b), tie in sorted(known.items()):
        if a in at and b in at:
            lines += [(at[a], at[b], "joint")] if tie.joint else []
            lines += [(at[a], at[b], "recorded")] if tie.is_recorded else []
    seated = [n for n, entry in enumerate(entries) if entry.is_seated]
    return circle.draw([len(own) for _letter, _sector, own in sectors], lines, seated)


def _between_sectors(
    chosen: Sequence[Partner], known: dict[tuple[int, int], Tie]
) -> dict[tuple[str, str], int]:
    """Pairs with a recorded link or joint local action, counted under both orders of their two sectors."""
    sector = {partner.pk: partner.sector_id for partner in chosen}
    counts: Counter[tuple[str, str]] = Counter()
    for a, b in known:
        if a in sector and b in sector:
            for pair in {(sector[a], sector[b]), (sector[b], sector[a])}:
                counts[pair] += 1
    return dict(counts)


def _introductions(
    person: Person, footprint: Footprint, place: Place | None, theme: Theme | None
) -> list[Opportunity]:
    found = listing(person, whose="all", place=place and place.pk, theme=theme and theme.pk)
    return list(found.filter(footprint=footprint, kind__in=PAIRS)[:INTRODUCTIONS_SHOWN])


def first_place(person: Person, places: Sequence[Place]) -> Place | None:
    """Where somebody begins: the first of these places that their own partner serves, else the first of all.
    One query, none for those without a partner."""
    served: set[str] = set()
    if person.partner_ids:
        serving = Partner.serves.through.objects.filter(partner__in=person.partner_ids)
        served = set(serving.values_list("place_id", flat=True))
    own = [place for place in places if place.pk in served]
    return next(iter([*own, *places]), None)


CSV_HEADER = ["Partner", "Sector", "Works with", "Its sector", "How", "Since", "Local action"]


def csv_rows(found: Together | None) -> Iterator[list[object]]:
    """One row a partner and how it works with another, under CSV_HEADER; one for each with none recorded."""
    for entry in found.entries if found else ():
        mine = [entry.partner.name, entry.partner.sector.name]
        for each in entry.works_with:
            other = [*mine, each.partner.name, each.partner.sector.name]
            if each.tie.is_recorded:
                yield [*other, "recorded link", each.tie.since, ""]
            for initiative in each.tie.joint:
                yield [*other, "joint local action", None, initiative.name]
        if entry.is_seated:
            yield [*mine, "the others in it", "", "sits in the statutory partnership", None, ""]
        if entry.has_none:
            yield [*mine, "", "", "none recorded, which is not none", None, ""]
