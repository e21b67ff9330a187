"""Who is asking: a signed-in person with their roles and scopes, the public, or the operator at the console."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from joinedup.accounts.models import Grant, User
from joinedup.places.models import Footprint


def footprints_of(partner_ids: Iterable[int]) -> list[int]:
    """The partnerships that these partners belong to; one query."""
    found = Footprint.objects.filter(partners__in=list(partner_ids))
    return list(found.order_by().values_list("pk", flat=True).distinct())


@dataclass(frozen=True)
class Person:
    """What permissions and visibility need to know, read once per request.

    `partner_ids`: the partners this person is a member of. `footprint_ids`: the partnerships they belong to
    through those partners, or coordinate. `coordinated_ids`: the footprints they coordinate. `attendee_id`:
    an attendee acting at one event through the link in their mail, without an account.
    """

    user_id: int | None = None
    name: str = "the public"
    email: str = ""
    partner_ids: frozenset[int] = frozenset()
    footprint_ids: frozenset[int] = frozenset()
    coordinated_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = field(default_factory=frozenset)
    attendee_id: int | None = None
    is_operator: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_coordinator(self) -> bool:
        return bool(self.coordinated_ids)

    @property
    def is_programme_lead(self) -> bool:
        return Grant.Role.PROGRAMME_LEAD in self.roles

    @property
    def is_administrator(self) -> bool:
        return Grant.Role.ADMINISTRATOR in self.roles

    @property
    def sees_every_partnership(self) -> bool:
        """A programme runs across the country, so its lead reads what every partnership shares."""
        return self.is_operator or self.is_programme_lead

    @classmethod
    def of(cls, user: Any) -> Person:
        """Three queries at most, whatever the number of grants."""
        if not isinstance(user, User) or not user.is_active:
            return PUBLIC
        grants = list(user.grants.all())
        partners = frozenset(g.partner_id for g in grants if g.partner_id)
        coordinated = frozenset(g.footprint_id for g in grants if g.footprint_id)
        belongs = footprints_of(partners) if partners else []
        return cls(
            user_id=user.pk,
            name=str(user),
            email=user.email,
            partner_ids=partners,
            footprint_ids=coordinated | frozenset(belongs),
            coordinated_ids=coordinated,
            roles=frozenset(g.role for g in grants),
        )

    @classmethod
    def participant(cls, attendee_id: int, name: str) -> Person:
        """An attendee of one event, through the link in their mail: they see what is public, and write at
        their table."""
        return cls(name=name, attendee_id=attendee_id)

    @classmethod
    def operator(cls) -> Person:
        """Anyone who runs the command on the machine itself may do everything there."""
        return cls(name="the operator", is_operator=True)


PUBLIC = Person()
