"""Keeps what the engine found as stored opportunities, and says what changed in the list, and why.

The engine has no memory; this is the memory on top of it. That a strength went up or down is no change that anybody is
told of: new, gone, or other moves are.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch, Q

from joinedup.engines import opportunities as engine
from joinedup.engines.words import day
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import KINDS, ListChange, Opportunity, Run
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer

# What was set aside comes back to be looked at again after half a year.
SET_ASIDE_FOR = datetime.timedelta(days=182)
FILLED = [
    "kind", "marking", "place", "theme", "score", "closes", "sentence", "first_step", "moves", "stands_out",
    "under_way", "helps", "heard", "not_known", "would_change", "last_seen", "state", "reason", "changed_on",
]  # fmt: skip
LINKED = ("parties", "initiatives", "offers", "figures", "places")
What = ListChange.What


class StoredList:
    """The stored opportunities of one partnership for one kind of reader, as a run of that day finds them.

    `figures`: the figure that each fact of a need comes from, by its text.
    """

    def __init__(
        self, footprint: Footprint, audience: str, as_of: datetime.date, figures: Mapping[str, str]
    ) -> None:
        self.footprint, self.audience, self.as_of, self.figures = footprint, audience, as_of, figures
        self.changes: list[ListChange] = []
        self.own = _codes_of(footprint)

    def keep(
        self, found: Sequence[engine.Opportunity], for_parties: Sequence[engine.Opportunity] = ()
    ) -> int:
        """Store what was found, best first. Call it inside a transaction. Returns how many are on the list; the number
        of queries does not depend on how many those are."""
        held = {row.key: row for row in self._held()}
        found = [each for each in found if self.is_here(each) and each.moves]
        if self.audience == Run.Audience.PUBLIC and self.footprint.is_held(self.as_of):
            # What is new waits for a run after that day.
            found = [each for each in found if each.id in held]
        named = [each for each in for_parties if self.is_here(each)]
        every = [(each, self._marking()) for each in found] + [(each, "named") for each in named]
        rows: dict[str, Opportunity] = {}
        fresh, differ = [], []
        for each, marking in every:
            row = held.get(each.id)
            if row is None:
                row = Opportunity(
                    key=each.id,
                    footprint=self.footprint,
                    audience=self.audience,
                    first_seen=self.as_of,
                )
                self.fill(row, each, marking)
                self.changed(row, What.NEW, [])
                fresh.append(row)
            elif self._renew(row, each, marking):
                differ.append(row)
            rows[each.id] = row
        self._as_decided(fresh)
        differ += self._gone([row for key, row in held.items() if key not in rows])
        Opportunity.objects.bulk_create(fresh, batch_size=200)
        Opportunity.objects.bulk_update(differ, FILLED, batch_size=100)
        seen = [row.pk for row in rows.values()]
        Opportunity.objects.filter(pk__in=seen).exclude(last_seen=self.as_of).update(last_seen=self.as_of)
        self.link([(rows[each.id], each) for each, _marking in every])
        self.tell()
        return len(found)

    def is_here(self, each: engine.Opportunity) -> bool:
        return any(code in self.own for code in each.places)

    def _as_decided(self, fresh: Sequence[Opportunity]) -> None:
        """A copy for the public that is new begins where the partnership's is: taken up, say, or agreed."""
        if self.audience != Run.Audience.PUBLIC or not fresh:
            return
        undecided = [Opportunity.State.SUGGESTED, Opportunity.State.GONE]
        theirs = {
            row.key: row
            for row in Opportunity.objects.filter(
                footprint=self.footprint,
                audience=Run.Audience.PARTNERSHIP,
                key__in=[row.key for row in fresh],
            ).exclude(state__in=undecided)
        }
        for row in fresh:
            if row.key in theirs:
                for name in ("state", "reason", "decided_by", "decided_on"):
                    setattr(row, name, getattr(theirs[row.key], name))

    def _marking(self) -> str:
        return "public" if self.audience == Run.Audience.PUBLIC else "partnership"

    def _held(self) -> list[Opportunity]:
        rows = Opportunity.objects.filter(footprint=self.footprint, audience=self.audience, is_spotted=False)
        return list(rows.prefetch_related(*linked()))

    def _renew(self, row: Opportunity, each: engine.Opportunity, marking: str) -> bool:
        """Put down what the engine says of it now; whether anything differs from what is stored."""
        before, moves = _filled(row), row.moves
        came_back = self._return(row)
        self.fill(row, each, marking)
        if not came_back:
            self.compare(row, moves)
        return before != _filled(row)

    def _return(self, row: Opportunity) -> bool:
        long_aside = (
            row.state == Opportunity.State.DISMISSED
            and row.decided_on is not None
            and row.decided_on + SET_ASIDE_FOR <= self.as_of
        )
        if row.state != Opportunity.State.GONE and not long_aside:
            return False
        self.changed(row, What.BACK, ["It was set aside half a year ago."] if long_aside else [])
        row.state, row.reason = Opportunity.State.SUGGESTED, ""
        return True

    def _gone(self, rows: list[Opportunity]) -> list[Opportunity]:
        """Those that nobody took up yet and that are not found any more."""
        gone = [row for row in rows if row.state == Opportunity.State.SUGGESTED]
        for row in gone:
            self.changed(row, What.GONE, self._why_gone(row))
            row.state = Opportunity.State.GONE
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
        strongest = each.moves[0]
        row.kind, row.marking = strongest.kind, marking
        row.place_id = next(code for code in each.places if code in self.own)
        row.theme_id = each.theme
        row.score = round(each.score, 1)
        row.closes = min((move.closes for move in each.moves if move.closes), default=None)
        row.sentence, row.first_step = strongest.decision, strongest.first_step
        row.moves = _plain([move.as_dict() for move in each.moves])
        self.fill_beside(row, each)
        row.last_seen = self.as_of

    def fill_beside(self, row: Opportunity, each: engine.Opportunity) -> None:
        """What the place and the theme say, whatever the moves are."""
        row.stands_out = [{"text": text, "figure": self.figures.get(text, "")} for text in each.stands_out]
        row.under_way = [asdict(fact) for fact in each.under_way]
        row.helps = [asdict(fact) for fact in each.helps]
        row.heard, row.not_known = list(each.heard), list(each.not_known)
        row.would_change = list(each.would_change)

    def compare(self, row: Opportunity, before: list[dict[str, Any]]) -> None:
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
        self.changes.append(ListChange(opportunity=row, what=what, why=why))

    def tell(self) -> None:
        """Store what changed: in the partnership's list, whose coordinator reads it."""
        if self.audience == Run.Audience.PARTNERSHIP:
            ListChange.objects.bulk_create(self.changes, batch_size=500)
        self.changes = []

    def link(self, found: Iterable[tuple[Opportunity, engine.Opportunity]]) -> None:
        """The links from each opportunity to its parties, action, support, figures and places, where they differ."""
        pairs = list(found)
        asks = _partners_of_asks(pairs)
        wanted = {
            row.pk: {
                "parties": [party.id for move in each.moves for party in move.parties]
                + [asks[id] for move in each.moves for id in move.asks if id in asks],
                "initiatives": [id for move in each.moves for id in move.initiatives],
                "offers": [id for move in each.moves for id in move.support],
                "figures": [self.figures.get(text, "") for text in each.stands_out],
                "places": [code for code in each.places if code in self.own],
            }
            for row, each in pairs
        }
        held = _held_links([row for row, _each in pairs])
        for name in LINKED:
            ids = _ids(name, {code for each in wanted.values() for code in each[name] if code})
            differ = {}
            for pk, each in wanted.items():
                now = [ids[code] for code in dict.fromkeys(each[name]) if code in ids]
                if set(now) != held[name].get(pk, set()):
                    differ[pk] = now
            replace_links(name, differ)


def fill_spotted(footprint: Footprint, found: Mapping[str, engine.Opportunity], stored: StoredList) -> None:
    """The engine's facts beside what people spotted, by its key; their own words, and whom they named, stay."""
    rows = Opportunity.objects.filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, is_spotted=True, key__in=found
    )
    held = list(rows.prefetch_related("parties"))
    for row in held:
        each = found[row.key]
        row.score = round(each.score, 1)
        stored.fill_beside(row, each)
    Opportunity.objects.bulk_update(
        held,
        ["score", "stands_out", "under_way", "helps", "heard", "not_known", "would_change"],
        batch_size=100,
    )


def _codes_of(footprint: Footprint) -> Collection[str]:
    """The footprint's places and the authorities in them."""
    return {
        code for pair in footprint.places.values_list("pk", "children") for code in pair if code is not None
    }


def linked() -> list[Prefetch[Any]]:
    """What an opportunity rests on, as far as storing it needs that."""
    return [
        Prefetch("initiatives", Initiative.objects.only("slug", "name", "ends")),
        Prefetch("offers", Offer.objects.only("slug", "name", "closes")),
    ]


def _plain(document: Any) -> Any:
    """As it is read back from where it is stored, to be compared with that: lists instead of tuples."""
    return json.loads(json.dumps(document))


def _filled(row: Opportunity) -> dict[str, object]:
    """What the engine and this module write, without the day: that changes every day."""
    keys = {"place": "place_id", "theme": "theme_id"}
    return {name: getattr(row, keys.get(name, name)) for name in FILLED if name != "last_seen"}


def _told(move: dict[str, Any]) -> str:
    """A new move as the history of the list keeps it: without what young people said, which may be taken back."""
    return "young people asked for something." if move["kind"] == "heard" else str(move["decision"])


def _partners_of_asks(pairs: Iterable[tuple[Opportunity, engine.Opportunity]]) -> dict[str, str]:
    """Whose each ask is that a move rests on: that body is named too."""
    ids = {id.removeprefix("ask-") for _row, each in pairs for move in each.moves for id in move.asks}
    held = Ask.objects.filter(pk__in=[int(id) for id in ids if id.isdigit()])
    return {f"ask-{pk}": slug for pk, slug in held.values_list("pk", "partner__slug")}


def _ids(name: str, codes: Collection[str]) -> dict[str, Any]:
    """The key of each record that is named by a code."""
    if name == "places":
        return {code: code for code in codes}
    if name == "figures":
        found = Q(pk__in=[])
        for code in codes:
            indicator, _at, place = code.partition("@")
            found |= Q(indicator=indicator, place=place)
        held = Figure.objects.filter(found, state=Figure.State.NUMBER)
        return {f"{i}@{p}": pk for i, p, pk in held.values_list("indicator", "place_id", "pk")}
    models: dict[str, Any] = {"parties": Partner, "initiatives": Initiative, "offers": Offer}
    return dict(models[name].objects.filter(slug__in=codes).values_list("slug", "pk"))


def _held_links(rows: list[Opportunity]) -> dict[str, dict[int, set[Any]]]:
    """What each of these is linked to now; a query for each kind of record."""
    found: dict[str, dict[int, set[Any]]] = {}
    for name in LINKED:
        column = _column(name)
        through = getattr(Opportunity, name).through.objects.filter(opportunity_id__in=[r.pk for r in rows])
        found[name] = {}
        for pk, other in through.values_list("opportunity_id", column):
            found[name].setdefault(pk, set()).add(other)
    return found


def _column(name: str) -> str:
    return f"{getattr(Opportunity, name).field.m2m_reverse_field_name()}_id"


def replace_links(name: str, wanted: Mapping[int, list[Any]]) -> None:
    """Replace the links of some opportunities (by pk) to records of one kind, in bulk."""
    through = getattr(Opportunity, name).through
    column = _column(name)
    pks = list(wanted)
    for start in range(0, len(pks), 500):
        through.objects.filter(opportunity_id__in=pks[start : start + 500]).delete()
    through.objects.bulk_create(
        [through(opportunity_id=pk, **{column: other}) for pk, others in wanted.items() for other in others],
        batch_size=1000,
    )
