"""Open support that a partner may apply for alone: “funds that fit you”, and “not for us”."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.places.queries import codes_around
from joinedup.support.eligibility import Terms, answer
from joinedup.support.models import NotForUs, Offer
from joinedup.support.queries import of_an_opportunity, offers_for, terms_of

# “Not for us” holds for a year.
HOLDS = datetime.timedelta(days=365)
MOST = 5
# Limits of `engines/reading/eligibility.py` under which nobody applies alone, or not for the first time.
_NOT_ALONE = frozenset({"together", "existing_grantees", "by_invitation", "members_only", "authorised_only"})
_SEVERAL = ("two_", "three_", "four_")
# What the partner has to look at itself: nothing here is known of its income or its papers.
_TO_LOOK_AT = {
    "led_by_women": gettext_lazy("it is for bodies led by women"),
    "residents_only": gettext_lazy("it is for residents only"),
    "registered_charity": gettext_lazy("it asks for a registered charity"),
    "bank_account": gettext_lazy("it asks for a bank account"),
    "safeguarding_policy": gettext_lazy("it asks for a safeguarding policy"),
    "police_agreement": gettext_lazy("it asks that the police agree"),
    "council_letter": gettext_lazy("it asks for a letter from the council"),
    "employers": gettext_lazy("it is for employers"),
    "priority_areas": gettext_lazy("it is for areas that it names"),
    "rural_only": gettext_lazy("it is for rural areas"),
    "constituted": gettext_lazy("it asks for a constitution"),
    "schools_only": gettext_lazy("it is for schools only"),
    "hospital_lead": gettext_lazy("a hospital has to lead"),
    "commissioner_lead": gettext_lazy("a commissioner has to lead"),
}


@dataclass(frozen=True)
class Fit:
    """One support that fits one partner: `why`, and what the partner has to look at itself."""

    offer: Offer
    partner: Partner
    why: str
    to_look_at: str


@dataclass(frozen=True)
class Fits:
    """The next to close first; `more` are left for the page of support. `refused`: what is not for them until when.
    `sector`: of the first partner, for the page that lists what is only perhaps for it."""

    items: list[Fit]
    more: int
    refused: list[NotForUs]
    is_of_several: bool = False
    sector: str = ""


def funds_that_fit(person: Person, on: datetime.date) -> Fits:
    """What a person's partners may each apply for alone on the day `on`. Twelve queries at most; two without
    partners of their own."""
    partners = _partners(person)
    if not partners:
        return Fits([], 0, [])
    refused = list(
        NotForUs.objects.filter(partner__in=partners, until__gt=on, offer__in=offers_for(person).values("pk"))
        .select_related("offer", "partner")
        .order_by("until", "pk")
    )
    gone = {(each.offer_id, each.partner_id) for each in refused}
    offers = list(offers_for(person).filter(of_an_opportunity(on)).distinct())
    found = [
        fit
        for partner in partners
        for offer in offers
        if (offer.pk, partner.pk) not in gone and (fit := _fit(offer, partner, on))
    ]
    found.sort(key=lambda each: (each.offer.closes or datetime.date.max, each.offer.name, each.partner.name))
    return Fits(found[:MOST], len(found[MOST:]), refused, len(partners) > 1, str(partners[0].sector_id))


def _partners(person: Person) -> list[Partner]:
    around = Place.objects.select_related("parent__parent__parent__parent").prefetch_related("memberships")
    return list(
        Partner.objects.filter(pk__in=person.partner_ids)
        .select_related("sector")
        .prefetch_related("themes", Prefetch("serves", around))
        .order_by("name")
    )


def _fit(offer: Offer, partner: Partner, on: datetime.date) -> Fit | None:
    """Nothing where it is not certain: where a sector, a place or a theme has to be guessed."""
    terms = terms_of(offer)
    sector = str(partner.sector_id)
    named = sector in terms.via_sectors or (sector in terms.sectors and not terms.lead_only)
    theme = _theme(terms, partner) if terms.themes else ""
    if not named or theme is None:
        return None
    codes = codes_around(partner.serves.all())
    said = answer(terms, sector, codes, theme or None, on)
    if said.word not in ("yes", "maybe"):
        return None
    limits = _limits(offer, sector)
    if any(limit in _NOT_ALONE or limit.startswith(_SEVERAL) for limit in limits):
        return None
    return Fit(offer, partner, _why(terms, partner, theme, codes), _to_look_at(limits))


def _theme(terms: Terms, partner: Partner) -> str | None:
    """The first theme that both name; None if there is none."""
    return next((theme.pk for theme in partner.themes.all() if theme.pk in terms.themes), None)


def _limits(offer: Offer, sector: str) -> list[str]:
    # Imported when it is needed: the engine brings its tables with it.
    from joinedup.engines.reading.eligibility import limits

    words = f"{offer.who_may_use}. {offer.purpose}"
    return limits(words, offer.purpose, offer.dates_note, [sector], hospital=False)


def _why(terms: Terms, partner: Partner, theme: str, codes: frozenset[str]) -> str:
    parts = [_("open to your sector (%(sector)s)") % {"sector": partner.sector.name}]
    if theme:
        parts.append(_("about %(theme)s, which you work on") % {"theme": terms.themes[theme]})
    else:
        parts.append(_("for any work with young people"))
    where = [name for code, name in terms.places.items() if code in codes]
    if where:
        parts.append(_("for %(places)s, where you work") % {"places": get_text_list(where, _("and"))})
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."


def _to_look_at(limits: Iterable[str]) -> str:
    found = []
    for limit in limits:
        name, _colon, most = limit.partition(":")
        if name == "income_under":
            found.append(_("it is for bodies with an income below £%(sum)s") % {"sum": f"{int(most):,}"})
        elif name in _TO_LOOK_AT:
            found.append(str(_TO_LOOK_AT[name]))
    return "; ".join(found)


@transaction.atomic
def say_not_for_us(*, by: Person, offer: Offer, partner: Partner) -> NotForUs:
    """Say for a partner that a fund is not for it: it is not suggested again for a year. Nobody else is told."""
    today = timezone.localdate()
    mark = NotForUs(offer=offer, partner=partner, on=today, until=today + HOLDS)
    require(by, "offer.not_for_us", on=mark)
    NotForUs.objects.filter(offer=offer, partner=partner).delete()
    mark.save()
    audit.record(by=by, action="offer.not_for_us", on=mark)
    return mark


@transaction.atomic
def take_back_not_for_us(*, by: Person, mark: NotForUs) -> None:
    """Take it back: the fund is suggested again."""
    require(by, "offer.not_for_us", on=mark)
    audit.record(by=by, action="offer.not_for_us", on=mark, before=audit.snapshot(mark), after={})
    mark.delete()


def own_marks(person: Person) -> QuerySet[NotForUs]:
    """What a person's partners said is not for them."""
    return NotForUs.objects.filter(partner__in=person.partner_ids)
