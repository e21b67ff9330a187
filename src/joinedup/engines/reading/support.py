"""One row of support: what it is for, who may use it, where, and how it is open."""

from __future__ import annotations

from typing import Any

from joinedup.engines.reading import basis, cells
from joinedup.engines.reading.cells import folded, is_blank
from joinedup.engines.reading.context import Context
from joinedup.engines.reading.eligibility import eligible
from joinedup.engines.reading.phrases import phrase_pattern
from joinedup.engines.reading.register import Part

Row = dict[str, Any]
GENERAL = phrase_pattern(
    "any work with young people, any work with children, any work for young people, "
    "any youth work, general grant*, general fund*, general purposes, any kind of youth work, "
    "anything that helps young people, any activity for young people, "
    "all work with young people, core costs of youth, unrestricted"
)


def support(context: Context, row: dict[str, str]) -> Row:
    table, id = "support", row["id"]
    read_kind = basis.kind(row["kind"], row["name"], row["purpose"])
    words = row["purpose"] if read_kind[1] == "kind from the purpose" else row["name"]
    kind = context.said(table, id, "kind", row["kind"], read_kind, words)
    # What stands on the shelf has the themes that it was given: a sentence about data names many things.
    texts = () if kind in basis.SHELF else (row["name"], row["purpose"])
    themes, themes_given = context.themes_of(table, id, row["themes"], *texts)
    general = bool(cells.yes(row["general"]))
    if (
        not general
        and not row["general"]
        and GENERAL.search(folded(f"{row['purpose']} . {row['who_may_use']}"))
    ):
        general = True
        context.guesses.add(table, id, "general", row["purpose"], "true", "any work with young people", 0.8)
    opens = context.day(table, id, "opens", row["opens"])
    closes = context.day(table, id, "closes", row["closes"], end=True)
    sectors = context.words(table, id, "sectors", row["sectors"], context.sectors.cell(row["sectors"]))
    via = context.words(table, id, "via", row["via_sectors"], context.sectors.cell(row["via_sectors"]))
    who = eligible(row["who_may_use"], row["purpose"], sectors, via, row["basis"], context.sectors)
    if "rural_only" not in who.limits and "rural" in folded(row["places"]):
        who.limits.append("rural_only")
    lead_only = who.lead_only or bool(cells.yes(row["lead_only"]))
    rule = who.rule or "who may use it, in words"
    said = f"{row['who_may_use']} [{row['sectors']}; via {row['via_sectors']}]"
    if set(who.sectors) != set(sectors):
        context.guesses.add(
            table,
            id,
            "sectors",
            said,
            ";".join(who.sectors) or None,
            rule,
            who.sure,
            [Part(row["who_may_use"], ";".join(who.sectors) or None, rule, who.sure)],
        )
    if set(who.via) != set(via):
        context.guesses.add(
            table,
            id,
            "via",
            said,
            ";".join(who.via) or "nobody",
            rule,
            who.sure,
            [Part(row["who_may_use"], ";".join(who.via) or "nobody", rule, who.sure)],
        )
    if lead_only and not row["lead_only"]:
        context.guesses.add(
            table,
            id,
            "lead_only",
            f"{row['who_may_use']} [{row['basis']}]",
            "true",
            "only a lead may apply",
            0.8,
            [Part(row["who_may_use"] or row["basis"], "true", "only a lead may apply", 0.8)],
        )
    if who.limits:
        context.guesses.add(
            table, id, "limits", row["who_may_use"], ";".join(who.limits), "limits in words", 0.8
        )
    open_how = basis.basis(row["basis"], kind, opens, closes, context.as_of)
    if cells.yes(row["required_by_law"]):
        # What the law requires of a body is never suggested as something new.
        open_how = ("standing", "required by law", 0.95)
    return {
        "id": id,
        "name": row["name"] or None,
        "provider": row["provider"] or None,
        "kind": kind,
        "purpose": row["purpose"] or None,
        "who_may_use": row["who_may_use"] or None,
        "themes": themes,
        "themes_given": themes_given,
        "general": general,
        "sectors": who.sectors,
        "via": who.via,
        "lead_only": lead_only,
        **_where(context, row),
        "basis": context.said(table, id, "basis", row["basis"], open_how),
        "opens": opens,
        "closes": closes,
        "amount_max": context.number(table, id, "amount_max", row["amount_max"]),
        "amount": context.number(table, id, "amount", row["amount_all"] or row["amount"]),
        "awards": row["awards"] or None,
        "limits": who.limits,
        "last_checked": context.day(table, id, "last_checked", row["last_checked"], past=True),
    }


def _where(context: Context, row: dict[str, str]) -> Row:
    """Where support may be used: named places, everywhere, or only places that these are not."""
    id, gazetteer = row["id"], context.gazetteer
    found = context.place(row["places"])
    elsewhere = gazetteer.is_elsewhere(row["places"], row["who_may_use"])
    codes, exact_words = found.codes, found.rule
    authorities = gazetteer.all_authorities(codes)
    wide = [code for code in codes if gazetteer.kind.get(code) in ("region", "country")]
    everywhere = gazetteer.is_everywhere(row["places"]) or any(
        set(gazetteer.inside(code)) >= gazetteer.own for code in wide
    )
    if not row["places"] or is_blank(row["places"]):
        everywhere = not elsewhere
        context.guesses.add(
            "support",
            id,
            "places",
            row["places"],
            "everywhere" if everywhere else "elsewhere",
            "no place named",
            0.6,
        )
    elif codes and not set(authorities) & gazetteer.own:
        elsewhere = True
    if elsewhere:
        said = f"{row['places']} [{row['who_may_use']}]"
        context.guesses.add("support", id, "elsewhere", said, "true", "only for other places", 0.85)
        return {"places": codes, "authorities": [], "everywhere": False, "elsewhere": True}
    if exact_words and codes:
        context.guesses.add("support", id, "places", row["places"], ";".join(codes), exact_words, found.sure)
    if not everywhere:
        for piece, rule in found.unread:
            context.guesses.add("support", id, "places", piece, None, rule)
    return {"places": codes, "authorities": authorities, "everywhere": everywhere, "elsewhere": False}
