"""Links between bodies and answers to suggestions."""

from __future__ import annotations

import datetime
import re
from typing import Any

from joinedup.engines.reading import ask_words
from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.context import Context
from joinedup.engines.reading.phrases import phrase_pattern

Row = dict[str, Any]
_STRENGTH = {
    "strong": 1.0,
    "very strong": 1.0,
    "formal": 1.0,
    "close": 0.9,
    "good": 0.8,
    "high": 1.0,
    "weekly": 1.0,
    "regular": 0.7,
    "medium": 0.67,
    "middling": 0.67,
    "moderate": 0.67,
    "some": 0.5,
    "fair": 0.5,
    "occasional": 0.33,
    "loose": 0.33,
    "weak": 0.33,
    "low": 0.33,
    "informal": 0.5,
    "new": 0.33,
    "slight": 0.33,
    "thin": 0.33,
    "cryf": 1.0,
    "gwan": 0.33,
    "monthly": 0.67,
}


def links(context: Context) -> list[Row]:
    rows, seen = [], set()
    given = context.tables["links"]
    marks = [float(row["strength"]) for row in given if re.fullmatch(r"\d+(\.\d+)?", row["strength"])]
    top = next((top for top in (1.0, 3.0, 5.0, 10.0, 100.0) if max(marks, default=1.0) <= top), 100.0)
    for row in given:
        both = f"{row['partner_a']}-{row['partner_b']}"
        ends = [context.partner("links", both, column, row[column]) for column in ("partner_a", "partner_b")]
        if not all(ends) or ends[0] == ends[1]:
            continue
        strength = context.said("links", both, "strength", row["strength"], _strength(row["strength"], top))
        since = context.day("links", both, "since", row["since"], past=True)
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


# In the order in which they are told apart: "not interested" before "interested", that before a bare "no".
_ANSWERS = (
    ("not_us", phrase_pattern("not us, not for us, decline*, not interested, refused, nid ni, no thank*")),
    ("already", phrase_pattern("already, doing it, we do this, in hand, eisoes")),
    (
        "interested",
        phrase_pattern(
            "interested, yes, keen, maybe, happy to, would like, tell us more, possibly, diddordeb, ydyn"
        ),
    ),
    ("not_us", phrase_pattern("no, cannot, not now")),
)
_THIS = phrase_pattern("this suggestion, this one, only this")
_THEME_EVERYWHERE = phrase_pattern(
    "all, all places, everywhere, theme everywhere, all groups, any, anywhere, all of it, whole area, pob man"
)
_THEME_HERE = phrase_pattern(
    "theme, theme here, this theme, here, this place, place, in this place, both boroughs, "
    "all suggestions here"
)
# The id of a move: `engines.opportunities.move.Move.id`.
_MOVE = re.compile(r"[a-z_]+-[0-9a-f]{12}")
_FOR_GOOD = phrase_pattern("for good, ever, never, permanently, for ever, am byth")
_THIS_YEAR = phrase_pattern("this year, until the end of the year, eleni")


def answer(context: Context, row: dict[str, str], known: set[str]) -> Row | None:
    table = "answers"
    id = f"{row['partner']}-{row['date']}"
    partner = context.partner(table, id, "partner", row["partner"])
    if partner is None:
        return None
    theme = context.words(table, id, "theme", row["theme"], context.themes.cell(row["theme"]))
    found = context.places(table, id, row["places"], context.near.get(partner, frozenset()))
    about = row["about"] if row["about"] in known or _MOVE.fullmatch(row["about"]) else None
    if (
        row["about"]
        and about is None
        and re.fullmatch(r"[A-Za-z]{1,8}-?[A-Za-z]{0,3}-?\d{1,5}", row["about"])
    ):
        context.guesses.add(table, id, "about", row["about"], None, "leads nowhere")
    day = context.day(table, id, "date", row["date"], past=True)
    plain = folded(row["answer"])
    answer = next((name for name, words in _ANSWERS if words.search(plain)), None)
    exact = row["answer"] in ("interested", "already", "not_us", "not us", "already doing it")
    answer = context.said(
        table, id, "answer", row["answer"], (answer, "" if exact else "answer in words", 0.8)
    )
    scope, rule = _scope(row["scope"])
    if rule:
        context.guesses.add(table, id, "scope", row["scope"], scope, rule, 0.6)
    return {
        "partner": partner,
        "places": found.codes,
        "theme": theme[0] if theme else None,
        "about": about,
        "about_text": row["about"] or None,
        "answer": answer,
        "scope": scope,
        "date": day,
        "until": context.day(table, id, "until", row["until"], end=True)
        or _until(context, id, row["scope"], day),
    }


def _scope(given: str) -> tuple[str, str]:
    """How far an answer holds, and the rule; the suggestion that it was about if nothing wider is said."""
    plain = folded(given)
    if plain in ("", "this"):
        return "this", ""
    if given in ("theme_here", "theme_everywhere"):
        return given, ""
    for scope, words in (
        ("this", _THIS),
        ("theme_everywhere", _THEME_EVERYWHERE),
        ("theme_here", _THEME_HERE),
    ):
        if words.search(plain):
            return scope, "" if plain in ("theme", "all") else "scope in words"
    return "this", "scope not known: this suggestion"


def _until(context: Context, id: str, given: str, day: datetime.date | None) -> datetime.date | None:
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
        context.guesses.add("answers", id, "until", given, until.isoformat(), "said in the scope", 0.7)
    return until
