"""What stands beside an opportunity: similar ones, and whether it may be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """Everything beside one opportunity that `person` may see; 2 queries. Wants parties prefetched."""
    return Beside(similar(person, opportunity), may_withdraw(person, opportunity))


def similar(person: Person, opportunity: Opportunity) -> list[Opportunity]:
    """The best open ones like it that `person` may see: same place and theme, or two partners in common. 2 queries."""
    names = [partner.pk for partner in opportunity.parties.all()]
    alike = Opportunity.objects.filter(_alike(opportunity.place_id, opportunity.theme_id, names))
    # The public's copy of an opportunity is not another one.
    others = alike.exclude(footprint=opportunity.footprint_id, key=opportunity.key)
    found = dict(others.order_by().values_list("pk", "footprint"))
    if not found:
        return []
    # What the public may read elsewhere is the longest question of all: asked only where something is elsewhere.
    whose = "own" if person.footprint_ids.issuperset(found.values()) else "all"
    rows = lists.listing(person, whose=whose).filter(pk__in=found).prefetch_related(None)
    return list(rows.only("sentence", "score", "place__name", "theme__name")[:SIMILAR])


def like(
    person: Person, place: str, theme: str | None, partner_ids: Iterable[int] = ()
) -> QuerySet[Opportunity]:
    """Open opportunities that `person` may see like one that may not be stored yet, best first."""
    return (
        lists.listing(person, whose="all")
        .filter(_alike(place, theme, list(partner_ids)))
        .prefetch_related(None)
    )


def _alike(place: str, theme: str | None, names: Sequence[int]) -> Q:
    condition = Q(place=place, theme=theme) if theme else Q(pk__in=[])
    if len(names) >= IN_COMMON:
        naming = Opportunity.objects.filter(parties__in=names).order_by()
        shared = naming.annotate(number=Count("pk")).filter(number__gte=IN_COMMON)
        condition |= Q(pk__in=shared.values("pk"))
    return condition


def may_withdraw(person: Person, opportunity: Opportunity) -> bool:
    """Whoever spotted it may take it back while nobody has decided about it."""
    own = person.user_id is not None and opportunity.spotted_by_id == person.user_id
    return own and opportunity.is_spotted and opportunity.state == Opportunity.State.SUGGESTED
