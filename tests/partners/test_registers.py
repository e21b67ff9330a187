"""Identifiers as their registers write them, and the pages where the public can look them up."""

import pytest
from django.core.exceptions import ValidationError

from joinedup.partners.models import Partner
from joinedup.partners.registers import charity_number, company_number, identifiers


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
    ],
)
def test_charity_numbers(text: str, number: str) -> None:
    assert charity_number(text) == number


@pytest.mark.parametrize("text", ["abc", "12", "12345678901", "SC1"])
def test_what_is_no_charity_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        charity_number(text)


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
