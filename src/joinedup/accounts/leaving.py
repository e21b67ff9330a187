"""What an account leaves behind: a word for every foreign key to it and every address, in all rooms.

`tests/accounts/test_leaving.py` fails when a model refers to an account, or holds an address, that nobody decided
about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from joinedup.accounts import queries
from joinedup.accounts.models import Grant, User
from joinedup.accounts.permissions import Scope
from joinedup.accounts.person import Person


class Fate(StrEnum):
    """What becomes of a record when the account that it refers to is closed."""

    PASSES = "a colleague looks after it from now on"
    ENDS = "it does nothing for a closed account, and goes with it when it is erased"
    STAYS = "it only says who it was, or is the person's own as a guest, and has an end of its own"


FATES: dict[str, Fate] = {
    "account.EmailAddress.user": Fate.ENDS,
    "account.EmailAddress.email": Fate.ENDS,
    "mfa.Authenticator.user": Fate.ENDS,
    "socialaccount.SocialAccount.user": Fate.ENDS,
    "accounts.User.email": Fate.ENDS,
    "accounts.Grant.user": Fate.ENDS,
    "accounts.Preference.user": Fate.ENDS,
    "accounts.Session.user": Fate.ENDS,
    "accounts.Closing.user": Fate.ENDS,
    "about.ResponsibleBody.email": Fate.STAYS,
    "about.ResponsibleBody.officer_email": Fate.STAYS,
    "partners.Partner.owner": Fate.PASSES,
    "partners.Contact.added_by": Fate.STAYS,
    "partners.Contact.email": Fate.PASSES,
    "partners.Ask.owner": Fate.PASSES,
    "initiatives.Initiative.owner": Fate.PASSES,
    "support.Offer.owner": Fate.PASSES,
    "support.OfferList.user": Fate.STAYS,
    "clusters.Outcome.by_user": Fate.STAYS,
    "clusters.Follower.user": Fate.ENDS,
    "opportunities.Opportunity.spotted_by": Fate.STAYS,
    "opportunities.Opportunity.assigned_to": Fate.PASSES,
    "opportunities.Look.user": Fate.ENDS,
    "mail.OutgoingMail.to": Fate.ENDS,
    "mail.OutgoingMail.corrected_to": Fate.ENDS,
    "events.Speaker.email": Fate.STAYS,
    "registration.Attendee.user": Fate.STAYS,
    "registration.Attendee.email": Fate.STAYS,
    "registration.Invitation.email": Fate.STAYS,
    "visits.PracticeCard.owner": Fate.PASSES,
    "agreements.Draft.user": Fate.ENDS,
    "agreements.Agreement.written_by": Fate.STAYS,
    "spreadsheets.Upload.user": Fate.STAYS,
    "spreadsheets.UploadWork.user": Fate.STAYS,
}
# What a page calls them; the others are called by their model.
CALLED = {
    "partners.Partner.owner": "Entries of organisations they look after",
    "partners.Contact.email": "Where they are the contact of an organisation",
    "partners.Ask.owner": "What organisations need or offer, looked after by them",
    "initiatives.Initiative.owner": "Local action they look after",
    "support.Offer.owner": "Support they look after",
    "opportunities.Opportunity.assigned_to": "Opportunities given to them",
    "visits.PracticeCard.owner": "Practice cards they look after",
    "clusters.Follower.user": "Places they follow in Where and when",
    "agreements.Draft.user": "What they began to write at a table",
}


def ways_to_an_account() -> Iterator[tuple[str, type[models.Model], models.Field[Any, Any]]]:
    """(key of FATES, model, field) of every foreign key to an account and every field with an address, in every
    installed model."""
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if field.related_model is User or isinstance(field, models.EmailField):
                yield f"{model._meta.label}.{field.name}", model, field


def found_by(user: User, model: type[models.Model], field: models.Field[Any, Any]) -> QuerySet[Any]:
    """The records of a model that refer to somebody, by account or by address."""
    if isinstance(field, models.EmailField):
        return model._base_manager.filter(**{f"{field.name}__iexact": user.email})
    return model._base_manager.filter(**{field.name: user})


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
