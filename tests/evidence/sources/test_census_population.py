"""The layouts in which residents by age come. All are one source, so that rates find them."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.recognise import read_all, read_file
from joinedup.evidence.sources.census_population import BANDS, WITHOUT_ALL, WITHOUT_YOUNG
from joinedup.evidence.sources.contract import Codes
from joinedup.offline.delimited import Refused

Brought = Callable[..., Path]
FIVES = [
    "Age: Total",
    "Age: Aged 4 years and under",
    *(f"Age: Aged {age} to {age + 4} years" for age in range(5, 85, 5)),
    "Age: Aged 85 years and over",
]
# As many in each band as its place in the list, so that a sum says which bands are in it.
COUNTS = [171, *range(1, 19)]


def nomis(*codes: str, tail: str = "") -> str:
    header = ",".join(["date", "geography", "geography code", *(name + tail for name in FIVES)])
    rows = [f"2021,Somewhere,{code},{','.join(map(str, COUNTS))}" for code in codes]
    return "\n".join([header, *rows]) + "\n"


LONG = (
    "Lower layer Super Output Areas Code,Lower layer Super Output Areas,Age (6 categories) Code,Age (6 categories),"
    "Observation\n"
)


def long(code: str, *counts: int) -> str:
    return "".join(
        f"{code},Somewhere,{n},{band},{count}\n"
        for n, (band, count) in enumerate(zip(BANDS, counts, strict=True), 1)
    )


def counts(reading_rows: pl.DataFrame, place: str) -> dict[str, float]:
    return dict(reading_rows.filter(pl.col("place") == place).select("indicator", "count").iter_rows())


@pytest.mark.parametrize("tail", ["", "; measures: Value"])
def test_fives_give_all_residents_and_the_bands_that_they_add_up_to(
    codes: Codes, brought: Brought, tail: str
) -> None:
    source, reading = read_file(brought(nomis("E01001714", "E01001715", "E01009999", tail=tail)), codes)
    assert source.name == "census_population"
    assert counts(reading.observations, "E01001714") == {
        "residents": 171,
        "residents-25-34": 6 + 7,
        "residents-35-49": 8 + 9 + 10,
        "residents-50-64": 11 + 12 + 13,
        "residents-65-plus": 14 + 15 + 16 + 17 + 18,
    }
    assert reading.notes == [WITHOUT_YOUNG]
    assert reading.left_out == {"places outside those held here": 1}
    assert set(reading.observations["period"]) == {"2021"}


def test_a_blank_band_leaves_what_it_is_part_of_unknown(codes: Codes, brought: Brought) -> None:
    text = nomis("E01001714").replace(",6,7,", ",6,,")
    rows = read_file(brought(text), codes)[1].observations
    assert dict(rows.select("indicator", "state").iter_rows())["residents-25-34"] == "missing"
    assert counts(rows, "E01001714")["residents-35-49"] == 27


def test_of_the_archive_of_all_kinds_of_area_only_neighbourhoods_are_read(
    codes: Codes, brought: Brought
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("census2021-ts007a-ltla.csv", nomis("E09000012", "W06000002"))
        packed.writestr("census2021-ts007a-lsoa.csv", nomis("E01001714", "E01001715"))
        packed.writestr("census2021-ts007a-ctry.csv", nomis("K04000001", "E92000001"))
    read = read_all(brought(archive.getvalue(), "census2021-ts007a.zip"), codes)
    assert [each.file for each in read.series] == ["census2021-ts007a-lsoa.csv"]
    assert [name for name, _ in read.aside] == ["census2021-ts007a-ctry.csv", "census2021-ts007a-ltla.csv"]
    with pytest.raises(
        Refused, match=r"^This table is not by neighbourhood \(LSOA\)\. Bring .* are LSOAs\.$"
    ):
        read_file(brought(nomis("E09000012")), codes)


def test_one_row_a_band(codes: Codes, brought: Brought) -> None:
    text = (
        LONG + long("E01001714", 300, 200, 400, 300, 200, 100) + "E01001714,Somewhere,-8,Does not apply,7\n"
    )
    source, reading = read_file(brought(text + long("E01009999", 1, 2, 3, 4, 5, 6)), codes)
    assert source.name == "census_population"
    assert counts(reading.observations, "E01001714") == {
        "residents-0-15": 300,
        "residents-16-24": 200,
        "residents-25-34": 400,
        "residents-35-49": 300,
        "residents-50-64": 200,
        "residents-65-plus": 100,
    }
    assert reading.notes == [WITHOUT_ALL]
    assert sum(reading.left_out.values()) == 7
    assert reading.rows_read == 13


def test_a_band_that_is_there_twice_is_counted_once_and_two_versions_refuse(
    codes: Codes, brought: Brought
) -> None:
    text = LONG + long("E01001714", 300, 200, 400, 300, 200, 100)
    again = read_file(brought(text + long("E01001714", 300, 200, 400, 300, 200, 100)), codes)[1]
    assert again.left_out == {"rows that are there twice": 6}
    assert again.observations.equals(read_file(brought(text), codes)[1].observations)
    with pytest.raises(Refused, match="Two rows speak of the same LSOA with different figures"):
        read_file(brought(text + long("E01001714", 301, 200, 400, 300, 200, 100)), codes)


def test_codes_of_2011_and_counts_below_nought_are_wrong(codes: Codes, brought: Brought) -> None:
    text = LONG + "".join(long("E01001714", *[10] * 6) for _ in range(20))
    reading = read_file(brought(text + "E01000100,x,1,Aged 15 years and under,5\n"), codes)[1]
    assert reading.refused == {"an LSOA code of 2011 in a file of 2021 codes": 1}
    minus = read_file(brought(text + "E01001715,x,1,Aged 15 years and under,-1\n"), codes)[1]
    assert minus.refused == {"a count that is not a number from zero": 1}


def test_all_layouts_of_the_same_census_agree(shared: Path, brought: Brought) -> None:
    wide = pl.read_csv(shared / "london" / "population_lsoa21_census2021.csv").head(300)
    codes = Codes(dict.fromkeys(wide["lsoa21cd"].to_list(), "lsoa"), {}, {})
    bands = pl.read_csv(shared / "national" / "census2021_residents_by_age_lsoa21.csv.gz")
    rows = [long(code, *figures) for code, *figures in bands.iter_rows() if code in codes.kinds]
    theirs = read_file(brought(LONG + "".join(rows)), codes)[1].observations
    ours = read_file(brought(wide.write_csv().encode()), codes)[1].observations
    assert theirs.height == 300 * 6
    assert theirs.equals(ours.filter(pl.col("indicator") != "residents"))
