"""How far each commitment has come, and the chain from it back to the figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.strategy.models import Commitment, Update
from joinedup.taxonomy.models import Theme


def one(ref: str, person: Person) -> QuerySet[Commitment]:
    """A commitment with all that its page shows to `person`; the chain holds only what they may see."""
    initiatives = Initiative.objects.visible_to(person)
    chain: QuerySet[Any] = (
        Agreement.objects.visible_to(person)
        .select_related("event", "sitting__table", "sitting__topic", "theme", "place")
        .prefetch_related(
            "contributions",
            "namings",
            Prefetch("initiative", initiatives),
            Prefetch(
                "opportunity",
                Opportunity.objects.visible_to(person)
                .select_related("place", "theme")
                .prefetch_related(Prefetch("figures", Figure.objects.select_related("place", "dataset"))),
            ),
        )
    )
    return (
        Commitment.objects.filter(ref=ref)
        .select_related("strategy", "part_of")
        .prefetch_related(
            Prefetch(
                "updates",
                Update.objects.select_related("footprint").prefetch_related(
                    Prefetch("initiative", initiatives)
                ),
            ),
            Prefetch("parts", Commitment.objects.prefetch_related("updates")),
            Prefetch("themes", Theme.objects.all()),
            Prefetch("initiatives", initiatives.order_by("name")),
            Prefetch("agreements", chain),
        )
    )


def seen_partners(commitment: Commitment, person: Person) -> dict[int, Partner]:
    """The partners of a commitment from `one` that `person` may see; one query. Others are never named."""
    ids = {each.owner_partner_id for each in commitment.agreements.all()}
    return visible_partners(person, ids | {each.partner_id for each in commitment.initiatives.all()})


def owners_of(commitment: Commitment, person: Person, seen: dict[int, Partner]) -> dict[int, str]:
    """The owner of each agreement, by its key, as `person` may know them: by name only once they have said
    yes; no query."""
    return {
        each.pk: each.instead_of_owner(person)
        or (
            seen[each.owner_partner_id].name
            if each.owner_partner_id in seen
            else _("a partner not open to you")
        )
        for each in commitment.agreements.all()
    }
