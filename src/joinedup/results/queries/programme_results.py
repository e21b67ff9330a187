"""The results of a series of events by event, region, theme and sector, counted and weighed by what was at
stake."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme
from joinedup.events.queries.events import is_over, listed
from joinedup.places.regions import REGIONS
from joinedup.results.queries.weighed_agreements import WeighedAgreement, region_of, to_weigh, weigh
from joinedup.results.stakes import kept_count, kept_share

State = Agreement.State


@dataclass(frozen=True)
class AgreementTally:
    """How a group of agreements stands. Shares are 0 to 1, None if nothing is due. `note` replaces zeros
    where there is nothing to count."""

    name: str
    agreed: int
    due: int
    kept: int
    not_kept: int
    open: int
    dropped: int
    reported: int
    share: float | None
    weighted: float | None
    event: Event | None = None
    note: str = ""


@dataclass(frozen=True)
class ResultsTable:
    """One way to group the results. `heading` names its rows."""

    kind: str
    heading: str
    rows: list[AgreementTally]


@dataclass(frozen=True)
class ProgrammeResults:
    """`unknown`: for how many agreements the need is not known, so that half of the scale is used."""

    total: AgreementTally
    tables: list[ResultsTable]
    unknown: int
    held: int


def tally(
    name: str, weighed: Sequence[WeighedAgreement], event: Event | None = None, note: str = ""
) -> AgreementTally:
    """Counts and shares of these agreements; no query."""
    promises = [each.promise for each in weighed]
    states = [each.state for each in weighed]
    return AgreementTally(
        name=name,
        agreed=len(weighed),
        due=sum(each.kept is not None for each in promises),
        kept=states.count(State.KEPT),
        not_kept=states.count(State.NOT_KEPT),
        open=sum(each.is_open for each in weighed),
        dropped=states.count(State.DROPPED),
        reported=sum(each.state == State.KEPT and bool(each.result) for each in weighed),
        share=kept_count(promises),
        weighted=kept_share(promises),
        event=event,
        note=note,
    )


def programme_results(person: Person, programme: Programme, on: datetime.date) -> ProgrammeResults:
    """As `person` may know them on this day; 5 queries."""
    events = list(
        listed(person, on).filter(programme=programme).order_by(F("date").asc(nulls_last=True), "name")
    )
    found = to_weigh(person).filter(event__in=[each.pk for each in events])
    weighed = weigh(person, found.order_by("due", "pk"), on)
    over = [each for each in events if is_over(each, on)]
    return ProgrammeResults(
        total=tally(str(_("All events")), weighed),
        tables=[
            ResultsTable("event", str(_("By event")), _by_event(events, weighed, on)),
            ResultsTable("region", str(_("By region")), _by_region(over, weighed)),
            ResultsTable(
                "theme", str(_("By theme")), _grouped(weighed, lambda each: each.agreement.theme.name)
            ),
            ResultsTable("sector", str(_("By sector of who sees to it")), _grouped(weighed, _sector)),
        ],
        unknown=sum(each.promise.need is None for each in weighed),
        held=sum(each.cancelled_on is None for each in over),
    )


def _by_event(
    events: Iterable[Event], weighed: Iterable[WeighedAgreement], on: datetime.date
) -> list[AgreementTally]:
    of: dict[int, list[WeighedAgreement]] = {}
    for each in weighed:
        of.setdefault(each.agreement.event_id, []).append(each)
    return [tally(each.name, of.get(each.pk, []), each, _note(each, of.get(each.pk), on)) for each in events]


def _note(event: Event, weighed: list[WeighedAgreement] | None, on: datetime.date) -> str:
    """The note that replaces zeros."""
    if weighed:
        return ""
    if event.is_history:
        return str(_("Nothing public says what it produced."))
    if event.cancelled_on is not None:
        return str(_("It was cancelled."))
    if not is_over(event, on):
        return str(_("It has not taken place yet."))
    return str(_("No agreement that you may see is recorded."))


def _by_region(over: Iterable[Event], weighed: Sequence[WeighedAgreement]) -> list[AgreementTally]:
    """Regions with agreements, and regions that had an event but no agreement that the reader may see."""
    rows = _grouped(weighed, lambda each: region_of(each.agreement) or str(_("Region not known")))
    named = {row.name for row in rows}
    been = {REGIONS[code] for event in over for code in event.regions if code in REGIONS}
    note = str(_("An event was here; no agreement that you may see is recorded."))
    rows += [tally(name, [], note=note) for name in been - named]
    return sorted(rows, key=lambda row: row.name)


def _grouped(
    weighed: Iterable[WeighedAgreement], key: Callable[[WeighedAgreement], str]
) -> list[AgreementTally]:
    groups: dict[str, list[WeighedAgreement]] = {}
    for each in weighed:
        groups.setdefault(key(each), []).append(each)
    return [tally(name, group) for name, group in sorted(groups.items())]


def _sector(each: WeighedAgreement) -> str:
    """For a body that has not said yes, even the sector is withheld: in a place with one police force it
    names the body."""
    if each.instead:
        return str(_("Not known yet: who sees to it has not said yes"))
    return each.agreement.owner_partner.sector.name


CSV_HEADER = [
    "Cut by",
    "Name",
    "Agreed",
    "Due",
    "Kept",
    "Not kept",
    "Open",
    "Dropped by agreement",
    "Results reported",
    "Share kept (%)",
    "Share kept, counted by what was at stake (%)",
    "Note",
    "Demonstration",
]


def csv_rows(results: ProgrammeResults) -> Iterator[list[object]]:
    """Every table under CSV_HEADER, the total first. Empty means not known, or nothing due; it does not mean
    zero."""
    yield _csv_row("all", results.total)
    for table in results.tables:
        for row in table.rows:
            yield _csv_row(table.kind, row)


def _csv_row(kind: str, row: AgreementTally) -> list[object]:
    numbers = (row.agreed, row.due, row.kept, row.not_kept, row.open, row.dropped, row.reported)
    counts: tuple[int | None, ...] = (None,) * len(numbers) if row.note else numbers
    shares = [None if share is None else round(100 * share, 1) for share in (row.share, row.weighted)]
    return [kind, row.name, *counts, *shares, row.note, row.event.is_demonstration if row.event else None]
