"""`spotted.csv`: opportunities that people spotted, with the engine's facts, in the same ranking."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from joinedup.engines.matching import Opportunity, Tables, beside_scene
from joinedup.engines.matching.beside import Joiner
from joinedup.engines.matching.opportunity import identifier
from joinedup.engines.matching.scene import Scene
from joinedup.engines.matching.tables import TEXT, WORDS
from joinedup.offline.typed_columns import read_columns

NAME = "spotted"
COLUMNS: dict[str, Any] = {"id": TEXT, "place": TEXT, "theme": TEXT, "parties": WORDS, "sentence": TEXT}
REQUIRED = ("id", "place", "sentence")
# The reason given for a row that others may see.
NOT_SHOWN = "not for this reader"


@dataclass(frozen=True)
class Spotted(Opportunity):
    """An opportunity that a person spotted, in their words. `others`: partners that might join."""

    others: list[Joiner]

    def as_dict(self) -> dict[str, Any]:
        """Like any other, plus `others`."""
        others = [{"partner": each.partner, "why": each.why} for each in self.others]
        return {**super().as_dict(), "others": others}


@dataclass(frozen=True)
class SpottedRow:
    """A usable row: its parties are partners that the reader may see."""

    id: str
    place: str
    theme: str | None
    parties: list[str]
    sentence: str


def read(folder: Path) -> pl.DataFrame | None:
    """The file, None if there is none. Raises `Refused`."""
    path = folder / f"{NAME}.csv"
    return read_columns(path, COLUMNS, REQUIRED) if path.is_file() else None


def usable(
    given: pl.DataFrame | None, whole: Tables, shown: Tables
) -> tuple[list[SpottedRow], dict[str, int]]:
    """The usable rows, by id, and how many are not usable, by reason. `whole`: the tables as read, `shown`:
    without what the reader may not see.

    A party that the reader may not see is removed from its row; a row is dropped if no party is left, or if
    its sentence names a hidden partner.
    """
    frame = pl.DataFrame(schema=COLUMNS) if given is None else given
    left_out: Counter[str] = Counter()
    partners, places = _ids(shown.partners, "id"), _ids(shown.places, "code")
    hidden = _ids(whole.partners, "id") - partners
    secret = _names(whole.partners, hidden) - _names(shown.partners, partners)
    kept: dict[str, SpottedRow] = {}
    # Of rows with the same id the same one stays, whatever their order.
    for row in sorted(frame.iter_rows(named=True), key=lambda row: [str(cell) for cell in row.values()]):
        named = dict.fromkeys(row.get("parties") or [])
        parties = [code for code in named if code in partners]
        if (hidden & set(named) and not parties) or _says(row["sentence"] or "", secret):
            left_out[NOT_SHOWN] += 1
        elif not (row["id"] and row["sentence"]):
            left_out["no id or sentence"] += 1
        elif row["place"] not in places:
            left_out["place not in places"] += 1
        elif row["id"] in kept:
            left_out["the same id again"] += 1
        else:
            left_out["partner not in partners"] += len(set(named) - partners - hidden)
            kept[row["id"]] = SpottedRow(row["id"], row["place"], row.get("theme"), parties, row["sentence"])
    return list(kept.values()), {why: number for why, number in sorted(left_out.items()) if number}


def _ids(frame: pl.DataFrame | None, column: str) -> set[str]:
    return set() if frame is None else set(frame[column].drop_nulls())


def _names(frame: pl.DataFrame | None, ids: set[str]) -> set[str]:
    """The names of the partners with these ids."""
    if frame is None or "name" not in frame.columns:
        return set()
    return {
        " ".join(name.casefold().split())
        for code, name in frame.select("id", "name").iter_rows()
        if name and code in ids
    }


def _says(sentence: str, names: set[str]) -> bool:
    plain = " ".join(sentence.casefold().split())
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) for name in names)


def ranked(rows: Iterable[SpottedRow], scene: Scene) -> list[Spotted]:
    """What people spotted, with the facts, score and components from a run's data, best first."""
    found = [_beside(row, scene) for row in rows]
    return sorted(found, key=lambda each: (-each.score, each.id))


def _beside(row: SpottedRow, scene: Scene) -> Spotted:
    found = beside_scene(scene, place=row.place, theme=row.theme, parties=row.parties)
    return Spotted(
        id=identifier(NAME, row.id),
        kind=NAME,
        score=found.score,
        place=row.place,
        theme=row.theme or "",
        parties=row.parties,
        initiatives=[],
        offers=[],
        sentence=row.sentence,
        because=[*found.because, *found.asks],
        first_step="",
        components=found.components,
        would_change=found.would_change,
        ask=False,
        marking=scene.strictest(row.parties),
        only_parties=False,
        others=found.others,
    )
