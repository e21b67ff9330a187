"""What moved in the list of a partnership since a coordinator last looked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.opportunities.models import BEST_FIRST, Answer, ListChange, Look, Opportunity
from joinedup.opportunities.queries.lists import awake, parties_seen_by
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint

# Who never looked starts with what moved in the last month.
AT_FIRST = datetime.timedelta(days=30)
CAME = (ListChange.What.NEW, ListChange.What.BACK)
SHOWN, PER_PAGE, SENTENCES = 10, 25, 4
# So many answers stand beside what moved.
ANSWERS = 20
SHOWN_ALONE = ("said", "new", "changed", "gone")


@dataclass(frozen=True)
class Moved:
    """One opportunity that moved: where it went at last, on which day, and why, newest reason first."""

    opportunity: Opportunity
    what: str
    label: str
    at: datetime.datetime
    why: list[str]


@dataclass(frozen=True)
class Group:
    """What came, changed or went: the best of them, and how many there are."""

    name: str
    page: Page[int]
    moves: list[Moved]

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def more(self) -> int:
        return self.total - len(self.moves)


@dataclass(frozen=True)
class Changes:
    """`said`: what bodies answered meanwhile, as a page of all that they answered. `newest`: until when somebody who
    reads this has read everything; None where nothing changed."""

    groups: list[Group]
    said: Page[Answer]
    newest: datetime.datetime | None

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups) + self.total_said

    @property
    def total_said(self) -> int:
        return self.said.paginator.count

    @property
    def more_said(self) -> int:
        return self.total_said - len(self.said)


@dataclass(frozen=True)
class Unread:
    """How many opportunities of a partnership moved since its coordinator last looked."""

    slug: str
    name: str
    number: int


@dataclass(frozen=True)
class Looked:
    """Since when the moves of the list, and what people did, are unread: by the number of a partnership."""

    at_list: dict[int, datetime.datetime]
    at_people: dict[int, datetime.datetime]


def looked(person: Person, now: datetime.datetime) -> Looked:
    """For each partnership that `person` coordinates; 1 query."""
    found = Looked(*(dict.fromkeys(person.coordinated_ids, now - AT_FIRST) for _each in range(2)))
    kept = Look.objects.filter(user=person.user_id, footprint__in=person.coordinated_ids)
    for footprint, at, people_at in kept.values_list("footprint", "at", "people_at"):
        found.at_list[footprint] = at or found.at_list[footprint]
        found.at_people[footprint] = people_at or found.at_people[footprint]
    return found


def _told(person: Person, on: datetime.date) -> QuerySet[Opportunity]:
    """Those whose moves somebody wants to hear of. What was set aside or snoozed stays away; that one went is told."""
    shared = Opportunity.objects.shared_with(person)
    return shared.exclude(state=Opportunity.State.DISMISSED).filter(
        awake(on) | Q(state=Opportunity.State.GONE)
    )


def answers_since(
    person: Person, since: dict[int, datetime.datetime], until: datetime.datetime
) -> QuerySet[Answer]:
    """What bodies answered to opportunities of these partnerships (by key, each since its time), as `person` may see:
    who is interested first, then the newest."""
    fresh = Q(pk__in=[])
    for footprint, at in since.items():
        fresh |= Q(opportunity__footprint=footprint, at__gt=at)
    seen = Opportunity.objects.shared_with(person)
    rows = Answer.objects.filter(
        fresh,
        at__lte=until,
        opportunity__in=seen.values("pk"),
        partner__in=Partner.objects.visible_to(person).values("pk"),
    ).select_related("partner", "opportunity__place", "opportunity__theme")
    rows = rows.only("word", "at", "partner__name", "opportunity__place__name", "opportunity__theme__name")
    interested_first = Case(When(word=Answer.Word.INTERESTED, then=Value(0)), default=Value(1))
    return rows.order_by(interested_first, "-at", "-pk")


def unread(person: Person, looks: Looked, now: datetime.datetime) -> list[Unread]:
    """The partnerships where something moved since `person` last looked; 1 query."""
    fresh = Q(pk__in=[])
    for footprint, since in looks.at_list.items():
        fresh |= Q(opportunity__footprint=footprint, at__gt=since)
    moves = ListChange.objects.filter(
        fresh, at__lte=now, opportunity__in=_told(person, timezone.localdate(now)).values("pk")
    )
    numbers = (
        moves.order_by("opportunity__footprint__name")
        .values_list("opportunity__footprint__slug", "opportunity__footprint__name")
        .annotate(number=Count("opportunity", distinct=True))
    )
    return [Unread(*each) for each in numbers]


def changes(
    person: Person,
    footprint: Footprint,
    since: datetime.datetime,
    until: datetime.datetime,
    show: str = "",
    page: str | None = None,
) -> Changes:
    """What moved after `since` and up to `until`, one line an opportunity, best first; 7 queries.

    `show` is said, new, changed or gone: that group alone, in pages; otherwise the first of each.
    """
    on = timezone.localdate(until)
    window = ListChange.objects.filter(at__gt=since, at__lte=until)
    # Of what is told only: when something else moved is not for this reader to know.
    told = window.filter(opportunity__in=_told(person, on).filter(footprint=footprint).values("pk"))
    newest = told.aggregate(at=Max("at"))["at"]
    said = _said(person, {footprint.pk: since}, until, show, page)
    times = [at for at in (newest, *(each.at for each in said)) if at is not None]
    keys: dict[str, list[int]] = {"new": [], "changed": [], "gone": []}
    for pk, last, came in _last(person, footprint, window, on):
        keys["gone" if last == ListChange.What.GONE else "new" if came else "changed"].append(pk)
    wanted = {name: pks for name, pks in keys.items() if pks}
    if show in SHOWN_ALONE:
        wanted = {name: keys[name] for name in keys if name == show}
    size = PER_PAGE if show in keys else SHOWN
    pages = {name: Paginator(pks, size).get_page(page if show else 1) for name, pks in wanted.items()}
    moved = _moved(person, [pk for each in pages.values() for pk in each.object_list], window)
    return Changes(
        groups=[
            Group(name, each, [moved[pk] for pk in each.object_list if pk in moved])
            for name, each in pages.items()
        ],
        said=said,
        newest=max(times, default=None),
    )


def _said(
    person: Person, since: dict[int, datetime.datetime], until: datetime.datetime, show: str, page: str | None
) -> Page[Answer]:
    if show == "said":
        return Paginator(answers_since(person, since, until), PER_PAGE).get_page(page)
    found = answers_since(person, since, until)
    return Paginator(found.none() if show else found, ANSWERS).get_page(1)


def _last(
    person: Person, footprint: Footprint, window: QuerySet[ListChange], on: datetime.date
) -> Iterable[tuple[int, str, bool]]:
    """(opportunity, where it moved at last, whether it came) of each that moved in the window."""
    own = window.filter(opportunity=OuterRef("pk")).order_by("-at", "-pk")
    return (
        _told(person, on)
        .filter(footprint=footprint, pk__in=window.values("opportunity"))
        .annotate(last=Subquery(own.values("what")[:1]), came=Exists(own.filter(what__in=CAME)))
        .order_by(*BEST_FIRST)
        .values_list("pk", "last", "came")
    )


def _moved(person: Person, pks: list[int], window: QuerySet[ListChange]) -> dict[int, Moved]:
    """The line of each of these; 3 queries."""
    moves: dict[int, list[ListChange]] = {}
    for move in window.filter(opportunity__in=pks).order_by("-at", "-pk"):
        moves.setdefault(move.opportunity_id, []).append(move)
    rows = Opportunity.objects.filter(pk__in=pks).select_related("place", "theme")
    found = {}
    for row in rows.prefetch_related(parties_seen_by(person)):
        own = moves.get(row.pk)
        if own:
            why = list(dict.fromkeys(sentence for move in own for sentence in move.why))
            last = own[0]
            found[row.pk] = Moved(row, last.what, str(last.get_what_display()), last.at, why[:SENTENCES])
    return found


def last_changes(
    person: Person, opportunities: Iterable[Opportunity], now: datetime.datetime
) -> dict[int, str]:
    """How each of these changed since its coordinator `person` last looked: a value of ListChange.What. New stays new
    until it was read. 2 queries for coordinators, none for others."""
    if not person.is_coordinator:
        return {}
    since = looked(person, now).at_list
    rows = {row.pk: row.footprint_id for row in opportunities if row.footprint_id in since}
    moved: dict[int, str] = {}
    oldest = min(since.values())
    moves = ListChange.objects.filter(opportunity__in=list(rows), at__gt=oldest, at__lte=now)
    for pk, what, at in moves.order_by("at", "pk").values_list("opportunity", "what", "at"):
        is_told_as_new = moved.get(pk) in CAME and what != ListChange.What.GONE
        if at > since[rows[pk]] and not is_told_as_new:
            moved[pk] = what
    return moved
