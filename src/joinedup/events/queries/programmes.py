"""Queries about programmes: which regions have had an event, which have one planned, and which are due."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.engines.days import months_after
from joinedup.events.models import Event, Programme, Stop
from joinedup.events.queries.events import is_over, listed
from joinedup.places.models import Footprint
from joinedup.places.regions import REGIONS

# A region is due if it had no event for this many months and none is planned.
DUE_AFTER = 12
MONTHS_SHOWN, MONTHS_BEHIND = 12, 3
DUE, AHEAD, HAD = "due", "ahead", "had"


def own_slug(footprint: Footprint) -> str:
    """The slug of the programme that holds a partnership's own events."""
    return f"{footprint.slug}-events"[:50]


def seen_by(person: Person, on: datetime.date) -> QuerySet[Programme]:
    """The programmes that `person` may find: a partnership's own once they may find one of its events; 1
    query, plus 1 for the partnerships."""
    own = [own_slug(each) for each in Footprint.objects.all()]
    found = Q(pk__in=listed(person, on).values("programme"))
    return Programme.objects.filter(~Q(slug__in=own) | found)


def to_choose() -> QuerySet[Programme]:
    """The series that an event may be part of; otherwise it is one of its partnership's own events. 1 query."""
    return Programme.objects.exclude(slug__in=[own_slug(each) for each in Footprint.objects.all()])


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme in the list. `next`: in words, empty if nothing is planned."""

    programme: Programme
    held: int
    next: str


def lines(person: Person, on: datetime.date) -> list[ProgrammeLine]:
    """Every programme that `person` may find, with how many events it held and what is next; 4 queries."""
    events: dict[int, list[Event]] = defaultdict(list)
    for event in listed(person, on):
        events[event.programme_id].append(event)
    stops: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.select_related("event"):
        stops[stop.programme_id].append(_as_seen(stop, events[stop.programme_id]))
    return [
        ProgrammeLine(
            each,
            sum(_was_held(event, on) for event in events[each.pk]),
            _next(events[each.pk], stops[each.pk], on),
        )
        for each in seen_by(person, on)
    ]


@dataclass(frozen=True)
class Mark:
    """One item in a month of a region: an event, or a stop for which none is made (or shown) yet."""

    kind: str  # HAD, AHEAD, "stop", "missed" or "cancelled"
    event: Event | None
    stop: Stop | None


@dataclass(frozen=True)
class RegionRow:
    """How one region stands. `cells`: the marks of each month shown; `every`: (month or None, mark) for all
    of them."""

    code: str
    region: str
    standing: str
    sentence: str
    last: Event | None
    next: Event | None
    cells: list[list[Mark]]
    every: list[tuple[datetime.date | None, Mark]]


@dataclass(frozen=True)
class ProgrammePlan:
    """`elsewhere`: events in no single region. `earlier`, `later`: first months of what is not shown, None if
    nothing."""

    months: list[datetime.date]
    rows: list[RegionRow]
    due: list[str]
    events: Sequence[Event]
    elsewhere: Sequence[Event]
    earlier: datetime.date | None
    later: datetime.date | None


def first_of_month(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def plan_of(
    person: Person,
    programme: Programme,
    on: datetime.date,
    start: datetime.date | None = None,
    *,
    seen: QuerySet[Event] | None = None,
) -> ProgrammePlan:
    """Region by month, from `start` (a month) or from where there is most to see; 3 queries. `seen`: the
    events that `person` may find, given by callers who need more of each than the list has.

    A partnership's own programme has the regions it has been in; every other programme has all of them.
    """
    found = listed(person, on) if seen is None else seen
    ahead = F("date").asc(nulls_last=True)
    events = list(found.filter(programme=programme).order_by(ahead, "name"))
    stops = [_as_seen(each, events) for each in programme.stops.select_related("event")]
    is_own = programme.slug in {own_slug(each) for each in Footprint.objects.all()}
    marks = _marks(events, stops, on)
    codes = [code for code in REGIONS if not is_own or code in marks]
    dated = sorted({month for each in marks.values() for month, _mark in each if month})
    start = first_of_month(start) if start else _start(dated, on)
    months = [months_after(start, number) for number in range(MONTHS_SHOWN)]
    rows = [_row(code, marks.get(code, []), months, on, is_own) for code in codes]
    return ProgrammePlan(
        months=months,
        rows=rows,
        due=[row.region for row in rows if row.standing == DUE],
        events=events,
        elsewhere=[event for event in events if not event.regions],
        earlier=months_after(start, -MONTHS_SHOWN) if dated and dated[0] < start else None,
        later=months_after(start, MONTHS_SHOWN) if dated and dated[-1] > months[-1] else None,
    )


def _as_seen(stop: Stop, events: Iterable[Event]) -> Stop:
    """A stop whose event the reader may not find appears as one without an event. No query."""
    if stop.event_id is not None and all(event.pk != stop.event_id for event in events):
        stop.event = None
    return stop


def _was_held(event: Event, on: datetime.date) -> bool:
    return event.cancelled_on is None and not event.is_draft and is_over(event, on)


def _kind(event: Event, on: datetime.date) -> str:
    if event.cancelled_on is not None:
        return "cancelled"
    return HAD if is_over(event, on) else AHEAD


def _marks(
    events: Iterable[Event], stops: Iterable[Stop], on: datetime.date
) -> dict[str, list[tuple[datetime.date | None, Mark]]]:
    """By region: every event in its month, and every stop whose event is not among them."""
    found: dict[str, list[tuple[datetime.date | None, Mark]]] = defaultdict(list)
    shown = set()
    for event in events:
        shown.add(event.pk)
        month = first_of_month(event.date) if event.date else None
        for code in event.regions:
            found[code].append((month, Mark(_kind(event, on), event, None)))
    for stop in stops:
        if stop.event_id not in shown:
            found[stop.region].append(
                (stop.month, Mark("stop" if _is_ahead(stop, on) else "missed", None, stop))
            )
    for each in found.values():
        each.sort(key=lambda pair: (pair[0] is None, pair[0] or on))
    return found


def _is_ahead(stop: Stop, on: datetime.date) -> bool:
    return stop.month >= first_of_month(on) and (stop.event is None or stop.event.cancelled_on is None)


def _start(dated: list[datetime.date], on: datetime.date) -> datetime.date:
    """The months around today while something is planned; otherwise those in which the series took place."""
    today = months_after(first_of_month(on), -MONTHS_BEHIND)
    if not dated or dated[-1] >= today:
        return today
    return max(dated[0], months_after(dated[-1], 1 - MONTHS_SHOWN))


def _row(
    code: str,
    marks: list[tuple[datetime.date | None, Mark]],
    months: list[datetime.date],
    on: datetime.date,
    is_own: bool,
) -> RegionRow:
    held = [mark.event for _month, mark in marks if mark.kind == HAD and mark.event]
    last = max(held, key=lambda event: event.date or datetime.date.min, default=None)
    ahead = [mark.event for _month, mark in marks if mark.kind == AHEAD and mark.event]
    stops = [mark.stop for _month, mark in marks if mark.kind == "stop" and mark.stop]
    is_fresh = last is not None and last.date is not None and last.date > months_after(on, -DUE_AFTER)
    standing = AHEAD if ahead or stops else HAD if is_fresh or is_own else DUE
    cells = [[mark for at, mark in marks if at == month] for month in months]
    sentence = " ".join([_last(last), _ahead(ahead, stops)])
    return RegionRow(code, REGIONS[code], standing, sentence, last, ahead[0] if ahead else None, cells, marks)


def _last(last: Event | None) -> str:
    if last is None:
        return _("No event is known to have been here.")
    if last.date is None:
        return _("One was here, on a day that was not published.")
    return _("The last one was on %(day)s.") % {"day": date_format(last.date, "j F Y")}


def _ahead(ahead: list[Event], stops: list[Stop]) -> str:
    dated = [event for event in ahead if event.date]
    if dated and dated[0].date:
        return _("The next is on %(day)s.") % {"day": date_format(dated[0].date, "j F Y")}
    if stops:
        return _("The next is planned for %(month)s.") % {"month": date_format(stops[0].month, "F Y")}
    if ahead:
        return _("The next is being planned; its day is not known yet.")
    return _("None is planned.")


def _next(events: list[Event], stops: list[Stop], on: datetime.date) -> str:
    marks = _marks(events, stops, on)
    found = {
        (event.date, event.name)
        for each in marks.values()
        for _month, mark in each
        if mark.kind == AHEAD and (event := mark.event) and event.date
    }
    found |= {(e.date, e.name) for e in events if not e.regions and e.date and _kind(e, on) == AHEAD}
    if found:
        earliest, name = min(found, key=lambda pair: (pair[0] or on, pair[1]))
        return f"{name}, {date_format(earliest, 'j F Y')}" if earliest else name
    ahead = sorted((stop for stop in stops if _is_ahead(stop, on)), key=lambda stop: stop.month)
    return str(ahead[0]) if ahead else ""


CSV_HEADER = [
    "Region",
    "Region code",
    "How it stands",
    "Month",
    "What",
    "Event",
    "Day",
    "Note",
    "Demonstration",
]
WORDS = {
    HAD: "event held",
    AHEAD: "event to come",
    "stop": "planned",
    "missed": "was planned, no event recorded here",
    "cancelled": "event cancelled",
}
STANDINGS = {DUE: "due", AHEAD: "planned", HAD: "had one"}


def csv_rows(plan: ProgrammePlan) -> Iterator[list[object]]:
    """The whole plan, every month of it, as rows under CSV_HEADER; an empty region has one row."""
    for row in plan.rows:
        start: list[object] = [row.region, row.code, STANDINGS[row.standing]]
        if not row.every:
            yield [*start, None, "nothing recorded here", None, None, None, None]
        for month, mark in row.every:
            one = mark.event or mark.stop
            yield [
                *start,
                f"{month:%Y-%m}" if month else None,
                WORDS[mark.kind],
                mark.event.name if mark.event else None,
                mark.event.date if mark.event else None,
                mark.stop.note if mark.stop else (mark.event.date_note if mark.event else None),
                one.is_demonstration if one else None,
            ]
    for event in plan.elsewhere:
        when = f"{event.date:%Y-%m}" if event.date else None
        yield [
            "no one region", None, None, when, "event", event.name, event.date, event.date_note,
            event.is_demonstration,
        ]  # fmt: skip
