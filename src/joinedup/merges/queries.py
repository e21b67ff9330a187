"""What waits for somebody to say whether it is one body, and what was made one."""

from __future__ import annotations

from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.partners.models import Merge, Partner, TwoBodies
from joinedup.partners.queries import visible_partners, where_it_leads


def merges_here(person: Person) -> list[Merge]:
    """What was made one in the partnerships that `person` coordinates, the newest first. 1 query."""
    seen = Partner.objects.visible_to(person)
    if not person.is_operator:
        seen = seen.filter(footprints__in=person.coordinated_ids)
    found = Merge.objects.filter(kept__in=seen.values("pk")).defer("moved")
    return list(found.select_related("gone", "kept"))


def merge_to_take_back(person: Person, pk: int) -> Merge | None:
    """The merge, or None if `person` may not take it back: then they learn nothing of it."""
    found = Merge.objects.select_related("gone__merged_into", "kept").filter(pk=pk).first()
    now = where_it_leads(found.gone) if found is not None else None
    if now is None or not visible_partners(person, [now.pk]) or not may(person, "partner.merge", now):
        return None
    return found


def two_bodies_to_take_back(person: Person, pk: int) -> TwoBodies | None:
    """What was said to be two bodies, or None if `person` may not take it back."""
    found = TwoBodies.objects.select_related("first", "second").filter(pk=pk).first()
    if found is None or not may(person, "partner.merge", found):
        return None
    return found if len(visible_partners(person, [found.first_id, found.second_id])) == 2 else None
