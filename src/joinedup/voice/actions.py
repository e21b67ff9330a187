"""Conversations: open one, answer, moderate, withdraw, and make an answer a topic."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import PUBLIC, Person
from joinedup.accounts.slugs import fresh_slug
from joinedup.events.drafts import refuse_draft
from joinedup.events.models import Event, Topic
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner
from joinedup.taxonomy.models import Theme
from joinedup.voice.checks import findings
from joinedup.voice.models import Contribution, Conversation, Host

State = Contribution.State


@transaction.atomic
def open_conversation(
    *,
    by: Person,
    event: Event,
    question: str,
    why: str,
    opens: datetime.date,
    closes: datetime.date,
    hosts: Iterable[Partner],
    is_demonstration: bool = False,
) -> Conversation:
    """Put a question to young people through hosts, each of which gets its own link.

    Raises ValidationError without a host that `by` may see, without a named safeguarding lead of the event
    (somebody must be there for what may be disclosed), for a past event, or if the last day is before the
    first.
    """
    require(by, "conversation.open", on=event)
    refuse_draft(event, _("This event is a draft: publish it before you ask young people about it."))
    if event.is_history:
        raise ValidationError(_("This event is over: a question needs a day that its answers can change."))
    if not event.safeguarding_lead:
        raise ValidationError(
            _("Name the safeguarding lead of the event first: young people may tell of a worry.")
        )
    if closes < opens:
        raise ValidationError({"closes": _("The last day cannot be before the first.")})
    wanted = {host.pk for host in hosts}
    partners = list(Partner.objects.visible_to(by).filter(pk__in=wanted))
    if not partners or len(partners) != len(wanted):
        raise ValidationError({"hosts": _("Choose at least one partner through which young people answer.")})
    conversation = Conversation(
        event=event,
        slug=fresh_slug(Conversation, question),
        question=question,
        why=why,
        opens=opens,
        closes=closes,
        is_demonstration=is_demonstration,
    )
    conversation.full_clean()
    conversation.save()
    for partner in partners:
        Host.objects.create(conversation=conversation, partner=partner)
    audit.record(
        by=by,
        action="conversation.open",
        on=conversation,
        after=audit.snapshot(conversation) | {"hosts": sorted(wanted)},
    )
    return conversation


@transaction.atomic
def give(*, by: Person, host: Host, text: str, age_band: str, names_nobody: bool = False) -> Contribution:
    """Save one answer, which waits until a trained adult has read it. The sender stays unknown: the audit
    trail says only that an answer came, even if somebody signed in sent it.

    Raises ValidationError if the conversation is not open, or for anything that `checks.findings` refuses.
    Anything it only asks about is accepted if `names_nobody` says that nobody is named.
    """
    require(by, "contribution.give")
    if not is_open(host.conversation, timezone.localdate()):
        raise ValidationError(_("This question is not open today."))
    if age_band == Contribution.ADULT:
        raise ValidationError({"age_band": _("This question is for young people.")})
    for finding in findings(text):
        if finding.certain or not names_nobody:
            raise ValidationError({"text": finding.sentence})
    contribution = Contribution(
        conversation=host.conversation,
        host=host,
        text=text.strip(),
        age_band=age_band,
        is_demonstration=host.conversation.is_demonstration,
    )
    contribution.full_clean()
    contribution.save()
    audit.record(by=PUBLIC, action="contribution.give", on=contribution)
    return contribution


@transaction.atomic
def withdraw(*, by: Person, contribution: Contribution) -> Contribution:
    """Withdraw an answer: its words are permanently deleted. Anyone with its code may do so at any time;
    doing it twice does nothing. As in `give`, the audit trail does not say who."""
    require(by, "contribution.give")
    if contribution.state == State.WITHDRAWN:
        return contribution
    before = audit.snapshot(contribution)
    contribution.state, contribution.text = State.WITHDRAWN, ""
    contribution.save(update_fields=["state", "text"])
    _take_from_titles(contribution)
    audit.record(by=PUBLIC, action="contribution.withdraw", on=contribution, before=before)
    return contribution


def _take_from_titles(contribution: Contribution) -> None:
    """A topic's title may repeat the words, and the agenda is public: it keeps only its theme."""
    if topic := Topic.objects.filter(contributions=contribution).select_related("theme").first():
        topic.title = topic.theme.name if topic.theme else _("Raised by a young person")
        topic.save(update_fields=["title"])


@transaction.atomic
def moderate(*, by: Person, contribution: Contribution, state: str, reason: str = "") -> Contribution:
    """Show an answer, or hide it for one of the fixed reasons. The decision can be changed; a withdrawn
    answer stays withdrawn."""
    require(by, "contribution.moderate", on=contribution)
    current = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if current.state == State.WITHDRAWN:
        raise ValidationError(_("It was withdrawn by who gave it."))
    if state not in (State.SHOWN, State.REFUSED):
        raise ValidationError(_("Choose whether to show it."))
    if state == State.REFUSED and reason not in Contribution.Reason.values:
        raise ValidationError({"reason": _("Choose why it is not shown.")})
    footprint = current.conversation.event.footprint
    if state == State.SHOWN and current.state != State.SHOWN and footprint is not None:
        refuse_while_held([footprint])
    before = audit.snapshot(current)
    current.state = state
    current.reason = reason if state == State.REFUSED else ""
    current.read_by = by.name[:160]
    current.read_on = timezone.localdate()
    current.save(update_fields=["state", "reason", "read_by", "read_on"])
    if state == State.REFUSED:
        _take_from_titles(current)
    audit.record(by=by, action="contribution.moderate", on=current, before=before)
    return current


@transaction.atomic
def make_topic(*, by: Person, contribution: Contribution, title: str, theme: Theme | None) -> Topic:
    """Put what a young person said on the event's agenda, once. Only an answer that is shown can become a
    topic."""
    require(by, "contribution.make_topic", on=contribution)
    if contribution.state != State.SHOWN:
        raise ValidationError(_("Only an answer that is shown can become a topic."))
    if contribution.age_band == Contribution.ADULT:
        raise ValidationError(_("An adult said this: their partner can propose it as a topic."))
    if contribution.topic_id is not None:
        raise ValidationError(_("It is a topic already."))
    if findings(title):
        raise ValidationError({"title": findings(title)[0].sentence})
    event = contribution.conversation.event
    last = event.topics.aggregate(last=Max("order"))["last"]
    topic = Topic(
        event=event,
        title=title,
        theme=theme,
        order=0 if last is None else last + 1,
    )
    topic.full_clean()
    topic.save()
    contribution.topic = topic
    contribution.save(update_fields=["topic"])
    audit.record(by=by, action="contribution.make_topic", on=topic)
    return topic


def is_open(conversation: Conversation, on: datetime.date) -> bool:
    return conversation.opens <= on <= conversation.closes
