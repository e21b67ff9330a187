"""Which organisations could bring young people: bodies of young people, and youth organisations."""

from __future__ import annotations

import re

from joinedup.partners.models import Partner

YOUNG = re.compile(r"\b(young people|young person|youth|children)\b", re.IGNORECASE)


def is_of_young_people(partner: Partner) -> bool:
    """A body of young people, or a voluntary one whose name or purpose says that it is for them."""
    if partner.sector_id == "young_people":
        return True
    return partner.sector_id == "vcs" and bool(YOUNG.search(f"{partner.name} {partner.does}"))
