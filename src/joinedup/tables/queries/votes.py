"""The topics that young people with a companion may choose, and what they chose."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from joinedup.accounts.person import PUBLIC
from joinedup.events.models import Event
from joinedup.events.queries.events import topic_title
from joinedup.opportunities.models import Opportunity
from joinedup.registration.models import Attendee
from joinedup.tables.models import Vote


@dataclass(frozen=True)
class TopicChoice:
    """A topic in words that are public."""

    pk: int
    title: str
    is_on_agenda: bool
    from_young_people: bool


@dataclass(frozen=True)
class Chooser:
    """A young person who comes, with the topics they chose."""

    attendee: Attendee
    name: str
    chosen: frozenset[int]


def topics_to_choose(event: Event) -> list[TopicChoice]:
    """Topics on the agenda, then those proposed; 2 queries.

    The holder of a companion's link knows no more than the public: a topic whose opportunity is for the
    partnership only goes by its theme.
    """
    found = event.topics.filter(part_of=None).annotate(said=Count("contributions"))
    found = found.select_related("theme", "opportunity")
    topics = list(found.order_by("-is_chosen", "order", "pk"))
    keys = [each.opportunity.key for each in topics if each.opportunity]
    public = Opportunity.objects.visible_to(PUBLIC).filter(footprint=event.footprint_id, key__in=keys)
    known = set(public.values_list("key", flat=True))
    return [
        TopicChoice(
            pk=each.pk,
            title=topic_title(each, is_seen=each.opportunity is not None and each.opportunity.key in known),
            is_on_agenda=each.is_chosen,
            from_young_people=each.said > 0,
        )
        for each in topics
    ]


def choosers(through: Attendee) -> list[Chooser]:
    """The young people for whom this link chooses: those who come with its owner, or the owner; 2 queries."""
    votes = Prefetch("votes", Vote.objects.select_related("topic"), to_attr="chosen_votes")
    if through.is_young:
        found = Attendee.objects.filter(pk=through.pk)
    else:
        found = through.with_them.all()
    coming = found.filter(standing__in=Attendee.COMING).select_related("event")
    return [
        Chooser(
            each,
            each.name or _("Young person No. %(number)s") % {"number": each.number},
            frozenset(vote.topic.part_of_id or vote.topic_id for vote in each.chosen_votes),
        )
        for each in coming.prefetch_related(votes)
        if each.is_young
    ]
