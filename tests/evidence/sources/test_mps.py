from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.sources import mps_borough, mps_lsoa, mps_ward
from joinedup.evidence.sources.contract import Codes, Reading
from joinedup.offline.delimited import Refused
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
LSOA = "LSOA Code,LSOA Name,Borough,Major Category,Minor Category,"
INJURY = "x,E09000012,VIOLENCE AGAINST THE PERSON,VIOLENCE WITH INJURY"


def counts(reading: Reading, indicator: str, place: str) -> list[float | None]:
    rows = reading.observations.filter(pl.col("indicator") == indicator, pl.col("place") == place)
    return rows["count"].to_list()


def test_no_row_for_a_place_that_is_covered_is_a_true_nought(codes: Codes, brought: Brought) -> None:
    reading = mps_lsoa.SOURCE.read(brought(SAMPLES["mps_lsoa"]), codes)
    assert counts(reading, "robbery-of-personal-property", "E01001715") == [0, 0, 0]


def test_what_is_withheld_is_unknown_and_never_nought(codes: Codes, brought: Brought) -> None:
    reading = mps_lsoa.SOURCE.read(brought(SAMPLES["mps_lsoa"]), codes)
    assert not set(reading.observations["indicator"]) & {"rape", "other-sexual-offences"}
    assert any("sexual offences" in note and "withheld" in note for note in reading.notes)


def test_a_place_that_is_not_in_the_file_gets_nothing(codes: Codes, brought: Brought) -> None:
    reading = mps_borough.SOURCE.read(brought(SAMPLES["mps_borough"]), codes)
    assert set(reading.observations["place"]) == {"E09000012", "E09000013"}
    assert reading.left_out == {"offences that the publisher places in no borough": 1}


def test_one_ward_under_two_boroughs_is_added_up(codes: Codes, brought: Brought) -> None:
    reading = mps_ward.SOURCE.read(brought(SAMPLES["mps_ward"]), codes)
    assert counts(reading, "robbery-of-personal-property", "E05013570") == [11, 2, 3]


def test_a_split_area_shares_its_count_by_residents(codes: Codes, brought: Brought) -> None:
    text = f"{LSOA}202403\nE01000100,{INJURY},8\nE01033002,{INJURY},1\nE01000200,{INJURY},5\nE01001715,{INJURY},2\n"
    reading = mps_lsoa.SOURCE.read(brought(text), codes)
    assert counts(reading, "violence-with-injury", "E01033001") == [6]
    assert counts(reading, "violence-with-injury", "E01033002") == [3]
    assert counts(reading, "violence-with-injury", "E01001715") == [7]
    assert any("2 LSOA codes of 2011" in note and "1 split area" in note for note in reading.notes)
    assert reading.observations["count"].sum() == 16


def test_a_month_that_is_all_but_empty_is_dropped_and_said(codes: Codes, brought: Brought) -> None:
    months = "202402,202403,202404,202405,202406,202407,202408"
    text = f"{LSOA}{months}\nE01001714,{INJURY},3,90,110,100,120,95,105\n"
    reading = mps_lsoa.SOURCE.read(brought(text), codes)
    assert reading.period_start == "2024-03"
    assert any(note.startswith("202402 is a leftover column") for note in reading.notes)


def test_a_month_that_is_not_there_is_said(codes: Codes, brought: Brought) -> None:
    text = f"{LSOA}202403,202405\nE01001714,{INJURY},3,4\n"
    reading = mps_lsoa.SOURCE.read(brought(text), codes)
    assert any("202404" in note and "missing" in note for note in reading.notes)
    assert reading.observations["period"].to_list() == ["2024-03", "2024-05"]


def test_a_refused_row_leaves_the_place_unknown_not_nought(codes: Codes, brought: Brought) -> None:
    good = "".join(f"E01001714,{INJURY.replace('WITH', 'WITHOUT')},{i}\n" for i in [4])
    many = "".join(f"E01001714,{i},E09000012,THEFT,OTHER THEFT,1\n" for i in range(40))
    text = f"{LSOA}202403\n{good}{many}E01001714,{INJURY},-2\nE01001715,{INJURY},3\n"
    reading = mps_lsoa.SOURCE.read(brought(text), codes)
    assert reading.refused == {"a count below zero": 1}
    assert reading.examples == [(43, "a count below zero")]
    rows = reading.observations.filter(
        pl.col("place") == "E01001714", pl.col("indicator") == "violence-with-injury"
    )
    assert rows["state"].to_list() == ["missing"]
    assert rows["count"].to_list() == [None]


def test_over_a_twentieth_wrong_refuses_the_file_and_says_how_much(codes: Codes, brought: Brought) -> None:
    text = f"{LSOA}202403\nE01001714,{INJURY},1\nE01099999,{INJURY},1\n"
    with pytest.raises(Refused, match=r"1 of 2 rows \(50%\).*line 3: a place code that is not known"):
        mps_lsoa.SOURCE.read(brought(text), codes)


def test_two_rows_that_disagree_refuse_the_file(codes: Codes, brought: Brought) -> None:
    text = f"{LSOA}202403\nE01001714,{INJURY},1\nE01001714,{INJURY},2\n"
    with pytest.raises(Refused, match="different counts"):
        mps_lsoa.SOURCE.read(brought(text), codes)


def test_a_row_that_is_there_twice_counts_once(codes: Codes, brought: Brought) -> None:
    text = f"{LSOA}202403\nE01001714,{INJURY},1\nE01001714,{INJURY},1\n"
    reading = mps_lsoa.SOURCE.read(brought(text), codes)
    assert counts(reading, "violence-with-injury", "E01001714") == [1]
    assert reading.left_out == {"rows that are there twice": 1}


def test_a_month_that_is_there_twice_refuses_the_file(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused, match="202403 is there twice"):
        mps_lsoa.SOURCE.read(brought(f"{LSOA}202403,202403\nE01001714,{INJURY},1,2\n"), codes)


def test_no_month_at_all_refuses_the_file(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused, match="no month column"):
        mps_lsoa.SOURCE.read(brought(f"{LSOA}total\nE01001714,{INJURY},1\n"), codes)


def test_an_offence_with_a_new_name_is_refused_not_guessed(codes: Codes, brought: Brought) -> None:
    rows = "".join(f"E01001714,{i},E09000012,THEFT,OTHER THEFT,1\n" for i in range(40))
    text = f"{LSOA}202403\n{rows}E01001714,{INJURY},1\nE01001714,x,E09000012,ROBBERY,ROBBERY BY DRONE,1\n"
    reading = mps_lsoa.SOURCE.read(brought(text), codes)
    assert reading.refused == {"an offence category that is not known": 1}
