"""The tables that the engine reads: their columns, and what is done with rows that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import polars as pl

TEXT, NUMBER, DAY, FLAG = pl.Utf8(), pl.Float64(), pl.Date(), pl.Boolean()
WORDS = pl.List(pl.Utf8)

# Every column the engine knows. A column that is absent is unknown in every row.
COLUMNS: dict[str, dict[str, Any]] = {
    "places": {
        "code": TEXT, "name": TEXT, "kind": TEXT, "parent": TEXT, "latitude": NUMBER, "longitude": NUMBER,
        "population": NUMBER, "known": FLAG,
    },
    "needs": {
        "place": TEXT, "theme": TEXT, "need": NUMBER, "people_at_risk": NUMBER, "trend": NUMBER, "cluster": FLAG,
    },
    "partners": {
        "id": TEXT, "name": TEXT, "sector": TEXT, "places": WORDS, "themes": WORDS, "duty": TEXT, "marking": TEXT,
        "confirmed": DAY,
    },
    "initiatives": {
        "id": TEXT, "name": TEXT, "partner": TEXT, "co_partners": WORDS, "places": WORDS, "themes": WORDS,
        "level": WORDS, "way_in": WORDS, "age_from": NUMBER, "age_to": NUMBER, "reach_per_year": NUMBER,
        "starts": DAY, "ends": DAY, "evidence": NUMBER, "offers": WORDS, "result": NUMBER, "approach": TEXT,
        "marking": TEXT, "confirmed": DAY,
    },
    "offers": {
        "id": TEXT, "name": TEXT, "provider": TEXT, "kind": TEXT, "themes": WORDS, "sectors": WORDS,
        "via_sectors": WORDS, "places": WORDS, "opens": DAY, "closes": DAY, "amount_gbp": NUMBER,
        "last_checked": DAY, "marking": TEXT,
    },
    "links": {"partner_a": TEXT, "partner_b": TEXT, "strength": NUMBER, "since": DAY},
    "mix": {"theme": TEXT, "sector": TEXT, "weight": NUMBER},
    "people": {"id": TEXT, "partner": TEXT, "event": TEXT, "opted_in": FLAG},
    "asks": {"id": TEXT, "partner": TEXT, "kind": TEXT, "themes": WORDS, "places": WORDS, "text": TEXT},
    "approaches": {"approach": TEXT, "effect": NUMBER, "harmful": FLAG},
    "profiles": {"place": TEXT},
    "themes": {"theme": TEXT, "name": TEXT},
    "sectors": {"sector": TEXT, "name": TEXT},
}  # fmt: skip

# Without these a table says nothing.
REQUIRED: dict[str, tuple[str, ...]] = {
    "places": ("code",),
    "needs": ("place", "theme", "need", "people_at_risk"),
    "partners": ("id", "sector"),
    "initiatives": ("id", "partner"),
    "offers": ("id",),
    "links": ("partner_a", "partner_b"),
    "mix": ("theme", "sector", "weight"),
    "people": ("id", "partner", "event", "opted_in"),
    "asks": ("id", "partner", "kind"),
    "approaches": ("approach",),
    "profiles": ("place",),
    "themes": ("theme", "name"),
    "sectors": ("sector", "name"),
}

# What makes a row the same record as another.
KEYS: dict[str, tuple[str, ...]] = {
    "places": ("code",),
    "needs": ("place", "theme"),
    "partners": ("id",),
    "initiatives": ("id",),
    "offers": ("id",),
    "links": ("partner_a", "partner_b"),
    "mix": ("theme", "sector"),
    "people": ("id", "event"),
    "asks": ("id",),
    "approaches": ("approach",),
    "profiles": ("place",),
    "themes": ("theme",),
    "sectors": ("sector",),
}


@dataclass(frozen=True)
class Tables:
    """Frames with the columns of `COLUMNS`; list columns are `List(Utf8)`. An absent table silences its rules.

    `needs` may carry `facts`, `List(Struct{text, figure})`: the published figures behind the need.
    """

    places: pl.DataFrame
    needs: pl.DataFrame
    partners: pl.DataFrame | None = None
    initiatives: pl.DataFrame | None = None
    offers: pl.DataFrame | None = None
    links: pl.DataFrame | None = None
    mix: pl.DataFrame | None = None
    people: pl.DataFrame | None = None
    asks: pl.DataFrame | None = None
    approaches: pl.DataFrame | None = None
    profiles: pl.DataFrame | None = None
    themes: pl.DataFrame | None = None
    sectors: pl.DataFrame | None = None


class Missing(ValueError):
    """A table lacks a column without which it says nothing."""


def normalise(tables: Tables) -> tuple[Tables, dict[str, int]]:
    """Returns the tables with every known column, sorted by key, without rows that cannot be used, and a count
    of those rows by reason ("needs: place not in places").

    A code that is unknown leaves its list; a row is left out when its own place, partner or key is unknown, or
    when a restricted offer would become unrestricted by losing the last place it names. Raises `Missing` for an
    absent required column. Place lists stay as they were written: `tree.Tree` covers their descendants.
    """
    left_out: dict[str, int] = {}

    def count(reason: str, number: int) -> None:
        if number:
            left_out[reason] = left_out.get(reason, 0) + number

    frames: dict[str, pl.DataFrame] = {}
    for each in fields(tables):
        frame = getattr(tables, each.name)
        frames[each.name] = _complete(each.name, frame, count)

    def keep_known(table: str, column: str, codes: pl.Series, what: str) -> None:
        frame = frames[table]
        known = frame[column].is_in(codes.implode())
        count(f"{table}: {what}", int((~known).sum()))
        frames[table] = frame.filter(known)

    def keep_listed(table: str, column: str, codes: pl.Series, what: str) -> None:
        """Takes unknown codes out of the lists."""
        frame = frames[table].with_row_index("_row")
        long = frame.select("_row", column).explode(column).drop_nulls(column)
        known = long.filter(pl.col(column).is_in(codes.implode()))
        count(f"{table}: {what}", long.height - known.height)
        lists = known.group_by("_row", maintain_order=True).agg(pl.col(column).unique().sort())
        emptied = frame[column].list.len().fill_null(0) > 0
        frame = frame.drop(column).join(lists, on="_row", how="left", maintain_order="left")
        if table == "offers" and column == "places":
            lost = emptied & frame[column].is_null()
            count("offers: restricted to places not in places", int(lost.sum()))
            frame = frame.filter(~lost)
        frames[table] = frame.drop("_row")

    places = frames["places"]["code"]
    orphan = frames["places"]["parent"].is_not_null() & ~frames["places"]["parent"].is_in(places.implode())
    count("places: parent not in places", int(orphan.sum()))
    keep_known("needs", "place", places, "place not in places")
    keep_known("profiles", "place", places, "place not in places")
    keep_listed("partners", "places", places, "place not in places")
    partners = frames["partners"]["id"]
    keep_known("initiatives", "partner", partners, "partner not in partners")
    for table in ("initiatives", "offers", "asks"):
        keep_listed(table, "places", places, "place not in places")
    keep_listed("initiatives", "co_partners", partners, "co-partner not in partners")
    keep_listed("initiatives", "offers", frames["offers"]["id"], "offer not in offers")
    for table in ("people", "asks"):
        keep_known(table, "partner", partners, "partner not in partners")
    for column in ("partner_a", "partner_b"):
        keep_known("links", column, partners, "partner not in partners")

    need = frames["needs"]
    usable = (need["need"].is_not_null() & need["people_at_risk"].is_not_null()).fill_null(False)
    count("needs: need or people at risk is blank", int((~usable).sum()))
    frames["needs"] = need.filter(usable).with_columns(
        pl.col("need").clip(0.0, 1.0),
        pl.col("people_at_risk").clip(lower_bound=0.0),
        pl.col("trend").clip(-1.0, 1.0),
    )
    for column, what in (("places", "no place known, so it counts nowhere"), ("themes", "no theme known")):
        blank = frames["initiatives"][column].list.len().fill_null(0) == 0
        count(f"initiatives: {what}", int(blank.sum()))
    absent = {each.name: None for each in fields(tables) if getattr(tables, each.name) is None}
    return replace(Tables(**frames), **absent), left_out  # type: ignore[arg-type]


def empty(table: str) -> pl.DataFrame:
    """A table with its columns and no rows."""
    return pl.DataFrame(schema=COLUMNS[table])


def _complete(table: str, frame: pl.DataFrame | None, count: Any) -> pl.DataFrame:
    if frame is None:
        return empty(table)
    for column in REQUIRED[table]:
        if column not in frame.columns:
            raise Missing(f"{table} has no column “{column}”.")
    known = COLUMNS[table]
    extra = [c for c in frame.columns if c not in known] if table in ("profiles", "needs") else []
    columns = [
        pl.col(c).cast(kind) if c in frame.columns else pl.lit(None, dtype=kind).alias(c)
        for c, kind in known.items()
    ]
    frame = frame.select(*columns, *extra)
    numbers = [c for c, kind in known.items() if kind == NUMBER]
    if numbers:
        # Not-a-number is as blank as a blank.
        frame = frame.with_columns(pl.col(numbers).fill_nan(None))
    keys = list(KEYS[table])
    blank = frame.select(pl.any_horizontal(pl.col(keys).is_null() | (pl.col(keys) == ""))).to_series()
    count(f"{table}: no {' or '.join(keys)}", int(blank.sum()))
    # Sorting by every plain column first makes the row kept of a repeated record independent of row order.
    plain = [
        c for c in frame.columns if c not in keys and not isinstance(frame.schema[c], pl.List | pl.Struct)
    ]
    frame = frame.filter(~blank).sort([*keys, *plain], nulls_last=True)
    once = frame.unique(keys, keep="first", maintain_order=True)
    count(f"{table}: the same {' and '.join(keys)} again", frame.height - once.height)
    return once
