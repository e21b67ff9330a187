"""Partners: add, change and confirm them, and record who works with whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import (
    add_first,
    check,
    fill_in,
    first_picture,
    picture,
    refuse_unknown,
    with_lists,
)
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.accounts.slugs import fresh_slug
from joinedup.partners.confirmation import CONFIRMING, came_now, confirm_now, lapse
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.partners.registers import LABELS, READERS, numbers_of, wrong_box
from joinedup.partners.same_body import keys_of_name, keys_of_numbers
from joinedup.partners.undelivered import OF_CONTACTS, settle_corrected
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Sector, Theme

MANY = frozenset({"serves", "themes"})


class PartnerDetails(TypedDict, total=False):
    """The fields that describe a partner."""

    name: str
    sector: Sector
    does: str
    base: Place | None
    serves: Iterable[Place]
    themes: Iterable[Theme]
    charity_number: str
    company_number: str
    urn: str
    ods: str
    gss: str
    website: str
    is_statutory: bool
    is_branch: bool
    marking: str
    source: str
    source_url: str
    is_demonstration: bool


class AlreadyHere(ValidationError):
    """The footprint has this partner already; `partner` is the one to use instead. `number`: the kind of identifier
    that both have, if that says so."""

    def __init__(self, partner: Partner, number: str = "") -> None:
        self.partner = partner
        said = f"{partner} is already recorded here"
        branch = " If this is a branch of it, say that it is one."
        super().__init__(f"{said}, with the same {LABELS[number]}.{branch}" if number else f"{said}.")


def _tidy(
    by: Person, details: dict[str, Any], footprints: Iterable[Footprint], existing: Partner | None = None
) -> None:
    """Write identifiers as their registers do; refuse invalid ones, and what is recorded already."""
    refuse_unknown(details, PartnerDetails.__annotations__)
    if "name" in details:
        details["name"] = " ".join(details["name"].split())
    typed = details.get("company_number", "")
    details |= {kind: reader(details[kind]) for kind, reader in READERS.items() if kind in details}
    wrong_box(typed, {kind: details.get(kind, "") for kind in READERS})
    if "gss" in details:
        details["gss"] = "".join(details["gss"].split()).upper()
    if details.get("marking") == Marking.NAMED:
        raise ValidationError("A partner is public, or shared with its partnership.")
    if details.get("marking") == Marking.PUBLIC and (existing is None or existing.marking != Marking.PUBLIC):
        refuse_while_held(footprints)
    _refuse_second(by, details, list(footprints), existing)


def _refuse_second(
    by: Person, details: dict[str, Any], footprints: list[Footprint], existing: Partner | None
) -> None:
    """Raise AlreadyHere for a new name or identifier that another partner of these footprints has; branches of one
    body share its numbers. 2 queries where there is none, and one more for each that is elsewhere too."""
    # What was so before is no reason to refuse another change: it is asked on its own page.
    was = {"name": existing.name, **numbers_of(existing)} if existing is not None else {}
    fresh = {
        key: details[key] for key in ("name", *READERS) if details.get(key) and details[key] != was.get(key)
    }
    own = {existing.pk} if existing is not None else set()
    name = fresh.pop("name", None)
    if name is not None and (other := _first_of(by, footprints, set(keys_of_name(name)) - own)) is not None:
        raise AlreadyHere(other)
    if not fresh or details.get("is_branch", existing is not None and existing.is_branch):
        return
    if (other := _first_of(by, footprints, set(keys_of_numbers(fresh)) - own)) is not None:
        raise AlreadyHere(other, next(kind for kind in fresh if getattr(other, kind) == fresh[kind]))


def _first_of(by: Person, footprints: list[Footprint], keys: set[int]) -> Partner | None:
    # Asked apart from the keys, which an index finds, as hardly ever there is one: in one question a database may read
    # all partners that are here instead, for each that is added.
    if not keys:
        return None
    here = Partner.objects.visible_to(by).filter(footprints__in=footprints, pk__in=keys)
    return here.first()


def add_partner(
    *, by: Person, footprint: Footprint, came: str = Came.ELSE, **details: Unpack[PartnerDetails]
) -> Partner:
    """Record a partner of a footprint. `came`: how it got here. It counts as confirmed only once the body
    itself says so.

    Raises PermissionDenied, AlreadyHere (same name or identifier in the footprint), ValidationError.
    """
    require(by, "partner.add", on=Scope(footprints=frozenset({footprint.pk})))
    given = with_lists(details, MANY)
    with transaction.atomic():
        _tidy(by, given, [footprint])
        partner = Partner(owner_id=by.user_id, slug=fresh_slug(Partner, given.get("name", "")))
        came_now(partner, by, came)
        fill_in(partner, given, MANY, asked={"slug"})
        add_first(partner, "footprints", [footprint])
        audit.record(by=by, action="partner.add", on=partner, after=first_picture(partner, given, MANY))
    return partner


def change_partner(
    *, by: Person, partner: Partner, confirm: bool = False, **details: Unpack[PartnerDetails]
) -> Partner:
    """Change a partner's details; `confirm`: also say that all of it is true today.

    Changes by somebody else are not confirmed by the body. Only a coordinator changes whether the duty names
    it, since statutory bodies count as linked.
    """
    require(by, "partner.change", on=partner)
    given: dict[str, Any] = dict(details)
    if given.get("is_statutory", partner.is_statutory) != partner.is_statutory:
        require(by, "partner.add", on=partner)
    with transaction.atomic():
        before = picture(partner, MANY)
        _tidy(by, given, partner.footprints.all(), partner)
        if confirm:
            confirm_now(partner, by)
        fill_in(partner, given, MANY)
        lapse(partner, by, before, picture(partner, MANY), checked=confirm)
        audit.record(by=by, action="partner.change", on=partner, before=before, after=picture(partner, MANY))
    return partner


def confirm_partner(*, by: Person, partner: Partner) -> Partner:
    """Say that a partner's record is still true today: its own people confirm it, others have checked it."""
    require(by, "partner.confirm", on=partner)
    with transaction.atomic():
        before = audit.snapshot(partner)
        confirm_now(partner, by)
        partner.save(update_fields=CONFIRMING)
        action = "partner.confirm" if partner.is_told_by(by) else "partner.check"
        audit.record(by=by, action=action, on=partner, before=before)
    return partner


def add_contact(*, by: Person, partner: Partner, role: str, name: str = "", email: str = "") -> Contact:
    """Record somebody to ask at a partner: a role, and a name or address only if they gave it."""
    require(by, "partner.change", on=partner)
    contact = Contact(
        partner=partner,
        role=role.strip(),
        name=name.strip(),
        email=email.strip().lower(),
        added_by_id=by.user_id,
    )
    with transaction.atomic():
        if contact.email and partner.contacts.filter(email=contact.email).exists():
            raise ValidationError("This address is already among the contacts.")
        check(contact, asked={"email"})
        contact.save()
        audit.record(by=by, action="contact.add", on=contact)
    return contact


@transaction.atomic
def change_contact(*, by: Person, contact: Contact, role: str, name: str = "", email: str = "") -> Contact:
    """Correct a contact. Where the address changes, mails to the old one that did not arrive are dealt with, and can
    go to the new one."""
    require(by, "partner.change", on=contact)
    partner, before, was = contact.partner, audit.snapshot(contact), contact.email
    contact.role, contact.name, contact.email = role.strip(), name.strip(), email.strip().lower()
    if contact.email and partner.contacts.filter(email=contact.email).exclude(pk=contact.pk).exists():
        raise ValidationError("This address is already among the contacts.")
    check(contact, asked={"email"})
    contact.save()
    if was and was != contact.email:
        Contact.objects.filter(partner__merged_into=partner.pk, email=was).delete()
    audit.record(by=by, action="contact.change", on=contact, before=before)
    settle_corrected(
        by=by,
        was=was,
        now=contact.email,
        footprints=contact.scope().footprints,
        of=OF_CONTACTS,
        goes_there=bool(contact.email),
    )
    return contact


def remove_contact(*, by: Person, contact: Contact) -> None:
    """Permanently delete a contact: personal details are not kept for an undo, nor where the same address stood at a
    record that became part of this one."""
    require(by, "partner.change", on=contact)
    with transaction.atomic():
        if contact.email:
            Contact.objects.filter(partner__merged_into=contact.partner_id, email=contact.email).delete()
        audit.record(by=by, action="contact.remove", on=contact, before=audit.snapshot(contact), after={})
        contact.delete()


def add_link(
    *, by: Person, partner: Partner, other: Partner, strength: float = 0.5, since: datetime.date | None = None
) -> Link:
    """Record that two partners work together already. `strength` is 0 to 1."""
    require(by, "link.add", on=partner)
    if partner.pk == other.pk:
        raise ValidationError("A partner always works with itself: choose another one.")
    first, second = sorted((partner, other), key=lambda p: p.pk)
    with transaction.atomic():
        if not Partner.objects.visible_to(by).filter(pk=other.pk).exists():
            raise ValidationError("There is no such partner.")
        if Link.objects.filter(first=first, second=second).exists():
            raise ValidationError(f"It is already recorded that {first} works with {second}.")
        link = Link(first=first, second=second, strength=strength, since=since)
        check(link)
        link.save()
        audit.record(by=by, action="link.add", on=link)
    return link


def remove_link(*, by: Person, link: Link) -> None:
    """Take back that two partners work together; either side may."""
    one, two = link.first.scope(), link.second.scope()
    require(by, "link.add", on=Scope(one.partners | two.partners, one.footprints | two.footprints))
    with transaction.atomic():
        audit.record(by=by, action="link.remove", on=link, before=audit.snapshot(link), after={})
        link.delete()


def add_ask(
    *,
    by: Person,
    partner: Partner,
    kind: str,
    text: str,
    themes: Iterable[Theme] = (),
    places: Iterable[Place] = (),
    event: Any = None,
    marking: str = Marking.PARTNERSHIP,
    is_demonstration: bool = False,
) -> Ask:
    """Add one line that a partner needs or can give (`kind`: need or offer), said at `event` if at one.

    Without places it applies wherever the partner works; without themes, to any.
    """
    require(by, "ask.add", on=partner)
    ask = Ask(partner=partner, kind=kind, text=" ".join(text.split()), event=event, marking=marking)
    ask.owner_id, ask.is_demonstration = by.user_id, is_demonstration
    came_now(ask, by)
    with transaction.atomic():
        if marking == Marking.PUBLIC:
            refuse_while_held(partner.footprints.all())
        if partner.asks.filter(kind=kind, text__iexact=ask.text, closed_on=None).exists():
            raise ValidationError("This line is there already.")
        check(ask)
        ask.save()
        ask.themes.set(themes)
        ask.places.set(places)
        audit.record(by=by, action="ask.add", on=ask)
    return ask


def close_ask(*, by: Person, ask: Ask) -> Ask:
    """Close an ask that was answered or is no longer needed. `reopen_ask` undoes it."""
    return _set_closed(by, ask, "ask.close", timezone.localdate())


def reopen_ask(*, by: Person, ask: Ask) -> Ask:
    """Undo `close_ask`."""
    return _set_closed(by, ask, "ask.reopen", None)


def _set_closed(by: Person, ask: Ask, action: str, closed_on: datetime.date | None) -> Ask:
    require(by, "ask.change", on=ask)
    if (ask.closed_on is None) == (closed_on is None):
        raise ValidationError("This line is open." if closed_on is None else "This line is closed already.")
    with transaction.atomic():
        before = audit.snapshot(ask)
        ask.closed_on = closed_on
        ask.save(update_fields=["closed_on"])
        audit.record(by=by, action=action, on=ask, before=before)
    return ask
