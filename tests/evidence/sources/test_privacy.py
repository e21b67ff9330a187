from collections.abc import Callable
from pathlib import Path

import pytest

from joinedup.evidence.sources.policeuk_street import SHAPES
from joinedup.evidence.sources.privacy import _is_the_publishers, refuse_people
from joinedup.offline.delimited import Refused
from joinedup.offline.table_files import open_table
from tests.evidence.sources.samples import SAMPLES

Brought = Callable[..., Path]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ward,contact\nA,someone@example.org\n", "e-mail addresses"),
        ("ward,number\nA,943 476 5919\nB,9434765919\n", "NHS numbers"),
        ("postcode,age\nSE1 9GF,16\nN1 1AA,17\n", "full postcodes"),
        ("name,age\nA,16\n", "names beside ages"),
        (
            "Type,Date,Gender,Age range,Self-defined ethnicity\nPerson search,2018-10-01,Male,18-24,x\n",
            "searches",
        ),
        ("PupilID,score\n1,2\n", "names of people"),
        ("ref,DOB\n1,2\n", "dates of birth"),
        ("ref,Contact Telephone\n1,2\n", "telephone"),
        ("Area Code,Parent Name\nE09000012,x\n", "names of people"),
    ],
)
def test_records_of_people_are_refused(brought: Brought, text: str, what: str) -> None:
    with pytest.raises(Refused, match=what) as refusal:
        refuse_people(open_table(brought(text)))
    assert "has kept nothing of it" in str(refusal.value)
    assert "someone@" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "place,period,indicator,count\nE09000012,2024,under-18-admissions,1234567890\n",
        "place_name,age_band,sex,count\nHackney,10-17,female,12\n",
        "LSOA Code,LSOA Name,Borough,202403\nE01001714,Hackney 002A,E09000012,3\n",
        "Crime ID,Month,Reported by,Location\na,2024-03,City of London Police,On or near Addle Street\n",
        "area,postcode district,count\nHackney,N16,5\n",
        SAMPLES["fingertips"],
    ],
)
def test_totals_by_area_are_not(brought: Brought, text: str) -> None:
    refuse_people(open_table(brought(text)))


def test_stop_and_search_files_are_refused(shared: Path) -> None:
    files = sorted((shared / "policeuk").glob("*/*stop-and-search.csv"))
    assert len(files) == 7
    for path in files:
        with pytest.raises(Refused, match="single people"):
            refuse_people(open_table(path))


COLUMNS = SAMPLES["policeuk_street"].split("\n", 1)[0].split(",")
CRIME = [
    *(
        "0" * 64,
        "2024-03",
        "Dyfed-Powys Police",
        "Dyfed-Powys Police",
        "-3.1",
        "51.5",
        "On or near Clôs Y Gât A40",
    ),
    *("W01000050", "Gwynedd 016C", "Drugs", "Offender given a caution", ""),
]


@pytest.mark.parametrize(
    "said",
    [
        "4010232137",
        "12/03/2009 born",
        "On or near 40102 32137",
        "On or near Oscar Smith, 15",
        "Oscar Smith",
        "QQ123456C",
        "his mother rang",
        "Oscar was arrested",
        "20/12345B",
    ],
)
def test_a_publishers_columns_hide_nobody(brought: Brought, said: str) -> None:
    """With the shapes of its cells the look is quicker, and says the same."""
    for column in range(len(COLUMNS)):
        cells = [*CRIME[:column], f'"{said}"', *CRIME[column + 1 :]]
        table = open_table(brought(f"{','.join(COLUMNS)}\n{','.join(CRIME)}\n" + f"{','.join(cells)}\n" * 3))
        said_of = []
        for shapes in (SHAPES, None):
            try:
                refuse_people(table, shapes)
                said_of.append("")
            except Refused as refusal:
                said_of.append(str(refusal))
        assert said_of[0] == said_of[1]
        assert not _is_the_publishers(table, SHAPES)


def test_what_the_publisher_writes_needs_no_look(shared: Path) -> None:
    for path in sorted((shared / "policeuk").glob("*/*-street.csv*")):
        table = open_table(path)
        if set(table.header) == set(COLUMNS) and "btp" not in path.name:
            assert _is_the_publishers(table, SHAPES), path.name
