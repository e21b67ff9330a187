"""What stands beside an opportunity: similar ones, and whether it may be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from joinedup.accounts.person import Person
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries import lists

SIMILAR = 3
# So many partners in common make two opportunities alike wherever they are.
IN_COMMON = 2


@dataclass(frozen=True)
class Beside:
    similar: list[Opportunity] = field(default_factory=list)
    may_withdraw: bool = False


def of(person: Person, opportunity: Opportunity) -> Beside:
    """Everything beside one opportunity that `person` may see; 1 query. Wants parties prefetched."""
    return Beside(similar(person, opportunity), may_withdraw(person, opportunity))


def similar(person: Person, opportunity: Opportunity) -> list[Opportunity]:
    """The best open ones like it that `person` may see: same place and theme, or two partners in common. 1 query."""
    names = [partner.pk for partner in opportunity.parties.all()]
    found = like(person, opportunity.place_id, opportunity.theme_id, names)
    # The public's copy of an opportunity is not another one.
    return list(found.exclude(footprint=opportunity.footprint_id, key=opportunity.key)[:SIMILAR])


def like(
    person: Person, place: str, theme: str | None, partner_ids: Iterable[int] = ()
) -> QuerySet[Opportunity]:
    """Open opportunities that `person` may see like one that may not be stored yet, best first."""
    condition = Q(place=place, theme=theme) if theme else Q(pk__in=[])
    names = list(partner_ids)
    if len(names) >= IN_COMMON:
        naming = Opportunity.objects.filter(parties__in=names).order_by()
        shared = naming.annotate(number=Count("pk")).filter(number__gte=IN_COMMON)
        condition |= Q(pk__in=shared.values("pk"))
    return lists.listing(person, whose="all").filter(condition).prefetch_related(None)


def may_withdraw(person: Person, opportunity: Opportunity) -> bool:
    """Whoever spotted it may take it back while nobody has decided about it."""
    own = person.user_id is not None and opportunity.spotted_by_id == person.user_id
    return own and opportunity.is_spotted and opportunity.state == Opportunity.State.SUGGESTED
