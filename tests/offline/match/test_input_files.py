"""A folder of CSV files is read whole, or refused in one plain sentence."""

from pathlib import Path

import pytest

from joinedup.offline.delimited import Refused
from joinedup.offline.match.input_files import read_folder
from joinedup.offline.match.run import match
from tests.offline.match.folders import AS_OF, FILES


def test_optional_files_are_read(folder: Path) -> None:
    (folder / "profiles.csv").write_text("place,rate,name\nb,1.5,3\n")
    (folder / "people.csv").write_text("id,partner,event,opted_in\nann,club,e,yes\n")
    tables = read_folder(folder)
    assert tables.profiles is not None
    assert tables.profiles.to_dicts() == [{"place": "b", "rate": 1.5, "name": 3.0}]
    assert tables.people is not None
    assert tables.people["opted_in"].to_list() == [True]
    assert tables.asks is None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "needs",
            "place,theme,need\n",
            "needs.csv has no column people_at_risk; its header is: place, theme, need.",
        ),
        ("needs", "", "needs.csv is empty: it needs a header line."),
        (
            "mix",
            "theme,sector,weight\na,b,much\n",
            "mix.csv, line 2: “much” in column weight is not a number.",
        ),
        (
            "mix",
            "theme,sector,weight\na,b,inf\n",
            "mix.csv, line 2: “inf” in column weight is not a finite number.",
        ),
        (
            "needs",
            "place,theme,need,people_at_risk\nb,t,1,1e300\n",
            "needs.csv, line 2: “1e300” in column people_at_risk is not a number that can be meant: it is larger than "
            "a million million.",
        ),
        ("mix", "theme,sector,weight\na,b\n", "mix.csv, line 2, has 2 cells where the header has 3."),
        ("mix", "theme,theme,sector,weight\n", "mix.csv has the column theme more than once."),
        (
            "mix",
            "theme,sector,weight\ntheme,sector,weight\n",
            "mix.csv, line 2: “weight” in column weight is not a number.",
        ),
        (
            "mix",
            'theme,sector,weight\na,b,"so\nvery\x07 much"\n',
            "mix.csv, line 3: “so very much” in column weight is not a number.",
        ),
        (
            "mix",
            f"theme,sector,weight\na,b,{'9x' * 5000}\n",
            f"mix.csv, line 2: “{'9x' * 30}…” in column weight is not a number.",
        ),
        (
            "offers",
            "id,closes\no,30th Nov\n",
            "offers.csv, line 2: “30th Nov” in column closes is not a date like 2026-11-30 or 30/11/2026.",
        ),
        (
            "needs",
            "place,theme,need,people_at_risk,cluster\nb,t,1,1,maybe\n",
            "needs.csv, line 2: “maybe” in column cluster is not true or false.",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_nothing_is_written(
    folder: Path, name: str, text: str, sentence: str
) -> None:
    (folder / f"{name}.csv").write_text(text)
    out = folder.parent / "out.json"
    with pytest.raises(Refused) as refused:
        match(folder, AS_OF, None, out)
    assert str(refused.value) == sentence
    assert not out.exists()


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_other_encodings_are_refused(folder: Path, coding: str) -> None:
    (folder / "places.csv").write_bytes(FILES["places"].replace("Borough", "Bórough").encode(coding))
    with pytest.raises(Refused, match=r"^places\.csv is not UTF-8 text: save it as “CSV UTF-8”\.$"):
        read_folder(folder)


def test_what_is_not_csv_is_refused(folder: Path) -> None:
    (folder / "mix.csv").write_bytes(b'theme,sector,weight\n"a,b,1\n')
    with pytest.raises(Refused, match=r"mix\.csv is not a CSV file that can be read"):
        read_folder(folder)
    (folder / "mix.csv").write_text(f"theme,sector,weight\n{'a' * 200_000},b,1\n")
    with pytest.raises(
        Refused, match=r"mix\.csv has a cell of more than 131,072 letters after line 1: see whether"
    ):
        read_folder(folder)


@pytest.mark.parametrize(
    "header",
    ["theme,sector,weight" + "x" * 3_000_000, ",".join(f"c{n}" for n in range(50_000))],
    ids=["3 MB", "50,000 columns"],
)
def test_a_header_that_is_none_is_refused(folder: Path, header: str) -> None:
    (folder / "mix.csv").write_text(f"{header}\na,b,1\n")
    with pytest.raises(
        Refused, match=r"^The first line of mix\.csv is no header of a table: it has more than"
    ):
        read_folder(folder)


def test_a_quotation_mark_left_open_is_said_in_plain_words(folder: Path) -> None:
    (folder / "mix.csv").write_text('theme,sector,weight\n"a,b,1\n')
    with pytest.raises(Refused, match="a quotation mark is opened and not closed"):
        read_folder(folder)


def test_absent_files_and_folders_are_named(folder: Path) -> None:
    (folder / "mix.csv").unlink()
    (folder / "links.csv").unlink()
    (folder / "links.csv").symlink_to("links.csv")
    with pytest.raises(Refused, match=r"lacks links\.csv, mix\.csv: add it"):
        read_folder(folder)
    for path in (folder / "none", folder / "places.csv"):
        with pytest.raises(Refused, match="There is no folder"):
            read_folder(path)


def test_places_whose_columns_are_swapped_are_refused(folder: Path) -> None:
    header = "code,kind,latitude,longitude\n"
    (folder / "places.csv").write_text(header + "b,local_authority,51.5,-0.1\nc,local_authority,51.6,\n")
    assert read_folder(folder).places["latitude"].to_list() == [51.5, 51.6]
    (folder / "places.csv").write_text(header + "b,local_authority,-0.1,51.5\n")
    with pytest.raises(Refused) as refused:
        read_folder(folder)
    assert str(refused.value) == (
        "places.csv: these places lie outside the United Kingdom: are the columns latitude and longitude swapped? "
        "Give each its name, and try again."
    )
