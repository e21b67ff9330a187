"""Partners and their contacts: several rows may name one organisation, each with another contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.partners.actions import add_contact
from joinedup.partners.models import Partner
from joinedup.partners.registers import READERS, wrong_box
from joinedup.places.models import Footprint
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.around import KnownRecords
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.kinds.contract import (
    NAME,
    MadeSoFar,
    Organisations,
    RowKind,
    also_called,
    key,
    marking,
    only_place,
    places,
    the_partner,
    themes,
)
from joinedup.spreadsheets.rows import PartnerInRow, RowCells, RowOutcome, Verdict

FIELDS = (
    Field("name", "Organisation", required=True),
    Field("ref", "The number it has in your lists", "id"),
    Field("sector", "Sector"),
    Field("role", "Contact’s role"),
    Field("contact", "Contact’s name"),
    Field("email", "E-mail address"),
    Field("does", "What they do"),
    Field("serves", "Places they serve", "places"),
    Field("base", "Where it is based"),
    Field("themes", "Themes"),
    Field("charity_number", "Charity number"),
    Field("company_number", "Company number"),
    Field("urn", "URN of a school"),
    Field("ods", "ODS code (NHS)"),
    Field("website", "Website"),
    Field("marking", "Who may see it"),
)


def read(rows: Sequence[RowCells], around: KnownRecords, chosen: Mapping[int, str]) -> list[RowOutcome]:
    sheet = Sheet(Organisations(around, chosen), set(around.contacts))
    for row in rows:
        sheet.numbers[row.number] = _numbers(row)
        # One row of a body may give its number, and another row its contact.
        of_body = sheet.of_body.setdefault(key(row.text("name", NAME)), {})
        for kind, number in sheet.numbers[row.number].items():
            of_body.setdefault(kind, number)
    return [_line(row, around, sheet) for row in rows]


@dataclass
class Sheet:
    """What the rows share: the organisations, the contacts that are there, and what is known of each new organisation
    from all of its rows. `numbers`: by row; `of_body`: what all rows of a name give."""

    organisations: Organisations
    contacts: set[Any]
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[int, dict[str, str]] = field(default_factory=dict)
    of_body: dict[str, dict[str, str]] = field(default_factory=dict)


def _line(row: RowCells, around: KnownRecords, sheet: Sheet) -> RowOutcome:
    name, contact = row.text("name", NAME), _contact(row)
    if not name:
        row.refuse("name", "The name of the organisation is missing.")
        _details(row, around)
        return row.line("", "", Verdict.PROBLEM)
    numbers = sheet.of_body[key(name)] | sheet.numbers[row.number]
    who = sheet.organisations.find(
        row,
        "name",
        name,
        given=row.text("sector"),
        address=contact["email"],
        does=row.text("does"),
        numbers=numbers,
    )
    is_new = sheet.organisations.is_new
    details: dict[str, Any] = {}
    if isinstance(who, PartnerInRow):
        details = sheet.details.setdefault(key(who.name), {})
        _fill(details, {**_details(row, around), **numbers})
    adds = any(contact.values()) and _is_fresh(who, contact, sheet.contacts)
    line = row.line(
        name, _says(who, is_new, contact if adds else None, around), _verdict(is_new, adds),
        who=who, details=details, contact=contact if adds else None
    )  # fmt: skip
    line.sector_to_check = sheet.organisations.to_check if isinstance(who, PartnerInRow) else None
    line.called = [*also_called(name, who), *also_called(row.text("ref", NAME), who)]
    return line


def _contact(row: RowCells) -> dict[str, str]:
    email = row.check("email", cells.email, "")
    contact = {"role": row.text("role", 120), "name": row.text("contact", 120), "email": email}
    if any(contact.values()) and not contact["role"]:
        contact["role"] = "Main contact"
    return contact


def _numbers(row: RowCells) -> dict[str, str]:
    """The identifiers that the row gives, as their registers write them; says where one may be in the wrong box."""
    read = {kind: row.check(kind, reader, "") for kind, reader in READERS.items()}
    numbers = {kind: number for kind, number in read.items() if number}
    row.doubts = (
        [doubt] if (doubt := row.check("company_number", lambda typed: wrong_box(typed, numbers), "")) else []
    )
    return numbers


def _details(row: RowCells, around: KnownRecords) -> dict[str, Any]:
    return {
        "does": row.paragraphs("does"),
        "serves": places(row, around, "serves"),
        "themes": themes(row, around),
        "base": around.places.get(str(row.read.one("base")).casefold()),
        "website": row.check("website", cells.web_address, ""),
        "marking": marking(row, Marking.PARTNERSHIP, held=around.held_here),
    }


def _fill(details: dict[str, Any], more: dict[str, Any]) -> None:
    """What a further row of the same organisation adds: to lists what they lack, else only what is not known yet."""
    for name, value in more.items():
        if isinstance(value, list):
            known = details.setdefault(name, [])
            known += [each for each in value if each not in known]
        elif not details.get(name):
            details[name] = value


def _is_fresh(who: Partner | PartnerInRow, contact: dict[str, str], contacts: set[Any]) -> bool:
    """Whether no contact with that address, or role and name, is recorded there yet; remembers it."""
    partner = who.pk if isinstance(who, Partner) else key(who.name)
    same = (
        (partner, contact["email"])
        if contact["email"]
        else (partner, contact["role"].casefold(), contact["name"].casefold())
    )
    if same in contacts:
        return False
    contacts.add(same)
    return True


def _verdict(is_new: bool, adds: bool) -> Verdict:
    return Verdict.NEW if is_new else Verdict.ADDS if adds else Verdict.KNOWN


def _says(who: Any, is_new: bool, contact: dict[str, str] | None, around: KnownRecords) -> str:
    person = f"contact: {contact['role']}" if contact else ""
    if is_new:
        branch = ", a branch" if who.is_branch else ""
        return f"New partner, {around.sectors.get(who.sector)}{branch}" + (f"; {person}" if person else "")
    here = f"already here as {who}" if isinstance(who, Partner) else "in a row above"
    return f"Organisation {here}; " + (f"new {person}" if person else "nothing new")


def make(by: Person, footprint: Footprint, plan: Mapping[str, Any], made: MadeSoFar) -> list[Any]:
    details = dict(plan["details"])
    if not details.get("serves"):
        details["serves"] = only_place(made.here)
    partner, records = the_partner(by, footprint, plan["who"], made, **details)
    if plan["contact"]:
        return [*records, add_contact(by=by, partner=partner, **plan["contact"])]
    return list(records)


PARTNERS = RowKind("partners", FIELDS, read, make)
