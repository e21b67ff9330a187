"""Queries for agreements, each a fixed number of database queries."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import (
    is_inside,
    last_told,
    review_words,
    shown_progress,
    shown_state,
    state_words,
)
from joinedup.agreements.models import Agreement, Naming, PartnerContribution, Progress
from joinedup.agreements.naming import (
    CONTRIBUTOR,
    DEPUTY,
    OWNER,
    Party,
    has_said_yes,
    named_bodies,
    party_of,
    stands_for,
    told_action,
)
from joinedup.agreements.reminder_steps import OPEN, waits
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.places.models import Place


@dataclass(frozen=True)
class AgreementLine:
    """One agreement in a list. `names_owner`: false for those outside if it is late or not kept: such a list
    names no body. What its partners say about it is on its own page, beside their names."""

    agreement: Agreement
    owner: Party
    state: str
    state_words: str
    is_late: bool
    action: str
    names_owner: bool


@dataclass(frozen=True)
class AgreementPage:
    """Everything the page shows. `contributions`: of those who are named, for those inside. `take_part`: for
    everyone else, only those who have said yes, the owner first. `asked`: the words for the others, each
    once. `unasked`, for those inside: bodies that no mail has reached and that have not answered; `waiting`:
    those that were asked and have not answered. `days_before`: how long before the event's day it was
    written. `review`: which was the last, and which comes next."""

    agreement: Agreement
    state: str
    state_words: str
    is_inside: bool
    owner: Party
    deputy: Party
    action: str
    contributions: list[tuple[Party, str]]
    take_part: list[Party]
    asked: list[str]
    unasked: list[Partner]
    waiting: list[Partner]
    days_before: int
    progress: list[Progress]
    review: str


def _whole(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return agreements.select_related(
        "event",
        "place",
        "theme",
        "owner_partner__sector",
        "deputy_partner__sector",
        "initiative",
        "commitment",
        "opportunity",
    ).prefetch_related(
        Prefetch("contributions", PartnerContribution.objects.select_related("partner__sector")),
        "progress",
        "namings",
    )


def _ids(agreements: Iterable[Agreement]) -> set[int]:
    found: set[int] = set()
    for each in agreements:
        found |= each.scope().partners
    return found


def _within(place: Place | str) -> Q:
    code = place.pk if isinstance(place, Place) else place
    return (
        Q(place=code)
        | Q(place__parent=code)
        | Q(place__parent__parent=code)
        | Q(place__parent__parent__parent=code)
    )


def find_agreements(person: Person, on: datetime.date, **filters: Any) -> QuerySet[Agreement]:
    """What `person` may see, soonest due first; one query, and three more when read.

    Filters: place (code, with its parts), theme, event (slug), partner (slug), state (of Agreement.State, or
    "overdue"), text. Filtering by "not kept" leaves out what this reader may not know yet.
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
        said_yes = Naming.objects.filter(partner__in=known, answer=Naming.Answer.YES).values("agreement")
        # Readers who may not know that a body is named do not find it by that name.
        found = found.filter(Q(pk__in=said_yes) | inside(person), Agreement.objects.that_name(known))
    if text := str(filters.get("text") or "").strip()[:100]:
        # Readers who cannot see the first step of an opportunity find nothing by its words.
        no_step = Q(opportunity=None) | Q(opportunity__first_step="") | inside(person)
        done = Q(action__icontains=text) & no_step
        found = found.filter(Q(goal__icontains=text) | done | Q(measure__icontains=text))
    return _in_state(found, person, on, str(filters.get("state") or ""))


def inside(person: Person) -> Q:
    """The agreements whose partners or partnership `person` belongs to, as `agreement_state.is_inside`
    decides."""
    if person.sees_every_partnership:
        return ~Q(pk__in=[])
    return Q(event__footprint__in=person.footprint_ids) | Agreement.objects.that_name(person.partner_ids)


def _in_state(
    found: QuerySet[Agreement], person: Person, on: datetime.date, state: str
) -> QuerySet[Agreement]:
    if not state:
        return found
    told = Q()
    if not person.sees_every_partnership:
        reported = Progress.objects.filter(state=Agreement.State.NOT_KEPT, on__gte=last_told(on))
        told = ~Q(pk__in=reported.values("agreement")) | inside(person)
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


def lines(person: Person, agreements: Iterable[Agreement], on: datetime.date) -> list[AgreementLine]:
    """Agreements as a list shows them; one query besides reading them."""
    every = list(agreements)
    visible = visible_partners(person, _ids(every))
    rows = []
    for each in every:
        state = shown_state(each, person, on)
        late = each.due < on and state in OPEN
        owner = party_of(each, each.owner_partner, person, visible, OWNER, each.owner_role)
        failed = late or state == Agreement.State.NOT_KEPT
        names_owner = is_inside(each, person) or not failed or not owner.is_named
        action = told_action(each, person)
        rows.append(AgreementLine(each, owner, state, state_words(state), late, action, names_owner))
    return rows


def agreement_page(person: Person, pk: int, on: datetime.date) -> AgreementPage | None:
    """One agreement, or None if `person` may not see it; 5 queries."""
    agreement = (
        _whole(Agreement.objects.visible_to(person))
        .select_related("event__footprint", "sitting__table")
        .filter(pk=pk)
        .first()
    )
    if agreement is None:
        return None
    visible = visible_partners(person, _ids([agreement]))
    state = shown_state(agreement, person, on)
    deputy = agreement.deputy_partner or agreement.owner_partner
    is_ours = is_inside(agreement, person)
    given = [
        (party_of(agreement, each.partner, person, visible, CONTRIBUTOR), each.what, each.partner_id)
        for each in agreement.contributions.all()
    ]
    answered = {each.partner_id: each for each in agreement.namings.all()}
    silent = [
        (partner, answered.get(pk))
        for pk, partner in (named_bodies(agreement).items() if is_ours else ())
        if pk not in answered or not answered[pk].answer
    ]
    return AgreementPage(
        agreement=agreement,
        state=state,
        state_words=state_words(state),
        is_inside=is_ours,
        owner=party_of(agreement, agreement.owner_partner, person, visible, OWNER, agreement.owner_role),
        deputy=party_of(agreement, deputy, person, visible, DEPUTY, agreement.deputy_role),
        action=told_action(agreement, person),
        contributions=[(who, what) for who, what, _pk in given if who.is_named and is_ours],
        take_part=_take_part(agreement, person, visible) if not is_ours else [],
        asked=list(
            dict.fromkeys(stands_for(agreement, pk, CONTRIBUTOR) for who, _w, pk in given if not who.is_named)
        ),
        unasked=[partner for partner, naming in silent if naming is None or naming.asked_on is None],
        waiting=[partner for partner, naming in silent if naming is not None and naming.asked_on is not None],
        days_before=_days_before(agreement),
        progress=shown_progress(agreement, person, on),
        review=review_words(agreement, state, on),
    )


def _take_part(agreement: Agreement, person: Person, visible: dict[int, Partner]) -> list[Party]:
    """The named bodies that have said yes, each once. Their contributions are for their partnership."""
    everybody = named_bodies(agreement).items()
    return [
        party_of(agreement, each, person, visible, CONTRIBUTOR)
        for pk, each in everybody
        if has_said_yes(agreement, pk)
    ]


def _days_before(agreement: Agreement) -> int:
    """How many days before the event it was written; 0 if on the day or later."""
    if agreement.event.date is None:
        return 0
    return max(0, (agreement.event.date - timezone.localdate(agreement.recorded_at)).days)


def agreements_for_place(person: Person, place: Place, limit: int | None = None) -> list[Agreement]:
    """What `person` may see of the agreements for a place and its parts, soonest due first, as much of each as a line
    tells: what and how it stands; one query, and three more where one is not kept."""
    rows = Agreement.objects.visible_to(person).filter(_within(place))
    found = list(rows.only("goal", "state", "due", "initiative", "event", "is_demonstration")[:limit])
    # Of these alone depends on the reader how they stand (`shown_state`).
    not_kept = [each for each in found if each.state == Agreement.State.NOT_KEPT]
    prefetch_related_objects(not_kept, "event", "contributions", "progress")
    return found


def kept_this_year(person: Person, on: datetime.date) -> tuple[int, int]:
    """(kept, due): of this calendar year's agreements that fell due by `on`, or were kept before that, how
    many are kept. Those dropped by agreement count in neither. Only what `person` may see; one query."""
    this_year = (
        Agreement.objects.visible_to(person)
        .filter(due__year=on.year)
        .filter(Q(due__lte=on) | Q(state=Agreement.State.KEPT))
        .exclude(state=Agreement.State.DROPPED)
    )
    states = Counter(this_year.order_by().values_list("state", flat=True))
    return states[Agreement.State.KEPT], states.total()


@dataclass(frozen=True)
class WaitingAgreement:
    """An open agreement that waits for an update from these partners: why, and about which day; `is_deputy`
    if they are only its deputy."""

    agreement: Agreement
    why: str
    on: datetime.date
    is_deputy: bool


def waiting(person: Person, partner_ids: Iterable[int], on: datetime.date) -> list[WaitingAgreement]:
    """Agreements that these partners own or deputise for, and have not said no to, that are overdue, due soon
    or due for review, as `reminder_steps` decides; the longest overdue first; 2 queries."""
    ids = set(partner_ids)
    theirs = Q(owner_partner__in=ids) | Q(deputy_partner__in=ids)
    said_no = Naming.objects.filter(partner__in=ids, answer=Naming.Answer.NO).values("agreement")
    mine = Agreement.objects.visible_to(person).filter(theirs, state__in=OPEN).exclude(pk__in=said_no)
    mine = mine.prefetch_related("progress")
    found = []
    for each in mine:
        wait = waits(each, on)
        if wait is not None:
            found.append(WaitingAgreement(each, wait.why, wait.on, each.owner_partner_id not in ids))
    return sorted(found, key=lambda one: (one.on, one.agreement.pk))


@dataclass(frozen=True)
class ThemeResult:
    theme: str
    agreed: int
    open: int
    kept: int
    not_kept: int


def by_theme(rows: Iterable[AgreementLine]) -> list[ThemeResult]:
    """Results by theme of a list of agreements; no query. Those dropped by agreement count only as agreed."""
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


def _owner_cell(row: AgreementLine) -> str:
    if not row.names_owner:
        return ""
    return row.owner.name if not row.owner.note else f"{row.owner.name} ({row.owner.note})"


def csv_rows(person: Person, agreements: QuerySet[Agreement], on: datetime.date) -> Iterator[list[object]]:
    """The list as rows under CSV_HEADER; 6 queries."""
    rows = lines(person, agreements, on)
    initiatives = {row.agreement.initiative_id for row in rows if row.agreement.initiative_id}
    seen = set(Initiative.objects.visible_to(person).filter(pk__in=initiatives).values_list("pk", flat=True))
    for row in rows:
        each = row.agreement
        yield [
            each.goal,
            row.action,
            each.place.name,
            each.place_id,
            each.theme.name,
            _owner_cell(row),
            row.owner.role,
            each.measure,
            each.due,
            row.state_words,
            each.event.name,
            each.initiative.name if each.initiative_id in seen and each.initiative else "",
            each.commitment.text if each.commitment else "",
            each.get_marking_display(),
            each.is_demonstration,
        ]
