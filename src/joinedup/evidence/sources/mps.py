"""What the three wide files of the Metropolitan Police Service share: months as columns, offence words.

Each row is a place and a category of offence; each column named YYYYMM is a month. A place that is in the
file at all is covered, so a category without a row there is a true zero. A category that is nowhere in the
file is withheld at that level: unknown, and never zero. So is a place with a refused row.
"""

from __future__ import annotations

import re

from joinedup.evidence.sources.contract import MISSING, NUMBER, Codes, Disclosure, Reading, carried, finish
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, TextTable

MONTH = re.compile(r"^(19|20)\d{2}(0[1-9]|1[0-2])$")
PUBLISHER = "Metropolitan Police Service, through the London Datastore"
LICENCE = "Open Government Licence v2.0"
DISCLOSURE = Disclosure(
    threshold=None,
    rounding=None,
    zeros_shown=True,
    because="The publisher issues these counts unrounded and openly, after withholding what it must.",
)
CAVEATS = (
    "Police-recorded crime sees well under half of the violence that hospitals see; it shows where people "
    "report and police look as well as where harm is.",
    "Recording changed in February and March 2024: do not compare across it.",
    "Each release revises the months before it.",
    "The City of London has a force of its own and is not in these files: unknown there, not zero.",
)
OFFENCES = {
    "VIOLENCE AGAINST THE PERSON": {
        "HOMICIDE": "homicide",
        "VIOLENCE WITH INJURY": "violence-with-injury",
        "VIOLENCE WITHOUT INJURY": "violence-without-injury",
        "STALKING AND HARASSMENT": "stalking-and-harassment",
        "DEATH SERIOUS INJURY ILLEGAL DRIVING": "death-or-injury-by-driving",
    },
    "ROBBERY": {
        "ROBBERY OF PERSONAL PROPERTY": "robbery-of-personal-property",
        "ROBBERY OF BUSINESS PROPERTY": "robbery-of-business-property",
    },
    "POSSESSION OF WEAPONS": {"POSSESSION OF WEAPONS": "weapons-possession"},
    "DRUG OFFENCES": {
        "POSSESSION OF DRUGS": "drug-possession",
        "TRAFFICKING OF DRUGS": "drug-trafficking",
    },
    "SEXUAL OFFENCES": {"RAPE": "rape", "OTHER SEXUAL OFFENCES": "other-sexual-offences"},
}
# A month column with less than this share of what the others hold was not counted in full.
HARDLY_ANYTHING = 0.05


def _words() -> pl.DataFrame:
    return pl.DataFrame(
        [(major, minor, slug) for major, minors in OFFENCES.items() for minor, slug in minors.items()],
        schema={"major": str, "minor": str, "indicator": str},
        orient="row",
    )


def take_wide(
    table: TextTable, codes: Codes, *, major: str, minor: str, place: pl.Expr, kind: str
) -> Reading:
    """Read one wide file. `place` gives a GSS code, or null if it is not a place."""
    months = [name for name in table.header if MONTH.match(name)]
    if not months:
        raise Refused("There is no month column such as 202403. Bring the publisher's file unchanged.")
    labels = [name for name in table.header if name not in months]
    rows = (
        table.frame.select(
            "record",
            *labels,
            pl.col(major).str.to_uppercase().str.strip_chars().alias("major"),
            pl.col(minor).str.to_uppercase().str.strip_chars().alias("minor"),
            place.alias("place"),
            *(pl.col(month).cast(pl.Float64, strict=False) for month in months),
        )
        .join(_words(), on=["major", "minor"], how="left")
        .with_columns(_wrong(months, codes, kind), _left_out(kind))
    )
    rows, repeats = _without_repeats(rows, labels, months)
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    months, notes = _whole_months(good, months)
    good, carry = carried(good, codes, months)
    counts = good.group_by("place", "indicator").agg(pl.col(month).sum() for month in months)
    placed = pl.col("place").is_not_null()
    covered = carried(rows.filter(placed, pl.col("wrong").is_null()).select("place"), codes, [])[0].unique()
    spoiled = rows.filter(placed, pl.col("wrong").is_not_null(), pl.col("indicator").is_not_null())
    spoiled = carried(spoiled.select("place", "indicator"), codes, [])[0].unique()
    known = pl.col("spoiled").is_null()
    periods = [f"{month[:4]}-{month[4:]}" for month in months]
    observations = (
        covered.join(good.select("indicator").unique(), how="cross")
        .join(counts, on=["place", "indicator"], how="left")
        .join(spoiled.with_columns(spoiled=pl.lit(True)), on=["place", "indicator"], how="left")
        .select(
            "indicator",
            "place",
            period=pl.lit(periods),
            count=pl.concat_list(pl.when(known).then(pl.col(month).fill_null(0.0)) for month in months),
            state=pl.when(known).then(pl.lit(NUMBER)).otherwise(pl.lit(MISSING)),
        )
        .explode("period", "count", empty_as_null=False)
        .with_columns(denominator=pl.lit(None, pl.Float64), value=pl.lit(None, pl.Float64))
    )
    notes += [note for note in (carry, repeats, _withheld(good)) if note]
    return finish(table, rows, observations, notes)


def _wrong(months: list[str], codes: Codes, kind: str) -> pl.Expr:
    counts = [pl.col(month) for month in months]
    known = codes.of_kind(kind) + (list(codes.changes) if kind == "lsoa" else [])
    needed = pl.col("major").is_in(list(OFFENCES))
    return (
        pl.when(pl.col("major").is_null() | pl.col("minor").is_null())
        .then(pl.lit("no offence category"))
        .when(pl.col("place").is_not_null() & ~pl.col("place").is_in(known))
        .then(pl.lit("a place code that is not known"))
        .when(needed & pl.any_horizontal(count.is_null() for count in counts))
        .then(pl.lit("a count that is not a number"))
        .when(needed & pl.any_horizontal(count < 0 for count in counts))
        .then(pl.lit("a count below zero"))
        .when(needed & pl.any_horizontal(count != count.floor() for count in counts))
        .then(pl.lit("a count that is not whole"))
        .when(needed & pl.col("indicator").is_null())
        .then(pl.lit("an offence category that is not known"))
        .alias("wrong")
    )


def _left_out(kind: str) -> pl.Expr:
    what = {"lsoa": "neighbourhood", "ward": "ward", "local_authority": "borough"}[kind]
    return (
        pl.when(~pl.col("major").is_in(list(OFFENCES)))
        .then(pl.lit("offences other than violence, robbery, weapons, drugs and sexual offences"))
        .when(pl.col("place").is_null())
        .then(pl.lit(f"offences that the publisher places in no {what}"))
        .alias("left_out")
    )


def _without_repeats(
    rows: pl.DataFrame, labels: list[str], months: list[str]
) -> tuple[pl.DataFrame, str | None]:
    """Mark repeated rows as left out; refuse the file if two disagree."""
    same = rows.select(labels).is_duplicated()
    if not same.any():
        return rows, None
    versions = rows.filter(same).unique([*labels, *months], maintain_order=True)
    clash = versions.filter(versions.select(labels).is_duplicated())
    if clash.height:
        raise Refused(
            f"Two rows speak of the same place and offence with different counts ({clash['minor'][0].lower()}, "
            f"{clash['place'][0] or 'no place'}). Bring the publisher's file unchanged."
        )
    again = ~pl.struct(labels).is_first_distinct()
    rows = rows.with_columns(
        left_out=pl.when(again).then(pl.lit("rows that are there twice")).otherwise("left_out")
    )
    return rows, f"{rows.select(again).to_series().sum():,} rows were there twice, and count once."


def _whole_months(rows: pl.DataFrame, months: list[str]) -> tuple[list[str], list[str]]:
    """Drop a first or last month that is nearly empty; say which months are absent altogether."""
    notes = []
    totals = [float(rows[month].sum()) for month in months]
    usual = sorted(totals)[len(totals) // 2]
    whole = list(months)
    if len(months) >= 6 and usual >= 100:
        for month, total in ((months[0], totals[0]), (months[-1], totals[-1])):
            if total < HARDLY_ANYTHING * usual:
                whole.remove(month)
                notes.append(
                    f"{month} is a leftover column, with {total:,.0f} offences where a month has about "
                    f"{usual:,.0f}; it was dropped."
                )
    numbers = sorted(int(month[:4]) * 12 + int(month[4:]) - 1 for month in whole)
    gaps = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))
    if gaps:
        named = ", ".join(f"{gap // 12}{gap % 12 + 1:02}" for gap in gaps)
        notes.append(f"The file has no column for {named}: missing, not zero.")
    return whole, notes


def _withheld(rows: pl.DataFrame) -> str | None:
    there = set(rows["indicator"].unique())
    gone = [major.lower() for major, minors in OFFENCES.items() if not there & set(minors.values())]
    if not gone:
        return None
    return f"The file has no rows at all on {', '.join(gone)}: withheld at this level, so unknown, not zero."
