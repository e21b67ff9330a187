"""The day of an event: its sessions, hosts and speakers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from joinedup.accounts import audit
from joinedup.accounts.fields import check, refuse_unknown
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event, Session, Speaker
from joinedup.partners.undelivered import OF_SPEAKERS, settle_corrected
from joinedup.privacy import free_text

SESSION = ("starts", "minutes", "title", "kind", "round", "about", "off_record", "notes")
SPEAKER = ("part", "name", "job", "partner", "session", "email", "is_young", "is_named")
LONGEST = 12 * 60


class NotesWouldGo(ValidationError):
    """A session with notes is to go off the record: somebody has to agree to delete the notes."""


@transaction.atomic
def add_session(*, by: Person, event: Event, **details: Any) -> Session:
    """Add one part of the day."""
    require(by, "event.plan", on=event)
    session = Session(event=event)
    _fill_in_session(session, details)
    audit.record(by=by, action="session.add", on=session)
    return session


@transaction.atomic
def change_session(*, by: Person, session: Session, forget_notes: bool = False, **details: Any) -> Session:
    """Change a part of the day. If it goes off the record, its notes are permanently deleted once
    `forget_notes` is true; raises NotesWouldGo otherwise."""
    require(by, "event.plan", on=session)
    was = Session.objects.select_related("event").get(pk=session.pk)
    before = audit.snapshot(was)
    if details.get("off_record", was.off_record) and was.notes:
        if not forget_notes:
            raise NotesWouldGo(
                "Notes were written of this session: they are deleted when it is off the record."
            )
        details["notes"] = ""
    _fill_in_session(session, details)
    audit.record(by=by, action="session.change", on=session, before=before)
    return session


@transaction.atomic
def remove_session(*, by: Person, session: Session) -> None:
    """Take it off the agenda, with its notes; its speakers stay."""
    require(by, "event.plan", on=session)
    audit.record(by=by, action="session.remove", on=session, before=audit.snapshot(session), after={})
    session.delete()


def _fill_in_session(session: Session, details: dict[str, Any]) -> None:
    refuse_unknown(details, SESSION)
    for name, value in details.items():
        setattr(session, name, value)
    session.title = " ".join(session.title.split())
    session.notes, session.about = session.notes.strip(), session.about.strip()
    # Planners know who comes, so a name may be shown to them.
    there = session.event.attendees.exclude(name="").values_list("name", flat=True)
    free_text.refuse({"notes": session.notes}, list(there) if session.notes else [])
    if not 1 <= session.minutes <= LONGEST:
        raise ValidationError("Give how many minutes it takes: 1 to 720.")
    if session.off_record and session.notes:
        raise ValidationError(
            "Nothing that is said in a session off the record is written down: no notes are kept."
        )
    if session.round is not None:
        _check_round(session, session.round)
    check(session)
    session.save()


def _check_round(session: Session, number: int) -> None:
    if session.kind != Session.Kind.TABLES:
        raise ValidationError("Only table talk has a round.")
    if not 1 <= number <= session.event.rounds:
        raise ValidationError(f"The rounds of this event are 1 to {session.event.rounds}.")
    same = Session.objects.filter(event=session.event_id, round=number).exclude(pk=session.pk).first()
    if same is not None:
        raise ValidationError(f"Round {number} is on the agenda already, at {same.starts:%H:%M}.")


@transaction.atomic
def add_speaker(*, by: Person, event: Event, **details: Any) -> Speaker:
    """Add somebody who hosts, chairs or speaks. A young person has a chosen name and comes through their
    host."""
    require(by, "event.plan", on=event)
    speaker = Speaker(event=event, order=event.speakers.count())
    _fill_in_speaker(speaker, details)
    audit.record(by=by, action="speaker.add", on=speaker)
    return speaker


@transaction.atomic
def change_speaker(*, by: Person, speaker: Speaker, **details: Any) -> Speaker:
    """Change who speaks, where, or whether they agreed to be named."""
    require(by, "event.plan", on=speaker)
    stored = Speaker.objects.get(pk=speaker.pk)
    before, was = audit.snapshot(stored), stored.email
    _fill_in_speaker(speaker, details)
    audit.record(by=by, action="speaker.change", on=speaker, before=before)
    settle_corrected(
        by=by,
        was=was,
        now=speaker.email,
        footprints=[speaker.event.footprint_id],
        of=OF_SPEAKERS,
        goes_there=bool(speaker.email),
    )
    return speaker


@transaction.atomic
def remove_speaker(*, by: Person, speaker: Speaker) -> None:
    """Permanently delete a speaker: personal details are not kept for an undo."""
    require(by, "event.plan", on=speaker)
    audit.record(by=by, action="speaker.remove", on=speaker, before=audit.snapshot(speaker), after={})
    speaker.delete()


def _fill_in_speaker(speaker: Speaker, details: dict[str, Any]) -> None:
    refuse_unknown(details, SPEAKER)
    for name, value in details.items():
        setattr(speaker, name, value)
    speaker.name, speaker.email = " ".join(speaker.name.split()), speaker.email.strip().lower()
    speaker.job = " ".join(speaker.job.split())
    names = [] if speaker.is_named else [speaker.name]
    free_text.refuse({"job": speaker.job}, names, detectors=free_text.WORDS_ALONE)
    if speaker.is_young:
        _check_young(speaker)
    if not speaker.job:
        raise ValidationError("Say what they do: it is shown where the name is not.")
    if speaker.is_named and not speaker.name:
        raise ValidationError("Give the name that they agreed to be called by.")
    if speaker.session is not None and speaker.session.event_id != speaker.event_id:
        raise ValidationError("Choose a session of this event.")
    check(speaker)
    speaker.save()


def _check_young(speaker: Speaker) -> None:
    speaker.job = speaker.job or "Young person"
    if speaker.email:
        raise ValidationError("No address of a young person is kept: they are reached through their host.")
    if speaker.partner is None:
        raise ValidationError("Choose the host of the young person: they are reached through them.")
    if " " in speaker.name:
        raise ValidationError("Give one name that the young person wants to be called, without a surname.")
