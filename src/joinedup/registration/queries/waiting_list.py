"""Who waits for a place, in which order, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Q

from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.registration.queries.reserved_places import Room, companions_of, group_of, room_of

Standing = Attendee.Standing


class Why(StrEnum):
    """Why somebody waits: every place is taken; those left are for others; or they wait together and are more."""

    FULL = "full"
    RESERVED = "reserved"
    TOGETHER = "together"


@dataclass
class Party:
    """Those who wait and registered together: one person mostly. `coming_later`: young people who wait for their
    companion to be vouched for."""

    root: int
    members: list[Attendee] = field(default_factory=list)
    together: bool = True
    coming_later: int = 0

    @property
    def number(self) -> int:
        return len(self.members) + self.coming_later


@dataclass(frozen=True)
class Waiting:
    """One person on the waiting list; `position` counts people from 1, and is one number for those who wait
    together. `number`: how many wait together; `free`: how many places are free."""

    attendee: Attendee
    position: int
    why: Why
    number: int
    together: bool
    free: int


@dataclass
class WaitingList:
    """Everybody who counts, the places as they are, and who waits, in order."""

    everybody: list[Attendee]
    room: Room
    parties: list[Party]

    def groups(self, members: list[Attendee], coming_later: int = 0) -> Counter[str]:
        """How many of each group, for `Room`."""
        bringing = companions_of(self.everybody)
        found = Counter(group_of(each, bringing) for each in members)
        if coming_later:
            found["young"] += coming_later
        return found

    def lines(self) -> Iterator[Waiting]:
        position = 1
        for party in self.parties:
            free = max(0, self.room.free)
            if free == 0:
                why = Why.FULL
            elif party.together and party.number > free:
                why = Why.TOGETHER
            else:
                why = Why.RESERVED
            for each in party.members:
                yield Waiting(each, position, why, party.number, party.together, free)
                if not party.together:
                    position += 1
            position += len(party.members) if party.together else 0


def waiting_list(event: Event) -> WaitingList:
    """The waiting list in order of registration; 3 queries."""
    counted = Q(standing__in=[*Attendee.COMING, Standing.ALONE]) | Q(keeps_place=True)
    found = event.attendees.filter(counted).select_related("companion", "partner", "sector", "event")
    everybody = list(found.order_by("number"))
    return WaitingList(everybody, room_of(event, everybody), _parties(event, everybody))


def _parties(event: Event, everybody: list[Attendee]) -> list[Party]:
    known = {each.pk: each for each in everybody}
    leads = dict(event.attendees.filter(colleagues__isnull=False).values_list("pk", "waits_together"))

    def root(each: Attendee) -> int:
        adult = known.get(each.companion_id or 0, each)
        return adult.registered_with_id or adult.pk

    later = Counter(
        each.wanted_companion_id
        for each in everybody
        if each.standing == Standing.ALONE and each.agreed_at and not each.keeps_place
    )
    parties: dict[int, Party] = {}
    for each in everybody:
        if each.standing == Standing.WAITING:
            party = parties.setdefault(root(each), Party(root(each)))
            party.members.append(each)
            party.coming_later += later[each.pk]
    for pk, party in parties.items():
        lead = known.get(pk)
        party.together = lead.waits_together if lead else leads.get(pk, True)
        # Adults first: a young person never has a place before the adult they come with.
        party.members.sort(key=lambda each: (each.pk != pk, each.is_young, each.number))
    return sorted(parties.values(), key=lambda party: min(each.number for each in party.members))


def waiting_of(attendee: Attendee) -> Waiting | None:
    """Where somebody stands on the waiting list; None if they do not wait; 3 queries."""
    if attendee.standing != Standing.WAITING:
        return None
    lines = waiting_list(attendee.event).lines()
    return next((each for each in lines if each.attendee.pk == attendee.pk), None)
