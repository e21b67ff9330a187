"""Queries of the support pages, each a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress, groupby, takewhile
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.documents.csv_file import several
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.places.queries import codes_around, worked_in
from joinedup.support.checks import needs_checking
from joinedup.support.eligibility import EligibilityAnswer, Terms, answer
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector, Theme

_ORDER = {"yes": 0, "maybe": 1, "via": 2, "ask": 3, "no": 4}
_BY_BASIS = {
    Offer.Basis.DATED: 0,
    Offer.Basis.ROLLING: 1,
    "": 2,
    Offer.Basis.STANDING: 3,
    Offer.Basis.CLOSED: 4,
}
# The headings of the shelf, in order: for whom it is there.
SHELVES = ("law", "duty", "sectors", "words")


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
    """`open`: what can be asked for, the next to close on top, then what is open all the time, then what does not say;
    `through`: of that, what can be had in the bid of another body only.
    `expected`: what closed and is expected to open again, the next first, never counted as open. `shelf`: what is
    always there, by heading. `not_fitting`: of open and shelf, with why. `history`, closed or decided, is not read
    yet."""

    open: list[Listed]
    through: list[Listed]
    expected: list[Offer]
    shelf: dict[str, list[Listed]]
    not_fitting: list[Listed]
    history: QuerySet[Offer]


def past(on: datetime.date) -> Q:
    """Support that is closed or decided on the day `on`."""
    return Q(basis=Offer.Basis.CLOSED) | Q(closes__lt=on)


def open_on(on: datetime.date) -> Q:
    """Support that can be asked for on the day `on`: neither history, nor still to open, nor on the shelf."""
    begun = Q(opens__isnull=True) | Q(opens__lte=on)
    return begun & ~past(on) & ~Q(basis=Offer.Basis.STANDING)


def of_an_opportunity(on: datetime.date) -> Q:
    """Support that an opportunity may name on the day `on`: it can be asked for, until a closing date or all the time,
    is about a theme or for any work with young people, and is nothing that the law requires anyway. May repeat
    rows."""
    said = Q(basis__in=(Offer.Basis.DATED, Offer.Basis.ROLLING), is_required_by_law=False)
    return open_on(on) & said & (Q(is_general=True) | Q(themes__isnull=False))


def why_in_no_opportunity(offer: Offer, on: datetime.date) -> str:
    """Why `of_an_opportunity` leaves it out, in a sentence; empty if it does not. One query at most."""
    if offer.is_history:
        return _("It is kept as history: it is closed or decided.")
    if offer.closes and offer.is_over(on):
        return _("It closed on %(day)s.") % {"day": date_format(offer.closes, "j F Y")}
    if offer.opens and offer.opens > on:
        return _("It does not open until %(day)s.") % {"day": date_format(offer.opens, "j F Y")}
    if offer.is_required_by_law:
        return _(
            "The law requires it of those it names, so it is never suggested as something new. It is on the pages of "
            "support."
        )
    if offer.is_shelf:
        return _(
            "It is always there, and nobody bids for it: it stands on the pages of support and in no opportunity."
        )
    if not offer.basis:
        return _(
            "It is not known whether it can be had now: say until when it is open, or that it is open all the time."
        )
    if not offer.is_general and not offer.themes.exists():
        return _(
            "It names no theme, and is not said to be for any: it is on the pages of support and in no opportunity."
        )
    return ""


def offers_for(person: Person) -> QuerySet[Offer]:
    """Offers that `person` may see, with everything that `terms_of` reads (five queries)."""
    return Offer.objects.visible_to(person).prefetch_related(
        Prefetch("sectors", Sector.objects.only("slug", "name", "order", "duty")),
        Prefetch("via_sectors", Sector.objects.only("slug", "name", "order")),
        Prefetch("themes", Theme.objects.only("slug", "name", "order")),
        Prefetch("places", Place.objects.only("code", "name")),
    )


def terms_of(offer: Offer) -> Terms:
    """What an offer from `offers_for` restricts; no query."""
    words = offer.not_alone
    return Terms(
        who=offer.who_may_use,
        sectors={s.pk: s.name for s in offer.sectors.all()},
        via_sectors={s.pk: s.name for s in offer.leads},
        partners=words.partners,
        barred=words.barred,
        places={p.pk: p.name for p in offer.places.all()},
        themes={t.pk: t.name for t in offer.themes.all()},
        opens=offer.opens,
        closes=offer.closes,
        lead_only=offer.lead_only,
        is_history=offer.is_history,
    )


def areas() -> QuerySet[Place]:
    """The places to choose from when asked where one works; one query."""
    return worked_in().only("code", "name", "kind")


def known_of(person: Person) -> dict[str, str]:
    """What is known of somebody's organisation, as answers of the finder: its sector, and a place that it serves. Two
    queries for members, none for others."""
    partner = (
        Partner.objects.filter(pk__in=person.partner_ids).order_by("pk").first()
        if person.partner_ids
        else None
    )
    if partner is None:
        return {}
    place = (
        areas().filter(Q(pk=partner.base_id) | Q(pk__in=partner.serves.values("pk"))).order_by("pk").first()
    )
    return {"sector": partner.sector_id, **({"place": place.pk} if place else {})}


def codes_of(place: Place | None) -> frozenset[str]:
    """A place and every area around it: its parents, and its police force or health board. Two queries."""
    if place is None:
        return frozenset()
    found = Place.objects.select_related("parent__parent__parent__parent").prefetch_related("memberships")
    return codes_around(found.filter(pk=place.pk))


def find(person: Person, question: Asker, kind: str, on: datetime.date) -> FittingOffers:
    """Every visible offer of `kind` (any if empty), separated by whether this asker may use it. Six queries.

    In each part, if a question is asked, a certain yes comes before "tell us more"; then the next to
    close. History has the newest first.
    """
    chosen = offers_for(person)
    if kind:
        chosen = chosen.filter(kind=kind)
    now = [_listed(offer, question, on) for offer in chosen.exclude(past(on))]
    now.sort(key=lambda each: _place_in_list(each, question))
    fitting = [each for each in now if each.answer.word != "no" or not question.is_asked]
    shelf: dict[str, list[Listed]] = {heading: [] for heading in SHELVES}
    for each in fitting:
        if each.offer.is_shelf:
            shelf[_shelf_of(each.offer)].append(each)
    can_be_asked_for = [each for each in fitting if not each.offer.is_shelf]
    is_through = [question.is_asked and each.answer.word == "via" for each in can_be_asked_for]
    over = chosen.filter(past(on)).prefetch_related(None)
    newest_first = Coalesce("closes", "opens").desc(nulls_last=True)
    return FittingOffers(
        open=[each for each, away in zip(can_be_asked_for, is_through, strict=True) if not away],
        through=list(compress(can_be_asked_for, is_through)),
        shelf={heading: listed for heading, listed in shelf.items() if listed},
        not_fitting=[each for each in now if each.answer.word == "no" and question.is_asked],
        expected=list(over.filter(reopens__isnull=False).order_by("reopens", "name")),
        history=over.filter(reopens__isnull=True).order_by(newest_first, "name"),
    )


CSV_HEADER = [
    "Name", "Provider", "Kind", "Purpose", "Who may use it", "Sectors", "Who leads", "Lead only", "General", "Themes",
    "Places", "Place codes", "Area", "Basis", "Required by law", "Opens", "Closes", "Dates as published",
    "Expected to reopen", "Reopening said by", "Amount", "Maximum award", "Whole programme", "Awards", "Last checked",
    "Next check by", "Link", "Source", "Source page", "Confidence", "Who may see it", "Demonstration", "Id",
]  # fmt: skip


def csv_rows(offers: QuerySet[Offer]) -> Iterator[list[Any]]:
    """Offers from `offers_for` as rows under CSV_HEADER, history last; 5 queries. Unknown is empty. Such a sheet can be
    brought in again, here and elsewhere."""
    for each in sorted(
        offers, key=lambda each: (_BY_BASIS[each.basis], each.closes or datetime.date.max, each.name)
    ):
        yield csv_row(each)


def csv_row(each: Offer) -> list[Any]:
    """One offer from `offers_for` as a row under CSV_HEADER; no query."""
    return [
        each.name, each.provider, each.kind, each.purpose, each.who_may_use, several(each.sectors.all()),
        several(each.via_sectors.all()), "yes" if each.lead_only else "", "yes" if each.is_general else "",
        several(each.themes.all()), several(each.places.all()), several(place.pk for place in each.places.all()),
        each.area, each.basis, "yes" if each.is_required_by_law else "", each.opens, each.closes, each.dates_note,
        each.reopens, each.reopens_said_by, each.amount, each.amount_max_gbp, each.amount_programme, each.awards,
        each.last_checked, each.check_by, each.url, each.source, each.source_url, each.confidence, each.marking,
        "yes" if each.is_demonstration else "", each.list_id or each.slug,
    ]  # fmt: skip


def to_share(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """What a list for other installations may hold: what anyone may see, and nothing invented."""
    return offers.filter(marking=Marking.PUBLIC, is_demonstration=False)


def _listed(offer: Offer, question: Asker, on: datetime.date) -> Listed:
    said = answer(terms_of(offer), question.sector or None, question.place_codes, question.theme or None, on)
    return Listed(offer, said, needs_checking(offer, on))


def _place_in_list(each: Listed, question: Asker) -> tuple[int, int, datetime.date, str]:
    offer = each.offer
    surest = _ORDER[each.answer.word] if question.is_asked else 0
    return _BY_BASIS[offer.basis], surest, offer.closes or datetime.date.max, offer.name


def by_basis(listed: Iterable[Listed]) -> list[tuple[str, list[Listed]]]:
    """What `find` calls open, in its order, with how it can be had. No query."""
    return [(basis, list(of)) for basis, of in groupby(listed, lambda each: each.offer.basis)]


def _shelf_of(offer: Offer) -> str:
    """Which heading of `SHELVES` it stands under, by duty and by whether sectors are named."""
    sectors = offer.sectors.all()
    if offer.is_required_by_law:
        return "law"
    if not sectors:
        return "words"
    return "duty" if all(sector.is_of_the_duty for sector in sectors) else "sectors"


def users_of(offer: Offer, person: Person) -> QuerySet[Any]:
    """The local action that says it uses this offer, as far as `person` may see it; one query."""
    return offer.initiatives.visible_to(person).order_by("name")


def provider_of(offer: Offer, person: Person) -> Partner | None:
    """The partner that provides it, if it is a partner here and `person` may see it; one query."""
    if offer.provider_partner_id is None:
        return None
    return Partner.objects.visible_to(person).filter(pk=offer.provider_partner_id).first()


def corrections(history: Iterable[AuditEntry]) -> list[AuditEntry]:
    """From an offer's history (newest first): what others said is wrong with it since it was last changed. No
    query."""
    since = takewhile(lambda entry: entry.action != "offer.change", history)
    return [entry for entry in since if entry.action == "offer.correct"]


def support_document(person: Person, *, only_open: bool = False) -> dict[str, Any]:
    """The JSON of `joinedup support list`: `{"as_of", "support": [{"id", "name", "provider", "kind", "state" (open,
    not open yet, not known, always there, expected to reopen, closed), "opens", "closes", "reopens", "last_checked",
    "check_by", "check_is_due"}…]}`. Two queries."""
    on = timezone.localdate()
    found = []
    for each in Offer.objects.visible_to(person).order_by("name", "pk"):
        state = _state(each, on)
        if only_open and state != "open":
            continue
        days = {
            name: getattr(each, name) for name in ("opens", "closes", "reopens", "last_checked", "check_by")
        }
        found.append(
            {"id": each.list_id or each.slug, "name": each.name, "provider": each.provider, "kind": each.kind}
            | {"state": state}
            | {name: day.isoformat() if day else None for name, day in days.items()}
            | {"check_is_due": each.check_by is not None and each.check_by <= on}
        )
    return {"as_of": on.isoformat(), "support": found}


def _state(offer: Offer, on: datetime.date) -> str:
    if offer.is_over(on):
        return "expected to reopen" if offer.reopens else "closed"
    if offer.is_shelf:
        return "always there"
    if offer.opens and offer.opens > on:
        return "not open yet"
    return "open" if offer.basis else "not known"
