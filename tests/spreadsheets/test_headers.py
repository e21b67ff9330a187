"""Which sheet of a file is the list, and which rows are its headings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.models import Initiative
from joinedup.spreadsheets import actions, parse
from joinedup.spreadsheets.columns import suggest
from joinedup.spreadsheets.headers import proposed, read_file, read_text, sheet_at, wanted
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.parse import Unreadable, open_file, open_text
from joinedup.spreadsheets.people import SinglePeople
from joinedup.spreadsheets.preview import preview
from tests.spreadsheets.making import with_part, workbook
from tests.world import World

As = Callable[[str], Client]
Rows = list[list[Any]]
HEADS = ["Project", "Lead agency", "Start date", "Ward"]
ROWS: Rows = [
    ["Evening mentors", "Lantern Youth", "8 October 2018", "Mill Ward"],
    ["Boxing", "Lantern Youth", "", ""],
]
TRACKER: Rows = [HEADS, *ROWS]
READ_ME: Rows = [["Organisation", "write the name of the lead agency"], ["Project", "what it is called"]]


def found(content: bytes, kind: str = "initiatives") -> tuple[str, list[str], dict[str, str]]:
    """The name of the sheet that is proposed, its headings, and our field -> heading."""
    wants = wanted(KINDS[kind].table, KINDS[kind].fields, {})
    book = open_file(content)
    place = proposed(book, wants)
    sheet = sheet_at(book, place)
    columns = suggest(sheet.header, KINDS[kind].table, KINDS[kind].fields, {})
    return book.sheets[place.sheet].name, sheet.header, {name: sheet.header[n] for name, n in columns.items()}


@pytest.mark.parametrize(
    ("sheets", "kind", "name"),
    [
        ({"Read me": READ_ME, "Tracker": TRACKER}, "initiatives", "Tracker"),
        ({"Tracker": TRACKER, "Read me": READ_ME}, "initiatives", "Tracker"),
        ({"Lists": [["Theme", "Ward", "Level", "Status"], ["a", "b", "c", "d"]], "T": TRACKER}, "initiatives", "T"),
        ({"Guidance": [["How to fill in this form"], ["Lead agency: write it out"]], "T": TRACKER}, "initiatives", "T"),
        ({"Old": [HEADS], "T": TRACKER}, "initiatives", "T"),
        ({"2024": TRACKER, "2025": TRACKER}, "initiatives", "2024"),
        ({"Charts": [[1, 2], [3, 4]], "T": [["Tracker 2025"], [], *TRACKER]}, "initiatives", "T"),
        (
            {"T": TRACKER, "Contacts": [["Organisation", "Job title", "Work email"], ["A", "Head", "a@a.example"]]},
            "partners",
            "Contacts",
        ),
        (
            {"Actions": TRACKER, "Money": [["Fund", "Funder", "Deadline"], ["Small grants", "F", "1 May 2030"]]},
            "offers",
            "Money",
        ),
        (
            {"Notes": [["Who", "When"], ["x", "y"]], "Asks": [["Who", "Need or offer", "Words"], ["A", "need", "x"]]},
            "asks",
            "Asks",
        ),
        ({"Sheet1": [], "Sheet2": [["a", "b"], ["c", "d"]]}, "initiatives", "Sheet2"),
    ],
)  # fmt: skip
def test_the_sheet_whose_headings_are_known_best_is_proposed(
    sheets: dict[str, Rows], kind: str, name: str
) -> None:
    assert found(workbook(sheets), kind)[0] == name


TWO = [["Project", "Lead agency", "Dates", None, "Ward"], [None, None, "Start", "End", None]]
ABOVE = [[None, None, "Dates", None, None], ["Project", "Lead agency", "Start", "End", "Ward"]]
ONE_ROW = ["A", "Lantern Youth", "1 May 2025", "1 May 2026", "Mill Ward"]
JOINED = ["Project", "Lead agency", "Dates: Start", "Dates: End", "Ward"]


@pytest.mark.parametrize("with_merged", [True, False])
@pytest.mark.parametrize(
    ("rows", "merged", "header", "first"),
    [
        ([["The tracker of the partnership"], [], HEADS, *ROWS], ["A1:D1"], HEADS, 4),
        ([["The tracker of the partnership"], ["Updated in May"], [], [], HEADS, *ROWS], [], HEADS, 6),
        ([*TWO, ONE_ROW], ["A1:A2", "B1:B2", "C1:D1", "E1:E2"], JOINED, 3),
        ([*ABOVE, ONE_ROW], ["C1:D1"], JOINED, 3),
        ([["Tracker"], [], *TWO, ONE_ROW], ["A1:E1", "C3:D3"], JOINED, 5),
        ([["Tracker"], *ABOVE, ONE_ROW], ["A1:E1", "C2:D2"], JOINED, 4),
        (
            [["Organisation", None, "Contact", None], ["Name", "Type", "Name", "Email"], ["A", "vcs", "", "a@a.uk"]],
            ["A1:B1", "C1:D1"],
            ["Organisation: Name", "Organisation: Type", "Contact: Name", "Contact: Email"],
            3,
        ),
        (
            [["Project", "Lead", "Age", "Age"], ["", "", "From", "To"], ["A", "Lantern Youth", "10", "17"]],
            [],
            ["Project", "Lead", "Age: From", "Age: To"],
            3,
        ),
        # Not a second row of headings: words under headings of their own.
        ([["Project", "Lead"], ["Numbers", "Lantern Youth"]], [], ["Project", "Lead"], 2),
        (
            [["Project", "Lead", "Notes", ""], ["Start", "Lantern Youth", "", "x"]],
            [],
            ["Project", "Lead", "Notes", "Column 4"],
            2,
        ),
    ],
)  # fmt: skip
def test_headings_below_a_title_and_in_two_rows(
    rows: Rows, merged: list[str], header: list[str], first: int, with_merged: bool
) -> None:
    kind = "partners" if "Contact: Email" in header else "initiatives"
    content = workbook({"T": rows}, merged={"T": merged} if with_merged else {})
    if not with_merged and ABOVE[0] in rows:
        # Where a group ends is not known then; the column is recognised all the same.
        header = [*JOINED[:-1], "Dates: Ward"]
    wants = wanted(KINDS[kind].table, KINDS[kind].fields, {})
    book = open_file(content)
    sheet = sheet_at(book, proposed(book, wants))
    assert (sheet.header, sheet.first_row) == (header, first)


def test_joined_headings_are_recognised_whole_or_by_what_stands_last() -> None:
    fields = KINDS["initiatives"].fields
    assert suggest([*JOINED, "Age: From", "Age: To"], "initiatives", fields, {}) == {
        "name": 0, "partner": 1, "starts": 2, "ends": 3, "places": 4, "ages": 5, "age_to": 6,
    }  # fmt: skip
    assert suggest([*JOINED[:-1], "Dates: Ward"], "initiatives", fields, {})["places"] == 4
    heads = ["Organisation: Name", "Organisation: Type", "Contact: Name", "Contact: Email"]
    assert suggest(heads, "partners", KINDS["partners"].fields, {}) == {
        "name": 0, "sector": 1, "contact": 2, "email": 3,
    }  # fmt: skip


def test_a_sheet_that_cannot_be_read_is_no_hindrance() -> None:
    wide = [["x"] * 120, ["x"] * 120]
    book = open_file(workbook({"Wide": wide, "T": TRACKER}))
    assert [(each.name, bool(each.refused)) for each in book.sheets] == [("Wide", True), ("T", False)]
    assert read_file(workbook({"Wide": wide, "T": TRACKER}), ["project"]).header == HEADS
    with pytest.raises(Unreadable, match="100 columns"):
        read_file(workbook({"Wide": wide}))


def test_a_sheet_that_is_too_much_is_no_hindrance_for_those_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parse, "LIMITS", replace(parse.LIMITS, cells=40))
    large = [["x"] * 9] * 9
    book = open_file(workbook({"T": TRACKER, "Large": large, "After": TRACKER}))
    assert [(each.name, each.refused[:15]) for each in book.sheets] == [
        ("T", ""), ("Large", "The workbook ta"), ("After", "The sheets befo"),
    ]  # fmt: skip
    assert book.sheets[0].rows[0] == HEADS
    with pytest.raises(Unreadable, match="more memory or time"):
        read_file(workbook({"Large": large, "T": TRACKER}))


def test_letters_that_nobody_sees_are_taken_out_of_every_sheet() -> None:
    book = open_file(workbook({"T": TRACKER, "Other": [["Na\u200bme", "b"], ["St\u200b Marys", "x"]]}))
    assert book.sheets[1].rows == [["Name", "b"], ["St Marys", "x"]]


def brought(world: World, content: bytes, kind: str = "initiatives") -> Upload:
    return actions.bring(
        by=world.person("alice"), footprint=world.north, kind=kind, content=content, file_name="a.xlsx"
    )


def test_a_joined_cell_holds_for_each_of_its_rows_where_that_makes_sense(world: World) -> None:
    rows = [
        ["Lead", "Project", "People a year", "Ward"],
        ["Lantern Youth", "One", 40, "Mill Ward"],
        [None, "Two", None, None],
        [None, None, None, None],
        ["Testland Police", "Three", 9, ""],
    ]
    upload = brought(world, workbook({"T": rows}, merged={"T": ["A2:A4", "C2:C3", "D2:D3"]}))
    upload = actions.choose_columns(by=world.person("alice"), upload=upload, mapping=upload.mapping)
    lines = preview(world.person("alice"), upload).lines
    assert [(line.title, line.says) for line in lines] == [
        ("One", "New, led by Lantern Youth"),
        ("Two", "New, led by Lantern Youth"),
        ("Three", "New, led by Testland Police"),
    ]
    intake.accept(by=world.person("alice"), upload=upload)
    made = {each.name: each for each in Initiative.objects.all()}
    # A number of people over two rows is theirs together.
    assert [made[name].reach_per_year for name in ("One", "Two", "Three")] == [40, None, 9]
    assert [[p.name for p in made[name].places.all()] for name in ("One", "Two", "Three")] == [
        ["Mill Ward"]
    ] * 2 + [[]]


def test_another_sheet_is_chosen_with_one_press(world: World, as_: As) -> None:
    content = workbook(
        {"Read me": READ_ME, "Tracker": TRACKER, "Next year": TRACKER[:2], "Old": TRACKER}, hidden=("Old",)
    )
    alice = as_("alice")
    page = alice.post(
        "/bring/north/new/",
        {"kind": "initiatives", "file": SimpleUploadedFile("t.xlsx", content)},
        follow=True,
    ).text
    assert "This is the sheet “Tracker”. Its headings are in row 1." in " ".join(page.split())
    assert "One sheet is hidden in the file and was not read: Old." in page
    assert "Read “Next year” instead (1 row)" in page
    upload = Upload.objects.get()
    path = f"/bring/upload/{upload.pk}/columns/"
    page = alice.post(path, {"sheet": "2"}, follow=True).text
    assert "This is the sheet “Next year”" in page
    upload.refresh_from_db()
    assert (upload.row_count, upload.state) == (1, "mapping")
    alice.post(path, {"column-0": "name", "column-1": "partner"})
    assert "sheet “Next year”, 1 row" in alice.get(f"/bring/upload/{upload.pk}/preview/").text
    for wrong in ("9", "-1", "x", ""):
        assert "There is no such sheet." in alice.post(path, {"sheet": wrong}, follow=True).text
    upload.refresh_from_db()
    assert (upload.row_count, upload.state) == (1, "previewed")
    assert AuditEntry.objects.filter(action="spreadsheet.sheet").count() == 1
    intake.accept(by=world.person("alice"), upload=upload)
    upload.refresh_from_db()
    assert upload.sheets == []
    assert as_("charlie").post(path, {"sheet": "1"}).status_code == 404


def test_a_damaged_sheet_is_named_and_the_others_are_read(world: World, as_: As) -> None:
    whole = workbook({"Tracker": TRACKER, "Notes": READ_ME, "Next year": TRACKER[:2]})
    damaged = with_part(whole, "xl/worksheets/sheet2.xml", b"<worksheet><sheetData><row r='1'><c")
    upload = brought(world, damaged)
    assert (upload.row_count, upload.read_from["sheet"]) == (len(TRACKER) - 1, 0)
    page = as_("alice").get(f"/bring/upload/{upload.pk}/columns/").text
    assert "<strong>Notes</strong>: cannot be read. This sheet is damaged." in page
    assert "Read “Next year” instead (1 row)" in page


def test_another_row_of_headings_is_chosen(world: World, as_: As) -> None:
    rows = [["Name", "Lead"], ["Work", "Body"], ["A", "Lantern Youth"]]
    upload, alice = brought(world, workbook({"T": rows})), as_("alice")
    path = f"/bring/upload/{upload.pk}/columns/"
    assert ">1: Name, Lead</option>" in alice.get(path).text
    alice.post(path, {"sheet": "0", "headings": "2"})
    upload.refresh_from_db()
    assert (upload.header, upload.rows, upload.first_row) == (["Work", "Body"], [["A", "Lantern Youth"]], 3)
    alice.post(path, {"sheet": "0", "headings": "1-2"})
    upload.refresh_from_db()
    assert upload.header == ["Name: Work", "Lead: Body"]
    for wrong in ("3", "9", "2-9", "2-1", "0"):
        page = alice.post(path, {"sheet": "0", "headings": wrong}, follow=True).text
        assert "There is no such row." in page or "nothing below it" in page, wrong
    upload.refresh_from_db()
    assert upload.header == ["Name: Work", "Lead: Body"]


PEOPLE: Rows = [["Suspect", "Date of birth", "Offence"], ["HIDDEN Person", "1/2/2010", "Robbery"]]


def test_nothing_is_kept_of_a_sheet_of_single_people(world: World, as_: As) -> None:
    upload = brought(world, workbook({"T": TRACKER, "Cases": PEOPLE}))
    assert "HIDDEN" not in str(upload.sheets)
    page = as_("alice").get(f"/bring/upload/{upload.pk}/columns/").text
    assert "Cases</strong>: cannot be read. This looks like records of single people" in page
    with pytest.raises(ValidationError, match="single people"):
        actions.choose_sheet(by=world.person("alice"), upload=upload, sheet=1)
    with pytest.raises(SinglePeople):
        brought(world, workbook({"Cases": PEOPLE}))


def test_a_row_of_headings_that_makes_it_a_list_of_people_drops_the_file(world: World, as_: As) -> None:
    rows = (
        "Project,Lead,x\n"
        + "A,Lantern Youth,y\n" * 14
        + "Suspect,Date of birth,Offence\nHIDDEN,1/2/2010,Robbery\n"
    )
    upload = actions.bring(by=world.person("alice"), footprint=world.north, kind="initiatives", text=rows)
    page = as_("alice").post(
        f"/bring/upload/{upload.pk}/columns/", {"sheet": "0", "headings": "16"}, follow=True
    )
    assert "has kept nothing of it" in page.text
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Name,Area\nCafé Ŵyl – Siân’s,£5\n"),
        ("utf-8-sig", "Name,Area\nCafé Ŵyl – Siân’s,£5\n"),
        ("utf-16", "Name,Area\nCafé Ŵyl – Siân’s,£5\n"),
        ("utf-16-le", "Name,Area\nCafé Ŵyl – Siân’s,£5\n"),
        ("utf-16-be", "Name,Area\nCafé Ŵyl – Siân’s,£5\n"),
        ("cp1252", "Name,Area\nCafé – Siân’s,£5\n"),
        ("mac_roman", "Name,Area\rCafé – Siân’s,£5\r"),
        ("mac_roman", "Name,Area\nCafé,x\n"),
        ("cp1252", "Name,Area\nCafé,x\n"),
    ],
)
def test_accents_in_every_encoding(encoding: str, text: str) -> None:
    book = open_file(text.encode(encoding))
    assert book.sheets[0].rows == [line.split(",") for line in text.replace("\r", "\n").split("\n") if line]


def test_letters_that_were_read_in_the_wrong_encoding_are_put_right() -> None:
    wrong = "Name,Amount\nCafé Siân,£5\n".encode().decode("cp1252")
    assert open_file(wrong.encode()).sheets[0].rows[1] == ["Café Siân", "£5"]


def test_the_mark_of_text_is_taken_off_and_a_real_apostrophe_stays() -> None:
    rows = open_text("a,b,c\n'01234567,'=1+1,'90s club\n").sheets[0].rows
    assert rows[1] == ["01234567", "=1+1", "'90s club"]
    assert read_text("Name,b\n'+Plus,'-2\n").rows == [["+Plus", "-2"]]


def test_of_a_file_with_many_rows_only_some_sheets_are_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OF_OTHERS", 4)
    upload = brought(world, workbook({"T": TRACKER, "A": TRACKER, "B": TRACKER}))
    assert [bool(each["refused"]) for each in upload.sheets] == [False, False, True]
    monkeypatch.setattr(parse, "LAST_ROW", 4)
    book = open_file(workbook({"T": TRACKER, "A": TRACKER, "B": TRACKER}))
    assert [bool(each.refused) for each in book.sheets] == [False, False, True]


def test_people_above_the_headings_are_not_kept(world: World) -> None:
    upload = brought(
        world, workbook({"T": [*PEOPLE, [], *TRACKER], "Title": [["Written by Ann Other"], *TRACKER]})
    )
    assert "HIDDEN" not in str(upload.sheets)
    assert upload.rows[0][0] == "Evening mentors"
