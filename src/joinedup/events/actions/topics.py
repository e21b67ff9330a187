"""The agenda: its topics, their order, and what partners propose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.events.models import ON_AN_AGENDA, Event, Topic
from joinedup.opportunities.decided import copies
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.privacy import free_text
from joinedup.taxonomy.models import Theme

# How many places the title of a topic names.
PLACES_NAMED = 4
BEFORE_THE_AGENDA = {Opportunity.State.SUGGESTED, Opportunity.State.TAKEN_UP}


def set_state(by: Person, opportunity: Opportunity, state: str, action: str) -> None:
    """Change the state of an opportunity, and of its public copy; call it inside a transaction."""
    before = audit.snapshot(opportunity)
    copies(opportunity, state).update(state=state, decided_by=by.name[:160], decided_on=timezone.localdate())
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


def _told(topic: Topic) -> str:
    """The title for the audit trail, which keeps it for ever: hidden where it may repeat what a young person said, who
    can take that back."""
    said: Any = topic.contributions
    return audit.HIDDEN if said.exists() else topic.title


def place_title(theme: Theme | None, places: Sequence[Place]) -> str:
    """“Family support in Croydon, Merton and Sutton”: the title of a topic that nobody gave another."""
    words = theme.name if theme else _("Working together")
    names = [place.name for place in places]
    if not names:
        return words
    if len(names) > PLACES_NAMED + 1:
        more = _("%(number)s more places") % {"number": len(names) - PLACES_NAMED}
        names = [*names[:PLACES_NAMED], more]
    return _("%(theme)s in %(places)s") % {"theme": words, "places": get_text_list(names, _("and"))}


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
    words = title.strip() or place_title(theme, [opportunity.place])
    topic = Topic.objects.create(
        event=event,
        title=_title(words),
        theme=theme,
        opportunity=opportunity,
        weight=round(1 + (opportunity.score or 50) / 100, 2),
        order=_next(event),
    )
    topic.parties.set(opportunity.parties.all())
    topic.places.add(opportunity.place)
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
    topic.is_chosen, topic.part_of, topic.order = True, None, _next(topic.event)
    topic.save(update_fields=["is_chosen", "part_of", "order"])
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
    places: Iterable[Place],
) -> Topic:
    """Change the title, theme, weight (0 to 5), the partners whose presence it needs, and the places it is about."""
    require(by, "topic.choose", on=topic)
    before = audit.snapshot(topic) | {"title": _told(topic), "places": _codes(topic)}
    topic.theme = theme
    _write(topic, title, weight, parties, places)
    after = audit.snapshot(topic) | {"title": _told(topic), "places": _codes(topic)}
    audit.record(by=by, action="topic.change", on=topic, before=before, after=after)
    return topic


@transaction.atomic
def widen_topic(*, by: Person, topic: Topic, places: Sequence[Place]) -> Topic:
    """A topic is about further places too. A title that begins with theme and places names the new ones."""
    require(by, "topic.choose", on=topic)
    before = {"title": _told(topic), "places": _codes(topic)}
    held = list(topic.places.all())
    if not held:
        raise ValidationError(_("This topic is about every place already."))
    new = [place for place in places if place not in held]
    if not new:
        raise ValidationError(_("This topic is about these places already."))
    words = place_title(topic.theme, held)
    if topic.title.startswith(words):
        topic.title = _title(place_title(topic.theme, [*held, *new]) + topic.title.removeprefix(words))
        topic.save(update_fields=["title"])
    topic.places.add(*new)
    after = {"title": _told(topic), "places": _codes(topic)}
    audit.record(by=by, action="topic.widen", on=topic, before=before, after=after)
    return topic


@transaction.atomic
def narrow_topic(*, by: Person, topic: Topic, places: Sequence[Place], title: str) -> Topic:
    """A topic is about fewer places again, and has its earlier title: what undoes `widen_topic`."""
    require(by, "topic.choose", on=topic)
    held = set(topic.places.all())
    if not places or not set(places) < held:
        raise ValidationError(_("Choose some of the places that the topic is about."))
    before = {"title": _told(topic), "places": _codes(topic)}
    topic.title = _title(title)
    topic.save(update_fields=["title"])
    topic.places.set(places)
    after = {"title": _told(topic), "places": _codes(topic)}
    audit.record(by=by, action="topic.narrow", on=topic, before=before, after=after)
    return topic


@transaction.atomic
def merge_topics(*, by: Person, topic: Topic, others: Sequence[Topic]) -> Topic:
    """Talk about several topics of one theme as one: about all their places, with all their partners.

    The others are kept as its parts, with what young people chose, their order and their opportunities, which stay on
    the agenda; `separate_topics` undoes it.
    """
    require(by, "topic.choose", on=topic)
    whole = [topic, *others]
    if len({each.pk for each in whole}) < 2 or any(each.event_id != topic.event_id for each in whole):
        raise ValidationError(_("Choose two topics or more of this event."))
    if not all(each.is_chosen for each in whole):
        raise ValidationError(_("One of these topics is not on the agenda any more."))
    if len({each.theme_id for each in whole}) > 1:
        raise ValidationError(_("Topics are put together only where they have one theme."))
    _nothing_agreed(others)
    before = {"title": _told(topic), "places": _codes(topic), "parts": []}
    places = {place.pk: place for each in whole for place in each.places.all()}
    topic.title = _title(place_title(topic.theme, list(places.values())))
    topic.weight = max(each.weight for each in whole)
    topic.save(update_fields=["title", "weight"])
    topic.places.set(places.values())
    topic.parties.add(*(party for each in others for party in each.parties.all()))
    for each in others:
        each.sittings.update(topic=None)
        each.is_chosen, each.part_of = False, topic
        each.save(update_fields=["is_chosen", "part_of"])
        each.parts.update(part_of=topic)
    after = {"title": _told(topic), "places": _codes(topic), "parts": [_told(each) for each in others]}
    audit.record(by=by, action="topic.merge", on=topic, before=before, after=after)
    return topic


@transaction.atomic
def separate_topics(
    *,
    by: Person,
    topic: Topic,
    parts: Iterable[int],
    title: str,
    weight: float,
    parties: Iterable[Partner],
    places: Iterable[Place],
) -> Topic:
    """Put parts of a topic (by key) back on the agenda by themselves, and the topic back to what it was."""
    require(by, "topic.choose", on=topic)
    found = list(topic.parts.filter(pk__in=list(parts)))
    if not found:
        raise ValidationError(_("These topics are on the agenda by themselves."))
    _nothing_agreed([topic])
    before = {"title": _told(topic), "places": _codes(topic), "parts": [_told(each) for each in found]}
    _write(topic, title, weight, parties, places)
    for each in found:
        each.is_chosen, each.part_of = True, None
        each.save(update_fields=["is_chosen", "part_of"])
    after = {"title": _told(topic), "places": _codes(topic), "parts": []}
    audit.record(by=by, action="topic.separate", on=topic, before=before, after=after)
    return topic


def _write(
    topic: Topic, title: str, weight: float, parties: Iterable[Partner], places: Iterable[Place]
) -> None:
    """Save a topic with these words, weight, partners and places, or refuse what cannot be."""
    if not 0 <= weight <= 5:
        raise ValidationError("How much a topic counts is a number from 0 to 5.")
    topic.title, topic.weight = _title(title), weight
    topic.save(update_fields=["title", "theme", "weight"])
    topic.parties.set(parties)
    topic.places.set(places)


def _codes(topic: Topic) -> list[str]:
    return sorted(topic.places.values_list("pk", flat=True))


def _nothing_agreed(topics: Iterable[Topic]) -> None:
    if any(each.sittings.filter(agreements__isnull=False).exists() for each in topics):
        raise ValidationError(_("Something was agreed on one of these topics, so they stay as they are."))


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
    released = [topic.opportunity, *(each.opportunity for each in topic.parts.select_related("opportunity"))]
    topic.parts.update(part_of=None)
    topic.sittings.update(topic=None)
    if topic.is_chosen and topic.votes.exists():
        before = audit.snapshot(topic)
        topic.is_chosen = False
        topic.save(update_fields=["is_chosen"])
        audit.record(by=by, action="topic.remove", on=topic, before=before)
    else:
        audit.record(by=by, action="topic.remove", on=topic, before=audit.snapshot(topic), after={})
        topic.delete()
    for opportunity in released:
        if opportunity is not None and opportunity.state == Opportunity.State.ON_AGENDA:
            _off_agenda(by, opportunity)


def _off_agenda(by: Person, opportunity: Opportunity) -> None:
    """Nothing, where it is on the agenda of another event, by itself or as a part."""
    held = Topic.objects.filter(ON_AN_AGENDA, opportunity__key=opportunity.key, event__is_draft=False)
    if not held.filter(event__footprint=opportunity.footprint_id).exists():
        set_state(by, opportunity, Opportunity.State.TAKEN_UP, "opportunity.off_agenda")
