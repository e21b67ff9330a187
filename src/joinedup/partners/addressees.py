"""Who to write to at a partner: one policy for every room.

A mail of a kind (`Preference.Mail`) goes to nobody who turned that kind off: neither to the account, nor to
its address if that is among the contacts of a partner, nor to a contact who did so by the link in a mail. Each
mail of a kind has a link that turns it off. What a body has to be told regardless (that an agreement names it,
that it is criticised, that young people are without a companion) has no kind, and goes to all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import JSONField, OuterRef, Subquery

from joinedup.accounts.models import Grant, Preference, User
from joinedup.accounts.preferences import off_link
from joinedup.mail.kinds import unwilling
from joinedup.partners.models import Contact, Partner

# The most contacts asked at once if one answer is enough: more would each leave it to the others.
MOST_CONTACTS = 3
# A mail without a kind, which nobody can turn off.
HAS_TO_BE_HEARD = ""


@dataclass(frozen=True)
class Addressee:
    """One address: of a contact in a `role`, or of an `account`. `kind`: the kind of mail to send."""

    email: str
    account: User | None = None
    role: str = ""
    kind: str = HAS_TO_BE_HEARD

    @property
    def off(self) -> str:
        """The URL that turns this kind of mail off; empty without an account (`compose` then makes one for the
        address), or if it cannot be turned off."""
        return off_link(self.account, self.kind) if self.account is not None and self.kind else ""

    @property
    def masked(self) -> str:
        """As shown to people who need not know it: m…@lantern.example."""
        name, _at, domain = self.email.rpartition("@")
        return f"{name[:1]}…@{domain}" if name else ""


def members_of(partners: Iterable[int], kind: str) -> dict[int, list[Addressee]]:
    """For each partner key, its members' accounts that accept mails of this kind, by address; 1 query."""
    keys = list(partners)
    grants = Grant.objects.filter(partner__in=keys, user__is_active=True)
    found: dict[int, dict[str, Addressee]] = {pk: {} for pk in keys}
    for grant in grants.select_related("user__preference").order_by("user__email"):
        if grant.partner_id is not None and _wants(grant.user, kind):
            found[grant.partner_id].setdefault(
                grant.user.email, Addressee(grant.user.email, grant.user, kind=kind)
            )
    return {pk: list(those.values()) for pk, those in found.items()}


def contacts_of(partners: Iterable[int], kind: str) -> dict[int, list[Addressee]]:
    """For each partner key, its contacts with an address, each address once, except those that turned this kind
    of mail off, with an account or without; 2 queries."""
    keys = list(partners)
    held = Preference.objects.filter(user__email__iexact=OuterRef("email"), user__is_active=True)
    turned_off = Subquery(held.values("not_wanted")[:1], output_field=JSONField())
    contacts = Contact.objects.filter(partner__in=keys).exclude(email="").annotate(turned_off=turned_off)
    found: dict[int, dict[str, Addressee]] = {pk: {} for pk in keys}
    off = unwilling([each.email for each in contacts], kind) if kind else set()
    for each in contacts:
        if each.email.lower() not in off and (not kind or kind not in (each.turned_off or [])):
            there = found[each.partner_id]
            there.setdefault(each.email.lower(), Addressee(each.email, role=each.role, kind=kind))
    return {pk: list(those.values()) for pk, those in found.items()}


def _wants(user: User, kind: str) -> bool:
    held = getattr(user, "preference", None)
    return not kind or held is None or kind not in held.not_wanted


def members_first(partner: Partner, kind: str, role: str = "") -> list[Addressee]:
    """The members of a partner; else its contacts with this role; else any of its contacts; 2 queries."""
    if members := members_of([partner.pk], kind)[partner.pk]:
        return members
    contacts = contacts_of([partner.pk], kind)[partner.pk]
    return (of_role(contacts, role) or contacts)[:MOST_CONTACTS]


def contacts_first(partners: Iterable[int], kind: str) -> dict[int, list[Addressee]]:
    """For each partner key, its contacts, whom it names for others to ask; its members if none has an
    address; 2 queries."""
    every = list(partners)
    contacts, members = contacts_of(every, kind), members_of(every, kind)
    return {pk: contacts[pk] or members[pk] for pk in every}


def of_role(contacts: Iterable[Addressee], role: str) -> list[Addressee]:
    """The contacts whose role contains `role`, or the other way round."""
    wanted = role.casefold().strip()

    def fits(own: str) -> bool:
        return bool(own and wanted) and (own in wanted or wanted in own)

    return [each for each in contacts if fits(each.role.casefold().strip())]


def coordinators(footprint: int | None) -> list[User]:
    """The coordinators of a partnership, by its key; empty for None; 1 query."""
    held = Grant.objects.filter(
        role=Grant.Role.COORDINATOR, footprint=footprint, footprint__isnull=False, user__is_active=True
    )
    found = held.select_related("user__preference").order_by("user__email")
    return list({grant.user_id: grant.user for grant in found}.values())


def coordinator_addresses(footprint: int | None) -> list[str]:
    """Where replies to a mail of a partnership go: the addresses of its coordinators; 1 query."""
    return [each.email for each in coordinators(footprint)]


def willing_coordinators(footprint: int | None, kind: str) -> list[Addressee]:
    """The coordinators of a partnership who accept mails of this kind; 1 query."""
    return [Addressee(each.email, each, kind=kind) for each in coordinators(footprint) if _wants(each, kind)]
