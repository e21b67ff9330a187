"""What somebody who leaves does for bodies and partnerships, beside the records that carry their name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.agreements.reminder_steps import OPEN
from joinedup.events.models import Event
from joinedup.registration.models import Attendee


@dataclass(frozen=True)
class Duty:
    """Work that hangs on a role: `left` says who does it without them; nobody if it is empty. `is_coordination`: only a
    coordinator can do it, whom only an administrator appoints."""

    called: str
    records: tuple[tuple[str, str], ...]
    left: str
    is_coordination: bool = False


def duties(user: User, person: Person) -> list[Duty]:
    """Agreements of their organisations, events of the partnerships they coordinate, and where they are expected as a
    guest; as far as `person` may see them. 3 queries, and 1 for each role."""
    grants = list(Grant.objects.filter(user=user).select_related("partner", "footprint"))
    found = [_of_partner(each, user, person) for each in grants if each.partner]
    found += [_of_partnership(each, user, person) for each in grants if each.footprint]
    return [each for each in [*found, _as_guest(user, person)] if each.records]


def only_administrator_undoes(user: User) -> bool:
    """Whether they have a role beside that of a member of partners, which no coordinator decides about. 1 query."""
    return Grant.objects.filter(user=user, partner=None).exists()


def _of_partner(grant: Grant, user: User, person: Person) -> Duty:
    owed = Agreement.objects.visible_to(person).filter(
        Q(owner_partner=grant.partner_id) | Q(deputy_partner=grant.partner_id), state__in=OPEN
    )
    rows = tuple(
        (str(each), reverse("agreement", args=[each.pk])) for each in owed.order_by("due", "pk").distinct()
    )
    name = grant.partner.name if grant.partner else ""
    called = _("Agreements that %(name)s owns or stands in for, with their reports") % {"name": name}
    return Duty(called, rows, _others(Grant.objects.filter(partner=grant.partner_id), user))


def _of_partnership(grant: Grant, user: User, person: Person) -> Duty:
    ahead = Event.objects.visible_to(person).filter(
        Q(date__gte=timezone.localdate()) | Q(date=None), footprint=grant.footprint_id, is_history=False
    )
    rows = tuple((each.name, reverse("event", args=[each.slug])) for each in ahead.order_by("date", "name"))
    name = grant.footprint.name if grant.footprint else ""
    called = _("Events that %(name)s plans") % {"name": name}
    others = _others(Grant.objects.filter(footprint=grant.footprint_id), user)
    return Duty(called, rows, others, is_coordination=True)


def _as_guest(user: User, person: Person) -> Duty:
    coming = Attendee.objects.filter(
        Q(user=user) | Q(email__iexact=user.email), event__date__gte=timezone.localdate()
    ).exclude(standing__in=Attendee.GONE)
    seen = Event.objects.visible_to(person).filter(pk__in=coming.values("event"))
    rows = tuple((each.name, reverse("event", args=[each.slug])) for each in seen.order_by("date", "name"))
    return Duty(
        _("Events they are registered for"),
        rows,
        _("Who plans the event takes them off or lets a colleague come."),
    )


def _others(grants: Any, user: User) -> str:
    people = (
        grants.filter(user__is_active=True).exclude(user=user).select_related("user").order_by("user__name")
    )
    names = list(dict.fromkeys(str(each.user) for each in people))
    return _("From now on: %(names)s.") % {"names": ", ".join(names)} if names else ""
