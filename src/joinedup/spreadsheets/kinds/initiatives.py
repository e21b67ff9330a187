"""Local action: the tracker that a coordinator keeps. New lead organisations are added with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.initiatives.actions import add_initiative
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
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
    Field("name", "What it is called", required=True),
    Field("partner", "Who leads it", required=True),
    Field("what", "What is done"),
    Field("places", "Where"),
    Field("themes", "Themes"),
    Field("co_partners", "With"),
    Field("level", "Level of prevention"),
    Field("way_in", "How people come to it"),
    Field("ages", "Ages", "age_from"),
    Field("age_to", "Oldest age"),
    Field("reach_per_year", "People a year", "reach"),
    Field("starts", "Starts"),
    Field("ends", "Ends"),
    Field("result_text", "What came of it", "result"),
    Field("source", "How we know", "evidence"),
    Field("marking", "Who may see it"),
)


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
        _details(row, around, name, None)
        return row.line(name, "", Verdict.PROBLEM)
    who = organisations.find(row, "partner", lead)
    details = _details(row, around, name, who)
    known = isinstance(who, Partner) and (who.pk, key(name)) in around.initiatives
    if (key(who.name), key(name)) in seen or known:
        line = row.line(name, "Already here: not made again", Verdict.KNOWN)
    else:
        says = f"New, led by {who.name}"
        if isinstance(who, PartnerInRow) and organisations.is_new:
            says += f", which is new here too: {around.sectors.get(who.sector)}"
        line = row.line(
            name,
            says,
            Verdict.NEW,
            who=who,
            details=details,
        )
    seen.add((key(who.name), key(name)))
    line.sector_to_check = organisations.to_check
    line.called = also_called(lead, who)
    return line


def _details(
    row: RowCells, around: KnownRecords, name: str, who: Partner | PartnerInRow | None
) -> dict[str, Any]:
    starts, ends = row.read.one("starts"), row.read.one("ends")
    if starts and ends and ends < starts:
        row.refuse("ends", "It ends before it starts: check the dates.")
    lowest, highest = row.read.ages("ages")
    reach = row.read.one("reach_per_year", "reach")
    # A record has one level; which of several is meant is not guessed.
    levels = row.read.many("level")
    helpers = [around.by_id[each] for each in row.read.many("co_partners") if each in around.by_id]
    return {
        "name": name,
        "what": _what(row),
        "places": places(row, around),
        "themes": themes(row, around),
        "co_partners": [partner for partner in helpers if partner != who],
        "level": levels[0] if len(levels) == 1 else "",
        "age_from": lowest,
        "age_to": highest,
        "reach_per_year": None if reach is None else round(reach),
        "starts": starts,
        "ends": ends,
        "result_text": row.paragraphs("result_text"),
        "source": row.text("source"),
        "marking": marking(row, Marking.PARTNERSHIP, restricted=Marking.NAMED, held=around.held_for(who)),
    }


def _what(row: RowCells) -> str:
    """What is done; how people come to it is said there, as no field of a record holds it."""
    what, way_in = row.paragraphs("what"), row.text("way_in")
    if not way_in:
        return what
    return (
        f"{what.rstrip('.')}. How people come to it: {way_in}" if what else f"How people come to it: {way_in}"
    )


def make(by: Person, footprint: Footprint, plan: Mapping[str, Any], made: MadeSoFar) -> list[Any]:
    partner, records = the_partner(by, footprint, plan["who"], made, serves=only_place(made.here))
    return [*records, add_initiative(by=by, partner=partner, came=Came.LIST, **plan["details"])]


INITIATIVES = RowKind("initiatives", FIELDS, read, make)
