"""Keeps what the engine found as stored opportunities, and says what changed in the list, and why.

The engine has no memory; this is the memory on top of it. That a strength went up or down is no change that anybody is
told of: new, gone, or other moves are.

A list is compared with what is stored before the transaction in which the differences are written; see
docs/decisions/one-writer-at-a-time.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from joinedup.engines import opportunities as engine
from joinedup.engines.words import day
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import list_links, ready_rows
from joinedup.opportunities.decided import ACTED_ON, NOT_TOLD, State, decision_of, is_same_thing
from joinedup.opportunities.list_differences import DECIDED, Additions, Differences, stored_rows
from joinedup.opportunities.models import KINDS, ListChange, Opportunity, Run
from joinedup.places.models import Footprint
from joinedup.support.models import Offer

# What was set aside comes back to be looked at again after half a year.
SET_ASIDE_FOR = datetime.timedelta(days=182)
FILLED = [
    "kind", "marking", "place", "theme", "score", "closes", "sentence", "first_step", "moves", "stands_out",
    "under_way", "helps", "heard", "not_known", "would_change", "last_seen", "state", "reason", "changed_on",
    "decided_by", "decided_on",
]  # fmt: skip
# What is said beside the words of who spotted one.
BESIDE = ["score", "stands_out", "under_way", "helps", "heard", "not_known", "would_change"]
COLUMNS = [field.name for field in Opportunity._meta.concrete_fields if not field.primary_key]
_ATTRIBUTES = {field.name: field.attname for field in Opportunity._meta.concrete_fields}
MOVES = engine.Settings().per_opportunity
What = ListChange.What
# How what is for its parties alone is marked.
NAMED = "named"
# So many of those at once: a tenth of a second on a slow machine. They are as many as there are pairs of bodies.
STEP = 500


class StoredList:
    """The stored opportunities of one partnership for one kind of reader, as a run of that day finds them.

    `figures`: the figure that each fact of a need comes from, by its text. `is_told`: whether a move that was stored
    earlier may be told still.
    """

    def __init__(
        self,
        footprint: Footprint,
        audience: str,
        as_of: datetime.date,
        figures: Mapping[str, str],
        is_told: Callable[[dict[str, Any]], bool] = lambda _move: True,
    ) -> None:
        self.footprint, self.audience, self.as_of, self.figures = footprint, audience, as_of, figures
        self.is_told = is_told
        self.changes: list[tuple[str, str, list[str]]] = []
        self.own = _codes_of(footprint)

    def compare(
        self, found: Sequence[engine.Opportunity], for_parties: Sequence[engine.Opportunity] = ()
    ) -> Differences:
        """What to store where this was found, best first. The number of queries does not depend on how much that is."""
        rows = list(stored_rows(self.footprint, self.audience))
        decided = [tuple(getattr(row, name) for name in DECIDED) for row in rows]
        held = {row.key: row for row in rows}
        found = [each for each in found if self.is_here(each) and each.moves]
        if self.audience == Run.Audience.PUBLIC and self.footprint.is_held(self.as_of):
            # What is new waits for a run after that day.
            found = [each for each in found if each.id in held]
        named = [each for each in for_parties if self.is_here(each)]
        every = {each.id: (each, self._marking()) for each in found} | {
            each.id: (each, NAMED) for each in named
        }
        fresh, differ, same, here = [], [], [], []
        for key, (each, marking) in every.items():
            row = held.get(key)
            if row is None:
                fresh.append(self._fresh(each, marking))
                continue
            here.append(row)
            seen = row.last_seen
            if self._renew(row, each, marking):
                differ.append(row)
            elif seen != self.as_of:
                same.append(row)
        missing = [row for key, row in held.items() if key not in every]
        silenced = [row for row in missing if row.state in ACTED_ON and self._silence(row)]
        differ += self._gone(missing) + silenced
        links = list_links.compare(self.footprint, self.audience, [*here, *silenced, *fresh], self.own)
        first, *later = self._additions(fresh, [each.come for each in links])
        return Differences(
            footprint=self.footprint,
            audience=self.audience,
            number=len(found),
            decided=decided,
            written=[row.pk for row in differ],
            differ=ready_rows.update(Opportunity, FILLED, ((row.pk, _values(row, FILLED)) for row in differ)),
            seen=ready_rows.update(Opportunity, ["last_seen"], ((row.pk, (self.as_of,)) for row in same)),
            links=links,
            additions=first,
            later=later,
        )

    def _fresh(self, each: engine.Opportunity, marking: str) -> Opportunity:
        row = Opportunity(
            key=each.id, footprint=self.footprint, audience=self.audience, first_seen=self.as_of
        )
        self.fill(row, each, marking)
        self.changed(row, What.NEW, [])
        return row

    def _additions(self, fresh: Sequence[Opportunity], links: Sequence[ready_rows.ByName]) -> list[Additions]:
        """What is stored with the list; then, where crowds of new ones are for their parties alone, these in steps."""
        crowd = [row for row in fresh if row.marking == NAMED]
        numbers = {row.key: 1 + at // STEP for at, row in enumerate(crowd)} if len(crowd) > STEP else {}
        parts: list[list[Opportunity]] = [[] for _ in range(1 + max(numbers.values(), default=0))]
        for row in fresh:
            parts[numbers.get(row.key, 0)].append(row)
        # In the partnership's list, whose coordinator reads it.
        told = self.changes if self.audience == Run.Audience.PARTNERSHIP else []
        changes = ready_rows.insert_by_name(ListChange, ["opportunity", "what", "why"], told, last=["at"])
        return [
            Additions(
                ready_rows.insert(Opportunity, COLUMNS, (_values(row, COLUMNS) for row in part)),
                [each.part(numbers, number) for each in links],
                changes.part(numbers, number),
            )
            for number, part in enumerate(parts)
        ]

    def is_here(self, each: engine.Opportunity) -> bool:
        return any(code in self.own for code in each.places)

    def _marking(self) -> str:
        return "public" if self.audience == Run.Audience.PUBLIC else "partnership"

    def _renew(self, row: Opportunity, each: engine.Opportunity, marking: str) -> bool:
        """Put down what the engine says of it now; whether anything differs from what is stored."""
        before, moves = _filled(row), row.moves
        came_back = self._return(row)
        self.fill(row, each, marking)
        if not came_back:
            self._compare_moves(row, moves)
        return before != _filled(row)

    def _return(self, row: Opportunity) -> bool:
        long_aside = (
            row.state == State.DISMISSED
            and row.decided_on is not None
            and row.decided_on + SET_ASIDE_FOR <= self.as_of
        )
        if row.state != State.GONE and not long_aside:
            return False
        self.changed(row, What.BACK, ["It was set aside half a year ago."] if long_aside else [])
        row.state, row.reason = State.SUGGESTED, ""
        return True

    def _gone(self, rows: list[Opportunity]) -> list[Opportunity]:
        """Those that nobody took up yet and that are not found any more."""
        gone = [row for row in rows if row.state == State.SUGGESTED]
        prefetch_related_objects(gone, *_may_be_over())
        for row in gone:
            self.changed(row, What.GONE, self._why_gone(row))
            row.state = State.GONE
        return gone

    def _why_gone(self, row: Opportunity) -> list[str]:
        closed = [
            f"“{offer}” closed on {day(offer.closes)}."
            for offer in row.offers.all()
            if offer.closes and offer.closes < self.as_of
        ]
        ended = [
            f"“{initiative}” ended on {day(initiative.ends)}."
            for initiative in row.initiatives.all()
            if initiative.ends and initiative.ends < self.as_of
        ]
        return closed + ended or ["What it rested on is no longer so, or others are stronger."]

    def fill(self, row: Opportunity, each: engine.Opportunity, marking: str) -> None:
        """Everything but the links and who decided what."""
        row.marking = marking
        self._fill_words(row, [move.as_dict() for move in each.moves])
        row.closes = self._next_close(row.moves)
        row.place_id = next(code for code in each.places if code in self.own)
        row.theme_id = each.theme
        row.score = round(each.score, 1)
        would_change = row.would_change
        self.fill_beside(row, each)
        if row.state in ACTED_ON and row.moves[0]["id"] != each.moves[0].id:
            # The engine says what would change its own strongest move; this is another, or one that is not told.
            row.would_change = would_change if decision_of(row) is not None else []
        row.last_seen = self.as_of

    def _fill_words(self, row: Opportunity, found: list[dict[str, Any]]) -> None:
        if self.audience == Run.Audience.PUBLIC:
            row.moves = self._as_decided(row, found)
        elif row.state in ACTED_ON:
            if not self._keep_words(row, found):
                return
        else:
            row.moves = found
        first = row.moves[0]
        row.kind, row.sentence, row.first_step = first["kind"], first["decision"], first["first_step"]

    def _keep_words(self, row: Opportunity, found: list[dict[str, Any]]) -> bool:
        """Where people act on it, its first move stays as they read it; what else is found stands below it. What the
        engine now says of the same thing, such as with bodies that came in since, is not what they decided on. Returns
        whether its words may be told."""
        decided = decision_of(row)
        if decided is not None and self.is_told(decided):
            others = [move for move in found if not is_same_thing(move, decided)]
            row.moves = [decided, *others[: MOVES - 1]]
            return True
        if decided is not None:
            row.sentence, row.first_step = str(NOT_TOLD), ""
        row.moves = found
        return False

    def _as_decided(self, row: Opportunity, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The public's copy is where the partnership's is (taken up, say, or agreed) if it tells of the same thing: it
        then comes first. Otherwise nobody acts on what it tells."""
        theirs = self._theirs.get(row.key)
        decided = decision_of(theirs) if theirs is not None and theirs.state in ACTED_ON else None
        same = [move for move in found if decided is not None and is_same_thing(move, decided)]
        if theirs is not None and (same or (decided is None and row.pk is None)):
            for name in ("state", "reason", "decided_by", "decided_on"):
                setattr(row, name, getattr(theirs, name))
        elif row.state in ACTED_ON and decided is not None:
            row.state, row.reason, row.decided_by, row.decided_on = State.SUGGESTED, "", "", None
        return [*same, *(move for move in found if move not in same)]

    @cached_property
    def _theirs(self) -> dict[str, Opportunity]:
        """The partnership's own copies about which somebody decided something, by their key."""
        rows = stored_rows(self.footprint, Run.Audience.PARTNERSHIP)
        return {row.key: row for row in rows.exclude(state__in=[State.SUGGESTED, State.GONE])}

    def _silence(self, row: Opportunity) -> bool:
        """What people act on and nothing is found of any more stays as it was, without the moves that may not be told;
        whether there were some."""
        told, decided = [move for move in row.moves if self.is_told(move)], decision_of(row)
        if len(told) == len(row.moves):
            return False
        if decided is not None and decided not in told:
            row.sentence, row.first_step = str(NOT_TOLD), ""
        row.moves, row.closes = told, self._next_close(told)
        # These speak of moves, by name.
        row.not_known = row.would_change = []
        return True

    def _next_close(self, moves: list[dict[str, Any]]) -> datetime.date | None:
        days = (datetime.date.fromisoformat(move["closes"]) for move in moves if move["closes"])
        return min((day for day in days if day >= self.as_of), default=None)

    def fill_beside(self, row: Opportunity, each: engine.Opportunity) -> None:
        """What the place and the theme say, whatever the moves are."""
        row.stands_out = [{"text": text, "figure": self.figures.get(text, "")} for text in each.stands_out]
        row.under_way = [fact.as_dict() for fact in each.under_way]
        row.helps = [fact.as_dict() for fact in each.helps]
        row.heard, row.not_known = list(each.heard), list(each.not_known)
        row.would_change = list(each.would_change)

    def _compare_moves(self, row: Opportunity, before: list[dict[str, Any]]) -> None:
        """Says which moves are new and which went; a move that only reads otherwise is no change."""
        was, now = {move["id"]: move for move in before}, {move["id"]: move for move in row.moves}
        new = [f"New: {_told(now[id])}" for id in now if id not in was]
        gone = [
            f"An earlier suggestion is no longer made here ({str(KINDS.get(was[id]['kind'], '')).lower()})."
            for id in was
            if id not in now
        ]
        if new or gone:
            self.changed(row, What.CHANGED, [*new, *gone])

    def changed(self, row: Opportunity, what: str, why: list[str]) -> None:
        row.changed_on = self.as_of
        self.changes.append((row.key, what, why))


def compare_spotted(
    footprint: Footprint, found: Mapping[str, engine.Opportunity], stored: StoredList
) -> ready_rows.Statement:
    """The engine's facts beside what people spotted, by its key, where they differ from those that are stored; their
    own words, and whom they named, stay. 1 query."""
    rows = Opportunity.objects.filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, is_spotted=True, key__in=found
    )
    differ = []
    for row in rows.order_by("pk"):
        before, each = _values(row, BESIDE), found[row.key]
        row.score = round(each.score, 1)
        stored.fill_beside(row, each)
        if before != _values(row, BESIDE):
            differ.append((row.pk, _values(row, BESIDE)))
    return ready_rows.update(Opportunity, BESIDE, differ)


def _codes_of(footprint: Footprint) -> Collection[str]:
    """The footprint's places and the authorities in them."""
    return {
        code for pair in footprint.places.values_list("pk", "children") for code in pair if code is not None
    }


def _may_be_over() -> list[Prefetch[Any]]:
    """What an opportunity rests on that closes or ends."""
    return [
        Prefetch("initiatives", Initiative.objects.only("slug", "name", "ends")),
        Prefetch("offers", Offer.objects.only("slug", "name", "closes")),
    ]


def _filled(row: Opportunity) -> tuple[Any, ...]:
    """What the engine and this module write, without the day: that changes every day."""
    return _values(row, [name for name in FILLED if name != "last_seen"])


def _values(row: Opportunity, names: Sequence[str]) -> tuple[Any, ...]:
    """As they are in the table: of what it is linked to the key."""
    return tuple(getattr(row, _ATTRIBUTES[name]) for name in names)


def _told(move: dict[str, Any]) -> str:
    """A new move as the history of the list keeps it: without what young people said, which may be taken back."""
    return "young people asked for something." if move["kind"] == "heard" else str(move["decision"])
