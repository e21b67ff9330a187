"""How far opportunities went: suggested, asked, on an agenda, agreed, started, and with what result.

The path is in the foreign keys (opportunity, topic of an event, agreement, local action), so it is read from
there and stored nowhere else. The agenda and agreements hold the partnership's copy of an opportunity; the
public reads its own copy, which has the same key.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import shown_state
from joinedup.agreements.models import Agreement
from joinedup.events.models import ON_AN_AGENDA, Topic
from joinedup.opportunities.models import KINDS, Opportunity, Run

STEPS = {
    "suggested": gettext_lazy("Suggested"),
    "asked": gettext_lazy("Asked"),
    "on_agenda": gettext_lazy("On an agenda"),
    "agreed": gettext_lazy("Agreed"),
    "started": gettext_lazy("Started"),
    "kept": gettext_lazy("Kept"),
    "not_kept": gettext_lazy("Not kept"),
    "dropped": gettext_lazy("Dropped"),
}
# Everything counted for the public is public row by row, so a small number hides nothing: it only must not be
# read as a verdict on the one or two bodies behind it.
FEWEST = 5
# With fewer suggested than this, a share says nothing.
LEAST_FOR_A_SHARE = 10

_Key = tuple[int, str]
# A name with its position in the order of such names.
_Named = tuple[int, str]


@dataclass(frozen=True)
class Path:
    """One opportunity and how far it got. `days`: from suggested to agreed, None if it was not agreed."""

    footprint: tuple[int, str]
    first_seen: datetime.date
    kind: _Named
    theme: _Named
    sectors: list[_Named]
    found_by: _Named
    reached: frozenset[str]
    days: int | None


@dataclass(frozen=True)
class FunnelRow:
    """`cells`: how many reached each of `steps_for` its reader, in that order; None means "fewer than 5". `share` (0
    to 1) of those suggested that were agreed, and the median `days` from suggested to agreed; None means "not
    known"."""

    name: str
    cells: list[int | None]
    share: float | None
    days: float | None


@dataclass(frozen=True)
class FunnelTable:
    title: str
    first: str
    rows: list[FunnelRow]


@dataclass(frozen=True)
class Report:
    every: FunnelRow
    tables: list[FunnelTable]


def is_public(person: Person) -> bool:
    """Whether `person` reads only what is public: no partnership's own list is open to them."""
    return not (person.sees_every_partnership or person.footprint_ids)


def steps_for(*, public: bool) -> dict[str, Any]:
    """The columns: whom a partnership asked is its own."""
    return {step: words for step, words in STEPS.items() if not (public and step == "asked")}


def paths(person: Person, on: datetime.date) -> list[Path]:
    """Every opportunity that `person` counts: for members, those of their partnerships that they may see; for
    those who see every partnership, all that are shared; for everyone else, the public ones. 6 queries."""
    rows = _counted(person)
    values = rows.values_list(
        "pk", "footprint_id", "footprint__name", "key", "kind", "theme__order", "theme__name", "is_spotted",
        "first_seen",
    )  # fmt: skip
    sectors, on_agenda, agreed = _sectors(rows), _on_agenda(person, on), _agreed(person)
    asked = set() if is_public(person) else _asked(rows)
    found = []
    for pk, footprint, name, key, kind, order, theme, is_spotted, first_seen in values:
        agreements = agreed.get((footprint, key), [])
        first = min((each.recorded_at for each in agreements), default=None)
        found.append(
            Path(
                footprint=(footprint, name),
                first_seen=first_seen,
                kind=_kind(kind),
                theme=(order or 0, theme) if theme else (10**6, _("No theme")),
                sectors=sectors.get(pk) or [(10**6, _("Nobody named"))],
                found_by=(1, _("A person")) if is_spotted else (0, _("Found in the records")),
                reached=_reached(
                    pk in asked,
                    (footprint, key) in on_agenda,
                    [(each, shown_state(each, person, on)) for each in agreements],
                ),
                days=max((timezone.localdate(first) - first_seen).days, 0) if first else None,
            )
        )
    return found


def _counted(person: Person) -> QuerySet[Opportunity]:
    rows = Opportunity.objects.visible_to(person)
    if is_public(person):
        return rows.filter(audience=Run.Audience.PUBLIC)
    rows = rows.filter(audience=Run.Audience.PARTNERSHIP)
    return rows if person.sees_every_partnership else rows.filter(footprint__in=person.footprint_ids)


def _kind(kind: str) -> _Named:
    known = list(KINDS)
    return (known.index(kind), str(KINDS[kind])) if kind in KINDS else (len(known), kind)


def _sectors(rows: QuerySet[Opportunity]) -> dict[int, list[_Named]]:
    named = rows.filter(parties__isnull=False).order_by()
    found = named.values_list("pk", "parties__sector__order", "parties__sector__name").distinct()
    sectors = defaultdict(list)
    for pk, order, name in found:
        sectors[pk].append((order, name))
    return sectors


def _asked(rows: QuerySet[Opportunity]) -> set[int]:
    """Those of which a partner that they name was asked, or answered by itself."""
    asked = rows.filter(Q(enquiries__isnull=False) | Q(answers__isnull=False))
    return set(asked.order_by().values_list("pk", flat=True))


def _on_agenda(person: Person, on: datetime.date) -> set[_Key]:
    """Those on the agenda of a day; of what is public, once the day has passed."""
    topics = Topic.objects.filter(ON_AN_AGENDA, opportunity__isnull=False, event__is_draft=False)
    if is_public(person):
        topics = topics.filter(event__date__lt=on)
    return set(topics.values_list("opportunity__footprint_id", "opportunity__key"))


def _agreed(person: Person) -> dict[_Key, list[Agreement]]:
    found: dict[_Key, list[Agreement]] = defaultdict(list)
    visible = Agreement.objects.visible_to(person).filter(opportunity__isnull=False)
    visible = visible.select_related("opportunity", "event")
    for each in visible.prefetch_related("contributions", "progress"):
        if each.opportunity is not None:
            found[each.opportunity.footprint_id, each.opportunity.key].append(each)
    return found


def _reached(is_asked: bool, is_on_agenda: bool, agreements: list[tuple[Agreement, str]]) -> frozenset[str]:
    """Every step up to the furthest: what was agreed was also on an agenda. Of several agreements, a kept one
    outranks one not kept, which outranks a dropped one."""
    states = [told for _agreement, told in agreements]
    result = next((each for each in ("kept", "not_kept", "dropped") if each in states), "")
    is_started = result == "kept" or any(
        agreement.initiative_id or told == Agreement.State.STARTED for agreement, told in agreements
    )
    is_on_agenda = is_on_agenda or bool(agreements)
    marks = {
        "suggested": True,
        "asked": is_asked or is_on_agenda,
        "on_agenda": is_on_agenda,
        "agreed": bool(agreements),
        "started": is_started,
        result: bool(result),
    }
    return frozenset(step for step, mark in marks.items() if mark)


def report(found: Iterable[Path], *, public: bool) -> Report:
    """The tables: by kind, theme, sector and finder. No query. One that names two sectors counts for both."""
    every = list(found)
    by: list[tuple[str, str, Callable[[Path], list[_Named]]]] = [
        (_("By kind"), _("Kind"), lambda each: [each.kind]),
        (_("By theme"), _("Theme"), lambda each: [each.theme]),
        (_("By sector of the partners named"), _("Sector"), lambda each: each.sectors),
        (_("By who found it"), _("Found by"), lambda each: [each.found_by]),
    ]
    # What the public reads is found only in the records.
    kept = by[:-1] if public else by
    return Report(
        _row(_("All"), every, public),
        [FunnelTable(title, first, list(_rows(every, of, public))) for title, first, of in kept],
    )


def _rows(every: list[Path], of: Callable[[Path], list[_Named]], public: bool) -> Iterator[FunnelRow]:
    groups: dict[_Named, list[Path]] = defaultdict(list)
    for each in every:
        for group in of(each):
            groups[group].append(each)
    for order, name in sorted(groups):
        yield _row(name, groups[order, name], public)


def _row(name: str, group: list[Path], public: bool) -> FunnelRow:
    steps = list(steps_for(public=public))
    numbers = [sum(step in each.reached for each in group) for step in steps]
    cells = [None if public and 0 < number < FEWEST else number for number in numbers]
    agreed = cells[steps.index("agreed")]
    days = [each.days for each in group if each.days is not None]
    is_enough = agreed is not None and len(group) >= LEAST_FOR_A_SHARE
    return FunnelRow(
        name=name,
        cells=cells,
        share=agreed / len(group) if is_enough and agreed is not None else None,
        days=median(days) if days and agreed is not None else None,
    )


def csv_header(*, public: bool) -> list[str]:
    return [
        _("Table"),
        _("Group"),
        *(str(step) for step in steps_for(public=public).values()),
        _("Share of suggested that was agreed (%)"),
        _("Days from suggested to agreed, in the middle"),
    ]


def csv_rows(found: Report) -> Iterator[list[object]]:
    """The tables as rows under `csv_header`; what is not known is empty."""
    for table in [FunnelTable(_("All"), "", [found.every]), *found.tables]:
        for row in table.rows:
            cells = [_("fewer than 5") if cell is None else cell for cell in row.cells]
            share = None if row.share is None else round(100 * row.share)
            yield [table.title, row.name, *cells, share, row.days]
