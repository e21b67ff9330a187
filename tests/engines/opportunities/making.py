"""Small registers for tests: two authorities side by side, one far off, with wards, and rows that say little else."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Any

import polars as pl

from joinedup.engines.opportunities import Inputs, Result, Settings, opportunities
from joinedup.engines.opportunities.inputs import COLUMNS

AS_OF = date(2026, 11, 29)
NORTH, SOUTH, FAR = "E1", "E2", "E3"
THEMES = {
    "positive-activities": "Youth clubs, sport, arts",
    "trusted-adult": "Mentoring and a trusted adult",
    "after-school-safety": "Safety after school and on the way home",
    "hospital-intervention": "Support from the hospital bed",
    "school-exclusion": "Suspension, exclusion, managed moves",
    "girls-and-young-women": "Girls and young women at risk",
    "domestic-abuse": "Domestic abuse at home",
    "safe-places": "Safe places and hot spots",
    "training-and-work": "Training and work",
    "diversion": "Diversion from court",
    "leaving-custody": "Leaving custody",
}
TAXONOMY = pl.read_csv(str(resources.files("joinedup.data") / "reference" / "taxonomy.csv"))
THEME_SLUGS = frozenset(TAXONOMY["theme"])
USUAL = Settings()
SECTORS = (
    "police",
    "health",
    "education",
    "social_care",
    "youth_justice",
    "housing",
    "local_authority",
    "vcs",
)


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows with every column of the table."""
    columns = COLUMNS[table]
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)


def places() -> pl.DataFrame:
    """Three wards a kilometre apart in North, three in South just below, three in Far a hundred kilometres away."""
    rows: list[dict[str, Any]] = []
    for code, name, latitude in ((NORTH, "North", 52.05), (SOUTH, "South", 52.022), (FAR, "Far", 53.0)):
        rows.append(
            {"code": code, "name": name, "kind": "local_authority", "latitude": latitude, "longitude": 0.0}
        )
        for number in range(3):
            rows.append(
                {
                    "code": f"{code}W{number}", "name": f"{name} ward {number}", "kind": "ward", "parent": code,
                    "latitude": latitude - 0.009 * number, "longitude": 0.0,
                }
            )  # fmt: skip
    return frame("places", rows)


def where(*codes: str) -> dict[str, Any]:
    """The columns of a row's place."""
    wards = [code for code in codes if "W" in code]
    return {
        "places": list(codes),
        "authorities": sorted({code.partition("W")[0] for code in codes}),
        "exact_place": len(wards) == len(codes),
    }


def partner(
    id: str, sector: str = "vcs", *codes: str, themes: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    return {
        "id": id, "name": f"Body {id}", "sector": sector, "themes": list(themes), "does": "", "duty": False,
        "marking": "partners", "wide": False, **where(*(codes or (NORTH,))), **more,
    }  # fmt: skip


def action(
    id: str, by: str, *codes: str, themes: tuple[str, ...] = (), what: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "id": id, "name": f"Action {id}", "what": what, "partner": by, "co_partners": [], "themes": list(themes),
        "level": [], "way_in": [], "audience": [], "confirmed": date(2026, 9, 1), "marking": "partners",
        **where(*(codes or (NORTH,))), **more,
    }  # fmt: skip


def ask(
    id: str,
    by: str,
    kind: str,
    what: str | None,
    text: str,
    *codes: str,
    themes: tuple[str, ...] = (),
    **more: Any,
) -> dict[str, Any]:
    return {
        "id": id, "partner": by, "kind": kind, "what": what, "text": text, "themes": list(themes), "empty": False,
        "said_on": date(2026, 10, 1), **where(*(codes or (NORTH,))), **more,
    }  # fmt: skip


def fund(id: str, *themes: str, sectors: tuple[str, ...] = ("vcs",), **more: Any) -> dict[str, Any]:
    return {
        "id": id, "name": f"Fund {id}", "provider": "A trust", "kind": "fund", "purpose": "Money for "
        "work with young people.",
        "who_may_use": "", "themes": list(themes), "sectors": list(sectors), "via": [], "lead_only": False,
        "everywhere": True, "elsewhere": False, "basis": "dated", "closes": date(2027, 1, 20), "limits": [],
        "last_checked": date(2026, 11, 1), "places": [], "authorities": [], **more,
    }  # fmt: skip


def inputs(**tables: list[dict[str, Any]]) -> Inputs:
    """The register of these rows, with the places, themes and sectors above."""
    return Inputs(
        places=places(),
        themes=pl.DataFrame({"theme": list(THEMES), "name": list(THEMES.values())}),
        sectors=pl.DataFrame(
            {"sector": SECTORS, "name": [each.replace("_", " ").capitalize() for each in SECTORS]}
        ),
        **{name: frame(name, rows) for name, rows in tables.items()},
    )


def found(settings: Settings = USUAL, **tables: list[dict[str, Any]]) -> Result:
    """What the engine finds in these rows."""
    return opportunities(inputs(**tables), AS_OF, settings)


def kinds(result: Result) -> list[str]:
    """The kinds of the moves told, strongest first."""
    return [move.kind for move in result.moves]
