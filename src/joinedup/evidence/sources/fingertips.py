"""Fingertips indicators as the Office for Health Improvement and Disparities issues them: one row per indicator,
area, sex, group and time, with the publisher's value, count and denominator.

The same area stands under several types of area (counties and unitary authorities of several years) with the
same figures: they are one. A value that is blank was held back if the note beside it says so, else it is missing.
Counts from hospitals are hidden from 1 to 7 and else rounded to 5 before they are issued.
"""

from __future__ import annotations

import re

from joinedup.evidence.sources.contract import (
    MISSING,
    NUMBER,
    OUTSIDE,
    SUPPRESSED,
    Codes,
    Disclosure,
    Reading,
    Source,
    finish,
)
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable

NEEDED = {
    "Indicator ID", "Area Code", "Sex", "Category", "Time period", "Value", "Count", "Denominator", "Value note",
}  # fmt: skip
# Indicator ID to what it is called here, and how many years the publisher puts together in one figure.
WORDS: dict[str, tuple[str, int]] = {
    "11201": ("hospital-admissions-for-violence", 3),  # per 100,000, standardised by age
    "90284": ("injury-admissions-0-14", 1),  # per 10,000 of that age
    "90285": ("injury-admissions-15-24", 1),  # per 10,000 of that age
    "92904": ("alcohol-admissions-under-18", 3),  # per 100,000 of that age
}
KINDS = ("local_authority", "county", "region", "country")
# Codes of authorities, counties, regions and England: the kinds of area that places are.
OF_THESE_KINDS = r"^E(06|07|08|09|10|12|92)\d+$"
HELD_BACK = r"(?i)disclosure|suppressed.*small|too small|small (count|number)"
KEY = ["indicator", "place", "period"]
FIGURES = ["value", "count", "denominator"]


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def period_of(text: str | None) -> tuple[str, int] | None:
    """`2022/23` and its one year; `2020/21 - 22/23` as its last year, 2022/23, and three; None if it is neither."""
    one = re.fullmatch(r"((?:19|20)\d\d)/(\d\d)", text or "")
    if one:
        return one[0], 1
    pooled = re.fullmatch(r"((?:19|20)\d\d)/\d\d ?- ?(\d\d)/(\d\d)", text or "")
    if not pooled:
        return None
    first = int(pooled[1])
    last = first + (int(pooled[2]) - first) % 100
    return f"{last}/{pooled[3]}", last - first + 1


def take(table: TextTable, codes: Codes) -> Reading:
    told = {text: period_of(text) for text in table.frame["Time period"].drop_nulls().unique()}
    slugs = {name: slug for name, (slug, _) in WORDS.items()}
    lengths = {name: years for name, (_, years) in WORDS.items()}
    columns = {name: pl.col(name.capitalize()) for name in FIGURES}
    numbers = {name: cell.cast(pl.Float64, strict=False) for name, cell in columns.items()}
    rows = table.frame.select(
        "record",
        indicator=pl.col("Indicator ID").replace_strict(slugs, default=None, return_dtype=pl.String),
        usual=pl.col("Indicator ID").replace_strict(lengths, default=None, return_dtype=pl.Int64),
        place="Area Code",
        sex="Sex",
        category="Category",
        period=pl.col("Time period").replace_strict(
            {text: one and one[0] for text, one in told.items()}, default=None, return_dtype=pl.String
        ),
        years=pl.col("Time period").replace_strict(
            {text: one and one[1] for text, one in told.items()}, default=None, return_dtype=pl.Int64
        ),
        note=pl.col("Value note").fill_null(""),
        unread=pl.any_horizontal(columns[name].is_not_null() & numbers[name].is_null() for name in FIGURES),
        **numbers,
    )
    rows = rows.with_columns(
        state=pl.when(pl.col("value").is_not_null())
        .then(pl.lit(NUMBER))
        .when(pl.col("note").str.contains(HELD_BACK))
        .then(pl.lit(SUPPRESSED))
        .otherwise(pl.lit(MISSING)),
        left_out=pl.when(pl.col("indicator").is_null())
        .then(pl.lit("indicators that are not used here"))
        .when(~(pl.col("sex") == "Persons").fill_null(False))
        .then(pl.lit("figures of one sex"))
        .when(pl.col("category").is_not_null())
        .then(pl.lit("groups within an area, such as tenths by deprivation"))
        .when(~pl.col("place").str.contains(OF_THESE_KINDS))
        .then(pl.lit("kinds of area that are not used here"))
        .when(~pl.col("place").is_in([*codes.of_kind(*KINDS), *codes.former.values()]))
        .then(pl.lit(OUTSIDE))
        .when(pl.col("years") != pl.col("usual"))
        .then(pl.lit("figures over more or fewer years than usual for their indicator")),
    )
    # What is of no use here is not judged: other indicators have other kinds of period.
    used = pl.col("left_out").is_null()
    rows = rows.with_columns(
        wrong=pl.when(used & pl.col("place").is_null())
        .then(pl.lit("no code of an area"))
        .when(used & pl.col("period").is_null())
        .then(pl.lit("a period that is not like 2022/23 or 2020/21 - 22/23"))
        .when(used & pl.col("unread"))
        .then(pl.lit("a figure that is not a number"))
        .when(used & pl.any_horizontal((pl.col(name) < 0).fill_null(False) for name in FIGURES))
        .then(pl.lit("a figure below zero"))
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    _refuse_two_versions(good)
    again = good.filter(~pl.struct(KEY).is_first_distinct())["record"].to_list()
    rows = rows.with_columns(
        left_out=pl.when(pl.col("record").is_in(again))
        .then(pl.lit("the same figure under another type of area"))
        .otherwise("left_out")
    )
    known = pl.col("state") == NUMBER
    observations = good.unique(KEY, keep="first", maintain_order=True).with_columns(
        pl.when(known).then(name).alias(name) for name in FIGURES
    )
    notes = ["Figures over three years together are filed under the last of the three."]
    return finish(table, rows, observations, notes, held=codes.of_kind(*KINDS))


def _refuse_two_versions(good: pl.DataFrame) -> None:
    versions = good.unique([*KEY, *FIGURES, "state"])
    clash = versions.filter(versions.select(KEY).is_duplicated()).sort("record")
    if clash.height:
        raise Refused(
            f"Two rows give different figures for {clash['indicator'][0]}, {clash['place'][0]}, {clash['period'][0]}. "
            "Bring the publisher's file unchanged."
        )


SOURCE = Source(
    name="fingertips",
    title="Fingertips public health indicators",
    publisher="Office for Health Improvement and Disparities",
    licence="Open Government Licence v3.0",
    grain=KINDS,
    caveats=(
        "Counted by where people live, and only those who stayed in hospital: most who are hurt never do.",
        "Hospitals code causes differently, and since 2021/22 many no longer count care on the same day as an "
        "admission: a fall may be no more than that.",
        "The City of London is counted with Hackney, the Isles of Scilly with Cornwall.",
    ),
    disclosure=Disclosure(
        threshold=8,
        rounding=5,
        zeros_shown=True,
        because="Counts of hospital patients from 1 to 7 are hidden, and others rounded to 5, before they are issued.",
    ),
    recognises=recognises,
    take=take,
)
