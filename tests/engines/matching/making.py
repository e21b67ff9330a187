"""Tiny worlds, written as rows, for the tests of the matching engine."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from joinedup.engines.matching import Tables
from joinedup.engines.matching.tables import COLUMNS

AS_OF = date(2018, 10, 8)
SOON, LONG_AGO = date(2018, 10, 20), date(2017, 1, 1)

Rows = list[dict[str, Any]]


def frame(table: str, rows: Rows) -> pl.DataFrame:
    """Rows as a frame with the right types; only the columns that some row has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    known = COLUMNS[table]
    schema = {name: known.get(name, pl.Float64) for name in names}
    if not rows:
        return pl.DataFrame(schema=known)
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=schema)


def tables(**rows: Rows) -> Tables:
    rows.setdefault("places", [])
    rows.setdefault("needs", [])
    return Tables(**{name: frame(name, table) for name, table in rows.items()})


def place(code: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "kind": "ward" if parent else "borough", "parent": parent, **more}


def need(
    where: str, theme: str = "exclusion", value: float = 0.8, people: float = 100, **more: Any
) -> dict[str, Any]:
    return {"place": where, "theme": theme, "need": value, "people_at_risk": people, **more}


def partner(
    code: str, sector: str, *places: str, themes: list[str] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "id": code,
        "name": code.upper(),
        "sector": sector,
        "places": list(places),
        "themes": themes,
        **more,
    }


def initiative(code: str, by: str, *places: str, theme: str = "exclusion", **more: Any) -> dict[str, Any]:
    row = {"id": code, "name": f"Project {code}", "partner": by, "places": list(places), "themes": [theme]}
    return {**row, **more}


def offer(code: str, *sectors: str, **more: Any) -> dict[str, Any]:
    row = {"id": code, "name": f"Fund {code}", "provider": "Home Office", "sectors": list(sectors)}
    return {**row, "themes": ["exclusion"], **more}


def mix(**weights: float) -> Rows:
    return [{"theme": "exclusion", "sector": sector, "weight": weight} for sector, weight in weights.items()]


def everything() -> Tables:
    """A world in which every kind of opportunity is found at least once."""
    wards = [place(f"w{i}", "b", latitude=51.5, longitude=0.0) for i in (1, 2)]
    return tables(
        places=[place("b"), place("c"), *wards],
        needs=[need("b"), need("c", trend=0.5), need("w1"), need("w2", value=0.4, people=30)],
        partners=[
            partner("police", "police", "b", "c", themes=["exclusion"]),
            partner("school", "education", "b", "c", duty="it is a relevant authority"),
            partner("club", "vcs", "c", themes=["exclusion"]),
            partner("mentors", "vcs", "b", themes=["exclusion"], confirmed=LONG_AGO),
        ],
        initiatives=[
            initiative(
                "i1", "police", "b", reach_per_year=10, result=0.9, evidence=0.8, approach="mentoring"
            ),
            initiative("i2", "mentors", "b", reach_per_year=5, approach="sport", ends=SOON),
        ],
        offers=[offer("o1", "vcs", via_sectors=["police"], closes=SOON, last_checked=LONG_AGO)],
        links=[{"partner_a": "police", "partner_b": "school", "strength": 0.4}],
        mix=mix(police=0.9, education=0.8, vcs=0.7),
        people=[
            {"id": "ann", "partner": "police", "event": "e", "opted_in": True},
            {"id": "ben", "partner": "mentors", "event": "e", "opted_in": True},
        ],
        asks=[
            {"id": "a1", "partner": "police", "kind": "need", "themes": ["exclusion"], "text": "a room"},
            {"id": "a2", "partner": "school", "kind": "offer", "themes": ["exclusion"], "text": "a hall"},
        ],
        profiles=[{"place": "b", "x": 1.0}, {"place": "c", "x": 1.0}],
    )
