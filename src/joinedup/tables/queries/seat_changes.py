"""What it would cost to move somebody by hand, in words: for planners. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

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
    """Every table of the room for one person in one round, in order; 18 queries.

    Raises ValidationError if they are not there in that round.
    """
    problem, plan = problem_of(event), stored_plan(event)
    at = [row[1] for row in plan.assignments if row[0] == number]
    here = {row[1] for row in plan.assignments if row[0] == number and row[3] == str(attendee.number)}
    most = {table.id: table.seats_max for table in problem.tables}
    titles = {topic.id: topic.title for topic in problem.topics}
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
            words=effect_words(each.effect, titles),
            breaks=[finding.sentence for finding in each.newly_broken],
        )
        for each in places
    ]


def partners(event: Event, attendee: Attendee, number: int, table: int) -> list[SwapPartner]:
    """Everyone at a table with whom one person could swap places in one round, those who break no rule first,
    then by cost; 19 queries. Empty if the person has no seat to give."""
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
    titles = {topic.id: topic.title for topic in problem.topics}
    goals = ("topic_parties", "belonging", "new_meetings", "sector_mix")
    found.sort(key=lambda each: (len(each.newly_broken), [-each.cost[goal] for goal in goals]))
    return [
        SwapPartner(
            people[each.person],
            effect_words(each.effect, titles),
            [finding.sentence for finding in each.newly_broken],
        )
        for each in found
        if each.person in people
    ]


def _named(attendee: Attendee, number: int) -> dict[str, object]:
    return {"who": attendee.name or _("No. %(number)s") % {"number": attendee.number}, "round": number}


def effect_words(effect: engine.Effect, titles: Mapping[str, str]) -> list[str]:
    """What a change does to whom, the most important first; a single line if nobody gains or loses by it.

    `titles`: those of the topics, by id.
    """
    nowhere, lose = len(effect.nowhere), len(effect.lose) - len(effect.nowhere)
    counted = (
        (
            nowhere,
            ngettext_lazy(
                "%(number)s person would have no table at all where they have something to say",
                "%(number)s people would have no table at all where they have something to say",
                "number",
            ),
        ),
        (
            lose,
            ngettext_lazy(
                "%(number)s person would no longer sit where they have something to say",
                "%(number)s people would no longer sit where they have something to say",
                "number",
            ),
        ),
        (
            len(effect.gain),
            ngettext_lazy(
                "%(number)s person would sit where they have something to say, and does not now",
                "%(number)s people would sit where they have something to say, and do not now",
                "number",
            ),
        ),
        (
            len(effect.meet_nobody),
            ngettext_lazy(
                "%(number)s person would meet nobody new in this round",
                "%(number)s people would meet nobody new in this round",
                "number",
            ),
        ),
        (
            len(effect.meet_somebody),
            ngettext_lazy(
                "%(number)s person would meet somebody new in this round, and does not now",
                "%(number)s people would meet somebody new in this round, and do not now",
                "number",
            ),
        ),
        (
            -effect.meetings,
            ngettext_lazy(
                "%(number)s pair of people from different organisations would not meet",
                "%(number)s pairs of people from different organisations would not meet",
                "number",
            ),
        ),
        (
            effect.meetings,
            ngettext_lazy(
                "%(number)s more pair of people from different organisations would meet",
                "%(number)s more pairs of people from different organisations would meet",
                "number",
            ),
        ),
    )
    parted = _("“%(topic)s” would not have all the partners it needs at one table")
    joined = _("“%(topic)s” would have all the partners it needs at one table")
    lines = [parted % {"topic": titles.get(each, each)} for each in effect.parted]
    lines += [joined % {"topic": titles.get(each, each)} for each in effect.joined]
    lines += [words % {"number": number} for number, words in counted if number > 0]
    lines += [
        _("Everybody at table %(table)s would be of one sector") % {"table": each}
        for each in effect.one_sector
    ]
    return lines or [_("Nobody gains or loses by it")]
