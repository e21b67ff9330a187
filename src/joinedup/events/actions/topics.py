"""The agenda: its topics, their order, and what partners propose."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.events.models import Event, Topic
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.privacy import free_text
from joinedup.taxonomy.models import Theme

BEFORE_THE_AGENDA = {Opportunity.State.SUGGESTED, Opportunity.State.TAKEN_UP}


def set_state(by: Person, opportunity: Opportunity, state: str, action: str) -> None:
    """Change the state of an opportunity, and of its public copy; call it inside a transaction."""
    before = audit.snapshot(opportunity)
    Opportunity.objects.filter(footprint=opportunity.footprint_id, key=opportunity.key).update(
        state=state, decided_by=by.name[:160], decided_on=timezone.localdate()
    )
    opportunity.refresh_from_db()
    audit.record(by=by, action=action, on=opportunity, before=before)


def _next(event: Event) -> int:
    return (event.topics.aggregate(last=Max("order"))["last"] or 0) + 1


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 3 <= len(title) <= 250:
        raise ValidationError("Give the topic a title of 3 to 250 characters.")
    if wrong := free_text.refusal(title):
        raise ValidationError(wrong)
    return title


@transaction.atomic
def choose_opportunity(*, by: Person, event: Event, opportunity: Opportunity, title: str = "") -> Topic:
    """Put an opportunity on the agenda, with the partners it names.

    The agenda is public, so the title names the theme and the place unless somebody writes another.
    """
    require(by, "topic.choose", on=event)
    visible = Opportunity.objects.visible_to(by).filter(pk=opportunity.pk, footprint=event.footprint_id)
    if not visible.exists():
        raise PermissionDenied("This opportunity belongs to another partnership.")
    keys = Topic.objects.filter(event=event, opportunity__key=opportunity.key)
    if keys.exists():
        raise ValidationError("This opportunity is on the agenda already.")
    theme = opportunity.theme
    words = title or f"{theme.name if theme else 'Working together'} in {opportunity.place.name}"
    topic = Topic.objects.create(
        event=event,
        title=_title(words),
        theme=theme,
        opportunity=opportunity,
        weight=round(1 + (opportunity.score or 50) / 100, 2),
        order=_next(event),
    )
    topic.parties.set(opportunity.parties.all())
    audit.record(by=by, action="topic.choose", on=topic)
    # An opportunity on a draft's agenda shows that once the event is published.
    if opportunity.state in BEFORE_THE_AGENDA and not event.is_draft:
        set_state(by, opportunity, Opportunity.State.ON_AGENDA, "opportunity.on_agenda")
    return topic


@transaction.atomic
def propose_topic(
    *, by: Person, event: Event, partner: Partner, title: str, theme: Theme | None = None
) -> Topic:
    """Propose a topic for a partner of the partnership; the planners decide."""
    require(by, "topic.propose", on=Scope(frozenset({partner.pk}), event.scope().footprints))
    if not Partner.objects.filter(pk=partner.pk, footprints=event.footprint_id).exists():
        raise PermissionDenied("Only partners of this partnership propose topics for its events.")
    if event.date and event.date < timezone.localdate():
        raise ValidationError("This event is over.")
    topic = Topic.objects.create(
        event=event,
        title=_title(title),
        theme=theme,
        proposed_by=partner,
        is_chosen=False,
        order=_next(event),
    )
    topic.parties.add(partner)
    audit.record(by=by, action="topic.propose", on=topic)
    return topic


@transaction.atomic
def accept_topic(*, by: Person, topic: Topic) -> Topic:
    """Put a proposed topic on the agenda."""
    require(by, "topic.choose", on=topic)
    before = audit.snapshot(topic)
    topic.is_chosen, topic.order = True, _next(topic.event)
    topic.save(update_fields=["is_chosen", "order"])
    audit.record(by=by, action="topic.accept", on=topic, before=before)
    is_waiting = topic.opportunity is not None and topic.opportunity.state in BEFORE_THE_AGENDA
    if topic.opportunity is not None and is_waiting and not topic.event.is_draft:
        set_state(by, topic.opportunity, Opportunity.State.ON_AGENDA, "opportunity.on_agenda")
    return topic


@transaction.atomic
def change_topic(
    *,
    by: Person,
    topic: Topic,
    title: str,
    theme: Theme | None,
    weight: float,
    parties: Iterable[Partner],
) -> Topic:
    """Change the title, theme, weight (0 to 5) and the partners whose presence it needs."""
    require(by, "topic.choose", on=topic)
    if not 0 <= weight <= 5:
        raise ValidationError("The weight of a topic is 0 to 5.")
    before = audit.snapshot(topic)
    topic.title, topic.theme, topic.weight = _title(title), theme, weight
    topic.save(update_fields=["title", "theme", "weight"])
    topic.parties.set(parties)
    audit.record(by=by, action="topic.change", on=topic, before=before)
    return topic


@transaction.atomic
def move_topic(*, by: Person, topic: Topic, up: bool) -> list[Topic]:
    """Move it one place up or down on the agenda."""
    require(by, "topic.choose", on=topic)
    before = audit.snapshot(topic)
    agenda = list(topic.event.topics.filter(is_chosen=True))
    at = next((n for n, each in enumerate(agenda) if each.pk == topic.pk), None)
    if at is None:
        raise ValidationError("This topic is not on the agenda.")
    to = max(0, min(len(agenda) - 1, at + (-1 if up else 1)))
    agenda.insert(to, agenda.pop(at))
    for order, each in enumerate(agenda, start=1):
        each.order = order
    Topic.objects.bulk_update(agenda, ["order"])
    audit.record(by=by, action="topic.move", on=topic, before=before, after={"order": to + 1})
    return agenda


@transaction.atomic
def remove_topic(*, by: Person, topic: Topic) -> None:
    """Take a topic off the agenda, unless something was agreed on it. Its opportunity is open again.

    One that young people chose becomes a proposal again, with their choice; removing it from there deletes
    it.
    """
    require(by, "topic.choose", on=topic)
    if topic.sittings.filter(agreements__isnull=False).exists():
        raise ValidationError("Something was agreed on this topic, so it stays on the agenda.")
    opportunity = topic.opportunity
    topic.sittings.update(topic=None)
    if topic.is_chosen and topic.votes.exists():
        before = audit.snapshot(topic)
        topic.is_chosen = False
        topic.save(update_fields=["is_chosen"])
        audit.record(by=by, action="topic.remove", on=topic, before=before)
    else:
        audit.record(by=by, action="topic.remove", on=topic, before=audit.snapshot(topic), after={})
        topic.delete()
    if opportunity is None or opportunity.state != Opportunity.State.ON_AGENDA:
        return
    held = Topic.objects.filter(opportunity__key=opportunity.key, is_chosen=True, event__is_draft=False)
    if not held.filter(event__footprint=opportunity.footprint_id).exists():
        set_state(by, opportunity, Opportunity.State.TAKEN_UP, "opportunity.off_agenda")
