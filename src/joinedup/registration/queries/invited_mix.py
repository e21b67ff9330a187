"""The organisations invited to an event and coming: their sectors, the places they serve, the themes they
work on. The picture of who is missing is made from this, read in a fixed number of queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max

from joinedup.accounts.person import Person
from joinedup.events.models import Event, Topic
from joinedup.evidence.models import Need
from joinedup.initiatives.models import Initiative
from joinedup.initiatives.queries import running
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import Footprint, Place
from joinedup.places.queries import DEPTH
from joinedup.registration.models import Attendee, Invitation
from joinedup.taxonomy.models import Sector, Theme

# How many of the footprint's strongest needs count besides the themes of the agenda.
STRONGEST = 3
# What lies above a place: ward, authority, county, region, country.
ABOVE = [f"{'__'.join(['parent'] * depth)}_id" for depth in range(1, DEPTH)]

Places = dict[int, frozenset[str]]
Themes = dict[int, frozenset[str]]


@dataclass(frozen=True)
class Invited:
    """Somebody with a valid invitation: not declined, not passed on."""

    partner_id: int | None
    sector_id: str | None
    brings: str
    has_accepted: bool


@dataclass(frozen=True)
class Comes:
    """Somebody who registered and did not cancel. `themes`: what they want to talk about."""

    partner_id: int | None
    sector_id: str | None
    is_young: bool
    themes: frozenset[str]


@dataclass(frozen=True)
class InvitedMix:
    """`sectors`: of the eight; `places`: of the footprint; `themes`: of the agenda, then of the strongest needs.

    `partners`: those of the partnership that the reader may see. `asked`: partners that were invited at all, whatever
    they said, or come. `serves`: which of `places` each partner serves; `works_on`: its themes and those of its
    running local action; `contacts`: how many with an address; `opportunities`: those behind topics that the reader
    may see.
    """

    sectors: list[Sector]
    places: list[Place]
    themes: list[Theme]
    topics: list[Topic]
    invited: list[Invited]
    coming: list[Comes]
    partners: list[Partner]
    asked: frozenset[int]
    serves: Places
    works_on: Themes
    contacts: dict[int, int]
    opportunities: frozenset[int]


def read_room(person: Person, event: Event, on: datetime.date) -> InvitedMix:
    """18 queries, whatever the number of partners, guests and topics."""
    footprint = event.footprint
    assert footprint is not None
    invitations = list(event.invitations.select_related("partner"))
    coming = _coming(event)
    topics = _topics(event)
    partners = list(
        Partner.objects.visible_to(person)
        .filter(footprints=footprint)
        .select_related("sector")
        .prefetch_related("footprints")
    )
    asked = {each.partner_id for each in coming if each.partner_id is not None}
    asked |= {each.partner_id for each in invitations if each.partner_id is not None}
    ids = asked | {each.pk for each in partners}
    behind = [topic.opportunity_id for topic in topics if topic.opportunity_id is not None]
    return InvitedMix(
        sectors=list(Sector.objects.filter(in_press_release=True)),
        places=list(footprint.places.all()),
        themes=_themes(topics, footprint),
        topics=topics,
        invited=_invited(invitations),
        coming=coming,
        partners=partners,
        asked=frozenset(asked),
        serves=_serves(ids, footprint),
        works_on=_works_on(person, ids, on),
        contacts=_contacts(ids),
        opportunities=frozenset(
            Opportunity.objects.visible_to(person).filter(pk__in=behind).values_list("pk", flat=True)
        ),
    )


def _invited(invitations: Iterable[Invitation]) -> list[Invited]:
    gone = {Invitation.Answer.DECLINED, Invitation.Answer.SUBSTITUTE}
    return [
        Invited(
            each.partner_id,
            each.partner.sector_id if each.partner else None,
            each.brings,
            each.answer == Invitation.Answer.ACCEPTED,
        )
        for each in invitations
        if each.answer not in gone
    ]


def _coming(event: Event) -> list[Comes]:
    found = event.attendees.filter(standing__in=Attendee.COMING).prefetch_related("themes")
    return [
        Comes(
            each.partner_id,
            each.sector_id,
            each.is_young,
            frozenset(theme.pk for theme in each.themes.all()),
        )
        for each in found
    ]


def _topics(event: Event) -> list[Topic]:
    chosen = event.topics.filter(is_chosen=True).select_related("theme", "opportunity")
    return list(chosen.prefetch_related("parties", "opportunity__parties"))


def _themes(topics: Iterable[Topic], footprint: Footprint) -> list[Theme]:
    """The themes of the agenda in its order, then those on which need is strongest somewhere in the footprint."""
    found = {topic.theme.pk: topic.theme for topic in topics if topic.theme is not None}
    strongest = (
        Theme.objects.filter(needs__in=Need.objects.said().filter(place__in=footprint.places.all()))
        .annotate(most=Max("needs__need"))
        .order_by("-most", "order", "slug")
    )
    others = [theme for theme in strongest[: len(found) + STRONGEST] if theme.pk not in found]
    return [*found.values(), *others[:STRONGEST]]


def _serves(ids: set[int], footprint: Footprint) -> Places:
    """Which places of the footprint each partner serves: a place itself, a part of it, or what is all around it."""
    inside: dict[str, set[str]] = defaultdict(set)
    for place, *above in footprint.places.values_list("pk", *ABOVE):
        for code in (place, *above):
            inside[code].add(place)
    own = set().union(*inside.values())
    found: dict[int, set[str]] = defaultdict(set)
    rows = Partner.serves.through.objects.filter(partner_id__in=ids)
    for partner, code, *above in rows.values_list(
        "partner_id", "place_id", *(f"place__{name}" for name in ABOVE)
    ):
        found[partner] |= inside.get(code, set()) | own.intersection(above)
    return {partner: frozenset(codes) for partner, codes in found.items()}


def _works_on(person: Person, ids: set[int], on: datetime.date) -> Themes:
    found: dict[int, set[str]] = defaultdict(set)
    own = Partner.themes.through.objects.filter(partner_id__in=ids)
    local = Initiative.objects.visible_to(person).filter(running(on), themes__isnull=False).order_by()
    for rows in (
        own.values_list("partner_id", "theme_id"),
        local.filter(partner__in=ids).values_list("partner_id", "themes"),
        local.filter(co_partners__in=ids).values_list("co_partners", "themes"),
    ):
        for partner, theme in rows:
            found[partner].add(theme)
    return {partner: frozenset(themes) for partner, themes in found.items()}


def _contacts(ids: set[int]) -> dict[int, int]:
    with_address = Contact.objects.filter(partner__in=ids).exclude(email="").order_by()
    return dict(with_address.values_list("partner").annotate(number=Count("pk")))
