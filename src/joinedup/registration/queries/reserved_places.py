"""How the places of an event are taken: in all, and by those for whom some are reserved.

“At least 8 for young people” keeps places free for them until a day, without limiting them to 8. A person counts for
one group only, so that the sums are plain: a young person, and the adult they come with, for young people; other
adults for the sector of their organisation, or for those who come for themselves. Whoever has a place keeps it when
places are reserved later. See docs/decisions/reserved-places.md.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from joinedup.events.models import Event
from joinedup.registration.models import Attendee, Reservation

Standing = Attendee.Standing
YOUNG, RESIDENTS = Reservation.Group.YOUNG.value, Reservation.Group.RESIDENTS.value


def group_of(attendee: Attendee, bringing: Iterable[int | None] = ()) -> str:
    """The group whose places somebody takes; `bringing`: keys of the companions of young people. No query."""
    if attendee.is_young or attendee.pk in bringing:
        return YOUNG
    if attendee.sector_id:
        return f"sector:{attendee.sector_id}"
    return RESIDENTS if attendee.is_resident else ""


@dataclass
class Room:
    """Places as they are given out: `taken` and `reserved` by group."""

    capacity: int
    taken: Counter[str] = field(default_factory=Counter)
    reserved: dict[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Places that nobody has, reserved or not."""
        return self.capacity - self.taken.total()

    def kept(self, also: Counter[str] | None = None) -> int:
        """Places that reservations still ask for, if `also` had places too."""
        more = also or Counter()
        return sum(max(0, n - self.taken[key] - more[key]) for key, n in self.reserved.items())

    def open_to(self, group: str) -> int:
        """How many people of a group could have a place now."""
        number = 0
        while self.holds(Counter({group: number + 1})):
            number += 1
        return number

    def holds(self, who: Counter[str]) -> bool:
        """Whether all of these can have a place. More may be reserved than is free, where places were given before:
        then a person may have one if that leaves no group with less than it has now."""
        lacking = max(0, self.kept() - self.free)
        left = self.free - who.total()
        return left >= 0 and self.kept(who) - left <= lacking

    def give(self, who: Counter[str]) -> None:
        self.taken.update(who)


def reservations(event: Event, on: datetime.date | None = None) -> list[Reservation]:
    """Those in force on a day, by default today; 1 query."""
    return list(event.reservations.filter(until__gte=on or timezone.localdate()).select_related("sector"))


def companions_of(everybody: Iterable[Attendee]) -> set[int]:
    """Keys of those with whom a young person who counts comes."""
    return {each.companion_id for each in everybody if each.companion_id and each.is_coming}


def room_of(
    event: Event,
    everybody: Iterable[Attendee] | None = None,
    in_force: Iterable[Reservation] | None = None,
) -> Room:
    """The places of an event as they are now; 2 queries, or fewer with `everybody` who counts and the reservations in
    force."""
    if everybody is None:
        coming = event.attendees.filter(Q(standing__in=Attendee.COMING) | Q(keeps_place=True))
        everybody = coming.only(
            "event", "standing", "keeps_place", "parts", "companion", "sector", "unlisted", "unlisted_settled"
        )
    counted = list(everybody)
    kept = reservations(event) if in_force is None else in_force
    bringing = companions_of(counted)
    has_place = (each for each in counted if each.standing == Standing.PLACED or each.keeps_place)
    return Room(
        capacity=event.capacity,
        taken=Counter(group_of(each, bringing) for each in has_place),
        reserved={each.key: each.places for each in kept},
    )


@dataclass(frozen=True)
class ReservedPlaces:
    """One reservation as a page shows it: how many of its group have a place, and how many are still kept."""

    reservation: Reservation
    taken: int
    left: int
    is_over: bool


@dataclass(frozen=True)
class Places:
    """`kept`: how many of the free places are for some only; `lacking`: how many of those asked for are not there,
    since others had places before."""

    capacity: int
    taken: int
    free: int
    kept: int
    lacking: int
    rows: list[ReservedPlaces]

    @property
    def is_full(self) -> bool:
        return self.free <= 0

    @property
    def is_kept_for_some(self) -> bool:
        """Places are left, all of them for some only."""
        return 0 < self.free <= self.kept

    @property
    def kept_for(self) -> list[ReservedPlaces]:
        return [each for each in self.rows if each.left and not each.is_over]


def places_of(event: Event) -> Places:
    """What pages say of an event's places; 2 queries."""
    today = timezone.localdate()
    everything = list(event.reservations.select_related("sector"))
    room = room_of(event, in_force=[each for each in everything if each.until >= today])
    rows = [
        ReservedPlaces(
            each,
            taken=room.taken[each.key],
            left=min(max(0, each.places - room.taken[each.key]), max(0, room.free)),
            is_over=each.until < today,
        )
        for each in everything
    ]
    free, kept = max(0, room.free), room.kept()
    return Places(event.capacity, room.taken.total(), free, min(kept, free), max(0, kept - free), rows)
