"""Queries of the support pages, each a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.places.queries import worked_in
from joinedup.support.eligibility import EligibilityAnswer, Terms, answer, needs_checking
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector, Theme

_ORDER = {"yes": 0, "maybe": 1, "via": 2, "ask": 3, "no": 4}


@dataclass(frozen=True)
class Asker:
    """The asker's three answers, any of which may be missing; `place_codes` as `codes_of` returns them."""

    sector: str = ""
    place_codes: frozenset[str] = frozenset()
    theme: str = ""

    @property
    def is_asked(self) -> bool:
        return bool(self.sector or self.place_codes or self.theme)


@dataclass(frozen=True)
class Listed:
    """One offer with its answer for this person today."""

    offer: Offer
    answer: EligibilityAnswer
    needs_checking: bool


@dataclass(frozen=True)
class FittingOffers:
    """`fitting` and `not_fitting` are open, best first; `history`, closed or decided, is not read yet."""

    fitting: list[Listed]
    not_fitting: list[Listed]
    history: QuerySet[Offer]


def offers_for(person: Person) -> QuerySet[Offer]:
    """Offers that `person` may see, with everything that `terms_of` reads (five queries)."""
    return Offer.objects.visible_to(person).prefetch_related(
        Prefetch("sectors", Sector.objects.only("slug", "name", "order")),
        Prefetch("via_sectors", Sector.objects.only("slug", "name", "order")),
        Prefetch("themes", Theme.objects.only("slug", "name", "order")),
        Prefetch("places", Place.objects.only("code", "name")),
    )


def terms_of(offer: Offer) -> Terms:
    """What an offer from `offers_for` restricts; no query."""
    return Terms(
        who=offer.who_may_use,
        sectors={s.pk: s.name for s in offer.sectors.all()},
        via_sectors={s.pk: s.name for s in offer.via_sectors.all()},
        places={p.pk: p.name for p in offer.places.all()},
        themes={t.pk: t.name for t in offer.themes.all()},
        opens=offer.opens,
        closes=offer.closes,
        is_history=offer.is_history,
    )


def areas() -> QuerySet[Place]:
    """The places to choose from when asked where one works; one query."""
    return worked_in().only("code", "name", "kind")


def codes_of(place: Place | None) -> frozenset[str]:
    """A place and every area around it: its parents, and its police force or health board. Two queries."""
    if place is None:
        return frozenset()
    whole = Place.objects.select_related("parent__parent__parent__parent").get(pk=place.pk)
    codes: set[str] = set(whole.memberships.values_list("code", flat=True))
    above: Place | None = whole
    while above is not None:
        codes.add(above.pk)
        above = above.parent
    return frozenset(codes)


def find(person: Person, question: Asker, kind: str, on: datetime.date) -> FittingOffers:
    """Every visible offer of `kind` (any if empty), separated by whether this asker may use it. Five queries.

    Open funds come first, the next to close before the others, then those without a closing date; if a
    question is asked, a certain yes comes before "through somebody" and "tell us more". History has the
    newest first.
    """
    chosen = offers_for(person)
    if kind:
        chosen = chosen.filter(kind=kind)
    is_past = Q(is_history=True) | Q(closes__lt=on)
    now = [_listed(offer, question, on) for offer in chosen.exclude(is_past)]
    if question.is_asked:
        now.sort(key=lambda each: (_ORDER[each.answer.word], *_by_closing(each.offer)))
    else:
        now.sort(key=lambda each: _by_closing(each.offer))
    newest_first = Coalesce("closes", "opens").desc(nulls_last=True)
    return FittingOffers(
        fitting=[each for each in now if each.answer.word != "no" or not question.is_asked],
        not_fitting=[each for each in now if each.answer.word == "no" and question.is_asked],
        history=chosen.filter(is_past).prefetch_related(None).order_by(newest_first, "name"),
    )


def _listed(offer: Offer, question: Asker, on: datetime.date) -> Listed:
    said = answer(terms_of(offer), question.sector or None, question.place_codes, question.theme or None, on)
    return Listed(offer, said, needs_checking(offer.last_checked, on))


def _by_closing(offer: Offer) -> tuple[bool, datetime.date, str]:
    return (offer.kind != Offer.Kind.FUND, offer.closes or datetime.date.max, offer.name)


def users_of(offer: Offer, person: Person) -> QuerySet[Any]:
    """The local action that says it uses this offer, as far as `person` may see it; one query."""
    return offer.initiatives.visible_to(person).order_by("name")


def provider_of(offer: Offer, person: Person) -> Partner | None:
    """The partner that provides it, if it is a partner here and `person` may see it; one query."""
    if offer.provider_partner_id is None:
        return None
    return Partner.objects.visible_to(person).filter(pk=offer.provider_partner_id).first()


def keepers(offer: Offer) -> list[str]:
    """The addresses of those notified of a correction: its owner or the coordinators of the partnership it
    belongs to, else the administrators; 2 queries at most."""
    active = User.objects.filter(is_active=True).order_by("email")
    whose = Q(pk=offer.owner_id) if offer.owner_id else Q(pk__in=[])
    if offer.footprint_id:
        whose |= Q(grants__role=Grant.Role.COORDINATOR, grants__footprint=offer.footprint_id)
    own = list(active.filter(whose).distinct().values_list("email", flat=True))
    administrators = active.filter(grants__role=Grant.Role.ADMINISTRATOR).distinct()
    return own or list(administrators.values_list("email", flat=True))


def corrections(history: Iterable[AuditEntry]) -> list[AuditEntry]:
    """From an offer's history (newest first): what others said is wrong with it since it was last changed. No
    query."""
    since = takewhile(lambda entry: entry.action != "offer.change", history)
    return [entry for entry in since if entry.action == "offer.correct"]
