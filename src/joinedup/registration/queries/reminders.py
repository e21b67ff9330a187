"""Who to remind of an event now: those who have not answered, and those who come. At most two mails each;
colleagues at one address get one each, since each has their own link and code."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts.models import Preference
from joinedup.events.models import Event
from joinedup.registration.models import Attendee, Invitation

# For those who have not answered: this long after the invitation, and again this close to the day, but not
# right after it.
AFTER_SENDING, BEFORE_THE_DAY = datetime.timedelta(days=7), datetime.timedelta(days=14)
APART = datetime.timedelta(days=3)
# For those who come: this long before the day.
FIRST, LAST = datetime.timedelta(days=7), datetime.timedelta(days=1)


@dataclass(frozen=True)
class Coming:
    """What a reminder says about somebody who comes: `tables` are lines such as “Round 1: table 3”."""

    attendee: Attendee
    tables: list[str]


@dataclass(frozen=True)
class Due:
    """`invited`: those who have not answered; `coming`: (address, the attendees its mail is about)."""

    invited: list[Invitation]
    coming: list[tuple[str, list[Coming]]]

    @property
    def number(self) -> int:
        """How many mails there are."""
        return len(self.invited) + len(self.coming)


def reminders_due(event: Event, now: datetime.datetime) -> Due:
    """Whom to remind of one event; 5 queries at most."""
    if event.date is None or event.cancelled_on or event.is_history or event.personal_deleted_on:
        return Due([], [])
    return Due(_invited(event, event.date, now), _coming(event, event.date, now))


def _invited(event: Event, day: datetime.date, now: datetime.datetime) -> list[Invitation]:
    if timezone.localdate(now) >= day:
        return []
    waiting = event.invitations.filter(answer=Invitation.Answer.WAITING, sent_at__isnull=False)
    due = [each for each in waiting.exclude(email="") if _wants_a_word(each, day, now)]
    if not due:
        return []
    coming = event.attendees.filter(standing__in=Attendee.COMING)
    registered = {address.lower() for address in coming.values_list("email", flat=True)}
    return [each for each in due if each.email.lower() not in registered]


def _wants_a_word(invitation: Invitation, day: datetime.date, now: datetime.datetime) -> bool:
    last = invitation.reminded_at or invitation.sent_at
    assert last is not None
    if invitation.reminded_at is None and last <= now - AFTER_SENDING:
        return True
    near = day - BEFORE_THE_DAY
    return timezone.localdate(last) < near <= timezone.localdate(now) and last <= now - APART


def _coming(event: Event, day: datetime.date, now: datetime.datetime) -> list[tuple[str, list[Coming]]]:
    here = timezone.localtime(now)
    over = here.date() > day or (here.date() == day and here.time() >= (event.starts or datetime.time.min))
    if over or here.date() < day - FIRST:
        return []
    since = day - LAST if here.date() >= day - LAST else day - FIRST
    found = event.attendees.filter(standing=Attendee.Standing.PLACED)
    placed = list(found.select_related("partner", "companion__partner"))
    groups: dict[tuple[str, int], list[Attendee]] = {}
    for each in placed:
        adult = each.companion if each.is_young else each
        if adult is not None and adult.email:
            groups.setdefault((adult.email, adult.pk), []).append(each)
    off = set(_not_wanted({address for address, _pk in groups}))
    due = {
        whose: them
        for whose, them in groups.items()
        if whose[0] not in off and any(_is_due(each, since) for each in them)
    }
    if not due:
        return []
    tables = _tables(event)
    return [
        (address, [Coming(each, tables.get(each.pk, [])) for each in sorted(them, key=_own_first)])
        for (address, _pk), them in due.items()
    ]


def _not_wanted(addresses: Iterable[str]) -> list[str]:
    """Of these, the addresses of account holders who turned off mails about events; 1 query."""
    off = Preference.objects.filter(user__email__in=list(addresses)).select_related("user")
    return [each.user.email for each in off if Preference.Mail.EVENTS in each.not_wanted]


def _own_first(attendee: Attendee) -> tuple[bool, int]:
    return attendee.is_young, attendee.number


def _is_due(attendee: Attendee, since: datetime.date) -> bool:
    """Nobody who registered, or was reminded, since that day needs the same words again."""
    last = max(filter(None, (attendee.registered_at, attendee.reminded_at)))
    return timezone.localdate(last) < since


def _tables(event: Event) -> dict[int, list[str]]:
    """The planned table of each person with a seat, in order of rounds; 1 query."""
    seated = event.attendees.filter(seats__isnull=False).order_by("seats__sitting__round")
    found: dict[int, list[str]] = {}
    for who, number, table in seated.values_list(
        "pk", "seats__sitting__round", "seats__sitting__table__number"
    ):
        line = _("Round %(round)s: table %(table)s") % {"round": number, "table": table}
        found.setdefault(who, []).append(line)
    return found
