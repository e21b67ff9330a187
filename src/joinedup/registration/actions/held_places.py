"""A stranger's place is held for a day, and counts once they confirm from their address.

A held place takes none from anybody: it keeps the turn in the queue (`docs/decisions/held-for-a-day.md`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from joinedup.accounts.permissions import may, require
from joinedup.accounts.person import Person, footprints_of
from joinedup.accounts.records import Came, Marking, Teller
from joinedup.events.models import Event
from joinedup.opportunities import touching
from joinedup.partners.models import Ask, Partner
from joinedup.privacy.retention import HELD_PLACES
from joinedup.registration import mailbox, mails
from joinedup.registration.actions import companions
from joinedup.registration.actions.waiting_list import fill_places, next_number, open_event, stand
from joinedup.registration.models import Attendee, Invitation, newer
from joinedup.taxonomy.models import Theme

Standing = Attendee.Standing


def is_proved(by: Person, event: Event, email: str, invitation: Invitation | None) -> bool:
    """Whether an address belongs to the person registering: they are signed in with it, or hold the link of
    the invitation sent to it. Planners answer for those they register."""
    if by.is_signed_in and by.email.lower() == email:
        return True
    if invitation is not None and invitation.event_id == event.pk and invitation.email.lower() == email:
        return True
    return may(by, "event.vouch", on=event)


@touching.left_to_the_worker()
@transaction.atomic
def confirm_place(*, by: Person, attendee: Attendee) -> Attendee:
    """Confirm through the button behind the link in the mail: they count, in the order in which they
    registered.

    If they are too late, they come after everyone else. The page says what they have, and so does a mail each,
    with the code for the door. Confirming twice changes nothing and writes to nobody.
    """
    require(by, "event.register", on=attendee)
    return confirm(by, attendee)


@touching.left_to_the_worker()
@transaction.atomic
def confirm_by_hand(*, by: Person, attendee: Attendee) -> Attendee:
    """A planner knows that they come. They get a mail that says whether they have a place."""
    require(by, "event.vouch", on=attendee)
    return confirm(by, attendee)


def confirm(by: Person, attendee: Attendee) -> Attendee:
    """Let them count, with the young people they bring and the colleagues they registered; each adult has a mail
    that says what they have now and, with a place, their code for the door."""
    event = open_event(attendee.event)
    attendee.refresh_from_db()
    attendee.event = event
    if attendee.standing not in {Standing.HELD, Standing.LAPSED} or attendee.is_young:
        return attendee
    number = next_number(event) if attendee.standing == Standing.LAPSED else attendee.number
    said, attendee.said = attendee.said, {}
    stand(
        by,
        attendee,
        Standing.WAITING,
        "event.confirm_place",
        said={},
        held_until=None,
        number=number,
    )
    if attendee.partner is not None:
        note_asks(event, attendee.partner, said, list(attendee.themes.all()), confirmed_by="")
    attendee.holds_day = event.date
    attendee.save(update_fields=["holds_day"])
    companions.begin(by, attendee)
    colleagues = _confirm_colleagues(by, event, attendee)
    with_them = attendee.with_them.values_list("pk", flat=True)
    fill_places(event, quiet=[attendee.pk, *with_them, *(each.pk for each in colleagues)])
    for each in (attendee, *colleagues):
        each.refresh_from_db()
        mails.send_registration(each, each.email)
    return attendee


def _confirm_colleagues(by: Person, event: Event, lead: Attendee) -> list[Attendee]:
    """Those whom somebody registered together with themselves count once that person has confirmed."""
    waiting = list(lead.colleagues.filter(standing__in=[Standing.HELD, Standing.LAPSED]))
    for each in waiting:
        each.event = event
        number = next_number(event) if each.standing == Standing.LAPSED else each.number
        stand(
            by,
            each,
            Standing.WAITING,
            "event.confirm_place",
            held_until=None,
            number=number,
            holds_day=event.date,
        )
    return waiting


def hold_again(by: Person, attendee: Attendee) -> None:
    """Somebody whose time had passed registers again: another day from now, behind those who registered
    since."""
    until, number = timezone.now() + HELD_PLACES.length, next_number(attendee.event)
    stand(by, attendee, Standing.HELD, "event.hold", held_until=until, number=number)
    _young(attendee, Standing.LAPSED, Standing.HELD)
    for each in attendee.colleagues.filter(standing=Standing.LAPSED):
        stand(by, each, Standing.HELD, "event.hold", held_until=until, number=next_number(attendee.event))


def _young(attendee: Attendee, was: str, now: str) -> None:
    """Young people follow the state of an adult who has not confirmed."""
    attendee.asked_to_bring.filter(standing=was).update(standing=now, **newer(attendee.event_id))


def lapse_held(now: datetime.datetime) -> int:
    """Release places held for longer than a day; returns how many people that affects. Their links still
    work. Locks only the events concerned."""
    late = Attendee.objects.filter(standing=Standing.HELD, held_until__lt=now)
    events = list(late.order_by().values_list("event", flat=True).distinct())
    return sum(_lapse(pk, now) for pk in events)


@transaction.atomic
def _lapse(event_pk: int, now: datetime.datetime) -> int:
    event = Event.objects.select_for_update().get(pk=event_pk)
    gone = list(event.attendees.filter(standing=Standing.HELD, held_until__lt=now))
    for each in gone:
        each.event = event
        stand(Person.operator(), each, Standing.LAPSED, "event.lapse")
        _young(each, Standing.HELD, Standing.LAPSED)
        # Somebody who was registered by a colleague has had no mail of their own.
        if each.registered_with_id is None and mailbox.may_write(each.email, once=f"lapsed-{each.pk}"):
            mails.send_lapsed(each)
    fill_places(event)
    return len(gone)


def note_asks(
    event: Event, partner: Partner, said: Mapping[str, str], themes: Sequence[Theme], confirmed_by: str
) -> None:
    """Save what a partner does and needs, one line each. It counts as confirmed only if the partner's own
    people say it. Saved in bulk, since people register in crowds: signals about changed asks are sent by
    hand."""
    asks = [
        Ask(
            partner=partner,
            kind=kind,
            text=" ".join(text.split())[:300],
            event=event,
            marking=Marking.PARTNERSHIP,
            source=f"Registration for {event.name}",
            confirmed_on=timezone.localdate() if confirmed_by else None,
            confirmed_by=confirmed_by[:160],
            came=Came.BODY if confirmed_by else Came.REGISTRATION,
            came_by=Teller.BODY if confirmed_by else Teller.ELSE,
            came_on=timezone.localdate(),
            is_demonstration=event.is_demonstration,
        )
        for kind, text in said.items()
        if text.strip()
    ]
    if not asks:
        return
    tagged = Ask.themes.through
    made = Ask.objects.bulk_create(asks)
    tagged.objects.bulk_create(tagged(ask_id=ask.pk, theme_id=theme.pk) for ask in made for theme in themes)
    touching.touch(footprints_of([partner.pk]), Ask._meta.label_lower)


def forget_said(event: Event, asks: Sequence[Ask]) -> None:
    """Remove lines that turned out to identify a person; call it inside a transaction."""
    if asks:
        partners = [each.partner_id for each in asks]
        Ask.objects.filter(pk__in=[each.pk for each in asks], event=event).delete()
        touching.touch(footprints_of(partners), Ask._meta.label_lower)
