"""Welsh Index of Multiple Deprivation 2019, on LSOA codes of 2011: scores, and deciles among all of Wales (1 = most
deprived).

The Welsh Government's own spreadsheets of ranks, of deciles and of scores have the same header, so that a file
cannot tell which it is: read is the extract that has them side by side, `WIMD_decile`, `WIMD_score` and so on.

Each domain's score is its rank, stretched to between 0 and 100 (x = -23 ln(1 - R(1 - e^(-100/23))), R the share of
areas ranked less deprived or equal): it orders areas, and is no share of people. England's scores of income and of
employment are shares of people, so the Welsh ones are not read, and their deciles are.
"""

from __future__ import annotations

from joinedup.engines.words import plural
from joinedup.evidence.sources.contract import (
    MISSING,
    NUMBER,
    OUTSIDE,
    Codes,
    Disclosure,
    Reading,
    Source,
    finish,
)
from joinedup.evidence.sources.lsoa_wide import repeats
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import TextTable

PLACE = "lsoa11_code"
COLUMNS = {
    "WIMD_score": "deprivation-score",
    "WIMD_decile": "deprivation-decile",
    "Income_decile": "income-deprivation-decile",
    "Employment_decile": "employment-deprivation-decile",
    "Health_score": "health-deprivation-score",
    "Health_decile": "health-deprivation-decile",
    "Education_score": "education-deprivation-score",
    "Education_decile": "education-deprivation-decile",
}
NEEDED = {PLACE, "WIMD_score", "WIMD_decile"}
WELSH = r"^W01\d{6}$"
NOT_READ = (
    "Left out: ranks; the crime domain, itself made mostly from police-recorded crime; and the points of income and "
    "of employment, which in Wales are no shares of people."
)


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def take(table: TextTable, codes: Codes) -> Reading:
    used = {column: slug for column, slug in COLUMNS.items() if column in table.header}
    deciles = [column for column in used if column.endswith("_decile")]
    numbers = {column: pl.col(column).cast(pl.Float64, strict=False) for column in used}
    held = set(codes.of_kind("lsoa"))
    became = {
        old: [new for new in {code for code, _ in codes.changes.get(old, [(old, 1.0)])} if new in held]
        for old in table.frame[PLACE].drop_nulls().unique()
    }
    here = [old for old, now in became.items() if now]
    rows = table.frame.with_columns(
        wrong=pl.when(~pl.col(PLACE).str.contains(WELSH).fill_null(False))
        .then(pl.lit("an LSOA code that is not like W01000001"))
        .when(pl.any_horizontal(pl.col(c).is_not_null() & numbers[c].is_null() for c in used))
        .then(pl.lit("a figure that is not a number"))
        .when(pl.any_horizontal((~numbers[c].is_between(1, 10)).fill_null(False) for c in deciles))
        .then(pl.lit("a decile that is not from 1 to 10")),
        left_out=pl.when(~pl.col(PLACE).is_in(here)).then(pl.lit(OUTSIDE)),
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    rows = rows.with_columns(repeats(good, [PLACE], list(used)))
    told = good.unique(PLACE, keep="first", maintain_order=True).select(old=PLACE, **numbers)
    parts = _parts(codes, held, here)
    observations = (
        _of_today(parts, told, deciles)
        .rename(used)
        .unpivot(index="place", variable_name="indicator", value_name="value")
        .with_columns(
            period=pl.lit("2019"),
            count=pl.lit(None, pl.Float64),
            denominator=pl.lit(None, pl.Float64),
            state=pl.when(pl.col("value").is_null()).then(pl.lit(MISSING)).otherwise(pl.lit(NUMBER)),
        )
    )
    return finish(table, rows, observations, [NOT_READ, *_carried(parts)], held=held)


def _parts(codes: Codes, held: set[str], here: list[str]) -> pl.DataFrame:
    """Each place held, and the codes of 2011 that it was made of: place, old.

    All parts are named, also those that the file lacks: a place whose part is unknown is unknown.
    """
    pairs = [(new, old) for old, now in codes.changes.items() for new, _ in now if new in held]
    pairs += [(old, old) for old in here if old in held]
    parts = pl.DataFrame(pairs, schema={"place": pl.String, "old": pl.String}, orient="row").unique()
    return parts.filter(pl.col("old").is_in(here).any().over("place")).sort("place", "old")


def _of_today(parts: pl.DataFrame, told: pl.DataFrame, deciles: list[str]) -> pl.DataFrame:
    """One row per place held: the value of its one part, or the mean of several (a half decile goes up)."""
    values = [name for name in told.columns if name != "old"]
    mean = {name: pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).mean()) for name in values}
    found = parts.join(told, on="old", how="left").group_by("place").agg(**mean)
    return found.with_columns((pl.col(name) + 0.5).floor() for name in deciles)


def _carried(parts: pl.DataFrame) -> list[str]:
    """How places with another code than in 2011 got their value; where nothing changed, nothing."""
    pieces = parts.group_by("old").agg(pl.len().alias("becomes"))
    each = (
        parts.join(pieces, on="old")
        .group_by("place")
        .agg(parts=pl.len(), becomes=pl.col("becomes").max(), same=(pl.col("old") == pl.col("place")).all())
    )
    split = each.filter((pl.col("parts") == 1) & ~pl.col("same")).height
    merged = each.filter((pl.col("parts") > 1) & (pl.col("becomes") == 1)).height
    irregular = each.filter((pl.col("parts") > 1) & (pl.col("becomes") > 1)).height
    notes = []
    if split:
        notes.append(
            f"{split:,} {plural(split, 'neighbourhood')} of 2021 "
            + plural(
                split,
                "is part of a larger one of 2011, whose points and decile it took.",
                "are parts of larger ones of 2011, whose points and deciles they took.",
            )
        )
    if merged:
        notes.append(
            f"{merged:,} {plural(merged, 'neighbourhood')} of 2021 {plural(merged, 'was', 'were')} made of several of "
            "2011: the points are the mean of theirs, the decile the mean of theirs, rounded."
        )
    if irregular:
        notes.append(
            f"{irregular:,} {plural(irregular, 'neighbourhood')} of 2021 {plural(irregular, 'has', 'have')} parts of "
            "several of 2011 that went to others too: the mean of all of them was taken, so it is rough."
        )
    return notes


SOURCE = Source(
    name="wimd2019",
    title="Welsh Index of Multiple Deprivation 2019",
    publisher="Welsh Government",
    licence="Open Government Licence v3.0",
    grain=("lsoa",),
    caveats=(
        "Deciles are among all neighbourhoods of Wales. Not comparable with England: another method, other years.",
        "Made for the neighbourhoods of 2011; those that changed in 2021 have values worked out from their parts.",
        "An area's points say nothing about any one person in it.",
        "There is no domain of children and young people.",
    ),
    disclosure=Disclosure(
        threshold=None, rounding=None, zeros_shown=True, because="Points of areas; no counts of people."
    ),
    recognises=recognises,
    take=take,
)
