"""The tables that the engine reads: their columns, and what is done with rows that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import polars as pl

from joinedup.engines.matching import score

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
        "certainty": NUMBER,
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
        "last_checked": DAY, "marking": TEXT, "who_may_use": TEXT, "required_by_law": FLAG,
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

    def frame(self, name: str) -> pl.DataFrame:
        """A table by its name; where it is absent, with its columns and no rows."""
        held: pl.DataFrame | None = getattr(self, name)
        return empty(name) if held is None else held


class Missing(ValueError):
    """A table lacks a column without which it says nothing."""


# Which codes of a table have to be known, in the order in which tables are looked at: a row whose `place` or `partner`
# is not goes, a list loses those that are not.
KNOWN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "needs": (("place", "places", "place not in places"),),
    "profiles": (("place", "places", "place not in places"),),
    "partners": (("places", "places", "place not in places"),),
    "offers": (("places", "places", "place not in places"),),
    "initiatives": (
        ("partner", "partners", "partner not in partners"),
        ("places", "places", "place not in places"),
        ("co_partners", "partners", "co-partner not in partners"),
        ("offers", "offers", "offer not in offers"),
    ),
    "people": (("partner", "partners", "partner not in partners"),),
    "asks": (
        ("partner", "partners", "partner not in partners"),
        ("places", "places", "place not in places"),
    ),
    "links": (
        ("partner_a", "partners", "partner not in partners"),
        ("partner_b", "partners", "partner not in partners"),
    ),
}  # fmt: skip
Count = Callable[[str, int], None]


def normalise(tables: Tables) -> tuple[Tables, dict[str, int]]:
    """Returns the tables with every known column, sorted by key, without rows that cannot be used, and a count
    of those rows by reason ("needs: place not in places").

    A code that is unknown leaves its list; a row is left out when its own place, partner or key is unknown, or
    when a restricted offer would become unrestricted by losing the last place it names. Need that is too uncertain
    to be said (`score.LEAST_CERTAINTY`) is left out too: it is not known. Raises `Missing` for an absent required
    column. Place lists stay as they were written: `tree.Tree` covers their descendants. Of an initiative or
    a partner a blank list of places means that none is recorded (null), an empty one that all of them are elsewhere.
    """
    left_out: dict[str, int] = {}

    def count(reason: str, number: int) -> None:
        if number:
            left_out[reason] = left_out.get(reason, 0) + number

    given = {each.name: getattr(tables, each.name) for each in fields(tables)}
    whole = Tables(**{name: _complete(name, frame, count) for name, frame in given.items()})
    places = whole.places["code"]
    orphan = whole.places["parent"].is_not_null() & ~whole.places["parent"].is_in(places.implode())
    count("places: parent not in places", int(orphan.sum()))
    for table in KNOWN:
        whole = replace(whole, **{table: _usable(table, whole.frame(table), whole, count)})
    unplaced = whole.frame("initiatives")["places"].is_null()
    count("initiatives: no place recorded, so it may be anywhere that its partner works", int(unplaced.sum()))
    unthemed = whole.frame("initiatives")["themes"].list.len().fill_null(0) == 0
    count("initiatives: no theme recorded, so it may be on any", int(unthemed.sum()))
    absent: dict[str, Any] = {name: None for name, frame in given.items() if frame is None}
    return replace(whole, **absent), left_out


def normalise_rows(table: str, rows: pl.DataFrame, among: Tables) -> pl.DataFrame:
    """Rows of one table as `normalise` leaves them, among normalised tables. Raises `Missing` as it does."""
    return _usable(table, _complete(table, rows, _nobody), among, _nobody)


def _nobody(reason: str, number: int) -> None:
    """For whom nobody counts."""


def _usable(table: str, frame: pl.DataFrame, among: Tables, count: Count) -> pl.DataFrame:
    """A completed table without rows and codes that are not known among the others."""
    for column, of, what in KNOWN[table]:
        codes = among.frame(of)[KEYS[of][0]]
        if frame.height < len(codes) // 10:
            named = frame[column].explode() if frame.schema[column] == WORDS else frame[column]
            codes = codes.filter(codes.is_in(named.drop_nulls().implode()))
        if frame.schema[column] != WORDS:
            known = frame[column].is_in(codes.implode())
            count(f"{table}: {what}", int((~known).sum()))
            frame = frame.filter(known)
        else:
            frame = _without_unknown(table, frame, column, codes, what, count)
    if table != "needs":
        return frame
    # What is known too unsurely to be said is not known, and not to be taken from elsewhere either.
    unsure = too_unsure(frame)
    usable = unsure | (frame["need"].is_not_null() & frame["people_at_risk"].is_not_null()).fill_null(False)
    count("needs: need or people at risk is blank", int((~usable).sum()))
    count(f"needs: certainty under {score.LEAST_CERTAINTY}, so not known", int(unsure.sum()))
    return frame.filter(usable).with_columns(
        pl.when(~unsure.filter(usable)).then(pl.col("need").clip(0.0, 1.0)).alias("need"),
        pl.col("people_at_risk").clip(lower_bound=0.0),
        pl.col("trend").clip(-1.0, 1.0),
    )


def too_unsure(needs: pl.DataFrame) -> pl.Series:
    """Which rows of needs say how sure they are, and are too little so to be said; who brings a need without saying
    it stands by it."""
    return (needs["certainty"] < score.LEAST_CERTAINTY).fill_null(False)


def _without_unknown(
    table: str, frame: pl.DataFrame, column: str, codes: pl.Series, what: str, count: Count
) -> pl.DataFrame:
    """Takes unknown codes out of the lists of a column."""
    order = frame.columns
    frame = frame.with_row_index("_row")
    long = frame.select("_row", column).explode(column).drop_nulls(column)
    known = long.filter(pl.col(column).is_in(codes.implode()))
    count(f"{table}: {what}", long.height - known.height)
    lists = known.group_by("_row", maintain_order=True).agg(pl.col(column).unique().sort())
    emptied = frame[column].list.len().fill_null(0) > 0
    frame = frame.drop(column).join(lists, on="_row", how="left", maintain_order="left")
    if table == "offers":
        lost = emptied & frame[column].is_null()
        count("offers: restricted to places not in places", int(lost.sum()))
        frame = frame.filter(~lost)
    if table in ("initiatives", "partners") and column == "places":
        lost = pl.Series(emptied & frame[column].is_null())
        frame = frame.with_columns(
            pl.when(lost).then(pl.lit([], dtype=WORDS)).otherwise(column).alias(column)
        )
    return frame.select(order)


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
