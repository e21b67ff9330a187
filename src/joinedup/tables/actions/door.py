"""At the door: who has arrived, who is let in without a registration, and who did not come."""

from __future__ import annotations

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.drafts import refuse_draft
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.registration import mailbox
from joinedup.registration.actions import companions
from joinedup.registration.actions.registration import refuse_as_organisation, refuse_people
from joinedup.registration.actions.waiting_list import taken
from joinedup.registration.models import YOUNG, Attendee, newer
from joinedup.tables.queries.door import last_release

Standing = Attendee.Standing
FULL = "Every place is taken. Tick “we have a chair” to let them in all the same."


def _locked(pk: int) -> Event:
    """The event, locked while places are given out: two doors never give the same number or the last place
    twice."""
    return Event.objects.select_for_update().get(pk=pk)


@transaction.atomic
def check_in(*, by: Person, attendee: Attendee, together: bool = True, chair: bool = False) -> list[Attendee]:
    """Check somebody in and, if they are a companion and `together`, the young people who come with them.
    Returns those newly checked in; doing it twice, or at two doors, changes nothing more.

    Someone who was waiting or had cancelled gets a place while one is free, or with `chair` if a seat was
    found for them.
    """
    require(by, "event.check_in", on=attendee)
    event = _locked(attendee.event_id)
    attendee.refresh_from_db()
    if attendee.standing != Standing.PLACED:
        _let_in(by, event, attendee, chair)
    coming = [attendee]
    if together:
        coming += attendee.with_them.filter(standing=Standing.PLACED)
    new = [each for each in coming if each.arrived_at is None]
    for each in new:
        _arrive(by, each)
    return new


def _let_in(by: Person, event: Event, attendee: Attendee, chair: bool) -> None:
    if attendee.is_young and attendee.companion_id is None:
        raise ValidationError(
            "They have no companion: choose one on the page of people first. A young person is never here alone."
        )
    others = mailbox.look(event, attendee.email, attendee.name, attendee.role).here
    known = (each for each in others if each.pk != attendee.pk and each.is_coming)
    newer = next((each for each in known if mailbox.is_same(each, attendee.name, attendee.role)), None)
    if newer is not None:
        raise ValidationError(f"They registered again: check in No. {newer.number} instead.")
    _want_a_place(event, chair)
    before = audit.snapshot(attendee)
    attendee.standing, attendee.held_until = Standing.PLACED, None
    attendee.save(update_fields=["standing", "held_until"])
    audit.record(by=by, action="event.let_in", on=attendee, before=before)
    companions.begin(by, attendee)


def _want_a_place(event: Event, chair: bool) -> None:
    if not chair and taken(event) >= event.capacity:
        raise ValidationError(FULL)


def _arrive(by: Person, attendee: Attendee) -> None:
    before = audit.snapshot(attendee)
    attendee.arrived_at = timezone.now()
    attendee.save(update_fields=["arrived_at"])
    audit.record(by=by, action="event.check_in", on=attendee, before=before)


@transaction.atomic
def undo_check_in(*, by: Person, attendee: Attendee) -> bool:
    """Undo a check-in; returns whether they were checked in."""
    require(by, "event.check_in", on=attendee)
    _locked(attendee.event_id)
    attendee.refresh_from_db()
    if attendee.arrived_at is None:
        return False
    before = audit.snapshot(attendee)
    attendee.arrived_at = None
    attendee.save(update_fields=["arrived_at"])
    audit.record(by=by, action="event.undo_check_in", on=attendee, before=before)
    return True


@transaction.atomic
def walk_in(
    *,
    by: Person,
    event: Event,
    partner: Partner | None,
    role: str = "",
    name: str = "",
    companion: Attendee | None = None,
    chair: bool = False,
    unlisted: str = "",
) -> Attendee:
    """Register someone who is at the door without a registration: with a place, a number, and checked in.
    Without `partner` they come for themselves, or for an organisation that is not listed (`unlisted`, its name): no
    record is made of it until a planner says what it is.

    With `companion` it is a young person, by a chosen name only, and the companion is an adult of the same
    host who has arrived. `chair`: there is a seat although every place is taken.
    """
    require(by, "event.check_in", on=event)
    event = _locked(event.pk)
    refuse_draft(event, "This event is a draft: publish it first.")
    here = Partner.objects.filter(footprints=event.footprint_id)
    if partner is not None and not here.filter(pk=partner.pk).exists():
        raise ValidationError("Choose a partner of this partnership.")
    role, name, unlisted = (" ".join(text.split()) for text in (role, name, unlisted))
    if unlisted and partner is None and companion is None:
        refuse_as_organisation(unlisted, [name])
    refuse_people(name, [], {} if companion else {"role": role}, organisation=partner.name if partner else "")
    if companion is not None:
        _refuse_a_stranger(event, partner, companion, name)
    elif not role:
        raise ValidationError("Give their role in their organisation.")
    _want_a_place(event, chair)
    last = event.attendees.aggregate(last=Max("number"))["last"] or 0
    attendee = Attendee.objects.create(
        event=event,
        number=last + 1,
        partner=partner,
        sector=partner.sector if partner else None,
        role="Young person" if companion else role[:120],
        name=name[:120],
        parts=[YOUNG] if companion else ["guest"],
        companion=companion,
        unlisted="" if partner else (companion.unlisted if companion else unlisted)[:200],
        unlisted_settled=bool(companion and companion.unlisted_settled),
        arrived_at=timezone.now(),
        is_demonstration=event.is_demonstration,
    )
    if companion is not None:
        # The person at the door has both in front of them, and answers for it.
        companion.vouched_on = companion.vouched_on or timezone.localdate()
        companion.parts = list(dict.fromkeys([*companion.parts, "companion"]))
        companion.save(update_fields=["parts", "vouched_on"])
    audit.record(by=by, action="event.walk_in", on=attendee)
    return attendee


def _refuse_a_stranger(event: Event, host: Partner | None, companion: Attendee, name: str) -> None:
    """A young person is never alone here, and does not need to give a real name."""
    companion.refresh_from_db()
    here = companion.event_id == event.pk and companion.arrived_at is not None
    if not here or companion.standing != Standing.PLACED or companion.is_young:
        raise ValidationError("Check their companion in first: a young person is never here alone.")
    if companion.partner_id != (host.pk if host else None):
        raise ValidationError("A young person comes with a companion of their own organisation.")
    if not name:
        raise ValidationError(
            "Give the name that the young person wants to be called: it need not be theirs."
        )


@transaction.atomic
def release_absent(*, by: Person, event: Event) -> list[Attendee]:
    """Mark everyone who has a place and has not arrived as not coming, so that the tables can be planned for
    those who are here. Nobody gets a mail and nobody moves up; `bring_back` undoes it."""
    require(by, "event.check_in", on=event)
    event = _locked(event.pk)
    if event.date != timezone.localdate():
        raise ValidationError("This is for the day itself: nobody can be late before it.")
    placed = list(event.attendees.filter(standing=Standing.PLACED))
    absent = [each for each in placed if each.arrived_at is None]
    if len(absent) == len(placed):
        raise ValidationError("Nobody has arrived yet: note first who is here.")
    if not absent:
        raise ValidationError("Everybody who was expected is here.")
    Attendee.objects.filter(pk__in=[each.pk for each in absent]).update(
        standing=Standing.CANCELLED, **newer(event.pk)
    )
    numbers = {"numbers": [each.number for each in absent]}
    audit.record(by=by, action="event.release_absent", on=event, after=numbers)
    return absent


@transaction.atomic
def bring_back(*, by: Person, event: Event) -> list[Attendee]:
    """Undo the last `release_absent`: its people are expected again, as far as places are left, except those who have
    registered again since."""
    require(by, "event.check_in", on=event)
    event = _locked(event.pk)
    numbers = last_release(event)
    if not numbers:
        raise ValidationError("There is nothing to undo.")
    coming = event.attendees.filter(standing__in=Attendee.COMING).exclude(email="")
    again: dict[str, list[Attendee]] = defaultdict(list)
    for each in coming:
        again[each.email].append(each)
    gone = event.attendees.filter(number__in=numbers, standing=Standing.CANCELLED)
    # A colleague at the same address is another person.
    back = [
        each
        for each in gone
        if not any(mailbox.is_same(other, each.name, each.role) for other in again.get(each.email, []))
    ]
    # Places that others were given since are theirs.
    back = back[: max(0, event.capacity - taken(event))]
    Attendee.objects.filter(pk__in=[each.pk for each in back]).update(
        standing=Standing.PLACED, **newer(event.pk)
    )
    audit.record(
        by=by, action="event.bring_back", on=event, after={"numbers": [each.number for each in back]}
    )
    return back
