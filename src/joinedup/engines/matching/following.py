"""Following changes: what one changed record touches is worked out again, the rest stays as it was.

The result equals a whole run on the changed tables, exactly; where a change reaches everything, it is one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from joinedup.engines.matching.engine import Piece, Result, Settings, find
from joinedup.engines.matching.ground import (
    named_sectors,
    named_themes,
    named_words,
    says_when_confirmed,
    survey,
)
from joinedup.engines.matching.register import RECORDS, Register, differences
from joinedup.engines.matching.scene import Scene
from joinedup.engines.matching.tables import KEYS, Tables, normalise, normalise_rows
from joinedup.engines.matching.tree import Flags
from joinedup.engines.matching.world import build

# When more than this share of the places is touched, a whole run takes no longer.
MOST = 0.5


@dataclass(frozen=True)
class Change:
    """Rows of one table that are new or differ (whole rows, as in `Tables`), and the keys of rows that are gone."""

    table: str
    rows: pl.DataFrame | None = None
    gone: Collection[tuple[str, ...]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Followed:
    """A whole run that can be kept up to date: `result`, and the places whose opportunities the last change may have
    touched (codes; None is all of them)."""

    given: Tables
    register: Register
    result: Result
    touched: frozenset[str] | None = None
    changes: tuple[Change, ...] = ()

    @cached_property
    def tables(self) -> Tables:
        """The tables as they are now: those given, with every change made."""
        tables = self.given
        for change in self.changes:
            tables = replace(tables, **{change.table: _changed(tables, change)})
        return tables

    def at_touched(self) -> list[str]:
        return list(self.register.ground.tree.codes) if self.touched is None else sorted(self.touched)


def follow(tables: Tables, as_of: date, settings: Settings | None = None) -> Followed:
    """A whole run, as `opportunities` makes it without limits, ready for `update`."""
    settings = settings or Settings()
    usable, left_out = normalise(tables)
    ground = survey(usable)
    scene = Scene(build(usable, as_of, ground=ground), settings.weights, settings.per_place_and_kind)
    result = Result(as_of, (Piece(scene, find(scene, settings)),), left_out, settings)
    return Followed(tables, Register.of(usable, as_of, ground), result)


def update(followed: Followed, change: Change) -> Followed:
    """Follows one change. Initiatives are followed where they reach; another table's change is a whole run.

    Raises `ValueError` for a table that there is not, and as `opportunities` does. `left_out` of the result
    stays that of the last whole run.
    """
    if change.table not in KEYS:
        raise ValueError(f"There is no table called {change.table}.")
    register, settings = followed.register, followed.result.settings
    changes = (*followed.changes, change)
    reached = _follow(register, change) if change.table == "initiatives" else None
    if reached is None:
        return follow(replace(followed, changes=changes).tables, followed.result.as_of, settings)
    after, families = reached
    scene = Scene(after.world(families), settings.weights, settings.per_place_and_kind)
    kept = np.zeros(register.ground.tree.size, dtype=bool)
    kept[scene.world.kept] = True
    old = [piece.without(kept) for piece in followed.result.pieces]
    pieces = (*(piece for piece in old if not piece.is_spent), Piece(scene, find(scene, settings)))
    result = replace(followed.result, pieces=pieces)
    return Followed(followed.given, after, result, frozenset(scene.world.tree.codes), changes)


def _follow(register: Register, change: Change) -> tuple[Register, Flags] | None:
    """The register after a change of initiatives, and the families that it touches; None where that is all."""
    given = register.tables.frame("initiatives").clear() if change.rows is None else change.rows
    rows = normalise_rows("initiatives", given, register.tables)
    if not _same_ground(register, rows):
        return None
    # A row that cannot be used is as good as gone.
    keys = {*change.gone, *((code,) for code in given["id"].drop_nulls())}
    after = register.with_initiatives(rows, keys)
    families = _touched(register, after, {"initiatives": keys})
    return None if families is None else (after, families)


@dataclass(frozen=True)
class Touched:
    """What differs between two sets of tables: the keys of the rows, by table, and the places where something found
    may differ (codes; None is all of them)."""

    rows: Mapping[str, Collection[tuple[str, ...]]]
    places: frozenset[str] | None


def touched(before: Tables, after: Tables, as_of: date) -> Touched:
    """What a change from one set of tables to another, on one day, may change in what is found."""
    one, two = normalise(before)[0], normalise(after)[0]
    changed = differences(one, two)
    if not changed:
        return Touched({}, frozenset())
    if set(changed) - set(RECORDS) or two.frame("people").height:
        return Touched(changed, None)
    if any(of(one) != of(two) for of in (named_themes, named_sectors, says_when_confirmed)):
        return Touched(changed, None)
    grounds = [survey(each) for each in (one, two)]
    if not all(ground.divides for ground in grounds):
        return Touched(changed, None)
    earlier, later = (
        Register.of(each, as_of, ground) for each, ground in zip((one, two), grounds, strict=True)
    )
    flags = _touched(earlier, later, changed)
    if flags is None:
        return Touched(changed, None)
    return Touched(changed, frozenset(np.array(grounds[1].tree.codes)[flags].tolist()))


def _touched(before: Register, after: Register, changed: dict[str, set[tuple[str, ...]]]) -> Flags | None:
    """Whole families, or None for all."""
    changed = {table: set(keys) for table, keys in changed.items()}
    # Who runs something together counts as linked, here and wherever else they meet.
    acts = [each.partners_of(changed.get("initiatives", ())) for each in (before, after)]
    for code in acts[0].keys() | acts[1].keys():
        one, two = (each.get(code, frozenset()) for each in acts)
        if one != two and max(len(one), len(two)) > 1:
            changed.setdefault("links", set()).update((partner,) for partner in one | two)
    reached = [each.reach(changed) for each in (before, after)]
    if reached[0] is None or reached[1] is None:
        return None
    both = reached[0] | reached[1]
    return None if both.mean() > MOST else both


def _same_ground(register: Register, rows: pl.DataFrame) -> bool:
    """Does the ground stay what it is with these initiatives?"""
    ground, tables = register.ground, register.tables
    if tables.frame("people").height or not ground.divides:
        return False
    if set(rows["themes"].explode().drop_nulls()) - set(ground.themes) or named_words(rows) - ground.words:
        return False
    confirmed = bool(rows["confirmed"].is_not_null().any())
    partners = bool(tables.frame("partners")["confirmed"].is_not_null().any())
    return partners if ground.confirms else not confirmed


def _changed(tables: Tables, change: Change) -> pl.DataFrame:
    """The table with the change made."""
    keys = list(KEYS[change.table])
    frame = tables.frame(change.table)
    rows = frame.clear() if change.rows is None else change.rows
    gone = pl.DataFrame([*change.gone], schema=dict.fromkeys(keys, pl.Utf8), orient="row")
    frame = frame.join(rows.select(keys), on=keys, how="anti").join(gone, on=keys, how="anti")
    return pl.concat([frame, rows], how="diagonal_relaxed")
