"""What it would cost to move somebody by hand, in words: for planners. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.engines import seating as engine
from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.seating import problem_of, stored_plan


@dataclass(frozen=True)
class Option:
    """One table for one person in one round: what a move there would cost, and the rules it would newly
    break."""

    table: int
    is_here: bool
    people: int
    most: int
    cost: Mapping[str, float]
    words: list[str]
    breaks: list[str]

    @property
    def is_full(self) -> bool:
        return not self.is_here and self.people >= self.most


@dataclass(frozen=True)
class SwapPartner:
    """Somebody to change places with."""

    attendee: Attendee
    words: list[str]
    breaks: list[str]


def options(event: Event, attendee: Attendee, number: int) -> list[Option]:
    """Every table of the room for one person in one round, in order; 12 queries.

    Raises ValidationError if they are not there in that round.
    """
    problem, plan = problem_of(event), stored_plan(event)
    at = [row[1] for row in plan.assignments if row[0] == number]
    here = {row[1] for row in plan.assignments if row[0] == number and row[3] == str(attendee.number)}
    most = {table.id: table.seats_max for table in problem.tables}
    try:
        places = engine.moves(problem, plan, str(attendee.number), number)
    except ValueError as error:
        raise ValidationError(
            _("%(who)s does not come to round %(round)s.") % _named(attendee, number)
        ) from error
    return [
        Option(
            table=int(each.table),
            is_here=each.table in here,
            people=at.count(each.table),
            most=most[each.table],
            cost=each.cost,
            words=cost_words(each.cost),
            breaks=[finding.sentence for finding in each.newly_broken],
        )
        for each in places
    ]


def partners(event: Event, attendee: Attendee, number: int, table: int) -> list[SwapPartner]:
    """Everyone at a table with whom one person could swap places in one round, those who break no rule first,
    then by cost; 13 queries. Empty if the person has no seat to give."""
    problem, plan = problem_of(event), stored_plan(event)
    try:
        found = engine.swaps(problem, plan, str(attendee.number), number, str(table))
    except ValueError:
        return []
    numbers = [int(each.person) for each in found]
    people = {
        str(each.number): each
        for each in event.attendees.filter(number__in=numbers).select_related("partner")
    }
    goals = ("topic_parties", "new_meetings", "sector_mix", "interest")
    found.sort(key=lambda each: (len(each.newly_broken), [-each.cost[goal] for goal in goals]))
    return [
        SwapPartner(
            people[each.person],
            cost_words(each.cost),
            [finding.sentence for finding in each.newly_broken],
        )
        for each in found
        if each.person in people
    ]


def _named(attendee: Attendee, number: int) -> dict[str, object]:
    return {"who": attendee.name or _("No. %(number)s") % {"number": attendee.number}, "round": number}


def cost_words(cost: Mapping[str, float]) -> list[str]:
    """What changes, the most important goal first; a single line if nothing does."""
    lines = []
    if parties := round(cost["topic_parties"], 2):
        lines.append(_change(_("Weight of topics whose partners meet"), parties, f"{abs(parties):.2f}"))
    meetings = round(cost["new_meetings"])
    if meetings > 0:
        more = ngettext("%(number)s new meeting more", "%(number)s new meetings more", meetings)
        lines.append(more % {"number": meetings})
    elif meetings < 0:
        fewer = ngettext("%(number)s new meeting fewer", "%(number)s new meetings fewer", -meetings)
        lines.append(fewer % {"number": -meetings})
    for goal, what in (
        ("sector_mix", _("Mix of sectors")),
        ("interest", _("Seats at a topic people asked for")),
    ):
        if points := round(100 * cost[goal], 1):
            lines.append(_change(what, points, f"{abs(points):.1f}%"))
    return lines or [_("Nothing gets better or worse")]


def _change(what: str, value: float, amount: str) -> str:
    words = _("%(what)s: better by %(amount)s") if value > 0 else _("%(what)s: worse by %(amount)s")
    return words % {"what": what, "amount": amount}
