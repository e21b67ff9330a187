"""Where the public can look a partner up: the registers of its identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from joinedup.partners.models import Partner

CHARITY_ENGLAND_WALES = (
    "https://register-of-charities.charitycommission.gov.uk/charity-details/?regid={}&subid=0"
)
CHARITY_SCOTLAND = "https://www.oscr.org.uk/about-charities/search-the-register/charity-details?number={}"
CHARITY_NORTHERN_IRELAND = "https://www.charitycommissionni.org.uk/charity-details/?regId={}"
COMPANY = "https://find-and-update.company-information.service.gov.uk/company/{}"
SCHOOL = "https://get-information-schools.service.gov.uk/Establishments/Establishment/Details/{}"


@dataclass(frozen=True)
class Identifier:
    """One official identifier. `link` is empty if the register has no page for a single body."""

    label: str
    value: str
    link: str = ""


def charity_number(text: str) -> str:
    """A charity number as its register writes it: 1084122, SC012059, NIC100084. Empty stays empty.

    Removes the prefixes of org-id.guide (GB-CHC-, GB-SC-, GB-NIC-). Raises ValidationError for anything else.
    """
    number = re.sub(r"\s", "", text.upper()).removeprefix("GB-CHC-")
    number = re.sub(r"^GB-(SC|NIC)-(SC|NIC)?", r"\1", number)
    number = re.sub(r"^NI(?=\d)", "NIC", number)
    if number and not re.fullmatch(r"\d{5,7}(-\d{1,3})?|SC\d{6}|NIC\d{6}", number):
        raise ValidationError("A charity number is 6 or 7 digits, or begins with SC or NIC.")
    return number


def company_number(text: str) -> str:
    """A company number in 8 characters, with leading zeros restored. Empty stays empty."""
    number = re.sub(r"^GB-COH-", "", re.sub(r"\s", "", text.upper()))
    if number.isdigit():
        number = number.zfill(8)
    if number and not re.fullmatch(r"[A-Z0-9]{2}\d{6}", number):
        raise ValidationError("A company number has 8 characters, such as 01234567 or OC123456.")
    return number


def _charity_link(number: str) -> str:
    if number.startswith("SC"):
        return CHARITY_SCOTLAND.format(number)
    if number.startswith("NIC"):
        return CHARITY_NORTHERN_IRELAND.format(number.removeprefix("NIC"))
    return CHARITY_ENGLAND_WALES.format(number.partition("-")[0])


def identifiers(partner: Partner) -> list[Identifier]:
    """A partner's identifiers, each with its page on the public register."""
    found = []
    if partner.charity_number:
        link = _charity_link(partner.charity_number)
        found.append(Identifier("Charity number", partner.charity_number, link))
    if partner.company_number:
        found.append(
            Identifier("Company number", partner.company_number, COMPANY.format(partner.company_number))
        )
    if partner.urn:
        found.append(Identifier("School number (URN)", partner.urn, SCHOOL.format(partner.urn)))
    if partner.ods:
        found.append(Identifier("NHS organisation code", partner.ods))
    if partner.gss:
        found.append(Identifier("Area code", partner.gss))
    return found
