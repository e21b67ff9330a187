"""Runs the matching engine on the stored records: whole, or where records changed; and checks the one by the other."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from joinedup.engines import matching
from joinedup.engines.matching.scene import Scene
from joinedup.opportunities import spotted
from joinedup.opportunities.basis import basis_of, changed_since, remember
from joinedup.opportunities.frames import tables_for, tables_for_each
from joinedup.opportunities.models import Basis, Cell, Opportunity, Run, Touched
from joinedup.opportunities.public import may_be_shown
from joinedup.opportunities.storing import LET_GO, Book, Changed
from joinedup.opportunities.weights import weights_of
from joinedup.places.models import Footprint

# More than these, a message to whoever looks after the installation does not list.
DIFFERENCES_SHOWN = 20


def run(
    footprint: Footprint,
    audience: str,
    as_of: datetime.date,
    *,
    weights: matching.Weights | None = None,
    **options: Any,
) -> matching.Result:
    """The engine's answer on what this audience may see, by the weights of the partnership or by others."""
    weights = weights or weights_of(footprint)
    return matching.opportunities(tables_for(footprint, audience, as_of), as_of, weights=weights, **options)


def keep_runs(footprint: Footprint, as_of: datetime.date, *, check: bool = False) -> list[Run]:
    """A whole run for every kind of reader, stored. Call it inside a transaction.

    With `check`, first says in each run what following every change since the last one had missed.
    """
    # A change that is written meanwhile stays to be followed.
    done = Touched.objects.filter(footprint=footprint).aggregate(last=Max("pk"))["last"]
    every, weights = tables_for_each(footprint, Run.Audience.values, as_of), weights_of(footprint)
    runs = []
    for audience in Run.Audience.values:
        basis = basis_of(footprint, audience)
        missed = _missed(footprint, audience, basis, weights) if check and basis else []
        tables = every[audience]
        result = _found(tables, as_of, weights, None)
        changed = changed_since(basis, tables, as_of, weights)[0]
        found = _keep(footprint, audience, as_of, result, None, changed)
        remember(footprint, audience, as_of, tables, weights)
        runs.append(
            Run.objects.create(
                footprint=footprint, audience=audience, as_of=as_of, found=found, left_out=result.left_out,
                differences=missed,
            )
        )  # fmt: skip
    Cell.objects.filter(footprint=footprint, audience=Run.Audience.PUBLIC).delete()
    if done is not None:
        Touched.objects.filter(footprint=footprint, pk__lte=done).delete()
    return runs


@transaction.atomic
def follow(footprint: Footprint, as_of: datetime.date | None = None) -> int:
    """Work out again what changed records touch, and nothing else; returns in how many places of the partnership.

    The stored list is then what a whole run would have stored. Where nothing was worked out yet, nothing happens: a
    coordinator starts it. On a new day time itself may have changed everything, so that the run is whole.
    """
    as_of = as_of or timezone.localdate()
    Footprint.objects.select_for_update().get(pk=footprint.pk)
    waiting = Touched.objects.filter(footprint=footprint)
    done = waiting.aggregate(last=Max("pk"))["last"]
    bases = {audience: basis_of(footprint, audience) for audience in Run.Audience.values}
    if done is None or any(basis is None for basis in bases.values()):
        waiting.delete()
        return 0
    own = set(footprint.places.values_list("pk", flat=True))
    if any(basis is not None and basis.as_of != as_of for basis in bases.values()):
        # The first change after midnight takes the night's place where no worker runs.
        keep_runs(footprint, as_of, check=True)
        return len(own)
    every, weights = tables_for_each(footprint, bases, as_of), weights_of(footprint)
    followed: set[str] = set()
    for audience, basis in bases.items():
        tables = every[audience]
        changed, touched = changed_since(basis, tables, as_of, weights)
        places = own if touched is None else own & touched
        followed |= places
        if places:
            inside = None if places == own else places
            found = _found(tables, as_of, weights, inside)
            _keep(footprint, audience, as_of, found, inside, changed)
        if touched is None or touched:
            remember(footprint, audience, as_of, tables, weights)
    waiting.filter(pk__lte=done).delete()
    latest = (
        Run.objects.filter(footprint=footprint).values("audience").annotate(last=Max("pk")).values("last")
    )
    Run.objects.filter(pk__in=list(latest.values_list("last", flat=True))).update(followed_at=timezone.now())
    return len(followed)


def _found(
    tables: matching.Tables, as_of: datetime.date, weights: matching.Weights, places: Collection[str] | None
) -> matching.Result:
    return matching.opportunities(tables, as_of, per_place_and_kind=LET_GO, places=places, weights=weights)


def _keep(
    footprint: Footprint,
    audience: str,
    as_of: datetime.date,
    result: matching.Result,
    places: Collection[str] | None,
    changed: Changed,
) -> int:
    """Store what a run says of the footprint's own places, or of some of them: figures by ward sharpen the need of the
    whole; a list by ward would be the same ten things forty times."""
    own = set(footprint.places.values_list("pk", flat=True) if places is None else places)
    book = Book(footprint, audience, as_of, own, changed)
    found = book.keep(result.at(own))
    if audience == Run.Audience.PUBLIC:
        note_shown(footprint, as_of)
    else:
        # A grid says where nothing is recorded: it is for the partnership alone.
        _keep_cells(footprint, audience, result.scene, own)
        rows = spotted.rows_of(footprint).filter(place__in=own)
        spotted.fill(rows, result.scene, is_reweighed=changed.is_reweighed)
    return found


def note_shown(footprint: Footprint, on: datetime.date) -> None:
    """Remember of what the public may read now since when it may: nothing else becomes public while the partnership
    publishes nothing new."""
    if not footprint.is_held(on):
        Opportunity.objects.filter(may_be_shown(on), footprint=footprint, shown_since=None).update(
            shown_since=on
        )


def _keep_cells(footprint: Footprint, audience: str, scene: Scene, places: Collection[str]) -> None:
    world = scene.world
    numbers = [i for i, code in enumerate(world.tree.codes) if code in places]
    Cell.objects.filter(footprint=footprint, audience=audience, place__in=places).delete()
    Cell.objects.bulk_create(
        (
            Cell(
                footprint=footprint,
                audience=audience,
                place_id=world.tree.codes[p],
                theme_id=theme,
                need=_known(world.needs.need[p, t]),
                initiatives=int(scene.number_at_work[p, t]),
                perhaps=int(scene.unsaid.number[p, t]),
                is_reach_unknown=bool(scene.coverage.unknown_reach[p, t]),
                is_register_known=bool(scene.register[p]),
            )
            for p in numbers
            for t, theme in enumerate(world.themes)
        ),
        batch_size=1000,
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _missed(footprint: Footprint, audience: str, basis: Basis, weights: matching.Weights) -> list[str]:
    """What a whole run, on the day of the stored list and from the records as they are, finds that the list does not
    say: sentences, none where following every change missed nothing."""
    tables = tables_for(footprint, audience, basis.as_of)
    own = set(footprint.places.values_list("pk", flat=True))
    kept = Opportunity.objects.filter(footprint=footprint, audience=audience, is_spotted=False)
    held = {row.key: row for row in kept.only("key", "state", "score", "sentence")}
    book = Book(footprint, audience, basis.as_of, own)
    found = _found(tables, basis.as_of, weights, None).at(own)
    expected = {each.id: each for each in book.listed(found, held)}
    said = []
    for key in sorted(expected.keys() | held.keys()):
        each, row = expected.get(key), held.get(key)
        if row is None or row.state == Opportunity.State.GONE:
            said += [f"“{key}” is not on the list, and a whole run finds it."] if each else []
        elif each is None and row.state == Opportunity.State.SUGGESTED:
            said.append(f"“{key}” is on the list, and a whole run does not find it.")
        elif each is not None and (each.score, each.sentence) != (row.score, row.sentence):
            said.append(f"“{key}” stands at {row.score}, and a whole run says {each.score}.")
    return said[:DIFFERENCES_SHOWN]
