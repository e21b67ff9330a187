"""Whom to ask about an opportunity by mail, and who answers from one."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.links import read_link
from joinedup.accounts.models import Grant, Preference
from joinedup.accounts.person import Person
from joinedup.opportunities.models import Answer, Enquiry, Opportunity, Run
from joinedup.opportunities.queries.lists import UNDECIDED
from joinedup.partners.addressees import HAS_TO_BE_HEARD, Addressee, contacts_first, coordinator_addresses
from joinedup.partners.models import Partner
from joinedup.partners.queries import body_now, speaks_for

PURPOSE = "opportunity-answer"
OPPORTUNITIES = Preference.Mail.OPPORTUNITIES
# Whoever was asked has a week to answer before anybody asks again.
PATIENCE = datetime.timedelta(days=7)
OWN, PARTNERSHIP = "own", "partnership"


@dataclass(frozen=True)
class Asking:
    """The named partners that have not answered: to ask now, asked lately, without any address, and those of whom
    nobody wants such mails."""

    open: list[tuple[Partner, list[Addressee]]]
    recent: list[Enquiry]
    unreachable: list[Partner]
    unwilling: list[Partner]
    names_nobody: bool

    @property
    def number(self) -> int:
        """How many mails that is."""
        return sum(len(to) for _partner, to in self.open)

    @property
    def mark(self) -> str:
        """Stands for whom it goes to, so that nobody gets a mail whom the sender was not shown."""
        found = sorted(f"{partner.pk} {to.email}" for partner, those in self.open for to in those)
        return hashlib.sha256("\n".join(found).encode()).hexdigest()[:32]

    def why_nobody(self) -> str:
        """Why there is nobody to ask, in a sentence; to be asked where `open` is empty."""
        if self.names_nobody:
            return _("It names nobody yet, so there is nobody to ask.")
        if self.recent:
            on = timezone.localtime(max(each.at for each in self.recent) + PATIENCE)
            return _("They were asked less than a week ago: ring them, or ask again from %(day)s.") % {
                "day": date_format(on, "j F Y")
            }
        if self.unreachable:
            names = ", ".join(partner.name for partner in self.unreachable)
            return _("There is no e-mail address for %(names)s: add a contact first.") % {"names": names}
        if self.unwilling:
            names = ", ".join(partner.name for partner in self.unwilling)
            return _("Ring %(names)s: they cannot be asked by mail.") % {"names": names}
        return _("Everybody it names has answered.")


def whom_to_ask(opportunity: Opportunity, now: datetime.datetime) -> Asking:
    """5 queries, 2 more where somebody has no address; 2 fewer where parties and answers are fetched already."""
    parties = list(opportunity.parties.all())
    answered = {each.partner_id for each in opportunity.answers.all()}
    silent = [partner for partner in parties if partner.pk not in answered]
    since = now - PATIENCE
    asked = opportunity.enquiries.filter(at__gt=since).select_related("partner")
    recent = [each for each in asked if each.partner_id not in answered]
    waiting = {each.partner_id for each in recent}
    addresses = contacts_first([partner.pk for partner in silent], OPPORTUNITIES)
    due = [(each, addresses[each.pk]) for each in silent if each.pk not in waiting]
    without = [partner for partner, to in due if not to]
    known = contacts_first([each.pk for each in without], HAS_TO_BE_HEARD) if without else {}
    return Asking(
        open=[(partner, to) for partner, to in due if to],
        recent=recent,
        unreachable=[partner for partner in without if not known[partner.pk]],
        unwilling=[partner for partner in without if known[partner.pk]],
        names_nobody=not parties,
    )


def replies_to(by: Person, opportunity: Opportunity, choice: str) -> list[str]:
    """Where answers to such a mail go: to whoever sends it, or ("partnership") to all who coordinate it; 1 query at
    most. Whoever has no address of their own leaves it to those who coordinate."""
    if by.email and choice != PARTNERSHIP:
        return [by.email]
    return coordinator_addresses(opportunity.footprint_id)


@dataclass(frozen=True)
class ByMail:
    """What a link in such a mail leads to: for which partner it answers, as whom, and what was said before."""

    opportunity: Opportunity
    partner: Partner
    by: Person
    given: Answer | None
    is_named: bool

    @property
    def is_open(self) -> bool:
        """Whether an answer is still wanted."""
        return self.is_named and self.opportunity.state in UNDECIDED


def by_mail(token: str) -> ByMail | None:
    """None for a link that is too old or was changed, and where whoever it was sent to no longer speaks for the
    partner; at most 5 queries."""
    link = read_link(PURPOSE, token)
    opportunity_pk, _dot, partner_pk = link.pk.partition(".") if link else ("", "", "")
    if link is None or not (opportunity_pk.isdecimal() and partner_pk.isdecimal()):
        return None
    partner = body_now(partner_pk)
    shared = Opportunity.objects.filter(audience=Run.Audience.PARTNERSHIP)
    opportunity = shared.select_related("place", "theme", "footprint").filter(pk=opportunity_pk).first()
    if partner is None or opportunity is None:
        return None
    name = speaks_for(partner, link.user_id, link.email)
    if name is None:
        return None
    return ByMail(
        opportunity=opportunity,
        partner=partner,
        by=Person(
            user_id=link.user_id,
            name=name,
            partner_ids=frozenset({partner.pk}),
            roles=frozenset({Grant.Role.PARTNER_MEMBER.value}),
        ),
        given=opportunity.answers.filter(partner=partner).select_related("initiative").first(),
        is_named=opportunity.parties.filter(pk=partner.pk).exists(),
    )
