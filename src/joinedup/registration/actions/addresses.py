"""Correct the address of somebody who registered: whoever plans the event does, since nobody could write to them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.models import fresh_token
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.events.queries.events import is_over
from joinedup.mail.models import OutgoingMail
from joinedup.partners.undelivered import OF_REGISTRATION, readdressed, settle_corrected
from joinedup.privacy.retention import HELD_PLACES
from joinedup.registration import mailbox, mails
from joinedup.registration.models import Attendee, newer

Standing = Attendee.Standing
# What they have now goes out anew, with a link that works; older mails that say so need not follow.
SAID_ANEW = Q(kind__in=[f"registration/mails/{each}" for each in ("registration", "held", "lapsed")])


def others_at(attendee: Attendee) -> QuerySet[Attendee]:
    """Who else is registered for the event with the same address: colleagues who share it."""
    here = Attendee.objects.filter(event=attendee.event_id, email=attendee.email).exclude(email="")
    return here.exclude(pk=attendee.pk).exclude(standing=Standing.CANCELLED).order_by("number")


def why_not(attendee: Attendee) -> str:
    """Why this address cannot be corrected, in a sentence; "" where it can."""
    if attendee.is_young:
        return _("A young person has no address: correct that of the adult who comes with them.")
    if attendee.event.personal_deleted_on:
        return _("Personal details of this event were deleted.")
    if attendee.standing == Standing.CANCELLED:
        return _("They do not come: nothing is sent to them.")
    return ""


@transaction.atomic
def correct_address(*, by: Person, attendee: Attendee, email: str, everybody: bool = False) -> Attendee:
    """Correct an address, `everybody`: of all who registered with it for this event.

    The links in earlier mails stop working, those of young people who come with them too: they may have gone to a
    stranger. What they have now is sent to the new address with a new link; other mails that did not arrive can go
    there from “Mails that did not arrive”. Correcting it again is the way back. Raises ValidationError for an address
    that is none, or with which the same person is registered already.
    """
    require(by, "event.see_attendees", on=attendee)
    event = Event.objects.select_for_update().get(pk=attendee.event_id)
    found = Attendee.objects.select_related("event").get(pk=attendee.pk)
    if refusal := why_not(found):
        raise ValidationError(refusal)
    address = str(Attendee._meta.get_field("email").clean(email.strip().lower(), found))
    was = found.email
    if not address or address == was:
        raise ValidationError({"email": _("Give another address than the one that is there.")})
    those = [found, *(others_at(found).select_related("event") if everybody else [])]
    _refuse_registered(event, address, those)
    tokens: dict[str, str] = {}
    for each in those:
        tokens |= _moved(by, each, address)
    if was:
        _settle(by, event, was, address, tokens)
    if not is_over(event, timezone.localdate()) and event.cancelled_on is None:
        for each in those:
            _write_to(each, [other.pk for other in those])
    return found


def _refuse_registered(event: Event, address: str, those: Iterable[Attendee]) -> None:
    for each in those:
        same = mailbox.look(event, address, each.name, each.role).same
        if same is not None:
            told = {"number": same.number, "who": mails.called(same)}
            raise ValidationError(
                {"email": _("No. %(number)s is registered with this address already: %(who)s.") % told}
            )


def _moved(by: Person, attendee: Attendee, address: str) -> dict[str, str]:
    """Give somebody the new address and a new link; returns the new token for each old one, also those of the young
    people whose mails go to them."""
    before = audit.snapshot(attendee)
    tokens = {attendee.token: fresh_token()}
    attendee.email, attendee.token = address, tokens[attendee.token]
    here = Attendee.objects.filter(event=attendee.event_id, email=address).exclude(pk=attendee.pk)
    # Two people in one mailbox have an entry each in its calendar.
    if attendee.calendar_key in here.values_list("calendar_key", flat=True):
        attendee.calendar_key = secrets.token_hex(6)
    for name, value in newer(attendee.event_id).items():
        setattr(attendee, name, value)
    if attendee.standing == Standing.HELD:
        attendee.held_until = timezone.now() + HELD_PLACES.length
    attendee.save(
        update_fields=["email", "token", "calendar_key", "standing_since", "calendar_version", "held_until"]
    )
    for each in [*attendee.with_them.all(), *attendee.asked_to_bring.all()]:
        tokens[each.token] = fresh_token()
        Attendee.objects.filter(pk=each.pk).update(token=tokens[each.token])
    audit.record(by=by, action="event.correct_address", on=attendee, before=before)
    return tokens


def _settle(by: Person, event: Event, was: str, now: str, tokens: Mapping[str, str]) -> None:
    """Mails to the old address about these people are dealt with; those that still say something new get the new
    links. Of one whose words are no longer kept nobody can tell whom it was about: it waits while anybody else of the
    partnership has the old address."""
    every = OutgoingMail.objects.filter(OF_REGISTRATION, footprint=event.footprint_id)
    found = every.filter(to__iexact=was)
    _turn_waiting(found.filter(state=OutgoingMail.State.WAITING), now, tokens)
    is_elsewhere = Attendee.objects.filter(event__footprint=event.footprint_id, email=was).exists()
    failed = list(found.filter(settled_at=None, state__in=OutgoingMail.FAILED))
    theirs = [each.pk for each in failed if _about(each, tokens) or not (each.mail or is_elsewhere)]
    for of, goes_there in ((SAID_ANEW, False), (~SAID_ANEW, True)):
        settle_corrected(
            by=by,
            was=was,
            now=now,
            footprints=[event.footprint_id],
            of=of & Q(pk__in=theirs),
            goes_there=goes_there,
        )
    # Also those that wait to be sent to what an earlier correction said.
    for each in every.filter(Q(pk__in=theirs) | Q(corrected_to__iexact=was)).exclude(corrected_to=""):
        if words := _about(each, tokens):
            every.filter(pk=each.pk).update(corrected_to=now, mail=words)


def _turn_waiting(waiting: QuerySet[OutgoingMail], now: str, tokens: Mapping[str, str]) -> None:
    """What has not left yet goes to the new address, and nothing to the stranger; what is said anew need not go."""
    waiting.filter(SAID_ANEW, pk__in=[each.pk for each in waiting if _about(each, tokens)]).delete()
    for each in waiting:
        if words := _about(each, tokens):
            turned = readdressed(words, each.to, now)
            turned["headers"]["Message-ID"] = each.message_id
            waiting.filter(pk=each.pk).update(to=now, mail=turned)


def _about(mail: OutgoingMail, tokens: Mapping[str, str]) -> dict[str, Any] | None:
    """The words of a mail about these people, with their new links; None for any other."""
    words = json.dumps(mail.mail)
    if not any(token in words for token in tokens):
        return None
    for old, new in tokens.items():
        words = words.replace(old, new)
    changed: dict[str, Any] = json.loads(words)
    return changed


def _write_to(attendee: Attendee, those: Collection[int | None]) -> None:
    """Send what somebody has now, with the new link."""
    if attendee.standing in (Standing.HELD, Standing.LAPSED):
        # Whoever registered them confirms for them, where that person is written to as well.
        if attendee.registered_with_id in those:
            return
        (mails.send_held if attendee.standing == Standing.HELD else mails.send_lapsed)(attendee)
        return
    mails.send_registration(attendee, attendee.email)
    for each in attendee.with_them.all():
        mails.send_registration(each, attendee.email)
