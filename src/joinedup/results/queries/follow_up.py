"""What planners see of an event afterwards: mails that wait, agreements that need attention, and who was
asked."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from joinedup.accounts.models import Preference
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import those_who_want
from joinedup.agreements.models import Agreement, Chase
from joinedup.agreements.queries.agreement import AgreementLine, find_agreements, lines
from joinedup.agreements.queries.reminders import reachable
from joinedup.agreements.queries.verdicts import seen_otherwise
from joinedup.agreements.reminder_steps import OPEN, Wait, next_to_ask, to_come, waits
from joinedup.events.models import Event
from joinedup.registration.attendance import has_ended, were_there
from joinedup.registration.models import Attendee


@dataclass
class Thanked:
    """One mail: its recipient, and the attendees it is about. A young person's page goes to their companion."""

    to: Attendee
    about: list[Attendee] = field(default_factory=list)


def to_thank(event: Event) -> list[Thanked]:
    """The mails not sent yet, to people who have an address and want them; 4 queries."""
    there = [each for each in were_there(event) if each.thanked_at is None]
    adults = event.attendees.exclude(email="").select_related("user")
    known = {each.pk: each for each in adults if not each.is_young}
    willing = {
        user.pk
        for user in those_who_want(
            {each.user_id: each.user for each in known.values() if each.user}.values(),
            Preference.Mail.EVENTS,
        )
    }
    mails: dict[int, Thanked] = {}
    for each in there:
        to = known.get((each.companion_id or 0) if each.is_young else each.pk)
        if to is not None and (to.user_id is None or to.user_id in willing):
            mails.setdefault(to.pk, Thanked(to)).about.append(each)
    return list(mails.values())


@dataclass(frozen=True)
class FollowedAgreement:
    """One agreement: what it lacks, why it waits, who was asked, what comes next as (words, day), which of
    its partners have nobody to ask, and whether young people see it differently from its owner."""

    line: AgreementLine
    missing: list[str]
    wait: Wait | None
    asked: list[Chase]
    next: tuple[str, datetime.date] | None
    unreachable: list[str]
    is_seen_otherwise: bool

    @property
    def is_open(self) -> bool:
        return self.line.agreement.state in OPEN


@dataclass(frozen=True)
class Following:
    has_ended: bool
    mails: list[Thanked]
    told: int
    agreements: list[FollowedAgreement]

    @property
    def incomplete(self) -> list[FollowedAgreement]:
        return [each for each in self.agreements if each.missing]

    @property
    def unreachable(self) -> list[FollowedAgreement]:
        return [each for each in self.agreements if each.unreachable and each.is_open]

    @property
    def otherwise(self) -> list[FollowedAgreement]:
        return [each for each in self.agreements if each.is_seen_otherwise]


def following(person: Person, event: Event, now: datetime.datetime, on: datetime.date) -> Following:
    """14 queries at most, whatever the number of agreements."""
    found = find_agreements(person, on, event=event.slug)
    rows = lines(person, found.prefetch_related(Prefetch("chases", Chase.objects.order_by("-on", "-pk"))), on)
    agreements = [row.agreement for row in rows]
    reached = reachable(
        pk for each in agreements for pk in (each.owner_partner_id, each.deputy_partner_id) if pk
    )
    otherwise = seen_otherwise(agreements)
    return Following(
        has_ended=has_ended(event, now),
        mails=to_thank(event),
        told=event.attendees.exclude(thanked_at=None).count(),
        agreements=[_followed(row, on, reached, otherwise) for row in rows],
    )


def _followed(
    row: AgreementLine, on: datetime.date, reached: set[int], otherwise: set[int]
) -> FollowedAgreement:
    agreement = row.agreement
    asked = list(agreement.chases.all())
    now = next_to_ask(agreement, on, asked)
    coming = (now[0], on) if now else to_come(agreement, on)
    partners = {each.pk: each for each in (agreement.owner_partner, agreement.deputy_partner) if each}
    return FollowedAgreement(
        line=row,
        missing=_missing(agreement),
        wait=waits(agreement, on),
        asked=asked,
        next=(str(Chase.Step(coming[0]).label), coming[1]) if coming else None,
        unreachable=[each.name for pk, each in partners.items() if pk not in reached],
        is_seen_otherwise=agreement.pk in otherwise,
    )


def _missing(agreement: Agreement) -> list[str]:
    wanted = [
        (agreement.deputy_partner_id, _("an organisation that takes over")),
        (agreement.deputy_role.strip(), _("who takes over, by role")),
        (agreement.owner_role.strip(), _("who sees to it, by role")),
        (agreement.measure.strip(), _("how we will know")),
        (agreement.action.strip(), _("what will be done")),
        (agreement.contributions.all(), _("what each puts in")),
    ]
    return [words for value, words in wanted if not value]
