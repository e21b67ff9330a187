"""DfE Local Authority Interactive Tool, long form: youth justice, absence, exclusion, care, health by
authority.

Values are text; a dash means "suppressed or not available", which the file does not tell apart: it is missing
here. Authorities have the department's own three-figure numbers, so they are joined by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

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
from joinedup.places.words import plain

NEEDED = {"Short Desc", "Years", "LA and Regions", "Values"}
WORDS = {
    "16-17 NEET": "neet-16-17",
    "16-17_not known_NEET": "neet-or-not-known-16-17",
    "CIN": "children-in-need",
    "CINFixedExclusion": "children-in-need-suspended",
    "CINPermExclusion": "children-in-need-excluded",
    "CPP_rate": "child-protection-plans",
    "CareLeaversNEET": "care-leavers-neet",
    "Children_missing": "looked-after-missing",
    "FirstYJS": "first-time-entrants",
    "HospAd0-14": "injury-admissions-0-14",
    "Hosp_Adm_Alc_<18yrs": "alcohol-admissions-under-18",
    "LAC": "looked-after",
    "LACnum": "looked-after-number",
    "LAC_Convictions": "looked-after-convicted-or-cautioned",
    "ReoffYO": "reoffending-10-14",
    "ReoffYO15-17": "reoffending-15-17",
    "SecFixedEx": "suspensions-secondary",
    "SecPermEx": "permanent-exclusions-secondary",
    "TotFixedEx": "suspensions",
    "TotPerAbNew": "persistent-absence",
    "TotPermEx": "permanent-exclusions",
    "TotSevPerAbNew": "severe-absence",
    "Total_ Pup_FixedEx": "pupils-suspended",
    "YJS_Caution-Sentence10-17_YO": "cautioned-or-sentenced-10-17",
}
HIDDEN = {"c", "*", "low", "suppressed"}
NOT_GIVEN = {"-", "x", ":", "z", "na", "n/a", "..", "."}
SUMS_OF_RATES = ("first-time-entrants", "country")  # the figure for England is the sum of nine regions' rates


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def period_of(years: str | None) -> str | None:
    """`2016`, `2015/16`; `2024-25` as 2024/25; three years pooled (`2013/14-15/16`) by their last, 2015/16."""
    text = (years or "").strip()
    if re.fullmatch(r"(19|20)\d\d(/\d\d)?", text):
        return text
    if one := re.fullmatch(r"((?:19|20)\d\d)-(\d\d)", text):
        return f"{one[1]}/{one[2]}"
    if pooled := re.fullmatch(r"((?:19|20)\d\d)/\d\d-(\d\d)/(\d\d)", text):
        return f"{pooled[1][:2]}{pooled[2]}/{pooled[3]}"
    return None


def take(table: TextTable, codes: Codes) -> Reading:
    whole = {**codes.names.get("country", {}), **codes.names.get("region", {})}
    own = {**codes.names.get("county", {}), **codes.names.get("local_authority", {})}
    places = {**_short(own), **{f"{name} borough": code for name, code in own.items()}, **whole, **own}
    given = table.frame["LA and Regions"].drop_nulls().unique().to_list()
    years = table.frame["Years"].drop_nulls().unique().to_list()
    text = pl.col("Values").str.strip_chars().str.to_lowercase()
    rows = table.frame.select(
        "record",
        indicator=pl.col("Short Desc").replace_strict(WORDS, default=None, return_dtype=pl.String),
        place=pl.col("LA and Regions").replace_strict(
            {name: places.get(plain(name)) for name in given}, default=None, return_dtype=pl.String
        ),
        period=pl.col("Years").replace_strict(
            {year: period_of(year) for year in years}, default=None, return_dtype=pl.String
        ),
        named=pl.col("LA and Regions").is_not_null(),
        text=text,
        value=text.str.replace_all(",", "").cast(pl.Float64, strict=False),
    )
    hidden, absent = (
        pl.col("text").is_in(list(HIDDEN)),
        pl.col("text").is_null() | pl.col("text").is_in(list(NOT_GIVEN)),
    )
    england = [code for name, code in codes.names.get("country", {}).items() if name == "england"]
    rows = rows.with_columns(
        state=pl.when(hidden)
        .then(pl.lit(SUPPRESSED))
        .when(absent)
        .then(pl.lit(MISSING))
        .otherwise(pl.lit(NUMBER)),
        wrong=pl.when(pl.col("period").is_null())
        .then(pl.lit("a year that is none"))
        .when(~pl.col("named"))
        .then(pl.lit("no authority"))
        .when(~hidden & ~absent & pl.col("value").is_null())
        .then(pl.lit("a value that is neither a number nor a mark for none"))
        .when(pl.col("value") < 0)
        .then(pl.lit("a value below zero")),
        left_out=pl.when(pl.col("indicator").is_null())
        .then(pl.lit("measures that are not used here"))
        .when(pl.col("place").is_null())
        .then(pl.lit(OUTSIDE))
        .when((pl.col("indicator") == SUMS_OF_RATES[0]) & pl.col("place").is_in(england))
        .then(pl.lit("first-time entrants of England, which the publisher made by adding rates up")),
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    versions = good.unique(["indicator", "place", "period", "value", "state"])
    clash = versions.filter(versions.select("indicator", "place", "period").is_duplicated())
    if clash.height:
        one = clash.sort("record")
        raise Refused(
            f"Two rows give different values for {one['indicator'][0]}, {one['place'][0]}, {one['period'][0]}. "
            "Bring the publisher's file unchanged."
        )
    observations = good.unique(
        ["indicator", "place", "period"], keep="first", maintain_order=True
    ).with_columns(
        value=pl.when(pl.col("state") == NUMBER).then("value"),
        count=pl.lit(None, pl.Float64),
        denominator=pl.lit(None, pl.Float64),
    )
    held = codes.of_kind("local_authority", "county", "region", "country")
    return finish(table, rows, observations, _notes(rows), held=held)


def _short(names: Mapping[str, str]) -> dict[str, str]:
    """“Durham” for County Durham, “Bristol” for Bristol, City of: as the department has them."""
    short = {re.sub(r"^county | (city|county) of$", "", name): code for name, code in names.items()}
    return short


def _notes(rows: pl.DataFrame) -> list[str]:
    kept = rows.filter(pl.col("wrong").is_null(), pl.col("left_out").is_null())
    dashes = kept.filter(pl.col("state") == MISSING).height
    notes = ["Figures over three years together are filed under the last of the three."]
    if dashes:
        notes.append(f"{dashes:,} values are a dash, suppressed or not available: missing here, never zero.")
    return notes


SOURCE = Source(
    name="dfe_lait",
    title="Local Authority Interactive Tool",
    publisher="Department for Education",
    licence="Open Government Licence v3.0",
    grain=("local_authority", "county", "region", "country"),
    caveats=(
        "Years are calendar, financial or school years, as each measure has it.",
        "A zero may be true, or rounded away; the file does not say.",
        "First-time entrants for England are wrong in the published table and never used.",
        "Schools and absence are by where the school is; care and need by the authority responsible.",
    ),
    disclosure=Disclosure(
        threshold=5,
        rounding=None,
        zeros_shown=True,
        because="The department hides small counts before it publishes rates.",
    ),
    recognises=recognises,
    take=take,
)
