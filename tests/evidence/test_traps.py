"""Things in the publishers' own files that break a naive reader, each on the real file (see `shared`)."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes
from joinedup.offline.delimited import Refused

POLICE = "policeuk"


def total(rows: pl.DataFrame, *indicators: str) -> float:
    return rows.filter(pl.col("indicator").is_in(indicators))["count"].sum()


def test_1_withheld_is_not_nought(shared: Path, london: Codes) -> None:
    _, reading = read_file(shared / "london" / "mps_lsoa_wide_hackney.csv", london)
    assert not set(reading.observations["indicator"]) & {"rape", "other-sexual-offences"}
    assert any("sexual offences" in note for note in reading.notes)


def test_2_the_codes_change_inside_one_force(shared: Path, tmp_path: Path) -> None:
    """Derbyshire in May 2023 has codes of both years; with the look-up no area rises from nothing."""
    path = shared / POLICE / "vintage-switch" / "2023-05-derbyshire-street.csv.gz"
    rows = pl.read_csv(gzip.decompress(path.read_bytes()), infer_schema=False)
    held = rows["LSOA code"].drop_nulls().unique().sort().to_list()
    old, new = held[0], held[1]
    codes = Codes({code: "lsoa" for code in held if code != old}, {}, {old: [(new, 1.0)]})
    _, reading = read_file(path, codes)
    assert any("codes of 2021" in note for note in reading.notes)
    assert old not in set(reading.observations["place"])
    together = Codes(dict.fromkeys(held, "lsoa"), {}, {})
    apart = read_file(path, together)[1].observations
    assert reading.observations["count"].sum() == apart["count"].sum()


@pytest.mark.parametrize("borough", ["hackney", "lewisham"])
def test_3_a_near_empty_month(shared: Path, london: Codes, borough: str) -> None:
    _, reading = read_file(shared / "london" / f"mps_lsoa_wide_{borough}.csv", london)
    assert (reading.period_start, reading.period_end) == ("2024-03", "2026-02")
    assert any(note.startswith("202402 is a leftover column") for note in reading.notes)


def test_3_a_full_first_month_is_kept(shared: Path, london: Codes) -> None:
    _, reading = read_file(shared / "london" / "mps_ward_wide.csv", london)
    assert (reading.period_start, reading.period_end) == ("2024-02", "2026-01")


def test_4_headers_vary_and_borough_may_be_a_code(shared: Path, london: Codes) -> None:
    files = ["mps_lsoa_wide_hackney.csv", "mps_ward_wide.csv", "mps_borough_wide.csv"]
    found = [read_file(shared / "london" / name, london) for name in files]
    assert [source.name for source, _ in found] == ["mps_lsoa", "mps_ward", "mps_borough"]
    assert [reading.refused for _, reading in found] == [{}, {}, {}]


def test_5_places_that_are_none(shared: Path, london: Codes) -> None:
    _, boroughs = read_file(shared / "london" / "mps_borough_wide.csv", london)
    assert boroughs.left_out["offences that the publisher places in no borough"] == 12
    assert boroughs.observations["place"].n_unique() == 32
    _, wards = read_file(shared / "london" / "mps_ward_wide.csv", london)
    assert "E05013570" in set(wards.observations["place"])  # Heathrow, under Aviation Security and no borough
    _, knife = read_file(shared / "london" / "knife_crime_dashboard.parquet", london)
    assert set(knife.observations["place"]) <= set(london.of_kind("local_authority", "ward"))


def test_5_one_ward_under_two_boroughs_is_added(shared: Path, london: Codes, tmp_path: Path) -> None:
    """Heathrow Villages from March 2020 to April 2023, put back into the publisher's wide shape."""
    long = pl.read_parquet(shared / "london" / "crime_ward_month.parquet").filter(
        pl.col("ward_code") == "E05013570",
        pl.col("month").is_between(pl.lit("2020-03"), pl.lit("2023-04")),
        pl.col("major_category") == "VIOLENCE AGAINST THE PERSON",
    )
    assert set(long["borough_label"]) == {"Hillingdon", "Aviation Security (SO18)"}
    wide = (
        long.with_columns(pl.col("month").str.replace("-", ""))
        .rename(
            {
                "major_category": "MajorText",
                "minor_category": "MinorText",
                "ward_name": "WardName",
                "ward_code": "WardCode",
                "borough_label": "LookUp_BoroughName",
            }
        )
        .pivot(
            on="month",
            index=["MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName"],
            values="offences",
        )
        .fill_null(0)
    )
    wide.write_csv(tmp_path / "ward.csv")
    _, reading = read_file(tmp_path / "ward.csv", london)
    assert reading.refused == {}
    assert reading.observations["count"].sum() == long["offences"].sum()


def test_7_duplicates_cut_both_ways(shared: Path, london: Codes) -> None:
    files = sorted((shared / POLICE / "city-of-london").glob("*.csv"))
    again = sum(
        read_file(path, london)[1].left_out["further lines of a crime already counted"] for path in files[:6]
    )
    assert again > 20
    held = pl.read_csv(shared / POLICE / "warwickshire" / "lookup_lsoa21.csv")["lsoa21cd"]
    codes = Codes(dict.fromkeys(held, "lsoa"), {}, {})
    path = shared / POLICE / "warwickshire" / "2024-01-warwickshire-street.csv"
    raw = pl.read_csv(path, infer_schema=False).filter(
        pl.col("Crime type") == "Anti-social behaviour", pl.col("LSOA code").is_in(held.to_list())
    )
    assert raw.is_duplicated().any()
    assert total(read_file(path, codes)[1].observations, "policeuk-anti-social-behaviour") == raw.height


def test_8_outcomes_change_and_the_counts_do_not(shared: Path, london: Codes) -> None:
    for month in ("2024-01", "2024-02", "2024-03", "2024-04"):
        early = shared / POLICE / "revisions" / f"{month}-city-of-london-street.downloaded-2024-06.csv"
        late = shared / POLICE / "city-of-london" / f"{month}-city-of-london-street.csv"
        assert early.read_bytes() != late.read_bytes()
        first, second = (read_file(path, london)[1].observations for path in (early, late))
        assert first.equals(second)


def test_9_gaps_look_like_falls(shared: Path, tmp_path: Path) -> None:
    files = sorted((shared / POLICE / "dyfed-powys").glob("*.csv"))
    bodies = [path.read_bytes().replace(b"\r\n", b"\n") for path in files]
    joined = tmp_path / "joined.csv"
    joined.write_bytes(bodies[0] + b"".join(body.split(b"\n", 1)[1] for body in bodies[1:]))
    held = pl.read_csv(joined, infer_schema=False)["LSOA code"].drop_nulls().unique().to_list()
    _, reading = read_file(joined, Codes(dict.fromkeys(held, "lsoa"), {}, {}))
    assert any("2024-03" in note and "more likely a gap" in note for note in reading.notes)


def test_10_blank_and_stray_places_are_counted_as_such(shared: Path, london: Codes) -> None:
    _, reading = read_file(shared / POLICE / "city-of-london" / "2024-01-city-of-london-street.csv", london)
    assert reading.left_out["crimes without a place"] == 30
    held = pl.read_csv(shared / POLICE / "warwickshire" / "lookup_lsoa21.csv")["lsoa21cd"]
    path = shared / POLICE / "warwickshire" / "2024-01-warwickshire-street.csv"
    _, own = read_file(path, Codes(dict.fromkeys(held, "lsoa"), {}, {}))
    assert own.left_out["crimes outside the places held here"] == 33


def test_11_british_transport_police(shared: Path, london: Codes) -> None:
    _, reading = read_file(shared / POLICE / "btp" / "2024-03-btp-street.csv", london)
    assert any("never add it" in note for note in reading.notes)
    assert "further lines of a crime already counted" not in reading.left_out


def test_13_values_that_are_text(shared: Path, london: Codes) -> None:
    _, reading = read_file(shared / "indicators" / "dfe_lait_long_selected.csv", london)
    rows = reading.observations
    assert reading.refused == {"a year that is none": 170}
    assert rows.filter(pl.col("state") == "missing")["value"].null_count() == 2899
    assert not rows.filter(
        pl.col("place") == "E92000001", pl.col("indicator") == "first-time-entrants"
    ).height
    assert (
        rows.filter(pl.col("place") == "E12000007", pl.col("indicator") == "first-time-entrants").height == 9
    )
    assert rows["place"].n_unique() == 153 + 9 + 1


def test_14_age_bands_miss_the_total_and_both_are_kept(shared: Path, london: Codes) -> None:
    _, reading = read_file(shared / "london" / "population_lsoa21_census2021.csv", london)
    rows = reading.observations
    assert total(rows, "residents") == 8_799_810
    assert total(rows, "residents-16-24") == 978_714
    assert any("within 14 people" in note for note in reading.notes)


def test_17_people_proceeded_against_are_not_offences(shared: Path, london: Codes) -> None:
    with pytest.raises(Refused, match="of no known publisher"):
        read_file(shared / "london" / "homicide_accused_borough_year.csv", london)


def test_line_ends_and_letters_beyond_ascii(shared: Path) -> None:
    path = shared / POLICE / "dyfed-powys" / "2024-02-dyfed-powys-street.csv"
    held = pl.read_csv(path, infer_schema=False)["LSOA code"].drop_nulls().unique().to_list()
    _, reading = read_file(path, Codes(dict.fromkeys(held, "lsoa"), {}, {}))
    assert reading.notes == []
    assert reading.rows_read == 300
