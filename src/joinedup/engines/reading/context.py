"""What the reading of one register shares: its places, themes and sectors, its bodies by name, and its guesses."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from joinedup.engines.reading import cells
from joinedup.engines.reading.cells import folded, is_blank, pieces
from joinedup.engines.reading.headings import with_known_headings
from joinedup.engines.reading.phrases import listed
from joinedup.engines.reading.place_names import CODE, Found
from joinedup.engines.reading.places import Gazetteer
from joinedup.engines.reading.register import Guesses, Part
from joinedup.engines.reading.same import NEARLY, Names, name_key
from joinedup.engines.reading.themes import Read, Sectors, Themes
from joinedup.late_imports import polars as pl

MARKINGS = {
    **dict.fromkeys(listed("public, open, anyone, everybody, cyhoeddus"), "public"),
    **dict.fromkeys(
        listed("partners, partnership, partner, members, members only, partners only, official"), "partners"
    ),
    **dict.fromkeys(
        listed("restricted, private, confidential, sensitive, official sensitive, do not share"), "restricted"
    ),
}


@dataclass
class Context:
    """One register while it is read."""

    tables: dict[str, list[dict[str, str]]]
    gazetteer: Gazetteer
    themes: Themes
    sectors: Sectors
    as_of: datetime.date
    guesses: Guesses
    partner_ids: dict[str, str] = field(default_factory=dict)
    partner_names: dict[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    ids_of_name: dict[str, list[str]] = field(default_factory=dict)
    likely: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    near: dict[str, frozenset[str]] = field(default_factory=dict)
    seen: dict[tuple[str, frozenset[str]], Found] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        given: Mapping[str, pl.DataFrame],
        places: pl.DataFrame,
        themes: pl.DataFrame,
        sectors: pl.DataFrame,
        as_of: datetime.date,
    ) -> Context:
        """The context of a register; every row has an id that no other row of its table has."""
        guesses = Guesses()
        tables = with_known_headings(given, guesses)
        for table in ("partners", "initiatives", "asks", "support"):
            tables[table] = _with_ids(table, tables[table], guesses)
        gazetteer = Gazetteer(places, _own(tables, places))
        gazetteer.learn(list(_uses(tables, gazetteer)))
        return cls(
            tables,
            gazetteer,
            Themes(themes),
            Sectors(sectors.select("sector", "name").iter_rows()),
            as_of,
            guesses,
        )

    def know_partners(self) -> None:
        """Learn the ids and names of bodies, by which other tables refer to them."""
        for row in self.tables["partners"]:
            self.partner_ids.setdefault(row["id"].casefold(), row["id"])
        for row in sorted(self.tables["partners"], key=lambda row: row["id"]):
            if row["name"]:
                self.partner_names.setdefault(name_key(row["name"]), row["id"])
                self.ids_of_name.setdefault(row["name"], []).append(row["id"])
        for name in self.ids_of_name:
            self.names.add(name)

    def partner(self, table: str, id: str, column: str, given: str) -> str | None:
        """The id of a body from an id or a name; None, with a row in the guesses, where it leads nowhere."""
        if not given:
            return None
        if (found := self.partner_ids.get(given.casefold())) is not None:
            if found != given:
                self.guesses.add(table, id, column, given, found, "id in other letters", 0.98)
            return found
        if (found := self.partner_names.get(name_key(given))) is not None:
            self.guesses.add(table, id, column, given, found, "body's name", 0.97)
            return found
        # An id of another form is no name.
        likely = [] if re.fullmatch(r"\S*\d\S*", given) else self._likely(given)
        best = max(likely, default=(0.0, ""), key=lambda pair: (pair[0], pair[1]))
        if best[0] >= NEARLY and sum(1 for one in likely if one[0] >= best[0] - 0.03) == 1:
            self.guesses.add(table, id, column, given, best[1], "body's name nearly the same", best[0])
            return best[1]
        self.guesses.add(table, id, column, given, None, "leads nowhere")
        return None

    def _likely(self, given: str) -> list[tuple[float, str]]:
        """The bodies of nearly that name, each with how nearly; the same name stands in many rows."""
        if given not in self.likely:
            self.likely[given] = [
                (sure, id)
                for name, sure in self.names.nearest(given, NEARLY - 0.03)
                for id in self.ids_of_name[name]
            ]
        return self.likely[given]

    def words(self, table: str, id: str, column: str, given: str, read: Read) -> list[str]:
        """The values of a cell, with its guesses."""
        if read.rule and read.values:
            self.guesses.add(
                table, id, column, given, ";".join(read.values), read.rule, read.sure, read.parts
            )
        for piece, rule in read.unread:
            self.guesses.add(table, id, column, piece, None, rule)
        return read.values

    def place(self, cell: str, near: frozenset[str] = frozenset()) -> Found:
        """The places of a cell."""
        if (found := self.seen.get((cell, near))) is None:
            found = self.seen[cell, near] = self.gazetteer.read(cell, near)
        return found

    def places(self, table: str, id: str, given: str, near: frozenset[str], column: str = "places") -> Found:
        """The places of a cell, with its guesses."""
        found = self.place(given, near)
        if found.rule and found.codes:
            self.guesses.add(
                table, id, column, given, ";".join(found.codes), found.rule, found.sure, found.parts
            )
        for piece, rule in found.unread:
            self.guesses.add(table, id, column, piece, None, rule)
        return found

    def themes_of(self, table: str, id: str, given: str, *texts: str) -> tuple[list[str], bool]:
        """Themes as given, else by clear words of the texts; whether they were given."""
        found = self.words(table, id, "themes", given, self.themes.cell(given))
        if found:
            return found, True
        read = self.themes.found(*texts)
        if read:
            rule, said = "clear word in the text", ". ".join(text for text in texts if text)
            parts = [Part(words, theme, rule, 0.7) for theme, words in read]
            self.guesses.add(table, id, "themes", said, ";".join(t for t, _ in read), rule, 0.7, parts)
        return [theme for theme, _ in read], False

    def day(
        self, table: str, id: str, column: str, given: str, *, end: bool = False, past: bool = False
    ) -> datetime.date | None:
        """A date; `past` if one to come cannot be right."""
        if not given or is_blank(given) or folded(given) in cells.OPEN_END:
            return None
        counted = cells.day_counted(given)
        found = cells.Day(counted, False, True) if counted else cells.day(given, end=end)
        if found is None or (past and found.day > self.as_of):
            self.guesses.add(table, id, column, given, None, "no date" if found is None else "a day to come")
            return None
        is_usual = found.day.year in cells.USUAL_YEARS
        if not (found.exact and is_usual):
            rule, sure = ("date written out", 0.97) if found.whole else ("a month or a year", 0.85)
            if not is_usual:
                rule, sure = "long ago or far ahead", 0.5
            elif counted:
                rule, sure = "a day as a spreadsheet counts it", 0.85
            elif not re.search(r"\d{4}", given):
                rule, sure = "a year of two figures", 0.8
            self.guesses.add(table, id, column, given, found.day.isoformat(), rule, sure)
        return found.day

    def number(self, table: str, id: str, column: str, given: str) -> float | None:
        """A number or a sum of money alone in its cell."""
        if not given or is_blank(given):
            return None
        given = cells.figures_joined(given)
        if re.fullmatch(r"\d+(\.\d+)?", given):
            return float(given)
        found = cells.money(given) or [number.value for number in cells.numbers(given)]
        if not found:
            self.guesses.add(table, id, column, given, None, "no number")
            return None
        if len(found) > 1 and column == "amount_max":
            self.guesses.add(table, id, column, given, f"{max(found):g}", "the most of several sums", 0.75)
            return max(found)
        self.guesses.add(table, id, column, given, f"{found[0]:g}", "number in words", 0.85)
        return found[0]

    def said(
        self, table: str, id: str, column: str, given: str, read: tuple[Any, str, float], words: str = ""
    ) -> Any:
        """A value read by a rule; a row in the guesses unless it was exact or the cell is blank. `words`: what it was
        read from where its own cell is blank."""
        value, rule, sure = read
        if isinstance(value, list):
            as_text = ";".join(value) or None
        else:
            as_text = (
                None
                if value is None
                else f"{value:g}"
                if isinstance(value, float)
                else str(value).lower()
                if isinstance(value, bool)
                else value
            )
        if rule and (as_text is not None or (given and not is_blank(given))):
            parts = [Part(given or words, as_text, rule, sure)]
            self.guesses.add(table, id, column, given, as_text, rule, sure, parts)
        elif as_text is None and given:
            self.guesses.add(table, id, column, given, None, "said to be unknown")
        return value

    def marking(self, table: str, id: str, given: str) -> str:
        """Who may see a record; the narrowest where it cannot be read."""
        plain = folded(given)
        if given in ("public", "partners", "restricted"):
            return given
        if plain in MARKINGS:
            self.guesses.add(table, id, "marking", given, MARKINGS[plain], "marking in other words", 0.95)
            return MARKINGS[plain]
        self.guesses.add(table, id, "marking", given, "restricted", "marking not known: the narrowest", 0.5)
        return "restricted"


def _with_ids(table: str, rows: list[dict[str, str]], guesses: Guesses) -> list[dict[str, str]]:
    """The rows in an order of their own, each with an id; a second row of one id gets a number behind it."""
    taken: set[str] = {row["id"] for row in rows if row["id"]}
    used: set[str] = set()
    out = []
    for row in sorted(rows, key=lambda row: [row["id"] or "\uffff", *row.values()]):
        given = row["id"]
        id = given or f"{table}:{folded(row.get('name') or row.get('text') or 'row')[:40].replace(' ', '-')}"
        number = 2
        while id in used or (id in taken and id != given):
            id, number = f"{given or id}-{number}", number + 1
        used.add(id)
        if id != given:
            guesses.add(table, id, "id", given, id, "id twice" if given else "row without id", 0.5)
        out.append({**row, "id": id})
    return out


def _uses(
    tables: dict[str, list[dict[str, str]]], gazetteer: Gazetteer
) -> Iterator[tuple[str, frozenset[str], int]]:
    """Names of places that are not known, each with the authorities of the codes and known places beside it, else of
    its body; of several unknown names in one cell it is not known which lies where."""
    bodies: dict[str, frozenset[str]] = {}
    for table in ("partners", "initiatives", "asks"):
        for row in tables[table]:
            found = gazetteer.read(row["places"])
            beside = frozenset(gazetteer.all_authorities(found.codes))
            if table == "partners":
                bodies[row["id"]] = beside
                for name, _ in gazetteer.read(row["base"]).unread:
                    yield name, beside, 2
            for name, _ in found.unread:
                if len(found.unread) == 1 or any(CODE.fullmatch(piece) for piece in pieces(row["places"])):
                    own = bodies.get(row.get("partner", ""), frozenset())
                    yield name, beside or own, 2 if beside else 1


def _own(tables: dict[str, list[dict[str, str]]], places: pl.DataFrame) -> set[str]:
    """The authorities that the register is about: those whose codes, or whose wards' codes, or whose whole names stand
    among the places of its bodies, actions and asks."""
    kind = {
        code: (kind, parent) for code, kind, parent in places.select("code", "kind", "parent").iter_rows()
    }
    named = {
        folded(name): code
        for code, name, k in places.select("code", "name", "kind").iter_rows()
        if k == "local_authority" and name
    }
    own: set[str] = set()
    for table in ("partners", "initiatives", "asks"):
        for row in tables[table]:
            for piece in pieces(row["places"]):
                code = piece if piece in kind else named.get(folded(piece), "")
                if kind.get(code, ("", ""))[0] == "ward":
                    code = kind[code][1] or ""
                if kind.get(code, ("", ""))[0] == "local_authority":
                    own.add(code)
    return own
