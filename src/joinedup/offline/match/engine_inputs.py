"""A folder's tables as the engine's inputs: the register read, need in words, places and themes by their codes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from joinedup.engines.need import verdicts
from joinedup.engines.opportunities import Inputs
from joinedup.engines.opportunities.inputs import COLUMNS
from joinedup.engines.reading import Register, read_register
from joinedup.engines.reading.cells import folded
from joinedup.late_imports import polars as pl
from joinedup.offline.match.input_files import Folder
from joinedup.offline.match.visibility import frames

# A need that is surer than this is said; from these on it is high, and stands out.
LEAST_CERTAINTY, HIGH, SURE = 0.3, 2 / 3, 0.9
MEASURED = (verdicts.OWN, verdicts.SHARED, verdicts.PROXY, verdicts.NONE)
Row = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What the engine is given; the register as read, with its guesses; how many rows cannot be used, by reason."""

    inputs: Inputs
    register: Register
    left_out: dict[str, int]


def engine_inputs(folder: Folder, as_of: date) -> Read:
    """Reads the register of a folder as of a day, and brings what lies beside it to the same places and themes."""
    register = read_register(
        frames(folder.register), folder.places, folder.themes, folder.sectors, as_of=as_of
    )
    left_out: Counter[str] = Counter()
    codes = _Codes(folder, left_out)
    tables: dict[str, pl.DataFrame] = {}
    for name in ("needs", "heard", "spotted"):
        if name in folder.added:
            tables[name] = _frame(name, codes.rows(name))
    for name in ("mix", "approaches"):
        if name in folder.added:
            tables[name] = _frame(name, codes.themed(name))
    inputs = Inputs(
        places=folder.places,
        themes=folder.themes,
        sectors=folder.sectors,
        partners=register.partners,
        initiatives=register.initiatives,
        asks=register.asks,
        support=register.support,
        links=register.links,
        answers=register.answers,
        contacts=register.contacts,
        **tables,
    )
    return Read(inputs, register, dict(sorted(left_out.items())))


class _Codes:
    """Places and themes of the tables beside the register, by code or by name."""

    def __init__(self, folder: Folder, left_out: Counter[str]) -> None:
        self.folder, self.left_out = folder, left_out
        self.places = _by_name(folder.places, "code", first="local_authority")
        self.themes = _by_name(folder.themes, "theme")
        self.partners = {row["id"] for row in folder.register["partners"]}

    def rows(self, name: str) -> list[Row]:
        """Rows with a place, and a theme where one is given, that are known."""
        made = []
        seen: set[str] = set()
        for row in sorted(self.folder.added[name].iter_rows(named=True), key=str):
            place, theme = self._code(row["place"], self.places), self._code(row["theme"], self.themes)
            if place is None:
                self.left_out[f"{name}: place not known"] += 1
            elif theme is None and (row["theme"] or name != "spotted"):
                self.left_out[f"{name}: theme not known"] += 1
            elif name == "needs" and (row["certainty"] is not None and row["certainty"] < LEAST_CERTAINTY):
                self.left_out[f"needs: certainty under {LEAST_CERTAINTY}, so not known"] += 1
            elif name == "spotted" and not (row["id"] and row["sentence"]):
                self.left_out["spotted: no id or sentence"] += 1
            elif name == "spotted" and row["id"] in seen:
                self.left_out["spotted: the same id again"] += 1
            else:
                seen.add(row.get("id") or "")
                if name == "spotted":
                    row["parties"] = self._parties(row["parties"] or [])
                found = {**row, "place": place, "theme": theme}
                made.append({**found, **_said(found)} if name == "needs" else found)
        return made

    def themed(self, name: str) -> list[Row]:
        """Rows of the mix or of approaches with themes by their slugs."""
        made = []
        for row in self.folder.added[name].iter_rows(named=True):
            if name == "mix":
                made.append({**row, "theme": self._code(row["theme"], self.themes)})
            else:
                themes = [self._code(each, self.themes) for each in row["themes"] or []]
                if unknown := themes.count(None):
                    self.left_out["approaches: theme not known"] += unknown
                made.append({**row, "themes": [each for each in themes if each]})
        return made

    def _parties(self, given: list[str]) -> list[str]:
        known = [code for code in dict.fromkeys(given) if code in self.partners]
        if unknown := len(set(given)) - len(known):
            self.left_out["spotted: partner not in partners"] += unknown
        return known

    def _code(self, given: str | None, known: dict[str, str]) -> str | None:
        return known.get(given or "") or known.get(folded(given or ""))


def _by_name(frame: pl.DataFrame, key: str, first: str = "") -> dict[str, str]:
    """Codes by themselves and by their folded name; of places with one name an authority, else neither."""
    rows = list(frame.iter_rows(named=True))
    number = Counter(folded(row["name"] or "") for row in rows)
    found = {
        folded(row["name"]): row[key]
        for row in rows
        if row["name"] and (number[folded(row["name"])] == 1 or (first and row["kind"] == first))
    }
    return {**found, **{row[key]: row[key] for row in rows if row[key]}}


def _frame(name: str, rows: list[Row]) -> pl.DataFrame:
    schema = {column: kind for column, kind in COLUMNS[name].items() if not rows or column in rows[0]}
    return pl.DataFrame(
        [{column: row[column] for column in schema} for row in rows], schema=schema, orient="row"
    )


def _said(row: Row) -> Row:
    """`measured`, `verdict` and `fact` of a need. Who gives a probability or a value without saying how it is measured
    means a figure of the place's own."""
    given = (row["measured"] or "").strip().lower()
    counted = row["stands_out"] is not None or row["value"] is not None
    measured = given if given in MEASURED else verdicts.OWN if counted else verdicts.NONE
    verdict = ""
    if measured == verdicts.OWN and (row["stands_out"] or 0.0) >= SURE:
        verdict = verdicts.STANDS_OUT
    elif (row["need"] or 0.0) >= HIGH:
        verdict = verdicts.HIGH
    return {"measured": measured, "verdict": verdict, "fact": _fact(row, measured)}


def _fact(row: Row, measured: str) -> str | None:
    """The figure in a sentence: value with unit, interval, comparators' middle; a proxy is called one."""
    if row["value"] is None:
        return None
    text = f"{_number(row['value'])} {row['unit'] or ''}".strip()
    if row["lower"] is not None and row["upper"] is not None:
        text += f" (95% interval {_number(row['lower'])} to {_number(row['upper'])})"
    if row["middle"] is not None:
        text += f"; the middle of the places compared is {_number(row['middle'])}"
    note = {
        verdicts.PROXY: " This is a proxy.",
        verdicts.SHARED: " Other themes rest on the same figure.",
    }.get(measured, "")
    return f"{text}.{note}"


def _number(value: float) -> str:
    return (
        f"{value:,.0f}" if value == int(value) else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    )
