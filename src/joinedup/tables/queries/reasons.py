"""Why somebody sits at a topic: for their own page, for the planner's page, for a table and for what is printed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from joinedup.engines.seating import Person, Topic, why
from joinedup.engines.seating.belonging import CHOSEN, PARTY, PLACE, PLACE_AND_THEME, THEME
from joinedup.events.models import Event
from joinedup.registration.models import Attendee
from joinedup.tables.seating import people_and_topics


class Reasons:
    """Keys of `engines.seating`'s reasons, worked out as they are asked for; empty where nothing says why.

    That a topic about every place is about theirs is no reason.
    """

    def __init__(self, people: Iterable[Person], topics: Iterable[Topic]) -> None:
        self._people = {int(each.id): each for each in people}
        self._topics = {int(each.id): each for each in topics}
        named = [each.places for each in self._people.values()] + [t.places for t in self._topics.values()]
        self._placed = any(named)

    def of(self, number: int, topic: int | None, *, is_seen: bool = True) -> str:
        """Why the person with this registration number belongs at a topic, by its key. For who may not see whole what
        the topic came from (`is_seen`), it tells neither its place nor its partners."""
        if number not in self._people or topic not in self._topics:
            return ""
        person, about = self._people[number], self._topics[topic]
        reason = why(person, about, placed=self._placed)
        if not is_seen and reason == PARTY:
            return ""
        return reason if is_seen and about.places else _without_place(reason)


def reasons(event: Event) -> Reasons:
    """Of everybody with a place, at every topic of the agenda; 11 queries at most."""
    return Reasons(*people_and_topics(event))


def why_here(
    people: Iterable[Attendee], topic: int | None, reasons: Reasons, *, is_seen: bool = True
) -> dict[int, str]:
    """{registration number: why they sit at a topic, said to others}, for adults of whom something says so."""
    said = {
        each.number: told_of_them(reasons.of(each.number, topic, is_seen=is_seen))
        for each in people
        if not each.is_young
    }
    return {number: words for number, words in said.items() if words}


def told_to_them(reason: str) -> str:
    """Why somebody sits at a topic, said to them; empty if nothing says so."""
    return {
        PARTY: _("your organisation is needed for this"),
        CHOSEN: _("you chose this"),
        PLACE_AND_THEME: _("you work there on this"),
        PLACE: _("you work there"),
        THEME: _("you work on this"),
    }.get(reason, "")


def told_of_them(reason: str) -> str:
    """The same, said to others. What a young person chose is told to nobody else."""
    return {
        PARTY: _("is needed for this topic"),
        PLACE_AND_THEME: _("works in its place, on its theme"),
        PLACE: _("works in its place"),
        THEME: _("works on its theme"),
    }.get(reason, "")


def _without_place(reason: str) -> str:
    return {PLACE_AND_THEME: THEME, PLACE: ""}.get(reason, reason)
