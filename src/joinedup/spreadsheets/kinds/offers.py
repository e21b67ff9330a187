"""Support that partners can use: funds, services, training, guidance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.engines.reading.cells import money
from joinedup.engines.reading.register import Part
from joinedup.places.models import Footprint
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.around import KnownRecords
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.guesses import BEYOND, Guess, Unread
from joinedup.spreadsheets.kinds.contract import (
    NAME,
    UNSURE,
    MadeSoFar,
    RowKind,
    key,
    marking,
    places,
    themes,
)
from joinedup.spreadsheets.rows import RowCells, RowOutcome, Verdict
from joinedup.support.actions import Facts, add_offer
from joinedup.support.models import Offer

FIELDS = (
    Field("name", "What it is called", required=True),
    Field("provider", "Who provides it", required=True),
    Field("kind", "Kind"),
    Field("purpose", "What it is for"),
    Field("who_may_use", "Who may use it"),
    Field("sectors", "Sectors that may use it"),
    Field("via_sectors", "Who leads, or through whom"),
    Field("lead_only", "Only those who lead may apply"),
    Field("is_general", "For any work with young people", "general"),
    Field("themes", "Themes"),
    Field("places", "Places"),
    Field("opens", "Opens"),
    Field("closes", "Closes"),
    Field("amount", "Amount"),
    Field("amount_max_gbp", "The most that one award may be", "amount_max"),
    Field("amount_programme", "All awards together", "amount_all"),
    Field("awards", "How many awards"),
    Field("basis", "How it can be had"),
    Field("url", "Web page"),
    Field("source", "Source"),
    Field("marking", "Who may see it"),
)
# Up to £5,000; £5,000 each.
_ONE_AWARD = re.compile(r"up to (?:\S+)(?: each| per \w+)?|(?:\S+) (?:each|per \w+)", re.IGNORECASE)
# What is only given to whom somebody asks is no offer to anybody else.
_BASES = {"invited": Offer.Basis.CLOSED}


def read(rows: Sequence[RowCells], around: KnownRecords, chosen: Mapping[int, str]) -> list[RowOutcome]:
    seen = set(around.offers)
    return [_line(row, around, seen) for row in rows]


def _line(row: RowCells, around: KnownRecords, seen: set[tuple[str, str]]) -> RowOutcome:
    name, provider = row.text("name", NAME), row.text("provider", NAME)
    if not name:
        row.refuse("name", "The name of the support is missing.")
    if not provider:
        row.refuse("provider", "Who provides it is missing.")
    facts = _facts(row, around, name, provider)
    if row.problems:
        return row.line(name, "", Verdict.PROBLEM)
    if (key(name), key(provider)) in seen:
        return row.line(name, "Already here: not made again", Verdict.KNOWN)
    seen.add((key(name), key(provider)))
    who = "anybody may see it" if facts.marking == Marking.PUBLIC else "the partnership may see it"
    says = f"New {facts.kind} of {provider}; {who}"
    return row.line(name, says, Verdict.NEW, facts=facts)


def _facts(row: RowCells, around: KnownRecords, name: str, provider: str) -> Facts:
    partner = around.bodies.get(key(provider))
    opens, closes = row.read.one("opens"), row.read.one("closes")
    if opens and closes and closes < opens:
        row.refuse("closes", "It closes before it opens: check the dates.")
    most, whole = _sums(row)
    if whole is not None and most is not None and most > whole:
        row.refuse("amount_max_gbp", "One award cannot be more than all of them together.")
    leads = _sectors(row, around, "via_sectors")
    lead_only = bool(row.read.one("lead_only"))
    if lead_only and not leads:
        row.refuse("via_sectors", "Say who leads, if nobody else may apply.")
    shared_with = marking(
        row, Marking.PARTNERSHIP if partner else Marking.PUBLIC, held=around.held_for_support
    )
    if shared_with != Marking.PUBLIC and partner is None:
        row.refuse("marking", "Only what a partner here provides can be kept within the partnership.")
    return Facts(
        name=name,
        provider=provider,
        provider_partner=partner,
        kind=_kind(row),
        purpose=row.paragraphs("purpose"),
        who_may_use=row.text("who_may_use"),
        lead_only=lead_only,
        is_general=bool(row.read.one("is_general", "general")),
        via_sectors=leads,
        sectors=_sectors(row, around, "sectors"),
        themes=[theme.pk for theme in themes(row, around)],
        places=_own_places(row, around),
        opens=opens,
        closes=closes,
        amount=row.text("amount", 160),
        amount_max_gbp=most,
        amount_programme=whole,
        awards=row.text("awards", 80),
        basis=_basis(row, closes is not None),
        url=row.check("url", cells.web_address, ""),
        source=row.text("source"),
        marking=shared_with,
    )


def _sectors(row: RowCells, around: KnownRecords, column: str) -> list[str]:
    """By who may use it in words, where that is ticked; else as the column has them. Words that say otherwise than a
    column that is filled in are not ticked beforehand."""
    words = row.text("who_may_use")
    cell = around.sector_words.cell(row.text(column))
    said = [part for part in row.read.parts(column) if words and part.given == words and part.read_as]
    for part in said:
        read_as = () if part.read_as == "nobody" else tuple(str(part.read_as).split(";"))
        sure = min(part.sure, UNSURE) if cell.values else part.sure
        if row.read.offer(Guess(column, words, read_as, part.rule, sure)):
            return row.read.kept(column, read_as, ())
    unread = [Part(given, None, rule) for given, rule in cell.unread]
    return row.read.kept(column, cell.values, [*cell.parts, *unread])


def _own_places(row: RowCells, around: KnownRecords) -> list[str]:
    """Of its places those of this partnership; none, which stands for all of them, if it is for something wider. What
    is only for others is refused: an administrator adds what all partnerships share."""
    found = places(row, around)
    inside = [place.pk for place in found if around.is_here(place)]
    outside = [place for place in found if not around.is_here(place)]
    wider = [place for place in outside if around.holds_here(place)]
    if (outside and not inside and not wider) or _is_elsewhere(row):
        row.refuse("places", "It is for places outside this partnership only.")
    row.read.unread += [Unread("places", place.name, BEYOND) for place in outside]
    return [] if wider else inside


def _is_elsewhere(row: RowCells) -> bool:
    """Whether its words are read as meaning other places (“coastal towns”), where that is ticked."""
    return any(
        part.read_as == "true"
        and row.read.offer(Guess("places", part.given, ("elsewhere",), part.rule, part.sure))
        for part in row.read.parts("elsewhere")
    )


def _basis(row: RowCells, has_closing_date: bool) -> str:
    """How it can be had, by the words people use for it. A date that is over closes it by itself."""
    basis = row.read.one("basis")
    if basis is None or (basis == "dated" and not has_closing_date):
        return Offer.Basis.DATED if has_closing_date else ""
    over = any(part.rule == "its date is over" for part in row.read.parts("basis"))
    return Offer.Basis.DATED if over else _BASES.get(basis, basis)


def _kind(row: RowCells) -> str:
    # An amount means money; without one the kind is unknown, and “service” promises least.
    return row.read.one("kind") or (Offer.Kind.FUND if row.text("amount") else Offer.Kind.SERVICE)


def _sums(row: RowCells) -> tuple[int | None, int | None]:
    """The most that one award may be, and all awards together. A sum that does not say which of the two it is stays
    words, as published."""
    most, whole = row.read.one("amount_max_gbp", "amount_max"), row.read.one("amount_programme", "amount_all")
    said = row.text("amount")
    if most is None and _ONE_AWARD.fullmatch(said) and len(sums := money(said)) == 1:
        most = sums[0]
    return (None if most is None else round(most)), (None if whole is None else round(whole))


def make(by: Person, footprint: Footprint, plan: Mapping[str, Any], made: MadeSoFar) -> list[Any]:
    return [add_offer(by=by, facts=plan["facts"], footprint=footprint)]


OFFERS = RowKind("support", FIELDS, read, make)
