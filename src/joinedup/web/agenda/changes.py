"""Changes of a topic on the agenda, each with the button that takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from joinedup.accounts.posted import decimal_in, number_in, numbers_in
from joinedup.accounts.request import Request
from joinedup.events.actions.topics import (
    change_topic,
    merge_topics,
    narrow_topic,
    separate_topics,
    widen_topic,
)
from joinedup.events.models import Event, Topic
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.tables import undo
from joinedup.tables.actions.plan import set_topic
from joinedup.tables.models import Sitting
from joinedup.taxonomy.models import Theme

CHANGES = {"widen", "narrow", "merge", "separate", "change"}
Fields = list[tuple[str, object]]


def take_up(request: Request, topic: Topic, button: str) -> None:
    """Take up a proposal, or take a change back: what the topic was is in the button that undoes it."""
    by, post, event = request.person, request.POST, topic.event
    places = list(Place.objects.filter(pk__in=post.getlist("places")).order_by("name"))
    was: Fields = [("title", topic.title), *_places(topic)]
    try:
        if button == "widen":
            places = [place for place in places if event.footprint and place in event.footprint.places.all()]
            widen_topic(by=by, topic=topic, places=places)
            said = _("Now about more places: %(title)s") % {"title": topic.title}
            undo.offer(request, said, [("do", "narrow"), ("pk", topic.pk), *was])
        elif button == "merge":
            others = list(
                event.topics.filter(pk__in=numbers_in(post.getlist("with"))).order_by("order", "pk")
            )
            was += [("weight", topic.weight), *_parties(topic)]
            merge_topics(by=by, topic=topic, others=others)
            said = _("Now one topic: %(title)s") % {"title": topic.title}
            parts = [("parts", each.pk) for each in others]
            undo.offer(request, said, [("do", "separate"), ("pk", topic.pk), *parts, *was])
        elif button == "narrow":
            narrow_topic(by=by, topic=topic, places=places, title=post.get("title", ""))
            messages.success(request, _("Back to what it was: %(title)s") % {"title": topic.title})
        elif button == "change":
            change(
                request,
                topic,
                {
                    "title": post.get("title", ""),
                    "theme": Theme.objects.filter(pk=post.get("theme")).first(),
                    "weight": decimal_in(post.get("weight")),
                    "parties": _partners_of(topic).filter(pk__in=numbers_in(post.getlist("parties"))),
                    "places": places,
                },
            )
        else:
            separate_topics(
                by=by,
                topic=topic,
                parts=numbers_in(post.getlist("parts")),
                title=post.get("title", ""),
                weight=decimal_in(post.get("weight")),
                parties=topic.parties.filter(pk__in=numbers_in(post.getlist("parties"))),
                places=topic.places.filter(pk__in=post.getlist("places")),
            )
            messages.success(request, _("They are topics by themselves again."))
    except ValidationError as error:
        messages.error(request, error.messages[0])


def change(request: Request, topic: Topic, values: Mapping[str, Any]) -> None:
    """Change a topic's title and the rest, and offer to take it back. Raises ValidationError."""
    was: Fields = [("title", topic.title), ("theme", topic.theme_id or ""), ("weight", topic.weight)]
    was += [*_parties(topic), *_places(topic)]
    old = topic.title
    change_topic(by=request.person, topic=topic, **values)
    said = _("Saved: %(title)s") % {"title": topic.title}
    if topic.title != old:
        said = _("Now called “%(title)s”, before: “%(old)s”.") % {"title": topic.title, "old": old}
    undo.offer(request, said, [("do", "change"), ("pk", topic.pk), *was])


def give_table(request: Request, event: Event) -> None:
    """Let a table talk about a topic instead of its own, and offer to take it back."""
    post = request.POST
    found = event.sittings.select_related("table", "topic", "event__footprint")
    sitting: Sitting | None = found.filter(pk=number_in(post.get("sitting"))).first()
    topic = event.topics.filter(pk=number_in(post.get("topic"))).first()
    if sitting is None or (topic is None and post.get("topic")):
        messages.error(request, _("This table or topic is not there any more."))
        return
    was = sitting.topic_id or ""
    try:
        set_topic(by=request.person, sitting=sitting, topic=topic)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return
    at = {"table": sitting.table.number, "number": sitting.round, "title": topic.title if topic else ""}
    said = _("Table %(table)s in round %(number)s talks about nothing again.") % at
    if topic:
        words = _(
            "Table %(table)s in round %(number)s now talks about “%(title)s”. Everybody stays where they sit."
        )
        said = words % at
    undo.offer(request, said, [("do", "table"), ("sitting", sitting.pk), ("topic", was)])


def _parties(topic: Topic) -> Fields:
    return [("parties", party.pk) for party in topic.parties.all()]


def _places(topic: Topic) -> Fields:
    return [("places", place.pk) for place in topic.places.all()]


def _partners_of(topic: Topic) -> Any:
    """Those of the partnership, and those whom the topic or its opportunity names."""
    named = Q(topics=topic)
    if topic.opportunity_id:
        named |= Q(opportunities=topic.opportunity_id)
    return Partner.objects.filter(Q(footprints=topic.event.footprint_id) | named).distinct()
