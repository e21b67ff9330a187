from collections.abc import Callable
from pathlib import Path

import pytest

from joinedup.evidence.sources.privacy import refuse_people
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
