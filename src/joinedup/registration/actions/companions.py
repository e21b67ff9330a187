"""Young people and the adults they come with.

Nobody brings young people on their own word, and nobody is made a companion unasked: a young person waits
until somebody who is vouched for (`queries.companions.vouched`) has said yes. When a companion leaves, a
person decides who is next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.privacy.detect import plain
from joinedup.registration import mailbox, mails
from joinedup.registration.actions.waiting_list import add, cancel, fill_places, stand
from joinedup.registration.models import YOUNG, Attendee, newer
from joinedup.registration.queries.companions import is_of_host, is_vouched, room_for, vouched, with_or_for
from joinedup.taxonomy.models import Theme

Standing = Attendee.Standing
NO_ROOM = "They bring as many young people as one companion, or one organisation, can. Ask somebody else."
NOBODY = (
    "Nobody is registered with this address. Ask your companion to register first, "
    "or to register you together with them."
)
UNKNOWN = "They are not vouched for: say first that you know them."


class NobodyThere(ValidationError):
    """The companion's address is not among those who come. A page must not say so: it would tell strangers
    who comes."""


def ask(
    by: Person, event: Event, address: str, name: str, themes: Iterable[Theme], **details: Any
) -> Attendee:
    """A young person names their companion by address: the adult behind it is asked, and the young person
    waits, with the organisation of that adult. Expects the event to be locked. Raises NobodyThere if no adult who
    is registered has the address or can bring one more."""
    found = event.attendees.filter(email=address.strip().lower()).exclude(email="")
    adults = list(found.exclude(standing__in=Attendee.GONE).order_by("number"))
    for each in adults:
        each.event = event
    ways = vouched(event, adults)
    adults.sort(key=lambda each: (each.pk not in ways, "companion" not in each.parts, each.number))
    if adults and (known := _known(adults[0], name)) is not None:
        return known
    made = bring(by, adults[0], [name], themes, agreed=False, **details) if adults else []
    if not made:
        raise NobodyThere(NOBODY)
    if adults[0].is_coming and mailbox.may_write(adults[0].email, once=f"ask-{adults[0].pk}"):
        mails.send_asked_to_bring(adults[0])
    return made[0]


def _known(companion: Attendee, name: str) -> Attendee | None:
    own = with_or_for(companion).select_related("event", "partner", "wanted_companion")
    return next((each for each in own if plain(each.name) == plain(name)), None)


def bring(
    by: Person,
    companion: Attendee,
    names: Sequence[str],
    themes: Iterable[Theme],
    *,
    agreed: bool,
    **details: Any,
) -> list[Attendee]:
    """Register young people who are to come with somebody, as many as one companion and one host can bring;
    they wait. `agreed`: the companion says so themselves. Names they bring already are not added twice."""
    event, room = companion.event, room_for(companion.event, companion)
    known = {plain(name) for name in with_or_for(companion).values_list("name", flat=True)}
    fresh = {plain(name): name for name in names if plain(name) not in known}
    return [
        add(
            by,
            event,
            companion.partner,
            themes,
            standing=Standing.ALONE if companion.is_coming else companion.standing,
            wanted_companion=companion,
            agreed_at=timezone.now() if agreed else None,
            name=name,
            **{"role": "Young person", "parts": [YOUNG], **details},
        )
        for name in list(fresh.values())[:room]
    ]


def begin(by: Person, companion: Attendee) -> None:
    """Somebody counts now: the young people they registered wait only until their companion is vouched for."""
    held = companion.asked_to_bring.filter(standing__in=[Standing.HELD, Standing.LAPSED])
    held.update(standing=Standing.ALONE, **newer(companion.event_id))
    settle(by, companion)


def settle(by: Person, companion: Attendee) -> list[Attendee]:
    """Attach the young people a companion said they bring, if the companion is vouched for; call it inside a
    transaction, and fill places after it."""
    if not is_vouched(companion):
        return []
    ready = companion.asked_to_bring.filter(standing=Standing.ALONE, agreed_at__isnull=False)
    young = list(ready.select_related("event", "partner").order_by("number"))
    for each in young:
        has_place = each.keeps_place and companion.standing == Standing.PLACED
        stand(
            by,
            each,
            Standing.PLACED if has_place else Standing.WAITING,
            "event.with_companion",
            companion=companion,
            wanted_companion=None,
            agreed_at=None,
            keeps_place=False,
        )
        if has_place:
            # Nobody is given a place here, so no other mail tells them.
            mails.send_registration(each, companion.email)
    if young and "companion" not in companion.parts:
        companion.parts = [*companion.parts, "companion"]
        companion.save(update_fields=["parts"])
    return young


def part(by: Person, companion: Attendee) -> list[Attendee]:
    """A companion no longer comes or is no longer vouched for: their young people wait for another, chosen
    only by a person. Notifies the host, the safeguarding lead and the planners; call it inside a transaction."""
    with_them = companion.with_them.filter(standing__in=Attendee.COMING)
    young = list(with_them.select_related("event").order_by("number"))
    for each in young:
        had = each.standing == Standing.PLACED
        stand(by, each, Standing.ALONE, "event.without_companion", companion=None, keeps_place=had)
    if young:
        mails.send_without_companion(companion.event, companion.partner, len(young))
        if companion.is_coming:
            # They were told that these come with them.
            mails.send_no_longer_with(companion, [each.name for each in young])
    return young


def leave(by: Person, companion: Attendee) -> None:
    """Somebody gives back their place, and those of everyone they were to bring; call it inside a
    transaction."""
    part(by, companion)
    for each in companion.asked_to_bring.exclude(standing__in=Attendee.GONE):
        standing = Standing.ALONE if each.standing == Standing.ALONE else Standing.CANCELLED
        stand(by, each, standing, "event.without_companion", wanted_companion=None, agreed_at=None)


@transaction.atomic
def answer_ask(*, by: Person, through: Attendee, young: Attendee, yes: bool) -> Attendee:
    """Answer, through the link in their own mail, whether somebody brings a young person who asked."""
    require(by, "event.register", on=through)
    event = _locked(through)
    young.refresh_from_db()
    if young.wanted_companion_id != through.pk or young.standing != Standing.ALONE:
        raise ValidationError("They no longer wait for your answer.")
    if not through.is_coming:
        raise ValidationError("Say first that you come yourself.")
    if not yes:
        stand(by, young, Standing.ALONE, "event.refuse_to_bring", wanted_companion=None, agreed_at=None)
        return young
    stand(by, young, Standing.ALONE, "event.agree_to_bring", agreed_at=timezone.now())
    settle(by, through)
    fill_places(event)
    young.refresh_from_db()
    return young


@transaction.atomic
def vouch(*, by: Person, attendee: Attendee, known: bool = True) -> Attendee:
    """Record that a planner knows this companion, or take that back: their young people then wait, unless the
    companion is vouched for in another way."""
    require(by, "event.vouch", on=attendee)
    if attendee.is_young:
        raise ValidationError("A young person cannot be the companion of others.")
    event = _locked(attendee)
    if not attendee.is_coming:
        raise ValidationError("They do not come: nobody can be their responsibility.")
    before = audit.snapshot(attendee)
    attendee.vouched_on = timezone.localdate() if known else None
    attendee.save(update_fields=["vouched_on"])
    audit.record(by=by, action="event.vouch", on=attendee, before=before)
    young: list[Attendee] = []
    if known:
        young = settle(by, attendee)
    elif not is_vouched(attendee):
        part(by, attendee)
    fill_places(event)
    _tell_who_waits(young)
    return attendee


@transaction.atomic
def ask_companion(
    *, by: Person, young: Attendee, companion: Attendee, has_said_yes: bool = False
) -> Attendee:
    """Ask a vouched companion of the host to bring a young person who waits. With `has_said_yes`, the planner
    has asked them already, and the young person comes with them at once."""
    require(by, "event.vouch", on=young)
    event = _locked(companion)
    young.refresh_from_db()
    if young.event_id != companion.event_id or young.standing != Standing.ALONE:
        raise ValidationError("They do not wait for a companion.")
    if not is_of_host(companion, young):
        raise ValidationError("A young person comes with a companion of their own organisation.")
    if not is_vouched(companion):
        raise ValidationError(UNKNOWN)
    if young.wanted_companion_id != companion.pk and not room_for(event, companion, besides=young):
        raise ValidationError(NO_ROOM)
    agreed = timezone.now() if has_said_yes else None
    stand(by, young, Standing.ALONE, "event.ask_companion", wanted_companion=companion, agreed_at=agreed)
    if has_said_yes:
        young_now = settle(by, companion)
        fill_places(event)
        _tell_who_waits(young_now)
    else:
        mails.send_asked_to_bring(companion)
    young.refresh_from_db()
    return young


@transaction.atomic
def cancel_young(*, by: Person, young: Attendee) -> list[Attendee]:
    """A planner decides that a young person without a companion does not come; returns who got a place."""
    require(by, "event.vouch", on=young)
    event = _locked(young)
    if young.standing != Standing.ALONE:
        raise ValidationError("They do not wait for a companion.")
    cancel(by, young)
    return fill_places(event)


def look_after(event: Event) -> int:
    """Apply changes in who is vouched for: those who no longer are bring nobody, and those who now are bring
    the young people they named. Returns how many young people this affected. Locks the event only if
    something changes."""
    if not any(_to_follow(event)):
        return 0
    by, changed = Person.operator(), 0
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event.pk)
        unknown, known = _to_follow(event)
        for adult in unknown:
            changed += len(part(by, adult))
        young = [each for adult in known for each in settle(by, adult)]
        fill_places(event)
        _tell_who_waits(young)
    return changed + len(young)


def _tell_who_waits(young: Iterable[Attendee]) -> None:
    """Young people whose companion is vouched for now, and for whom no place was free: their companion is told so.
    Call it after places were filled."""
    for each in young:
        each.refresh_from_db()
        if each.standing == Standing.WAITING and each.companion is not None:
            mails.send_registration(each, each.companion.email)


def _to_follow(event: Event) -> tuple[list[Attendee], list[Attendee]]:
    """Those who bring young people but are no longer vouched for, and those who now are and have some
    waiting; 4 queries."""
    everybody = list(event.attendees.exclude(standing__in=Attendee.GONE).select_related("partner"))
    bringing = {each.companion_id for each in everybody if each.is_coming}
    waiting = [each for each in everybody if each.standing == Standing.ALONE and each.agreed_at]
    asked = {each.wanted_companion_id for each in waiting}
    adults = [each for each in everybody if each.pk in bringing | asked]
    for each in adults:
        each.event = event
    ways = vouched(event, adults)
    unknown = [each for each in adults if each.pk in bringing and each.pk not in ways]
    return unknown, [each for each in adults if each.pk in asked and each.pk in ways]


def _locked(attendee: Attendee) -> Event:
    event = Event.objects.select_for_update().get(pk=attendee.event_id)
    attendee.refresh_from_db()
    attendee.event = event
    return event
