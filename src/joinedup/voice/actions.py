"""Conversations: open one, answer, moderate, withdraw, make an answer a topic, and say who does what it asks for."""

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
from joinedup.opportunities.heard import forget
from joinedup.opportunities.touching import touch
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.places.queries import is_place_name
from joinedup.taxonomy.models import Theme
from joinedup.voice.checks import findings, reply_refusal, title_refusal
from joinedup.voice.contradictions import settle_open
from joinedup.voice.models import Contradiction, Contribution, Conversation, Host, PartnerReply
from joinedup.voice.queries import places_of, repliers
from joinedup.voice.replies_by_mail import tell, version_of

State = Contribution.State
# How long somebody has to answer what a young person asked for, from the day on which it was shown.
ANSWER_WITHIN = datetime.timedelta(weeks=4)
ASKS = ["theme", "place", "due"]


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
    for finding in findings(text, is_place_name):
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
    before, said = audit.snapshot(contribution), contribution.text
    contribution.state, contribution.text = State.WITHDRAWN, ""
    contribution.theme = contribution.place = contribution.due = None
    contribution.save(update_fields=["state", "text", *ASKS])
    # It may repeat the words.
    PartnerReply.objects.filter(contribution=contribution).delete()
    Contradiction.objects.filter(contribution=contribution).delete()
    _take_from_titles(contribution)
    _take_from_opportunities(contribution, said)
    audit.record(by=PUBLIC, action="contribution.withdraw", on=contribution, before=before)
    return contribution


def _take_from_titles(contribution: Contribution) -> None:
    """A topic's title may repeat the words, and the agenda is public: it keeps only its theme."""
    if topic := Topic.objects.filter(contributions=contribution).select_related("theme").first():
        topic.title = topic.theme.name if topic.theme else _("Raised by a young person")
        topic.save(update_fields=["title"])


def _take_from_opportunities(contribution: Contribution, said: str) -> None:
    """What is no longer shown is quoted nowhere, from this moment on: not only once the list is worked out again."""
    footprint = contribution.conversation.event.footprint
    if footprint is not None and said:
        forget(footprint, said)
    _follow(contribution)


def _follow(contribution: Contribution) -> None:
    """The partnership's opportunities rest on what young people ask for."""
    footprint = contribution.conversation.event.footprint_id
    if footprint is not None:
        touch([footprint], Contribution._meta.label_lower)


@transaction.atomic
def moderate(
    *,
    by: Person,
    contribution: Contribution,
    state: str,
    reason: str = "",
    theme: Theme | None = None,
    place: Place | None = None,
    due: datetime.date | None = None,
) -> Contribution:
    """Show an answer, or hide it for one of the fixed reasons. The decision can be changed; a withdrawn
    answer stays withdrawn.

    With a theme and a place, what is shown asks for something: somebody has to answer it by `due`, four weeks from now
    unless said. Without them it asks what it asked before; `take_back_asking` says that it asks for nothing.
    """
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
    if state == State.SHOWN and (theme is not None or place is not None or due is not None):
        _ask(current, theme, place, due)
    current.save(update_fields=["state", "reason", "read_by", "read_on", *ASKS])
    if state == State.REFUSED:
        _take_from_titles(current)
        _take_from_opportunities(current, current.text)
    elif current.asks:
        _follow(current)
    audit.record(by=by, action="contribution.moderate", on=current, before=before)
    return current


def _ask(
    contribution: Contribution, theme: Theme | None, place: Place | None, due: datetime.date | None
) -> None:
    """Put down what an answer asks for; nothing is saved. Raises ValidationError for an adult's, for half of it, for a
    place that is none of the partnership, and for a day that is over."""
    if contribution.age_band == Contribution.ADULT:
        raise ValidationError(_("An adult said this: their partner can ask for it itself."))
    if theme is None or place is None:
        raise ValidationError(
            _("Say both what it is about and where, so that somebody can answer; or leave both empty.")
        )
    event = contribution.conversation.event
    if not places_of(event).filter(pk=place.pk).exists():
        raise ValidationError({"place": _("Choose a place of the partnership.")})
    if due is not None and due != contribution.due and due < timezone.localdate():
        raise ValidationError({"due": _("Choose a day that is still to come.")})
    contribution.theme, contribution.place = theme, place
    contribution.due = due or contribution.due or timezone.localdate() + ANSWER_WITHIN


@transaction.atomic
def take_back_asking(*, by: Person, contribution: Contribution) -> Contribution:
    """Say that an answer asks for nothing after all; it stays shown. Doing it twice does nothing. Raises
    ValidationError once a partner has replied: that is taken back first."""
    require(by, "contribution.moderate", on=contribution)
    current = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if current.due is None:
        return current
    if PartnerReply.objects.filter(contribution=current).exists():
        raise ValidationError(_("Somebody answered it: take that answer back first."))
    before = audit.snapshot(current)
    current.theme = current.place = current.due = None
    current.save(update_fields=ASKS)
    _follow(current)
    audit.record(by=by, action="contribution.take_back_asking", on=current, before=before)
    return current


@transaction.atomic
def reply(
    *,
    by: Person,
    contribution: Contribution,
    partner: Partner,
    word: str,
    text: str,
    by_when: datetime.date | None,
    said_by: str,
    said_how: str,
    said_on: datetime.date,
) -> PartnerReply:
    """Say which partner answers what a young person asked for, what can be done, and by when; again, to change it.

    Everybody reads it under the name of a partner that everybody may know of: who said it there (a role), how and when
    is kept, and the partner is told by mail, so that it can contradict. Raises ValidationError for what asks for
    nothing, words that lead to a person, and a yes without a day.
    """
    require(by, "contribution.reply", on=contribution)
    current = Contribution.objects.select_for_update().get(pk=contribution.pk)
    event = current.conversation.event
    if not current.asks:
        raise ValidationError(_("Nobody has to answer this: it is not shown, or asks for nothing."))
    if not repliers(event, by).filter(pk=partner.pk).exists():
        raise ValidationError(
            {"partner": _("Choose a partner of the partnership that everybody may know of.")}
        )
    if said_on > timezone.localdate():
        raise ValidationError({"said_on": _("Choose the day on which they said it: it is not over yet.")})
    if event.footprint is not None:
        refuse_while_held([event.footprint])
    plain = " ".join(text.split())
    role = " ".join(said_by.split())
    for field, words in (("text", plain), ("said_by", role)):
        if wrong := reply_refusal(words, is_place_name):
            raise ValidationError({field: wrong})
    held = PartnerReply.objects.filter(contribution=current).first()
    before, told = (audit.snapshot(held), version_of(held)) if held else (None, "")
    if word == PartnerReply.Word.NO:
        by_when = None
    elif by_when is None:
        raise ValidationError({"by_when": _("Say by when: young people wait for it.")})
    elif by_when < timezone.localdate() and (held is None or held.by_when != by_when):
        raise ValidationError({"by_when": _("Choose a day that is still to come.")})
    made = held or PartnerReply(contribution=current)
    made.partner, made.word, made.text, made.by_when = partner, word, plain, by_when
    made.said_by, made.said_how, made.said_on = role, said_how, said_on
    made.recorded_by, made.recorded_on = by.name[:160], timezone.localdate()
    made.full_clean()
    made.save()
    if version_of(made) != told:
        tell(by, made)
    # Somebody found out what was said: that it was contradicted before is dealt with.
    settle_open(by, current)
    _follow(current)
    audit.record(by=by, action="contribution.reply", on=made, before=before)
    return made


@transaction.atomic
def take_back_reply(*, by: Person, contribution: Contribution) -> None:
    """Take back what a partner said: what was asked for waits again. Doing it twice does nothing."""
    require(by, "contribution.reply", on=contribution)
    held = PartnerReply.objects.filter(contribution=contribution).first()
    if held is None:
        return
    audit.record(by=by, action="contribution.take_back_reply", on=held, before=audit.snapshot(held), after={})
    held.delete()
    _follow(contribution)


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
    if wrong := title_refusal(title, is_place_name):
        raise ValidationError({"title": wrong})
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
