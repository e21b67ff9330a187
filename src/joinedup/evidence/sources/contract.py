"""The contract of every source, and the words in which a file is accepted or refused."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import polars as pl

from joinedup.engines.words import plural
from joinedup.evidence.methods import ancestors
from joinedup.offline.delimited import Refused, TextTable
from joinedup.offline.table_files import open_table
from joinedup.places.words import plain

SCHEMA: dict[str, pl.DataType] = {
    "indicator": pl.String(),
    "place": pl.String(),
    "period": pl.String(),
    "count": pl.Float64(),
    "denominator": pl.Float64(),
    "value": pl.Float64(),
    "state": pl.String(),
}
AROUND = {"place": pl.String(), "ancestor": pl.String()}
# What counts of neighbourhoods are added up to, besides the force's whole area.
WIDE = ("ward", "local_authority", "county")
NUMBER, SUPPRESSED, MISSING = "number", "suppressed", "missing"
WRONG_AT_MOST = 0.05
EXAMPLES = 5
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
    def of(cls, places: pl.DataFrame, changes: pl.DataFrame, forces: pl.DataFrame | None = None) -> "Codes":
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

    @property
    def version(self) -> str:
        """A short hash that changes with the places known."""
        return hashlib.sha256(" ".join(sorted(self.kinds)).encode()).hexdigest()[:16]

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

    `parts`: for a file that may hold several series, the source, the name and the rows of each; `take` reads
    one.
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
    parts: "Callable[[TextTable], list[SeriesRows]] | None" = None

    def read(self, path: Path, codes: Codes) -> Reading:
        """Read a file of this format. Raises `Refused` with one sentence for the person who imports it."""
        return self.take(open_table(path, self.recognises), codes)


@dataclass(frozen=True)
class SeriesRows:
    """The rows of one series in a file, and the source that reads them."""

    source: Source
    reported_by: str
    table: TextTable


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
    refused = _tally(wrong, "wrong")
    first = wrong.sort("record").head(EXAMPLES)
    lines = table.lines(first["record"].to_list())
    examples = list(zip(lines, first["wrong"].to_list(), strict=True))
    if rows.height and wrong.height / rows.height > WRONG_AT_MOST:
        line, reason = examples[0]
        first_check = (
            "Check that it is a file for this area, correct it" if "place" in reason else "Correct the file"
        )
        raise Refused(
            f"{wrong.height:,} of {rows.height:,} rows ({wrong.height / rows.height:.0%}) cannot be right, more "
            f"than the 5% that is let pass; the first is line {line}: {reason}. {first_check} and try again."
        )
    if observations.is_empty():
        why = "; ".join(_tally(left_out, "left_out")) or "it has no rows below the header"
        raise NothingHere(
            f"Nothing in this file can be used here: {why}. Check that it is the file you meant."
        )
    kept = rows.height - wrong.height - left_out.height
    if held:
        elsewhere = left_out.filter(pl.col("left_out") == outside).height
        _refuse_elsewhere(kept, elsewhere, observations, held, whose)
    return Reading(
        observations=in_order(observations.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())),
        rows_read=rows.height,
        rows_kept=kept,
        refused=refused,
        left_out=_tally(left_out, "left_out"),
        examples=examples,
        notes=[*table.notes, *notes],
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
    """Sorted by indicator, place, period. Words are compared as numbers: four times as fast on a million
    rows."""
    keys = [
        pl.col(name).cast(pl.Enum(observations[name].unique().sort()))
        for name in ("indicator", "place", "period")
    ]
    return observations.sort(keys)


def _tally(rows: pl.DataFrame, column: str) -> dict[str, int]:
    counted = rows.group_by(column).len().sort("len", column, descending=[True, False])
    return dict(counted.iter_rows())


def carried(frame: pl.DataFrame, codes: Codes, counts: Sequence[str]) -> tuple[pl.DataFrame, str | None]:
    """Move rows with retired LSOA codes in `place` to current codes, sharing `counts` by residents.

    Returns the frame and a note, or None if no code was old. Rows with other codes pass unchanged.
    """
    old = sorted(set(frame["place"].unique()) & set(codes.changes))
    if not old:
        return frame, None
    moves = pl.DataFrame(
        [(code, new, share) for code in old for new, share in codes.changes[code]],
        schema={"place": pl.String, "_new": pl.String, "_share": pl.Float64},
        orient="row",
    )
    rows = frame.filter(pl.col("place").is_in(old)).height
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
