"""What `joinedup scan` reads: every file as it may come, and what is refused, with its line."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joinedup.offline.delimited import Refused
from joinedup.offline.scan.input_files import ScanInput, read_files
from joinedup.offline.scan.request import ScanRequest
from tests.yardsticks import yardsticks

FILES = {
    "cases": "area,period,count\nA,2024-01,3\nB,2024-03,1\n",
    "places": "area,latitude,longitude\nA,51.5,-0.1\nB,51.6,-0.2\nC,51.7,-0.3\n",
    "population": "area,population\nA,100\nB,200\nC,50\n",
    "controls": "area,period,count\nA,2024-01,5\nB,2024-03,6\n",
}


def given(folder: Path, asked: dict[str, Any] | None = None, **files: str | bytes) -> ScanInput:
    for name, text in (FILES | files).items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    # Most of these files are too short to have a case in every month.
    asked = {"model": "poisson", "empty_months_are_real": True} | (asked or {})
    unread = "population" if asked["model"] == "bernoulli" else "controls"
    paths = {name: folder / f"{name}.csv" for name in FILES if name != unread}
    return read_files(ScanRequest(**(paths | asked)))  # type: ignore[arg-type]


def array(found: ScanInput, name: str) -> np.ndarray[Any, Any]:
    values = found.arrays[name]
    assert values is not None
    return values


def test_every_area_and_period_is_there_and_what_is_absent_is_nought(tmp_path: Path) -> None:
    found = given(tmp_path)
    assert (found.places.names, found.span.labels) == (["A", "B", "C"], ["2024-01", "2024-02", "2024-03"])
    assert found.span.days.tolist() == [31, 29, 31]
    assert array(found, "cases").tolist() == [[3, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert array(found, "population").tolist() == [[100] * 3, [200] * 3, [50] * 3]
    assert (found.arrays["known"], found.places.degrees, found.notes) == (None, True, [])


@pytest.mark.parametrize(
    ("first", "last", "labels", "days"),
    [
        ("2023-12-31", "2024-01-01", ["2023-12-31", "2024-01-01"], [1, 1]),
        ("2023-12", "2024-02", ["2023-12", "2024-01", "2024-02"], [31, 31, 29]),
        ("1999", "2000", ["1999", "2000"], [365, 366]),
    ],
)
def test_days_months_and_years(
    tmp_path: Path, first: str, last: str, labels: list[str], days: list[int]
) -> None:
    found = given(tmp_path, cases=f"area,period,count\nA,{last},1\nB,{first},1\n")
    assert (found.span.labels, found.span.days.tolist()) == (labels, days)


def test_a_blank_count_is_not_known_and_a_repeated_row_is_added(tmp_path: Path) -> None:
    found = given(
        tmp_path,
        cases="area,period,count\nA,2024-01,3\nA,2024-01,2.0\nB,2024-01,4\nB,2024-01,\nC,2024-02,1\n",
    )
    assert array(found, "cases").tolist() == [[5, 0], [0, 0], [0, 1]]
    assert array(found, "known").tolist() == [[True, True], [False, True], [True, True]]
    assert found.notes == [
        "cases.csv: 2 more rows of the same area and period added up.",
        "cases.csv: 1 count of an area and period not known (blank): left out, not taken as 0.",
    ]


def test_letters_of_any_usual_kind(tmp_path: Path) -> None:
    named = {name: text.replace("A,", "Café,") for name, text in FILES.items()}
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        found = given(tmp_path, **{name: text.encode(encoding) for name, text in named.items()})
        assert found.places.names[0] == "Café"


# Each month of 2024 to June, but for those that a test takes out; C has none.
HALF_A_YEAR = [
    f"{area},2024-{month:02},{count}\n" for month in range(1, 7) for area, count in (("A", 20), ("B", 12))
]


def half_a_year(*without: int, also: str = "") -> str:
    kept = [row for row in HALF_A_YEAR if int(row[7:9]) not in without]
    return f"area,period,count\n{''.join(kept)}{also}"


@pytest.mark.parametrize(
    ("cases", "named"),
    [
        (half_a_year(2), "February 2024"),
        (half_a_year(2, also="A,2024-02,0\nB,2024-02,0\n"), "February 2024"),
        (half_a_year(2, also="A,2024-02,\n"), "February 2024"),
        (half_a_year(2, 3, 5), "February 2024, March 2024 and May 2024"),
        ("area,period,count\nA,2024-01,1\nA,2024-10,1\n",
         "February 2024, March 2024, April 2024, May 2024, June 2024 and 3 more"),
        ("area,period,count\nA,2019,1\nA,2021,1\n", "2020"),
        ("area,period,count\nA,2024-01-30,1\nA,2024-04-02,1\n", "February 2024 and March 2024"),
    ],
)  # fmt: skip
def test_months_in_which_nothing_happened_are_asked_about(tmp_path: Path, cases: str, named: str) -> None:
    with pytest.raises(Refused) as refused:
        given(tmp_path, {"empty_months_are_real": False}, cases=cases)
    assert str(refused.value) == (
        f"cases.csv has no case anywhere in {named}: a file is probably missing, so add it, or give "
        "--empty-months-are-real if nothing happened then."
    )
    assert given(tmp_path, {"empty_months_are_real": True}, cases=cases).cases > 0


@pytest.mark.parametrize(
    "cases",
    [
        half_a_year(),
        # Nobody knows: that is no nought.
        half_a_year(2, also="A,2024-02,\nB,2024-02,\nC,2024-02,\n"),
        # Days without a case are usual, and February is not there from its first day.
        "area,period,count\nA,2024-02-02,1\nA,2024-03-03,1\nA,2024-04-01,1\n",
    ],
)
def test_nothing_is_asked_where_every_month_has_a_case_or_is_not_known(tmp_path: Path, cases: str) -> None:
    found = given(tmp_path, {"empty_months_are_real": False}, cases=cases)
    assert not [note for note in found.notes if "was all of it sent?" in note]


def test_controls_are_asked_about_as_cases_are(tmp_path: Path) -> None:
    asked = {"model": "bernoulli", "empty_months_are_real": False}
    with pytest.raises(Refused, match=r"^controls.csv has no control anywhere in February 2024: a file is"):
        given(tmp_path, asked, cases=half_a_year(), controls=half_a_year(2))


def test_a_month_that_seems_sent_in_part_is_noted(tmp_path: Path) -> None:
    found = given(tmp_path, cases=half_a_year(3, 6, also="A,2024-03,19\nA,2024-06,20\n"))
    assert found.notes == [
        "cases.csv: March 2024 has less than 60% of the cases of a usual month; was all of it sent?"
    ]
    few = half_a_year(*range(1, 7), also="".join(f"A,2024-0{month},{9 - month}\n" for month in range(1, 9)))
    assert given(tmp_path, cases=few).notes == [], "chance alone makes few cases vary so"


PEOPLE = "area,period,population\nA,2023,100\nA,2025,300\nB,2026,7\nC,2024,9\n"


def test_population_holds_on_from_an_earlier_figure(tmp_path: Path) -> None:
    cases = "area,period,count\nA,2024-12,1\nA,2025-01,1\n"
    found = given(tmp_path, {"interpolate": False}, cases=cases, population=PEOPLE)
    assert array(found, "population").tolist() == [[100, 300], [7, 7], [9, 9]]
    assert found.notes == [
        "population.csv: for 2 areas and periods the last earlier year that is given was used.",
        "population.csv: for 2 areas and periods none is given so early; the first later year was used.",
    ]


def test_population_on_a_line_between_two_figures(tmp_path: Path) -> None:
    cases = "area,period,count\nA,2024-07-01,1\nA,2024-07-02,1\n"
    found = given(tmp_path, {"interpolate": True}, cases=cases, population=PEOPLE)
    a, b, c = array(found, "population")
    assert a == pytest.approx([100 + 200 * 366 / 731, 100 + 200 * 367 / 731])
    assert (b.tolist(), c.tolist()) == ([7, 7], [9, 9])


def test_a_figure_for_every_period_is_taken_as_it_is(tmp_path: Path) -> None:
    people = "area,period,population\nA,2024-01,1\nA,2024-02,9\nA,2024-03,2\nB,2024-01,5\nB,2024-03,7\n"
    found = given(tmp_path, population=people)
    a, b, _ = array(found, "population")
    assert a.tolist() == [1, 9, 2]
    assert 5 < b[0] < b[1] < b[2] < 7
    assert b[1] == pytest.approx(6, abs=0.05)
    assert found.notes == [
        "population.csv: 1 area of places.csv without population, taken as empty.",
        "population.csv: a straight line was taken between the months that are given.",
    ]


def test_covariates_make_groups_that_sum_to_the_whole(tmp_path: Path) -> None:
    found = given(
        tmp_path,
        {"covariates": ("age",)},
        cases="area,period,count,age\nA,2024-01,3,old\nA,2024-01,2,young\nB,2024-01,1,old\n",
        population="area,population,age\nA,10,old\nA,20,young\nB,30,old\n",
    )
    assert array(found, "strata_cases")[:, :, 0].tolist() == [[3, 1, 0], [2, 0, 0]]
    assert array(found, "strata_population")[:, :, 0].tolist() == [[10, 30, 0], [20, 0, 0]]
    assert array(found, "cases")[:, 0].tolist() == [5, 1, 0]
    assert array(found, "population")[:, 0].tolist() == [30, 30, 0]


def test_controls_unknown_where_either_is_and_no_period_where_there_is_no_time(tmp_path: Path) -> None:
    controls = "area,period,count\nA,2024-01,5\nB,2024-03,\nB,2024-09,2\n"
    found = given(tmp_path, {"model": "bernoulli"}, controls=controls)
    assert array(found, "controls").tolist() == [[5, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert array(found, "cases")[1].tolist() == [0, 0, 0]
    assert not array(found, "known")[1, 2]
    assert found.notes[0] == (
        "controls.csv: 1 row before the first or after the last period of the cases left out."
    )
    timeless = {name: FILES[name].replace(",period", "").replace(",2024-01", "").replace(",2024-03", "")
                for name in ("cases", "controls")}  # fmt: skip
    found = given(tmp_path, {"model": "bernoulli", "shape": "spatial"}, **timeless)
    assert (found.span.labels, array(found, "cases").tolist()) == (["all"], [[3], [1], [0]])


def test_seasons_are_months(tmp_path: Path) -> None:
    found = given(tmp_path, {"seasons": True, "steps": ("2024-02",)})
    assert found.seasons is not None
    assert (found.seasons.tolist(), found.steps) == ([1, 2, 3], ("2024-02",))


CASES = "area,period,count\nA,2024-01,3\n"
WRONG = [
    ({"cases": CASES + "X,2024-01,1\nY,2024-01,1\n"},
     "cases.csv, line 3: the area “X” is not in places.csv nor is 1 other (2 rows)."),
    ({"cases": CASES + "B,2024-01,-1\n"}, "cases.csv, line 3: count “-1” is below 0."),
    ({"cases": CASES + "B,2024-01,1.5\nB,2024-01,2.5\n"},
     "cases.csv, line 3: “1.5” is not a whole number, as in 1 more row."),
    ({"cases": CASES + "B,2024-01,nan\n"}, "cases.csv, line 3: count “nan” is not a number."),
    ({"cases": CASES + "B,2024-01,99999999999\n"},
     "cases.csv, line 3: count “99999999999” is larger than can be meant (1,000,000,000)."),
    ({"cases": CASES + "B,2024-01,1e30\n"},
     "cases.csv, line 3: count “1e30” is larger than can be meant (1,000,000,000)."),
    ({"cases": CASES + "B,2024-13,1\n"}, "cases.csv, line 3: “2024-13” is not a period: write a day as 2024-03-31, "
                                         "a month as 2024-03, a year as 2024."),
    ({"cases": CASES + "B,2024,1\n"}, "cases.csv, line 3: “2024” is not a month, as “2024-01” above is: keep to "
                                      "days, months or years in one file."),
    ({"cases": CASES + "B,,1\n"}, "cases.csv, line 3: period is blank."),
    ({"cases": "area,count\nA,1\n"}, "cases.csv has no column period; its columns are: area, count."),
    ({"cases": "place,n\nA,1\n"}, "cases.csv has no column area, count; its columns are: place, n."),
    ({"cases": ""}, "cases.csv: The file is empty. Download it again."),
    ({"cases": "area,period,count\n"}, "cases.csv has a header line and no rows."),
    ({"cases": b"\x00\x01\x02\n"},
     "cases.csv: This is not a text file. Line 1 has a NUL byte: bring the table as CSV."),
    ({"places": FILES["places"] + "A,51,0\n"},
     "places.csv, line 5: the area “A” is there twice: keep one of each (1 row too many)."),
    ({"places": "area,latitude,longitude\nA,91,0\n"}, "places.csv, line 2: latitude 91 is not between -90 and 90."),
    ({"places": "area,x\nA,1\n"},
     "places.csv needs latitude and longitude, or x and y; its columns are: area, x."),
    ({"places": "area,x,y\nA,1,\n"}, "places.csv, line 2: y is blank."),
    ({"population": "area,population\nA,100\n"},
     "cases.csv, line 3: the area “B” has cases and no population in March 2024: give it in population.csv or "
     "leave its cases out (1 row)."),
    ({"population": "area,population\nA,-1\n"}, "population.csv, line 2: population “-1” is below 0."),
]  # fmt: skip


@pytest.mark.parametrize(("files", "sentence"), WRONG)
def test_refused_in_one_sentence_with_its_line(tmp_path: Path, files: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        given(tmp_path, **files)
    assert str(refused.value) == sentence


def test_a_group_of_nobody_a_step_that_is_none_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match=r"^cases.csv, line 2: there are cases and no population of age 9 in popul"
    ):
        given(
            tmp_path,
            {"covariates": ("age",)},
            cases="area,period,count,age\nA,2024-01,3,9\n",
            population="area,population,age\nA,10,8\n",
        )
    with pytest.raises(
        Refused, match=r"^--step 2025-01 is not one of the periods: they run from 2024-01 to 2024-03"
    ):
        given(tmp_path, {"steps": ("2025-01",)})
    with pytest.raises(Refused, match=r"is a folder: give a CSV file\.$"):
        given(tmp_path, {"cases": tmp_path})
    with pytest.raises(Refused, match=r"^There is no file “"):
        given(tmp_path, {"cases": tmp_path / "none.csv"})
    with pytest.raises(Refused, match=r"too many\. Take longer periods or fewer\.$"):
        given(tmp_path, cases="area,period,count\n" + "A,0001-01-01,1\nA,9999-12-31,1\n",
              places="area,x,y\n" + "".join(f"{name},1,1\n" for name in ["A", *range(20)]))  # fmt: skip


def test_new_mexico_as_it_comes(shared: Path, tmp_path: Path) -> None:
    folder = yardsticks(shared, tmp_path)
    found = read_files(
        ScanRequest(
            cases=folder / "nm_cases.csv",
            places=folder / "nm_places.csv",
            population=folder / "nm_population.csv",
            model="poisson",
            covariates=("age", "sex"),
            interpolate=True,
        )
    )
    assert (found.cases, len(found.places.names), len(found.span.labels)) == (1175, 32, 19)
    assert array(found, "strata_population").shape == (36, 32, 19)


SWAPPED = "area,latitude,longitude\nA,-0.1,51.5\nB,-0.2,51.6\nC,-0.3,51.7\n"
SLIPS = [
    (SWAPPED, "places.csv: these places lie outside the United Kingdom: are the columns swapped? The column latitude "
              "holds -0.3 to -0.1, longitude 51.5 to 51.7. If they are as meant, give --outside-uk."),
    ("area,latitude,longitude\nA,51.5,3.1\nB,51.6,3.2\nC,51.7,3.3\n",
     "places.csv: these places lie outside the United Kingdom: is the minus of longitudes west of Greenwich missing? "
     "The column longitude holds 3.1 to 3.3. If they are as meant, give --outside-uk."),
    ("area,x,y\nA,-0.1,51.5\nB,-0.2,51.6\nC,-0.3,51.7\n",
     "places.csv: x and y are metres, and these look like degrees: call the columns longitude and latitude. If they "
     "are as meant, give --outside-uk."),
    ("area,y,x\nA,-0.1,51.5\nB,-0.2,51.6\nC,-0.3,51.7\n",
     "places.csv: x and y are metres, and these look like degrees: call the columns latitude and longitude. If they "
     "are as meant, give --outside-uk."),
]  # fmt: skip


@pytest.mark.parametrize(("places", "sentence"), SLIPS)
def test_places_in_the_wrong_columns_stop_unless_told_otherwise(
    tmp_path: Path, places: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        given(tmp_path, places=places)
    assert str(refused.value) == sentence
    assert len(given(tmp_path, {"outside_uk": True}, places=places).places.names) == 3


def test_metres_under_the_names_of_degrees(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        given(tmp_path, places="area,latitude,longitude\nA,180400,530100\n")
    assert str(refused.value) == (
        "places.csv, line 2: latitude 180400 is not between -90 and 90: if these are metres, call the columns x and y."
    )


def test_a_place_far_from_all_others_is_used_and_named(tmp_path: Path) -> None:
    near = "".join(f"{name},51.{n},-0.{n}\n" for n, name in enumerate("ABCDEF", 1))
    found = given(tmp_path, places=f"area,latitude,longitude\n{near}Z,54.3,-0.1\n")
    assert found.places.names == list("ABCDEFZ")
    far = re.fullmatch(
        r"places\.csv: 1 place lies far from all others: Z \((\d+) km from the middle\); is that where they are\?",
        found.notes[0],
    )
    assert far is not None
    assert 290 < int(far[1]) < 330
    swapped = given(tmp_path, places=f"area,latitude,longitude\n{near}Z,-0.1,51.4\n")
    assert "are latitude and longitude swapped there?" in swapped.notes[0]


def test_another_country_is_noted_and_scanned(tmp_path: Path) -> None:
    found = given(tmp_path, places="area,latitude,longitude\nA,40.7,-74\nB,40.8,-73.9\nC,40.9,-73.8\n")
    assert found.notes == ["places.csv: all places lie outside the United Kingdom."]
    sketch = given(tmp_path, places="area,x,y\nA,0,0\nB,1,50\nC,0,100\n")
    assert (sketch.places.degrees, sketch.notes) == (False, [])
