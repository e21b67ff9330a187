"""Asking by mail the partners that an opportunity names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of, make_link
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.mail.compose import compose, words_of
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.opportunities.actions.deciding import hold
from joinedup.opportunities.models import Answer, Enquiry, Opportunity
from joinedup.opportunities.queries.asking import OWN, PURPOSE, replies_to, whom_to_ask
from joinedup.opportunities.queries.lists import UNDECIDED
from joinedup.partners.addressees import Addressee
from joinedup.partners.models import Partner

TEMPLATE = "opportunities/mails/ask"
LONGEST = 2000


@dataclass
class Asked:
    """Who is asked, and who could not be for want of an address or because nobody there wants such mails."""

    partners: list[Partner] = field(default_factory=list)
    unreachable: list[Partner] = field(default_factory=list)
    unwilling: list[Partner] = field(default_factory=list)


@transaction.atomic
def ask(
    *, by: Person, opportunity: Opportunity, text: str = "", replies: str = OWN, shown: str | None = None
) -> Asked:
    """One mail to each contact of every named partner that has not answered and was not asked within a week; to
    its members where it has no contact with an address. Each holds one link an answer.

    `text`: what the mail says instead of `first_words`; `replies`: OWN or PARTNERSHIP, whose address answers go to;
    `shown`: the `mark` of those whom the sender was shown: where they are others by now, nothing is sent.

    Raises ValidationError, with the reason, where there is nobody to ask. A partner whose mails were all refused
    counts as not asked.
    """
    require(by, "opportunity.ask", on=opportunity)
    hold(opportunity, UNDECIDED, shared_only=True)
    asking = whom_to_ask(opportunity, timezone.now())
    if not asking.open:
        raise ValidationError(asking.why_nobody())
    if shown is not None and shown != asking.mark:
        raise ValidationError(
            _("Whom it goes to has changed meanwhile: look at it again before you send it.")
        )
    said, reply_to = words(text, opportunity), replies_to(by, opportunity, replies)
    asked = Asked(unreachable=asking.unreachable, unwilling=asking.unwilling)
    for partner, addressees in asking.open:
        earlier = Enquiry.objects.filter(opportunity=opportunity, partner=partner).first()
        enquiry, _new = Enquiry.objects.update_or_create(
            opportunity=opportunity, partner=partner, defaults={"by": by.name[:160]}
        )
        asked.partners.append(partner)
        mails = [
            compose(TEMPLATE, to.email, _words_to(by, opportunity, partner, to, said), reply_to=reply_to)
            for to in addressees
        ]
        before = earlier.at.isoformat() if earlier else None
        undo = Undo(
            nobody_was_asked, {"enquiry": enquiry.pk, "at": enquiry.at.isoformat(), "earlier": before}
        )
        send_on_commit(mails, footprint=opportunity.footprint_id, undo=undo)
    names = sorted(partner.slug for partner in asked.partners)
    audit.record(by=by, action="opportunity.ask", on=opportunity, before={}, after={"asked": names})
    return asked


def nobody_was_asked(refused: Refused, *, enquiry: int, at: str, earlier: str | None) -> None:
    """The mail server took none of a partner's mails, and it was not asked again since."""
    asked = Enquiry.objects.filter(pk=enquiry, at=at)
    if not refused.all_of_them:
        return
    if earlier is None:
        asked.delete()
    else:
        asked.update(at=earlier)


def first_words(opportunity: Opportunity) -> str:
    """What such a mail says unless whoever sends it says it in other words."""
    step = _("First step: %(step)s") % {"step": opportunity.told_step} if opportunity.told_step else ""
    return "\n\n".join(part for part in (opportunity.sentence, step) if part)


def words(text: str, opportunity: Opportunity) -> str:
    """What the mail says, as it is kept. Raises ValidationError for what is too long."""
    said = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(said) > LONGEST:
        raise ValidationError({"text": _("Say it in %(number)s characters at most.") % {"number": LONGEST}})
    return said or first_words(opportunity)


def letter_to_read(
    by: Person, opportunity: Opportunity, partner: Partner, to: Sequence[Addressee], said: str
) -> tuple[str, str]:
    """Subject and text of the mail to one partner, as it is sent; in the place of each link it says that one is there:
    they are of the reader's own."""
    link = _("[a link, for this reader alone]")
    answers = [(label, link) for _word, label in Answer.Word.choices]
    return words_of(TEMPLATE, _context(by, opportunity, partner, said) | {"answers": answers, "off": link})


def _words_to(
    by: Person, opportunity: Opportunity, partner: Partner, to: Addressee, said: str
) -> dict[str, object]:
    token = make_link(PURPOSE, f"{opportunity.pk}.{partner.pk}", to.account or to.email)
    answers = [(label, address_of("answer_by_mail", word, token)) for word, label in Answer.Word.choices]
    return _context(by, opportunity, partner, said) | {"answers": answers, "off": to.off}


def _context(by: Person, opportunity: Opportunity, partner: Partner, said: str) -> dict[str, object]:
    return {
        "by": by.name,
        "partner": partner.name,
        "partnership": opportunity.footprint.name,
        "heading": opportunity.heading,
        "said": said,
    }
