"""Everything that the page of a visit or practice card shows a reader, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.accounts.queries import HistoryLine, history_of
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.visits.models import PracticeCard, Visit
from joinedup.visits.queries import find_cards


@dataclass(frozen=True)
class VisitPage:
    """`host` is None if there is none or the reader may not see them; `history` is for the partnership only."""

    visit: Visit
    host: Partner | None
    cards: list[PracticeCard]
    history: list[HistoryLine] | None


@dataclass(frozen=True)
class CardPage:
    """`partner`, `visit`, `initiative`: None if there is none or the reader may not see it."""

    card: PracticeCard
    partner: Partner | None
    visit: Visit | None
    initiative: Initiative | None
    history: list[HistoryLine] | None


def visit_page(person: Person, slug: str) -> VisitPage | None:
    """What `person` may see of a visit; None if they may not know that it exists. 5 queries at most."""
    found: Visit | None = (
        Visit.objects.visible_to(person)
        .select_related("programme", "place", "footprint")
        .filter(slug=slug)
        .first()
    )
    if found is None:
        return None
    hosts = visible_partners(person, [found.host_id]) if found.host_id else {}
    return VisitPage(
        visit=found,
        host=hosts.get(found.host_id or 0),
        cards=list(find_cards(person).filter(visit=found)),
        history=history_of(found) if is_inside(person, found) else None,
    )


def card_page(person: Person, slug: str) -> CardPage | None:
    """What `person` may see of a practice card; None if they may not know that it exists. 6 queries at most."""
    card: PracticeCard | None = find_cards(person).filter(slug=slug).first()
    if card is None:
        return None
    partners = visible_partners(person, [card.partner_id])
    visits = (
        Visit.objects.visible_to(person).filter(pk=card.visit_id) if card.visit_id else Visit.objects.none()
    )
    action = Initiative.objects.visible_to(person)
    told = action.filter(pk=card.initiative_id) if card.initiative_id else action.none()
    return CardPage(
        card=card,
        partner=partners.get(card.partner_id),
        visit=visits.first(),
        initiative=told.first(),
        history=history_of(card) if is_inside(person, card) else None,
    )


def is_inside(person: Person, record: Visit | PracticeCard) -> bool:
    """Whether `person` belongs to the partnership behind it: only they see the names of who changed what."""
    action = "practice.change" if isinstance(record, PracticeCard) else "visit.keep"
    return record.footprint_id in person.footprint_ids or may(person, action, record)
