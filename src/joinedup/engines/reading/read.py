"""One way in: the tables of a register as people keep it, read into frames."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from joinedup.engines.reading import ask_words, basis, people, results, same
from joinedup.engines.reading.cells import folded, is_blank, pieces
from joinedup.engines.reading.eligibility import eligible
from joinedup.engines.reading.register import Register, frame
from joinedup.engines.reading.scene import Scene
from joinedup.engines.reading.themes import phrase_pattern

Row = dict[str, Any]
MANY = 5  # a body that serves more authorities than this serves everywhere
YOUNG = 25
_NATIONAL = phrase_pattern(("national", "nationwide", "england", "uk", "united kingdom", "regional", "cenedlaethol"))
_DUTY = {
    "specified": True, "relevant": True, "yes": True, "true": True, "duty": True, "specified authority": True, "relevant authority": True, "oes": True,
    "none": False, "no": False, "false": False, "not named": False, "na": False, "n a": False,
}  # fmt: skip
_BY_LAW = ("police", "youth_justice", "local_authority", "social_care", "probation", "fire")
# Bodies of those sectors that the duty names; a cadet unit or a business partnership is none.
_STATUTORY = phrase_pattern((
    "council*", "constabulary", "police", "policing unit", "youth justice", "youth offending", "social care", "social services", "childrens services", "probation", "fire and rescue", "public health", "county", "borough",
))
_GENERAL = phrase_pattern((
    "any work with young people", "any work with children", "any work for young people", "any youth work", "general grant*", "general fund*", "general purposes", "any kind of youth work",
    "anything that helps young people", "any activity for young people", "all work with young people", "core costs of youth", "unrestricted",
))  # fmt: skip
_STRENGTH = {
    "strong": 1.0, "very strong": 1.0, "formal": 1.0, "close": 0.9, "good": 0.8, "high": 1.0, "weekly": 1.0, "regular": 0.7, "medium": 0.67, "middling": 0.67, "moderate": 0.67, "some": 0.5, "fair": 0.5,
    "occasional": 0.33, "loose": 0.33, "weak": 0.33, "low": 0.33, "informal": 0.5, "new": 0.33, "slight": 0.33, "thin": 0.33, "cryf": 1.0, "gwan": 0.33, "monthly": 0.67,
}  # fmt: skip


def read_register(
    given: Mapping[str, pl.DataFrame], places: pl.DataFrame, themes: pl.DataFrame, sectors: pl.DataFrame, *, as_of: datetime.date
) -> Register:
    """Read a register.

    `given`: frames of text named partners, initiatives, asks, support (or offers), links, answers, contacts; any table
    and any column may be absent, headings may vary a little. `places`: code, name, kind, parent of the area and what
    surrounds it. `themes`: theme (slug), name. `sectors`: sector (slug), name. `as_of` decides what is over.

    Nothing raises on a bad cell: what cannot be read is unknown and a row of `guesses`. The order of rows does not
    matter.
    """
    scene = Scene.of(given, places, themes, sectors, as_of)
    scene.know_partners()
    partners = _partners(scene)
    body = _body_of(partners)
    initiatives = [_initiative(scene, row) for row in scene.tables["initiatives"]]
    asks = [_ask(scene, row) for row in scene.tables["asks"]]
    for table, rows, pairs in (
        ("initiatives", initiatives, same.initiatives(initiatives, body)),
        ("asks", asks, same.asks(asks, body)),
    ):
        _mark_doubles(scene, table, rows, list(pairs))
    support = [_support(scene, row) for row in scene.tables["support"]]
    known = {row["id"] for rows in (partners, initiatives, asks, support) for row in rows}
    links = _links(scene)
    answers = [row for given_row in scene.tables["answers"] if (row := _answer(scene, given_row, known))]
    contacts = [
        {"partner": partner, "role": row["role"] or None}
        for row in scene.tables["contacts"]
        if (partner := scene.partner("contacts", row["partner"], "partner", row["partner"]))
    ]
    return Register(
        frame("partners", partners), frame("initiatives", initiatives), frame("asks", asks), frame("support", support),
        frame("links", links), frame("answers", answers), frame("contacts", contacts), frame("guesses", scene.guesses.rows),
    )  # fmt: skip


def _partners(scene: Scene) -> list[Row]:
    rows = [_partner(scene, row) for row in scene.tables["partners"]]
    _mark_doubles(scene, "partners", rows, list(same.partners(rows)))
    doubled = {row["id"]: row for row in rows}
    for row in rows:
        # What one of two records of a body does not say about its places, the other may.
        if row["same_as"] and not row["places"]:
            other = doubled[row["same_as"]]
            row |= {column: other[column] for column in ("places", "authorities", "exact_place")}
            scene.guesses.add("partners", row["id"], "places", "", ";".join(row["places"]) or None, "places of its double", 0.7)
            scene.near[row["id"]] = frozenset(row["authorities"])
    return rows


def _partner(scene: Scene, row: dict[str, str]) -> Row:
    id = row["id"]
    own = frozenset(scene.gazetteer.all_authorities(scene.place(row["places"]).codes))
    base_read = scene.place(row["base"], own) if row["base"] and not is_blank(row["base"]) else None
    near = own or frozenset(scene.gazetteer.all_authorities(base_read.codes) if base_read else [])
    found = scene.places("partners", id, row["places"], near)
    codes, exact = found.codes, found.exact
    if not codes:
        if named := scene.gazetteer.named_in(row["name"], near) or scene.gazetteer.named_in(row["does"], near):
            codes = named.codes
            scene.guesses.add("partners", id, "places", row["name"], ";".join(codes), "authority named in words", 0.7)
        elif base_read and base_read.codes:
            codes = scene.gazetteer.all_authorities(base_read.codes)
            scene.guesses.add("partners", id, "places", row["base"], ";".join(codes), "authority of its base", 0.5)
    base = None
    if row["base"]:
        base = base_read.codes[0] if base_read and base_read.codes else None
        if base != row["base"]:
            scene.guesses.add("partners", id, "base", row["base"], base, (base_read.rule if base_read and base else "") or "base not known", base_read.sure if base_read else 0)
    authorities = scene.gazetteer.all_authorities(codes)
    scene.near[id] = frozenset(authorities)
    sector = scene.said("partners", id, "sector", row["sector"], scene.sectors.one(row["sector"], row["name"], row["does"]))
    themes, themes_given = scene.themes_of("partners", id, row["themes"], row["name"], row["does"])
    wider = any(scene.gazetteer.kind.get(code) in ("region", "country") for code in codes)
    wide = wider or len(authorities) > MANY or bool(_NATIONAL.search(folded(row["name"])))
    if wide and not wider and len(authorities) <= MANY:
        scene.guesses.add("partners", id, "wide", row["name"], "true", "serves everywhere by its name", 0.7)
    return {
        "id": id, "name": row["name"] or None, "sector": sector, "places": codes, "authorities": authorities, "exact_place": exact,
        "base": base, "themes": themes, "themes_given": themes_given, "does": row["does"] or None,
        "duty": _duty(scene, row, sector), "confirmed": scene.day("partners", id, "confirmed", row["confirmed"], past=True),
        "marking": scene.marking("partners", id, row["marking"]), "wide": wide, "same_as": None,
    }  # fmt: skip


def _duty(scene: Scene, row: dict[str, str], sector: str | None) -> bool:
    """Whether the serious violence duty names the body."""
    plain = folded(row["duty"])
    if plain in _DUTY:
        return _DUTY[plain]
    if not plain:
        duty = sector in _BY_LAW and bool(_STATUTORY.search(folded(row["name"])))
        if duty:
            scene.guesses.add("partners", row["id"], "duty", "", "true", "duty of its sector", 0.6)
        return duty
    duty = bool(re.search(r"\b(?:specified|relevant|named)\b", plain)) and not re.search(r"\b(?:not|no|un)\b", plain)
    scene.guesses.add("partners", row["id"], "duty", row["duty"], str(duty).lower(), "duty in words", 0.6)
    return duty


def _body_of(partners: list[Row]) -> Any:
    double = {row["id"]: row["same_as"] or row["id"] for row in partners}
    return lambda id: double.get(id, id) if id else None


def _mark_doubles(scene: Scene, table: str, rows: list[Row], pairs: list[same.Pair]) -> None:
    for row, other, rule, sure in pairs:
        row["same_as"] = other["id"]
        said = row.get("name") or row.get("text") or ""
        scene.guesses.add(table, row["id"], "same_as", said, other["id"], rule, sure)


def _where(scene: Scene, table: str, row: dict[str, str], partner: str | None) -> Row:
    """Places of an action or an ask: its own, else those that its name says, else those of its body."""
    near = scene.near.get(partner or "", frozenset())
    found = scene.places(table, row["id"], row["places"], near)
    codes, exact, given = found.codes, found.exact, bool(found.codes)
    if not codes and table == "initiatives" and (named := scene.gazetteer.named_in(row["name"], near)):
        codes = named.codes
        scene.guesses.add(table, row["id"], "places", row["name"], ";".join(codes), "authority named in words", 0.7)
    if not codes and near:
        codes = sorted(near)
        scene.guesses.add(table, row["id"], "places", row["places"], ";".join(codes), "authorities of its body", 0.5)
    return {
        "places": codes, "authorities": scene.gazetteer.all_authorities(codes), "exact_place": exact, "places_given": given,
    }  # fmt: skip


def _initiative(scene: Scene, row: dict[str, str]) -> Row:
    table, id = "initiatives", row["id"]
    partner = scene.partner(table, id, "partner", row["partner"])
    with_whom = [scene.partner(table, id, "co_partners", one) for one in pieces(row["co_partners"], r"[;|\n,]") if not is_blank(one)]
    way_in = scene.said(table, id, "way_in", row["way_in"], people.ways_in(row["way_in"]))
    level = scene.said(table, id, "level", row["level"], people.levels(row["level"]))
    if not level and (level := people.level_from(way_in)):
        scene.guesses.add(table, id, "level", row["way_in"], ";".join(level), "level from the way in", 0.5)
    themes, themes_given = scene.themes_of(table, id, row["themes"], row["name"], row["what"])
    age_from, age_to = _ages(scene, row)
    good, sure = results.is_good(row["result"])
    if good is not None:
        scene.said(table, id, "result_good", row["result"], (good, "result in words", sure))
    audience = people.audience(row["name"], row["what"]) or people.audience(row["way_in"])
    if way_in == ["staff"]:
        audience = ["staff"]
    # Of what is for the young, adults named alone are those who do it.
    if age_to is not None and age_to <= YOUNG and set(audience) <= {"parents", "staff", "residents"}:
        audience = []
    if audience:
        scene.guesses.add(table, id, "audience", f"{row['name']}. {row['what']}", ";".join(audience), "who it is for, in words", 0.7)
    return {
        "id": id, "name": row["name"] or None, "what": row["what"] or None, "partner": partner,
        "co_partners": list(dict.fromkeys(one for one in with_whom if one and one != partner)),
        **_where(scene, table, row, partner), "themes": themes, "themes_given": themes_given, "level": level, "way_in": way_in,
        "age_from": age_from, "age_to": age_to, "reach": scene.said(table, id, "reach", row["reach"], people.reach(row["reach"])),
        "starts": scene.day(table, id, "starts", row["starts"]), "ends": scene.day(table, id, "ends", row["ends"], end=True),
        "result": None if is_blank(row["result"]) else row["result"],
        "evidence": scene.said(table, id, "evidence", row["evidence"], results.evidence(row["evidence"])),
        "result_good": good, "approach": row["approach"] or None, "audience": audience,
        "confirmed": scene.day(table, id, "confirmed", row["confirmed"], past=True),
        "marking": scene.marking(table, id, row["marking"]), "same_as": None,
    }  # fmt: skip


def _ages(scene: Scene, row: dict[str, str]) -> tuple[float | None, float | None]:
    """Ages from their cells, else from what the action says about them."""
    given = {column: row[column] for column in ("age_from", "age_to")}
    if all(not value or re.fullmatch(r"\d{1,2}(\.0+)?", value) for value in given.values()) and any(given.values()):
        low, high = (float(value) if value else None for value in given.values())
        if low is not None and high is not None and low > high:
            scene.guesses.add("initiatives", row["id"], "age_from", f"{row['age_from']} to {row['age_to']}", f"{high:g}", "ages the other way round", 0.8)
            low, high = high, low
        return low, high
    low = high = None
    for column, value in given.items():
        if is_blank(value):
            continue
        first, last = people.ages(value, cell=True)
        if first is None and last is None:
            scene.guesses.add("initiatives", row["id"], column, value, None, "no age")
            continue
        if column == "age_from":
            low, high = first, last
        else:
            high = last if last is not None else first
        scene.guesses.add("initiatives", row["id"], column, value, f"{first or 0:g}-{last or 0:g}", "ages in words", 0.8)
    if low is None and high is None:
        said = f"{row['name']}. {row['what']}"
        low, high = people.ages(said)
        for column, value in (("age_from", low), ("age_to", high)):
            if value is not None:
                scene.guesses.add("initiatives", row["id"], column, said, f"{value:g}", "ages in the text", 0.7)
    return low, high


def _ask(scene: Scene, row: dict[str, str]) -> Row:
    table, id, text = "asks", row["id"], row["text"]
    partner = scene.partner(table, id, "partner", row["partner"])
    empty = ask_words.is_empty(text)
    kind = scene.said(table, id, "kind", row["kind"], ask_words.kind(row["kind"], "" if empty else text))
    what = scene.said(table, id, "what", row["what"], ask_words.what(row["what"], "" if empty else text))
    # A room, a bus or a box of kit is practical help: words about it are no theme.
    themes, themes_given = scene.themes_of(table, id, row["themes"], "" if what in ("room", "transport", "equipment") else text)
    where = _where(scene, table, row, partner)
    del where["places_given"]
    said_on = scene.day(table, id, "said_on", row["said_on"], past=True)
    amount, number, until = ask_words.amount(text), ask_words.number(text), ask_words.until(text, said_on)
    for column, value in (("amount", amount), ("number", number), ("until", until)):
        if value is not None:
            as_text = value.isoformat() if isinstance(value, datetime.date) else f"{value:g}"
            scene.guesses.add(table, id, column, text, as_text, "said in the text", 0.75)
    if empty and text:
        scene.guesses.add(table, id, "empty", text, "true", "says that there is nothing", 0.95)
    return {
        "id": id, "partner": partner, "kind": kind, "what": what, "themes": themes, "themes_given": themes_given, **where,
        "text": text or None, "said_on": said_on, "empty": empty, "amount": amount, "number": number, "until": until, "same_as": None,
    }  # fmt: skip


def _support(scene: Scene, row: dict[str, str]) -> Row:
    table, id = "support", row["id"]
    kind = scene.said(table, id, "kind", row["kind"], basis.kind(row["kind"], row["name"], row["purpose"]))
    # What stands on the shelf has the themes that it was given: a sentence about data names many things.
    texts = () if kind in basis.SHELF else (row["name"], row["purpose"])
    themes, themes_given = scene.themes_of(table, id, row["themes"], *texts)
    general = folded(row["general"]) in ("true", "yes", "1", "y", "ydy")
    if not general and not row["general"] and _GENERAL.search(folded(f"{row['purpose']} . {row['who_may_use']}")):
        general = True
        scene.guesses.add(table, id, "general", row["purpose"], "true", "any work with young people", 0.8)
    opens = scene.day(table, id, "opens", row["opens"])
    closes = scene.day(table, id, "closes", row["closes"], end=True)
    sectors = scene.words(table, id, "sectors", row["sectors"], scene.sectors.cell(row["sectors"]))
    via = scene.words(table, id, "via", row["via_sectors"], scene.sectors.cell(row["via_sectors"]))
    who = eligible(row["who_may_use"], row["purpose"], sectors, via, row["basis"], scene.sectors)
    lead_only = who.lead_only or folded(row["lead_only"]) in ("true", "yes", "1")
    said = f"{row['who_may_use']} [{row['sectors']}; via {row['via_sectors']}]"
    if set(who.sectors) != set(sectors):
        scene.guesses.add(table, id, "sectors", said, ";".join(who.sectors) or None, who.rule or "who may use it, in words", who.sure)
    if set(who.via) != set(via):
        scene.guesses.add(table, id, "via", said, ";".join(who.via) or "nobody", who.rule or "who may use it, in words", who.sure)
    if lead_only and not row["lead_only"]:
        scene.guesses.add(table, id, "lead_only", f"{row['who_may_use']} [{row['basis']}]", "true", "only a lead may apply", 0.8)
    if who.limits:
        scene.guesses.add(table, id, "limits", row["who_may_use"], ";".join(who.limits), "limits in words", 0.8)
    return {
        "id": id, "name": row["name"] or None, "provider": row["provider"] or None, "kind": kind, "purpose": row["purpose"] or None,
        "who_may_use": row["who_may_use"] or None, "themes": themes, "themes_given": themes_given, "general": general,
        "sectors": who.sectors, "via": who.via, "lead_only": lead_only, **_reach_of_support(scene, row),
        "basis": scene.said(table, id, "basis", row["basis"], basis.basis(row["basis"], kind, opens, closes, scene.as_of)),
        "opens": opens, "closes": closes, "amount_max": scene.number(table, id, "amount_max", row["amount_max"]),
        "amount": scene.number(table, id, "amount", row["amount"]), "awards": row["awards"] or None, "limits": who.limits,
        "last_checked": scene.day(table, id, "last_checked", row["last_checked"], past=True),
    }  # fmt: skip


def _reach_of_support(scene: Scene, row: dict[str, str]) -> Row:
    """Where support may be used: named places, everywhere, or only places that these are not."""
    id, gazetteer = row["id"], scene.gazetteer
    found = scene.place(row["places"])
    elsewhere = gazetteer.is_elsewhere(row["places"], row["who_may_use"])
    codes, exact_words = found.codes, found.rule
    authorities = gazetteer.all_authorities(codes)
    wide = [code for code in codes if gazetteer.kind.get(code) in ("region", "country")]
    everywhere = gazetteer.is_everywhere(row["places"]) or any(set(gazetteer.inside(code)) >= gazetteer.own for code in wide)
    if not row["places"] or is_blank(row["places"]):
        everywhere = not elsewhere
        scene.guesses.add("support", id, "places", row["places"], "everywhere" if everywhere else "elsewhere", "no place named", 0.6)
    elif codes and not set(authorities) & gazetteer.own:
        elsewhere = True
    if elsewhere:
        said = f"{row['places']} [{row['who_may_use']}]"
        scene.guesses.add("support", id, "elsewhere", said, "true", "only for other places", 0.85)
        return {"places": codes, "authorities": [], "everywhere": False, "elsewhere": True}
    if exact_words and codes:
        scene.guesses.add("support", id, "places", row["places"], ";".join(codes), exact_words, found.sure)
    if not everywhere:
        for piece, rule in found.unread:
            scene.guesses.add("support", id, "places", piece, None, rule)
    return {"places": codes, "authorities": authorities, "everywhere": everywhere, "elsewhere": False}


def _links(scene: Scene) -> list[Row]:
    rows, seen = [], set()
    given = scene.tables["links"]
    marks = [float(row["strength"]) for row in given if re.fullmatch(r"\d+(\.\d+)?", row["strength"])]
    top = next((top for top in (1.0, 3.0, 5.0, 10.0, 100.0) if max(marks, default=1.0) <= top), 100.0)
    for row in given:
        both = f"{row['partner_a']}-{row['partner_b']}"
        ends = [scene.partner("links", both, column, row[column]) for column in ("partner_a", "partner_b")]
        if not all(ends) or ends[0] == ends[1]:
            continue
        strength = scene.said("links", both, "strength", row["strength"], _strength(row["strength"], top))
        since = scene.day("links", both, "since", row["since"], past=True)
        if (key := (*ends, strength, since)) not in seen:
            seen.add(key)
            rows.append({"partner_a": ends[0], "partner_b": ends[1], "strength": strength, "since": since})
    return rows


def _strength(given: str, top: float) -> tuple[float | None, str, float]:
    """How strong a link is, 0 to 1, from a mark on the scale that the table uses or from a word."""
    plain = folded(given)
    if re.fullmatch(r"\d+(\.\d+)?", given):
        value = round(min(float(given) / top, 1.0), 2)
        return value, "" if top == 1.0 else f"mark of {top:g}", 0.9
    if plain in _STRENGTH:
        return _STRENGTH[plain], "strength as a word", 0.8
    found = [value for word, value in _STRENGTH.items() if plain and re.search(rf"\b{word}\b", plain)]
    return (min(found), "strength in words", 0.6) if found else (None, "strength not known", 0.0)


_ANSWERS = {
    "not_us": phrase_pattern(("not us", "no", "not for us", "decline*", "not interested", "cannot", "refused", "nid ni", "no thank*", "not now", "no hours")),
    "already": phrase_pattern(("already", "already doing it", "doing it", "we do this", "in hand", "eisoes")),
    "interested": phrase_pattern(("interested", "yes", "keen", "maybe", "happy to", "would like", "tell us more", "possibly", "diddordeb", "ydyn")),
}  # fmt: skip
_THEME_EVERYWHERE = phrase_pattern(("all", "all places", "everywhere", "theme everywhere", "all groups", "any", "anywhere", "all of it", "whole area", "pob man"))
_THEME_HERE = phrase_pattern(("theme", "theme here", "this theme", "here", "this place", "place", "in this place", "both boroughs", "all suggestions here"))
_FOR_GOOD = phrase_pattern(("for good", "ever", "never", "permanently", "for ever", "am byth"))
_THIS_YEAR = phrase_pattern(("this year", "until the end of the year", "eleni"))


def _answer(scene: Scene, row: dict[str, str], known: set[str]) -> Row | None:
    table = "answers"
    id = f"{row['partner']}-{row['date']}"
    partner = scene.partner(table, id, "partner", row["partner"])
    if partner is None:
        return None
    theme = scene.words(table, id, "theme", row["theme"], scene.themes.cell(row["theme"]))
    found = scene.places(table, id, row["places"], scene.near.get(partner, frozenset()))
    about = row["about"] if row["about"] in known else None
    if row["about"] and about is None and re.fullmatch(r"[A-Za-z]{1,8}-?[A-Za-z]{0,3}-?\d{1,5}", row["about"]):
        scene.guesses.add(table, id, "about", row["about"], None, "leads nowhere")
    day = scene.day(table, id, "date", row["date"], past=True)
    plain = folded(row["answer"])
    answer = next((name for name, words in _ANSWERS.items() if words.search(plain)), None)
    exact = row["answer"] in ("interested", "already", "not_us", "not us", "already doing it")
    answer = scene.said(table, id, "answer", row["answer"], (answer, "" if exact else "answer in words", 0.8))
    scope, rule = _scope(row["scope"])
    if rule:
        scene.guesses.add(table, id, "scope", row["scope"], scope, rule, 0.6)
    return {
        "partner": partner, "places": found.codes, "theme": theme[0] if theme else None, "about": about,
        "about_text": row["about"] or None, "answer": answer, "scope": scope, "date": day,
        "until": scene.day(table, id, "until", row["until"], end=True) or _until(scene, id, row["scope"], day),
    }  # fmt: skip


def _scope(given: str) -> tuple[str, str]:
    """How far an answer holds, and the rule; the suggestion that it was about if nothing wider is said."""
    plain = folded(given)
    if plain in ("", "this"):
        return "this", ""
    if given in ("theme_here", "theme_everywhere"):
        return given, ""
    for scope, words in (("this", phrase_pattern(("this suggestion", "this one", "only this"))), ("theme_everywhere", _THEME_EVERYWHERE), ("theme_here", _THEME_HERE)):
        if words.search(plain):
            return scope, "" if plain in ("theme", "all") else "scope in words"
    return "this", "scope not known: this suggestion"


def _until(scene: Scene, id: str, given: str, day: datetime.date | None) -> datetime.date | None:
    """Until when an answer holds, where its scope says so in words."""
    plain = folded(given)
    if day is None or not plain:
        return None
    until = None
    if _THIS_YEAR.search(plain):
        until = datetime.date(day.year, 12, 31)
    elif _FOR_GOOD.search(plain):
        until = datetime.date(min(day.year + 50, 9999), 12, 31)
    elif re.search(r"\b(?:until|till|before|by)\b", plain):
        until = ask_words.until(given, day)
    if until:
        scene.guesses.add("answers", id, "until", given, until.isoformat(), "said in the scope", 0.7)
    return until
