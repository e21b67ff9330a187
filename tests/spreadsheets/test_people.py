"""Records of single people are refused; lists of organisations with contacts are not."""

import pytest

from joinedup.spreadsheets.people import has_nhs_number, refuse_people
from joinedup.spreadsheets.reading import Unreadable, read_text
from tests.spreadsheets.making import OFFERS, PARTNERS, TRACKER


@pytest.mark.parametrize(
    "text",
    [
        "Ref,DOB\n1,2\n",
        "Ref,Date of Birth\n1,1/2/2005\n",
        "Name,NHS Number\nA,1\n",
        "Suspect,Area\nA,B\n",
        "Victim name,Area\nA,B\n",
        "Nominal,Area\nA,B\n",
        "Case number,Area\n1,B\n",
        "Name,Home address\nA,B\n",
        "Pupil name,School\nA,B\n",
        "Organisation,Notes\nA,DOB 1/2/2005\n",
        "Organisation,Notes\nA,seen 943 476 5919 today\n",
        "Organisation,Ref\nA,9434765919\n",
        "Name,Age,Address\nA,15,1 High Street N1 1AA\n",
    ],
)
def test_case_files_are_refused_without_their_values(text: str) -> None:
    if "943" in text:
        # In the range that the NHS issues: the well-known example number begins with 9.
        text = text.replace("943 476 5919", "401 023 2137").replace("9434765919", "4010232137")
    with pytest.raises(Unreadable, match="records of single people") as refusal:
        refuse_people(read_text(text))
    assert "4010232137" not in refusal.value.messages[0]
    assert "has kept nothing of it" in refusal.value.messages[0]


@pytest.mark.parametrize(
    "text",
    [
        PARTNERS,
        TRACKER,
        OFFERS,
        "Organisation,Telephone\nA,2079460000\nB,4010232137\n",
        "Project,Victim support,Age range\nA,yes,10-17\n",
        "Project,Age group,Venue\nA,10-17,N1 1AA\n",
        "Organisation,Address\nA,1 High Street N1 1AA\n",
        "Organisation,Charity number\nVictim Support,298028\n",
    ],
)
def test_lists_of_organisations_are_not(text: str) -> None:
    refuse_people(read_text(text))


def test_an_nhs_number_passes_its_own_check() -> None:
    assert has_nhs_number("401 023 2137")
    assert not has_nhs_number("401 023 2138")
    assert not has_nhs_number("+44401 023 2137")
