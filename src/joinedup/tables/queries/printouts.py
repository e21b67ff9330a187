"""What is printed before the day: cards for tables, badges, the list for the door, a page for each person."""

from __future__ import annotations

from dataclasses import dataclass, field

from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.models import PlanReport, Sitting
from joinedup.tables.queries.sittings import by_round
from joinedup.tables.seating import badge_name


@dataclass
class Seated:
    """One person with their table in each round. Of a young person nothing but the name they chose and their host is
    printed."""

    attendee: Attendee
    tables: dict[int, Sitting] = field(default_factory=dict)


@dataclass(frozen=True)
class Print:
    """`rounds` are (round, its tables); `leaders` who leads, by registration number, at (round, table)."""

    rounds: list[tuple[int, list[Sitting]]]
    people: list[Seated]
    leaders: dict[tuple[int, int], int]

    @property
    def by_name(self) -> list[Seated]:
        """As one looks people up at the door: by name, then those who gave none by their number."""
        return sorted(
            self.people,
            key=lambda each: (
                not each.attendee.name,
                badge_name(each.attendee).casefold() if each.attendee.name else "",
                each.attendee.number,
            ),
        )


def to_print(event: Event) -> Print:
    """The stored plan, by round and by person; 3 queries."""
    rounds = by_round(event)
    people: dict[int, Seated] = {}
    for number, tables in rounds:
        for table in tables:
            for seat in table.seats.all():
                person = people.setdefault(seat.attendee.number, Seated(seat.attendee))
                person.tables[number] = table
    kept = PlanReport.objects.filter(event=event).first()
    leads = kept.report.get("leaders", []) if kept else []
    leaders = {(number, int(table)): int(who) for number, table, who in leads}
    return Print(rounds, [people[number] for number in sorted(people)], leaders)
