"""Queries about who is invited and who comes: for planners only."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.partners.models import Ask, Partner
from joinedup.privacy.retention import PERSONAL_DETAILS
from joinedup.registration.models import RESIDENT, YOUNG, Attendee, Invitation
from joinedup.registration.needs import need_words, needs_in_words
from joinedup.taxonomy.models import Sector, Theme


def due_deletions(on: datetime.date) -> list[Event]:
    """Events whose personal details should have been deleted by `on`: 90 days after the day; 1 query."""
    held = Event.objects.filter(date__lte=on - PERSONAL_DETAILS.length, personal_deleted_on=None)
    kept = Q(attendees__isnull=False) | Q(invitations__isnull=False)
    return list(held.filter(kept).distinct().order_by("date"))


@dataclass(frozen=True)
class MissingPeople:
    """Who is neither invited nor coming."""

    sectors: list[Sector] = field(default_factory=list)
    young_people: bool = False


def missing(event: Event) -> MissingPeople:
    """Which of the eight sectors have no partner invited (and not declined) or coming, and whether young
    people do not; 4 queries."""
    asked = event.invitations.exclude(answer=Invitation.Answer.DECLINED)
    coming = event.attendees.filter(standing__in=Attendee.COMING)
    here = {*asked.values_list("partner__sector_id", flat=True), *coming.values_list("sector_id", flat=True)}
    young = any(YOUNG in parts for parts in coming.values_list("parts", flat=True))
    wanted = Sector.objects.filter(in_press_release=True)
    return MissingPeople([each for each in wanted if each.pk not in here], not young)


def invitations(event: Event) -> QuerySet[Invitation]:
    """The list, with the invitation each one replaces and how many it named in its place; 1 query."""
    return (
        event.invitations.select_related("partner__sector", "substitute_for")
        .annotate(named=Count("substitutes"))
        .order_by("partner__name", "role", "pk")
    )


UNCONFIRMED = (Attendee.Standing.HELD, Attendee.Standing.LAPSED)


def attendees(event: Event) -> QuerySet[Attendee]:
    return event.attendees.select_related("event", "partner", "sector", "companion").prefetch_related(
        "themes"
    )


def filtered(
    event: Event,
    *,
    standing: str = "",
    sector: Sector | None = None,
    part: str = "",
    arrived: str = "",
) -> list[Attendee]:
    """Those who registered and match every filter given (`part`: a part in the day, or RESIDENT; `arrived`: yes or no),
    in order of registration; 2 queries. Those who have not confirmed appear only if asked for by standing."""
    found = attendees(event)
    if standing:
        found = found.filter(standing=standing)
    else:
        found = found.exclude(standing__in=UNCONFIRMED)
    if sector is not None:
        found = found.filter(sector=sector)
    if arrived:
        found = found.filter(arrived_at__isnull=arrived == "no")
    if part == RESIDENT:
        return [each for each in found if each.is_resident]
    return [each for each in found if not part or part in each.parts]


def tally(event: Event) -> dict[str, int]:
    """How many have each standing, by its value; 1 query."""
    rows = event.attendees.order_by().values_list("standing").annotate(number=Count("pk"))
    return dict.fromkeys(Attendee.Standing.values, 0) | dict(rows)


@dataclass(frozen=True)
class ToProvide:
    """The needs of those who have a place, as counts without names: (what, how many)."""

    people: int = 0
    access: list[tuple[str, int]] = field(default_factory=list)
    dietary: list[tuple[str, int]] = field(default_factory=list)


def to_provide(event: Event) -> ToProvide:
    """For the venue and the caterer; 1 query. The same words are counted together, however they are written."""
    placed = event.attendees.filter(standing=Attendee.Standing.PLACED)
    rows = list(placed.values_list("access", "dietary"))
    access = Counter(need_words(need) for needs, _dietary in rows for need in needs)
    dietary = Counter(" ".join(words.casefold().split()) for _needs, words in rows if words.strip())
    return ToProvide(len(rows), _most_first(access), _most_first(dietary))


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def not_registered(event: Event, listed: list[Invitation]) -> set[int]:
    """Of these invitations, those that were accepted but whose address nobody registered with; 1 query."""
    coming = event.attendees.filter(standing__in=Attendee.COMING)
    here = {address.lower() for address in coming.values_list("email", flat=True)}
    accepted = (each for each in listed if each.answer == Invitation.Answer.ACCEPTED and each.email)
    return {each.pk for each in accepted if each.email.lower() not in here}


def partners_to_register(person: Person, event: Event, invitation: Invitation | None) -> QuerySet[Partner]:
    """Partners of the event's partnership that this reader may know, plus the one that was invited."""
    known = Partner.objects.visible_to(person).values("pk")
    offered = Q(pk__in=known) | Q(pk=invitation.partner_id if invitation else None)
    here = Partner.footprints.through.objects.filter(footprint=event.footprint_id).values("partner_id")
    return Partner.objects.filter(offered, pk__in=here)


def asks_and_themes(event: Event) -> tuple[list[Ask], list[Theme]]:
    """What those who registered do and need, and the themes they named; 3 queries."""
    asks = Ask.objects.filter(event=event).select_related("partner")
    named = Theme.objects.filter(attendee__event=event, attendee__standing__in=Attendee.COMING).distinct()
    return list(asks), list(named)


INVITATION_HEADER = [
    "Partner",
    "Sector",
    "Role",
    "Name",
    "E-mail",
    "Asked to bring",
    "Why",
    "Answer",
    "Sent on",
    "Reminded on",
    "Answered on",
]


def invitation_rows(event: Event) -> Iterator[list[object]]:
    """The invitation list as rows under INVITATION_HEADER; 1 query."""
    for each in invitations(event):
        yield [
            each.partner.name if each.partner else "",
            each.partner.sector.name if each.partner else "",
            each.role,
            each.name,
            each.email,
            each.get_brings_display() if each.brings else "",
            each.reason,
            each.get_answer_display(),
            _day(each.sent_at),
            _day(each.reminded_at),
            _day(each.answered_at),
        ]


PEOPLE_HEADER = [
    "No.",
    "Name",
    "Role",
    "Partner",
    "Sector",
    "E-mail",
    "Standing",
    "Part in the day",
    "Comes with No.",
    "Access",
    "Food",
    "Photos",
    "May be introduced",
    "Arrived",
    "Paid on",
]


def people_rows(event: Event) -> Iterator[list[object]]:
    """Everybody who registered and confirmed, as rows under PEOPLE_HEADER; 2 queries. A young person has no
    address."""
    for each in attendees(event).exclude(standing__in=UNCONFIRMED):
        yield [
            each.number,
            each.name,
            each.role,
            each.comes_for,
            each.sector_in_order[1],
            each.email,
            each.get_standing_display(),
            ", ".join(part.replace("_", " ") for part in each.parts),
            each.companion.number if each.companion else None,
            needs_in_words(each.access),
            each.dietary,
            each.photo_consent,
            each.opted_in,
            each.arrived_at is not None,
            each.paid_on,
        ]


def _day(at: datetime.datetime | None) -> datetime.date | None:
    return timezone.localdate(at) if at else None
