"""Who to ask how an agreement stands, and who answers from such a mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from joinedup.accounts.links import make_link, read_link
from joinedup.accounts.models import Grant, Preference, User
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement, Chase, Naming
from joinedup.partners.addressees import (
    Addressee,
    contacts_first,
    members_first,
    willing_coordinators,
)
from joinedup.partners.models import Partner
from joinedup.partners.queries import body_now, speaks_for

PURPOSE = "report"
VALID_DAYS = 60
AGREEMENTS = Preference.Mail.AGREEMENTS
Step = Chase.Step


@dataclass(frozen=True)
class AskedTogether:
    """Those asked together: on whose behalf (`partner`; None for coordinators), and as owner, deputy or
    coordinator."""

    role: str
    partner: Partner | None
    to: list[Addressee]


def whom_to_ask(agreement: Agreement, step: str) -> AskedTogether:
    """Who this step asks; `to` is empty if nobody has an address; 7 queries at most.

    A body that said it is wrongly named is not asked. Before the due date and at reviews the owner is asked,
    or the deputy or the coordinators if the owner has no address. Coordinators are not told of an agreement
    that is for named partners only.
    """
    owner = agreement.owner_partner
    deputy = agreement.deputy_partner or owner
    gone = {each.partner_id for each in agreement.namings.all() if each.answer == Naming.Answer.NO}

    def there(partner: Partner, role: str) -> list[Addressee]:
        return [] if partner.pk in gone else members_first(partner, AGREEMENTS, role)

    ladder = {
        "owner": lambda: AskedTogether("owner", owner, there(owner, agreement.owner_role)),
        "deputy": lambda: AskedTogether("deputy", deputy, there(deputy, agreement.deputy_role)),
        "coordinator": lambda: AskedTogether("coordinator", None, _coordinators(agreement)),
    }
    steps = {Step.OWNER: ["owner"], Step.DEPUTY: ["deputy"], Step.COORDINATOR: ["coordinator"]}
    asked = AskedTogether("owner", owner, [])
    for role in steps.get(Step(step), list(ladder)):
        asked = ladder[role]()
        if asked.to:
            break
    return asked


def _coordinators(agreement: Agreement) -> list[Addressee]:
    if agreement.marking == Marking.NAMED:
        return []
    return willing_coordinators(agreement.event.footprint_id, AGREEMENTS)


def reachable(partners: Iterable[int]) -> set[int]:
    """The partners, by key, at which somebody can be asked by mail; 2 queries."""
    return {pk for pk, to in contacts_first(partners, AGREEMENTS).items() if to}


def report_link(agreement: Agreement, asked: AskedTogether, to: Addressee) -> str:
    """The token with which one addressee reports on behalf of those asked with them."""
    partner = asked.partner.pk if asked.partner else 0
    return make_link(PURPOSE, f"{agreement.pk}.{partner}", to.account or to.email)


@dataclass(frozen=True)
class ReportByMail:
    """What such a link leads to: the agreement, for whom (None: the coordinators), and in what capacity."""

    agreement: Agreement
    partner: Partner | None
    by: Person


def by_mail(token: str) -> ReportByMail | None:
    """None if a link is too old or was changed, or if its recipient no longer speaks for a partner of the
    agreement or no longer coordinates; at most 6 queries."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    agreement_pk, _dot, partner_pk = link.pk.partition(".") if link else ("", "", "")
    if link is None or not (agreement_pk.isdecimal() and partner_pk.isdecimal()):
        return None
    whole = Agreement.objects.select_related(
        "event__footprint", "owner_partner", "deputy_partner", "commitment", "place", "theme"
    )
    agreement = whole.prefetch_related("contributions", "progress").filter(pk=agreement_pk).first()
    if agreement is None:
        return None
    if partner_pk == "0":
        user = User.objects.filter(pk=link.user_id, is_active=True).first() if link.user_id else None
        by = Person.of(user)
        is_theirs = agreement.event.footprint_id in by.coordinated_ids and agreement.marking != Marking.NAMED
        return ReportByMail(agreement, None, by) if is_theirs else None
    partner = body_now(partner_pk)
    if partner is None or partner.pk not in agreement.scope().partners:
        return None
    name = speaks_for(partner, link.user_id, link.email)
    if name is None:
        return None
    member = frozenset({Grant.Role.PARTNER_MEMBER.value})
    own = frozenset({partner.pk})
    return ReportByMail(agreement, partner, Person(link.user_id, name, partner_ids=own, roles=member))
