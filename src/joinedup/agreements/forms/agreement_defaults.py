"""What an agreement's form starts with, so that half a minute is enough."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.actions.agreement import MOST_CONTRIBUTORS
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.places.models import Place
from joinedup.tables.models import Sitting
from joinedup.taxonomy.models import Theme

# By when, unless the table says otherwise: soon enough to be remembered, before the first review at three months.
USUALLY_DONE_IN = datetime.timedelta(weeks=8)


def roles_at(sitting: Sitting) -> dict[int, str]:
    """By partner, the role of the first adult who sits there. Expects a sitting from
    `tables.queries.sittings.sitting`."""
    roles: dict[int, str] = {}
    for seat in sitting.seats.all():
        if not seat.attendee.is_young and seat.attendee.partner_id is not None:
            roles.setdefault(seat.attendee.partner_id, seat.attendee.role)
    return roles


def roles_in(opportunity: Opportunity, by: Person) -> dict[int, str]:
    """By partner that the opportunity names, the role of a contact: for its partnership; 1 query."""
    if opportunity.footprint_id not in by.footprint_ids:
        return {}
    contacts = Contact.objects.filter(partner__in=opportunity.parties.all()).order_by("-role", "-pk")
    return {contact.partner_id: contact.role for contact in contacts}


def from_sitting(
    sitting: Sitting, by: Person, seen: Opportunity | None, is_here_only: bool = False
) -> dict[str, Any]:
    """The form's initial values, so that 30 seconds are enough: from the topic, who is at the table and, only
    as far as `by` may see them, its opportunity and what organisations said they can give; 2 queries.

    `is_here_only`: nobody is filled in who does not sit there. `seen`: the opportunity as `by` may see it.
    Expects a sitting from `tables.queries.sittings.sitting`.
    """
    topic, event = sitting.topic, sitting.event
    theme = (seen.theme if seen else None) or (topic.theme if topic else None)
    place = seen.place if seen else _place_named(event, topic.title if topic else "")
    roles = roles_at(sitting)
    needed = _in_the_order_of_moves(seen, topic.parties.all()) if topic else []
    absent = needed if seen and not is_here_only else []
    parties = [pk for pk in needed if pk in roles] or absent or list(roles)
    parties = parties[:MOST_CONTRIBUTORS]
    gives = _gives(parties, theme, place, by)
    # A table has half a minute: partners that nobody knows to give anything are left out, but there are
    # always two.
    parties = [pk for n, pk in enumerate(parties) if n < 2 or pk in gives]
    today = timezone.localdate()
    initial: dict[str, Any] = {
        "goal": topic.title if topic else "",
        "action": seen.first_step if seen else "",
        "theme": theme.pk if theme else None,
        "place": place.pk if place else None,
        "due": today + USUALLY_DONE_IN,
        "measure": _measure(theme, place),
        "marking": _marking(topic.opportunity if topic else None),
    }
    return initial | _who(parties, roles, gives)


def _place_named(event: Event, title: str) -> Place | None:
    """The place that a topic's title names, or the only one there is. Everyone at the table reads the title."""
    if event.footprint is None:
        return None
    places = list(event.footprint.places.all())
    named = [each for each in places if each.name.casefold() in title.casefold()]
    return max(named, key=lambda each: len(each.name)) if named else places[0] if len(places) == 1 else None


def _gives(parties: Sequence[int], theme: Theme | None, place: Place | None, by: Person) -> dict[int, str]:
    """What each last said that it can give: on this theme and in this place, or without saying on what and where. What
    it offers for something else, or elsewhere, it has not offered here. 1 query."""
    offers = Ask.objects.visible_to(by).filter(partner__in=parties, kind=Ask.Kind.OFFER, closed_on=None)
    if theme:
        offers = offers.filter(Q(themes=theme) | Q(themes=None))
    if place:
        around = [code for code in (place.pk, place.parent_id) if code]
        offers = offers.filter(Q(places__in=around) | Q(places=None))
    return {ask.partner_id: ask.text[:250] for ask in offers.order_by("created")}


def _who(parties: Sequence[int], roles: dict[int, str], gives: dict[int, str]) -> dict[str, Any]:
    """The first owns it, the next deputises, and each contributes what it said it can give."""
    initial: dict[str, Any] = {}
    if parties:
        deputy = parties[1] if len(parties) > 1 else parties[0]
        initial |= {"owner_partner": parties[0], "owner_role": roles.get(parties[0], "")}
        initial |= {"deputy_partner": deputy, "deputy_role": roles.get(deputy, "")}
    for number, pk in enumerate(parties, start=1):
        initial |= {f"partner_{number}": pk, f"what_{number}": gives.get(pk, "")}
    return initial


def from_opportunity(
    opportunity: Opportunity, by: Person, roles: dict[int, str] | None = None
) -> dict[str, Any]:
    """The form's initial values when an accepted opportunity becomes an agreement: the first to say
    "interested" owns it, the next deputises; 5 queries, 2 fewer if parties and answers are prefetched.

    It starts shared with the partnership: making it public is for people to choose.
    """
    theme, place = opportunity.theme, opportunity.place
    parties = _by_answer(opportunity)
    gives = _gives(parties, theme, place, by)
    today = timezone.localdate()
    words = f"{theme.name if theme else 'Working together'} in {place.name}"
    initial: dict[str, Any] = {
        "goal": (opportunity.sentence if opportunity.is_spotted else words)[:250],
        "action": opportunity.first_step,
        "theme": theme.pk if theme else None,
        "place": place.pk,
        "due": today + USUALLY_DONE_IN,
        "measure": _measure(theme, place),
        "marking": _marking(opportunity),
    }
    roles = roles_in(opportunity, by) if roles is None else roles
    return initial | _who(parties, roles, gives)


def _by_answer(opportunity: Opportunity) -> list[int]:
    """Partners of its partnership that it names and that may take part: the interested first, in the order of
    their answers, then those that do it already, then those that have not answered, as the moves name them."""
    said = {each.partner_id: each for each in opportunity.answers.all()}
    named = _in_the_order_of_moves(opportunity, opportunity.parties.all())
    here = Partner.objects.filter(pk__in=named, footprints=opportunity.footprint_id)
    members = set(here.values_list("pk", flat=True))
    order = {"interested": 0, "already": 1, "not_us": 3}

    def rank(pk: int) -> tuple[int, float]:
        return (order[said[pk].word], said[pk].at.timestamp()) if pk in said else (2, 0.0)

    able = [pk for pk in named if pk in members and rank(pk)[0] < 3]
    return sorted(able, key=rank)[:MOST_CONTRIBUTORS]


def _in_the_order_of_moves(opportunity: Opportunity | None, parties: Iterable[Partner]) -> list[int]:
    """Those of the strongest move first, as it names them."""
    moves = opportunity.moves if opportunity else []
    named = [party["id"] for move in moves for party in move["parties"]]
    place = {slug: number for number, slug in reversed(list(enumerate(named)))}
    return [each.pk for each in sorted(parties, key=lambda each: place.get(each.slug, len(named)))]


def _measure(theme: Theme | None, place: Place | None) -> str:
    if theme is None or place is None:
        return ""
    return f"How many young people in {place.name} it reaches by then ({theme.name.lower()})"[:250]


def _marking(opportunity: Opportunity | None) -> str:
    """Public has to be chosen; a form never starts with it."""
    if opportunity is not None and opportunity.marking == Marking.NAMED:
        return Marking.NAMED
    return Marking.PARTNERSHIP


def from_agreement(agreement: Agreement) -> dict[str, Any]:
    """The form's initial values when an agreement is corrected."""
    names = ("goal", "action", "owner_role", "due", "measure", "deputy_role", "marking")
    initial: dict[str, Any] = {name: getattr(agreement, name) for name in names}
    for name in ("owner_partner", "deputy_partner", "place", "theme", "commitment"):
        initial[name] = getattr(agreement, f"{name}_id")
    for number, each in enumerate(agreement.contributions.all(), start=1):
        initial |= {f"partner_{number}": each.partner_id, f"what_{number}": each.what}
    return initial
