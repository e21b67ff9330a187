"""Coming to an event: registering without an account, the waiting list, changing one's mind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking, Teller, footprints_of
from joinedup.events import mails
from joinedup.events.actions import confirming
from joinedup.events.models import YOUNG, Attendee, Event, Invitation
from joinedup.opportunities import touching
from joinedup.partners.keeping import unique_slug
from joinedup.partners.models import Ask, Partner
from joinedup.taxonomy.models import Sector, Theme

PARTS = ("facilitator", "scribe", "guest", YOUNG, "companion", "speaker")
ACCESS = ("step_free", "quiet", "hearing_loop", "interpreter")
CHANGEABLE = frozenset({"role", "name", "access", "dietary", "photo_consent", "opted_in", "rounds"})


@dataclass(frozen=True)
class NewPartner:
    """An organisation that is not in the list: what it is called and its sector."""

    name: str
    sector: Sector


class NobodyThere(ValidationError):
    """The companion's address is not among those who come. A page must not say so: it would tell strangers who does."""


def _open(event: Event) -> Event:
    """The event, locked while places are given out, if one can still register."""
    # SQLite begins every transaction as a writer; PostgreSQL locks the row.
    locked = Event.objects.select_for_update().get(pk=event.pk)
    _refuse_closed(locked)
    return locked


def _refuse_closed(event: Event) -> None:
    if event.is_history or (event.date and event.date < timezone.localdate()):
        raise ValidationError("This event is over: you can no longer register.")
    if event.cancelled_on is not None:
        raise ValidationError("This event is cancelled: you can no longer register.")


@touching.left_to_the_worker()
@transaction.atomic
def register(
    *,
    by: Person,
    event: Event,
    partner: Partner | NewPartner,
    role: str = "",
    name: str = "",
    email: str = "",
    part: str = "guest",
    companion_email: str = "",
    young_names: Sequence[str] = (),
    doing: str = "",
    needing: str = "",
    themes: Iterable[Theme] = (),
    access: Sequence[str] = (),
    dietary: str = "",
    photo_consent: bool = False,
    opted_in: bool = False,
    invitation: Invitation | None = None,
    still_true: Collection[str] = (),
) -> Attendee:
    """One registration, and with a companion those of the young people who come with them.

    `still_true` are keys of `confirming.records`: what their own people say on the way is true of a partner. What a
    partner does or needs reaches the list of opportunities by the worker, since people register in crowds.

    Where all places are taken the waiting list keeps the order. An address that is registered already gets its
    mail again and nothing changes: the page must not tell strangers who comes. A young person gives a chosen
    name only, never an address, and comes with a companion of the same host.
    """
    require(by, "event.register", on=event)
    _refuse_closed(event)
    email, young_names = email.strip().lower(), [n.strip() for n in young_names if n.strip()]
    _refuse_what_is_missing(role, name, email, part, young_names)
    if part != YOUNG and (known := _known(event, email)):
        mails.send_registration(known, email)
        return known
    is_new = isinstance(partner, NewPartner)
    home = _partner(by, event, partner)
    vouched = home.pk in by.partner_ids or (invitation is not None and invitation.partner_id == home.pk)
    chosen = list(themes)
    if part != YOUNG:
        said = {Ask.Kind.OFFER: doing, Ask.Kind.NEED: needing}
        # The partner's own people: its members, and whom a mail of their own brought here.
        own = vouched and not is_new and (home.pk in by.partner_ids or not by.is_signed_in)
        who = by.name if by.is_signed_in else f"{role.strip()}, when registering"
        _note_asks(event, home, said, chosen, confirmed_by=who if own else "")
    # Locked from here on only, where places are given out: the next in the queue waits for no more than that.
    event = _open(event)
    companion = _companion(event, home, companion_email) if part == YOUNG else None
    parts = ["companion"] if young_names and part == "guest" else [part]
    if young_names and "companion" not in parts:
        parts.append("companion")
    details: dict[str, Any] = {
        "role": role.strip() or "Young person",
        "name": name.strip(),
        "email": "" if part == YOUNG else email,
        "parts": parts,
        "access": [need for need in ACCESS if need in access],
        "dietary": dietary.strip(),
        # Nobody photographs a young person on the word of a form, nor introduces them to strangers.
        "photo_consent": photo_consent and part != YOUNG,
        "opted_in": opted_in and part != YOUNG,
        "user_id": None if part == YOUNG else by.user_id,
    }
    attendee = _add(by, event, home, chosen, companion=companion, **details)
    if vouched and not is_new:
        confirming.confirm(by=by, attendee=attendee, keys=still_true)
    for young in young_names:
        _add(
            by,
            event,
            home,
            chosen,
            companion=attendee,
            role="Young person",
            name=young,
            parts=[YOUNG],
        )
    if invitation is not None and invitation.event_id == event.pk:
        Invitation.objects.filter(pk=invitation.pk).update(
            answer=Invitation.Answer.ACCEPTED, answered_at=timezone.now()
        )
    address = companion.email if companion else email
    mails.send_registration(attendee, address)
    return attendee


def _refuse_what_is_missing(role: str, name: str, email: str, part: str, young: Sequence[str]) -> None:
    if part not in PARTS:
        raise ValidationError(
            "Say how you come: for your organisation, leading a table, or as a young person."
        )
    if part == YOUNG:
        if not name.strip():
            raise ValidationError(
                "Give the name that the young person wants to be called: it need not be theirs."
            )
        if young:
            raise ValidationError("A young person cannot be the companion of others.")
        return
    if not email:
        raise ValidationError("Give an e-mail address: your registration is sent there.")
    if not role.strip():
        raise ValidationError("Give your role in your organisation.")
    if len(young) > 6:
        raise ValidationError("One companion can register up to six young people.")


def _known(event: Event, email: str) -> Attendee | None:
    here = event.attendees.filter(email=email).exclude(standing=Attendee.Standing.CANCELLED)
    known = here.values_list("pk", flat=True).first()
    return Attendee.objects.select_related("event", "partner").get(pk=known) if known else None


def _partner(by: Person, event: Event, given: Partner | NewPartner) -> Partner:
    if isinstance(given, Partner):
        return given
    name = " ".join(given.name.split())
    if len(name) < 2:
        raise ValidationError("Give the name of your organisation.")
    same = Partner.objects.filter(name__iexact=name, footprints=event.footprint_id).first()
    if same is not None:
        return same
    made = Partner.objects.create(
        name=name,
        slug=unique_slug(Partner, name),
        sector=given.sector,
        marking=Marking.PARTNERSHIP,
        source=f"Registration for {event.name}",
        came=Came.REGISTRATION,
        came_by=Teller.ELSE,
        came_on=timezone.localdate(),
        is_demonstration=event.is_demonstration,
    )
    if event.footprint:
        made.footprints.add(event.footprint)
    audit.record(by=by, action="partner.add", on=made)
    return made


def _companion(event: Event, host: Partner, address: str) -> Attendee:
    adults = event.attendees.filter(partner=host, email=address.strip().lower()).exclude(email="")
    companion = adults.exclude(standing=Attendee.Standing.CANCELLED).first()
    if companion is None or companion.is_young:
        raise NobodyThere(
            "Nobody of your host is registered with this address. Ask your companion to register first, "
            "or to register you together with them."
        )
    if "companion" not in companion.parts:
        companion.parts = [*companion.parts, "companion"]
        companion.save(update_fields=["parts"])
    return companion


def _add(
    by: Person,
    event: Event,
    partner: Partner,
    themes: list[Theme],
    companion: Attendee | None,
    **details: Any,
) -> Attendee:
    counts = event.attendees.aggregate(
        last=Max("number"),
        placed=Count("pk", filter=Q(standing=Attendee.Standing.PLACED)),
        waiting=Count("pk", filter=Q(standing=Attendee.Standing.WAITING)),
    )
    alone = companion is not None and companion.standing != Attendee.Standing.PLACED
    is_free = counts["placed"] < event.capacity and not counts["waiting"] and not alone
    attendee = Attendee(
        event=event,
        number=(counts["last"] or 0) + 1,
        partner=partner,
        sector_id=partner.sector_id,
        companion=companion,
        standing=Attendee.Standing.PLACED if is_free else Attendee.Standing.WAITING,
        is_demonstration=event.is_demonstration,
        **details,
    )
    try:
        attendee.save()
    except IntegrityError as error:
        raise ValidationError("Somebody registered at the same moment: please send it again.") from error
    attendee.themes.add(*themes)
    audit.record(by=by, action="event.register", on=attendee)
    return attendee


def _note_asks(
    event: Event, partner: Partner, said: dict[Ask.Kind, str], themes: list[Theme], confirmed_by: str
) -> None:
    """One line each of what a partner does and needs. It counts as confirmed only when the partner's own people say
    it (`confirmed_by`). All at once, since people register in crowds: what follows changes of asks is told
    by hand."""
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


@transaction.atomic
def change_registration(*, by: Person, attendee: Attendee, **details: Any) -> Attendee:
    """Change one's own details, by the link in the mail."""
    require(by, "event.register", on=attendee)
    if unknown := details.keys() - CHANGEABLE:
        raise TypeError(f"A registration does not let one change {sorted(unknown)}.")
    if attendee.standing == Attendee.Standing.CANCELLED:
        raise ValidationError("This registration is cancelled: please register again.")
    if "rounds" in details and any(n not in range(1, attendee.event.rounds + 1) for n in details["rounds"]):
        raise ValidationError(f"The rounds are 1 to {attendee.event.rounds}.")
    before = audit.snapshot(attendee)
    for name, value in details.items():
        setattr(attendee, name, value)
    if attendee.is_young:
        attendee.photo_consent = attendee.opted_in = False
        if not attendee.name.strip():
            raise ValidationError(
                "Give the name that the young person wants to be called: it need not be theirs."
            )
    if not attendee.role.strip():
        raise ValidationError("Give your role in your organisation.")
    attendee.save()
    audit.record(by=by, action="event.change_registration", on=attendee, before=before)
    return attendee


@transaction.atomic
def cancel_registration(*, by: Person, attendee: Attendee) -> list[Attendee]:
    """Give the place back; returns who came in from the waiting list.

    Young people who came with them go to another companion of the same host, and without one are cancelled too:
    a young person is never alone at a table.
    """
    require(by, "event.register", on=attendee)
    event = Event.objects.select_for_update().get(pk=attendee.event_id)
    attendee.refresh_from_db()
    if attendee.standing == Attendee.Standing.CANCELLED:
        return []
    address = attendee.email or (attendee.companion.email if attendee.companion else "")
    _cancel(by, attendee)
    others = event.attendees.filter(partner=attendee.partner_id, standing=Attendee.Standing.PLACED)
    other = next((each for each in others if "companion" in each.parts), None)
    for young in attendee.with_them.exclude(standing=Attendee.Standing.CANCELLED):
        if other is None:
            _cancel(by, young)
        else:
            young.companion = other
            young.save(update_fields=["companion"])
    if address:
        mails.send_cancelled(event, address)
    return fill_places(event)


def _cancel(by: Person, attendee: Attendee) -> None:
    before = audit.snapshot(attendee)
    attendee.standing = Attendee.Standing.CANCELLED
    attendee.save(update_fields=["standing"])
    audit.record(by=by, action="event.cancel_registration", on=attendee, before=before)


def fill_places(event: Event) -> list[Attendee]:
    """Let people in from the waiting list, in order, as far as there are places; call it inside a transaction."""
    moved: list[Attendee] = []
    if event.cancelled_on is not None:
        return moved
    free = event.capacity - event.attendees.filter(standing=Attendee.Standing.PLACED).count()
    waiting = event.attendees.filter(standing=Attendee.Standing.WAITING)
    for each in waiting.select_related("companion", "partner", "event").order_by("number"):
        if free <= 0:
            break
        # Read afresh: the companion may have come in a moment ago.
        if each.companion_id and not event.attendees.filter(
            pk=each.companion_id, standing=Attendee.Standing.PLACED
        ):
            continue
        each.standing = Attendee.Standing.PLACED
        each.save(update_fields=["standing"])
        free -= 1
        moved.append(each)
        address = each.email or (each.companion.email if each.companion else "")
        if address:
            mails.send_registration(each, address)
    return moved


@transaction.atomic
def set_parts(*, by: Person, attendee: Attendee, parts: Sequence[str]) -> Attendee:
    """Who leads a table, writes, speaks. That somebody is a young person or their companion is not changed here."""
    require(by, "event.plan", on=attendee)
    if wrong := set(parts) - {"facilitator", "scribe", "guest", "speaker"}:
        raise ValidationError(f"“{sorted(wrong)[0]}” is not a part that can be given here.")
    before = audit.snapshot(attendee)
    kept = [part for part in attendee.parts if part in {YOUNG, "companion"}]
    attendee.parts = kept + [part for part in PARTS if part in parts]
    attendee.save(update_fields=["parts"])
    audit.record(by=by, action="event.set_parts", on=attendee, before=before)
    return attendee
