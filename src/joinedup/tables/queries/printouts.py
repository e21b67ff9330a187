"""What is printed before the day: table cards, badges, the list for the door, and a page for each person."""

from __future__ import annotations

from dataclasses import dataclass, field

from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.models import PlanReport, Sitting
from joinedup.tables.queries import own_seats
from joinedup.tables.queries.sittings import by_round
from joinedup.tables.seating import badge_name


@dataclass
class SeatedPerson:
    """One person with their table in each round. For a young person only the chosen name and the host are
    printed."""

    attendee: Attendee
    tables: dict[int, Sitting] = field(default_factory=dict)


@dataclass(frozen=True)
class Print:
    """`rounds` are (round, its tables); `leaders` maps (round, table) to the registration numbers of leaders."""

    rounds: list[tuple[int, list[Sitting]]]
    people: list[SeatedPerson]
    leaders: dict[tuple[int, int], int]
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)

    def reason(self, person: SeatedPerson, sitting: Sitting) -> str:
        """Why somebody sits at a table, said to them; empty if nothing says so, or the reasons were not asked for."""
        key = person.attendee.number, sitting.topic_id or 0
        return own_seats.reason_words(self.reasons.get(key, ""))

    @property
    def by_name(self) -> list[SeatedPerson]:
        """In the order used to look people up at the door: by name, then those without one by number."""
        return sorted(
            self.people,
            key=lambda each: (
                not each.attendee.name,
                badge_name(each.attendee).casefold() if each.attendee.name else "",
                each.attendee.number,
            ),
        )


def to_print(event: Event, *, reasons: bool = False) -> Print:
    """The stored plan, by round and by person; 3 queries, and 15 more for why everybody sits where."""
    rounds = by_round(event)
    people: dict[int, SeatedPerson] = {}
    for number, tables in rounds:
        for table in tables:
            for seat in table.seats.all():
                person = people.setdefault(seat.attendee.number, SeatedPerson(seat.attendee))
                person.tables[number] = table
    kept = PlanReport.objects.filter(event=event).first()
    leads = kept.report.get("leaders", []) if kept else []
    leaders = {(number, int(table)): int(who) for number, table, who in leads}
    said = own_seats.reasons(event) if reasons else {}
    return Print(rounds, [people[number] for number in sorted(people)], leaders, said)
