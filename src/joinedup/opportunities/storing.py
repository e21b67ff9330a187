"""Keeps what the engine found as stored opportunities: the list moves gently, and says what moved and why.

The engine has no memory; this is the memory on top of it. What the engine says of an opportunity, its sentence, its
facts and its score, is always stored as it is. Only where an opportunity stands in the list, and whether one that is
still found has its place there, change slowly, so that nobody's list is another one every morning.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Prefetch

from joinedup.engines import matching
from joinedup.engines.matching.opportunity import Because
from joinedup.engines.words import listing
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import silence
from joinedup.opportunities.frames import figure_id
from joinedup.opportunities.models import Move, Opportunity, Run
from joinedup.opportunities.public import NOT_FOR_THE_PUBLIC
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Theme

# A list that nobody reads to its end helps nobody: this many of a kind are kept for each place. One that is on the
# list goes only when it is not among the best LET_GO any more.
KEPT_A_PLACE_AND_KIND, LET_GO = 10, 15
# An opportunity changes its place when its score (0 to 100) has changed by this much since it took it.
GENTLE = 3.0
# So many records that changed are named in a reason.
NAMED = 3
# A part of the strength that changed by less than this explains no move.
SEEN = 0.02
# What it means when a part of the strength grows, and when it shrinks.
MOVED = {
    "gap": ("Need is higher there, or less is recorded", "Need is lower there, or more is recorded"),
    "fit": ("The partners fit it better", "The partners fit it less well"),
    "effect": ("The evidence is stronger", "The evidence is weaker"),
    "urgency": ("It is more urgent", "It is less urgent"),
    "newness": (
        "The partners it names are linked less than before",
        "The partners it names work together more",
    ),
}
# What was set aside comes back to be looked at again after half a year.
SET_ASIDE_FOR = datetime.timedelta(days=182)
# Why something moved of which nothing else changed.
REWEIGHED = "The partnership changed what counts."
FILLED = [
    "place", "theme", "score", "placed", "sentence", "because", "first_step", "components", "would_change",
    "sectors_needed", "is_ask", "marking", "last_seen", "state", "reason", "changed_on",
]  # fmt: skip
# The tables of the engine whose records an opportunity is linked to, and by which field.
TABLES = {"partners": "parties", "initiatives": "initiatives", "offers": "offers"}
LINKED = ("parties", "initiatives", "offers", "figures")


@dataclass(frozen=True)
class Changed:
    """Which records changed since the last run, and which its reader may see now, by table, as ids. Nothing is said
    of a record that is shared no longer. `is_reweighed`: the parts of a strength count otherwise than then."""

    records: Mapping[str, Collection[str]] = field(default_factory=dict)
    seen: Mapping[str, Collection[str]] = field(default_factory=dict)
    is_reweighed: bool = False
    # By place and theme, the names of local action that is new or changed there.
    action: Mapping[tuple[str, str | None], Sequence[str]] = field(default_factory=dict)

    def names(self, row: Opportunity) -> list[str]:
        """What changed of that which an opportunity rests on, or rested on, and of the action beside it."""
        own = [
            str(record)
            for table in TABLES
            for record in self.still_seen(row, table)
            if record.slug in self.records.get(table, ())
        ]
        beside = self.action.get((row.place_id, row.theme_id or None), ())
        said = [f"“{name}” is new or changed." for name in dict.fromkeys([*own, *beside[:NAMED]])]
        if len(beside) > NAMED:
            said.append(f"And {len(beside) - NAMED} more there.")
        return [*said, REWEIGHED] if self.is_reweighed else said

    def still_seen(self, row: Opportunity, table: str) -> list[Any]:
        """The partners, initiatives or offers it rests on that its reader may still see."""
        return [each for each in getattr(row, TABLES[table]).all() if each.slug in self.seen.get(table, ())]


@dataclass
class Book:
    """The stored opportunities of one partnership and one kind of reader, in some places, on a day."""

    footprint: Footprint
    audience: str
    as_of: datetime.date
    places: Collection[str]
    changed: Changed = field(default_factory=Changed)

    def __post_init__(self) -> None:
        self.moves: list[Move] = []

    def keep(self, every: list[matching.Opportunity]) -> int:
        """Store what was found in these places, best first, up to `LET_GO` of a kind a place. Call it inside a
        transaction. Returns how many are on the list; the number of queries does not depend on how many those are."""
        held = {row.key: row for row in self._held()}
        listed = self.listed(every, held)
        rows, fresh, differ, links = {}, [], [], {}
        for each in listed:
            row = held.get(each.id)
            if row is None:
                row = self._new(each)
                fresh.append(row)
            else:
                links[each.id] = {name: [to.pk for to in getattr(row, name).all()] for name in LINKED}
                if self._renew(row, each):
                    differ.append(row)
            rows[each.id] = row
        differ += self._gone([row for key, row in held.items() if key not in rows], every)
        Opportunity.objects.bulk_create(fresh, batch_size=500)
        Opportunity.objects.bulk_update(differ, FILLED, batch_size=200)
        seen = [row.pk for row in rows.values()]
        Opportunity.objects.filter(pk__in=seen).exclude(last_seen=self.as_of).update(last_seen=self.as_of)
        _join({key: row.pk for key, row in rows.items()}, listed, links)
        if self.audience == Run.Audience.PARTNERSHIP:
            Move.objects.bulk_create(self.moves, batch_size=500)
        return len(listed)

    def _new(self, each: matching.Opportunity) -> Opportunity:
        row = Opportunity(
            key=each.id, footprint=self.footprint, audience=self.audience, first_seen=self.as_of, kind=each.kind,
            placed=each.score,
        )  # fmt: skip
        self._fill(row, each)
        self._moved(row, Move.What.NEW, [])
        return row

    def _renew(self, row: Opportunity, each: matching.Opportunity) -> bool:
        """Put down what the engine says of it now; whether anything differs from what is stored."""
        before, components, was_ask = _filled(row), row.components, row.is_ask
        self._return(row)
        self._fill(row, each)
        self._compare(row, each, components, was_ask)
        return before != _filled(row)

    def _gone(self, rows: list[Opportunity], every: list[matching.Opportunity]) -> list[Opportunity]:
        """Those that nobody took up yet and that have no place on the list any more."""
        gone = [row for row in rows if row.state == Opportunity.State.SUGGESTED]
        found = {each.id for each in every}
        # Where as many are found as were asked for, more may be found that rank lower.
        number = Counter((each.place, each.kind) for each in every)
        for row in gone:
            outranked = row.key in found or number[row.place_id, row.kind] >= LET_GO
            self._moved(row, Move.What.GONE, self._why_gone(row, outranked))
            row.state = Opportunity.State.GONE
        return gone

    def _held(self) -> list[Opportunity]:
        """What is stored of these places, with what it rests on."""
        rows = Opportunity.objects.filter(footprint=self.footprint, audience=self.audience, is_spotted=False)
        return list(
            rows.filter(place__in=self.places).prefetch_related(
                Prefetch("parties", Partner.objects.only("slug", "name")),
                Prefetch("initiatives", Initiative.objects.only("slug", "name", "ends")),
                Prefetch("offers", Offer.objects.only("slug", "name", "closes")),
                Prefetch("figures", Figure.objects.only("pk")),
            )
        )

    def listed(
        self, every: list[matching.Opportunity], held: Mapping[str, Opportunity]
    ) -> list[matching.Opportunity]:
        """New ones have to be among the best; those that are there may fall a little further."""
        if self.audience == Run.Audience.PUBLIC:
            told = (
                in_public(each)
                for each in every
                if not each.not_public and each.kind not in NOT_FOR_THE_PUBLIC
            )
            every = [each for each in told if each is not None]
            if self.footprint.is_held(self.as_of):
                # What is new waits for a run after that day.
                every = [each for each in every if each.id in held]
        listed = {key for key, row in held.items() if row.state != Opportunity.State.GONE}
        nth: Counter[tuple[str, str]] = Counter()
        found = []
        for each in self._one_an_offer(every, listed):
            nth[each.place, each.kind] += 1
            if nth[each.place, each.kind] <= (LET_GO if each.id in listed else KEPT_A_PLACE_AND_KIND):
                found.append(each)
        return found

    def _one_an_offer(
        self, every: list[matching.Opportunity], listed: Collection[str]
    ) -> Iterator[matching.Opportunity]:
        """The same fund for three themes is one thing to read about: on the theme for which it fits best, or the one
        that is on the list already, if that is nearly as good. It says for which others it is open too."""
        same: dict[tuple[str, ...], list[matching.Opportunity]] = {}
        for each in every:
            if each.kind == "untapped_support":
                same.setdefault((each.place, *each.offers), []).append(each)
        names = dict(Theme.objects.values_list("slug", "name")) if same else {}
        told: dict[str, matching.Opportunity] = {}
        for group in same.values():
            near = [e for e in group if e.id in listed and e.score > group[0].score - GENTLE]
            first = (near or group)[0]
            others = [names.get(e.theme, e.theme) for e in group if e is not first]
            fact = Because(
                f"It is open there for other themes too: {listing(others)}.", ("offer", first.offers[0])
            )
            told[first.id] = replace(first, because=[*first.because, fact]) if others else first
        for each in every:
            if each.kind != "untapped_support":
                yield each
            elif each.id in told:
                yield told[each.id]

    def _return(self, row: Opportunity) -> None:
        long_aside = (
            row.state == Opportunity.State.DISMISSED
            and row.decided_on is not None
            and row.decided_on + SET_ASIDE_FOR <= self.as_of
        )
        if row.state == Opportunity.State.GONE or long_aside:
            aside = "" if row.state == Opportunity.State.GONE else "It was set aside half a year ago."
            self._moved(row, Move.What.BACK, [aside] if aside else self.changed.names(row))
            row.state, row.reason = Opportunity.State.SUGGESTED, ""

    def _fill(self, row: Opportunity, each: matching.Opportunity) -> None:
        document = each.as_dict()
        row.place_id, row.theme_id = each.place, each.theme or None
        row.score, row.sentence, row.first_step = each.score, each.sentence, each.first_step
        row.because, row.would_change = document["because"], document["would_change"]
        row.components = document["components"]
        row.sectors_needed = [p.removeprefix("sector:") for p in each.parties if p.startswith("sector:")]
        row.is_ask = each.ask
        if each.only_parties:
            row.marking = "named"
        else:
            row.marking = "public" if self.audience == Run.Audience.PUBLIC else "partnership"
        row.last_seen = self.as_of

    def _compare(
        self, row: Opportunity, each: matching.Opportunity, components: Mapping[str, float], was_ask: bool
    ) -> None:
        """Says whether it moved, or what it says of whom is another thing; puts it in its place."""
        placed = each.score if row.placed is None else row.placed
        if abs(each.score - placed) >= GENTLE:
            row.placed = each.score
            what = Move.What.UP if each.score > placed else Move.What.DOWN
            self._moved(row, what, self._why_moved(row, each, components))
            return
        # Who weighs otherwise wants the list to say so, at once and in all its places.
        row.placed = each.score if self.changed.is_reweighed else placed
        named = {partner.slug for partner in row.parties.all()}
        parties = {p for p in each.parties if not p.startswith("sector:")}
        if named != parties:
            left = [
                f"{partner} is no longer named."
                for partner in self.changed.still_seen(row, "partners")
                if partner.slug not in parties
            ]
            new = ["Others are named."] if parties - named else []
            self._moved(row, Move.What.CHANGED, [*left, *new, *self.changed.names(row)])
        elif was_ask != row.is_ask:
            asks = "It is a question now: the record is not complete enough for a claim."
            sure = "It is no longer only a question: the record is complete enough."
            self._moved(row, Move.What.CHANGED, [asks if row.is_ask else sure])

    def _why_moved(
        self, row: Opportunity, each: matching.Opportunity, before: Mapping[str, float]
    ) -> list[str]:
        return [*self.changed.names(row), *parts_moved(before, each.components)]

    def _why_gone(self, row: Opportunity, outranked: bool) -> list[str]:
        closed = [
            f"“{offer}” closed on {_day(offer.closes)}."
            for offer in self.changed.still_seen(row, "offers")
            if offer.closes and offer.closes < self.as_of
        ]
        ended = [
            f"“{initiative}” ended on {_day(initiative.ends)}."
            for initiative in self.changed.still_seen(row, "initiatives")
            if initiative.ends and initiative.ends < self.as_of
        ]
        if closed or ended:
            return closed + ended
        if outranked:
            return ["It is no longer among the best of its kind there.", *self.changed.names(row)]
        return self.changed.names(row) or ["What it rested on is no longer so."]

    def _moved(self, row: Opportunity, what: Move.What, why: list[str]) -> None:
        row.changed_on = self.as_of
        self.moves.append(Move(opportunity=row, what=what, why=why))


def in_public(each: matching.Opportunity) -> matching.Opportunity | None:
    """An opportunity in words that the public may read: without what is not recorded, and without its first step, which
    asks something of a body by its name. None where nothing else is left to say."""
    sentence = silence.without_need(silence.without(each.sentence))
    if not sentence or silence.is_silent(sentence) or silence.is_silent(silence.without(each.first_step)):
        return None
    told = [replace(fact, text=silence.told(fact.text)) for fact in each.because]
    because = [fact for fact in told if fact.text]
    if each.because and not because:
        return None
    return replace(
        each,
        sentence=sentence,
        first_step="",
        because=because,
        would_change=[text for text in each.would_change if not silence.is_silent(text)],
    )


def parts_moved(before: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Which parts of a strength (0 to 1) grew or shrank so that it can be seen, in words and with both numbers."""
    changes = [(words, before.get(name, 0.0), now[name]) for name, words in MOVED.items()]
    return [
        f"{more if new > old else less} ({old:.2f} before, {new:.2f} now)."
        for (more, less), old, new in changes
        if abs(new - old) >= SEEN
    ]


def _filled(row: Opportunity) -> dict[str, object]:
    """What the engine and this module write, without the day: that changes every day."""
    keys = {"place": "place_id", "theme": "theme_id"}
    return {name: getattr(row, keys.get(name, name)) for name in FILLED if name != "last_seen"}


def _day(value: datetime.date) -> str:
    return f"{value.day} {value:%B %Y}"


def _join(
    rows: Mapping[str, int], found: list[matching.Opportunity], linked: Mapping[str, Mapping[str, list[int]]]
) -> None:
    """The links from each opportunity to its parties, initiatives, offers and figures, where they differ."""
    codes = {
        "parties": {each.id: [p for p in each.parties if not p.startswith("sector:")] for each in found},
        "initiatives": {each.id: each.initiatives for each in found},
        "offers": {each.id: each.offers for each in found},
        "figures": {each.id: [figure_name(fact.as_dict()) for fact in each.because] for each in found},
    }
    models: dict[str, Any] = {"parties": Partner, "initiatives": Initiative, "offers": Offer}
    for name, wanted in codes.items():
        every = {code for each in wanted.values() for code in each if code}
        if name == "figures":
            figures = Figure.objects.filter(indicator__in={code.partition("@")[0] for code in every})
            ids = {figure_id(i, p): pk for i, p, pk in figures.values_list("indicator", "place_id", "pk")}
        else:
            ids = dict(models[name].objects.filter(slug__in=every).values_list("slug", "pk"))
        differ = {}
        for key, each in wanted.items():
            now = [ids[code] for code in dict.fromkeys(each) if code in ids]
            if set(now) != set(linked.get(key, {}).get(name, [])):
                differ[rows[key]] = now
        replace_links(name, differ)


def figure_name(fact: Mapping[str, object]) -> str:
    """The published figure that a `because` fact came from, as `indicator@place`; empty for other facts."""
    figure = fact.get("figure")
    return str(figure.get("id", "")) if isinstance(figure, dict) else ""


def replace_links(field_name: str, wanted: Mapping[int, list[int]]) -> None:
    """Replace the links of some opportunities (by pk) to records of one kind, in bulk."""
    through = getattr(Opportunity, field_name).through
    column = f"{getattr(Opportunity, field_name).field.m2m_reverse_field_name()}_id"
    pks = list(wanted)
    for start in range(0, len(pks), 500):
        through.objects.filter(opportunity_id__in=pks[start : start + 500]).delete()
    through.objects.bulk_create(
        [through(opportunity_id=pk, **{column: other}) for pk, others in wanted.items() for other in others],
        batch_size=1000,
    )
