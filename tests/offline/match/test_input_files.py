"""A folder of CSV files is read whole, or refused in one plain sentence."""

from pathlib import Path

import pytest

from joinedup.offline.delimited import Refused
from joinedup.offline.match.input_files import Folder, read_folder
from tests.offline.match.folders import FILES, SHIPPED, match


def read(folder: Path) -> Folder:
    return read_folder(folder, SHIPPED)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Partners alone, in a place that ships."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "partners.csv").write_text("id,name,places\na,One,North\n")
    return folder


def test_the_tables_of_the_register_are_text_by_the_headings_that_are_known(folder: Path) -> None:
    (folder / "asks.csv").write_text(
        "ref,Organisation,kind,words,population\nq,club,offer,A hall;a kitchen,3\n"
    )
    (folder / "support.csv").write_text("id,name,deadline\nn,New fund,5 May 2019\n")
    found = read(folder)
    (ask,) = found.register["asks"]
    assert {key: value for key, value in ask.items() if value} == {
        "id": "q", "partner": "club", "kind": "offer", "text": "A hall;a kitchen",
    }  # fmt: skip
    # The old file and the new one are one table.
    assert {row["id"]: row["closes"] for row in found.register["support"]} == {
        "o": "2018-11-30",
        "n": "5 May 2019",
    }
    assert "population" in [row["given"] for row in found.headings]


def test_the_other_tables_have_every_column(folder: Path) -> None:
    (folder / "people.csv").write_text("id,partner,event,opted_in,name\nann,club,e,yes,Ann\n")
    found = read(folder)
    assert found.added["people"].to_dicts() == [
        {"id": "ann", "partner": "club", "event": "e", "opted_in": True}
    ]
    needs = found.added["needs"]
    assert needs["need"].to_list() == [0.8, 0.9]
    assert needs["stands_out"].to_list() == [None, None]


def test_only_the_partners_have_to_be_there(small: Path) -> None:
    found = read(small)
    assert (found.places["name"].to_list(), found.themes.height, found.sectors.height) == (["North"], 2, 2)
    (small / "partners.csv").unlink()
    with pytest.raises(Refused, match=r"lacks partners\.csv: add it; everything else may be absent\."):
        read(small)
    for path in (small / "none", small.parent / "partners.csv"):
        with pytest.raises(Refused, match="There is no folder"):
            read(path)


def test_places_are_looked_for_in_every_table(small: Path) -> None:
    (small / "needs.csv").write_text("place,theme,need\nSouth,safe-places,0.5\n")
    assert read(small).places["name"].to_list() == ["North", "South"]
    (small / "partners.csv").write_text("id,name,places\na,One,Atlantis\n")
    (small / "needs.csv").unlink()
    with pytest.raises(
        Refused, match=r"No place in .* is one of England or Wales that can be told by its code"
    ):
        read(small)


def test_words_of_ones_own_stand_beside_those_that_ship_or_instead(small: Path) -> None:
    def themes() -> list[str]:
        return read(small).themes["theme"].to_list()

    assert themes() == ["safe-places", "trusted-adult"]
    (small / "needs.csv").write_text("place,theme,need\nNorth,safe-places,0.5\nNorth,rural-life,0.5\n")
    assert themes() == ["rural-life", "safe-places", "trusted-adult"]
    (small / "needs.csv").write_text("place,theme,need\nNorth,rural-life,0.5\n")
    assert themes() == ["rural-life"]
    (small / "themes.csv").write_text("theme,name\nown,Our own\n")
    assert themes() == ["own", "rural-life"]


def test_own_places_are_authorities_unless_they_say_that_they_are_wider_or_narrower(folder: Path) -> None:
    (folder / "places.csv").write_text(
        "code,name,kind,parent\nr,Region,region,\nb,Borough,borough,r\nw,,ward,b\nl,Streets,LSOA,w\nx,Lost,ward,y\n"
    )
    found = read(folder).places
    assert found.select("code", "name", "kind", "parent").rows() == [
        ("b", "Borough", "local_authority", "r"),
        ("l", "Streets", "ward", "b"),
        ("r", "Region", "region", None),
        ("w", "w", "ward", "b"),
        ("x", "Lost", "ward", None),
    ]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("needs", "place,need\n", "needs.csv has no column theme; its header is: place, need."),
        ("needs", "", "needs.csv is empty: it needs a header line."),
        ("partners", "", "partners.csv is empty: it needs a header line."),
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
            "place,theme,need\nb,t,1e300\n",
            "needs.csv, line 2: “1e300” in column need is not a number that can be meant: it is larger than a million "
            "million.",
        ),
        ("mix", "theme,sector,weight\na,b\n", "mix.csv, line 2, has 2 cells where the header has 3."),
        ("asks", "id,text\na,b,c\n", "asks.csv, line 2, has 3 cells where the header has 2."),
        ("mix", "theme,theme,sector,weight\n", "mix.csv has the column theme more than once."),
        (
            "partners",
            "id;name;places\na;b;c\n",
            "The columns of partners.csv are not parted by commas: save it as CSV with commas.",
        ),
        (
            "mix",
            'theme,sector,weight\na,b,"so\nvery\x07 much"\n',
            "mix.csv, line 3: “so very much” in column weight is not a number.",
        ),
        (
            "heard",
            "place,theme,text,said_on\nb,t,More light,30th Nov\n",
            "heard.csv, line 2: “30th Nov” in column said_on is not a date like 2026-11-30 or 30/11/2026.",
        ),
        (
            "people",
            "id,partner,event,opted_in\na,b,c,maybe\n",
            "people.csv, line 2: “maybe” in column opted_in is not true or false.",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_nothing_is_written(
    folder: Path, name: str, text: str, sentence: str
) -> None:
    (folder / f"{name}.csv").write_text(text)
    out = folder.parent / "out.json"
    with pytest.raises(Refused) as refused:
        match(folder, output=out)
    assert str(refused.value) == sentence
    assert not out.exists()


@pytest.mark.parametrize("name", ["partners", "places"])
def test_letters_of_windows_are_read_and_other_encodings_refused(folder: Path, name: str) -> None:
    text = FILES[name].replace("Borough", "Bórough – “new”").replace("School", "Ysgol Gŵyl")
    (folder / f"{name}.csv").write_bytes(text.encode("cp1252", "replace"))
    found = read(folder)
    names = [row["name"] for row in found.register["partners"]] + found.places["name"].to_list()
    assert ("Bórough – “new”" if name == "places" else "Ysgol G?yl") in names
    for coding in ("utf-16", "utf-16-le", "utf-16-be"):
        (folder / f"{name}.csv").write_bytes(text.encode(coding))
        with pytest.raises(Refused, match=rf"^{name}\.csv is not UTF-8 text: save it as “CSV UTF-8”\.$"):
            read(folder)


def test_what_is_not_csv_is_refused(folder: Path) -> None:
    (folder / "mix.csv").write_bytes(b'theme,sector,weight\n"a,b,1\n')
    with pytest.raises(
        Refused,
        match=r"mix\.csv is not a CSV file that can be read: a quotation mark is opened and not closed",
    ):
        read(folder)
    (folder / "mix.csv").write_text(f"theme,sector,weight\n{'a' * 200_000},b,1\n")
    with pytest.raises(
        Refused, match=r"mix\.csv has a cell of more than 131,072 letters after line 1: see whether"
    ):
        read(folder)


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
        read(folder)


def test_places_whose_columns_are_swapped_are_refused(folder: Path) -> None:
    header = "code,kind,latitude,longitude\n"
    (folder / "places.csv").write_text(header + "b,local_authority,51.5,-0.1\nc,local_authority,51.6,\n")
    assert read(folder).places["latitude"].to_list() == [51.5, 51.6]
    (folder / "places.csv").write_text(header + "b,local_authority,-0.1,51.5\n")
    with pytest.raises(Refused) as refused:
        read(folder)
    assert str(refused.value) == (
        "places.csv: these places lie outside the United Kingdom: are the columns latitude and longitude swapped? "
        "Give each its name, and try again."
    )
