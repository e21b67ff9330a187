from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources import tidy
from joinedup.evidence.sources.contract import Codes
from joinedup.offline.delimited import Refused
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
HEADER = "place,period,indicator,count,denominator\n"


def test_a_number_a_mark_and_a_blank_are_three_things(codes: Codes, brought: Brought) -> None:
    rows = tidy.SOURCE.read(brought(SAMPLES["tidy"]), codes).observations
    assert rows.select("place", "count", "denominator", "state").rows() == [
        ("E09000012", 412, 259200, "number"),
        ("E09000013", None, None, "missing"),
        ("E09000017", None, None, "suppressed"),
    ]


def test_parquet_with_the_same_columns(codes: Codes, tmp_path: Path, brought: Brought) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame(
        {
            "place": ["E09000012", "E09000017"],
            "period": ["2024", "2024"],
            "indicator": ["a", "a"],
            "count": [3, None],
        }
    ).write_parquet(path)
    _, reading = read_file(path, codes)
    assert reading.observations["count"].to_list() == [3, None]
    assert reading.observations["state"].to_list() == ["number", "missing"]


def test_a_column_that_is_not_asked_for_refuses_the_file(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused, match="The column remarks is not one of"):
        tidy.SOURCE.read(
            brought("place,period,indicator,count,remarks\nE09000012,2024,a,1,told us so\n"), codes
        )


def test_rows_that_disagree_refuse_the_file(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused, match="different figures"):
        tidy.SOURCE.read(brought(f"{HEADER}E09000012,2024,a,1,9\nHackney,2024,a,2,9\n"), codes)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Atlantis,2024,a,1,9", "a place that is not known"),
        ("E09000012,2024-13,a,1,9", "a period"),
        ("E09000012,12 March 2024,a,1,9", "a period"),
        ("E09000012,2024,a b,1,9", "an indicator"),
        ("E09000012,2024,a,many,9", "a figure that is not a number"),
        ("E09000012,2024,a,-1,9", "a count below zero"),
    ],
)
def test_wrong_rows_say_why(codes: Codes, brought: Brought, row: str, reason: str) -> None:
    good = "".join(f"E09000012,{year},a,1,9\n" for year in range(1950, 1990))
    reading = tidy.SOURCE.read(brought(f"{HEADER}{good}{row}\n"), codes)
    assert [why.startswith(reason) for why in reading.refused] == [True]
    assert reading.examples[0][0] == 42


def test_a_suppressed_part_hides_the_merged_whole(codes: Codes, brought: Brought) -> None:
    """E01000200 became E01001715: a hidden count in one of two rows that meet hides their sum."""
    text = f"{HEADER}E01000200,2024,a,c,100\nE01001715,2024,a,7,100\nE01000100,2024,a,8,40\n"
    rows = tidy.SOURCE.read(brought(text), codes).observations
    assert rows.select("place", "count", "denominator", "state").rows() == [
        ("E01001715", None, None, "suppressed"),
        ("E01033001", 6, 30, "number"),
        ("E01033002", 2, 10, "number"),
    ]
