"""Who looks after a piece of support: its owner, or the role that stands in where it has none."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from joinedup.accounts.links import make_link, read_link
from joinedup.accounts.models import Grant, Preference, User
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import those_who_want
from joinedup.support.checks import REMIND_AGAIN
from joinedup.support.models import Offer

PURPOSE = "support-check"
VALID_DAYS = 60


def kept_by(offer: Offer) -> str:
    """Who looks after it, by role; the name of its owner is for those who may change it. One query at most."""
    if offer.footprint is not None:
        return _("the coordinators of %(area)s") % {"area": offer.footprint.name}
    return _("the administrators of this site")


def keepers(offer: Offer) -> list[str]:
    """The addresses of those notified of a correction: its owner or the coordinators of the partnership it
    belongs to, else the administrators; 2 queries at most."""
    active = User.objects.filter(is_active=True).order_by("email")
    whose = Q(pk=offer.owner_id) if offer.owner_id else Q(pk__in=[])
    if offer.footprint_id:
        whose |= Q(grants__role=Grant.Role.COORDINATOR, grants__footprint=offer.footprint_id)
    own = list(active.filter(whose).distinct().values_list("email", flat=True))
    administrators = active.filter(grants__role=Grant.Role.ADMINISTRATOR).distinct()
    return own or list(administrators.values_list("email", flat=True))


def possible_owners(offer: Offer) -> QuerySet[User]:
    """Whose name may stand as its owner: who coordinates its partnership, is of its provider, or keeps what all
    share; and its owner now."""
    roles = Q(grants__role=Grant.Role.COORDINATOR, grants__footprint=offer.footprint_id)
    if offer.footprint_id is None:
        roles = Q(grants__role__in=[Grant.Role.ADMINISTRATOR, Grant.Role.PROGRAMME_LEAD])
    if offer.provider_partner_id:
        roles |= Q(grants__partner=offer.provider_partner_id)
    if offer.owner_id:
        roles |= Q(pk=offer.owner_id)
    return User.objects.filter(roles, is_active=True).distinct().order_by("name", "email")


def due(on: datetime.date) -> QuerySet[Offer]:
    """Every support whose check is due on the day `on`, the longest due first."""
    return Offer.objects.filter(check_by__lte=on).order_by("check_by", "name", "pk")


def to_check(person: Person, on: datetime.date) -> list[Offer]:
    """What `person` looks after and whose check is due on that day: their own, and what has no owner with an open
    account in the partnerships they coordinate, or among what all share for administrators. One query."""
    return list(_looked_after_by(person, due(on)))


def _looked_after_by(person: Person, offers: QuerySet[Offer]) -> QuerySet[Offer]:
    if person.user_id is None:
        return offers.none()
    mine = Q(owner=person.user_id)
    nobodys = Q(owner__isnull=True) | Q(owner__is_active=False)
    if person.coordinated_ids:
        mine |= nobodys & Q(footprint__in=person.coordinated_ids)
    if person.is_administrator:
        mine |= nobodys & Q(footprint__isnull=True)
    return offers.filter(mine)


def to_remind(on: datetime.date) -> dict[User, list[Offer]]:
    """Whom to remind today of which checks: once when a check comes due, then every thirty days. Who turned these
    mails off finds the check in My work. Three queries."""
    found: dict[User, list[Offer]] = defaultdict(list)
    roles = Grant.objects.filter(
        role__in=[Grant.Role.COORDINATOR, Grant.Role.ADMINISTRATOR], user__is_active=True
    ).select_related("user")
    grants = list(roles.order_by("user__email"))
    for offer in due(on).select_related("owner"):
        if not _is_to_remind(offer, on):
            continue
        for user in _who(offer, grants):
            found[user].append(offer)
    willing = set(those_who_want(found, Preference.Mail.SUPPORT))
    return {user: offers for user, offers in found.items() if user in willing}


def _is_to_remind(offer: Offer, on: datetime.date) -> bool:
    last = offer.reminded_on
    if last is None or offer.check_by is None:
        return True
    return last < offer.check_by or last <= on - REMIND_AGAIN


def _who(offer: Offer, grants: list[Grant]) -> list[User]:
    if offer.owner is not None and offer.owner.is_active:
        return [offer.owner]
    if offer.footprint_id is not None:
        return list({g.user_id: g.user for g in grants if g.footprint_id == offer.footprint_id}.values())
    return list({g.user_id: g.user for g in grants if g.role == Grant.Role.ADMINISTRATOR}.values())


def check_link(user: User, offer: Offer) -> str:
    return make_link(PURPOSE, offer.pk, user)


@dataclass(frozen=True)
class ByMail:
    """Who followed the link of a reminder, the support it is about, and what else of theirs is due."""

    by: Person
    offer: Offer
    is_due: bool
    others: list[Offer]

    @property
    def following(self) -> str:
        """The token for the next that is due, or empty."""
        return make_link(PURPOSE, self.others[0].pk, self.by) if self.others else ""


def by_mail(token: str, on: datetime.date) -> ByMail | None:
    """None if the link is too old or was changed, if its account is closed, or may no longer confirm it."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    user = User.objects.filter(pk=link.user_id, is_active=True).first() if link and link.user_id else None
    offer = Offer.objects.filter(pk=link.pk).select_related("owner").first() if link else None
    if user is None or offer is None:
        return None
    by = Person.of(user)
    if not may(by, "offer.confirm", offer):
        return None
    waiting = to_check(by, on)
    others = [each for each in waiting if each.pk != offer.pk]
    return ByMail(by, offer, len(others) < len(waiting), others)
