"""Asking by mail the partners that an opportunity names."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.letters import send_letter
from joinedup.accounts.links import address_of, make_link
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.opportunities.actions.deciding import hold
from joinedup.opportunities.models import Answer, Enquiry, Opportunity
from joinedup.opportunities.queries.asking import PURPOSE, Addressee, whom_to_ask
from joinedup.opportunities.queries.lists import UNDECIDED
from joinedup.partners.models import Partner


@dataclass
class Asked:
    """Who was asked, who could not be for want of an address, and, once the mails are out, whom none reached."""

    partners: list[Partner] = field(default_factory=list)
    unreachable: list[Partner] = field(default_factory=list)
    refused: list[Partner] = field(default_factory=list)


@transaction.atomic
def ask(*, by: Person, opportunity: Opportunity) -> Asked:
    """One mail to each contact of every named partner that has not answered and was not asked within a week; to
    its members where it has no contact with an address. Each holds one link an answer.

    Raises ValidationError, with the reason, where there is nobody to ask. A partner whose mails were all refused
    counts as not asked.
    """
    require(by, "opportunity.ask", on=opportunity)
    hold(opportunity, UNDECIDED, shared_only=True)
    asking = whom_to_ask(opportunity, timezone.now())
    if not asking.open:
        raise ValidationError(asking.why_nobody())
    asked = Asked(unreachable=asking.unreachable)
    for partner, addressees in asking.open:
        earlier = Enquiry.objects.filter(opportunity=opportunity, partner=partner).first()
        enquiry, _is_new = Enquiry.objects.update_or_create(
            opportunity=opportunity, partner=partner, defaults={"by": by.name[:160]}
        )
        asked.partners.append(partner)
        letters = [(to.email, _letter(by, opportunity, partner, to)) for to in addressees]
        _send_on_commit(asked, partner, enquiry, letters, earlier.at if earlier else None)
    names = sorted(partner.slug for partner in asked.partners)
    audit.record(by=by, action="opportunity.ask", on=opportunity, before={}, after={"asked": names})
    return asked


def _send_on_commit(
    asked: Asked,
    partner: Partner,
    enquiry: Enquiry,
    letters: Sequence[tuple[str, dict[str, object]]],
    earlier: datetime.datetime | None,
) -> None:
    def send() -> None:
        sent = [send_letter("opportunities/mails/ask", email, letter) for email, letter in letters]
        if any(sent):
            return
        asked.refused.append(partner)
        if earlier is None:
            enquiry.delete()
        else:
            Enquiry.objects.filter(pk=enquiry.pk).update(at=earlier)

    transaction.on_commit(send)


def _letter(by: Person, opportunity: Opportunity, partner: Partner, to: Addressee) -> dict[str, object]:
    token = make_link(PURPOSE, f"{opportunity.pk}.{partner.pk}", to.account or to.email)
    return {
        "by": by.name,
        "partner": partner.name,
        "partnership": opportunity.footprint.name,
        "heading": opportunity.heading,
        "sentence": opportunity.sentence,
        "first_step": opportunity.first_step,
        "answers": [
            (label, address_of("answer_by_mail", word, token)) for word, label in Answer.Word.choices
        ],
    }
