from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.sources import dfe_lait
from joinedup.evidence.sources.contract import Codes
from joinedup.offline.delimited import Refused
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
HEADER = "Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region\n"


def test_text_becomes_numbers_and_a_dash_is_missing(codes: Codes, brought: Brought) -> None:
    reading = dfe_lait.SOURCE.read(brought(SAMPLES["dfe_lait"]), codes)
    rows = reading.observations.filter(pl.col("indicator") == "suspensions-secondary")
    assert rows.select("place", "period", "value", "state").rows() == [
        ("E09000001", "2016/17", None, "missing"),
        ("E09000012", "2015/16", 9.7341099999999994, "number"),
        ("E09000012", "2016/17", 0.0624, "number"),
        ("E12000007", "2016/17", 8.1, "number"),
    ]
    assert any("1 values are a dash" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("years", "period"),
    [
        ("2016", "2016"),
        ("2015/16", "2015/16"),
        ("2024-25", "2024/25"),
        ("2013/14-15/16", "2015/16"),
        ("0", None),
        ("", None),
        (None, None),
        ("20167", None),
    ],
)
def test_years_of_every_kind(years: str | None, period: str | None) -> None:
    assert dfe_lait.period_of(years) == period


def test_a_mark_of_suppression_is_suppressed(codes: Codes, brought: Brought) -> None:
    reading = dfe_lait.SOURCE.read(
        brought(f"{HEADER}CIN,,2016,Hackney,c,204,x\nCIN,,2017,Hackney,3,204,x\n"), codes
    )
    assert reading.observations["state"].to_list() == ["suppressed", "number"]


def test_first_time_entrants_of_england_are_never_taken(codes: Codes, brought: Brought) -> None:
    text = f"{HEADER}FirstYJS,,2016,England,3071,970,NA\nFirstYJS,,2016,London,412,986,NA\n"
    reading = dfe_lait.SOURCE.read(brought(text), codes)
    assert reading.observations.select("place", "value").rows() == [("E12000007", 412.0)]
    assert sum(reading.left_out.values()) == 1


def test_a_year_of_nought_is_refused_and_counted(codes: Codes, brought: Brought) -> None:
    rows = "".join(f"CIN,,{year},Hackney,3,204,x\n" for year in range(1990, 2015))
    reading = dfe_lait.SOURCE.read(brought(f"{HEADER}{rows}CINPermExclusion,,0,Hackney,-,204,x\n"), codes)
    assert reading.refused == {"a year that is none": 1}
    assert reading.examples == [(27, "a year that is none")]


def test_two_values_for_one_figure_refuse_the_file(codes: Codes, brought: Brought) -> None:
    with pytest.raises(Refused, match="different values for children-in-need, E09000012, 2016"):
        dfe_lait.SOURCE.read(brought(f"{HEADER}CIN,,2016,Hackney,3,1,x\nCIN,,2016,Hackney,4,1,x\n"), codes)
