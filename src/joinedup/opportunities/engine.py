"""Runs the engine on a partnership's records, for each kind of reader, and keeps what it found."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from joinedup.engines.opportunities import Move, Opportunity, Result, Settings, opportunities
from joinedup.engines.opportunities.caps import LEAST
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Candidate
from joinedup.engines.opportunities.page import opportunity as alone
from joinedup.engines.opportunities.run import weighed
from joinedup.engines.opportunities.strength import Weights
from joinedup.offline.match.visibility import FOR_ITS_PARTIES, as_told, is_told
from joinedup.opportunities import coverage
from joinedup.opportunities.models import Opportunity as Row
from joinedup.opportunities.models import Run, Touched
from joinedup.opportunities.public import may_be_shown
from joinedup.opportunities.register import Read, read_for, read_for_each
from joinedup.opportunities.silence import in_public
from joinedup.opportunities.stored_list import StoredList, fill_spotted
from joinedup.opportunities.weights import weights_of
from joinedup.places.models import Footprint

# So often lists are worked out before the lock, where records change all the while.
TRIES = 3


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
    apart: list[Move] = []

    def told(found: Candidate, context: Context) -> bool:
        if found.kind in FOR_ITS_PARTIES or found.kind == "spotted":
            apart.append(weighed(context, found, weights).worded())
            return False
        if audience != Run.Audience.PUBLIC:
            return True
        move = found.worded()
        return is_told(move, context, "public") and _spoke_for_itself(move, context) and bool(in_public(move))

    result = opportunities(read.inputs, as_of, Settings(weights=weights), told=told)
    if audience == Run.Audience.PUBLIC:
        return Found(_for_public(result), (), {}, read)
    return Found(
        result,
        tuple(
            replace(alone(result.context, move.theme, [move]), apart=move.id)
            for move in apart
            if move.kind in FOR_ITS_PARTIES and move.strength >= LEAST
        ),
        {move.about: alone(result.context, move.theme, [move]) for move in apart if move.kind == "spotted"},
        read,
    )


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
class Worked:
    """A partnership's lists, worked out and not stored yet, with the notes of changes and the weights they rest on."""

    footprint: Footprint
    as_of: datetime.date
    found: Mapping[str, Found]
    touched: tuple[int, ...]
    weights: Weights


@contextmanager
def worked_out(
    footprint: Footprint,
    as_of: datetime.date,
    *,
    weights: Weights | None = None,
    audiences: Collection[str] = tuple(Run.Audience.values),
    insist: bool = True,
) -> Iterator[Worked]:
    """The lists for some kinds of reader, inside a transaction that has locked the partnership, to be stored in it.

    `weights`: what the partnership will weigh by, for who writes them in this transaction; else those that it has. Call
    it outside any transaction: the lists are worked out before it, as that takes seconds in which nobody else could
    write on SQLite, and again if something was changed meanwhile, so that nothing is stored that names what has just
    been hidden. Where that happens each of `TRIES` times, the last is inside; unless `insist`, it raises
    `ChangedMeanwhile`.
    """
    for left in reversed(range(TRIES)):
        worked = _work_out(footprint, as_of, weights, audiences)
        with transaction.atomic():
            # Two who ask at once: the second waits here, and finds what the first wrote.
            Footprint.objects.select_for_update().get(pk=footprint.pk)
            if not _still_holds(worked, weights):
                if left:
                    continue
                if not insist:
                    raise ChangedMeanwhile
                worked = _work_out(footprint, as_of, weights, audiences)
            yield worked
            return


def _work_out(
    footprint: Footprint, as_of: datetime.date, weights: Weights | None, audiences: Collection[str]
) -> Worked:
    # First: a change that is written meanwhile stays to be followed.
    touched, weights = _touched(footprint), weights or weights_of(footprint)
    every = read_for_each(footprint, audiences, as_of)
    found = {audience: found_in(every[audience], audience, as_of, weights) for audience in audiences}
    return Worked(footprint, as_of, found, touched, weights)


def _still_holds(worked: Worked, weights: Weights | None) -> bool:
    return _touched(worked.footprint) == worked.touched and (
        weights is not None or weights_of(worked.footprint) == worked.weights
    )


def _touched(footprint: Footprint) -> tuple[int, ...]:
    return tuple(Touched.objects.filter(footprint=footprint).order_by("pk").values_list("pk", flat=True))


def keep_runs(worked: Worked) -> list[Run]:
    """A run for every kind of reader, stored; call it inside `worked_out`."""
    runs = []
    for audience, found in worked.found.items():
        number = store(worked.footprint, audience, worked.as_of, found)
        runs.append(
            Run.objects.create(
                footprint=worked.footprint, audience=audience, as_of=worked.as_of, found=number
            )
        )
    _forget_touched(worked)
    return runs


def _forget_touched(worked: Worked) -> None:
    if worked.touched:
        Touched.objects.filter(footprint=worked.footprint, pk__in=worked.touched).delete()


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
    number, runs = 0, Run.objects.filter(footprint=worked.footprint)
    for audience, found in worked.found.items():
        kept = store(worked.footprint, audience, worked.as_of, found)
        number = max(number, kept)
        last = runs.filter(audience=audience).values("pk")[:1]
        runs.filter(pk__in=list(last.values_list("pk", flat=True))).update(
            followed_at=timezone.now(), found=kept
        )
    _forget_touched(worked)
    return number


def follow_spotted(footprint: Footprint, as_of: datetime.date) -> None:
    """The engine's facts beside what people spotted, as they are now; the list itself stays."""
    audience = Run.Audience.PARTNERSHIP
    with worked_out(footprint, as_of, audiences=[audience]) as worked:
        found = worked.found[audience]
        fill_spotted(footprint, found.spotted, StoredList(footprint, audience, as_of, found.read.figures))


def store(footprint: Footprint, audience: str, as_of: datetime.date, found: Found) -> int:
    """Store what a run says of the footprint's own places."""
    stored = StoredList(footprint, audience, as_of, found.read.figures)
    number = stored.keep(found.result.opportunities, found.for_parties)
    if audience == Run.Audience.PUBLIC:
        note_shown(footprint, as_of)
    else:
        # A grid says where nothing is recorded: it is for the partnership alone.
        coverage.keep(footprint, found.result, found.read.unplaced)
        fill_spotted(footprint, found.spotted, stored)
    return number


def note_shown(footprint: Footprint, on: datetime.date) -> None:
    """Remember of what the public may read now since when it may: nothing else becomes public while the partnership
    publishes nothing new."""
    if not footprint.is_held(on):
        Row.objects.filter(may_be_shown(on), footprint=footprint, shown_since=None).update(shown_since=on)
