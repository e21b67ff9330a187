"""The list of opportunities: who reads which rows, filters, order."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from joinedup.accounts.links import address_of
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.documents.csv_file import several
from joinedup.opportunities.models import BEST_FIRST, KINDS, Opportunity, Run
from joinedup.partners.models import Partner
from joinedup.places.models import Place

OPEN_STATES = [
    Opportunity.State.SUGGESTED,
    Opportunity.State.TAKEN_UP,
    Opportunity.State.ON_AGENDA,
    Opportunity.State.AGREED,
    Opportunity.State.STARTED,
]
# Before something was agreed on it, or it went: only then is there something to put off, to give or to ask.
UNDECIDED = frozenset({Opportunity.State.SUGGESTED, Opportunity.State.TAKEN_UP, Opportunity.State.ON_AGENDA})


# How a list may be sorted, beside by strength.
SORTED: dict[str, tuple[Any, ...]] = {
    "closes": (F("closes").asc(nulls_last=True), *BEST_FIRST),
    "new": (F("first_seen").desc(), *BEST_FIRST),
}


def awake(on: datetime.date) -> Q:
    """Not snoozed, or back from it: it returns by itself on its day."""
    return Q(snoozed_until=None) | Q(snoozed_until__lte=on)


def is_snoozed(opportunity: Opportunity) -> bool:
    until = opportunity.snoozed_until
    return until is not None and until > timezone.localdate()


def _reader_rows(person: Person, *, own: bool) -> QuerySet[Opportunity]:
    """One row for each opportunity: members read their partnership's (and what others share, unless `own`), everybody
    else the public's.

    Both runs may find the same thing; a member must not see it twice.
    """
    if person.is_operator or person.sees_every_partnership:
        return Opportunity.objects.shared_with(person)
    if own and person.footprint_ids:
        return Opportunity.objects.shared_with(person).filter(footprint__in=person.footprint_ids)
    return Opportunity.objects.visible_to(person).exclude(
        audience=Run.Audience.PUBLIC, footprint__in=person.footprint_ids
    )


def copies_read(
    person: Person, rows: QuerySet[Any], pairs: Collection[tuple[int | None, str]]
) -> dict[tuple[int | None, str], Opportunity]:
    """Of opportunities by partnership and key, the copy that `person` reads: the partnership's where they may, else the
    public's. `rows` says what is fetched of each. One query where all are theirs to read, else two: the question what
    the public may read is the database's longest."""
    found: dict[tuple[int | None, str], Opportunity] = {}
    for seen in (rows.shared_with, rows.visible_to):  # type: ignore[attr-defined]
        left = {pair for pair in pairs if pair not in found}
        if left:
            asked = seen(person).filter(
                footprint__in={pk for pk, _ in left}, key__in={key for _, key in left}
            )
            found |= {pair: each for each in asked if (pair := (each.footprint_id, each.key)) in left}
    return found


def parties_seen_by(person: Person) -> Prefetch:
    """The parties of opportunities, without those that `person` may not know of."""
    return Prefetch("parties", Partner.objects.visible_to(person).select_related("sector"))


def kinds(person: Person, **filters: Any) -> list[tuple[str, str, int]]:
    """(kind, in words, how many) of what `listing` finds with the same filters but the kind, most first. One query."""
    rows = listing(person, **{name: value for name, value in filters.items() if name != "kind"})
    counts = Counter(rows.order_by().prefetch_related(None).values_list("kind", flat=True))
    return [(kind, str(KINDS.get(kind, kind)), number) for kind, number in counts.most_common()]


def listing(person: Person, **filters: Any) -> QuerySet[Opportunity]:
    """What `person` may see, best first.

    Members find their partnership's, and with a place or `whose` ("all") what others share as well, unless it is
    "own". Filters: place (code, with its parts), theme, kind (of its strongest move), sector, mine (names a partner of
    theirs), state: one of Opportunity.State, "snoozed" or "assigned" (given to them). Without a state, what is open
    and not snoozed. `sort`: strength (as it is), "closes" or "new".
    """
    whose = filters.get("whose") or ("all" if filters.get("place") else "own")
    found = (
        _reader_rows(person, own=whose == "own")
        .select_related("place", "theme")
        .prefetch_related(parties_seen_by(person))
    )
    if place := filters.get("place"):
        there = Opportunity.places.through.objects.filter(Q(place=place) | Q(place__parent=place))
        found = found.filter(Q(place=place) | Q(pk__in=there.values("opportunity")))
    if theme := filters.get("theme"):
        found = found.filter(theme=theme)
    if kind := filters.get("kind"):
        found = found.filter(kind=kind)
    if sector := filters.get("sector"):
        theirs = Partner.objects.visible_to(person).filter(sector=sector).values("pk")
        found = found.filter(pk__in=Opportunity.objects.filter(parties__in=theirs).values("pk"))
    if filters.get("mine"):
        named = Opportunity.objects.filter(parties__in=person.partner_ids).values("pk")
        found = found.filter(pk__in=named)
    order = SORTED.get(str(filters.get("sort") or ""), BEST_FIRST)
    return _in_state(found, person, str(filters.get("state") or "")).order_by(*order)


def _in_state(found: QuerySet[Opportunity], person: Person, state: str) -> QuerySet[Opportunity]:
    today = timezone.localdate()
    if state == "snoozed":
        return found.filter(state__in=UNDECIDED, snoozed_until__gt=today)
    if state == "assigned":
        return (
            found.filter(state__in=OPEN_STATES, assigned_to=person.user_id)
            if person.user_id
            else found.none()
        )
    if state:
        return found.filter(awake(today), state=state)
    return found.filter(awake(today), state__in=OPEN_STATES)


@dataclass(frozen=True)
class Line:
    """One opportunity in a list: with what changed since the reader last looked (a value of ListChange.What, empty for
    nothing)."""

    opportunity: Opportunity
    changed: str
    is_mine: bool


def lines(person: Person, rows: Iterable[Opportunity], changed: dict[int, str]) -> list[Line]:
    """Opportunities as a list shows them; no query more than reading them."""
    every = list(rows)
    mine = {row.pk for row in every if any(p.pk in person.partner_ids for p in row.parties.all())}
    return [Line(row, changed.get(row.pk, ""), row.pk in mine) for row in every]


def last_run(person: Person) -> Run | None:
    """When the list of this person's partnership was last worked out; nothing for those who have none."""
    if not person.footprint_ids:
        return None
    return Run.objects.filter(footprint__in=person.footprint_ids, audience=Run.Audience.PARTNERSHIP).first()


def best_for_place(person: Person, place: Place, limit: int = 5, *, own: bool = False) -> list[Opportunity]:
    """The best open ones in a place, as much of each as a line tells; `own`: of the partnerships of `person` alone,
    which is found in half the time. One query."""
    found = listing(person, place=place.pk, whose="own" if own else "all").prefetch_related(None)
    return list(found.only("sentence", "score", "closes", "place__name", "theme__name")[:limit])


CSV_HEADER = [
    "Opportunity",
    "Decision",
    "First step",
    "Strongest move",
    "Moves",
    "Theme",
    "Place",
    "Place code",
    "Partners it names",
    "Strength (0 to 100)",
    "State",
    "Reason",
    "Off the list until",
    "Closes on",
    "Found first on",
    "Found last on",
    "Who may see it",
    "Address",
]
MARKINGS = dict(Marking.choices)


def csv_rows(person: Person, found: QuerySet[Opportunity]) -> Iterator[list[object]]:
    """The list as rows under CSV_HEADER; 3 queries."""
    for line in lines(person, found, {}):
        each = line.opportunity
        yield [
            each.heading,
            each.sentence,
            each.told_step,
            each.kind_words,
            len(each.moves),
            each.theme,
            each.place.name,
            each.place_id,
            several(partner.name for partner in each.parties.all()),
            None if each.score is None else round(each.score),
            each.get_state_display(),
            each.get_reason_display(),
            each.snoozed_until if is_snoozed(each) else None,
            each.closes,
            each.first_seen,
            each.last_seen,
            MARKINGS.get(each.marking, each.marking),
            address_of("opportunity", each.pk),
        ]
