"""Answers to one opportunity that contradict each other: one body already does it, and to the same thing another, or
another of its own people, says “not us”.

It is settled when one of them answers otherwise, or when whoever coordinates says what holds there; a later answer that
contradicts brings it back.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.opportunities.queries.lists import UNDECIDED
from joinedup.opportunities.queries.who import ANSWER_DAYS
from joinedup.partners.models import Partner

Word = Answer.Word


@dataclass(frozen=True)
class Contradiction:
    """`said`: the answers that contradict each other, the earliest first."""

    opportunity: Opportunity
    said: list[Answer]

    @property
    def is_settled(self) -> bool:
        """Whether a coordinator said what holds there, after the last of these answers."""
        at = self.opportunity.answers_settled_at
        return at is not None and at >= max(each.at for each in self.said)


def contradiction(opportunity: Opportunity, answers: Iterable[Answer]) -> Contradiction | None:
    """Of these answers to it; None where there is none, or nothing is left to decide. No query."""
    if opportunity.audience != Run.Audience.PARTNERSHIP or opportunity.state not in UNDECIDED:
        return None
    every, today = list(answers), timezone.localdate()
    yes = [each for each in every if each.word == Word.ALREADY]
    no = [each for each in every if each.word == Word.NOT_US and _holds(each, today)]
    pairs = [(one, other) for one in yes for other in no if _of_the_same(one, other)]
    said = {each.pk: each for pair in pairs for each in pair}
    return Contradiction(opportunity, sorted(said.values(), key=lambda each: each.at)) if said else None


def _of_the_same(one: Answer, other: Answer) -> bool:
    """Both are about one move, or one of them is about all of it."""
    return one.move == other.move or not (one.move and other.move)


def _holds(answer: Answer, today: datetime.date) -> bool:
    until = answer.until or timezone.localdate(answer.at) + datetime.timedelta(days=ANSWER_DAYS)
    return until >= today


def contradictions(person: Person) -> list[Contradiction]:
    """Those to settle in the partnerships that `person` coordinates, the newest first; 1 query."""
    by_opportunity: dict[int, list[Answer]] = defaultdict(list)
    for each in _answers(person):
        by_opportunity[each.opportunity_id].append(each)
    found = [contradiction(answers[0].opportunity, answers) for answers in by_opportunity.values()]
    open_ones = [each for each in found if each is not None and not each.is_settled]
    return sorted(open_ones, key=lambda each: each.said[-1].at, reverse=True)


def _answers(person: Person) -> QuerySet[Answer]:
    mine = Opportunity.objects.shared_with(person).filter(
        footprint__in=person.coordinated_ids, state__in=UNDECIDED
    )
    return Answer.objects.filter(
        word__in=[Word.ALREADY, Word.NOT_US],
        opportunity__in=mine.values("pk"),
        partner__in=Partner.objects.visible_to(person).values("pk"),
    ).select_related("partner", "opportunity__place", "opportunity__theme")
