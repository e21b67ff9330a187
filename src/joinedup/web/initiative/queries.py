"""Everything that the page of one initiative shows a reader, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.accounts.queries import HistoryLine, history_of
from joinedup.agreements.models import Agreement
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import standing
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.partners.queries import shares_a_partnership, visible_partners


@dataclass(frozen=True)
class Origin:
    """Where an initiative came from: agreement, the table where it was made, the opportunity behind it.

    `opportunity` is None if there was none or the reader may not see it. `shows_table`: the reader belongs to
    the partnership whose event it was, and may follow a link to the table.
    """

    agreement: Any
    opportunity: Any
    shows_table: bool


@dataclass(frozen=True)
class InitiativePage:
    """`lead` is None if the reader may not see who leads it. `named` is None for those who may not change it."""

    initiative: Initiative
    standing: str
    lead: Partner | None
    co_partners: list[Partner]
    named: list[Partner] | None
    offers: list[Any]
    commitments: list[Any]
    updates: list[Any]
    origin: Origin | None
    opportunities: list[Any]
    history: list[HistoryLine] | None


def initiative_page(person: Person, slug: str) -> InitiativePage | None:
    """What `person` may see of the initiative; None if they may not know that it exists.

    14 queries at most: which are left out depends on the reader, never on how much there is to show.
    """
    visible = Initiative.objects.visible_to(person).select_related("partner", "approach")
    fetched = visible.prefetch_related(
        "partner__footprints", "co_partners", "named", "places", "themes", "commitments"
    )
    initiative: Initiative | None = fetched.filter(slug=slug).first()
    if initiative is None:
        return None
    shared, named = list(initiative.co_partners.all()), list(initiative.named.all())
    seen = visible_partners(person, [initiative.partner_id, *(p.pk for p in shared + named)])
    found = initiative.opportunities.visible_to(person).exclude(state__in=["dismissed", "gone"])
    changes = may(person, "initiative.change", initiative)
    inside = changes or shares_a_partnership(person, initiative.partner)
    return InitiativePage(
        initiative=initiative,
        standing=standing(initiative, timezone.localdate()),
        lead=seen.get(initiative.partner_id),
        co_partners=[seen[p.pk] for p in shared if p.pk in seen],
        named=[seen[p.pk] for p in named if p.pk in seen] if changes else None,
        offers=list(initiative.offers.visible_to(person)),
        commitments=list(initiative.commitments.all()),
        updates=list(initiative.updates.select_related("commitment")),
        origin=_origin(person, initiative),
        opportunities=_once(found.select_related("place", "theme")),
        history=history_of(initiative) if inside else None,
    )


def _once(found: Any) -> list[Any]:
    """If both a partnership and the public have one, only the partnership's is listed."""
    once: dict[tuple[int, str], Any] = {}
    for row in found.order_by(F("score").desc(nulls_last=True), "audience", "key"):
        once.setdefault((row.footprint_id, row.key), row)
    return list(once.values())


def _origin(person: Person, initiative: Initiative) -> Origin | None:
    """2 queries at most."""
    chain = Agreement.objects.visible_to(person).filter(initiative=initiative)
    agreement = chain.select_related("event", "sitting__table", "sitting__topic", "place", "theme").first()
    if agreement is None:
        return None
    topic = agreement.sitting.topic if agreement.sitting else None
    behind = agreement.opportunity_id or (topic.opportunity_id if topic else None)
    return Origin(
        agreement=agreement,
        opportunity=Opportunity.objects.visible_to(person)
        .select_related("place", "theme")
        .filter(pk=behind)
        .first()
        if behind
        else None,
        shows_table=person.is_operator or agreement.event.footprint_id in person.footprint_ids,
    )
