from collections.abc import Callable
from pathlib import Path

import polars as pl

from joinedup.evidence.sources import knife_crime
from joinedup.evidence.sources.contract import Codes
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]


def test_no_row_is_nought_and_no_place_is_left_out(codes: Codes, brought: Brought) -> None:
    reading = knife_crime.SOURCE.read(brought(SAMPLES["knife_crime"]), codes)
    assert reading.observations.select("place", "period", "count").rows() == [
        ("E09000012", "2024-03", 40),
        ("E09000012", "2024-04", 38),
        ("E09000017", "2024-03", 0),
        ("E09000017", "2024-04", 12),
    ]
    assert reading.left_out == {
        "offences that the publisher places in no borough or ward": 1,
        "positive outcomes, which are not offences": 1,
    }


def test_the_dashboards_other_column_names_are_read_too(codes: Codes, brought: Brought) -> None:
    text = (
        SAMPLES["knife_crime"]
        .replace("month,area_type,", "Month_Year,Area Type,")
        .replace(",offences", ",Count")
    )
    ours = knife_crime.SOURCE.read(brought(SAMPLES["knife_crime"]), codes).observations
    theirs = knife_crime.SOURCE.read(brought(text.replace("2024-03,", "2024-03-01,")), codes).observations
    assert theirs.equals(ours)


def test_ward_codes_with_a_blank_after_them_are_wards(codes: Codes, brought: Brought) -> None:
    row = (
        "2024-03,Safer Neighbourhood Teams,Hackney,Brownswood,E05009367 ,Knife Crime,Knife Crime,Offences,2\n"
    )
    reading = knife_crime.SOURCE.read(brought(SAMPLES["knife_crime"] + row), codes)
    ward = reading.observations.filter(pl.col("place") == "E05009367")
    assert ward["count"].to_list() == [2, 0]


def test_a_refused_row_leaves_its_month_unknown(codes: Codes, brought: Brought) -> None:
    more = "".join(
        f"2024-03,Borough,Hackney,Hackney,E09000012,Knife Crime,Knife Crime,Positive Outcomes,{i}\n"
        for i in range(30)
    )
    text = SAMPLES["knife_crime"].replace("Offences,12", "Offences,twelve") + more
    reading = knife_crime.SOURCE.read(
        brought(
            text + "2024-03,Borough,Hillingdon,Hillingdon,E09000017,Knife Crime,Knife Crime,Offences,9\n"
        ),
        codes,
    )
    rows = reading.observations.filter(pl.col("place") == "E09000017")
    assert rows.select("period", "count", "state").rows() == [
        ("2024-03", 9, "number"),
        ("2024-04", None, "missing"),
    ]
