"""What every source promises, and the words in which a file is taken in or refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from joinedup.evidence.sources.table import Refused, Table, open_table, plain

SCHEMA: dict[str, pl.DataType] = {
    "indicator": pl.String(),
    "place": pl.String(),
    "period": pl.String(),
    "count": pl.Float64(),
    "denominator": pl.Float64(),
    "value": pl.Float64(),
    "state": pl.String(),
}
NUMBER, SUPPRESSED, MISSING = "number", "suppressed", "missing"
WRONG_AT_MOST = 0.05
EXAMPLES = 5


@dataclass(frozen=True)
class Codes:
    """The places an installation knows.

    `kinds`: current GSS code to kind ("lsoa", "ward", "local_authority", "region", "country"…).
    `names`: kind to plain name (see `plain`) to code.
    `changes`: a retired LSOA code to its 2021 codes, each with the share of residents that went there.
    """

    kinds: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, Sequence[tuple[str, float]]]

    @classmethod
    def of(cls, places: pl.DataFrame, changes: pl.DataFrame) -> "Codes":
        """From frames `code, name, kind, ended` (null while in use) and `old, new, share`."""
        current = places.filter(pl.col("ended").is_null())
        names: dict[str, dict[str, str]] = {}
        for code, name, kind in current.select("code", "name", "kind").iter_rows():
            if kind in ("local_authority", "region", "country", "police_force"):
                names.setdefault(kind, {})[plain(name)] = code
        kinds = dict(current.select("code", "kind").iter_rows())
        moved: dict[str, list[tuple[str, float]]] = {}
        for old, new, share in changes.select("old", "new", "share").iter_rows():
            if old not in kinds:
                moved.setdefault(old, []).append((new, share))
        return cls(kinds, names, moved)

    def of_kind(self, *kinds: str) -> list[str]:
        return [code for code, kind in self.kinds.items() if kind in kinds]


@dataclass(frozen=True)
class Disclosure:
    """What a publisher asks, or the law, of whoever shows these figures again.

    A count from 1 to below `threshold` is hidden (none: nothing is), others are rounded to `rounding`.
    """

    threshold: int | None
    rounding: int | None
    zeros_shown: bool
    because: str


@dataclass(frozen=True)
class Reading:
    """What one file says.

    `rows_read` = `rows_kept` + all of `refused` (wrong) + all of `left_out` (right, but not needed here).
    `examples` are the first refused rows as (line number, reason).
    """

    observations: pl.DataFrame
    rows_read: int
    rows_kept: int
    refused: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def period_start(self) -> str:
        return str(self.observations["period"].min())

    @property
    def period_end(self) -> str:
        return str(self.observations["period"].max())


Progress = Callable[[float], None]


@dataclass(frozen=True)
class Source:
    """One publisher's format: what it is, how it is recognised, how it is read."""

    name: str
    title: str
    publisher: str
    licence: str
    grain: tuple[str, ...]
    caveats: tuple[str, ...]
    disclosure: Disclosure
    recognises: Callable[[list[str]], bool]
    take: Callable[[Table, Codes], Reading]

    def read(self, path: Path, codes: Codes) -> Reading:
        """Read a file of this format. Raises `Refused` with one sentence for the person who brought it."""
        return self.take(open_table(path), codes)


def finish(table: Table, rows: pl.DataFrame, observations: pl.DataFrame, notes: list[str]) -> Reading:
    """Count what became of each row, and refuse the file when over a twentieth of it is wrong.

    `rows`: one line a record with `record` (its number in the table), `wrong` and `left_out` (a reason, or
    null). `observations`: the columns of `SCHEMA`, in any order.
    """
    wrong = rows.filter(pl.col("wrong").is_not_null())
    left_out = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_not_null())
    refused = _tally(wrong, "wrong")
    first = wrong.sort("record").head(EXAMPLES)
    lines = table.lines(first["record"].to_list())
    examples = list(zip(lines, first["wrong"].to_list(), strict=True))
    if rows.height and wrong.height / rows.height > WRONG_AT_MOST:
        line, reason = examples[0]
        raise Refused(
            f"{wrong.height:,} of {rows.height:,} rows ({wrong.height / rows.height:.0%}) cannot be right, more "
            f"than the 5% that is let pass; the first is line {line}: {reason}. Correct the file and try again."
        )
    if observations.is_empty():
        why = "; ".join(_tally(left_out, "left_out")) or "it has no rows below the header"
        raise Refused(f"Nothing in this file can be used here: {why}. Check that it is the file you meant.")
    return Reading(
        observations=in_order(observations.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())),
        rows_read=rows.height,
        rows_kept=rows.height - wrong.height - left_out.height,
        refused=refused,
        left_out=_tally(left_out, "left_out"),
        examples=examples,
        notes=[*table.notes, *notes],
    )


def in_order(observations: pl.DataFrame) -> pl.DataFrame:
    """Sorted by indicator, place, period. Words are compared as numbers: four times as fast on a million."""
    keys = [
        pl.col(name).cast(pl.Enum(observations[name].unique().sort()))
        for name in ("indicator", "place", "period")
    ]
    return observations.sort(keys)


def _tally(rows: pl.DataFrame, column: str) -> dict[str, int]:
    counted = rows.group_by(column).len().sort("len", column, descending=[True, False])
    return dict(counted.iter_rows())


def carried(frame: pl.DataFrame, codes: Codes, counts: Sequence[str]) -> tuple[pl.DataFrame, str | None]:
    """Carry rows with retired LSOA codes in `place` to today's, sharing `counts` by residents.

    Returns the frame and a note, or None when no code was old. Rows with other codes pass unchanged.
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
        f"{rows:,} {'row' if rows == 1 else 'rows'} with {len(old):,} LSOA codes of 2011 were carried to codes "
        f"of 2021; what was counted in {split:,} split areas is shared by residents, so it may not be whole."
    )
    return shared.drop("_new", "_share"), note
