"""Queries about local action. Every result holds only what `person` may see."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.documents.csv_file import several
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.places.models import Place
from joinedup.places.queries import touching
from joinedup.taxonomy.models import Theme

RUNNING, PLANNED, ENDED = "running", "planned", "ended"


def running(on: datetime.date) -> Q:
    """Initiatives under way on a day. An unknown start counts as begun, and an unknown end as not ended."""
    begun = Q(starts__isnull=True) | Q(starts__lte=on)
    return begun & (Q(ends__isnull=True) | Q(ends__gte=on))


def planned(on: datetime.date) -> Q:
    """Initiatives that start after a day."""
    return Q(starts__gt=on)


def ended(on: datetime.date) -> Q:
    """Initiatives that ended before a day."""
    return Q(ends__lt=on)


def standing(initiative: Initiative, on: datetime.date) -> str:
    """RUNNING, PLANNED or ENDED: the same three, for one initiative."""
    if initiative.ends is not None and initiative.ends < on:
        return ENDED
    if initiative.starts is not None and initiative.starts > on:
        return PLANNED
    return RUNNING


WHEN = {RUNNING: running, PLANNED: planned, ENDED: ended}


def find_initiatives(
    person: Person,
    *,
    place: Place | None = None,
    theme: Theme | None = None,
    level: str = "",
    partner: str = "",
    when: str = "",
    text: str = "",
    unsaid: bool = False,
    on: datetime.date | None = None,
) -> QuerySet[Initiative]:
    """Local action that matches every filter given.

    `partner` is a slug or part of a name, of the lead or a co-partner; `when` is RUNNING, PLANNED or ENDED on
    the day `on` (today); a place matches the place, its parts, and the places around it; with `unsaid`, only
    what does not state its theme or place. A partner whom `person` may not see is never a way to find
    something.
    """
    found: QuerySet[Initiative] = Initiative.objects.visible_to(person)
    if place is not None:
        there = Initiative.places.through.objects.filter(*touching(place, "place"))
        found = found.filter(pk__in=there.values("initiative_id"))
    if theme is not None:
        tagged = Initiative.themes.through.objects.filter(theme=theme)
        found = found.filter(pk__in=tagged.values("initiative_id"))
    if level:
        found = found.filter(level=level)
    if partner:
        seen = Partner.objects.visible_to(person)
        who = seen.filter(Q(slug=partner) | Q(name__icontains=partner)).values("pk")
        shared = Initiative.co_partners.through.objects.filter(partner__in=who)
        found = found.filter(Q(partner__in=who) | Q(pk__in=shared.values("initiative_id")))
    if when:
        found = found.filter(WHEN[when](on or timezone.localdate()))
    if unsaid:
        found = found.filter(Q(themes__isnull=True) | Q(places__isnull=True)).distinct()
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(what__icontains=word))
    return found.select_related("partner").prefetch_related("places", "themes", "co_partners")


def at_or_perhaps_at(
    person: Person, place: Place, *, on: datetime.date, footprints: Iterable[int]
) -> QuerySet[Initiative]:
    """What `initiatives_for_place` finds under way, and beside it what states no place and may be in this one: its
    partner works there, or does not state a place and belongs to one of these partnerships, which cover it or a part of
    it (`places.queries.covering`). `is_placed` tells one from the other. 2 queries and those for what belongs to them.
    """
    own = Initiative.places.through.objects
    there = own.filter(*touching(place, "place")).values("initiative_id")
    silent = Q(is_placed=False, partner__in=_working_at(person, place, footprints))
    running_now = find_initiatives(person, when=RUNNING, on=on)
    placed = Exists(own.filter(initiative=OuterRef("pk")))
    return running_now.annotate(is_placed=placed).filter(Q(pk__in=there) | silent)


def _working_at(person: Person, place: Place, footprints: Iterable[int]) -> list[int]:
    """The partners that `person` may see and that work in a place: they say so, or state no place and belong to one of
    these partnerships, which cover it."""
    (serves_it,) = touching(place, "serves")
    silent = Partner.objects.filter(footprints__in=list(footprints), serves__isnull=True)
    working = Partner.objects.visible_to(person).filter(serves_it | Q(pk__in=silent.values("pk")))
    return list(working.values_list("pk", flat=True))


def initiatives_for_place(
    person: Person, place: Place, *, on: datetime.date | None = None
) -> QuerySet[Initiative]:
    """Local action in the place, in a part of it or in an area around it; with `on`, under way that day. 5 queries."""
    return find_initiatives(person, place=place, when=RUNNING if on else "", on=on)


def seen_partners(person: Person, initiatives: Iterable[Initiative]) -> dict[int, Partner]:
    """Which of the partners behind these initiatives `person` may see; 1 query. Others are never named."""
    ids = {i.partner_id for i in initiatives}
    for initiative in initiatives:
        ids |= {p.pk for p in initiative.co_partners.all()}
    return visible_partners(person, ids)


CSV_HEADER = [
    "Local action",
    "What is done",
    "Led by",
    "With",
    "Where",
    "Themes",
    "Level",
    "Ages from",
    "Ages to",
    "People a year",
    "Starts",
    "Ends",
    "Now",
    "Approach",
    "Evidence (0 to 1)",
    "Result (0 to 1)",
    "Result in words",
    "Confirmed by the body on",
    "How far it can be relied on",
    "Who may see it",
    "Demonstration",
    "Source",
    "Source address",
]


def csv_rows(person: Person, initiatives: QuerySet[Initiative]) -> Iterator[list[Any]]:
    """The list as rows under CSV_HEADER; 5 queries. Unknown is empty; a partner that `person` may not see is
    not named."""
    everything = list(initiatives.select_related("partner", "approach"))
    seen = seen_partners(person, everything)
    today = timezone.localdate()
    for each in everything:
        yield [
            each.name,
            each.what,
            seen.get(each.partner_id, "a partner that you may not see"),
            several(p for p in each.co_partners.all() if p.pk in seen),
            several(each.places.all()),
            several(each.themes.all()),
            each.level,
            each.age_from,
            each.age_to,
            each.reach_per_year,
            each.starts,
            each.ends,
            standing(each, today),
            each.approach,
            each.evidence,
            each.result,
            each.result_text,
            each.confirmed_on,
            each.told,
            each.get_marking_display(),
            each.is_demonstration,
            each.source,
            each.source_url,
        ]
