"""What a reader may see of the tables: the rest is left out before computing, so that nothing reveals it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from joinedup.engines.matching import Opportunity, Tables
from joinedup.engines.matching.tables import empty
from joinedup.offline.delimited import Refused, quoted

PUBLIC, PARTNERSHIP = "public", "partnership"
# The tables whose rows say who may see them, and those that belong to a partner.
MARKED = ("partners", "initiatives", "offers", "links", "asks", "people")
# Only the partners named may see these: that two duplicate each other's work, or that two people should meet.
FOR_ITS_PARTIES = ("join_up", "introduction")


def for_reader(tables: Tables, reader: str) -> tuple[Tables, dict[str, int]]:
    """The rows that a reader may see (`public`, `partnership`, or the id of a partner), and how many of each
    table were left out. Raises `Refused` if there is no such reader.

    A blank marking is public. A record marked “named” is visible to the partners it names; an unknown marking
    is treated the same. A hidden partner hides its initiatives, offers, links, asks and people.
    """
    held = {name: empty(name) if (frame := getattr(tables, name)) is None else frame for name in MARKED}
    partners, initiatives, offers = held["partners"], held["initiatives"], held["offers"]
    if reader not in (PUBLIC, PARTNERSHIP, *_column(partners, "id")):
        raise Refused(
            f"There is no reader “{quoted(reader)}”: it is public, partnership, or the id of a partner in partners.csv."
        )
    ids = _column(partners, "id")
    hidden = _closed(partners, reader, [[code] for code in ids])
    # A provider is an id or a name: either would reveal a partner that is left out.
    unsaid: set[str | None] = set()
    said: set[str | None] = {None}
    for code, name in zip(ids, _column(partners, "name"), strict=True):
        (unsaid if code in hidden else said).add(name)
    providers = _column(offers, "provider")
    hidden_offers = _closed(offers, reader, [[by] for by in providers])
    hidden_offers |= _having(offers, providers, (unsaid - said) | hidden)

    leads, others = _column(initiatives, "partner"), _column(initiatives, "co_partners")
    hidden_work = _closed(
        initiatives, reader, [[by, *(w or [])] for by, w in zip(leads, others, strict=True)]
    )
    hidden_work |= _having(initiatives, leads, hidden)

    work = _without(initiatives, "id", hidden_work)
    shown = {
        "partners": _without(partners, "id", hidden),
        "initiatives": _unlisted(_unlisted(work, "co_partners", hidden), "offers", hidden_offers),
        "offers": _without(offers, "id", hidden_offers),
        "links": _without(_without(held["links"], "partner_a", hidden), "partner_b", hidden),
        "asks": _without(held["asks"], "partner", hidden),
        "people": _without(held["people"], "partner", hidden),
    }
    gone = {name: held[name].height - frame.height for name, frame in shown.items()}
    return replace(tables, **shown), {name: number for name, number in gone.items() if number}


def may_see(each: Opportunity, reader: str | None) -> bool:
    """Whether a reader may see an opportunity found in the tables that they may see; None sees everything."""
    if reader is None:
        return True
    if each.only_parties or each.kind in FOR_ITS_PARTIES:
        return reader in each.parties
    # `not_public`: for the partnership to settle first. The site shows the public less than this.
    return reader != PUBLIC or not each.not_public


def ids_in(tables: Tables) -> set[str]:
    """Ids of all partners, initiatives and offers."""
    frames = (tables.partners, tables.initiatives, tables.offers)
    return {code for frame in frames if frame is not None for code in _column(frame, "id")}


def _closed(frame: pl.DataFrame, reader: str, names: list[list[str | None]]) -> set[str]:
    """Ids of rows that a reader may not see. A repeated id is hidden if any of its rows is."""
    markings = _column(frame, "marking")
    return {
        code
        for code, marking, who in zip(_column(frame, "id"), markings, names, strict=True)
        if code is not None and not _open_to((marking or PUBLIC).lower(), reader, who)
    }


def _open_to(marking: str, reader: str, names: list[str | None]) -> bool:
    if marking == PUBLIC:
        return True
    if marking == PARTNERSHIP:
        return reader != PUBLIC
    return reader not in (PUBLIC, PARTNERSHIP) and reader in names


def _having(frame: pl.DataFrame, values: list[str | None], codes: set[Any]) -> set[str]:
    """Ids of rows whose value is in `codes`."""
    ids = _column(frame, "id")
    return {i for i, value in zip(ids, values, strict=True) if i is not None and value in codes}


def _column(frame: pl.DataFrame, name: str) -> list[Any]:
    return frame[name].to_list() if name in frame.columns else [None] * frame.height


def _without(frame: pl.DataFrame, column: str, codes: set[str]) -> pl.DataFrame:
    """The rows whose value in a column is not in `codes`."""
    if column not in frame.columns:
        return frame
    return frame.filter(
        pl.Series([value not in codes for value in frame[column].to_list()], dtype=pl.Boolean)
    )


def _unlisted(frame: pl.DataFrame, column: str, codes: set[str]) -> pl.DataFrame:
    """The rows, with `codes` removed from the lists in a column."""
    if column not in frame.columns:
        return frame
    lists = [
        None if listed is None else [code for code in listed if code not in codes]
        for listed in frame[column].to_list()
    ]
    return frame.with_columns(pl.Series(column, lists, dtype=pl.List(pl.Utf8)))
