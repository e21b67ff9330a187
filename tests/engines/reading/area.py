"""An area of our own invention, and a register read in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from joinedup.engines.reading import Register, read_register

AS_OF = date(2026, 11, 30)
REGION, COUNTRY, COUNTY, FORCE = "E12000091", "E92000091", "E10000091", "E23000091"
WESTBROOK, ALDER, ELLIS, FAR = "E07000901", "E07000902", "E06000903", "E07000909"
MILL, NORTH_QUAY, SOUTH_QUAY, GREEN_W, GREEN_A, MARY, KIRK = (f"E0500090{n}" for n in range(1, 8))

PLACES = pl.DataFrame(
    [
        (COUNTRY, "England", "country", None),
        (REGION, "London", "region", COUNTRY),
        ("E12000092", "Yorkshire and The Humber", "region", COUNTRY),
        ("W92000091", "Wales", "country", None),
        (COUNTY, "Fenshire", "county", REGION),
        (FORCE, "Fenshire", "police_force", COUNTRY),
        (WESTBROOK, "Westbrook", "local_authority", COUNTY),
        (ALDER, "Alder and Thorne", "local_authority", COUNTY),
        (ELLIS, "City of Port Ellis", "local_authority", REGION),
        (FAR, "Farleigh", "local_authority", COUNTY),
        (MILL, "Mill End", "ward", WESTBROOK),
        (NORTH_QUAY, "Quayside North", "ward", WESTBROOK),
        (SOUTH_QUAY, "Quayside South", "ward", WESTBROOK),
        (GREEN_W, "Greenhill", "ward", WESTBROOK),
        (GREEN_A, "Greenhill", "ward", ALDER),
        (MARY, "St Mary's & Canal Bank", "ward", ALDER),
        (KIRK, "Kirkholme", "ward", ELLIS),
    ],
    schema=["code", "name", "kind", "parent"],
    orient="row",
).with_columns(latitude=pl.lit(52.0), longitude=pl.lit(0.0))
THEMES = pl.DataFrame(
    {
        "theme": [
            "weapon-carrying",
            "trusted-adult",
            "positive-activities",
            "group-conflict",
            "night-time-economy",
            "training-and-work",
            "online-harm",
            "family-support",
            "hospital-intervention",
            "after-school-safety",
        ],
        "name": [
            "Weapon carrying",
            "Mentoring and a trusted adult",
            "Youth clubs, sport, arts",
            "Group conflict and peer groups",
            "Night-time economy",
            "Training and work",
            "Online taunts and harm",
            "Family support",
            "Support from the hospital bed",
            "Safety after school and on the way home",
        ],
    }
)
SECTORS = pl.DataFrame(
    {
        "sector": [
            "police",
            "health",
            "education",
            "social_care",
            "youth_justice",
            "housing",
            "local_authority",
            "vcs",
            "local_policing_body",
            "csp",
        ],
        "name": [
            "Police",
            "Health",
            "Education",
            "Social services",
            "Youth offending services",
            "Housing",
            "Local authorities",
            "Voluntary and community sector",
            "Police and crime commissioner / mayor",
            "Community safety partnership",
        ],
    }
)
# Bodies that make Westbrook, Alder and Thorne and Port Ellis the register's own authorities.
BODIES = [
    {"id": "B1", "name": "Westbrook community safety", "sector": "local_authority", "places": WESTBROOK},
    {"id": "B2", "name": "Alder youth hub", "sector": "vcs", "places": ALDER},
    {"id": "B3", "name": "Ellis hospital", "sector": "health", "places": ELLIS},
]


def read(**tables: list[dict[str, str]]) -> Register:
    """A register of these rows, and of the three bodies if it names none."""
    given = {name: table(rows) for name, rows in {"partners": BODIES, **tables}.items()}
    return read_register(given, PLACES, THEMES, SECTORS, as_of=AS_OF)


def table(rows: list[dict[str, str]]) -> pl.DataFrame:
    """Rows as a frame of text."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def one(frame: pl.DataFrame, id: str) -> dict[str, Any]:
    """The row of that id."""
    return next(frame.filter(pl.col("id") == id).iter_rows(named=True))


def guess(register: Register, id: str, column: str) -> list[tuple[str | None, str]]:
    """What was read and by which rule, of one record's column."""
    rows = register.guesses.filter((pl.col("id") == id) & (pl.col("column") == column))
    return list(rows.select("read_as", "rule").iter_rows())
