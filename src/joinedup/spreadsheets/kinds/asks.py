"""What partners need and can give: one line each, as it was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.partners.actions import add_ask
from joinedup.partners.models import Ask, Partner
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
    Field("name", "What is needed or offered, in their words", "text", required=True),
    Field("partner", "Who says so", required=True),
    Field("kind", "Need or offer"),
    Field("what", "Kind of thing"),
    Field("places", "Where"),
    Field("themes", "Themes"),
    Field("marking", "Who may see it"),
)
_KINDS = {"need": Ask.Kind.NEED, "help": Ask.Kind.OFFER}
LONGEST = 300


def read(rows: Sequence[RowCells], around: KnownRecords, chosen: Mapping[int, str]) -> list[RowOutcome]:
    organisations = Organisations(around, chosen)
    seen: set[tuple[str, str, str]] = set()
    return [_line(row, around, organisations, seen) for row in rows]


def _line(
    row: RowCells, around: KnownRecords, organisations: Organisations, seen: set[tuple[str, str, str]]
) -> RowOutcome:
    text, by_whom = row.text("name", LONGEST), row.text("partner", NAME)
    if not by_whom:
        row.refuse("partner", "Who says so is missing.")
    if not text:
        row.refuse("name", "What is needed or offered is missing.")
    elif row.read.cell("empty") and not row.problems:
        return row.line(text, "Says that there is nothing: left out", Verdict.KNOWN)
    who = organisations.find(row, "partner", by_whom) if by_whom else None
    kind = _kind(row)
    if who is None:
        _details(row, around, kind, None)
        return row.line(text, "", Verdict.PROBLEM)
    said = (key(who.name), kind.value, key(text))
    held = isinstance(who, Partner) and (who.pk, kind.value, key(text)) in around.asks
    if (said in seen or held) and not row.problems:
        line = row.line(text, "Already here: not made again", Verdict.KNOWN)
    else:
        says = f"New: {who.name} {'needs' if kind == Ask.Kind.NEED else 'can give'} it"
        details = _details(row, around, kind, who)
        line = row.line(text, says, Verdict.NEW, who=who, details={"text": text, **details})
    seen.add(said)
    line.sector_to_check = organisations.to_check if isinstance(who, PartnerInRow) else None
    line.called = also_called(by_whom, who)
    return line


def _kind(row: RowCells) -> Ask.Kind:
    kind = _KINDS.get(row.read.one("kind") or "")
    if kind is None:
        row.refuse("kind", "Is it needed or offered? Write “need” or “offer”, or tick what was read.")
    return kind or Ask.Kind.NEED


def _details(
    row: RowCells, around: KnownRecords, kind: Ask.Kind, who: Partner | PartnerInRow | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "places": places(row, around),
        "themes": themes(row, around),
        "marking": marking(row, Marking.PARTNERSHIP, restricted=Marking.NAMED, held=around.held_for(who)),
    }


def make(by: Person, footprint: Footprint, plan: Mapping[str, Any], made: MadeSoFar) -> list[Any]:
    partner, records = the_partner(by, footprint, plan["who"], made, serves=only_place(made.here))
    return [*records, add_ask(by=by, partner=partner, **plan["details"])]


ASKS = RowKind("asks", FIELDS, read, make)
