"""What is printed before the day: table cards, badges, the list for the door, and a page for each person."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from joinedup.events.models import Event
from joinedup.registration.door_code import code_square
from joinedup.registration.models import Attendee
from joinedup.tables.models import PlanReport, Sitting
from joinedup.tables.queries.reasons import Reasons, reasons, told_to_them
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
    reasons: Reasons | None = None

    def reason(self, person: SeatedPerson, sitting: Sitting) -> str:
        """Why somebody sits at a table, said to them; empty if nothing says so, or the reasons were not asked for."""
        if self.reasons is None:
            return ""
        return told_to_them(self.reasons.of(person.attendee.number, sitting.topic_id))

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


def squares(event: Event, plan: Print) -> dict[int, SafeString]:
    """The square for the door of everybody in the plan who has a place, by registration number; none where the event
    is cancelled. No query."""
    if event.cancelled_on:
        return {}
    found = {}
    for each in plan.people:
        if each.attendee.standing == Attendee.Standing.PLACED:
            each.attendee.event = event
            found[each.attendee.number] = code_square(each.attendee)
    return found


def to_print(event: Event, *, with_reasons: bool = False) -> Print:
    """The stored plan, by round and by person; 3 queries, and 11 more for why everybody sits where."""
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
    said = reasons(event) if with_reasons else None
    return Print(rounds, [people[number] for number in sorted(people)], leaders, said)
