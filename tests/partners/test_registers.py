"""Identifiers as their registers write them, and the pages where the public can look them up."""

import pytest
from django.core.exceptions import ValidationError

from joinedup.partners.models import Partner
from joinedup.partners.registers import (
    charity_number,
    company_number,
    identifiers,
    nhs_code,
    school_number,
    wrong_box,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", ""),
        (" 1084122 ", "1084122"),
        ("GB-CHC-1084122", "1084122"),
        ("267879", "267879"),
        ("sc012059", "SC012059"),
        ("NI100084", "NIC100084"),
        ("GB-NIC-100084", "NIC100084"),
        ("GB-SC-SC012059", "SC012059"),
        ("SC 12059", "SC012059"),
        ("0267879", "267879"),
        ("01084122", "1084122"),
        ("Registered charity no. 1 084 122", "1084122"),
        ("1084122 – 1", "1084122-1"),
    ],
)
def test_charity_numbers(text: str, number: str) -> None:
    assert charity_number(text) == number


@pytest.mark.parametrize("text", ["abc", "12", "12345678901", "SC1"])
def test_what_is_no_charity_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        charity_number(text)


@pytest.mark.parametrize("text", ["00999123", "NI012345", "OC123456", "12345678", "Company no 999123"])
def test_a_company_number_in_the_box_of_charities_is_said(text: str) -> None:
    with pytest.raises(ValidationError, match="This is a company number"):
        charity_number(text)


@pytest.mark.parametrize("text", ["NIC100084", "1084122-1", "Registered charity 1084122", "GB-CHC-1084122"])
def test_a_charity_number_in_the_box_of_companies_is_said(text: str) -> None:
    with pytest.raises(ValidationError, match="This is a charity number"):
        company_number(text)


@pytest.mark.parametrize(
    ("typed", "numbers", "asks"),
    [
        ("1084122", {"company_number": "01084122"}, True),
        ("01084122", {"company_number": "01084122"}, False),
        ("999123", {"company_number": "00999123"}, False),
        ("1084122", {"company_number": "01084122", "charity_number": "1097940"}, False),
        ("", {"charity_number": "1097940"}, False),
    ],
)
def test_what_may_be_in_the_wrong_box_is_asked(typed: str, numbers: dict[str, str], asks: bool) -> None:
    assert bool(wrong_box(typed, numbers)) == asks


def test_one_number_in_both_boxes_is_refused() -> None:
    with pytest.raises(ValidationError, match="The same number"):
        wrong_box("1084122", {"company_number": "01084122", "charity_number": "1084122"})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("999123", "00999123"),
        ("0999123", "00999123"),
        ("00999123", "00999123"),
        ("Company number: 999 123", "00999123"),
        ("GB-COH-00999123", "00999123"),
        ("sc 12345", "SC012345"),
        ("IP12345R", "IP12345R"),
        ("R0000231", "R0000231"),
        ("OC-123456", "OC123456"),
    ],
)
def test_company_numbers_are_one_after_padding(text: str, number: str) -> None:
    assert company_number(text) == number


@pytest.mark.parametrize("text", ["123456789", "0", "00000000", "O1234567"])
def test_what_is_no_company_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="A company number has 8 characters"):
        company_number(text)


def test_school_numbers_and_nhs_codes() -> None:
    assert {school_number(each) for each in ("100001", " 0100001", "URN 100001", "100 001")} == {"100001"}
    assert {nhs_code(each) for each in ("rj1", "RJ 1", "ODS: RJ1")} == {"RJ1"}
    assert (school_number(""), nhs_code("")) == ("", "")
    for reader, text in ((school_number, "12"), (school_number, "A school"), (nhs_code, "R!")):
        with pytest.raises(ValidationError):
            reader(text)


def test_company_numbers() -> None:
    assert company_number("1234567") == "01234567"
    assert company_number("oc 123456") == "OC123456"
    assert company_number("") == ""
    with pytest.raises(ValidationError):
        company_number("X1")


def test_links_to_public_registers() -> None:
    partner = Partner(
        charity_number="1084122", company_number="01234567", urn="100001", ods="QMJ", gss="E09000019"
    )
    found = {each.label: each.link for each in identifiers(partner)}
    assert found["Charity number"].endswith("charity-details/?regid=1084122&subid=0")
    assert found["Company number"].endswith("/company/01234567")
    assert found["School number (URN)"].endswith("/Details/100001")
    assert found["NHS organisation code"] == found["Area code"] == ""
    assert identifiers(Partner()) == []
    assert identifiers(Partner(charity_number="SC012059"))[0].link.endswith("number=SC012059")
    assert identifiers(Partner(charity_number="NIC100084"))[0].link.endswith("regId=100084")
