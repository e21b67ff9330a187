"""Partners and their contacts: several rows may name one organisation, each with another contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.partners.actions import add_contact, add_partner
from joinedup.partners.models import Partner
from joinedup.partners.registers import charity_number, company_number
from joinedup.places.models import Footprint
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.around import KnownRecords
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.kinds.contract import (
    NAME,
    Organisations,
    RowKind,
    key,
    marking,
    only_place,
    places,
    themes,
)
from joinedup.spreadsheets.rows import PartnerInRow, RowCells, RowOutcome, Verdict

FIELDS = (
    Field(
        "name",
        "Organisation",
        (
            "org",
            "organisation name",
            "organization",
            "name of organisation",
            "agency",
            "partner",
            "partner name",
            "partner organisation",
            "partner agency",
            "body",
            "provider",
            "lead agency",
            "name",
            "lead organisation",
            "company",
            "group",
            "service",
        ),
        required=True,
    ),
    Field("sector", "Sector", ("type", "org type", "organisation type", "type of organisation", "category")),
    Field(
        "role",
        "Contact’s role",
        ("role", "job title", "job", "position", "title", "post", "role title", "contact role"),
    ),
    Field(
        "contact",
        "Contact’s name",
        (
            "contact",
            "contact name",
            "contact person",
            "main contact",
            "key contact",
            "full name",
            "lead",
            "lead officer",
            "representative",
        ),
    ),
    Field(
        "email",
        "E-mail address",
        ("email", "e mail", "mail", "contact email", "email address", "work email", "e mail address"),
    ),
    Field(
        "does",
        "What they do",
        ("description", "about", "what do they do", "activity", "activities", "services"),
    ),
    Field(
        "serves",
        "Places they serve",
        (
            "places",
            "area",
            "areas",
            "borough",
            "boroughs",
            "ward",
            "wards",
            "area covered",
            "areas covered",
            "location",
            "where",
            "place",
        ),
    ),
    Field("themes", "Themes", ("theme", "topics", "focus", "priority", "priorities")),
    Field(
        "charity_number",
        "Charity number",
        ("charity no", "registered charity number", "charity reg no", "charity"),
    ),
    Field("company_number", "Company number", ("company no", "companies house number")),
    Field("website", "Website", ("web", "url", "web site", "web address", "web page")),
    Field("marking", "Who may see it", ("marking", "visibility", "sharing")),
)


def read(rows: Sequence[RowCells], around: KnownRecords, chosen: Mapping[int, str]) -> list[RowOutcome]:
    organisations = Organisations(around, chosen)
    contacts = set(around.contacts)
    return [_line(row, around, organisations, contacts) for row in rows]


def _line(
    row: RowCells, around: KnownRecords, organisations: Organisations, contacts: set[Any]
) -> RowOutcome:
    name = row.text("name", NAME)
    if not name:
        row.refuse("name", "The name of the organisation is missing.")
        return row.line("", "", Verdict.PROBLEM)
    email = row.read("email", cells.email, "")
    contact = {"role": row.text("role", 120), "name": row.text("contact", 120), "email": email}
    if any(contact.values()) and not contact["role"]:
        contact["role"] = "Main contact"
    number = row.read("charity_number", charity_number, "")
    who: Partner | PartnerInRow | None = around.charities.get(number) if number else None
    is_first = key(name) not in organisations.brought
    if who is None and is_first and key(name) not in around.partners:
        details = _details(row, around, number)
    else:
        details = {}
    if who is None:
        who = organisations.find(row, "name", name, sector=_sector(row, around), address=email)
    adds = any(contact.values()) and _is_fresh(who, contact, contacts)
    is_new = isinstance(who, PartnerInRow) and is_first
    line = row.line(
        name, _says(who, is_new, contact if adds else None, around), _verdict(is_new, adds),
        who=who, details=details, contact=contact if adds else None, sectors=around.sectors,
    )  # fmt: skip
    line.sector_to_check = organisations.to_check if isinstance(who, PartnerInRow) else None
    return line


def _details(row: RowCells, around: KnownRecords, number: str) -> dict[str, Any]:
    return {
        "does": row.text("does"),
        "serves": places(row, around, "serves") or only_place(around),
        "themes": themes(row, around),
        "charity_number": number,
        "company_number": row.read("company_number", company_number, ""),
        "website": row.read("website", cells.web_address, ""),
        "marking": marking(row, Marking.PARTNERSHIP),
    }


def _sector(row: RowCells, around: KnownRecords) -> str:
    text = row.text("sector")
    if not text:
        return ""
    found = around.sector_names.get(key(text)) or around.sector_names.get(key(text).replace("-", " "))
    # A word that is not one of our sectors (“statutory”) is not an error: the sector is guessed from the name
    # and shown.
    return found.slug if found else ""


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
        sector = around.sectors.get(who.sector)
        return f"New partner, {sector}" + (f"; {person}" if person else "")
    here = f"already here as {who}" if isinstance(who, Partner) else "in a row above"
    return f"Organisation {here}; " + (f"new {person}" if person else "nothing new")


def make(by: Person, footprint: Footprint, line: RowOutcome, made: dict[str, Partner]) -> list[Any]:
    if "who" not in line.plan:
        return []
    who = line.plan["who"]
    records: list[Any] = []
    if isinstance(who, PartnerInRow):
        partner = made.get(key(who.name))
        if partner is None:
            sector = line.plan["sectors"][who.sector]
            partner = add_partner(
                by=by,
                footprint=footprint,
                came=Came.LIST,
                name=who.name,
                sector=sector,
                **line.plan["details"],
            )
            made[key(who.name)] = partner
            records.append(partner)
    else:
        partner = who
    if line.plan["contact"]:
        records.append(add_contact(by=by, partner=partner, **line.plan["contact"]))
    return records


PARTNERS = RowKind(FIELDS, read, make)
