"""What a reader may see of the tables: the rest is left out before it is read, so that nothing reveals it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Candidate, Move
from joinedup.engines.reading.cells import folded, pieces
from joinedup.engines.reading.context import MARKINGS
from joinedup.engines.reading.context import Context as Reading
from joinedup.late_imports import polars as pl
from joinedup.offline.delimited import Refused, quoted
from joinedup.offline.match.input_files import Folder, Rows

PUBLIC, PARTNERSHIP = "public", "partnership"
# The tables whose rows say who may see them.
MARKED = ("partners", "initiatives", "asks", "support")
# Only the partners named may see these: that two do alike work, or that two people should meet.
FOR_ITS_PARTIES = ("join", "meet")
# Not told to the public: what a body that is named does not take part in.
NOT_FOR_THE_PUBLIC = ("bring_in",)
# Parts in a move of who has neither offered nor asked for anything.
ONLY_ASKED = ("is asked", "is invited")
# Of words of the narrower sort, those that the command took before; with these a blank cell is public.
OLD_WORDS = ("public", "partnership")


@dataclass
class Shown:
    """A folder as a reader may see it, and how many rows of each table are not for this reader."""

    folder: Folder
    kept_back: Counter[str] = field(default_factory=Counter)


def marked(register: Rows) -> Rows:
    """The rows with a marking that is public, partners or restricted.

    A blank one is public, unless the folder marks with “partners” or “restricted”: who keeps that scale and leaves a
    cell blank has not said who may see it, so it is restricted, as is a word that we do not know.
    """
    words = {folded(row["marking"]) for table in MARKED for row in register[table]}
    keeps_the_scale = any(word in MARKINGS and word not in OLD_WORDS for word in words)
    made = dict(register)
    for table in MARKED:
        says = any(row["marking"] for row in register[table])
        blank = "restricted" if keeps_the_scale and says else "public"
        made[table] = [
            {
                **row,
                "marking": MARKINGS.get(folded(row["marking"]), "restricted") if row["marking"] else blank,
            }
            for row in register[table]
        ]
    return made


def frames(register: Rows) -> dict[str, pl.DataFrame]:
    """The rows of each table as a frame of text."""
    return {
        table: pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
        for table, rows in register.items()
        if rows
    }


def for_reader(folder: Folder, reader: str, as_of: date) -> Shown:
    """What a reader may see: `public`, `partnership`, or the id of a partner. Raises `Refused` if there is no such one.

    A restricted record is seen by the partners that it names. A hidden partner hides its actions, support, links, asks,
    answers, contacts and people. The public sees neither answers nor contacts.
    """
    reading = Reading.of(frames(folder.register), folder.places, folder.themes, folder.sectors, as_of)
    reading.know_partners()
    if reader not in (PUBLIC, PARTNERSHIP, *(row["id"] for row in reading.tables["partners"])):
        raise Refused(
            f"There is no reader “{quoted(reader)}”: it is public, partnership, or the id of a partner in partners.csv."
        )
    return _Reader(reading, reader).shown(folder)


class _Reader:
    def __init__(self, reading: Reading, reader: str) -> None:
        self.reading, self.reader = reading, reader
        # A second row of an id has another one now; both are as closed as the more closed one.
        self.first = {
            row["id"]: row["given"]
            for row in reading.guesses.rows
            if row["rule"] == "id twice" and row["given"]
        }
        self.hidden = self._closed(
            "partners", {row["id"]: [self._base(row["id"])] for row in self._rows("partners")}
        )
        self.secret = self._secret()

    def shown(self, folder: Folder) -> Shown:
        rows = self._rows
        actions = {row["id"]: self._runners(row) for row in rows("initiatives")}
        hidden_actions = self._closed("initiatives", actions)
        hidden_actions |= {
            row["id"] for row in rows("initiatives") if self._partner(row["partner"]) in self.hidden
        }
        hidden_asks = self._closed(
            "asks", {row["id"]: [self._partner(row["partner"])] for row in rows("asks")}
        )
        providers = {row["id"]: [self._partner(row["provider"])] for row in rows("support")}
        hidden_support = self._closed("support", providers)
        hidden_support |= {row["id"] for row in rows("support") if self._is_secret(row["provider"])}
        records = hidden_actions | hidden_asks | hidden_support
        kept: Rows = {
            "partners": [row for row in rows("partners") if row["id"] not in self.hidden],
            "initiatives": [
                self._without_hidden(row) for row in rows("initiatives") if row["id"] not in hidden_actions
            ],
            "asks": [row for row in rows("asks") if row["id"] not in hidden_asks and self._may("partner", row)],
            "support": [row for row in rows("support") if row["id"] not in hidden_support],
            "links": [row for row in rows("links") if self._may("partner_a", row) and self._may("partner_b", row)],
            "answers": [
                row for row in rows("answers")
                if self.reader != PUBLIC and self._may("partner", row) and row["about"] not in records
            ],
            "contacts": [row for row in rows("contacts") if self.reader != PUBLIC and self._may("partner", row)],
        }  # fmt: skip
        added, gone = self._added(folder.added)
        for table in kept:
            gone[table] = len(rows(table)) - len(kept[table])
        return Shown(replace(folder, register=kept, added=added), +gone)

    def _added(self, added: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], Counter[str]]:
        made, gone = dict(added), Counter[str]()
        if "people" in added:
            of = [self._partner(code or "") for code in added["people"]["partner"]]
            made["people"] = added["people"].filter(
                pl.Series([code not in self.hidden for code in of], dtype=pl.Boolean)
            )
        if "spotted" in added:
            rows = [self._spotted(row) for row in added["spotted"].iter_rows(named=True)]
            made["spotted"] = pl.DataFrame(
                [row for row in rows if row], schema=added["spotted"].schema, orient="row"
            )
        for name in ("people", "spotted"):
            if name in added:
                gone[name] = len(added[name]) - len(made[name])
        return made, gone

    def _spotted(self, row: dict[str, object]) -> dict[str, object] | None:
        """Without the parties that the reader may not see; None where none is left or a hidden one is named."""
        given = row["parties"] or []
        parties = [code for code in given if self._partner(str(code)) not in self.hidden]  # type: ignore[attr-defined]
        sentence = folded(str(row["sentence"] or ""))
        named = any(re.search(rf"\b{re.escape(name)}\b", sentence) for name in self.secret if name)
        return None if (given and not parties) or named else {**row, "parties": parties}

    def _rows(self, table: str) -> list[dict[str, str]]:
        return self.reading.tables[table]

    def _base(self, id: str) -> str:
        return self.first.get(id, id)

    def _partner(self, given: str) -> str | None:
        return self.reading.partner("", "", "", given)

    def _may(self, column: str, row: dict[str, str]) -> bool:
        return self._partner(row[column]) not in self.hidden

    def _runners(self, row: dict[str, str]) -> list[str | None]:
        return [self._partner(row["partner"]), *(self._partner(one) for one in _several(row["co_partners"]))]

    def _without_hidden(self, row: dict[str, str]) -> dict[str, str]:
        """Also without those that lead nowhere: they may be another spelling of one that is hidden."""
        others = [(one, self._partner(one)) for one in _several(row["co_partners"])]
        return {**row, "co_partners": ";".join(one for one, id in others if id and id not in self.hidden)}

    def _closed(self, table: str, named: Mapping[str, list[str | None]]) -> set[str]:
        """Ids of rows that the reader may not see; of an id that came twice, all."""
        closed = {
            self._base(row["id"])
            for row in self._rows(table)
            if not self._open(row["marking"], named[row["id"]])
        }
        return {row["id"] for row in self._rows(table) if self._base(row["id"]) in closed}

    def _open(self, marking: str, named: Iterable[str | None]) -> bool:
        if marking == "public":
            return True
        if marking == "partners":
            return self.reader != PUBLIC
        return self.reader not in (PUBLIC, PARTNERSHIP) and self.reader in named

    def _secret(self) -> set[str]:
        """Names, folded, that only hidden partners bear."""
        rows = self._rows("partners")
        said = {folded(row["name"]) for row in rows if row["id"] not in self.hidden}
        return {folded(row["name"]) for row in rows if row["id"] in self.hidden} - said

    def _is_secret(self, provider: str) -> bool:
        return provider in self.hidden or folded(provider) in self.secret - {""}


def _several(cell: str) -> list[str]:
    return pieces(cell, r"[;|\n,]")


def is_told(move: Candidate, context: Context, reader: str | None) -> bool:
    """Whether a reader is told of a move found in the tables that they may see; None is told everything."""
    if reader is None:
        return True
    if move.kind in FOR_ITS_PARTIES:
        return reader in move.partners
    if reader != PUBLIC:
        return True
    partners = context.register.partners
    by_law = any(party.part in ONLY_ASKED and partners[party.id].duty for party in move.parties)
    return move.kind not in NOT_FOR_THE_PUBLIC and not by_law


def as_told(move: Move, reader: str | None) -> Move:
    """Without what is to be settled first, which is for those who act and says what is not recorded of them."""
    return replace(move, checks=()) if reader == PUBLIC else move
