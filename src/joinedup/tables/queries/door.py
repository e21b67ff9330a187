"""Queries for the door: who is expected, who is here, and where they sit. Only for those who check people in."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.registration.door_code import code_in
from joinedup.registration.models import Attendee
from joinedup.tables.models import Seat
from joinedup.tables.seating import badge_name

Standing = Attendee.Standing
NO_LETTER = "#"


@dataclass(frozen=True)
class SectorArrivals:
    name: str
    arrived: int
    expected: int


@dataclass(frozen=True)
class ArrivalLine:
    """One person in the list; `young` are those they bring."""

    attendee: Attendee
    label: str
    letter: str
    young: list[Attendee]

    @property
    def late_young(self) -> list[Attendee]:
        return [each for each in self.young if each.arrived_at is None]


@dataclass(frozen=True)
class Door:
    """`expected` and `arrived` count those with a place. `alone`: young people who are here without their
    companion. `letters`: the initials that occur. `others`: those who wait for a place, did not confirm, or
    cancelled."""

    expected: int
    arrived: int
    sectors: list[SectorArrivals]
    alone: list[Attendee]
    letters: list[str]
    lines: list[ArrivalLine]
    others: list[ArrivalLine]
    can_undo: bool


def door(event: Event, *, text: str = "", letter: str = "") -> Door:
    """Everyone at an event as the door needs them; `text` searches name, partner, role and number; 2 queries."""
    everybody = list(event.attendees.select_related("partner", "sector"))
    placed = [each for each in everybody if each.standing == Standing.PLACED]
    young: dict[int, list[Attendee]] = defaultdict(list)
    for each in placed:
        if each.companion_id:
            young[each.companion_id].append(each)
    lines = sorted((_line(each, young) for each in everybody), key=_by_name)
    sought = [each for each in lines if _fits(each, text)]
    here = [each for each in sought if each.attendee.standing == Standing.PLACED]
    return Door(
        expected=len(placed),
        arrived=sum(each.arrived_at is not None for each in placed),
        sectors=_sectors(placed),
        alone=alone(placed),
        letters=sorted({each.letter for each in lines if each.attendee.standing == Standing.PLACED}),
        lines=[each for each in here if not letter or each.letter == letter],
        others=[each for each in sought if each.attendee.standing != Standing.PLACED],
        can_undo=bool(last_release(event)),
    )


def _line(attendee: Attendee, young: dict[int, list[Attendee]]) -> ArrivalLine:
    words = attendee.name or attendee.comes_for
    first = _plain(words)[:1].upper()
    return ArrivalLine(
        attendee, badge_name(attendee), first if first.isalpha() else NO_LETTER, young.get(attendee.pk, [])
    )


def _by_name(line: ArrivalLine) -> tuple[str, int]:
    return _plain(line.attendee.name or line.attendee.comes_for), line.attendee.number


def _plain(text: str) -> str:
    """Without accents and capitals: people who hear a name do not type them."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold().strip()


def _fits(line: ArrivalLine, text: str) -> bool:
    words = _plain(text).replace("no.", " ").split()
    who = line.attendee
    if len(words) == 1 and words[0].isdecimal():
        return str(who.number) == str(int(words[0])) if len(words[0]) < 10 else False
    said = _plain(f"{who.name} {who.comes_for} {who.role}")
    return all(word in said for word in words)


def _sectors(placed: Iterable[Attendee]) -> list[SectorArrivals]:
    counts: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in placed:
        count = counts[each.sector_in_order]
        count[0] += each.arrived_at is not None
        count[1] += 1
    return [
        SectorArrivals(name, arrived, expected)
        for (_order, name), (arrived, expected) in sorted(counts.items())
    ]


def alone(placed: Iterable[Attendee]) -> list[Attendee]:
    """Young people who are here without their companion; no query. Expects everybody with a place."""
    everybody = list(placed)
    here = {each.pk for each in everybody if each.arrived_at is not None}
    return [each for each in everybody if each.is_young and each.pk in here and each.companion_id not in here]


@dataclass(frozen=True)
class ArrivalTable:
    round: int
    table: int
    topic: str
    leads: bool


@dataclass(frozen=True)
class ArrivalCard:
    """What to tell somebody just checked in: where they sit, what they need, and who comes with them."""

    attendee: Attendee
    label: str
    places: list[ArrivalTable]
    young: list[Attendee]
    is_alone: bool


def card(event: Event, pk: int) -> ArrivalCard | None:
    """3 queries."""
    found = event.attendees.select_related("partner", "companion").filter(pk=pk).first()
    if found is None:
        return None
    seats = Seat.objects.filter(attendee=found, sitting__event=event)
    seats = seats.select_related("sitting__table", "sitting__topic").order_by("sitting__round")
    leads, with_whom = "facilitator" in found.parts, found.companion
    return ArrivalCard(
        attendee=found,
        label=badge_name(found),
        places=[
            ArrivalTable(
                s.sitting.round,
                s.sitting.table.number,
                s.sitting.topic.title if s.sitting.topic else "",
                leads,
            )
            for s in seats
        ],
        young=list(found.with_them.filter(standing=Standing.PLACED)),
        is_alone=found.is_young
        and found.arrived_at is not None
        and (with_whom is None or with_whom.arrived_at is None or with_whom.standing != Standing.PLACED),
    )


def by_code(event: Event, typed: str) -> Attendee | None:
    """The attendee with this code, however it was typed or scanned, as a whole address too: case and spaces do not
    matter; 1 query."""
    code = code_in(typed)
    return event.attendees.select_related("partner").filter(code=code).first() if code else None


def companions(event: Event) -> list[Attendee]:
    """Adults who are here, with whom a young person at the door may come; 1 query."""
    here = event.attendees.filter(standing=Standing.PLACED, arrived_at__isnull=False)
    return [each for each in here.select_related("partner") if not each.is_young]


def last_release(event: Event) -> list[int]:
    """The numbers of those last marked as not coming, unless that was undone; 1 query."""
    entries = AuditEntry.objects.filter(record="events.event", record_id=str(event.pk))
    last = entries.filter(action__in=["event.release_absent", "event.bring_back"]).order_by("-pk").first()
    if last is None or last.action != "event.release_absent":
        return []
    return list((last.after or {}).get("numbers", []))


ARRIVALS_HEADER = ["No.", "Who", "Role", "Partner", "Sector", "Standing", "Arrived at"]


def arrival_rows(event: Event) -> Iterator[list[object]]:
    """Everybody who confirmed, as rows under ARRIVALS_HEADER; no addresses and no needs; 1 query."""
    gone = [Standing.HELD, Standing.LAPSED]
    for each in event.attendees.exclude(standing__in=gone).select_related("partner", "sector"):
        at = f"{timezone.localtime(each.arrived_at):%H:%M}" if each.arrived_at else ""
        yield [
            each.number,
            each.name,
            each.role,
            each.comes_for,
            each.sector_in_order[1],
            each.get_standing_display(),
            at,
        ]
