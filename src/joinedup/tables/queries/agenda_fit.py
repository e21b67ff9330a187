"""Before the tables are planned: how many of those who come belong to each topic, and which topics would serve more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from joinedup.engines.seating import Person, has_places, places_that_count, why
from joinedup.engines.seating import Topic as Subject
from joinedup.events.models import Event, Topic
from joinedup.places.models import Place
from joinedup.places.neighbours import neighbours_of
from joinedup.places.queries import around_each
from joinedup.tables.seating import NOT_KNOWN, not_served, problem_of

# How many proposals are shown, how many neighbours one adds at most, and how many people make one worth showing.
PROPOSALS, MERGES, FURTHER_PLACES, WORTH_IT = 5, 2, 3, 2
# As many topics as a person can have in the table of how many they have.
MANY = 3

# The keys of topics, and the codes of the places that they would be about together.
Change = tuple[list[str], list[str]]


@dataclass(frozen=True)
class TopicFit:
    """Of those who come: `belong` at this topic; of them `needed` as a partner it needs or because a young person chose
    it, `both` by place and theme, `by_place` and `by_theme` by one of the two."""

    belong: int
    needed: int
    both: int
    by_place: int
    by_theme: int

    @property
    def parts(self) -> list[str]:
        """The same in words, what nobody is left out."""
        said = (
            (self.needed, _("%(number)s needed there, or young people who chose it")),
            (self.both, _("%(number)s work there on this")),
            (self.by_place, _("%(number)s work there")),
            (self.by_theme, _("%(number)s work on this elsewhere")),
        )
        return [words % {"number": number} for number, words in said if number]


@dataclass(frozen=True)
class Proposal:
    """A change of the agenda that serves more of those who come: topics put together, or one about further places.

    `serves`: how many of those without any topic about a place they serve would have one; `belong` and `belonged`: how
    many belong at the topic then, and at the largest of its topics now.
    """

    topic: Topic
    others: list[Topic]
    places: list[Place]
    serves: int
    belong: int
    belonged: int

    @property
    def others_named(self) -> str:
        return get_text_list([f"“{each.title}”" for each in self.others], _("and"))

    @property
    def places_named(self) -> str:
        return get_text_list([place.name for place in self.places], _("and"))


@dataclass(frozen=True)
class AgendaFit:
    """`people`: how many come. `fits`: by topic key. `topics_each`: how many people have 0, 1, 2, 3 or more topics
    where they have something to say. `not_served`: how many have no topic about a place they serve, `unknown` of them
    because no place of their organisation is known."""

    people: int
    fits: dict[int, TopicFit]
    topics_each: list[tuple[int, int]]
    not_served: int
    unknown: int
    proposals: list[Proposal]


def agenda_fit(event: Event) -> AgendaFit | None:
    """The whole of it, 22 queries; None while nobody comes or nothing is on the agenda."""
    try:
        problem = problem_of(event)
    except ValidationError:
        return None
    topics = {str(t.pk): t for t in event.topics.filter(is_chosen=True).prefetch_related("places")}
    if not problem.people or not problem.topics:
        return None
    placed = has_places(problem)
    reasons = {k.id: [why(p, k, placed=placed) for p in problem.people] for k in problem.topics}
    each = Counter(
        min(MANY, sum(bool(reasons[k.id][n]) for k in problem.topics)) for n in range(len(problem.people))
    )
    named = any(k.places for k in problem.topics)
    without = {p.id for p in not_served(problem)}
    return AgendaFit(
        people=len(problem.people),
        fits={int(key): _fit(found) for key, found in reasons.items()},
        topics_each=[(n, each[n]) for n in range(MANY + 1)],
        not_served=len(without),
        unknown=sum(p.places == (NOT_KNOWN,) for p in not_served(problem)),
        proposals=_Proposals(event, problem.people, problem.topics, topics).found(without) if named else [],
    )


def _fit(reasons: Iterable[str]) -> TopicFit:
    count = Counter(reasons)
    return TopicFit(
        belong=sum(n for reason, n in count.items() if reason),
        needed=count["party"] + count["chosen"],
        both=count["place_and_theme"],
        by_place=count["place"],
        by_theme=count["theme"],
    )


class _Proposals:
    """What could be put together, or be about further places, for those who come."""

    def __init__(
        self,
        event: Event,
        people: tuple[Person, ...],
        subjects: tuple[Subject, ...],
        topics: dict[str, Topic],
    ) -> None:
        self.people = people
        self.subjects = {each.id: each for each in subjects}
        self.topics = topics
        self.about = {key: [place.pk for place in topic.places.all()] for key, topic in topics.items()}
        own = list(event.footprint.places.all()) if event.footprint else []
        self.places = {
            place.pk: place
            for place in [*own, *(place for topic in topics.values() for place in topic.places.all())]
        }
        self.near = neighbours_of(self.places.keys())
        served = {code for person in people for code in person.places}
        self.around = around_each({*self.places, *served})
        self.served = served
        self.counts: dict[tuple[str, ...], frozenset[str]] = {}

    def found(self, without: set[str]) -> list[Proposal]:
        """Topics to put together first, which frees tables too; then the best wider ones, each on top of those before
        it, so that no two serve the same people."""
        left, used = set(without), set[str]()
        made: list[Proposal] = []
        while len(made) < PROPOSALS:
            tried = self._merges(used) if len(made) < MERGES else []
            tried = tried or [
                each for each in self._wider(used, left) if len(self._serving(each[1]) & left) >= WORTH_IT
            ]
            if not tried:
                break
            keys, places = max(tried, key=lambda each: self._order(each, left))
            used |= set(keys)
            made.append(self._proposal(keys, places, without))
            left -= self._serving(places)
        return made

    def _order(self, change: Change, left: set[str]) -> tuple[int, ...]:
        keys, places = change
        served, belong = self._serving(places), self._belonging(keys, places)
        return len(served & left), len(belong), -len(places), -int(keys[0])

    def _merges(self, used: set[str]) -> list[Change]:
        """Topics of one theme about places that border on each other."""
        found = []
        keys = [
            key for key in self.topics if key not in used and self.about[key] and self.topics[key].theme_id
        ]
        for n, key in enumerate(keys):
            group, places = [key], list(self.about[key])
            for other in keys[n + 1 :]:
                touch = any(
                    place in self.near.get(each, ()) or place == each
                    for place in self.about[other]
                    for each in places
                )
                if self.topics[other].theme_id == self.topics[key].theme_id and touch:
                    group.append(other)
                    places += [place for place in self.about[other] if place not in places]
            if len(group) > 1:
                found.append((group, places))
        return found

    def _wider(self, used: set[str], left: set[str]) -> list[Change]:
        """Each topic with the neighbours that most people serve who have no topic yet, one after the other."""
        found = []
        for key in self.topics:
            if key in used or not self.about[key]:
                continue
            places = list(self.about[key])
            for _step in range(FURTHER_PLACES):
                near = {code for place in places for code in self.near.get(place, ())} - set(places)
                now = self._serving(places) & left
                gains = {code: len((self._serving([*places, code]) & left) - now) for code in sorted(near)}
                best = max(gains, key=lambda code: gains[code], default="")
                if not best or not gains[best]:
                    break
                places.append(best)
            if len(places) > len(self.about[key]):
                found.append(([key], places))
        return found

    def _serving(self, places: list[str]) -> frozenset[str]:
        """Who serves one of these places, or what lies around or inside it."""
        key = tuple(places)
        if key not in self.counts:
            counted = set(places_that_count(places, self.served, self.around))
            self.counts[key] = frozenset(p.id for p in self.people if not counted.isdisjoint(p.places))
        return self.counts[key]

    def _belonging(self, keys: list[str], places: list[str]) -> frozenset[str]:
        """Who would have something to say at these topics as one, about these places."""
        subjects = [self.subjects[key] for key in keys]
        whole = replace(
            subjects[0],
            parties=tuple(party for each in subjects for party in each.parties),
            places=places_that_count(places, self.served, self.around),
        )
        found = [p.id for p in self.people if why(p, whole) or not set(keys).isdisjoint(p.choices)]
        return frozenset(found)

    def _proposal(self, keys: list[str], places: list[str], without: set[str]) -> Proposal:
        own = set(self.about[keys[0]])
        further = [self.places[code] for code in places if len(keys) > 1 or code not in own]
        return Proposal(
            topic=self.topics[keys[0]],
            others=[self.topics[key] for key in keys[1:]],
            places=further,
            serves=len(self._serving(places) & without),
            belong=len(self._belonging(keys, places)),
            belonged=max(len(self._belonging([key], self.about[key])) for key in keys),
        )
