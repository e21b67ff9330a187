"""The contract of every source, and the words in which a file is accepted or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from joinedup.engines.words import plural
from joinedup.evidence.methods import ancestors
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable
from joinedup.offline.table_files import open_table
from joinedup.places.words import plain

SCHEMA: dict[str, Any] = {
    "indicator": str,
    "place": str,
    "period": str,
    "count": float,
    "denominator": float,
    "value": float,
    "state": str,
}
AROUND = {"place": str, "ancestor": str}
# What counts of neighbourhoods are added up to, besides the force's whole area.
WIDE = ("ward", "local_authority", "county")
NUMBER, SUPPRESSED, MISSING = "number", "suppressed", "missing"
WRONG_AT_MOST = 0.05
EXAMPLES = 5
MANY = 50_000
# Why a row is left out that would have been kept if its place were one of those held here.
OUTSIDE = "places outside those held here"
# A file is for another area if less than this share of the rows it places lies in the places held, and it
# covers less than this share of them. Of the real files the smallest district of a force has 3.6% of the
# force's month, and a neighbouring force at most 1.1%; a neighbour's strays touch at most a fifth of a
# district's neighbourhoods, and the least complete month of a force's own a quarter of them
# (docs/decisions/a-file-for-another-area.md).
SHARE_AT_LEAST, REACH_AT_LEAST = 0.02, 0.25


class Revision(StrEnum):
    """What a newer file of a series replaces.

    CELLS: what it states, cell by cell. For files that state every count, including zeros, and may cover part of an
    area.
    MONTHS: the whole of every month that it has, everywhere. For files with one row per case: a place that is not
    in them has none.
    """

    CELLS = "cells"
    MONTHS = "months"


class NothingHere(Refused):
    """A file that may well be right, but has (almost) nothing about the places held here."""


@dataclass(frozen=True)
class Codes:
    """The places an installation knows.

    `kinds`: current GSS code to kind ("lsoa", "ward", "local_authority", "region", "country"…).
    `names`: kind to plain name (see `plain`) to code.
    `changes`: a retired LSOA code to its 2021 codes, each with the share of residents that went there.
    `around`: place, ancestor: the ward, authority, county… that each neighbourhood lies in.
    `forces`: a place's police force area.
    `former`: plain name to code of authorities and counties that have ended: what a file says of them is kept under
    their own code, and counts towards what took over from them (`observations.held`).
    """

    kinds: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, Sequence[tuple[str, float]]]
    around: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=AROUND))
    forces: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, places: pl.DataFrame, changes: pl.DataFrame, forces: pl.DataFrame | None = None) -> Codes:
        """From frames `code, name, kind, parent, ended` (null while in use), `old, new, share`, and `place, force`."""
        current = places.filter(pl.col("ended").is_null())
        names: dict[str, dict[str, str]] = {}
        for code, name, kind in current.select("code", "name", "kind").iter_rows():
            if kind in ("local_authority", "county", "region", "country", "police_force"):
                names.setdefault(kind, {})[plain(name)] = code
        kinds = dict(current.select("code", "kind").iter_rows())
        ended = places.filter(
            pl.col("ended").is_not_null(), pl.col("kind").is_in(["local_authority", "county"])
        )
        former = {plain(name): code for name, code in ended.select("name", "code").iter_rows()}
        moved: dict[str, list[tuple[str, float]]] = {}
        for old, new, share in changes.select("old", "new", "share").iter_rows():
            if old not in kinds:
                moved.setdefault(old, []).append((new, share))
        if forces is None:
            return cls(kinds, names, moved, former=former)
        upwards = ancestors(current.select("parent", place="code"))
        wide = [code for code, kind in kinds.items() if kind in WIDE]
        around = upwards.join(
            current.filter(pl.col("kind") == "lsoa").select(place="code"), on="place", how="semi"
        )
        return cls(
            kinds,
            names,
            moved,
            around.filter(pl.col("ancestor").is_in(wide)),
            dict(forces.select("place", "force").iter_rows()),
            former,
        )

    @cached_property
    def version(self) -> str:
        """A short hash that changes with the places known."""
        return hashlib.sha256(" ".join(sorted(self.kinds)).encode()).hexdigest()[:16]

    @cached_property
    def lsoas(self) -> frozenset[str]:
        """The current neighbourhoods."""
        return frozenset(self.of_kind("lsoa"))

    @cached_property
    def around_by_force(self) -> dict[str, pl.DataFrame]:
        """By police force area: `around`, of the places of its own."""
        force = pl.col("place").replace_strict(self.forces, default=None, return_dtype=pl.String)
        found = self.around.with_columns(force=force).drop_nulls("force")
        parts = found.partition_by("force", as_dict=True, include_key=False)
        return {str(key): part for (key,), part in parts.items()}

    @cached_property
    def own(self) -> dict[str, frozenset[str]]:
        """By police force area: the places of its own, and the retired ones that became a part of one."""
        found: dict[str, set[str]] = {}
        for code, force in self.forces.items():
            found.setdefault(force, set()).add(code)
        for old, moves in self.changes.items():
            for new, _share in moves:
                if force_of_new := self.forces.get(new):
                    found[force_of_new].add(old)
        return {force: frozenset(codes) for force, codes in found.items()}

    def of_kind(self, *kinds: str) -> list[str]:
        return [code for code, kind in self.kinds.items() if kind in kinds]


@dataclass(frozen=True)
class Disclosure:
    """What a publisher or the law requires of those who show these figures.

    A count from 1 to below `threshold` is hidden (None: nothing is), zero too unless `zeros_shown`; others
    are rounded to `rounding` (None: to nothing). Kept with the dataset, and read by `disclosure.rule_of`.
    """

    threshold: int | None
    rounding: int | None
    zeros_shown: bool
    because: str


@dataclass(frozen=True)
class Reading:
    """The content of one file.

    `rows_read` = `rows_kept` + all of `refused` (wrong) + all of `left_out` (right, but not needed here).
    `examples` are the first refused rows as (line number, reason). `covers`: the periods that the file covers
    whole, if its source replaces months.
    """

    observations: pl.DataFrame
    rows_read: int
    rows_kept: int
    refused: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)

    @property
    def period_start(self) -> str:
        return str(self.observations["period"].min())

    @property
    def period_end(self) -> str:
        return str(self.observations["period"].max())


Progress = Callable[[float], None]


@dataclass(frozen=True)
class Source:
    """One publisher's format: what it is, how it is recognised and read, and what a newer file replaces.

    `series`: for a file that may hold several series and be large, every series of it, from the file in parts;
    `take` reads one. `shapes`: what each of its columns may hold, as a regular expression, where the publisher
    writes no free text; cells of these shapes need no look for people.
    """

    name: str
    title: str
    publisher: str
    licence: str
    grain: tuple[str, ...]
    caveats: tuple[str, ...]
    disclosure: Disclosure
    recognises: Callable[[list[str]], bool]
    take: Callable[[TextTable, Codes], Reading]
    replaces: Revision = Revision.CELLS
    series: Callable[[Iterable[TextTable], Codes], Iterator[OneSeries]] | None = None
    shapes: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: Path, codes: Codes) -> Reading:
        """Read a file of this format. Raises `Refused` with one sentence for the person who imports it."""
        return self.take(open_table(path, self.recognises), codes)


@dataclass(frozen=True)
class OneSeries:
    """One series of a file: the source that it belongs to, who reported it, and what was read or why nothing was."""

    source: Source
    reported_by: str
    reading: Reading | NothingHere


@dataclass(frozen=True)
class RowCounts:
    """What became of rows: how many there were, how many were wrong or left out by reason, most first, and the first
    wrong ones as (line number, reason)."""

    read: int
    wrong: dict[str, int]
    left_out: dict[str, int]
    examples: list[tuple[int, str]]


def finish(
    table: TextTable,
    rows: pl.DataFrame,
    observations: pl.DataFrame,
    notes: list[str],
    *,
    held: Collection[str] = (),
    outside: str = OUTSIDE,
    whose: str = "",
    covers: Sequence[str] = (),
) -> Reading:
    """Count what became of each row; refuse the file if over a twentieth is wrong, or if it is for another
    area.

    `rows`: one row per record with `record` (its number in the table), `wrong` and `left_out` (a reason, or
    null). `observations`: the columns of `SCHEMA`, in any order. `held`: the places held here that the file
    could cover, used to judge whether it is for this area; None skips that. `outside`: the reason given for
    leaving out rows of other places. `whose`: whose file it is.
    """
    wrong = rows.filter(pl.col("wrong").is_not_null())
    left_out = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_not_null())
    first = wrong.sort("record").head(EXAMPLES)
    lines = table.lines(first["record"].to_list())
    counts = RowCounts(
        rows.height,
        _tally(wrong, "wrong"),
        _tally(left_out, "left_out"),
        list(zip(lines, first["wrong"].to_list(), strict=True)),
    )
    notes = [*table.notes, *notes]
    return finish_counted(counts, observations, notes, held=held, outside=outside, whose=whose, covers=covers)


def finish_counted(
    rows: RowCounts,
    observations: pl.DataFrame,
    notes: list[str],
    *,
    held: Collection[str] = (),
    outside: str = OUTSIDE,
    whose: str = "",
    covers: Sequence[str] = (),
) -> Reading:
    """As `finish`, of rows that were counted already. `notes`: those of the table too."""
    wrong, left_out = sum(rows.wrong.values()), sum(rows.left_out.values())
    if rows.read and wrong / rows.read > WRONG_AT_MOST:
        line, reason = rows.examples[0]
        first_check = (
            "Check that it is a file for this area, correct it" if "place" in reason else "Correct the file"
        )
        raise Refused(
            f"{wrong:,} of {rows.read:,} rows ({wrong / rows.read:.0%}) cannot be right, more "
            f"than the 5% that is let pass; the first is line {line}: {reason}. {first_check} and try again."
        )
    if observations.is_empty():
        why = "; ".join(rows.left_out) or "it has no rows below the header"
        raise NothingHere(
            f"Nothing in this file can be used here: {why}. Check that it is the file you meant."
        )
    kept = rows.read - wrong - left_out
    if held:
        _refuse_elsewhere(kept, rows.left_out.get(outside, 0), observations, held, whose)
    return Reading(
        observations=in_order(observations.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())),
        rows_read=rows.read,
        rows_kept=kept,
        refused=rows.wrong,
        left_out=rows.left_out,
        examples=rows.examples,
        notes=notes,
        covers=list(covers),
    )


def _refuse_elsewhere(
    kept: int, elsewhere: int, observations: pl.DataFrame, held: Collection[str], whose: str
) -> None:
    """Rows left out for reasons other than their place are not counted: they say nothing about the file's
    area."""
    placed = kept + elsewhere
    reached = observations["place"].n_unique()
    if kept >= SHARE_AT_LEAST * placed or reached >= REACH_AT_LEAST * len(held):
        return
    rows = (
        f"of {placed:,} rows that could be used, {kept:,} {plural(kept, 'is', 'are')} in the places held here"
    )
    raise NothingHere(
        f"This file is for another area{f' ({whose})' if whose else ''}: {rows}. Bring the file for your own area."
    )


def in_order(observations: pl.DataFrame) -> pl.DataFrame:
    """Sorted by indicator, place, period. Words are compared as numbers where there are many rows: four times as fast
    on a million."""
    names = ("indicator", "place", "period")
    if observations.height < MANY:
        return observations.sort(names)
    return observations.sort(pl.col(name).cast(pl.Enum(observations[name].unique().sort())) for name in names)


def _tally(rows: pl.DataFrame, column: str) -> dict[str, int]:
    counted = rows.group_by(column).len().sort("len", column, descending=[True, False])
    return dict(counted.iter_rows())


def carried(
    frame: pl.DataFrame, codes: Codes, counts: Sequence[str], *, stands_for: str | None = None
) -> tuple[pl.DataFrame, str | None]:
    """Move rows with retired LSOA codes in `place` to current codes, sharing `counts` by residents.

    Returns the frame and a note, or None if no code was old. Rows with other codes pass unchanged. `stands_for`: the
    column that says how many rows of the file each row is, if not one.
    """
    old = sorted(set(frame["place"].unique()) & set(codes.changes))
    if not old:
        return frame, None
    moves = pl.DataFrame(
        [(code, new, share) for code in old for new, share in codes.changes[code]],
        schema={"place": pl.String, "_new": pl.String, "_share": pl.Float64},
        orient="row",
    )
    moved = frame.filter(pl.col("place").is_in(old))
    rows = int(moved[stands_for].sum()) if stands_for else moved.height
    shared = frame.join(moves, on="place", how="left").with_columns(
        pl.coalesce("_new", "place").alias("place"),
        *(pl.col(name) * pl.col("_share").fill_null(1.0) for name in counts),
    )
    split = sum(len(codes.changes[code]) > 1 for code in old)
    note = (
        f"{rows:,} {plural(rows, 'row')} with {len(old):,} LSOA codes of 2011 were carried to codes "
        f"of 2021; what was counted in {split:,} split areas is shared by residents, so it may not be whole."
    )
    return shared.drop("_new", "_share"), note
