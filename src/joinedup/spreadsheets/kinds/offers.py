"""Support that partners can use: funds, services, training, guidance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.around import KnownRecords
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.kinds.contract import NAME, RowKind, key, marking, places, themes
from joinedup.spreadsheets.rows import RowCells, RowOutcome, Verdict
from joinedup.support.actions import Facts, add_offer
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector

FIELDS = (
    Field(
        "name",
        "What it is called",
        (
            "name",
            "fund",
            "fund name",
            "grant",
            "scheme",
            "programme",
            "title",
            "support",
            "offer",
            "grant name",
        ),
        required=True,
    ),
    Field(
        "provider",
        "Who provides it",
        (
            "provider",
            "funder",
            "organisation",
            "org",
            "body",
            "offered by",
            "funded by",
            "run by",
            "source of funding",
        ),
        required=True,
    ),
    Field("kind", "Kind", ("type", "kind of support", "type of support", "category")),
    Field("purpose", "What it is for", ("purpose", "description", "summary", "about", "aims", "what")),
    Field(
        "who_may_use",
        "Who may use it",
        ("eligibility", "who can apply", "eligible", "who may apply", "criteria", "who is it for"),
    ),
    Field("sectors", "Sectors that may use it", ("sectors", "sector", "eligible sectors")),
    Field(
        "via_sectors",
        "Who leads, or through whom",
        ("via sectors", "via", "lead", "lead body", "lead applicant", "who leads", "through whom"),
    ),
    Field("lead_only", "Only those who lead may apply", ("lead only", "lead body only")),
    Field("is_general", "For any work with young people", ("general", "any theme")),
    Field("themes", "Themes", ("theme", "topics", "focus", "priority", "priorities")),
    Field(
        "places",
        "Places",
        ("place", "area", "areas", "borough", "boroughs", "where", "location", "geography"),
    ),
    Field("opens", "Opens", ("open", "opening date", "open date", "start date", "from")),
    Field(
        "closes",
        "Closes",
        ("deadline", "closing date", "close date", "closes on", "application deadline", "end date", "until"),
    ),
    Field(
        "amount",
        "Amount",
        ("value", "funding", "size", "grant size", "award", "how much", "amount available", "£"),
    ),
    Field(
        "amount_max_gbp",
        "The most that one award may be",
        (
            "amount max gbp",
            "maximum award",
            "max award",
            "largest grant",
            "maximum grant",
            "maximum",
            "up to",
        ),
    ),
    Field(
        "amount_programme",
        "All awards together",
        ("amount programme", "amount gbp", "total", "total fund", "whole programme", "pot", "budget"),
    ),
    Field("awards", "How many awards", ("awards", "number of awards", "number of grants")),
    Field("basis", "How it can be had", ("basis", "rolling", "status", "round")),
    Field("url", "Web page", ("link", "website", "url", "web address", "more information")),
    Field("source", "Source", ("sources", "how we know")),
    Field("marking", "Who may see it", ("marking", "visibility", "sharing")),
)
_KINDS = {
    Offer.Kind.FUND: ("fund", "grant", "money", "bursary", "award", "commission"),
    Offer.Kind.TRAINING: ("training", "course", "workshop", "webinar"),
    Offer.Kind.GUIDANCE: ("guidance", "toolkit", "resource", "guide", "advice"),
    Offer.Kind.REVIEW: ("review", "assessment", "peer review"),
    Offer.Kind.CAMPAIGN: ("campaign",),
    Offer.Kind.DATA: ("data", "dashboard"),
    Offer.Kind.SERVICE: ("service", "programme", "support", "helpline", "mentoring"),
}
# Up to £5,000; £5,000 each.
_ONE_AWARD = re.compile(r"up to (\S+)(?: each| per \w+)?|(\S+) (?:each|per \w+)", re.IGNORECASE)
# In this order: a pilot that ended is closed, whatever else is said of it.
_BASES = {
    Offer.Basis.CLOSED: ("closed", "ended", "invited", "invitation", "allocation", "history"),
    Offer.Basis.ROLLING: ("rolling", "all the time", "any time", "anytime", "continuous", "as they come"),
    Offer.Basis.STANDING: ("standing", "always", "permanent", "free"),
}


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
    partner = around.partners.get(key(provider))
    opens = row.read("opens", cells.british_date, None)
    closes = row.read("closes", lambda text: cells.british_date(text, end=True), None)
    if opens and closes and closes < opens:
        row.refuse("closes", "It closes before it opens: check the dates.")
    most, whole = _sums(row)
    if whole is not None and most is not None and most > whole:
        row.refuse("amount_max_gbp", "One award cannot be more than all of them together.")
    basis = _basis(row.text("basis"), closes is not None)
    leads = _sectors(row, around, "via_sectors")
    lead_only = bool(row.read("lead_only", cells.yes_no, None))
    if lead_only and not leads:
        row.refuse("via_sectors", "Say who leads, if nobody else may apply.")
    shared_with = marking(row, Marking.PARTNERSHIP if partner else Marking.PUBLIC)
    if shared_with != Marking.PUBLIC and partner is None:
        row.refuse("marking", "Only what a partner here provides can be kept within the partnership.")
    return Facts(
        name=name,
        provider=provider,
        provider_partner=partner,
        kind=row.read("kind", _kind, "") or _kind_of_name(row, name),
        purpose=row.text("purpose"),
        who_may_use=row.text("who_may_use"),
        lead_only=lead_only,
        is_general=bool(row.read("is_general", cells.yes_no, None)),
        via_sectors=[sector.pk for sector in leads],
        sectors=[sector.pk for sector in _sectors(row, around)],
        themes=[theme.pk for theme in themes(row, around)],
        places=[place.pk for place in places(row, around, "places")],
        opens=opens,
        closes=closes,
        amount=row.text("amount", 160),
        amount_max_gbp=most,
        amount_programme=whole,
        awards=row.text("awards", 80),
        basis=basis,
        url=row.read("url", cells.web_address, ""),
        source=row.text("source"),
        marking=shared_with,
    )


def _sectors(row: RowCells, around: KnownRecords, column: str = "sectors") -> list[Sector]:
    nothing: list[Sector] = []
    return row.read(column, lambda text: cells.several(text, around.sector_names, "sector"), nothing)


def _basis(text: str, has_closing_date: bool) -> str:
    """How it can be had, by the words people use for it; what they do not say is not guessed."""
    said = key(text)
    for basis, signs in _BASES.items():
        if any(sign in said for sign in signs):
            return basis
    return Offer.Basis.DATED if has_closing_date else ""


def _kind(text: str) -> str:
    words = key(text)
    for kind, signs in _KINDS.items():
        if any(sign in words for sign in signs):
            return kind
    raise ValueError("The kind is fund, service, training, guidance, review, campaign or data.")


def _kind_of_name(row: RowCells, name: str) -> str:
    try:
        return _kind(name)
    except ValueError:
        # An amount means money; without one the kind is unknown, and “service” promises least.
        return Offer.Kind.FUND if row.text("amount") else Offer.Kind.SERVICE


def _sums(row: RowCells) -> tuple[int | None, int | None]:
    """The most that one award may be, and all awards together. A sum that does not say which of the two it is stays
    words, as published."""
    most = row.read("amount_max_gbp", cells.pounds, None)
    whole = row.read("amount_programme", cells.pounds, None)
    return row.read("amount", _of_one_award, None) if most is None else most, whole


def _of_one_award(text: str) -> int | None:
    said = _ONE_AWARD.fullmatch(text.strip())
    try:
        return cells.pounds(said[1] or said[2]) if said else None
    except ValueError:
        return None


def make(by: Person, footprint: Footprint, line: RowOutcome, made: dict[str, Partner]) -> list[Any]:
    return [add_offer(by=by, facts=line.plan["facts"], footprint=footprint)] if "facts" in line.plan else []


OFFERS = RowKind(FIELDS, read, make)
