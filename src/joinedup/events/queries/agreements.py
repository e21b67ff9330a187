"""Questions about agreements, each in a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from joinedup.accounts.person import Person
from joinedup.events.chasing import OPEN, waits
from joinedup.events.models import Agreement, Contribution, Progress
from joinedup.events.standing import (
    is_inside,
    last_told,
    shown_progress,
    shown_state,
    state_words,
)
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.places.models import Place


@dataclass(frozen=True)
class Party:
    """A partner as this reader may know it: by name with its address, or by sector only."""

    name: str
    slug: str = ""


@dataclass(frozen=True)
class Line:
    """One agreement in a list."""

    agreement: Agreement
    owner: Party
    state: str
    state_words: str
    is_late: bool


@dataclass(frozen=True)
class AgreementPage:
    """Everything its page shows."""

    agreement: Agreement
    state: str
    state_words: str
    is_inside: bool
    owner: Party
    deputy: Party
    contributions: list[tuple[Party, str]]
    progress: list[Progress]


def _whole(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return agreements.select_related(
        "event",
        "place",
        "theme",
        "owner_partner__sector",
        "deputy_partner__sector",
        "initiative",
        "commitment",
    ).prefetch_related(
        Prefetch("contributions", Contribution.objects.select_related("partner__sector")), "progress"
    )


def _ids(agreements: Iterable[Agreement]) -> set[int]:
    found: set[int] = set()
    for each in agreements:
        found |= each.scope().partners
    return found


def party(partner: Partner, visible: dict[int, Partner]) -> Party:
    """A partner as a reader may know it who sees `visible` (by key). Wants its sector."""
    if partner.pk in visible:
        return Party(partner.name, partner.slug)
    return Party(f"A partner ({partner.sector.name.lower()})")


def _within(place: Place | str) -> Q:
    code = place.pk if isinstance(place, Place) else place
    return Q(place=code) | Q(place__parent=code) | Q(place__parent__parent=code)


def find_agreements(person: Person, on: datetime.date, **filters: Any) -> QuerySet[Agreement]:
    """What `person` may see, soonest due first; one query, and two more when read.

    Filters: place (code, with its parts), theme, event (slug), partner (slug), state (of Agreement.State, or
    "overdue"), text. Filtering by "not kept" leaves out what this reader is not told yet.
    """
    found = _whole(Agreement.objects.visible_to(person))
    if place := filters.get("place"):
        found = found.filter(_within(place))
    if theme := filters.get("theme"):
        found = found.filter(theme=theme)
    if event := filters.get("event"):
        found = found.filter(event__slug=event)
    if partner := filters.get("partner"):
        known = Partner.objects.visible_to(person).filter(slug=partner).values("pk")
        sides = Q(owner_partner__in=known) | Q(deputy_partner__in=known) | Q(contributions__partner__in=known)
        found = found.filter(pk__in=Agreement.objects.filter(sides).values("pk"))
    if text := str(filters.get("text") or "").strip()[:100]:
        found = found.filter(Q(goal__icontains=text) | Q(action__icontains=text) | Q(measure__icontains=text))
    return _in_state(found, person, on, str(filters.get("state") or ""))


def _in_state(
    found: QuerySet[Agreement], person: Person, on: datetime.date, state: str
) -> QuerySet[Agreement]:
    if not state:
        return found
    told = Q()
    if not person.sees_every_partnership:
        reported = Progress.objects.filter(state=Agreement.State.NOT_KEPT, on__gte=last_told(on))
        own = Q(event__footprint__in=person.footprint_ids)
        for path in Agreement.partner_paths:
            own |= Q(**{f"{path}__in": person.partner_ids})
        inside = Agreement.objects.filter(own).values("pk")
        told = ~Q(pk__in=reported.values("agreement")) | Q(pk__in=inside)
    silent = Q(state=Agreement.State.NOT_KEPT) & ~told if told else Q(pk__in=[])
    not_started = Q(initiative__isnull=True)
    if state == "overdue":
        return found.filter(Q(state__in=OPEN) | silent, due__lt=on)
    if state == Agreement.State.NOT_KEPT:
        return found.filter(told, state=state)
    if state == Agreement.State.AGREED:
        return found.filter(Q(state=state) | (silent & not_started))
    if state == Agreement.State.STARTED:
        return found.filter(Q(state=state) | (silent & ~not_started))
    return found.filter(state=state)


def lines(person: Person, agreements: Iterable[Agreement], on: datetime.date) -> list[Line]:
    """Agreements as a list shows them; one query more than reading them."""
    every = list(agreements)
    visible = visible_partners(person, _ids(every))
    rows = []
    for each in every:
        state = shown_state(each, person, on)
        late = each.due < on and state in OPEN
        rows.append(Line(each, party(each.owner_partner, visible), state, state_words(state), late))
    return rows


def agreement_page(person: Person, pk: int, on: datetime.date) -> AgreementPage | None:
    """One agreement, or None where `person` may not see it; 4 queries."""
    agreement = (
        _whole(Agreement.objects.visible_to(person))
        .select_related("event__footprint", "sitting__table", "opportunity")
        .filter(pk=pk)
        .first()
    )
    if agreement is None:
        return None
    visible = visible_partners(person, _ids([agreement]))
    state = shown_state(agreement, person, on)
    deputy = agreement.deputy_partner or agreement.owner_partner
    return AgreementPage(
        agreement=agreement,
        state=state,
        state_words=state_words(state),
        is_inside=is_inside(agreement, person),
        owner=party(agreement.owner_partner, visible),
        deputy=party(deputy, visible),
        contributions=[(party(c.partner, visible), c.what) for c in agreement.contributions.all()],
        progress=shown_progress(agreement, person, on),
    )


def agreements_for_place(person: Person, place: Place, limit: int | None = None) -> list[Agreement]:
    """What `person` may see of what was agreed for a place and its parts, soonest due first; 3 queries."""
    found = _whole(Agreement.objects.visible_to(person)).filter(_within(place))
    return list(found[:limit])


def kept_this_year(person: Person, on: datetime.date) -> tuple[int, int]:
    """(kept, due): of the agreements of this calendar year that fell due by `on`, or were kept before that, how
    many are kept. What was dropped by agreement counts in neither. Only what `person` may see; one query."""
    this_year = (
        Agreement.objects.visible_to(person)
        .filter(due__year=on.year)
        .filter(Q(due__lte=on) | Q(state=Agreement.State.KEPT))
        .exclude(state=Agreement.State.DROPPED)
    )
    states = Counter(this_year.order_by().values_list("state", flat=True))
    return states[Agreement.State.KEPT], states.total()


@dataclass(frozen=True)
class Waiting:
    """An open agreement that waits for a word of these partners: why, and about which day; `is_deputy` where they
    are its deputy only."""

    agreement: Agreement
    why: str
    on: datetime.date
    is_deputy: bool


def waiting(person: Person, partner_ids: Iterable[int], on: datetime.date) -> list[Waiting]:
    """Agreements that these partners own or deputise and that are overdue, due soon, or due for a review, as
    `events.chasing` decides; the day that is longest past first; 2 queries."""
    ids = set(partner_ids)
    theirs = Q(owner_partner__in=ids) | Q(deputy_partner__in=ids)
    mine = Agreement.objects.visible_to(person).filter(theirs, state__in=OPEN).prefetch_related("progress")
    found = []
    for each in mine:
        wait = waits(each, on)
        if wait is not None:
            found.append(Waiting(each, wait.why, wait.on, each.owner_partner_id not in ids))
    return sorted(found, key=lambda one: (one.on, one.agreement.pk))


@dataclass(frozen=True)
class ThemeResult:
    theme: str
    agreed: int
    open: int
    kept: int
    not_kept: int


def by_theme(rows: Iterable[Line]) -> list[ThemeResult]:
    """Results by theme of a list of agreements; no query. What was dropped by agreement counts as agreed only."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.agreement.theme.name, Counter())[row.state] += 1
    return [
        ThemeResult(
            theme,
            states.total(),
            sum(states[each] for each in OPEN),
            states[Agreement.State.KEPT],
            states[Agreement.State.NOT_KEPT],
        )
        for theme, states in sorted(counts.items())
    ]


CSV_HEADER = [
    "Goal",
    "What will be done",
    "Place",
    "Place code",
    "Theme",
    "Owner",
    "Owner's role",
    "Measure",
    "Due",
    "State",
    "Event",
    "Local action",
    "Commitment",
    "Who may see it",
    "Demonstration",
]


def csv_rows(person: Person, agreements: QuerySet[Agreement], on: datetime.date) -> Iterator[list[object]]:
    """The list as rows under CSV_HEADER; 5 queries."""
    rows = lines(person, agreements, on)
    initiatives = {row.agreement.initiative_id for row in rows if row.agreement.initiative_id}
    model: Any = Agreement._meta.get_field("initiative").related_model
    seen = set(model.objects.visible_to(person).filter(pk__in=initiatives).values_list("pk", flat=True))
    for row in rows:
        each = row.agreement
        yield [
            each.goal,
            each.action,
            each.place.name,
            each.place_id,
            each.theme.name,
            row.owner.name,
            each.owner_role,
            each.measure,
            each.due,
            row.state_words,
            each.event.name,
            each.initiative.name if each.initiative_id in seen and each.initiative else "",
            each.commitment.text if each.commitment else "",
            each.get_marking_display(),
            each.is_demonstration,
        ]
