"""Offers of support: add one, change it, confirm that it was checked today."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.models import User
from joinedup.accounts.permissions import Scope, may, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.accounts.slugs import fresh_slug
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit
from joinedup.partners.confirmation import CONFIRMING, came_now, confirm_now
from joinedup.partners.election_hold import refuse_while_own_held
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.support.checks import next_check
from joinedup.support.keepers import keepers, possible_owners
from joinedup.support.models import Offer
from joinedup.support.queries import codes_of

# How much of a correction is kept.
LONGEST = 1000
_LISTS = ("themes", "sectors", "via_sectors", "places")


@dataclass(frozen=True)
class Facts:
    """The facts of an offer. Lists hold primary keys; an empty list restricts nothing."""

    name: str
    provider: str
    kind: str
    provider_partner: Partner | None = None
    purpose: str = ""
    who_may_use: str = ""
    lead_only: bool = False
    is_general: bool = False
    is_required_by_law: bool = False
    area: str = ""
    opens: datetime.date | None = None
    closes: datetime.date | None = None
    basis: str = ""
    dates_note: str = ""
    # Without it, by how it can be had (`checks.py`).
    check_by: datetime.date | None = None
    amount: str = ""
    amount_max_gbp: int | None = None
    amount_programme: int | None = None
    awards: str = ""
    url: str = ""
    source: str = ""
    marking: str = Marking.PUBLIC
    themes: Collection[str] = ()
    sectors: Collection[str] = ()
    via_sectors: Collection[str] = ()
    places: Collection[str] = ()


@dataclass(frozen=True)
class ListedFacts(Facts):
    """The facts of an offer in somebody's list: who brings it has not checked it, the list says who did and when."""

    confidence: str = ""
    source_url: str = ""
    last_checked: datetime.date | None = None
    reopens: datetime.date | None = None
    reopens_said_by: str = ""
    list_id: str = ""


@transaction.atomic
def add_offer(*, by: Person, facts: Facts, footprint: Footprint | None = None) -> Offer:
    """Add an offer, as checked today by the person adding it, unless it comes from a list. Raises ValidationError if
    the facts contradict each other.

    A coordinator adds it for their own area: to `footprint`, or to the one partnership that they coordinate.
    Without a footprint all partnerships share it, which needs permission to keep shared records.
    """
    require(by, "offer.add")
    home = footprint or _own_area(by)
    require(by, "offer.add", on=Scope(footprints=frozenset({home.pk} if home else ())))
    offer = Offer(slug=fresh_slug(Offer, facts.name), owner_id=by.user_id, footprint=home)
    if isinstance(facts, ListedFacts):
        came_now(offer, by, Came.LIST)
    else:
        came_now(offer, by)
        _check_today(offer, by)
    _write(offer, facts, by)
    audit.record(by=by, action="offer.add", on=offer, after=_snapshot(offer))
    return offer


@transaction.atomic
def change_offer(*, by: Person, offer: Offer, facts: Facts, checked: bool = False) -> Offer:
    """Replace an offer's facts, `checked` with the provider today or not. Raises ValidationError if they contradict
    each other."""
    require(by, "offer.change", on=offer)
    before = _snapshot(offer)
    if checked:
        _check_today(offer, by)
    _write(offer, facts, by)
    audit.record(by=by, action="offer.change", on=offer, before=before, after=_snapshot(offer))
    return offer


@transaction.atomic
def confirm_offer(*, by: Person, offer: Offer) -> Offer:
    """Say that the offer was checked with the provider today; its next check follows from that."""
    require(by, "offer.confirm", on=offer)
    before = _snapshot(offer)
    _check_today(offer, by)
    offer.check_by = next_check(offer, timezone.localdate())
    offer.save(update_fields=["last_checked", "check_by", *CONFIRMING])
    audit.record(by=by, action="offer.confirm", on=offer, before=before, after=_snapshot(offer))
    return offer


@transaction.atomic
def hand_over(*, by: Person, offer: Offer, owner: User | None) -> Offer:
    """Say who looks after it: a person of `possible_owners`, or with None the role that stands in for one."""
    require(by, "offer.change", on=offer)
    if owner is not None and not possible_owners(offer).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": _("Choose somebody who may look after it.")})
    before = _snapshot(offer)
    # Somebody new is reminded even where the last owner was.
    offer.owner, offer.reminded_on = owner, None
    offer.save(update_fields=["owner", "reminded_on"])
    audit.record(by=by, action="offer.keeper", on=offer, before=before, after=_snapshot(offer))
    return offer


@transaction.atomic
def expect_reopening(*, by: Person, offer: Offer, reopens: datetime.date | None, said_by: str = "") -> Offer:
    """Say from about when what closed is expected to open again, and who said so; None takes it back. It stays
    closed, and its next check is due on that day."""
    require(by, "offer.reopen", on=offer)
    today = timezone.localdate()
    said = " ".join(said_by.split())
    if reopens is not None:
        if not offer.is_over(today):
            raise ValidationError({"reopens": _("It has not closed: change its dates instead.")})
        if reopens <= today:
            raise ValidationError(
                {"reopens": _("Give a day to come. If it is open again, change its dates.")}
            )
        if not said:
            raise ValidationError({"said_by": _("Say who told you, for example: the funder's newsletter.")})
    before = _snapshot(offer)
    offer.reopens, offer.reopens_said_by = reopens, said[:160] if reopens else ""
    offer.check_by = next_check(offer, today)
    offer.save(update_fields=["reopens", "reopens_said_by", "check_by"])
    audit.record(by=by, action="offer.reopen", on=offer, before=before, after=_snapshot(offer))
    return offer


def _own_area(by: Person) -> Footprint | None:
    """The partnership that a coordinator adds for; None for those who add for all."""
    if may(by, "offer.add", on=Scope()):
        return None
    own = list(Footprint.objects.filter(pk__in=by.coordinated_ids))
    if len(own) != 1:
        raise ValidationError({"footprint": _("Say for which of your partnerships you add it.")})
    return own[0]


@transaction.atomic
def correct_offer(*, by: Person, offer: Offer, text: str) -> None:
    """Tell a record's keepers what is wrong with it: stored in its history, and sent to them by mail."""
    require(by, "offer.correct", on=offer)
    if not Offer.objects.visible_to(by).filter(pk=offer.pk).exists():
        raise PermissionDenied("You may not do this.")
    said = " ".join(text.split())
    if not said:
        raise ValidationError({"text": _("Say what is wrong, and what is right.")})
    audit.record(by=by, action="offer.correct", on=offer, before={}, after={"correction": said[:LONGEST]})
    words = {"by": by.name, "offer": offer, "said": said[:LONGEST], "link": address_of("offer", offer.slug)}
    replies = [by.email] if by.email else []
    send_on_commit(
        [compose("support/mails/correction", to, words, reply_to=replies) for to in keepers(offer)],
        footprint=offer.footprint_id,
    )


def _check_today(offer: Offer, by: Person) -> None:
    offer.last_checked = timezone.localdate()
    confirm_now(offer, by)


def _write(offer: Offer, facts: Facts, by: Person) -> None:
    _refuse_contradictions(facts)
    is_own = offer.footprint_id is not None and facts.marking == Marking.PARTNERSHIP
    if facts.marking != Marking.PUBLIC and facts.provider_partner is None and not is_own:
        raise ValidationError(
            {"provider_partner": _("Choose the partner that provides it, or mark it public.")}
        )
    was_public = offer.pk is not None and offer.marking == Marking.PUBLIC
    if facts.marking == Marking.PUBLIC and not was_public:
        refuse_while_own_held(by)
    was = (offer.check_by, offer.closes, offer.basis)
    for name, value in vars(facts).items():
        if name not in _LISTS:
            setattr(offer, name, value)
    # A closing date says how it can be had, if nothing else was said.
    if facts.closes and not facts.basis:
        offer.basis = Offer.Basis.DATED
    today = timezone.localdate()
    if not offer.is_over(today):
        offer.reopens, offer.reopens_said_by = None, ""
    # A day that somebody chose stands; one that followed from dates which changed now follows from the new ones.
    if facts.check_by is None or (facts.check_by == was[0] and was[1:] != (offer.closes, offer.basis)):
        offer.check_by = next_check(offer, offer.last_checked or today)
    offer.full_clean(exclude=["slug"])
    offer.save()
    for name in _LISTS:
        getattr(offer, name).set(getattr(facts, name))
    if offer.footprint is not None:
        _keep_within(offer, offer.footprint)
    if not Offer.objects.visible_to(by).filter(pk=offer.pk).exists():
        raise ValidationError({"marking": _("Marked like this, you would not see it yourself.")})


def _refuse_contradictions(facts: Facts) -> None:
    if facts.opens and facts.closes and facts.closes < facts.opens:
        raise ValidationError({"closes": _("It cannot close before it opens.")})
    if facts.basis == Offer.Basis.DATED and facts.closes is None:
        raise ValidationError(
            {"closes": _("Say on which day it closes, or choose another way it can be had.")}
        )
    most, whole = facts.amount_max_gbp, facts.amount_programme
    if most is not None and whole is not None and most > whole:
        raise ValidationError({"amount_max_gbp": _("One award cannot be more than all of them together.")})
    if facts.lead_only and not facts.via_sectors:
        raise ValidationError({"via_sectors": _("Choose who leads, if nobody else may apply.")})


def _keep_within(offer: Offer, footprint: Footprint) -> None:
    """What a partnership adds is for its own area; without a place it covers all of that area."""
    provider = offer.provider_partner
    if provider is not None and not provider.footprints.filter(pk=footprint.pk).exists():
        raise ValidationError({"provider_partner": _("Choose a partner of your own partnership.")})
    places = list(footprint.places.all())
    own = {place.pk for place in places}
    chosen = list(offer.places.all())
    if not chosen:
        offer.places.set(places)
    elif any(not codes_of(place) & own for place in chosen):
        raise ValidationError(
            {"places": _("Choose places in your own area. What is for others too, an administrator adds.")}
        )


def _snapshot(offer: Offer) -> dict[str, Any]:
    """The offer's own fields and its lists: a change in who may use it is the most important one."""
    lists = {name: sorted(str(each.pk) for each in getattr(offer, name).all()) for name in _LISTS}
    return audit.snapshot(offer) | lists
