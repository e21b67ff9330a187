"""The publisher's own layouts of the English Indices of Deprivation: File 7 as CSV, File 1 as a workbook."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.recognise import read_all, read_file
from joinedup.evidence.sources.contract import Codes
from joinedup.evidence.sources.iod2025 import COLUMNS, DOMAINS, PUBLISHED
from joinedup.offline.delimited import Refused
from tests.offline.workbook import workbook

Brought = Callable[..., Path]
WHERE = [
    "LSOA code (2021)",
    "LSOA name (2021)",
    "Local Authority District code (2024)",
    "Local Authority District name (2024)",
]
RANK, DECILE = "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOAs)"
NAMES = [
    "Index of Multiple Deprivation (IMD)",
    "Income",
    "Employment",
    "Education, Skills and Training",
    "Health Deprivation and Disability",
    "Crime",
    "Barriers to Housing and Services",
    "Living Environment",
    "Income Deprivation Affecting Children Index (IDACI)",
    "Children and Young People Sub-domain",
]
SHARES = ("Income", "Employment", "Income Deprivation Affecting Children Index (IDACI)")


def header() -> list[str]:
    measures = [
        f"{name} {measure}"
        for name in NAMES
        for measure in ("Score (rate)" if name in SHARES else "Score", RANK, DECILE)
    ]
    return [*WHERE, *measures, "Total population: mid 2022"]


def row(code: str, *, first: float) -> list[object]:
    """Scores `first`, `first` + 1 and so on; deciles 1, 2 and so on."""
    figures = [figure for n in range(len(NAMES)) for figure in (first + n, 900 + n, n + 1)]
    return [code, "Somewhere", "E09000012", "Hackney", *figures, 1500]


def file_7(*rows: list[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header(), *rows])
    return out.getvalue()


def test_file_7_gives_the_scores_and_deciles_of_every_domain_but_crime(
    codes: Codes, brought: Brought
) -> None:
    text = file_7(row("E01001714", first=-0.5), row("E01001715", first=20.25), row("E01009999", first=1))
    source, reading = read_file(brought(text), codes)
    assert source.name == "iod2025"
    place = reading.observations.filter(pl.col("place") == "E01001714")
    value = dict(place.select("indicator", "value").iter_rows())
    assert set(value) == set(COLUMNS.values())
    for n, name in enumerate(NAMES):
        if name in PUBLISHED:
            assert value[f"{PUBLISHED[name]}-score"] == -0.5 + n
            assert value[f"{PUBLISHED[name]}-decile"] == n + 1
    assert reading.left_out == {"places outside those held here": 1}
    assert set(PUBLISHED.values()) == set(DOMAINS.values())


def test_a_score_that_was_transformed_is_not_the_score(codes: Codes, brought: Brought) -> None:
    text = file_7(row("E01001714", first=1))
    other = text.replace("Income Score (rate)", "Income Score - exponentially transformed")
    before, after = (
        set(read_file(brought(each), codes)[1].observations["indicator"]) for each in (text, other)
    )
    assert before - after == {"income-deprivation-score"}


def test_indices_on_areas_of_2011_say_what_to_bring(codes: Codes, brought: Brought) -> None:
    text = file_7(row("E01001714", first=1)).replace("LSOA code (2021)", "LSOA code (2011)")
    with pytest.raises(Refused, match="Bring those of 2025"):
        read_file(brought(text), codes)


def test_the_sheet_of_a_workbook_is_chosen_by_its_header(codes: Codes, brought: Brought) -> None:
    notes: list[list[object]] = [["Notes"], ["This file was published in 2025."], [None, "LSOA code (2021)"]]
    names: list[object] = [*header()]
    title: list[list[object]] = [["Index of Multiple Deprivation"], []]
    sheets: dict[str, list[list[object]]] = {
        "Notes": [*notes],
        "IMD25": [*title, names, row("E01001714", first=1.5), row("bad", first=2)],
        "Old": [names, row("E01001715", first=99)],
    }
    book = workbook(sheets, hidden="Old")
    with pytest.raises(Refused, match="first is line 5: an LSOA code that is not like"):
        read_file(brought(book, "file_1.xlsx"), codes)
    good = workbook({"Notes": notes, "IMD25": [*title, names, row("E01001714", first=1.5)]})
    source, reading = read_file(brought(good, "any name"), codes)
    text = read_file(brought(file_7(row("E01001714", first=1.5))), codes)[1]
    assert source.name == "iod2025"
    assert reading.observations.equals(text.observations)
    assert reading.notes == ["Read from the sheet “IMD25”.", *text.notes]


def test_a_workbook_with_the_decile_of_the_whole_alone_keeps_to_it(codes: Codes, brought: Brought) -> None:
    whole = "Index of Multiple Deprivation (IMD)"
    # The publisher's sheet really ends this name there.
    names: list[object] = [*WHERE, f"{whole} {RANK}", f"{whole} Decile (where 1 is most deprived 10% of LSOA"]
    book = workbook({"IMD25": [names, ["E01001714", "Somewhere", "E09000012", "Hackney", 900, 3]]})
    reading = read_file(brought(book, "file_1.xlsx"), codes)[1]
    assert reading.observations.select("indicator", "value").rows() == [("deprivation-decile", 3)]
    assert any("points that are held already stay" in note for note in reading.notes)


def test_a_workbook_of_people_is_refused(codes: Codes, brought: Brought) -> None:
    book = workbook({"A": [[*header(), "Surname"], [*row("E01001714", first=1), "x"]]})
    with pytest.raises(Refused, match="records of single people"):
        read_all(brought(book, "book.xlsx"), codes)


def test_the_publishers_workbook(shared: Path) -> None:
    held = pl.read_csv(shared / "london" / "iod2025_lsoa21.csv").select("lsoa21cd", "imd_decile").head(500)
    codes = Codes(dict.fromkeys(held["lsoa21cd"].to_list(), "lsoa"), {}, {})
    source, reading = read_file(shared / "london" / "iod2025_file1_imd.xlsx", codes)
    assert (source.name, reading.rows_read, reading.refused) == ("iod2025", 33_755, {})
    theirs = reading.observations.select(lsoa21cd="place", imd_decile="value")
    assert theirs.sort("lsoa21cd").equals(held.sort("lsoa21cd"))
