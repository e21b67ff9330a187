"""One way in: the tables of a register as people keep it, read into frames."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from joinedup.engines.reading import ask_words, people, results, same
from joinedup.engines.reading.answers import answer, links
from joinedup.engines.reading.cells import folded, is_blank, pieces
from joinedup.engines.reading.context import Context
from joinedup.engines.reading.phrases import listed, phrase_pattern
from joinedup.engines.reading.register import Part, Register, frame
from joinedup.engines.reading.support import support
from joinedup.late_imports import polars as pl

Row = dict[str, Any]
MANY = 5  # a body that serves more authorities than this serves everywhere
YOUNG = 25
_NATIONAL = phrase_pattern("national, nationwide, england, uk, united kingdom, regional, cenedlaethol")
_DUTY = {
    **dict.fromkeys(
        listed("specified, relevant, specified authority, relevant authority, duty, yes, true, oes"), True
    ),
    **dict.fromkeys(listed("none, no, false, not named, na, n a"), False),
}
_BY_LAW = ("police", "youth_justice", "local_authority", "social_care", "probation", "fire")
# Bodies of those sectors that the duty names; a cadet unit or a business partnership is none.
_STATUTORY = phrase_pattern(
    "council*, constabulary, police, policing unit, youth justice, youth offending, social care, "
    "social services, childrens services, probation, fire and rescue, public health, county, "
    "borough"
)


def read_register(
    given: Mapping[str, pl.DataFrame],
    places: pl.DataFrame,
    themes: pl.DataFrame,
    sectors: pl.DataFrame,
    *,
    as_of: datetime.date,
) -> Register:
    """Read a register.

    `given`: frames of text named partners, initiatives, asks, support (or offers), links, answers, contacts; any table
    and any column may be absent, headings may vary a little. `places`: code, name, kind, parent of the area and what
    surrounds it. `themes`: theme (slug), name. `sectors`: sector (slug), name. `as_of` decides what is over.

    Nothing raises on a bad cell: what cannot be read is unknown and a row of `guesses`. The order of rows does not
    matter.
    """
    context = Context.of(given, places, themes, sectors, as_of)
    context.know_partners()
    partners = _partners(context)
    body = _body_of(partners)
    initiatives = [_initiative(context, row) for row in context.tables["initiatives"]]
    asks = [_ask(context, row) for row in context.tables["asks"]]
    for table, rows, pairs in (
        ("initiatives", initiatives, same.initiatives(initiatives, body)),
        ("asks", asks, same.asks(asks, body)),
    ):
        _mark_doubles(context, table, rows, list(pairs))
    offers = [support(context, row) for row in context.tables["support"]]
    known = {row["id"] for rows in (partners, initiatives, asks, offers) for row in rows}
    linked = links(context)
    answers = [row for given_row in context.tables["answers"] if (row := answer(context, given_row, known))]
    contacts = [
        {"partner": partner, "role": row["role"] or None}
        for row in context.tables["contacts"]
        if (partner := context.partner("contacts", row["partner"], "partner", row["partner"]))
    ]
    return Register(
        frame("partners", partners),
        frame("initiatives", initiatives),
        frame("asks", asks),
        frame("support", offers),
        frame("links", linked),
        frame("answers", answers),
        frame("contacts", contacts),
        frame("guesses", context.guesses.rows),
        frame("parts", context.guesses.parts),
    )


def _partners(context: Context) -> list[Row]:
    rows = [_partner(context, row) for row in context.tables["partners"]]
    _mark_doubles(context, "partners", rows, list(same.partners(rows)))
    doubled = {row["id"]: row for row in rows}
    for row in rows:
        # What one of two records of a body does not say about its places, the other may.
        if row["same_as"] and not row["places"]:
            other = doubled[row["same_as"]]
            row |= {column: other[column] for column in ("places", "authorities", "exact_place")}
            context.guesses.add(
                "partners",
                row["id"],
                "places",
                "",
                ";".join(row["places"]) or None,
                "places of its double",
                0.7,
            )
            context.near[row["id"]] = frozenset(row["authorities"])
    return rows


def _partner(context: Context, row: dict[str, str]) -> Row:
    id = row["id"]
    own = frozenset(context.gazetteer.all_authorities(context.place(row["places"]).codes))
    base_read = context.place(row["base"], own) if row["base"] and not is_blank(row["base"]) else None
    near = own or frozenset(context.gazetteer.all_authorities(base_read.codes) if base_read else [])
    found = context.places("partners", id, row["places"], near)
    codes, exact = found.codes, found.exact
    if not codes:
        if named := context.gazetteer.named_in(row["name"], near) or context.gazetteer.named_in(
            row["does"], near
        ):
            codes = named.codes
            context.guesses.add(
                "partners", id, "places", row["name"], ";".join(codes), "authority named in words", 0.7
            )
        elif base_read and base_read.codes:
            codes = context.gazetteer.all_authorities(base_read.codes)
            context.guesses.add(
                "partners", id, "places", row["base"], ";".join(codes), "authority of its base", 0.5
            )
    base = None
    if row["base"]:
        # One name for several wards is no ward: then the authority that they share.
        bases = base_read.codes if base_read else []
        if len(bases) > 1:
            bases = context.gazetteer.all_authorities(bases)
        base = bases[0] if bases else None
        if base != row["base"]:
            context.guesses.add(
                "partners",
                id,
                "base",
                row["base"],
                base,
                (base_read.rule if base_read and base else "") or "base not known",
                base_read.sure if base_read else 0,
            )
    authorities = context.gazetteer.all_authorities(codes)
    context.near[id] = frozenset(authorities)
    sector = context.said(
        "partners", id, "sector", row["sector"], context.sectors.one(row["sector"], row["name"], row["does"])
    )
    themes, themes_given = context.themes_of("partners", id, row["themes"], row["name"], row["does"])
    wider = any(context.gazetteer.kind.get(code) in ("region", "country") for code in codes)
    wide = wider or len(authorities) > MANY or bool(_NATIONAL.search(folded(row["name"])))
    if wide and not wider and len(authorities) <= MANY:
        context.guesses.add("partners", id, "wide", row["name"], "true", "serves everywhere by its name", 0.7)
    return {
        "id": id,
        "name": row["name"] or None,
        "sector": sector,
        "places": codes,
        "authorities": authorities,
        "exact_place": exact,
        "base": base,
        "themes": themes,
        "themes_given": themes_given,
        "does": row["does"] or None,
        "duty": _duty(context, row, sector),
        "confirmed": context.day("partners", id, "confirmed", row["confirmed"], past=True),
        "marking": context.marking("partners", id, row["marking"]),
        "wide": wide,
        "same_as": None,
    }


def _duty(context: Context, row: dict[str, str], sector: str | None) -> bool:
    """Whether the serious violence duty names the body."""
    plain = folded(row["duty"])
    if plain in _DUTY:
        return _DUTY[plain]
    if not plain:
        duty = sector in _BY_LAW and bool(_STATUTORY.search(folded(row["name"])))
        if duty:
            context.guesses.add("partners", row["id"], "duty", "", "true", "duty of its sector", 0.6)
        return duty
    duty = bool(re.search(r"\b(?:specified|relevant|named)\b", plain)) and not re.search(
        r"\b(?:not|no|un)\b", plain
    )
    context.guesses.add("partners", row["id"], "duty", row["duty"], str(duty).lower(), "duty in words", 0.6)
    return duty


def _body_of(partners: list[Row]) -> Any:
    double = {row["id"]: row["same_as"] or row["id"] for row in partners}
    return lambda id: double.get(id, id) if id else None


def _mark_doubles(context: Context, table: str, rows: list[Row], pairs: list[same.Pair]) -> None:
    for row, other, rule, sure in pairs:
        row["same_as"] = other["id"]
        said = row.get("name") or row.get("text") or ""
        context.guesses.add(table, row["id"], "same_as", said, other["id"], rule, sure)


def _where(context: Context, table: str, row: dict[str, str], partner: str | None) -> Row:
    """Places of an action or an ask: its own, else those that its name says, else those of its body."""
    near = context.near.get(partner or "", frozenset())
    found = context.places(table, row["id"], row["places"], near)
    codes, exact, given = found.codes, found.exact, bool(found.codes)
    if not codes and table == "initiatives" and (named := context.gazetteer.named_in(row["name"], near)):
        codes = named.codes
        context.guesses.add(
            table, row["id"], "places", row["name"], ";".join(codes), "authority named in words", 0.7
        )
    if not codes and near:
        codes = sorted(near)
        context.guesses.add(
            table, row["id"], "places", row["places"], ";".join(codes), "authorities of its body", 0.5
        )
    return {
        "places": codes,
        "authorities": context.gazetteer.all_authorities(codes),
        "exact_place": exact,
        "places_given": given,
    }


def _initiative(context: Context, row: dict[str, str]) -> Row:
    table, id = "initiatives", row["id"]
    partner = context.partner(table, id, "partner", row["partner"])
    with_whom = [
        context.partner(table, id, "co_partners", one)
        for one in pieces(row["co_partners"], r"[;|\n,]")
        if not is_blank(one)
    ]
    way_in = context.said(table, id, "way_in", row["way_in"], people.ways_in(row["way_in"]))
    level = context.said(table, id, "level", row["level"], people.levels(row["level"]))
    if not level and (level := people.level_from(way_in)):
        context.guesses.add(table, id, "level", row["way_in"], ";".join(level), "level from the way in", 0.5)
    themes, themes_given = context.themes_of(table, id, row["themes"], row["name"], row["what"])
    age_from, age_to = _ages(context, row)
    good, sure = results.is_good(row["result"])
    if good is not None:
        context.said(table, id, "result_good", row["result"], (good, "result in words", sure))
    audience = people.audience(row["name"], row["what"]) or people.audience(row["way_in"])
    if way_in == ["staff"]:
        audience = ["staff"]
    # Of what is for the young, adults named alone are those who do it.
    if age_to is not None and age_to <= YOUNG and set(audience) <= {"parents", "staff", "residents"}:
        audience = []
    if audience:
        context.guesses.add(
            table,
            id,
            "audience",
            f"{row['name']}. {row['what']}",
            ";".join(audience),
            "who it is for, in words",
            0.7,
        )
    return {
        "id": id,
        "name": row["name"] or None,
        "what": row["what"] or None,
        "partner": partner,
        "co_partners": list(dict.fromkeys(one for one in with_whom if one and one != partner)),
        **_where(context, table, row, partner),
        "themes": themes,
        "themes_given": themes_given,
        "level": level,
        "way_in": way_in,
        "age_from": age_from,
        "age_to": age_to,
        "reach": context.said(table, id, "reach", row["reach"], people.reach(row["reach"])),
        "starts": context.day(table, id, "starts", row["starts"]),
        "ends": context.day(table, id, "ends", row["ends"], end=True),
        "result": None if is_blank(row["result"]) else row["result"],
        "evidence": context.said(table, id, "evidence", row["evidence"], results.evidence(row["evidence"])),
        "result_good": good,
        "approach": row["approach"] or None,
        "audience": audience,
        "confirmed": context.day(table, id, "confirmed", row["confirmed"], past=True),
        "marking": context.marking(table, id, row["marking"]),
        "same_as": None,
    }


def _ages(context: Context, row: dict[str, str]) -> tuple[float | None, float | None]:
    """Ages from their cells, else from what the action says about them."""
    given = {column: row[column] for column in ("age_from", "age_to")}
    if all(not value or re.fullmatch(r"\d{1,2}(\.0+)?", value) for value in given.values()) and any(
        given.values()
    ):
        low, high = (float(value) if value else None for value in given.values())
        if low is not None and high is not None and low > high:
            context.guesses.add(
                "initiatives",
                row["id"],
                "age_from",
                f"{row['age_from']} to {row['age_to']}",
                f"{high:g}",
                "ages the other way round",
                0.8,
            )
            low, high = high, low
        return low, high
    low = high = None
    for column, value in given.items():
        if is_blank(value):
            continue
        first, last = people.ages(value, cell=True)
        if first is None and last is None:
            context.guesses.add("initiatives", row["id"], column, value, None, "no age")
            continue
        if column == "age_from":
            low, high = first, last
        else:
            high = last if last is not None else first
        rule, sure = (
            ("ages in one cell", 0.97)
            if people.AGES_ALONE.fullmatch(folded(value))
            else ("ages in words", 0.8)
        )
        context.guesses.add(
            "initiatives", row["id"], column, value, f"{first or 0:g}-{last or 0:g}", rule, sure
        )
    if low is None and high is None:
        said = f"{row['name']}. {row['what']}"
        low, high, words = people.ages_in(said)
        for column, age in (("age_from", low), ("age_to", high)):
            if age is not None:
                rule, as_text = "ages in the text", f"{age:g}"
                parts = [Part(words, as_text, rule, 0.7)]
                context.guesses.add("initiatives", row["id"], column, said, as_text, rule, 0.7, parts)
    return low, high


def _ask(context: Context, row: dict[str, str]) -> Row:
    table, id, text = "asks", row["id"], row["text"]
    partner = context.partner(table, id, "partner", row["partner"])
    empty = ask_words.is_empty(text)
    read_kind = ask_words.kind(row["kind"], "" if empty else text)
    kind = context.said(table, id, "kind", row["kind"], read_kind, ask_words.kind_words(text))
    what = context.said(table, id, "what", row["what"], ask_words.what(row["what"], "" if empty else text))
    # A room, a bus or a box of kit is practical help: words about it are no theme.
    themes, themes_given = context.themes_of(
        table, id, row["themes"], "" if what in ("room", "transport", "equipment") else text
    )
    where = _where(context, table, row, partner)
    del where["places_given"]
    said_on = context.day(table, id, "said_on", row["said_on"], past=True)
    amount, number, until = (
        ask_words.amount(text, what),
        ask_words.number(text),
        ask_words.until(text, said_on),
    )
    for column, value in (("amount", amount), ("number", number), ("until", until)):
        if value is not None:
            as_text = value.isoformat() if isinstance(value, datetime.date) else f"{value:g}"
            context.guesses.add(table, id, column, text, as_text, "said in the text", 0.75)
    if empty and text:
        context.guesses.add(table, id, "empty", text, "true", "says that there is nothing", 0.95)
    return {
        "id": id,
        "partner": partner,
        "kind": kind,
        "what": what,
        "themes": themes,
        "themes_given": themes_given,
        **where,
        "text": text or None,
        "said_on": said_on,
        "empty": empty,
        "amount": amount,
        "number": number,
        "until": until,
        "same_as": None,
    }
