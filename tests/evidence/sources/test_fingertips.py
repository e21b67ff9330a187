from collections.abc import Callable
from pathlib import Path

import pytest

from joinedup.evidence.recognise import read_file
from joinedup.evidence.sources.contract import Codes
from joinedup.evidence.sources.fingertips import period_of
from joinedup.offline.delimited import Refused
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]
HEADER = SAMPLES["fingertips"].split("\n", 1)[0] + "\n"
CODES = Codes(
    {
        "E92000001": "country",
        "E12000007": "region",
        "E10000016": "county",
        "E09000012": "local_authority",
        "E01001714": "lsoa",
    },
    {},
    {},
)


def row(
    code: str = "E09000012",
    indicator: str = "11201",
    period: str = "2020/21 - 22/23",
    value: str = "51.2",
    count: str = "395",
    *,
    sex: str = "Persons",
    kind: str = "Counties & UAs (from Apr 2023)",
    category: str = "",
    note: str = "",
) -> str:
    group = "Deprivation deciles" if category else ""
    return (
        f"{indicator},Something,E12000007,London region,{code},Somewhere,{kind},{sex},All ages,{group},{category},"
        f"{period},{value},1,2,1,2,{count},780000,{note},,Worse,Not compared,20200000,,,3y\n"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022/23", ("2022/23", 1)),
        ("2020/21 - 22/23", ("2022/23", 3)),
        ("1998/99 - 00/01", ("2000/01", 3)),
        ("2015/16 - 19/20", ("2019/20", 5)),
        ("2022", None),
        ("2022/23 Q1", None),
        (None, None),
    ],
)
def test_years_put_together_are_filed_under_the_last(text: str | None, found: tuple[str, int] | None) -> None:
    assert period_of(text) == found


def test_kinds_of_place_held_are_kept_and_the_rest_is_counted(brought: Brought) -> None:
    text = HEADER + "".join(
        [
            row("E92000001", value="34.5", count="57120", kind="England"),
            row("E12000007", value="40.1", count="9000", kind="Regions (statistical)"),
            row("E10000016", value="30.2", count="1200"),
            row(),
            row(kind="Districts & UAs (from Apr 2023)"),
            row(sex="Male", value="82.4"),
            row(category="Most deprived decile", value="90.1"),
            row("E38000001", kind="CCGs"),
            row("E06000001"),
            row(indicator="11202", period="2022/23", value="24.1"),
            row(indicator="108", period="2019 Q3", value="nothing of ours"),
            row(period="2022/23", value="50.0"),
            row(indicator="90284", period="2022/23", value="80.4", count="420"),
            row(indicator="90285", period="2022/23", value="101.5", count="310"),
            row(indicator="92904", period="2020/21 - 22/23", value="20.5", count="40"),
        ]
    )
    source, reading = read_file(brought(text), CODES)
    assert source.name == "fingertips"
    assert reading.observations.select(
        "indicator", "place", "period", "count", "denominator", "value"
    ).rows() == [
        ("alcohol-admissions-under-18", "E09000012", "2022/23", 40, 780_000, 20.5),
        ("hospital-admissions-for-violence", "E09000012", "2022/23", 395, 780_000, 51.2),
        ("hospital-admissions-for-violence", "E10000016", "2022/23", 1200, 780_000, 30.2),
        ("hospital-admissions-for-violence", "E12000007", "2022/23", 9000, 780_000, 40.1),
        ("hospital-admissions-for-violence", "E92000001", "2022/23", 57_120, 780_000, 34.5),
        ("injury-admissions-0-14", "E09000012", "2022/23", 420, 780_000, 80.4),
        ("injury-admissions-15-24", "E09000012", "2022/23", 310, 780_000, 101.5),
    ]
    assert reading.refused == {}
    assert reading.left_out == {
        "indicators that are not used here": 2,
        "figures of one sex": 1,
        "groups within an area, such as tenths by deprivation": 1,
        "kinds of area that are not used here": 1,
        "places outside those held here": 1,
        "figures over more or fewer years than usual for their indicator": 1,
        "the same figure under another type of area": 1,
    }


@pytest.mark.parametrize(
    ("note", "state"),
    [
        ("Value suppressed for disclosure control due to small count", "suppressed"),
        ("Value cannot be calculated as number of cases is too small", "suppressed"),
        ("Value missing in source data", "missing"),
        ("Value not published for data quality reasons", "missing"),
        ("Value suppressed due to incompleteness of source data", "missing"),
        ("", "missing"),
    ],
)
def test_what_is_held_back_is_no_nought_and_not_what_is_missing(
    brought: Brought, note: str, state: str
) -> None:
    _, reading = read_file(brought(HEADER + row(value="", count="3", note=note)), CODES)
    assert reading.observations.select("state", "value", "count", "denominator").rows() == [
        (state, None, None, None)
    ]


def test_a_value_with_a_note_is_a_value(brought: Brought) -> None:
    text = (
        HEADER
        + row(note="Aggregated from all known lower geography values")
        + row("E92000001", value="0", count="0")
    )
    rows = read_file(brought(text), CODES)[1].observations
    assert rows.select("state", "value").rows() == [("number", 51.2), ("number", 0)]


def test_two_values_for_one_figure_refuse_the_file(brought: Brought) -> None:
    with pytest.raises(
        Refused, match=r"different figures for hospital-admissions-for-violence, E09000012, 2022/23\."
    ):
        read_file(brought(HEADER + row() + row(value="51.3", kind="Districts & UAs")), CODES)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (row(value="many"), "a figure that is not a number"),
        (row(value="-1"), "a figure below zero"),
        (row(period="2022"), "a period that is not like 2022/23"),
        (row(code=""), "no code of an area"),
    ],
)
def test_what_cannot_be_right_is_refused(brought: Brought, wrong: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_file(brought(HEADER + row("E92000001") + wrong), CODES)


def test_a_file_about_something_else_says_so(brought: Brought) -> None:
    with pytest.raises(Refused, match="indicators that are not used here"):
        read_file(brought(HEADER + row(indicator="108")), CODES)
