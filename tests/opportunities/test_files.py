"""`joinedup match`: a folder of CSV files in, one file out, and a plain sentence when something is wrong."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from joinedup.opportunities.files import SEVEN, Refused, match, read_folder

AS_OF = date(2018, 10, 8)
FILES = {
    "places": "code,name,kind,parent,latitude,longitude,population\nb,Borough,borough,,51.5,-0.1,\"1,000\"\n",
    "needs": "place,theme,need,people_at_risk,trend,cluster\nb,exclusion,0.8,120,0.3,true\nx,exclusion,0.9,10,,\n",
    "partners": "id,name,sector,places,themes\nclub,=The Club,vcs,b,exclusion; drugs\nschool,School,education,b;x,\n",
    "initiatives": (
        "id,name,partner,co_partners,places,themes,level,age_from,age_to,reach_per_year,starts,ends,evidence,offers,result\n"
        "i,Boxing,club,,b,exclusion,secondary,10,17,20,2018-01-01,31/12/2018,,,\n"
    ),
    "offers": (
        "id,name,provider,kind,themes,sectors,via_sectors,places,opens,closes,amount_gbp,last_checked\n"
        "o,Fund,Home Office,fund,,education,,,,2018-11-30,20000,2018-10-01\n"
    ),
    "links": "partner_a,partner_b,strength,since\n",
    "mix": "theme,sector,weight\nexclusion,education,0.9\nexclusion,vcs,0.7\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for name, text in FILES.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return path


def test_writes_the_document_best_first(folder: Path) -> None:
    out = folder.parent / "out.json"
    matched = match(folder, AS_OF, None, out)
    document = json.loads(out.read_text(encoding="utf-8"))
    found = document["opportunities"]
    assert document["as_of"] == "2018-10-08"
    assert {(one["kind"], one["place"]) for one in found} == {
        ("unmet_need", "b"),
        ("untapped_support", "b"),
        ("missing_partner", "b"),
    }
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert matched.found == 3
    assert matched.left_out == [
        "Left out: 1 (needs: place not in places).",
        "Left out: 1 (partners: place not in places).",
    ]


def test_the_same_again_is_the_same_file(folder: Path) -> None:
    out, again = folder.parent / "out.json", folder.parent / "again.json"
    match(folder, AS_OF, None, out)
    match(folder, AS_OF, None, again)
    assert out.read_bytes() == again.read_bytes()


def test_the_limit_keeps_the_best(folder: Path) -> None:
    every, best = folder.parent / "every.json", folder.parent / "best.json"
    match(folder, AS_OF, None, every)
    match(folder, AS_OF, 1, best)
    documents = [json.loads(path.read_text(encoding="utf-8"))["opportunities"] for path in (every, best)]
    assert documents[1] == documents[0][:1]


def test_csv_has_a_row_for_each_and_no_formulas(folder: Path) -> None:
    out = folder.parent / "out.csv"
    match(folder, AS_OF, None, out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3
    assert rows[0]["as_of"] == "2018-10-08"
    assert {row["band"] for row in rows} <= {"strong", "fair", "worth a look"}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert any(row["first_step"].startswith("'=The Club") for row in rows)


def test_optional_files_are_read(folder: Path) -> None:
    (folder / "profiles.csv").write_text("place,rate,name\nb,1.5,3\n")
    (folder / "people.csv").write_text("id,partner,event,opted_in\nann,club,e,yes\n")
    tables = read_folder(folder)
    assert tables.profiles is not None
    assert tables.profiles.to_dicts() == [{"place": "b", "rate": 1.5, "name": 3.0}]
    assert tables.people is not None
    assert tables.people["opted_in"].to_list() == [True]
    assert tables.asks is None


def test_a_header_alone_is_enough(folder: Path) -> None:
    for name in SEVEN:
        (folder / f"{name}.csv").write_text(FILES[name].splitlines()[0] + "\n")
    assert match(folder, AS_OF, None, folder.parent / "out.json").found == 0


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
        ("mix", "theme,sector,weight\na,b\n", "mix.csv, line 2, has 2 cells where the header has 3."),
        ("mix", "theme,theme,sector,weight\n", "mix.csv has the column theme more than once."),
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


def test_what_is_not_text_is_refused(folder: Path) -> None:
    (folder / "mix.csv").write_bytes(b"theme,sector,weight\n\xff\xfe,b,1\n")
    with pytest.raises(Refused, match=r"mix\.csv is not UTF-8 text"):
        read_folder(folder)
    (folder / "mix.csv").write_bytes(b'theme,sector,weight\n"a,b,1\n')
    with pytest.raises(Refused, match=r"mix\.csv is not a CSV file that can be read"):
        read_folder(folder)


def test_absent_files_folders_and_places_to_write_are_named(folder: Path) -> None:
    (folder / "mix.csv").unlink()
    with pytest.raises(Refused, match=r"lacks mix\.csv: add it"):
        read_folder(folder)
    with pytest.raises(Refused, match="There is no folder"):
        read_folder(folder / "none")
    with pytest.raises(Refused, match=r"must end in \.json or \.csv"):
        match(folder, AS_OF, None, folder / "out.txt")
    with pytest.raises(Refused, match="limit must be 1 or more"):
        match(folder, AS_OF, 0, folder / "out.json")


def test_a_place_that_cannot_be_written_leaves_nothing_behind(folder: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, AS_OF, None, folder / "none" / "out.json")
    before = sorted(folder.iterdir())
    (folder / "taken.json").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, AS_OF, None, folder / "taken.json")
    assert sorted(folder.iterdir()) == [*before, folder / "taken.json"]
