"""What waits for somebody to say whether it is one body, and what was made one."""

from __future__ import annotations

from joinedup.accounts.person import Person
from joinedup.partners.models import Merge, Partner


def merges_here(person: Person) -> list[Merge]:
    """What was made one in the partnerships that `person` coordinates, the newest first. 1 query."""
    seen = Partner.objects.visible_to(person)
    if not person.is_operator:
        seen = seen.filter(footprints__in=person.coordinated_ids)
    found = Merge.objects.filter(kept__in=seen.values("pk")).defer("moved")
    return list(found.select_related("gone", "kept"))


def merge_to_take_back(person: Person, pk: int) -> Merge | None:
    """The merge, or None if `person` may not see the record that was kept."""
    found = Merge.objects.select_related("gone", "kept").filter(pk=pk).first()
    if found is None or not Partner.objects.visible_to(person).filter(pk=found.gone.merged_into_id).exists():
        return None
    return found
