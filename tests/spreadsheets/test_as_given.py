"""Rows of totals, numbers as spreadsheet programs write them, and several names in one cell."""

import pytest

from joinedup.engines.reading.people import reach
from joinedup.partners.models import Partner
from joinedup.spreadsheets.as_given import is_total, lost_figures, whole_number
from joinedup.spreadsheets.cells import exactly
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.preview import preview
from joinedup.spreadsheets.rows import Verdict
from tests.spreadsheets.making import ready
from tests.world import World

COLUMNS = {"name": 0, "partner": 1, "reach_per_year": 2, "starts": 3}


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["Total", "", "1,240", ""], True),
        (["TOTAL:", "", "1240", ""], True),
        (["Grand total", "", "£1,240", ""], True),
        (["Sub-total", "", "12", ""], True),
        (["Sum", "", "=SUM(C2:C9)", ""], True),
        (["Average", "", "31.5", ""], True),
        (["", "Total", "1240", ""], True),
        (["Total (12)", "", "", ""], True),
        (["Total for Lantern Youth", "", "120", ""], True),
        (["Lantern Youth total", "", "120", ""], True),
        (["Cyfanswm", "", "120", ""], True),
        (["", "", "120", ""], True),
        (["Total", "", "120", "40 %"], True),
        # Work that is called so, and rows that lack a name.
        (["Total Respect", "Lantern Youth", "40", ""], False),
        (["Total Football for girls", "", "", ""], False),
        (["Total Respect", "", "40", ""], False),
        (["Count Me In", "", "40", ""], False),
        (["Sum of Us", "Lantern Youth", "", ""], False),
        (["Total", "Lantern Youth", "40", ""], False),
        (["2024", "Lantern Youth", "", ""], False),
        (["", "Lantern Youth", "40", ""], False),
        (["", "", "", "01/02/2026"], False),
        (["2024", "", "40", ""], False),
    ],
)
def test_rows_of_totals(cells: list[str], total: bool) -> None:
    assert is_total(cells, COLUMNS) is total


def test_totals_are_shown_and_make_nothing(world: World) -> None:
    text = "Org,Type,Places a year\nOak School,Education,10\nElm School,Education,\nSub-total,,10\n,,10\n"
    upload, alice = ready(world, text), world.person("alice")
    seen = preview(alice, upload)
    assert [(line.row, line.verdict) for line in seen.lines] == [
        (2, Verdict.NEW), (3, Verdict.NEW), (4, Verdict.TOTAL), (5, Verdict.TOTAL),
    ]  # fmt: skip
    assert (seen.totals, seen.problems) == (2, [])
    assert intake.accept(by=alice, upload=upload) == 2


@pytest.mark.parametrize(
    ("given", "whole", "is_lost"),
    [
        ("999123", "999123", False),
        ("999123.0", "999123", False),
        ("9.99123E+05", "999123", False),
        ("1.084122e+06", "1084122", False),
        ("9.99E+05", "9.99E+05", True),
        ("1E+06", "1E+06", True),
        ("OC123456", "OC123456", False),
        ("RXX01", "RXX01", False),
        ("1E5", "1E5", True),
    ],
)
def test_numbers_of_registers_as_a_spreadsheet_writes_them(given: str, whole: str, is_lost: bool) -> None:
    assert (whole_number(given), lost_figures(given)) == (whole, is_lost)


def test_a_number_that_was_cut_short_is_said_and_noughts_come_back(world: World) -> None:
    text = (
        "Org,Type,Company number\nOak,vcs,9.99E+05\nElm,vcs,999123\nAsh,vcs,9.99124E+05\nYew,vcs,'00999125\n"
    )
    upload, alice = ready(world, text), world.person("alice")
    assert [(each.row, each.column, each.sentence) for each in preview(alice, upload).problems] == [
        (2, "Company number", "“9.99E+05” was shortened by a spreadsheet program: write the whole number, as text.")
    ]  # fmt: skip
    intake.accept(by=alice, upload=upload, leave_out=True)
    found = Partner.objects.filter(name__in=["Elm", "Ash", "Yew"]).order_by("company_number")
    assert [each.company_number for each in found] == ["00999123", "00999124", "00999125"]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("1200", 1200), ("1,200", 1200), ("1 200", 1200), ("1\xa0200", 1200), ("1\u202f200", 1200), ("c. 40", 40),
        ("c.40", 40), ("ca 40", 40), ("approx. 40", 40), ("~40", 40), ("40-60", 50), ("40 to 60", 50), ("40+", 40),
        ("about 1 200", 1200), ("12 345 678", 12345678), ("many", None), ("40%", None),
    ],
)  # fmt: skip
def test_numbers_of_people_as_text(given: str, number: float | None) -> None:
    assert reach(given)[0] == number


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Northton; Eastton", [1, 2]),
        ("Northton / Eastton", [1, 2]),
        ("Northton/Eastton", [1, 2]),
        ("Northton\nEastton", [1, 2]),
        ("Northton, Eastton and Southton", [1, 2, 3]),
        ("Northton & Eastton", [1, 2]),
        ("Northton and Eastton; Southton", [1, 2, 3]),
        ("Bread and Roses", [4]),
        ("Bread & Roses / Northton", ["Bread & Roses / Northton"]),
        ("Northton and Nowhere", ["Northton and Nowhere"]),
        ("Sand and Northton", ["Sand and Northton"]),
    ],
)
def test_several_names_in_a_cell(text: str, names: list[object]) -> None:
    class Named:
        def __init__(self, pk: int) -> None:
            self.pk = pk

    known = {
        name: Named(n) for n, name in enumerate(("northton", "eastton", "southton", "bread and roses"), 1)
    }
    assert exactly(text, known) == [str(each) for each in names]  # type: ignore[arg-type]
