"""Where the public can look a partner up: the registers of its identifiers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


# Numbers that the Charity Commission gave out; a company number typed as short may be one of these in the wrong box.
_GIVEN_TO_CHARITIES = ((200_000, 330_000), (500_000, 530_000), (700_000, 705_000), (1_000_000, 1_300_000))
# What people write before a number, in its own box: "Registered charity no. 1084122".
_BEFORE = re.compile(
    r"^(?:(?:REGISTERED|REG|UK|ENGLAND|SCOTTISH|CHARITY|COMPANY|COMPANIES|HOUSE|NUMBER|NUM|NO|NR|URN|ODS|CODE)[.:#]*)+"
)
_CHARITY = re.compile(r"\d{5,7}(-\d{1,3})?|SC\d{6}|NIC\d{6}")
# Of Companies House: 8 figures; two letters and 6; mutual societies IP12345R; the oldest of Northern Ireland R1234567.
_COMPANY = re.compile(r"\d{8}|[A-Z]{2}\d{6}|[A-Z]{2}\d{5}[A-Z]|R\d{7}")


def _plain(text: str) -> str:
    """In capitals, without spaces, the words before it and the mark of a number."""
    plain = re.sub(r"[\s\u2010-\u2015_/]", lambda mark: "" if mark[0].isspace() else "-", text.upper())
    return _BEFORE.sub("", plain).strip(".:#-")


def _as_charity(text: str) -> str:
    number = _plain(text).removeprefix("GB-CHC-").lstrip("0")
    number = re.sub(r"^GB-(SC|NIC)-(SC|NIC)?", r"\1", number)
    number = re.sub(r"^NI(?=1\d{5}$)", "NIC", number)
    return re.sub(r"^SC-?0*(\d{5,6})$", lambda found: f"SC{found[1].zfill(6)}", number)


def _as_company(text: str) -> str:
    number = _plain(text).removeprefix("GB-COH-").replace("-", "")
    if number.isdigit():
        return number.lstrip("0").zfill(8)
    return re.sub(r"^([A-Z]{2})(\d{1,6})$", lambda found: found[1] + found[2].zfill(6), number)


def charity_number(text: str) -> str:
    """A charity number as its register writes it: 1084122, SC012059, NIC100084. Empty stays empty.

    Removes noughts, spaces and words before it, and the prefixes of org-id.guide (GB-CHC-, GB-SC-, GB-NIC-). Raises
    ValidationError for anything else, naming the box that it belongs in where that is plain.
    """
    number, plain = _as_charity(text), _plain(text).removeprefix("GB-COH-")
    if not number or (_CHARITY.fullmatch(number) and not _is_companys(text, plain)):
        return number
    if _is_companys(text, plain):
        raise ValidationError("This is a company number: put it under company number.")
    raise ValidationError("A charity number is 6 or 7 digits, or begins with SC or NIC.")


def _is_companys(text: str, plain: str) -> bool:
    """Whether what stands under charity number can only be a company's: it says so, or looks like no charity's."""
    if re.search(r"COMPAN|\bCOH\b", text.upper()):
        return True
    if plain.isdigit():
        # Written in 8 figures, as companies are; a charity's may have been filled up with noughts.
        return len(plain) == 8 and not _is_given_to_charities(plain)
    return bool(_COMPANY.fullmatch(plain)) and not _CHARITY.fullmatch(_as_charity(text))


def _is_given_to_charities(digits: str) -> bool:
    return any(low <= int(digits) < high for low, high in _GIVEN_TO_CHARITIES)


def company_number(text: str) -> str:
    """A company number in 8 characters, with leading zeros restored: 00999123, OC123456, IP12345R. Empty stays empty.

    Raises ValidationError for anything else, and for what can only be a charity's.
    """
    number = _as_company(text)
    is_charitys = "CHARITY" in text.upper() or re.match(r"GB-(CHC|SC|NIC)-", _plain(text))
    if number and (is_charitys or re.fullmatch(r"NIC\d{6}|\d{6,7}-\d{1,3}", _as_charity(text))):
        raise ValidationError("This is a charity number: put it under charity number.")
    if number and (not _COMPANY.fullmatch(number) or number == "00000000"):
        raise ValidationError("A company number has 8 characters, such as 01234567 or OC123456.")
    return number


def school_number(text: str) -> str:
    """A URN, 6 digits; a school of Wales has 7. Empty stays empty. Raises ValidationError for anything else."""
    number = _plain(text).replace("-", "").lstrip("0")
    if number and not re.fullmatch(r"\d{6,7}", number):
        raise ValidationError("A school number (URN) has 6 digits.")
    return number


def nhs_code(text: str) -> str:
    """An ODS code in capitals, without spaces. Empty stays empty. Raises ValidationError for anything else."""
    code = _plain(text).replace("-", "")
    if code and not re.fullmatch(r"[A-Z0-9]{2,10}", code):
        raise ValidationError("An NHS organisation code has letters and digits only, such as RJ1.")
    return code


# How each identifier is read: the only form in which any of them is stored or compared.
READERS: dict[str, Callable[[str], str]] = {
    "charity_number": charity_number, "company_number": company_number, "urn": school_number, "ods": nhs_code,
}  # fmt: skip
LABELS = {
    "charity_number": "charity number", "company_number": "company number", "urn": "school number (URN)",
    "ods": "NHS code",
}  # fmt: skip


def numbers_of(record: Any) -> dict[str, str]:
    """The identifiers of a partner in their normal form, by kind; one that cannot be read as it is. No query."""
    found = {}
    for kind, reader in READERS.items():
        if stored := getattr(record, kind):
            try:
                found[kind] = reader(stored)
            except ValidationError:
                found[kind] = stored
    return found


def wrong_box(typed: str, numbers: Mapping[str, str]) -> str:
    """What to ask about a company number that may be a charity's: typed as short as those are, and the only one given.

    `typed`: as it stands in the box for the company number; `numbers`: what was read, by kind. Empty if there is no
    doubt. Raises ValidationError if one number stands in both boxes.
    """
    company, charity = numbers.get("company_number", ""), numbers.get("charity_number", "")
    if company and company == charity.zfill(8):
        raise ValidationError("The same number stands under charity and company: leave it where it belongs.")
    digits = _plain(typed)
    is_doubtful = digits.isdigit() and len(digits) < 8 and _is_given_to_charities(digits)
    if charity or not company or not is_doubtful:
        return ""
    return f"{digits} was taken as a company number. Charity numbers look like it: is it in the right box?"


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
