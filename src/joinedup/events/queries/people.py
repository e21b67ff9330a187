"""Questions about who is invited and who comes: for those who plan the event only."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.events.models import Attendee, Event, Invitation
from joinedup.partners.models import Ask, Partner
from joinedup.taxonomy.models import Sector, Theme

DELETE_AFTER = datetime.timedelta(days=90)


def due_deletions(on: datetime.date) -> list[Event]:
    """Events whose personal details should have been deleted by `on`: 90 days after the day; 1 query."""
    held = Event.objects.filter(date__lte=on - DELETE_AFTER, personal_deleted_on=None)
    kept = Q(attendees__isnull=False) | Q(invitations__isnull=False)
    return list(held.filter(kept).distinct().order_by("date"))


@dataclass(frozen=True)
class Missing:
    """Who is neither invited nor coming."""

    sectors: list[Sector] = field(default_factory=list)
    young_people: bool = False


def missing(event: Event) -> Missing:
    """Sectors of the eight without a partner invited (and not declined) or coming, and young people; 4 queries."""
    asked = event.invitations.exclude(answer=Invitation.Answer.DECLINED)
    coming = event.attendees.exclude(standing=Attendee.Standing.CANCELLED)
    here = {*asked.values_list("partner__sector_id", flat=True), *coming.values_list("sector_id", flat=True)}
    young = any("young_person" in parts for parts in coming.values_list("parts", flat=True))
    wanted = Sector.objects.filter(in_press_release=True)
    return Missing([each for each in wanted if each.pk not in here], not young)


def invitations(event: Event) -> QuerySet[Invitation]:
    return event.invitations.select_related("partner__sector").order_by("partner__name", "role", "pk")


def attendees(event: Event) -> QuerySet[Attendee]:
    return event.attendees.select_related("partner", "sector", "companion").prefetch_related("themes")


def partners_to_register(person: Person, event: Event, invitation: Invitation | None) -> QuerySet[Partner]:
    """Partners of the event's partnership that this reader may know, and the one that was invited."""
    known = Partner.objects.visible_to(person).values("pk")
    offered = Q(pk__in=known) | Q(pk=invitation.partner_id if invitation else None)
    here = Partner.footprints.through.objects.filter(footprint=event.footprint_id).values("partner_id")
    return Partner.objects.filter(offered, pk__in=here)


def asks_and_themes(event: Event) -> tuple[list[Ask], list[Theme]]:
    """What those who registered do and need, and the themes they named; 3 queries."""
    asks = Ask.objects.filter(event=event).select_related("partner")
    named = Theme.objects.filter(attendee__event=event).distinct()
    return list(asks), list(named)


INVITATION_HEADER = ["Partner", "Sector", "Role", "Name", "E-mail", "Answer", "Sent on", "Answered on"]


def invitation_rows(event: Event) -> Iterator[list[object]]:
    """The invitation list as rows under INVITATION_HEADER; 1 query."""
    for each in invitations(event):
        yield [
            each.partner.name if each.partner else "",
            each.partner.sector.name if each.partner else "",
            each.role,
            each.name,
            each.email,
            each.get_answer_display(),
            timezone.localdate(each.sent_at) if each.sent_at else None,
            timezone.localdate(each.answered_at) if each.answered_at else None,
        ]
