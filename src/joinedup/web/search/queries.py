"""Search by a word or two, over all rooms, in a fixed number of database queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from joinedup.accounts.person import Person
from joinedup.events.queries.events import listed
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.queries.lists import listing
from joinedup.partners.models import Partner
from joinedup.places import queries as places
from joinedup.places.models import Place
from joinedup.places.postcodes import authorities_of, looks_like_a_postcode
from joinedup.strategy.models import Commitment
from joinedup.support.models import Offer
from joinedup.visits.models import PracticeCard, Visit

SHOWN = 6
SHORTEST, LONGEST = 2, 100


@dataclass(frozen=True)
class SearchHit:
    title: str
    link: str
    detail: str = ""


@dataclass(frozen=True)
class ResultGroup:
    """`more`: there are more than shown; a longer query finds them."""

    name: str
    hits: list[SearchHit]
    more: bool


@dataclass(frozen=True)
class Results:
    """`too_short`: nothing was searched. `is_postcode`: the text is a postcode, or its first half. `has_shares`: the
    places are given with a share of its residents, which is approximate; where its ward is known they are not."""

    text: str
    groups: list[ResultGroup]
    exact: Place | None
    too_short: bool
    is_postcode: bool
    has_shares: bool


def search(person: Person, text: str) -> Results:
    """What `person` may see that has `text` in its name or description, in groups that found something.

    `exact` is the one place whose name or code is the text. Ten queries; none if the text is too short.
    """
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if len(text) < SHORTEST:
        return Results(text, [], None, bool(text), False, False)
    at = places.at_postcode(text)
    found_places = [at] if at else places.find(text, SHOWN + 1)
    shares = {} if at else authorities_of(text)
    groups = [
        _group("Places", found_places, lambda place: _place(place, shares.get(place.pk))),
        _group(
            "Partners",
            _matching(Partner.objects.visible_to(person).select_related("sector"), text, "name", "does"),
            lambda p: SearchHit(p.name, reverse("partner", args=[p.slug]), _about_partner(p)),
        ),
        _group(
            "Local action",
            _matching(Initiative.objects.visible_to(person), text, "name", "what"),
            lambda i: SearchHit(i.name, reverse("initiative", args=[i.slug])),
        ),
        _group(
            "Support",
            _matching(Offer.objects.visible_to(person), text, "name", "provider", "purpose"),
            lambda o: SearchHit(o.name, reverse("offer", args=[o.slug]), o.provider),
        ),
        _group(
            "Opportunities",
            _matching(listing(person, whose="all").prefetch_related(None), text, "sentence"),
            lambda o: SearchHit(o.sentence, reverse("opportunity", args=[o.pk]), o.place.name),
        ),
        _group(
            "Events",
            _matching(listed(person), text, "name", "purpose", "place_name"),
            lambda e: SearchHit(
                e.name, reverse("event", args=[e.slug]), date_format(e.date, "j F Y") if e.date else ""
            ),
        ),
        _group(
            "Practice cards",
            _matching(
                PracticeCard.objects.visible_to(person).select_related("place"),
                text,
                "title",
                "problem",
                "mechanism",
            ),
            lambda c: SearchHit(c.title, reverse("practice_card", args=[c.slug]), c.place.name),
        ),
        _group(
            "Visits",
            _matching(Visit.objects.visible_to(person).select_related("place"), text, "name", "purpose"),
            lambda v: SearchHit(v.name, reverse("visit", args=[v.slug]), v.place.name),
        ),
        _group(
            "Commitments",
            _matching(Commitment.objects.select_related("strategy"), text, "text", "chapter"),
            lambda c: SearchHit(c.text, reverse("commitment", args=[c.ref]), c.strategy.name),
        ),
    ]
    named = [place for place in found_places if _is_named(place, text)]
    exact = named[0] if len(named) == 1 else None
    return Results(
        text,
        [group for group in groups if group.hits],
        exact,
        False,
        looks_like_a_postcode(text),
        any(place.pk in shares for place in found_places),
    )


def _matching(rows: QuerySet[Any], text: str, *fields: str) -> list[Any]:
    """Rows with every word of the text in one of the fields; one more than is shown, to know that there are
    more."""
    wanted = Q()
    for word in text.split()[:8]:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        wanted &= anywhere
    return list(rows.filter(wanted)[: SHOWN + 1])


def _group(name: str, rows: list[Any], as_hit: Any) -> ResultGroup:
    return ResultGroup(name, [as_hit(row) for row in rows[:SHOWN]], len(rows) > SHOWN)


def _about_partner(partner: Partner) -> str:
    """Its sector; of one that ended that too: its page leads to who took over, for whoever may see them."""
    if partner.succeeded_on is None or not partner.is_succeeded(timezone.localdate()):
        return str(partner.sector.name)
    return f"{partner.sector.name}: another body took over on {date_format(partner.succeeded_on, 'j F Y')}"


def _place(place: Place, share: float | None) -> SearchHit:
    """`share`: of the postcode asked for."""
    detail = (
        f"{place.get_kind_display()} in {place.parent.name}" if place.parent else place.get_kind_display()
    )
    if place.led_here:
        detail = place.led_here
    if share is not None:
        detail = f"{detail}: about {share:.0%} of the postcode"
    return SearchHit(place.name, reverse("place", args=[place.pk]), detail)


def _is_named(place: Place, text: str) -> bool:
    """Not if it was called so once: then the list says what became of it."""
    if place.led_here:
        return False
    said = text.replace("&", "and").casefold()
    return said in (place.name.casefold(), place.code.casefold()) or bool(places.GSS_CODE.match(text.upper()))
