"""What somebody who leaves looks after, who could take it over, and who decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from joinedup.accounts import queries
from joinedup.accounts.leaving.fates import CALLED, FATES, Fate, found_by, ways_to_an_account
from joinedup.accounts.models import Grant, User
from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person


@dataclass(frozen=True)
class Left:
    """Records of one kind that somebody leaves behind, as far as the reader may see them."""

    key: str
    called: str
    records: list[Any]
    passes: bool

    @property
    def is_for_members(self) -> bool:
        """Whether only a member of the organisation may take it over: its contact can answer for it by mail."""
        return self.key == "partners.Contact.email"

    @property
    def name(self) -> str:
        """The name of its field in a form."""
        return self.key.replace(".", "-").lower()


def left_by(user: User, person: Person) -> list[Left]:
    """What `user` looks after or follows, as far as `person` may see it: what passes on first. A query for each
    model."""
    found = []
    for key, model, field in ways_to_an_account():
        passes = FATES.get(key) is Fate.PASSES
        if not passes and key not in CALLED:
            continue
        records = found_by(user, model, field)
        visible = getattr(model._default_manager, "visible_to", None)
        if visible is not None:
            records = records.filter(pk__in=visible(person).values("pk"))
        elif key == "partners.Contact.email":
            records = records.filter(_partners_of(person))
        if listed := list(records.order_by("pk")):
            found.append(Left(key, CALLED.get(key, str(model._meta.verbose_name_plural)), listed, passes))
    return sorted(found, key=lambda each: not each.passes)


def _partners_of(person: Person) -> Q:
    if person.is_operator or person.is_administrator:
        return Q()
    return Q(partner__in=person.partner_ids) | Q(partner__footprints__in=person.coordinated_ids)


def colleagues(user: User, person: Person) -> list[User]:
    """Who could take over, of those whom `person` may know of: members of the same organisations first, then those who
    coordinate the same partnerships. 4 queries."""
    grants = list(
        Grant.objects.filter(user=user).select_related("partner").prefetch_related("partner__footprints")
    )
    partners = {each.partner_id for each in grants if each.partner_id}
    areas = {each.footprint_id for each in grants if each.footprint_id}
    areas |= {area.pk for each in grants if each.partner for area in each.partner.footprints.all()}
    known = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if not (person.is_operator or person.is_administrator):
        own = Q(grants__partner__in=person.partner_ids) | Q(grants__footprint__in=person.footprint_ids)
        known = known.filter(own | Q(pk__in=queries.people(person).values("pk")))
    near = known.filter(grants__partner__in=partners).distinct()
    beside = known.filter(grants__role=Grant.Role.COORDINATOR, grants__footprint__in=areas).distinct()
    return list(
        {
            each.pk: each for each in [*near.order_by("name", "email"), *beside.order_by("name", "email")]
        }.values()
    )


def fellow_members(user: User) -> set[int]:
    """The accounts of other members of the same organisations; 1 query."""
    partners = Grant.objects.filter(user=user, partner__isnull=False).values("partner")
    fellows = Grant.objects.filter(partner__in=partners, user__is_active=True).exclude(user=user)
    return set(fellows.values_list("user_id", flat=True))


def scope_of(user: User, person: Person) -> Scope:
    """Over whom somebody decides: themselves; and a coordinator over those who are nothing but members of partners in
    their partnerships. 3 queries."""
    grants = list(
        Grant.objects.filter(user=user).select_related("partner").prefetch_related("partner__footprints")
    )
    areas: set[int] = set()
    for each in grants:
        here = (
            {area.pk for area in each.partner.footprints.all()} & person.coordinated_ids
            if each.partner
            else set()
        )
        if not here:
            return Scope(owners=frozenset({user.pk}))
        areas |= here
    return Scope(footprints=frozenset(areas), owners=frozenset({user.pk}))
