"""Queries about the day itself: what happens when, who speaks, and what does not fit together."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.events.models import Event, Session, Speaker
from joinedup.partners.queries import visible_partners


def minute(time: datetime.time) -> int:
    """Minutes since midnight."""
    return time.hour * 60 + time.minute


def clock(minutes: int) -> str:
    """13:05. Times past midnight start again at 00:00."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def ends(session: Session) -> int:
    """When it ends, in minutes since midnight."""
    return minute(session.starts) + session.minutes


@dataclass(frozen=True)
class SessionOfDay:
    """A session with its speakers, for planners."""

    session: Session
    starts: str
    ends: str
    speakers: list[Speaker]


@dataclass(frozen=True)
class Day:
    """`others`: hosts and speakers who belong to no single session."""

    parts: list[SessionOfDay]
    others: list[Speaker]
    warnings: list[str]


def day_of(event: Event) -> Day:
    """The whole day for planners; 2 queries."""
    sessions = list(event.sessions.all())
    speakers = list(event.speakers.select_related("partner"))
    known = {session.pk for session in sessions}
    return Day(
        parts=[
            SessionOfDay(
                each,
                clock(minute(each.starts)),
                clock(ends(each)),
                [speaker for speaker in speakers if speaker.session_id == each.pk],
            )
            for each in sessions
        ],
        others=[speaker for speaker in speakers if speaker.session_id not in known],
        warnings=warnings(event, sessions),
    )


def warnings(event: Event, sessions: Sequence[Session]) -> list[str]:
    """What does not fit, one sentence each; none for an agenda that is not begun. Expects `sessions` in order
    of time. No query."""
    if not sessions:
        return []
    found = [*_overlaps(sessions), *_outside(event, sessions)]
    held = {each.round for each in sessions if each.round}
    for number in range(1, event.rounds + 1):
        if number not in held:
            found.append(_("Round %(number)s of table talk is not on the agenda.") % {"number": number})
    for number in sorted(held - set(range(1, event.rounds + 1))):
        found.append(
            _("Round %(number)s of table talk is on the agenda, and this event has %(rounds)s.")
            % {"number": number, "rounds": event.rounds}
        )
    return found


def _overlaps(sessions: Sequence[Session]) -> list[str]:
    """Each session that starts before an earlier one has ended."""
    found, latest = [], sessions[0]
    for each in sessions[1:]:
        if ends(latest) > minute(each.starts):
            found.append(
                _("“%(one)s” ends at %(end)s, and “%(other)s” starts at %(start)s.")
                % {
                    "one": latest.title,
                    "end": clock(ends(latest)),
                    "other": each.title,
                    "start": clock(minute(each.starts)),
                }
            )
        latest = max(latest, each, key=ends)
    return found


def _outside(event: Event, sessions: Sequence[Session]) -> list[str]:
    """What begins before the event or ends after it."""
    found = []
    for each in sessions:
        if event.starts and each.starts < event.starts:
            found.append(
                _("“%(title)s” starts at %(time)s: the event starts at %(start)s.")
                % {
                    "title": each.title,
                    "time": clock(minute(each.starts)),
                    "start": clock(minute(event.starts)),
                }
            )
        if event.ends and ends(each) > minute(event.ends):
            found.append(
                _("“%(title)s” ends at %(time)s: the event ends at %(end)s.")
                % {"title": each.title, "time": clock(ends(each)), "end": clock(minute(event.ends))}
            )
    return found


@dataclass(frozen=True)
class PublicSpeaker:
    """A speaker as everybody may know them: `name` only if they agreed, the organisation only if the reader
    may see it, and never for a young person."""

    part: str
    name: str
    job: str
    organisation: str


@dataclass(frozen=True)
class PublicPart:
    starts: str
    ends: str
    title: str
    kind: str
    about: str
    off_record: bool
    speakers: list[PublicSpeaker]


@dataclass(frozen=True)
class PublicDay:
    parts: list[PublicPart]
    others: list[PublicSpeaker]


def day_for(person: Person, event: Event) -> PublicDay:
    """The day as `person` may read it on the page of the event, without notes; 3 queries."""
    sessions, speakers = list(event.sessions.defer("notes")), list(event.speakers.all())
    seen = visible_partners(person, [each.partner_id for each in speakers if each.partner_id])
    told: dict[int | None, list[PublicSpeaker]] = {}
    known = {session.pk for session in sessions}
    for each in speakers:
        at = each.session_id if each.session_id in known else None
        host = seen.get(each.partner_id or 0)
        organisation = host.name if host and not each.is_young else ""
        name = each.name if each.is_named else ""
        told.setdefault(at, []).append(
            PublicSpeaker(str(each.get_part_display()), name, each.job, organisation)
        )
    return PublicDay(
        parts=[
            PublicPart(
                clock(minute(each.starts)),
                clock(ends(each)),
                each.title,
                each.kind,
                each.about,
                each.off_record,
                told.get(each.pk, []),
            )
            for each in sessions
        ],
        others=told.get(None, []),
    )
