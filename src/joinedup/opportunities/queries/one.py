"""One opportunity with everything that its page shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import ngettext

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.opportunities.queries.lists import parties_seen_by
from joinedup.opportunities.shown_beside import BESIDE
from joinedup.partners.models import Partner
from joinedup.support.models import Offer


def members_copy(person: Person, opportunity: Opportunity) -> int | None:
    """The partnership's copy (pk) of what a member found in the public's list; None where there is none for them."""
    if opportunity.audience != Run.Audience.PUBLIC or opportunity.footprint_id not in person.footprint_ids:
        return None
    copies = Opportunity.objects.visible_to(person).filter(
        footprint=opportunity.footprint_id, audience=Run.Audience.PARTNERSHIP, key=opportunity.key
    )
    return copies.values_list("pk", flat=True).first()


def one(person: Person, pk: int) -> Opportunity | None:
    """The opportunity with everything its page shows, or None where `person` may not see it."""
    if person.footprint_ids or person.partner_ids:
        # Nearly all that members open is of their own lists; whether the public may read one is a long question.
        found = _with_all(person, Opportunity.objects.shared_with(person), pk)
        if found is not None:
            return found
    return _with_all(person, Opportunity.objects.visible_to(person), pk)


def _with_all(person: Person, seen: QuerySet[Opportunity], pk: int) -> Opportunity | None:
    return (
        seen.select_related("place", "theme", "footprint", "assigned_to")
        .prefetch_related(
            parties_seen_by(person),
            # Their markings may have changed since the run: no page shows what its reader may not see.
            Prefetch("initiatives", Initiative.objects.visible_to(person)),
            Prefetch("offers", Offer.objects.visible_to(person)),
            Prefetch(
                "answers",
                Answer.objects.filter(partner__in=Partner.objects.visible_to(person)).select_related(
                    "partner", "initiative"
                ),
            ),
            "agreements",
            "places",
            *[beside(person) for beside in BESIDE],
        )
        .filter(pk=pk)
        .first()
    )


def parties_of(person: Person, opportunity: Opportunity) -> list[Partner]:
    """The named partners that `person` speaks for."""
    return [p for p in opportunity.parties.all() if p.pk in person.partner_ids]


@dataclass(frozen=True)
class Named:
    """A partner that an opportunity names, and what it said; None where it has not answered, or for the public."""

    partner: Partner
    answer: Answer | None

    @property
    def rank(self) -> int:
        return _ORDER[self.answer.word if self.answer else ""]


# Who is interested stands first, then who does it already; who has not answered, then who said no.
_ORDER = {Answer.Word.INTERESTED.value: 0, Answer.Word.ALREADY.value: 1, "": 2, Answer.Word.NOT_US.value: 3}


def named(opportunity: Opportunity) -> list[Named]:
    """Whom it names, those who answered "interested" first. What they said is for the partnership: the public reads
    its own copy. Uses what `one` fetched."""
    shared = opportunity.audience == Run.Audience.PARTNERSHIP
    said: dict[int, Answer] = {}
    for answer in opportunity.answers.all() if shared else ():
        # The best of what it said to several moves: interested in one is interested.
        kept = said.get(answer.partner_id)
        if kept is None or _ORDER[answer.word] < _ORDER[kept.word]:
            said[answer.partner_id] = answer
    everyone = [Named(partner, said.get(partner.pk)) for partner in opportunity.parties.all()]
    return sorted(everyone, key=lambda each: each.rank)


def standing(everyone: list[Named]) -> str:
    """ "2 are interested, 1 already does it"; empty where nobody answered."""
    words = Counter(each.answer.word for each in everyone if each.answer)
    parts = [
        ngettext(one, many, words[word]) % {"number": words[word]}
        for word, one, many in (
            (Answer.Word.INTERESTED, "%(number)s is interested", "%(number)s are interested"),
            (Answer.Word.ALREADY, "%(number)s already does it", "%(number)s already do it"),
            (Answer.Word.NOT_US, "%(number)s said “not us”", "%(number)s said “not us”"),
        )
        if words[word]
    ]
    return ", ".join(parts)
