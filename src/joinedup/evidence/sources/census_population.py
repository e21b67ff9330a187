"""Census 2021 usual residents by LSOA, in all and by age band: the denominators of rates.

Three layouts: one column a band, as it ships; table TS007A as Nomis issues it, with bands of five years; and
a table of six bands as the Office for National Statistics builds it on request, one row a band.
"""

from __future__ import annotations

from joinedup.evidence.sources.contract import NUMBER, OUTSIDE, Codes, Disclosure, Reading, Source, finish
from joinedup.evidence.sources.lsoa_wide import LSOA, refuse_larger_areas, repeats, take_columns
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import TextTable

COLUMNS = {
    "usual_residents": "residents",
    "age_0_15": "residents-0-15",
    "age_16_24": "residents-16-24",
    "age_25_34": "residents-25-34",
    "age_35_49": "residents-35-49",
    "age_50_64": "residents-50-64",
    "age_65_plus": "residents-65-plus",
}
NEEDED = {"lsoa21cd", "usual_residents", "age_16_24"}

# TS007A. Some downloads end each name with “; measures: Value”.
NOMIS_PLACE, NOMIS_TAIL = "geography code", "; measures: Value"


def _from_fives(first: int, last: int) -> list[str]:
    return [f"Age: Aged {age} to {age + 4} years" for age in range(first, last, 5)]


# The bands that fives add up to. None of them begins at 16, so 0 to 15 and 16 to 24 cannot be made.
FIVES = {
    "residents": ["Age: Total"],
    "residents-25-34": _from_fives(25, 34),
    "residents-35-49": _from_fives(35, 49),
    "residents-50-64": _from_fives(50, 64),
    "residents-65-plus": [*_from_fives(65, 84), "Age: Aged 85 years and over"],
}
WITHOUT_YOUNG = (
    "A table of five-year bands gives neither residents aged 0 to 15 nor 16 to 24, which figures about young people "
    "are divided by: where none are held yet, bring the table of six age bands too."
)

# One row a band.
LONG_PLACE, LONG_BAND, LONG_COUNT = "Lower layer Super Output Areas Code", "Age (6 categories)", "Observation"
BANDS = {
    "Aged 15 years and under": "residents-0-15",
    "Aged 16 to 24 years": "residents-16-24",
    "Aged 25 to 34 years": "residents-25-34",
    "Aged 35 to 49 years": "residents-35-49",
    "Aged 50 to 64 years": "residents-50-64",
    "Aged 65 years and over": "residents-65-plus",
}
WITHOUT_ALL = (
    "This table has no total: residents of all ages stay as they are held, and are not added up from bands."
)


def recognises(header: list[str]) -> bool:
    names = set(header)
    return names >= NEEDED or _is_long(names) or _fives_in(header) is not None


def take(table: TextTable, codes: Codes) -> Reading:
    if _is_long(set(table.header)):
        return _take_long(table, codes)
    fives = _fives_in(table.header)
    if fives is not None:
        return take_columns(
            table,
            codes,
            fives,
            place=NOMIS_PLACE,
            period="2021",
            as_count=True,
            lowest=0.0,
            notes=[WITHOUT_YOUNG],
        )
    notes = ["The bands add up to within 14 people of all residents: the Census moves a few to protect them."]
    used = {slug: [column] for column, slug in COLUMNS.items() if column in table.header}
    return take_columns(table, codes, used, period="2021", as_count=True, lowest=0.0, notes=notes)


def _is_long(names: set[str]) -> bool:
    return names >= {LONG_PLACE, LONG_BAND, LONG_COUNT}


def _fives_in(header: list[str]) -> dict[str, list[str]] | None:
    """The columns of TS007A by what they add up to, as this file writes them; None if it is no TS007A."""
    written = {name.removesuffix(NOMIS_TAIL): name for name in header}
    needed = {column for columns in FIVES.values() for column in columns}
    if NOMIS_PLACE not in written or not written.keys() >= needed:
        return None
    return {slug: [written[column] for column in columns] for slug, columns in FIVES.items()}


def _take_long(table: TextTable, codes: Codes) -> Reading:
    refuse_larger_areas(table, LONG_PLACE)
    rows = table.frame.select(
        "record",
        place=LONG_PLACE,
        indicator=pl.col(LONG_BAND).replace_strict(BANDS, default=None, return_dtype=pl.String),
        count=pl.col(LONG_COUNT).cast(pl.Float64, strict=False),
    ).with_columns(
        wrong=pl.when(~pl.col("place").str.contains(LSOA).fill_null(False))
        .then(pl.lit("an LSOA code that is not like E01000001"))
        .when(pl.col("place").is_in(list(codes.changes)))
        .then(pl.lit("an LSOA code of 2011 in a file of 2021 codes"))
        .when(~(pl.col("count") >= 0).fill_null(False))
        .then(pl.lit("a count that is not a number from zero")),
        left_out=pl.when(pl.col("indicator").is_null())
        .then(pl.lit("people of no age band, such as students counted at their other address"))
        .when(~pl.col("place").is_in(codes.of_kind("lsoa")))
        .then(pl.lit(OUTSIDE)),
    )
    key = ["place", "indicator"]
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    rows = rows.with_columns(repeats(good, key, ["count"]))
    observations = good.unique(key, keep="first", maintain_order=True).with_columns(
        period=pl.lit("2021"),
        denominator=pl.lit(None, pl.Float64),
        value=pl.lit(None, pl.Float64),
        state=pl.lit(NUMBER),
    )
    return finish(table, rows, observations, [WITHOUT_ALL], held=codes.of_kind("lsoa"))


SOURCE = Source(
    name="census_population",
    title="Residents by age, Census 2021",
    publisher="Office for National Statistics",
    licence="Open Government Licence v3.0",
    grain=("lsoa",),
    caveats=(
        "Census day was 21 March 2021, in a lockdown: few students and commuters were where they usually are.",
        "People at risk are taken to be residents aged 16 to 24, or 0 to 15 for work with children; no band of 10 to "
        "24 is used.",
        "Residents only: where few live and many come, a rate by residents misleads.",
    ),
    disclosure=Disclosure(
        threshold=None,
        rounding=None,
        zeros_shown=True,
        because="The Census has protected these counts itself.",
    ),
    recognises=recognises,
    take=take,
)
