"""Runs the engine on a partnership's records, for each kind of reader, and keeps what it found."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from joinedup.engines.opportunities import Move, Opportunity, Result, Settings, opportunities
from joinedup.engines.opportunities.caps import LEAST, capped
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Candidate
from joinedup.engines.opportunities.page import opportunity as alone
from joinedup.engines.opportunities.run import weighed
from joinedup.engines.opportunities.strength import Weights
from joinedup.mail.turns import let_others_write
from joinedup.offline.match.visibility import FOR_ITS_PARTIES, as_told, is_told
from joinedup.opportunities import coverage, ready_rows
from joinedup.opportunities.list_differences import Differences
from joinedup.opportunities.models import Opportunity as Row
from joinedup.opportunities.models import Run, Touched
from joinedup.opportunities.public import may_be_shown
from joinedup.opportunities.register import Read, read_for, read_for_each
from joinedup.opportunities.silence import in_public
from joinedup.opportunities.stored_list import StoredList, compare_spotted
from joinedup.opportunities.told_still import ToldStill
from joinedup.opportunities.weights import weights_of
from joinedup.places.models import Footprint

# So often lists are worked out before the lock, where records change all the while.
TRIES = 3


# The newest run's key, and when a list was last followed; both None before the first.
LastRun = tuple[int | None, datetime.datetime | None]


class ChangedMeanwhile(Exception):
    """Records changed each time while the lists were worked out."""


@dataclass(frozen=True)
class Found:
    """What a run found for one kind of reader: `result` holds the list. Beside it, never in its counts, strengths or
    caps: `for_parties`, each of which only those it names and the coordinator may see, and `spotted`, by its key."""

    result: Result
    for_parties: tuple[Opportunity, ...]
    spotted: dict[str, Opportunity]
    read: Read


def run(
    footprint: Footprint, audience: str, as_of: datetime.date, *, weights: Weights | None = None
) -> Found:
    """The engine's answer on what this audience may see, by the weights of the partnership or by others."""
    weights = weights or weights_of(footprint)
    return found_in(read_for(footprint, audience, as_of), audience, as_of, weights)


def found_in(read: Read, audience: str, as_of: datetime.date, weights: Weights) -> Found:
    """What the engine finds in these tables, as far as this audience is told of it."""
    settings = Settings(weights=weights)
    for_parties: list[Candidate] = []
    spotted: list[Move] = []

    def told(found: Candidate, context: Context) -> bool:
        if found.kind == "spotted":
            spotted.append(weighed(context, found, weights).worded())
            return False
        if found.kind in FOR_ITS_PARTIES:
            for_parties.append(weighed(context, found, weights))
            return False
        if audience != Run.Audience.PUBLIC:
            return True
        move = found.worded()
        return is_told(move, context, "public") and _spoke_for_itself(move, context) and bool(in_public(move))

    result = opportunities(read.inputs, as_of, settings, told=told)
    if audience == Run.Audience.PUBLIC:
        return Found(_for_public(result), (), {}, read)
    return Found(
        result,
        tuple(_for_parties(for_parties, result.context, settings)),
        {move.about: alone(result.context, move.theme, [move]) for move in spotted},
        read,
    )


def _for_parties(found: Sequence[Candidate], context: Context, settings: Settings) -> Iterator[Opportunity]:
    """One each, for the strongest: no body is asked to compare notes with more than its share of others. There are as
    many as there are pairs of bodies that do alike work."""
    strong = (each for each in found if each.strength >= LEAST)
    for each in capped(strong, settings.per_body, []):
        move = each.worded()
        yield replace(alone(context, move.theme, [move]), apart=move.id)


def _spoke_for_itself(move: Move, context: Context) -> bool:
    """Whether every body and every action that it names has said that its record is true, or said yes to it: of
    others nothing is told in public (see `public`)."""
    register = context.register
    said = {
        answer.partner
        for answer in register.answers
        if answer.answer != "not_us" and (answer.about in move.records or answer.theme == move.theme)
    }
    actions = [register.actions[id] for id in move.initiatives]
    return all(register.partners[id].confirmed or id in said for id in move.partners) and all(
        action.confirmed and action.partner.confirmed for action in actions
    )


def _for_public(result: Result) -> Result:
    """In words that the public may read: what is to be settled, and what is not recorded, is for those who act."""
    kept = []
    for each in result.opportunities:
        moves = [told for move in each.moves if (told := in_public(as_told(move, "public"))) is not None]
        kept.append(replace(each, moves=tuple(moves), not_known=(), under_way=(), would_change=()))
    return replace(result, opportunities=tuple(kept), gaps=())


@dataclass(frozen=True)
class Lists:
    """A partnership's lists as they are worked out, with the notes of changes and the weights they rest on."""

    footprint: Footprint
    as_of: datetime.date
    found: Mapping[str, Found]
    touched: tuple[int, ...]
    weights: Weights


@dataclass(frozen=True)
class Ready:
    """What is to be written for one kind of reader: of the list, unless that stays as it is, and of what stands beside
    it."""

    differences: Differences | None
    beside: Sequence[ready_rows.Statement]

    def store(self) -> int:
        """Returns how many are on the list."""
        if self.differences is not None:
            self.differences.store()
        for statement in self.beside:
            statement.run()
        return self.differences.number if self.differences is not None else 0


@dataclass
class Worked:
    """Lists that are worked out and not stored yet, and what is to be written for each kind of reader so that they are.
    `last_run`: the newest of the partnership, as it was when that was compared. `unfinished`: the note (pk) of what is
    left once the lists are stored."""

    lists: Lists
    ready: Mapping[str, Ready]
    last_run: LastRun
    unfinished: int | None = None

    @property
    def footprint(self) -> Footprint:
        return self.lists.footprint

    @property
    def as_of(self) -> datetime.date:
        return self.lists.as_of


@contextmanager
def worked_out(
    footprint: Footprint,
    as_of: datetime.date,
    *,
    weights: Weights | None = None,
    audiences: Collection[str] = tuple(Run.Audience.values),
    only_spotted: bool = False,
    insist: bool = True,
) -> Iterator[Worked]:
    """The lists for some kinds of reader, inside a transaction that has locked the partnership, to be stored in it.

    `weights`: what the partnership will weigh by, for who writes them in this transaction; else those that it has.
    `only_spotted`: of what is stored only what stands beside what people spotted is to follow.

    Call it outside any transaction: the lists are worked out before it, and compared with what is stored, as that takes
    seconds in which nobody else could write on SQLite. Where records were changed meanwhile both begin again, so that
    nothing is stored that names what has just been hidden; where only the stored list was, such as by who took
    something up, it is compared again. Where that happens each of `TRIES` times, the last is inside; unless `insist`,
    it raises `ChangedMeanwhile`.

    What comes in crowds is stored after the transaction, in steps: see `list_differences.Differences.later`.
    """
    with _locked(footprint, as_of, weights, audiences, only_spotted, insist) as worked:
        yield worked
    _store_later(worked)


@contextmanager
def _locked(
    footprint: Footprint,
    as_of: datetime.date,
    weights: Weights | None,
    audiences: Collection[str],
    only_spotted: bool,
    insist: bool,
) -> Iterator[Worked]:
    lists: Lists | None = None
    for left in reversed(range(TRIES)):
        lists = lists or _work_out(footprint, as_of, weights, audiences)
        worked = _compared(lists, only_spotted)
        with transaction.atomic():
            # Two who ask at once: the second waits here, and finds what the first wrote.
            Footprint.objects.select_for_update(no_key=True).get(pk=footprint.pk)
            if not _still_holds(lists, weights):
                lists = None
            elif _is_still_stored(worked):
                yield worked
                return
            if not left:
                if not insist:
                    raise ChangedMeanwhile
                yield _compared(lists or _work_out(footprint, as_of, weights, audiences), only_spotted)
                return


def _work_out(
    footprint: Footprint, as_of: datetime.date, weights: Weights | None, audiences: Collection[str]
) -> Lists:
    # First: a change that is written meanwhile stays to be followed.
    touched, weights = _touched(footprint), weights or weights_of(footprint)
    every = read_for_each(footprint, audiences, as_of)
    return Lists(footprint, as_of, _find(every, as_of, weights), touched, weights)


def _find(every: Mapping[str, Read], as_of: datetime.date, weights: Weights) -> dict[str, Found]:
    return {audience: found_in(read, audience, as_of, weights) for audience, read in every.items()}


def _compared(lists: Lists, only_spotted: bool) -> Worked:
    # First: what is stored meanwhile is a newer run.
    last_run = _last_run(lists.footprint)
    compare = _compare_spotted if only_spotted else _compare
    return Worked(lists, {audience: compare(lists, audience) for audience in lists.found}, last_run)


def _compare(lists: Lists, audience: str) -> Ready:
    """What to store of what a run says of the footprint's own places."""
    footprint, found = lists.footprint, lists.found[audience]
    is_told = ToldStill(footprint, audience, found.read, found.result.context)
    stored = StoredList(footprint, audience, lists.as_of, found.read.figures, is_told)
    differences = stored.compare(found.result.opportunities, found.for_parties)
    if audience == Run.Audience.PUBLIC:
        return Ready(differences, [])
    # A grid says where nothing is recorded: it is for the partnership alone.
    cells = coverage.compare(footprint, found.result, found.read.unplaced)
    return Ready(differences, [*cells, compare_spotted(footprint, found.spotted, stored)])


def _compare_spotted(lists: Lists, audience: str) -> Ready:
    found = lists.found[audience]
    stored = StoredList(lists.footprint, audience, lists.as_of, found.read.figures)
    return Ready(None, [compare_spotted(lists.footprint, found.spotted, stored)])


def _still_holds(lists: Lists, weights: Weights | None) -> bool:
    return _touched(lists.footprint) == lists.touched and (
        weights is not None or weights_of(lists.footprint) == lists.weights
    )


def _is_still_stored(worked: Worked) -> bool:
    return _last_run(worked.footprint) == worked.last_run and all(
        each.differences is None or each.differences.still_hold() for each in worked.ready.values()
    )


def _last_run(footprint: Footprint) -> LastRun:
    """Whoever stores a list leaves another one."""
    found = Run.objects.filter(footprint=footprint).aggregate(made=Max("pk"), followed=Max("followed_at"))
    return found["made"], found["followed"]


def _touched(footprint: Footprint) -> tuple[int, ...]:
    return tuple(Touched.objects.filter(footprint=footprint).order_by("pk").values_list("pk", flat=True))


def keep_runs(worked: Worked) -> list[Run]:
    """A run for every kind of reader, stored; call it inside `worked_out`."""
    return [
        Run.objects.create(footprint=worked.footprint, audience=audience, as_of=worked.as_of, found=number)
        for audience, number in _stored(worked).items()
    ]


def _store_later(worked: Worked) -> None:
    """What is left, step by step. It stops where records changed, or somebody else stored the lists: its note was not
    the only one, or is gone. Then the note stays for who follows it, as it does where this is killed."""
    footprint = worked.footprint
    left = [
        (ready.differences, each)
        for ready in worked.ready.values()
        if ready.differences is not None
        for each in ready.differences.later
    ]
    while worked.unfinished is not None and left:
        let_others_write()
        (differences, some), *left = left
        with transaction.atomic():
            Footprint.objects.select_for_update(no_key=True).get(pk=footprint.pk)
            if _touched(footprint) != (worked.unfinished,) or not differences.can_be_stored():
                return
            some.store(footprint, differences.audience)
            if not left:
                Touched.objects.filter(pk=worked.unfinished).delete()


def _stored(worked: Worked) -> dict[str, int]:
    """How many are on the list of each kind of reader, now that it is stored. No note remains, or one that some is left
    to be stored."""
    numbers = {audience: ready.store() for audience, ready in worked.ready.items()}
    if Run.Audience.PUBLIC in numbers:
        note_shown(worked.footprint, worked.as_of)
    if touched := worked.lists.touched:
        Touched.objects.filter(footprint=worked.footprint, pk__in=touched).delete()
    if any(ready.differences is not None and ready.differences.later for ready in worked.ready.values()):
        note = Touched.objects.create(footprint=worked.footprint, what=Row._meta.label_lower)
        worked.unfinished = note.pk
    return numbers


def follow(footprint: Footprint, as_of: datetime.date | None = None) -> int:
    """Work the list out again if anything changed since; returns how many opportunities are on it.

    A register is worked out whole in well under a second, so there is no second way to follow a change: the stored
    list is what a run would have stored. Where nothing was worked out yet, nothing happens: a coordinator starts it.
    Nor where records change all the while: the note of it waits for who changed them last, or for the worker.
    """
    waiting, runs = Touched.objects.filter(footprint=footprint), Run.objects.filter(footprint=footprint)
    if not runs.exists():
        waiting.delete()
    if not waiting.exists():
        return 0
    try:
        with worked_out(footprint, as_of or timezone.localdate(), insist=False) as worked:
            return _keep_followed(worked)
    except ChangedMeanwhile:
        return 0


def _keep_followed(worked: Worked) -> int:
    runs, numbers = Run.objects.filter(footprint=worked.footprint), _stored(worked)
    for audience, number in numbers.items():
        last = runs.filter(audience=audience).values("pk")[:1]
        runs.filter(pk__in=list(last.values_list("pk", flat=True))).update(
            followed_at=timezone.now(), found=number
        )
    return max(numbers.values())


def follow_spotted(footprint: Footprint, as_of: datetime.date) -> None:
    """The engine's facts beside what people spotted, as they are now; the list itself stays."""
    audiences = [Run.Audience.PARTNERSHIP]
    with worked_out(footprint, as_of, audiences=audiences, only_spotted=True) as worked:
        worked.ready[Run.Audience.PARTNERSHIP].store()


def note_shown(footprint: Footprint, on: datetime.date) -> None:
    """Remember of what the public may read now since when it may: nothing else becomes public while the partnership
    publishes nothing new."""
    if not footprint.is_held(on):
        Row.objects.filter(may_be_shown(on), footprint=footprint, shown_since=None).update(shown_since=on)
