"""The strongest move of several opportunities, in the words of their pages: for documents and lists."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.decided import ACTED_ON, decision_of
from joinedup.opportunities.models import Opportunity, Run
from joinedup.opportunities.queries.reasons import hidden_names, numbers
from joinedup.partners.models import Ask, Partner
from joinedup.support.models import Offer


@dataclass(frozen=True)
class Strongest:
    """What is to be decided, what comes first (empty where that is not for this reader), and by when."""

    decision: str
    first_step: str = ""
    closes: datetime.date | None = None

    @property
    def told(self) -> str:
        """What is to be decided, and by when unless that is said already."""
        if self.closes is None or (by := date_format(self.closes, "j F Y")) in self.decision:
            return self.decision
        return f"{self.decision} {_('By %(day)s.') % {'day': by}}"


def strongest(person: Person, opportunities: Sequence[Opportunity]) -> dict[int, Strongest]:
    """By opportunity (pk) the first of its moves that `person` may read now, as its page begins; without those of which
    none is left. What a person spotted has no moves: it is told as they wrote it. 5 queries."""
    every = [move for each in opportunities for move in each.moves]
    slugs = {id for move in every for id in (*move["initiatives"], *move["support"])}
    slugs |= {party["id"] for move in every for party in move["parties"]}
    seen = _Seen(person, slugs, numbers({id for move in every for id in move["asks"]}))
    hidden = hidden_names(person, opportunities, slugs)
    found = {}
    for each in opportunities:
        if told := _told(each, seen, hidden):
            found[each.pk] = told
    return found


def _told(opportunity: Opportunity, seen: _Seen, hidden: Collection[str]) -> Strongest | None:
    """Of what people act on that alone, as another of its moves is none that they decided on."""
    acted_on = opportunity.state in ACTED_ON
    if not opportunity.moves or (acted_on and decision_of(opportunity) is None):
        text = opportunity.sentence
        said = Strongest(text, opportunity.told_step, opportunity.closes)
        return None if any(name in text for name in hidden) else said
    is_public = opportunity.audience == Run.Audience.PUBLIC
    for move in opportunity.moves[:1] if acted_on else opportunity.moves:
        texts = (move["decision"], move["sentence"])
        if seen.has_all(move, confirmed=is_public) and not any(n in text for n in hidden for text in texts):
            closes = datetime.date.fromisoformat(move["closes"]) if move["closes"] else None
            return Strongest(move["decision"], "" if is_public else move["first_step"], closes)
    return None


class _Seen:
    """Which records a reader may see, and whether their body has confirmed them. 4 queries."""

    def __init__(self, person: Person, slugs: Collection[str], asks: Collection[int]) -> None:
        partners = Partner.objects.visible_to(person)
        self.partners = set(partners.filter(slug__in=slugs).values_list("slug", flat=True))
        self.offers = set(
            Offer.objects.visible_to(person).filter(slug__in=slugs).values_list("slug", flat=True)
        )
        action = Initiative.objects.visible_to(person).filter(slug__in=slugs, partner__in=partners)
        self.initiatives: Mapping[str, Any] = dict(action.values_list("slug", "confirmed_on"))
        lines = Ask.objects.visible_to(person).filter(pk__in=asks, partner__in=partners)
        self.asks = {f"ask-{pk}": day for pk, day in lines.values_list("pk", "confirmed_on")}

    def has_all(self, move: Mapping[str, Any], *, confirmed: bool) -> bool:
        return (
            {party["id"] for party in move["parties"]} <= self.partners
            and set(move["support"]) <= self.offers
            and self._have(move["initiatives"], self.initiatives, confirmed)
            and self._have(move["asks"], self.asks, confirmed)
        )

    @staticmethod
    def _have(ids: Iterable[str], held: Mapping[str, Any], confirmed: bool) -> bool:
        return all(id in held and (held[id] or not confirmed) for id in ids)
