"""The Welsh index, on areas of 2011: what became of those that were split or put together in 2021."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes, Reading
from joinedup.evidence.sources.wimd2019 import COLUMNS
from joinedup.offline.delimited import Refused

Brought = Callable[..., Path]
HEADER = "lsoa11_code,WIMD_decile,WIMD_score,Crime_score,Health_score,Income_score,Income_decile\n"
# W01000001 stays; W01000002 is split; W01000003 and W01000004 become one; W01000005 and W01000006 are cut anew.
CODES = Codes(
    dict.fromkeys(["W01000001", "W01000012", "W01000022", "W01000034", "W01000055", "W01000056"], "lsoa"),
    {},
    {
        "W01000002": [("W01000012", 0.75), ("W01000022", 0.25)],
        "W01000003": [("W01000034", 1.0)],
        "W01000004": [("W01000034", 1.0)],
        "W01000005": [("W01000055", 0.5), ("W01000056", 0.5)],
        "W01000006": [("W01000056", 1.0)],
    },
)
ROWS = (
    "W01000001,1,80,9,50,60,1\n"
    "W01000002,4,30,9,20,25,5\n"
    "W01000003,3,40,9,10,30,2\n"
    "W01000004,8,10,9,20,12,7\n"
    "W01000005,2,60,9,30,40,2\n"
    "W01000006,5,20,9,40,20,6\n"
    "W01000777,5,20,9,40,20,6\n"
)


def values(reading: Reading, indicator: str) -> dict[str, float | None]:
    rows = reading.observations.filter(pl.col("indicator") == indicator)
    return dict(rows.select("place", "value").iter_rows())


def test_parts_take_the_value_and_what_was_merged_the_mean(brought: Brought) -> None:
    source, reading = read_file(brought(HEADER + ROWS), CODES)
    assert source.name == "wimd2019"
    assert values(reading, "deprivation-score") == {
        "W01000001": 80, "W01000012": 30, "W01000022": 30, "W01000034": 25, "W01000055": 60, "W01000056": 40,
    }  # fmt: skip
    assert values(reading, "deprivation-decile") == {
        "W01000001": 1, "W01000012": 4, "W01000022": 4, "W01000034": 6, "W01000055": 2, "W01000056": 4,
    }  # fmt: skip
    assert set(reading.observations["period"]) == {"2019"}
    assert reading.left_out == {"places outside those held here": 1}
    assert reading.rows_read == 7


def test_notes_say_how_many_places_changed_and_how(brought: Brought) -> None:
    notes = read_file(brought(HEADER + ROWS), CODES)[1].notes
    assert notes[1:] == [
        "3 neighbourhoods of 2021 are parts of larger ones of 2011, whose points and deciles they took.",
        "1 neighbourhood of 2021 was made of several of 2011: the points are the mean of theirs, the decile the mean "
        "of theirs, rounded.",
        "1 neighbourhood of 2021 has parts of several of 2011 that went to others too: the mean of all of them "
        "was taken, so it is rough.",
    ]
    unchanged = read_file(brought(HEADER + ROWS[: ROWS.index("W01000002")]), CODES)[1].notes
    assert len(unchanged) == 1


def test_neither_crime_nor_scores_that_are_no_shares_are_read(brought: Brought) -> None:
    reading = read_file(brought(HEADER + ROWS), CODES)[1]
    assert set(reading.observations["indicator"]) == {
        "deprivation-score",
        "deprivation-decile",
        "health-deprivation-score",
        "income-deprivation-decile",
    }
    assert not set(COLUMNS.values()) & {"income-deprivation-score", "employment-deprivation-score"}


def test_a_place_one_part_of_which_is_unknown_is_unknown(brought: Brought) -> None:
    without = HEADER + ROWS.replace("W01000003,3,40,9,10,30,2\n", "")
    assert values(read_file(brought(without), CODES)[1], "deprivation-score")["W01000034"] is None
    blank = HEADER + ROWS.replace("W01000004,8,10,", "W01000004,8,,")
    reading = read_file(brought(blank), CODES)[1]
    assert values(reading, "deprivation-score")["W01000034"] is None
    assert values(reading, "deprivation-decile")["W01000034"] == 6


def test_what_cannot_be_right_is_refused(brought: Brought) -> None:
    with pytest.raises(Refused, match="a decile that is not from 1 to 10"):
        read_file(brought(HEADER + ROWS.replace("W01000001,1,", "W01000001,898,")), CODES)
    with pytest.raises(Refused, match="an LSOA code that is not like W01000001"):
        read_file(brought(HEADER + ROWS.replace("W01000001", "E01000001")), CODES)
    with pytest.raises(Refused, match="different figures"):
        read_file(brought(HEADER + ROWS + "W01000001,2,80,9,50,60,1\n"), CODES)
    with pytest.raises(Refused, match="places outside those held here"):
        read_file(brought(HEADER + ROWS), Codes({"E01000001": "lsoa"}, {}, {}))


def test_all_of_wales(shared: Path, brought: Brought) -> None:
    look_up = pl.read_csv(shared / "national" / "lookup_lsoa11_lsoa21_ltla22.csv.gz").filter(
        pl.col("lsoa11_code").str.starts_with("W")
    )
    kinds = dict.fromkeys(look_up["lsoa21_code"].to_list(), "lsoa")
    changes: dict[str, list[tuple[str, float]]] = {}
    for old, new in look_up.select("lsoa11_code", "lsoa21_code").iter_rows():
        if old not in kinds:
            changes.setdefault(old, []).append((new, 1.0))
    published = pl.read_csv(shared / "national" / "imd2019_wales_lsoa11.csv.gz")
    ours = published.rename({name: name.replace("IMD_", "WIMD_") for name in published.columns})
    reading = read_file(brought(ours.write_csv().encode()), Codes(kinds, {}, changes))[1]
    assert (reading.rows_read, reading.rows_kept, reading.refused, reading.left_out) == (1909, 1909, {}, {})
    scores, deciles = (values(reading, f"deprivation-{measure}") for measure in ("score", "decile"))
    assert len(scores) == len(deciles) == len(kinds) == 1917
    assert None not in {*scores.values(), *deciles.values()}
    assert set(deciles.values()) == set(range(1, 11))
    # Two of Anglesey, of the 5th and the 7th decile, that became one.
    assert scores["W01002008"] == pytest.approx((19.17394138 + 12.21066335) / 2)
    assert deciles["W01002008"] == 6
    assert [note.split(" ", 1)[0] for note in reading.notes[1:]] == ["58", "22"]
