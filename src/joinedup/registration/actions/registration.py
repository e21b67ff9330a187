"""Register without an account, join the waiting list, change or cancel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import may, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking, Teller
from joinedup.accounts.slugs import fresh_slug
from joinedup.events.models import Event
from joinedup.opportunities import touching
from joinedup.partners.models import Ask, Partner
from joinedup.partners.queries import partner_called
from joinedup.privacy import detect, free_text
from joinedup.privacy.retention import HELD_PLACES
from joinedup.registration import mailbox, mails
from joinedup.registration.actions import companions, confirmed_records, held_places
from joinedup.registration.actions.waiting_list import add, cancel, fill_places, open_event, refuse_closed
from joinedup.registration.models import YOUNG, Attendee, Invitation
from joinedup.registration.needs import NEEDS
from joinedup.taxonomy.models import Sector, Theme

PARTS = ("facilitator", "scribe", "guest", YOUNG, "companion", "speaker")
Standing = Attendee.Standing
CHANGEABLE = frozenset({"role", "name", "access", "dietary", "photo_consent", "opted_in", "rounds"})


@dataclass(frozen=True)
class NewPartner:
    """An organisation that is not in the list: its name and sector."""

    name: str
    sector: Sector


@touching.left_to_the_worker()
@transaction.atomic
def register(
    *,
    by: Person,
    event: Event,
    partner: Partner | NewPartner | None = None,
    role: str = "",
    name: str = "",
    email: str = "",
    part: str = "guest",
    companion_email: str = "",
    young_names: Sequence[str] = (),
    colleagues: Sequence[tuple[str, str]] = (),
    together: bool = True,
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
    """Register one person and, if they are a companion, the young people who come with them. Without `partner`
    an adult comes for themselves.

    `colleagues`: (name, role) of others of the same organisation, who share the address. `together`: if fewer places
    are left than these people, they all wait; otherwise those who fit come now, and the others wait.

    `still_true` are keys of `confirmed_records.records`: what a partner's own people confirm while
    registering. What a partner does or needs reaches the list of opportunities through the worker, since
    people register in crowds.

    A stranger's place is held for a day, until they confirm from their address (`held_places`); someone
    signed in with the address, or using the invitation sent to it, counts at once. If all places are taken,
    the waiting list keeps the order. The same person posting again changes nothing; a colleague at the same
    address gets a place of their own. A young person gives a chosen name only, never an address or an
    organisation, and waits until the adult they name is vouched for and says yes (`companions`).
    """
    require(by, "event.register", on=event)
    refuse_closed(event)
    email, young_names = email.strip().lower(), [n.strip() for n in young_names if n.strip()]
    _refuse_what_is_missing(role, name, email, part, young_names)
    refuse_colleagues(name, colleagues, organisation=partner.name if partner else "")
    is_young = part == YOUNG
    heard = {} if is_young else {"role": role, "doing": doing, "needing": needing}
    refuse_people(name, young_names, heard, organisation=partner.name if partner else "")
    if isinstance(partner, NewPartner):
        refuse_as_organisation(partner.name, [name, *young_names])
    event, chosen = open_event(event), list(themes)
    needs: dict[str, Any] = {
        "access": [need for need in NEEDS if need in access],
        "dietary": dietary.strip(),
    }
    if is_young:
        return companions.ask(by, event, companion_email, name.strip(), chosen, **needs)
    proved = held_places.is_proved(by, event, email, invitation)
    box = mailbox.look(event, email, name, role)
    if box.same is not None:
        return _again(by, box.same, young_names, chosen, proved, colleagues)
    is_full = box.is_full(proved=proved, more=len(colleagues)) and not may(by, "event.vouch", on=event)
    if box.is_unclear or is_full:
        if mailbox.may_write(email, once=f"unchanged-{event.pk}"):
            mails.send_unchanged(event, email, is_full=is_full)
        return box.here[0]
    home, is_new = _partner(by, event, partner), isinstance(partner, NewPartner)
    is_member = home is not None and home.pk in by.partner_ids
    is_invited = home is not None and invitation is not None and invitation.partner_id == home.pk
    vouched = is_member or is_invited
    # People who offer to lead a table or to write for one come as guests until somebody accepts.
    offer = part if part in Attendee.Offer.values and not may(by, "event.plan", event) else ""
    part = "guest" if offer else part
    parts = ["companion"] if young_names and part == "guest" else [part]
    if young_names and "companion" not in parts:
        parts.append("companion")
    said = {Ask.Kind.OFFER.value: doing, Ask.Kind.NEED.value: needing}
    is_heard = proved or vouched
    attendee = add(
        by,
        event,
        home,
        chosen,
        standing=Standing.WAITING if proved else Standing.HELD,
        held_until=None if proved else timezone.now() + HELD_PLACES.length,
        said={} if is_heard else {kind: text.strip() for kind, text in said.items() if text.strip()},
        role=role.strip(),
        name=name.strip(),
        email=email,
        parts=parts,
        offer=offer,
        photo_consent=photo_consent,
        opted_in=opted_in,
        waits_together=together,
        user_id=by.user_id if by.is_signed_in and by.email.lower() == email else None,
        **needs,
    )
    how = {"standing": attendee.standing, "held_until": attendee.held_until}
    _add_colleagues(by, attendee, colleagues, chosen, **how)
    if is_heard and home is not None:
        # The partner's own people: its members, and those who came through a mail of their own.
        own = vouched and not is_new and (is_member or not by.is_signed_in)
        who = by.name if by.is_signed_in else f"{role.strip()}, when registering"
        held_places.note_asks(event, home, said, chosen, confirmed_by=who if own else "")
    if vouched and not is_new:
        confirmed_records.confirm(by=by, attendee=attendee, keys=still_true)
    companions.bring(by, attendee, young_names, chosen, agreed=True)
    if invitation is not None and invitation.event_id == event.pk:
        Invitation.objects.filter(pk=invitation.pk).update(
            answer=Invitation.Answer.ACCEPTED, answered_at=timezone.now()
        )
    _give_a_place(by, attendee) if proved else _hold(attendee)
    return attendee


def _add_colleagues(
    by: Person, lead: Attendee, colleagues: Iterable[tuple[str, str]], themes: Sequence[Theme], **how: Any
) -> list[Attendee]:
    """Register these together with somebody; whoever is known at the address is not added twice."""
    here = mailbox.look(lead.event, lead.email, lead.name, lead.role).here
    return [
        add(
            by,
            lead.event,
            lead.partner,
            themes,
            role=role.strip(),
            name=name.strip(),
            email=lead.email,
            parts=["guest"],
            registered_with=lead,
            **how,
        )
        for name, role in colleagues
        if not any(mailbox.is_same(each, name, role) for each in here)
    ]


def refuse_colleagues(name: str, colleagues: Sequence[tuple[str, str]], *, organisation: str) -> None:
    """Refuse colleagues who cannot be told apart at one address, or whose words would outlive the deletion of
    personal details."""
    if not colleagues:
        return
    if len(colleagues) >= mailbox.MOST_AN_ADDRESS:
        raise ValidationError(
            {
                "colleagues": _("One person can register up to %(most)s colleagues.")
                % {"most": mailbox.MOST_AN_ADDRESS - 1}
            }
        )
    called = [detect.plain(each) for each in (name, *(each for each, _role in colleagues))]
    if not all(called):
        raise ValidationError(
            {"name": _("Give the name that each of you wants to be called: you share one e-mail address.")}
        )
    if len(set(called)) < len(called):
        raise ValidationError({"colleagues": _("Give each of you a different name: you share one address.")})
    for each, role in colleagues:
        try:
            refuse_people(each, [], {"role": role}, organisation=organisation)
        except ValidationError as error:
            raise ValidationError({"colleagues": error.messages}) from error


def _give_a_place(by: Person, attendee: Attendee) -> None:
    companions.settle(by, attendee)
    party = [attendee, *attendee.colleagues.select_related("event", "partner")]
    told = [*(each.pk for each in party), *attendee.with_them.values_list("pk", flat=True)]
    fill_places(attendee.event, quiet=told)
    for each in party:
        each.refresh_from_db()
        mails.send_registration(each, each.email)


def _hold(attendee: Attendee) -> None:
    if mailbox.may_write(attendee.email):
        mails.send_held(attendee)


def _again(
    by: Person,
    known: Attendee,
    young_names: Sequence[str],
    themes: Sequence[Theme],
    proved: bool,
    colleagues: Sequence[tuple[str, str]] = (),
) -> Attendee:
    """The same person posts again. Nothing changes and no second mail is sent, with three exceptions: someone
    who now proves that the address is theirs counts, someone whose day had passed is held again, and young
    people not named before are asked about."""
    if known.standing in {Standing.HELD, Standing.LAPSED} and proved:
        known = held_places.confirm(by, known)
    elif known.standing == Standing.LAPSED:
        held_places.hold_again(by, known)
        _hold(known)
    made = companions.bring(by, known, young_names, themes, agreed=proved)
    if colleagues:
        _add_more_colleagues(by, known, colleagues, themes, proved)
    if proved and made:
        companions.settle(by, known)
        fill_places(known.event)
    elif made and known.is_coming and mailbox.may_write(known.email, once=f"ask-{known.pk}"):
        mails.send_asked_to_bring(known)
    return known


def _add_more_colleagues(
    by: Person,
    known: Attendee,
    colleagues: Sequence[tuple[str, str]],
    themes: Sequence[Theme],
    proved: bool,
) -> None:
    """Colleagues whom somebody adds later: each has a mail, with a button for strangers."""
    box = mailbox.look(known.event, known.email, known.name, known.role)
    if box.is_full(proved=proved, more=len(colleagues) - 1) and not may(by, "event.vouch", on=known):
        if mailbox.may_write(known.email, once=f"unchanged-{known.event_id}"):
            mails.send_unchanged(known.event, known.email, is_full=True)
        return
    how: dict[str, Any] = {"standing": Standing.WAITING}
    if not proved:
        how = {"standing": Standing.HELD, "held_until": timezone.now() + HELD_PLACES.length}
    made = _add_colleagues(by, known, colleagues, themes, **how)
    fill_places(known.event, quiet=[each.pk for each in made])
    for each in made:
        each.refresh_from_db()
        mails.send_registration(each, each.email) if proved else _hold(each)


def refuse_people(name: str, young_names: Sequence[str], boxes: dict[str, str], *, organisation: str) -> None:
    """Refuse what would outlive the deletion of personal details: these boxes (a role, what an organisation
    does or needs) may not identify a person, and a name or role may not contain a way to reach one."""
    lines = {box: text for box, text in boxes.items() if box != "role"}
    free_text.refuse(lines, [name, *young_names], besides=organisation)
    role = boxes.get("role", "")
    free_text.refuse({"role": role})
    if any(detect.is_named_in(role, each) for each in [name, *young_names]):
        raise ValidationError({"role": _("Give a role, not a name: it is kept when names are deleted.")})
    names = {"name": name, "young_names": "; ".join(young_names), "role": role}
    for box, text in names.items():
        if free_text.what_identifies(text, free_text.WORDS_ALONE):
            raise ValidationError({box: _("Give nothing but the words asked for: no number, no address.")})


def refuse_as_organisation(organisation: str, names: Iterable[str]) -> None:
    """An organisation that is not listed has to be given by its own name, not by that of somebody who comes."""
    whole = [name for name in names if " " in name.strip()]
    wrong = free_text.what_identifies(organisation, free_text.WORDS_ALONE)
    own = detect.plain(organisation) in {detect.plain(name) for name in names}
    if wrong or own or detect.name_in(organisation, whole):
        raise ValidationError(
            {
                "new_partner": _(
                    "Give the name of your organisation only: it is kept when what we know of people is deleted."
                )
            }
        )


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


def _partner(by: Person, event: Event, given: Partner | NewPartner | None) -> Partner | None:
    if given is None or isinstance(given, Partner):
        return given
    name = " ".join(given.name.split())
    if len(name) < 2:
        raise ValidationError("Give the name of your organisation.")
    if (same := partner_called(name, event.footprint_id)) is not None:
        return same
    made = Partner.objects.create(
        name=name,
        slug=fresh_slug(Partner, name),
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


@transaction.atomic
def change_registration(*, by: Person, attendee: Attendee, **details: Any) -> Attendee:
    """Change one's own details, through the link in the mail."""
    require(by, "event.register", on=attendee)
    if unknown := details.keys() - CHANGEABLE:
        raise TypeError(f"A registration does not let one change {sorted(unknown)}.")
    if attendee.standing in Attendee.GONE:
        raise ValidationError("This registration is cancelled: please register again.")
    if attendee.standing == Standing.HELD:
        raise ValidationError("Say first that you come.")
    heard = {} if attendee.is_young else {"role": details.get("role", attendee.role)}
    refuse_people(details.get("name", attendee.name), [], heard, organisation=attendee.comes_for)
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
    """Give the place back; returns who got a place from the waiting list.

    Young people who came with them wait for another companion: nobody takes them over automatically
    (`companions.leave`).
    """
    require(by, "event.register", on=attendee)
    event = Event.objects.select_for_update().get(pk=attendee.event_id)
    attendee.refresh_from_db()
    attendee.event = event
    if attendee.standing == Standing.CANCELLED:
        return []
    address = attendee.email or (attendee.companion.email if attendee.companion else "")
    cancel(by, attendee)
    companions.leave(by, attendee)
    if address:
        mails.send_cancelled(event, address, attendee)
    return fill_places(event)


@transaction.atomic
def set_parts(*, by: Person, attendee: Attendee, parts: Sequence[str]) -> Attendee:
    """Set who leads a table, writes or speaks. Does not change who is a young person or a companion."""
    require(by, "event.plan", on=attendee)
    if wrong := set(parts) - {"facilitator", "scribe", "guest", "speaker"}:
        raise ValidationError(f"“{sorted(wrong)[0]}” is not a part that can be given here.")
    before = audit.snapshot(attendee)
    kept = [part for part in attendee.parts if part in {YOUNG, "companion"}]
    attendee.parts = kept + [part for part in PARTS if part in parts]
    if attendee.offer in parts:
        attendee.offer_answer = Attendee.OfferAnswer.ACCEPTED
    elif attendee.offer_answer == Attendee.OfferAnswer.ACCEPTED:
        attendee.offer_answer = Attendee.OfferAnswer.NONE
    attendee.save(update_fields=["parts", "offer_answer"])
    audit.record(by=by, action="event.set_parts", on=attendee, before=before)
    return attendee
