"""Whom of a partner to write to, and who coordinates a partnership."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from joinedup.accounts.models import Grant, Preference, User
from joinedup.accounts.preferences import those_who_want
from joinedup.partners.models import Contact, Partner

# So many contacts are asked at once: more would each leave it to the others.
MOST_CONTACTS = 3


@dataclass(frozen=True)
class Addressee:
    """One address: of a contact, or of an account."""

    email: str
    account: User | None = None


def addresses_of(partner: Partner, role: str) -> list[Addressee]:
    """The members of a partner who want mails of agreements; else its contacts of this role, else any of its
    contacts; 3 queries."""
    members = _members(Grant.objects.filter(partner=partner))
    if willing := those_who_want(members, Preference.Mail.AGREEMENTS):
        return [Addressee(user.email, user) for user in willing]
    refused = {user.email.lower() for user in members}
    contacts = [each for each in partner.contacts.exclude(email="") if each.email.lower() not in refused]
    fitting = [each for each in contacts if is_of_role(each, role)]
    return [Addressee(each.email) for each in (fitting or contacts)[:MOST_CONTACTS]]


def is_of_role(contact: Contact, role: str) -> bool:
    one, other = contact.role.casefold().strip(), role.casefold().strip()
    return bool(one and other) and (one in other or other in one)


def _members(grants: QuerySet[Grant]) -> list[User]:
    held = grants.filter(user__is_active=True).select_related("user").order_by("user__email")
    return list({grant.user_id: grant.user for grant in held}.values())


def coordinators(footprint: int | None) -> list[User]:
    """Those who coordinate a partnership, by its key; nobody without one; 1 query."""
    role = Grant.Role.COORDINATOR
    return _members(Grant.objects.filter(role=role, footprint=footprint, footprint__isnull=False))


def host_addresses(host: Partner) -> list[Addressee]:
    """Its contacts first, since they are whom a host names; its members where it has none with an address."""
    contacts = host.contacts.exclude(email="")[:3]
    return [Addressee(each.email) for each in contacts] or addresses_of(host, "")
