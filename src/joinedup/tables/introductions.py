"""People who should meet at an event: two who both asked to be introduced, and why. Only these two are told.

The engine finds what two partners share, from what the reader may see: a reader whom nobody vouched
for as their partner's gets what is public. After that come those who want to talk about the same topic.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.engines.opportunities.meetings import meetings
from joinedup.engines.words import listing
from joinedup.events.models import Event
from joinedup.late_imports import polars as pl
from joinedup.opportunities import engine
from joinedup.opportunities.models import Run
from joinedup.registration.attendance import is_vouched
from joinedup.registration.models import Attendee
from joinedup.tables.models import Seat

# Nobody looks for more people than this in a break.
SHOWN = 5
# So many people are looked for, of whom the best are shown.
LOOKED_FOR = 60


@dataclass(frozen=True)
class Introduction:
    """Somebody to meet, why, and where both sit, as (round, table) of the current plan."""

    other: Attendee
    reason: str
    tables: list[tuple[int, int]] = field(default_factory=list)


def introductions_for(attendee: Attendee, person: Person, on: datetime.date) -> list[Introduction]:
    """Up to five people for one attendee to meet, best first; empty if they did not ask for it, the day is
    over, or they have no place. `person` is the viewer. Expects the attendee's event and partner to be
    selected.

    The number of queries does not depend on how many people come; it takes about half a second for 120.
    """
    event = attendee.event
    if not _is_willing(attendee) or event.date is None or event.date < on or event.cancelled_on:
        return []
    willing = [each for each in _willing(event) if each.partner_id != attendee.partner_id]
    if not willing:
        return []
    audience = Run.Audience.PARTNERSHIP if is_vouched(attendee, person) else Run.Audience.PUBLIC
    reasons = _shared(attendee, willing, audience, on)
    own = {theme.pk: theme.name for theme in attendee.themes.all()}
    for each in willing:
        both = [theme.name for theme in each.themes.all() if theme.pk in own]
        if both and each.pk not in reasons:
            reasons[each.pk] = _("You both want to talk about: %(themes)s.") % {
                "themes": listing(both, _("and"))
            }
    people = {each.pk: each for each in willing}
    chosen: list[Attendee] = []
    for pk in reasons:
        # One person of a partner is enough to find the partner.
        if len(chosen) < SHOWN and people[pk].partner_id not in {each.partner_id for each in chosen}:
            chosen.append(people[pk])
    tables = _tables(attendee, chosen)
    return [Introduction(each, reasons[each.pk], tables[each.pk]) for each in chosen]


def _is_willing(attendee: Attendee) -> bool:
    is_placed = attendee.standing == Attendee.Standing.PLACED
    return is_placed and attendee.opted_in and not attendee.is_young


def _willing(event: Event) -> list[Attendee]:
    found = event.attendees.filter(opted_in=True).select_related("partner").prefetch_related("themes")
    return [each for each in found if _is_willing(each)]


def _shared(attendee: Attendee, willing: list[Attendee], audience: str, on: datetime.date) -> dict[int, str]:
    """What the engine finds that two partners share: who to meet (by key) and the reason, best first."""
    event = attendee.event
    if event.footprint is None:
        return {}
    people = pl.DataFrame(
        [
            {
                "id": str(each.pk),
                "partner": each.partner.slug if each.partner else "",
                "event": event.slug,
                "opted_in": True,
            }
            for each in [attendee, *willing]
        ],
        schema={"id": pl.String, "partner": pl.String, "event": pl.String, "opted_in": pl.Boolean},
    )
    found = engine.run(event.footprint, audience, on)
    themes = {each.pk: {theme.pk for theme in each.themes.all()} for each in willing}
    own = {theme.pk for theme in attendee.themes.all()}
    reasons: list[tuple[bool, int, str]] = []
    for move in meetings(found.result, people, LOOKED_FOR):
        both = [because.record for because in move.because]
        if str(attendee.pk) in both:
            pk = int(next(each for each in both if each != str(attendee.pk)))
            reasons.append((move.theme not in own | themes[pk], pk, _shared_reason(move.decision)))
    # Topics that one of them registered for come first; otherwise the engine's order stays.
    return {pk: words for _is_other, pk, words in sorted(reasons, key=lambda each: each[0])}


def _shared_reason(decision: str) -> str:
    """What the two could settle: the question of the move that their partners share."""
    return decision.split("? ", 1)[-1]


def _tables(attendee: Attendee, others: list[Attendee]) -> dict[int, list[tuple[int, int]]]:
    """Where they sit together, by the other's key; 1 query."""
    mine = Seat.objects.filter(attendee=attendee).values("sitting")
    shared = Seat.objects.filter(attendee__in=others, sitting__in=mine).order_by("sitting__round")
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for who, number, table in shared.values_list("attendee", "sitting__round", "sitting__table__number"):
        found[who].append((number, table))
    return found
