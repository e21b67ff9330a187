"""Headings of tables as people write them, brought to the names that the rules use."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from rapidfuzz import fuzz, process

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.phrases import listed
from joinedup.engines.reading.register import Guesses

# Other names of the tables themselves.
TABLES = {
    "partners": "organisations, bodies, members",
    "initiatives": "actions, projects, activities, interventions",
    "asks": "needs and offers, asks and offers, requests",
    "support": "offers, funds, funding, opportunities",
    "links": "relationships, connections",
    "answers": "replies, responses",
    "contacts": "people",
}

_ID = "ref, reference, number in register, key, code, no"
_PARTNER = (
    "partner id, lead, lead org, lead organisation, lead agency, lead partner, organisation, "
    "body, agency, who, run by, partneriaid, sefydliad"
)
_PLACES = "place, area, areas, where, ward, wards, location, locations, covers, borough, lleoedd, ardal"
_THEMES = "theme, topic, topics, issue, issues, priority, priorities, theme slug, themau, thema"
_CONFIRMED = "last confirmed, confirmed on, date confirmed, updated, last updated, checked, as at"
_MARKING = "visibility, sharing, who may see it, protective marking, share with"

COLUMNS: dict[str, dict[str, str]] = {
    "partners": {
        "id": _ID,
        "name": "organisation, body, partner, organisation name, agency, enw",
        "sector": "type, kind, type of body, organisation type, sector id",
        "places": _PLACES,
        "themes": _THEMES,
        "does": "what it does, what they do, description, about, summary, notes",
        "base": "based, based in, address, office, home",
        "duty": "duty status, under the duty, serious violence duty, status",
        "confirmed": _CONFIRMED,
        "marking": _MARKING,
    },
    "initiatives": {
        "id": _ID,
        "name": "title, project, initiative, action, activity, enw",
        "what": "description, what happens, details, summary, about",
        "partner": _PARTNER,
        "co_partners": "with, partners, other partners, co partners, together with, delivered with, jointly with",
        "places": _PLACES,
        "themes": _THEMES,
        "level": "levels, prevention level, tier, type of prevention",
        "way_in": "referral, referral route, how to join, how people get in, route in, access, who can come",
        "age_from": "from age, min age, minimum age, youngest, age min, ages, age, age range, oed",
        "age_to": "to age, max age, maximum age, oldest, age max",
        "reach": "reach per year, numbers, number reached, people a year, how many, reach a year, participants",
        "starts": "start, start date, from, began, since",
        "ends": "end, end date, until, funded until, finishes, to",
        "result": "results, outcome, outcomes, impact, what changed, difference made",
        "evidence": "how known, source of result, how do you know, evaluation, measured by, basis of result",
        "approach": "model, method, intervention, approach id",
        "confirmed": _CONFIRMED,
        "marking": _MARKING,
    },
    "asks": {
        "id": _ID,
        "partner": _PARTNER,
        "kind": "need or offer, need or help, type, ask or offer",
        "what": "what kind, category, kind of thing, what for",
        "themes": _THEMES,
        "places": _PLACES,
        "text": "words, in their words, details, description, ask, request",
        "said_on": "date, said, asked on, on, minuted, recorded",
        "marking": _MARKING,
    },
    "support": {
        "id": _ID,
        "name": "title, fund, offer, scheme",
        "provider": "funder, from, run by, source, provided by, giver",
        "kind": "type, category",
        "purpose": "what for, description, for what, summary, about",
        "who_may_use": "eligibility, who can apply, who may apply, open to, audience, eligible",
        "themes": _THEMES,
        "general": "any work, general fund",
        "sectors": "sector, for sectors, eligible sectors",
        "via_sectors": "via, through, lead sector, lead sectors, must lead",
        "places": _PLACES,
        "basis": "how open, terms, how it is given, status, round",
        "opens": "open, opened, opens on, opening date, from date",
        "closes": "close, closed, deadline, closing date, closes on, closed or decided",
        "amount": "amount gbp, total, total gbp, pot, amount in pounds, sum",
        "amount_max": "amount max gbp, largest award, maximum award, max award, up to, max gbp",
        "awards": "number of awards, how many awards",
        "lead_only": "only lead applies",
        "last_checked": "checked, checked on, verified, last verified, last updated",
        "required_by_law": "by law, required by the law",
        "marking": _MARKING,
    },
    "links": {
        "partner_a": "a, from, partner 1, one, organisation a, partner",
        "partner_b": "b, to, partner 2, other, organisation b, with",
        "strength": "how strong, weight, how close, closeness",
        "since": "from date, date, started",
    },
    "answers": {
        "partner": _PARTNER,
        "places": _PLACES,
        "theme": "themes, topic",
        "about": "suggestion, regarding, what, on",
        "answer": "reply, response, said",
        "scope": "how far, applies to",
        "date": "answered, on date, answered on, said on",
        "until": "holds until, valid until",
    },
    "contacts": {"partner": _PARTNER, "role": "job, post, title, position, whom to ask"},
}


def with_known_headings(
    given: Mapping[str, pl.DataFrame], guesses: Guesses
) -> dict[str, list[dict[str, str]]]:
    """Each table as rows of text by known heading, "" where blank; tables and columns that are not there are empty."""
    rows: dict[str, list[dict[str, str]]] = {table: [] for table in COLUMNS}
    for name, table_frame in sorted(given.items()):
        table = _table(name)
        if table is None:
            guesses.add(name, "", "table", name, None, "no such table")
            continue
        heads = _headings(table, table_frame.columns, guesses)
        for raw in table_frame.rows():
            row = dict.fromkeys(COLUMNS[table], "")
            for head, value in zip(heads, raw, strict=True):
                if head is not None and value is not None:
                    row[head] = _text(value)
            if any(row.values()):
                rows[table].append(row)
    return rows


def _text(value: object) -> str:
    """A cell as text; a list of words as the cell that would hold it."""
    if isinstance(value, list | pl.Series):
        return ";".join(str(part) for part in value if part is not None)
    return str(value).replace("\x00", "").strip()


def _table(name: str) -> str | None:
    plain = folded(name.rsplit("/", 1)[-1].removesuffix(".csv"))
    return next(
        (table for table, others in TABLES.items() if plain == table or plain in listed(others)), None
    )


def _headings(table: str, given: list[str], guesses: Guesses) -> list[str | None]:
    """The known heading of each column given; a heading is used once, exact before other names before near ones."""
    known = COLUMNS[table]
    names = {folded(name): name for name in known}
    others = {folded(other): name for name, more in known.items() for other in listed(more)}
    found: dict[int, str] = {}
    for look in (names, others):
        for at, head in enumerate(given):
            name = look.get(folded(head))
            if at not in found and name and name not in found.values():
                found[at] = name
    spelt = {**others, **names}
    for at, head in enumerate(given):
        if at in found:
            continue
        near = process.extractOne(folded(head), list(spelt), scorer=fuzz.ratio, score_cutoff=86)
        if near and len(folded(head)) > 4 and spelt[near[0]] not in found.values():
            found[at] = spelt[near[0]]
            guesses.add(table, "", found[at], head, found[at], "heading nearly the same", near[1] / 100)
        else:
            guesses.add(table, "", "heading", head, None, "heading not known")
    return [found.get(at) for at in range(len(given))]
