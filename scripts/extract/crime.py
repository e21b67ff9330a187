"""Recorded crime, put back into the publisher's own wide shape: one row a category, one column a month."""

from pathlib import Path

import polars as pl
from writing import write_table

AT_LSOA = ["VIOLENCE AGAINST THE PERSON", "ROBBERY", "POSSESSION OF WEAPONS", "DRUG OFFENCES"]
AT_BOROUGH = [*AT_LSOA, "SEXUAL OFFENCES"]
BREAK = "2024-03"  # the first month of the later series


def _wide(frame: pl.DataFrame, labels: dict[str, str], categories: list[str]) -> pl.DataFrame:
    """Months as columns; a month without a row is nought, as in the publisher's file."""
    frame = frame.filter(pl.col("major_category").is_in(categories)).with_columns(
        pl.col("month").str.replace("-", "")
    )
    months = sorted(frame["month"].unique())
    wide = frame.pivot(on="month", index=list(labels), values="offences", aggregate_function="sum")
    return (
        wide.sort(list(labels))
        .select(*labels, *(pl.col(month).fill_null(0) for month in months))
        .rename(dict(labels))
    )


def write_crime(london: Path, output: Path) -> None:
    """Write the four files of the Metropolitan Police Service and its knife crime."""
    lsoa = pl.read_parquet(london / "crime_lsoa_month.parquet")
    labels = {
        "lsoa_code": "LSOA Code",
        "lsoa_name": "LSOA Name",
        "lad_code": "Borough",  # the publisher's column holds the code, not the name
        "major_category": "Major Category",
        "minor_category": "Minor Category",
    }
    write_table(output / "mps_lsoa.csv.gz", _wide(lsoa, labels, AT_LSOA))

    ward = pl.read_parquet(london / "crime_ward_month.parquet").filter(pl.col("month") >= BREAK)
    labels = {
        "major_category": "MajorText",
        "minor_category": "MinorText",
        "ward_name": "WardName",
        "ward_code": "WardCode",
        "borough_label": "LookUp_BoroughName",
    }
    write_table(output / "mps_ward.csv.gz", _wide(ward, labels, AT_BOROUGH))

    borough = pl.read_parquet(london / "crime_borough_month.parquet")
    labels = {"major_category": "MajorText", "minor_category": "MinorText", "borough_name": "BoroughName"}
    for name, part in (
        ("mps_borough_to_2024_02", borough.filter(pl.col("month") < BREAK)),
        ("mps_borough_from_2024_03", borough.filter(pl.col("month") >= BREAK)),
    ):
        write_table(output / f"{name}.csv.gz", _wide(part, labels, AT_BOROUGH))

    knife = pl.read_parquet(london / "knife_crime_dashboard.parquet")
    # Positive outcomes are not offences, and half of the file.
    offences = knife.filter(pl.col("measure") == "Offences")
    order = ["month", "area_type", "crime_subtype", "area_name", "area_code", "borough_snt", "offences"]
    write_table(output / "knife_crime.csv.gz", offences.sort(order, nulls_last=True))
