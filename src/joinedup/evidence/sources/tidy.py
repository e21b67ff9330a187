"""A plain table that anyone can bring: place, period, indicator, count, denominator, value, state.

One row per figure. `place` is a GSS code or the name of an authority; `period` is 2024-03, 2024 or 2023/24.
Write `c` or `*` for a figure that is held back, and leave the cell blank for one that is not known.
"""

from __future__ import annotations

from joinedup.evidence.sources.contract import (
    MISSING,
    NUMBER,
    SUPPRESSED,
    Codes,
    Disclosure,
    Reading,
    Source,
    carried,
    finish,
)
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable
from joinedup.places.words import plain

NEEDED = ("place", "period", "indicator")
FIGURES = ("count", "denominator", "value")
ALLOWED = {*NEEDED, *FIGURES, "state", "place_name"}
HIDDEN = ["c", "*", "<3", "<4", "<5", "<6", "<8", "<10", "suppressed", "low"]
NONE_GIVEN = ["-", "na", "n/a", "x", ":", "z", "missing", ".."]
PERIOD = r"^(19|20)\d\d(-(0[1-9]|1[0-2])|/\d\d)?$"
KEY = ["indicator", "place", "period"]


def recognises(header: list[str]) -> bool:
    names = {name.lower() for name in header}
    return names >= set(NEEDED) and bool(names & {"count", "value"})


def take(table: TextTable, codes: Codes) -> Reading:
    extra = [name for name in table.header if name.lower() not in ALLOWED]
    if extra:
        raise Refused(
            f"The column {extra[0]} is not one of {', '.join(sorted(ALLOWED))}. Remove it: only totals by place "
            "and period are kept."
        )
    frame = table.frame.rename({name: name.lower() for name in table.header})
    frame = frame.with_columns(
        pl.lit(None, pl.String).alias(name) for name in (*FIGURES, "state") if name not in frame.columns
    )
    rows = _judged(frame.with_columns(pl.col(name).str.strip_chars() for name in frame.columns[1:]), codes)
    good = rows.filter(pl.col("wrong").is_null())
    versions = good.unique([*KEY, *FIGURES, "state"])
    if versions.select(KEY).is_duplicated().any():
        raise Refused("Two rows give different figures for the same place, period and indicator. Keep one.")
    again = good.filter(~pl.struct(KEY).is_first_distinct())["record"].to_list()
    rows = rows.with_columns(
        left_out=pl.when(pl.col("record").is_in(again)).then(pl.lit("rows that are there twice"))
    )
    good = good.filter(~pl.col("record").is_in(again))
    good, carry = _carried(good, codes)
    notes = [carry] if carry else []
    if not table.ends_clean:
        notes.append("The last line has no line break after it: check that the file is whole.")
    return finish(table, rows, good, notes)


def _judged(frame: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """Rows with `place` as a code, numbers as numbers, `state`, and why a row is `wrong`."""
    names = {**codes.former, **codes.names.get("region", {}), **codes.names.get("local_authority", {})}
    known = [*codes.kinds, *codes.changes, *codes.former.values()]
    given = frame["place"].drop_nulls().unique().to_list()
    found = {place: place if place in set(known) else names.get(plain(place)) for place in given}
    cells = {name: pl.col(name).str.to_lowercase() for name in FIGURES}
    hidden = pl.any_horizontal(cell.is_in(HIDDEN).fill_null(False) for cell in cells.values())
    numbers = {name: pl.col(name).str.replace_all(",", "").cast(pl.Float64, strict=False) for name in FIGURES}
    unread = pl.any_horizontal(
        (cells[name].is_not_null() & numbers[name].is_null() & ~cells[name].is_in(HIDDEN + NONE_GIVEN))
        for name in FIGURES
    )
    said = pl.col("state").str.to_lowercase()
    rows = frame.select(
        "record",
        indicator=pl.col("indicator").str.to_lowercase(),
        place=pl.col("place").replace_strict(found, default=None, return_dtype=pl.String),
        period="period",
        **numbers,
        hidden=hidden | (said == SUPPRESSED).fill_null(False),
        unread=unread,
        said=said,
    )
    no_figure = pl.col("count").is_null() & pl.col("value").is_null()
    state = (
        pl.when("hidden")
        .then(pl.lit(SUPPRESSED))
        .when(no_figure | (pl.col("said") == MISSING).fill_null(False))
        .then(pl.lit(MISSING))
        .otherwise(pl.lit(NUMBER))
    )
    rows = rows.with_columns(
        state=state,
        wrong=pl.when(pl.col("place").is_null())
        .then(pl.lit("a place that is not known"))
        .when(~pl.col("period").str.contains(PERIOD).fill_null(False))
        .then(pl.lit("a period that is not like 2024-03, 2024 or 2023/24"))
        .when(~pl.col("indicator").str.contains(r"^[a-z0-9][a-z0-9_-]*$").fill_null(False))
        .then(pl.lit("an indicator that is not one word of letters, figures and hyphens"))
        .when("unread")
        .then(pl.lit("a figure that is not a number"))
        .when(pl.any_horizontal((pl.col(name) < 0).fill_null(False) for name in ("count", "denominator")))
        .then(pl.lit("a count below zero"))
        .when(~pl.col("said").is_in([NUMBER, SUPPRESSED, MISSING]) & pl.col("said").is_not_null())
        .then(pl.lit("a state that is not number, suppressed or missing"))
        .otherwise(pl.lit(None, pl.String)),
    )
    # A figure that is held back or missing leaves no number behind, whatever the other cells contained.
    shown = pl.col("state") == NUMBER
    return rows.with_columns(
        *(pl.when(shown).then(pl.col(name)).alias(name) for name in FIGURES),
        left_out=pl.lit(None, pl.String),
    )


def _carried(good: pl.DataFrame, codes: Codes) -> tuple[pl.DataFrame, str | None]:
    """Old LSOA codes to new; rates alone cannot be shared, so a split area passes its rate to each part."""
    moved, note = carried(good, codes, ["count", "denominator"])
    if note is None:
        return good, None
    hidden_first = pl.col("state").replace_strict(
        {SUPPRESSED: 0, MISSING: 1, NUMBER: 2}, return_dtype=pl.Int8
    )
    whole = pl.col("state").ne(NUMBER).any()
    merged = (
        moved.sort(hidden_first)
        .group_by(KEY, maintain_order=True)
        .agg(
            *(
                pl.when(~whole & pl.col(n).is_not_null().all()).then(pl.col(n).sum()).alias(n)
                for n in FIGURES[:2]
            ),
            pl.when(~whole).then(pl.col("value").mean()).alias("value"),
            pl.col("state").first(),
        )
    )
    return merged, note


SOURCE = Source(
    name="tidy",
    title="A plain table of figures",
    publisher="whoever brings it",
    licence="as agreed with whoever brings it",
    grain=("lsoa", "ward", "local_authority", "region", "country"),
    caveats=("Ask whoever brought it how it was counted and what it leaves out.",),
    disclosure=Disclosure(
        threshold=5,
        rounding=5,
        zeros_shown=False,
        because="Nothing is known of what was already protected, so the strictest common rule applies.",
    ),
    recognises=recognises,
    take=take,
)
