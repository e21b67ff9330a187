"""Local action: the tracker that a coordinator keeps. New lead organisations are added with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.initiatives.actions import add_initiative
from joinedup.partners.models import Partner
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
    the_partner,
    themes,
)
from joinedup.spreadsheets.rows import PartnerInRow, RowCells, RowOutcome, Verdict

FIELDS = (
    Field(
        "name",
        "What it is called",
        (
            "name",
            "initiative",
            "initiative name",
            "project",
            "project name",
            "programme",
            "programme name",
            "intervention",
            "title",
            "activity",
            "action",
            "scheme",
            "local action",
            "work",
        ),
        required=True,
    ),
    Field(
        "partner",
        "Who leads it",
        (
            "lead",
            "lead agency",
            "lead organisation",
            "lead partner",
            "led by",
            "organisation",
            "org",
            "owner",
            "agency",
            "provider",
            "delivery partner",
            "delivered by",
            "organisation name",
            "partner",
        ),
        required=True,
    ),
    Field(
        "what",
        "What is done",
        ("description", "what", "summary", "details", "about", "aim", "aims", "what it does"),
    ),
    Field(
        "places",
        "Where",
        ("place", "places", "area", "areas", "borough", "boroughs", "ward", "wards", "location", "locations"),
    ),
    Field("themes", "Themes", ("theme", "topic", "topics", "focus", "priority", "priorities")),
    Field(
        "co_partners",
        "With",
        ("partners", "other partners", "co partners", "supporting partners", "with whom"),
    ),
    Field("level", "Level of prevention", ("level", "prevention level", "tier")),
    Field("ages", "Ages", ("age range", "age group", "target age", "age groups", "target ages")),
    Field(
        "reach_per_year",
        "People a year",
        (
            "reach",
            "people per year",
            "number reached",
            "beneficiaries",
            "number of people",
            "capacity",
            "places per year",
            "young people per year",
        ),
    ),
    Field("starts", "Starts", ("start", "start date", "started", "from", "date started", "begins")),
    Field(
        "ends", "Ends", ("end", "end date", "ended", "until", "to", "finish date", "finishes", "funded until")
    ),
    Field(
        "result_text", "What came of it", ("result", "results", "outcome", "outcomes", "impact", "progress")
    ),
    Field("source", "How we know", ("source", "sources")),
    Field("marking", "Who may see it", ("marking", "visibility", "sharing")),
)
_LEVELS = {
    "primary": "primary", "universal": "primary", "everyone": "primary", "1": "primary",
    "secondary": "secondary", "targeted": "secondary", "early": "secondary", "2": "secondary",
    "tertiary": "tertiary", "specialist": "tertiary", "3": "tertiary",
}  # fmt: skip


def read(rows: Sequence[RowCells], around: KnownRecords, chosen: Mapping[int, str]) -> list[RowOutcome]:
    organisations = Organisations(around, chosen)
    seen: set[tuple[str, str]] = set()
    return [_line(row, around, organisations, seen) for row in rows]


def _line(
    row: RowCells, around: KnownRecords, organisations: Organisations, seen: set[tuple[str, str]]
) -> RowOutcome:
    name, lead = row.text("name", NAME), row.text("partner", NAME)
    if not name:
        row.refuse("name", "The name of the work is missing.")
    if not lead:
        row.refuse("partner", "Who leads it is missing.")
        return row.line(name, "", Verdict.PROBLEM)
    details = _details(row, around, name, lead)
    is_brought = key(lead) in organisations.brought
    who = organisations.find(row, "partner", lead)
    known = isinstance(who, Partner) and (who.pk, key(name)) in around.initiatives
    if (key(lead), key(name)) in seen or known:
        line = row.line(name, "Already here: not made again", Verdict.KNOWN)
    else:
        says = f"New, led by {who.name}"
        if isinstance(who, PartnerInRow) and not is_brought:
            says += f", which is new here too: {around.sectors.get(who.sector)}"
        line = row.line(
            name,
            says,
            Verdict.NEW,
            who=who,
            details=details,
            sectors=around.sectors,
            serves=only_place(around),
        )
    seen.add((key(lead), key(name)))
    line.sector_to_check = organisations.to_check
    return line


def _details(row: RowCells, around: KnownRecords, name: str, lead: str) -> dict[str, Any]:
    starts = row.read("starts", cells.british_date, None)
    ends = row.read("ends", lambda text: cells.british_date(text, end=True), None)
    if starts and ends and ends < starts:
        row.refuse("ends", "It ends before it starts: check the dates.")
    any_age: tuple[int | None, int | None] = (None, None)
    lowest, highest = row.read("ages", cells.ages, any_age)
    if lowest is not None and highest is not None and highest < lowest:
        row.refuse("ages", "The lower age is above the upper age.")
    nobody: list[Partner] = []
    helpers = row.read("co_partners", lambda text: cells.several(text, around.partners, "partner"), nobody)
    return {
        "name": name,
        "what": row.text("what"),
        "places": places(row, around, "places"),
        "themes": themes(row, around),
        "co_partners": [partner for partner in helpers if key(partner.name) != key(lead)],
        "level": row.read("level", _level, ""),
        "age_from": lowest,
        "age_to": highest,
        "reach_per_year": row.read("reach_per_year", cells.whole_number, None),
        "starts": starts,
        "ends": ends,
        "result_text": row.text("result_text"),
        "source": row.text("source"),
        "marking": marking(row, Marking.PARTNERSHIP),
    }


def _level(text: str) -> str:
    words = key(text).replace(":", " ").replace("/", " ").split()
    found = next((_LEVELS[word] for word in words if word in _LEVELS), "")
    if not found:
        raise ValueError(
            "The level is primary (everyone), secondary (at risk) or tertiary (already involved)."
        )
    return found


def make(by: Person, footprint: Footprint, line: RowOutcome, made: dict[str, Partner]) -> list[Any]:
    if "who" not in line.plan:
        return []
    partner, records = the_partner(
        by, footprint, line.plan["who"], made, line.plan["sectors"], line.plan["serves"]
    )
    return [*records, add_initiative(by=by, partner=partner, came=Came.LIST, **line.plan["details"])]


INITIATIVES = RowKind(FIELDS, read, make)
