"""Headings of tables as people write them, brought to the names that the rules use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.phrases import listed
from joinedup.engines.reading.register import Guesses
from joinedup.late_imports import polars as pl

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

_ID = "ref, reference, number in register, key, code, no, id number, unique id"
_PARTNER = (
    "partner id, lead, lead org, lead organisation, lead agency, lead partner, lead body, led by, who leads it, "
    "organisation, organisation name, org, body, agency, who, owner, owned by, responsible, responsible organisation, "
    "provider, delivery partner, delivery lead, delivered by, run by, partner name, partneriaid, sefydliad, "
    "lead agency name, lead organisation name, name of lead agency, name of lead organisation, name of organisation, "
    "accountable body, accountable organisation, host organisation, delivery agency, delivery organisation, "
    "lead provider"
)
_PLACES = (
    "place, area, areas, where, ward, wards, location, locations, covers, area covered, areas covered, borough, "
    "boroughs, district, districts, geography, lleoedd, ardal, ward name, ward names, wards covered, locality, "
    "localities, neighbourhood, neighbourhoods, place name, places covered"
)
_THEMES = "theme, topic, topics, issue, issues, focus, priority, priorities, theme slug, themau, thema"
_CONFIRMED = "last confirmed, confirmed on, date confirmed, updated, last updated, checked, as at"
_MARKING = "visibility, sharing, who may see it, protective marking, share with"

# Every other name of a column. Spreadsheets that are brought in on the site are read by the same list.
COLUMNS: dict[str, dict[str, str]] = {
    "partners": {
        "id": _ID,
        "name": (
            "organisation, organization, org, body, partner, organisation name, name of organisation, partner name, "
            "partner organisation, partner agency, agency, lead agency, lead organisation, lead org, provider, "
            "company, group, service, enw"
        ),
        "sector": "type, kind, category, type of body, type of organisation, organisation type, org type, sector id",
        "places": f"{_PLACES}, serves, places they serve, area served",
        "themes": _THEMES,
        "does": (
            "what it does, what they do, what do they do, description, about, summary, notes, activity, activities, "
            "services"
        ),
        "base": "based, based in, address, office, home",
        "duty": "duty status, under the duty, serious violence duty, status",
        "charity_number": "charity no, registered charity number, charity reg no, charity",
        "company_number": "company no, companies house number",
        "urn": "school number, school urn, unique reference number",
        "ods": "ods code, nhs code, organisation data service code",
        "role": "job title, job, position, title, post, role title, contact role",
        "contact": (
            "contact name, contact person, main contact, key contact, full name, lead, lead officer, representative"
        ),
        "email": "e mail, mail, contact email, email address, work email, e mail address",
        "website": "web, url, web site, web address, web page",
        "confirmed": _CONFIRMED,
        "marking": _MARKING,
    },
    "initiatives": {
        "id": _ID,
        "name": (
            "title, project, project name, initiative, initiative name, action, activity, programme, programme name, "
            "intervention, scheme, local action, work, enw, project title, name of project, project or activity, "
            "name of activity, activity name, action name, intervention name"
        ),
        "what": "description, what happens, what is done, details, summary, about, aim, aims, what it does",
        "partner": f"{_PARTNER}, partner",
        "co_partners": (
            "with, partners, other partners, co partners, supporting partners, delivery partners, together with, "
            "with whom, delivered with, jointly with"
        ),
        "places": _PLACES,
        "themes": _THEMES,
        "level": "levels, level of prevention, prevention level, tier, type of prevention",
        "way_in": "referral, referral route, how to join, how people get in, route in, access, who can come",
        "age_from": (
            "from age, min age, minimum age, youngest, age min, ages, age, age range, age group, age groups, "
            "target age, target ages, oed"
        ),
        "age_to": "to age, max age, maximum age, oldest, age max",
        "reach": (
            "reach per year, numbers, number reached, number of people, number of young people, people a year, "
            "people per year, young people per year, places per year, how many, reach a year, participants, "
            "beneficiaries, capacity, people, young people, number, numbers reached, numbers supported, "
            "number supported, number of participants, number of beneficiaries, people reached, young people reached, "
            "target numbers"
        ),
        "starts": (
            "start, start date, started, date started, from, began, begins, since, date of start, start dates, "
            "planned start, planned start date, actual start date, project start, project start date, commenced"
        ),
        "ends": (
            "end, end date, ended, until, funded until, funding ends, finish, finish date, finishes, to, date of end, "
            "end dates, planned end, planned end date, project end, project end date, completion date, "
            "funding end date"
        ),
        "result": (
            "result in words, results, outcome, outcomes, impact, progress, what changed, what came of it, "
            "difference made"
        ),
        "evidence": (
            "how known, how we know, source, sources, source of result, how do you know, evaluation, measured by, "
            "basis of result"
        ),
        "approach": "model, method, approach id",
        "confirmed": _CONFIRMED,
        "marking": _MARKING,
    },
    "asks": {
        "id": _ID,
        "partner": f"{_PARTNER}, partner",
        "kind": "need or offer, need or help, type, ask or offer",
        "what": "what kind, category, kind of thing, what for",
        "themes": _THEMES,
        "places": _PLACES,
        "text": "words, in their words, details, description, ask, need, request",
        "said_on": "date, said, asked on, on, minuted, recorded",
        "marking": _MARKING,
    },
    "support": {
        "id": _ID,
        "name": "title, fund, fund name, offer, scheme, grant, grant name, programme, support",
        "provider": (
            "funder, run by, source of funding, provided by, offered by, funded by, giver, organisation, org, body"
        ),
        "kind": "type, category, kind of support, type of support",
        "purpose": "what for, what it is for, description, for what, summary, about, aims, what",
        "who_may_use": (
            "eligibility, who can apply, who may apply, open to, audience, eligible, criteria, who is it for"
        ),
        "themes": _THEMES,
        "general": "any work, general fund, any theme",
        "sectors": "sector, for sectors, eligible sectors",
        "via_sectors": (
            "via, through, through whom, lead, lead body, lead applicant, who leads, lead sector, lead sectors, "
            "must lead"
        ),
        "places": _PLACES,
        "basis": "how open, terms, how it is given, how it can be had, rolling, status, round",
        "opens": "open, opened, opens on, opening date, open date, start date, from, from date",
        "closes": (
            "close, closed, deadline, application deadline, closing date, close date, closes on, closed or decided, "
            "end date, until"
        ),
        "amount_all": (
            "amount gbp, amount programme, total, total gbp, total fund, whole programme, pot, budget, "
            "amount in pounds, sum"
        ),
        "amount_max": (
            "amount max gbp, largest award, largest grant, maximum award, max award, maximum grant, maximum, up to, "
            "max gbp"
        ),
        # A sum that does not say whether one award or all of them are meant.
        "amount": "value, funding, size, grant size, award, how much, amount available, £",
        "awards": "number of awards, number of grants, how many awards",
        "lead_only": "only lead applies, lead body only",
        "url": "link, website, web address, web page, more information",
        "source": "sources, how we know",
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
NEAR = 86  # of 100: a heading that is spelt nearly so
SHORTEST = 5  # letters of a heading that is compared by spelling


def names_of(table: str, column: str) -> tuple[str, ...]:
    """Everything that people call a column: its own name and the others."""
    return (column.replace("_", " "), *listed(COLUMNS[table][column]))


def columns_called(
    headings: Sequence[str], known: Mapping[str, Iterable[str]], taken: Mapping[int, str | None] | None = None
) -> dict[int, tuple[str, float]]:
    """Which of the known columns each heading is, by position: (column, 1 if it is called so, else how nearly).

    `known`: column -> what it is called, its own name first. A column is found once: own names come before other names
    and those before near ones. `taken`: positions that are settled, with their column or None.
    """
    settled = dict(taken or {})
    used: set[str] = {name for name in settled.values() if name}
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, (first, *more) in known.items():
        own.setdefault(folded(first), name)
        for word in more:
            others.setdefault(folded(word), name)
    found: dict[int, tuple[str, float]] = {}

    folds = [folded(head) for head in headings]
    for look in (own, others):
        for at, head in enumerate(folds):
            if (
                at not in settled
                and at not in found
                and (known_as := look.get(head))
                and known_as not in used
            ):
                found[at] = known_as, 1.0
                used.add(known_as)
    spelt = {**others, **own}
    for at, head in enumerate(folds):
        if at in settled or at in found or len(head) < SHORTEST:
            continue
        near = process.extractOne(head, list(spelt), scorer=fuzz.ratio, score_cutoff=NEAR)
        if near and spelt[near[0]] not in used:
            found[at] = spelt[near[0]], near[1] / 100
            used.add(spelt[near[0]])
    return found


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
    found = columns_called(given, {name: names_of(table, name) for name in COLUMNS[table]})
    for at, head in enumerate(given):
        if at not in found:
            guesses.add(table, "", "heading", head, None, "heading not known")
        elif found[at][1] < 1:
            guesses.add(table, "", found[at][0], head, found[at][0], "heading nearly the same", found[at][1])
    return [found[at][0] if at in found else None for at in range(len(given))]
