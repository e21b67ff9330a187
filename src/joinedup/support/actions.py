"""What people do with support: add it, change it, say that they checked it today."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.partners.keeping import CONFIRMING, came_now, confirm_now, refuse_while_own_held
from joinedup.partners.models import Partner
from joinedup.support.models import Offer

_LISTS = ("themes", "sectors", "via_sectors", "places")


@dataclass(frozen=True)
class Facts:
    """What is said about an offer. Lists hold primary keys; an empty list restricts nothing."""

    name: str
    provider: str
    kind: str
    provider_partner: Partner | None = None
    purpose: str = ""
    who_may_use: str = ""
    area: str = ""
    opens: datetime.date | None = None
    closes: datetime.date | None = None
    is_history: bool = False
    dates_note: str = ""
    amount: str = ""
    amount_gbp: int | None = None
    url: str = ""
    source: str = ""
    marking: str = Marking.PUBLIC
    themes: Collection[str] = ()
    sectors: Collection[str] = ()
    via_sectors: Collection[str] = ()
    places: Collection[str] = ()


@transaction.atomic
def add_offer(*, by: Person, facts: Facts) -> Offer:
    """Add an offer, as checked today by whoever adds it. ValidationError where the facts contradict each other."""
    require(by, "offer.add")
    offer = Offer(slug=_free_slug(facts.name), owner_id=by.user_id)
    came_now(offer, by)
    _check_today(offer, by)
    _write(offer, facts, by)
    audit.record(by=by, action="offer.add", on=offer, after=_snapshot(offer))
    return offer


@transaction.atomic
def change_offer(*, by: Person, offer: Offer, facts: Facts) -> Offer:
    """Put new facts in the place of the old. ValidationError where they contradict each other."""
    require(by, "offer.change", on=offer)
    before = _snapshot(offer)
    _write(offer, facts, by)
    audit.record(by=by, action="offer.change", on=offer, before=before, after=_snapshot(offer))
    return offer


@transaction.atomic
def confirm_offer(*, by: Person, offer: Offer) -> Offer:
    """Say that what stands here was checked with the provider today."""
    require(by, "offer.confirm", on=offer)
    before = _snapshot(offer)
    _check_today(offer, by)
    offer.save(update_fields=["last_checked", *CONFIRMING])
    audit.record(by=by, action="offer.confirm", on=offer, before=before, after=_snapshot(offer))
    return offer


def _check_today(offer: Offer, by: Person) -> None:
    offer.last_checked = timezone.localdate()
    confirm_now(offer, by)


def _write(offer: Offer, facts: Facts, by: Person) -> None:
    if facts.opens and facts.closes and facts.closes < facts.opens:
        raise ValidationError({"closes": _("It cannot close before it opens.")})
    if facts.marking != Marking.PUBLIC and facts.provider_partner is None:
        raise ValidationError(
            {"provider_partner": _("Choose the partner that provides it, or mark it public.")}
        )
    was_public = offer.pk is not None and offer.marking == Marking.PUBLIC
    if facts.marking == Marking.PUBLIC and not was_public:
        refuse_while_own_held(by)
    for name, value in vars(facts).items():
        if name not in _LISTS:
            setattr(offer, name, value)
    offer.full_clean(exclude=["slug"])
    offer.save()
    for name in _LISTS:
        getattr(offer, name).set(getattr(facts, name))
    if not Offer.objects.visible_to(by).filter(pk=offer.pk).exists():
        raise ValidationError({"marking": _("Marked like this, you would not see it yourself.")})


def _snapshot(offer: Offer) -> dict[str, Any]:
    """The offer's own fields and its lists: a change of who may use it is the change that matters most."""
    lists = {name: sorted(str(each.pk) for each in getattr(offer, name).all()) for name in _LISTS}
    return audit.snapshot(offer) | lists


def _free_slug(name: str) -> str:
    stem = slugify(name)[:70] or "support"
    # Addresses of this room's own pages are not free.
    taken = set(Offer.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | {"add"}
    return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
