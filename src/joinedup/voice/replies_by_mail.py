"""What a partner answered young people was written down by somebody else: the partner reads it in a mail, and can say
with one button that it did not say so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils import timezone

from joinedup.accounts.links import address_of, make_link, read_link
from joinedup.accounts.models import Grant
from joinedup.accounts.person import Person
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.partners.addressees import HAS_TO_BE_HEARD, contacts_first, coordinator_addresses
from joinedup.partners.queries import speaks_for
from joinedup.voice.models import PartnerReply

PURPOSE = "partner-reply"
VALID_DAYS = 60


def version_of(reply: PartnerReply) -> str:
    """Stands for the words and whose they are: the link of a mail works while they are what the mail said."""
    told = (
        reply.partner_id,
        reply.word,
        reply.text,
        reply.by_when,
        reply.said_by,
        reply.said_how,
        reply.said_on,
    )
    return hashlib.sha256(repr([str(each) for each in told]).encode()).hexdigest()[:16]


def tell(by: Person, reply: PartnerReply) -> None:
    """Write to the partner, on commit, what is said in its name, without the words of young people, who may take them
    back. Whoever wrote it down is not asked. `told_on` stays empty if nobody has an address, or no mail went out."""
    found = contacts_first([reply.partner_id], HAS_TO_BE_HEARD)[reply.partner_id]
    to = [each for each in found if each.email.lower() != by.email.lower()]
    reply.told_on = timezone.localdate() if to else None
    reply.save(update_fields=["told_on"])
    replies = coordinator_addresses(reply.contribution.conversation.event.footprint_id)
    mails = []
    for each in to:
        link = make_link(PURPOSE, f"{reply.pk}.{version_of(reply)}", each.account or each.email)
        words = {"reply": reply, "link": address_of("reply_by_mail", link)}
        mails.append(compose("voice/mails/said_so", each.email, words, reply_to=replies))
    event = reply.contribution.conversation.event
    send_on_commit(mails, footprint=event.footprint_id, undo=Undo(nobody_was_told, {"reply": reply.pk}))


def nobody_was_told(refused: Refused, *, reply: int) -> None:
    """The mail server took none of the mails to the partner."""
    if refused.all_of_them:
        PartnerReply.objects.filter(pk=reply).update(told_on=None)


def tell_of_contradiction(reply: PartnerReply) -> None:
    """Write to those who coordinate, on commit, that a partner did not say so."""
    words = {"reply": reply, "link": address_of("contribution_reply", reply.contribution_id)}
    to = coordinator_addresses(reply.contribution.conversation.event.footprint_id)
    event = reply.contribution.conversation.event
    send_on_commit(
        [compose("voice/mails/not_said", each, words) for each in to], footprint=event.footprint_id
    )


@dataclass(frozen=True)
class ReplyByMail:
    """What the link in such a mail leads to, and as whom its reader speaks for the partner."""

    reply: PartnerReply
    by: Person


def by_mail(token: str) -> ReplyByMail | None:
    """None for a link that is too old or was changed, for words that have been changed or taken back since, and where
    whoever it was sent to no longer speaks for the partner; 2 queries at most."""
    link = read_link(PURPOSE, token, days=VALID_DAYS)
    pk, _dot, version = link.pk.partition(".") if link else ("", "", "")
    if link is None or not pk.isdecimal():
        return None
    whole = PartnerReply.objects.select_related(
        "partner", "contribution__conversation__event", "contribution__theme", "contribution__place"
    )
    reply = whole.filter(pk=pk).first()
    if reply is None or version_of(reply) != version:
        return None
    name = speaks_for(reply.partner, link.user_id, link.email)
    if name is None:
        return None
    member = frozenset({Grant.Role.PARTNER_MEMBER.value})
    return ReplyByMail(
        reply, Person(link.user_id, name, partner_ids=frozenset({reply.partner_id}), roles=member)
    )
