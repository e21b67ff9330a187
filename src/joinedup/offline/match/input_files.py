"""Read a folder of CSV files as the engine's tables; unreadable ones are refused in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.headings import with_known_headings
from joinedup.engines.reading.register import DAY, NUMBER, TEXT, WORDS, YES, Guesses
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, read_rows
from joinedup.offline.match.own_places import own_places
from joinedup.offline.typed_columns import typed

# The register: read as people keep it, whatever its headings and cells. `offers` is the old name of `support`.
REGISTER = ("partners", "initiatives", "asks", "support", "offers", "links", "answers", "contacts")
# What an analyst adds: every cell has to be what its column says.
COLUMNS: dict[str, dict[str, Any]] = {
    "places": {
        "code": TEXT, "name": TEXT, "kind": TEXT, "parent": TEXT, "latitude": NUMBER, "longitude": NUMBER,
    },
    "themes": {"theme": TEXT, "name": TEXT},
    "sectors": {"sector": TEXT, "name": TEXT},
    "needs": {
        "place": TEXT, "theme": TEXT, "need": NUMBER, "certainty": NUMBER, "pressure": NUMBER, "stands_out": NUMBER,
        "measured": TEXT, "value": NUMBER, "unit": TEXT, "lower": NUMBER, "upper": NUMBER, "middle": NUMBER,
    },
    "mix": {"theme": TEXT, "sector": TEXT, "weight": NUMBER},
    "approaches": {
        "approach": TEXT, "name": TEXT, "themes": WORDS, "effect": TEXT, "evidence": TEXT, "cost": TEXT,
        "source": TEXT, "harmful": YES,
    },
    "heard": {"place": TEXT, "theme": TEXT, "text": TEXT, "said_on": DAY, "moderator": TEXT},
    "spotted": {"id": TEXT, "place": TEXT, "theme": TEXT, "parties": WORDS, "sentence": TEXT},
    "people": {"id": TEXT, "partner": TEXT, "event": TEXT, "opted_in": YES},
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "places": ("code",), "themes": ("theme",), "sectors": ("sector",), "needs": ("place", "theme"),
    "mix": ("theme", "sector", "weight"), "approaches": ("approach",), "heard": ("place", "theme", "text"),
    "spotted": ("id", "place", "sentence"), "people": ("id", "partner", "event", "opted_in"),
}  # fmt: skip
TABLES = (*REGISTER, *COLUMNS)
# Columns of the register whose cells name places.
PLACED = ("places", "base")
Rows = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Shipped:
    """What the product ships and a folder may lack: themes (theme, name), sectors (sector, name), and the places around
    those that cells name (code, name, kind, parent, latitude, longitude)."""

    themes: Callable[[], pl.DataFrame]
    sectors: Callable[[], pl.DataFrame]
    around: Callable[[Iterable[str]], pl.DataFrame]


@dataclass(frozen=True)
class Folder:
    """A folder as read. `register`: the rows of each table of the register by the headings that reading it knows, as
    text; `added`: the frames of the other tables that are there, with every column of `COLUMNS`; `headings`: what was
    guessed about headings; `unused`: files that no table is kept in."""

    register: Rows
    added: dict[str, pl.DataFrame]
    places: pl.DataFrame
    themes: pl.DataFrame
    sectors: pl.DataFrame
    headings: list[dict[str, Any]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def read_folder(path: Path, shipped: Shipped) -> Folder:
    """The tables in a folder, of which only the partners have to be there. Raises `Refused`."""
    if not path.is_dir():
        raise Refused(f"There is no folder “{path}”.")
    if not (path / "partners.csv").is_file():
        raise Refused(f"“{path}” lacks partners.csv: add it; everything else may be absent.")
    added = {name: _added(path, name) for name in COLUMNS if (path / f"{name}.csv").is_file()}
    guesses = Guesses()
    given = {name: _text(path / f"{name}.csv") for name in REGISTER if (path / f"{name}.csv").is_file()}
    register = with_known_headings(given, guesses)
    return Folder(
        register,
        added,
        places=_places(path, register, added, shipped),
        themes=_vocabulary("theme", added.get("themes"), added, shipped.themes),
        sectors=_vocabulary("sector", added.get("sectors"), added, shipped.sectors),
        headings=guesses.rows,
        unused=sorted(file.name for file in path.glob("*.csv") if file.stem not in TABLES),
    )


def _added(path: Path, name: str) -> pl.DataFrame:
    frame = typed(read_rows(path / f"{name}.csv", REQUIRED[name], windows=True), COLUMNS[name])
    lacking = [
        pl.lit(None, dtype=kind).alias(c) for c, kind in COLUMNS[name].items() if c not in frame.columns
    ]
    return frame.with_columns(lacking).select(list(COLUMNS[name]))


def _text(path: Path) -> pl.DataFrame:
    rows = read_rows(path, (), windows=True)
    columns = {
        name: [cells[at].strip() for cells in rows.cells] for at, name in enumerate(rows.header) if name
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _places(path: Path, register: Rows, added: dict[str, pl.DataFrame], shipped: Shipped) -> pl.DataFrame:
    """Those of places.csv, else those that ship around what the folder names."""
    if "places" in added:
        return own_places(added["places"])
    cells = {
        row[column] for rows in register.values() for row in rows for column in PLACED if row.get(column)
    }
    for name in ("needs", "heard", "spotted"):
        if name in added:
            cells.update(added[name]["place"].drop_nulls())
    found = shipped.around(cells)
    if not (found["kind"] == "local_authority").any():
        raise Refused(
            f"No place in “{path}” is one of England or Wales that can be told by its code or name: add places.csv, "
            "or write the code or the name of the local authority under places in partners.csv."
        )
    return found


def _vocabulary(
    word: str, own: pl.DataFrame | None, added: dict[str, pl.DataFrame], shipped: Callable[[], pl.DataFrame]
) -> pl.DataFrame:
    """Themes or sectors: those of the folder's own file, else those that ship; and those that need or the mix use.
    Where need and the mix use none that ships, the folder has words of its own, and those alone are used."""
    known = shipped() if own is None else own.with_columns(pl.col("name").fill_null(pl.col(word)))
    names = {folded(text) for text in (*known[word].drop_nulls(), *known["name"].drop_nulls())}
    used = {
        text
        for table in ("needs", "mix")
        if table in added and word in added[table].columns
        for text in added[table][word].drop_nulls()
    }
    new = sorted(text for text in used if folded(text) not in names)
    if own is None and new and len(new) == len(used):
        known = known.clear()
    more = [text.replace("-", " ").replace("_", " ") for text in new]
    extra = pl.DataFrame({word: new, "name": more}, schema={word: pl.String, "name": pl.String})
    return pl.concat([known.select(word, "name"), extra]).drop_nulls(word).unique(word).sort(word)
