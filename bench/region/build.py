"""The region under construction: rows of each table, what their descriptions say, and the truth planted so far."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import Tables
from region import words

AS_OF = date(2026, 11, 23)
SECTORS = list(words.SECTORS)
KINDS = ("unmet_need", "untapped_support", "join_up", "missing_partner", "shared_learning", "ask_meets_offer")
# Themes in which examples from elsewhere are planted, so that no other theme has a good result to learn from.
LEARNING = ("sport", "hospital", "speech", "custody")
# A theme without any need: partners who meet only in its forum are linked all the same.
FORUM = "forum"
GROUP = 4
NEIGHBOURS_KM, PAIRS_KM, KM_A_DEGREE = 3.0, 25.0, 111.2
PEOPLE, QUALITY = 150, 0.9
Row = dict[str, Any]
Cell = tuple[str, str]


def day(ahead: int) -> date:
    return AS_OF + timedelta(days=ahead)


class Region:
    """40 areas of two wards each, in ten groups of four that are alike; twenty themes. Every record may carry a
    description, made before the noise: what a person would read, even where the coded column is blank."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.areas = [f"A{i:02d}" for i in range(len(words.PLACES))]
        self.name = dict(zip(self.areas, words.PLACES, strict=True))
        self.wards = {a: [f"{a}-N", f"{a}-S"] for a in self.areas}
        self.themes = list(words.THEMES)
        order = [str(a) for a in self.rng.permutation(self.areas)]
        self.groups = [order[i : i + GROUP] for i in range(0, len(order), GROUP)]
        # Pairs of neighbours, each pair too far from the next for help across a border.
        self.at = {
            a: (i % 8 // 2 * PAIRS_KM + i % 2 * NEIGHBOURS_KM, i // 8 * PAIRS_KM)
            for i, a in enumerate(self.areas)
        }
        # Every theme needs three sectors much, gains by one more, and asks little of the others.
        picks = {t: [str(s) for s in self.rng.permutation(SECTORS)] for t in self.themes}
        self.needed = {t: p[:3] for t, p in picks.items()}
        self.helpful = {t: p[3] for t, p in picks.items()}
        self.needs: dict[Cell, Row] = {}
        self.rows: dict[str, list[Row]] = {
            n: [] for n in ("partners", "initiatives", "offers", "asks", "links")
        }
        self.approaches: list[Row] = [{"approach": "usual", "effect": QUALITY, "harmful": False}]
        self.said: dict[str, str] = {}  # id of a record: its description
        self.about: dict[str, Cell] = {}  # id of a record: area and theme that it is about
        self.too_far: list[Cell] = []  # cells whose help is set far away once every other ask is known
        self.asking: set[Cell] = set()
        self.truth: dict[str, set[tuple[str, ...]]] = {kind: set() for kind in KINDS}
        cells = [(a, t) for a in self.areas for t in self.themes if t not in LEARNING]
        self.free = [cells[i] for i in self.rng.permutation(len(cells))]

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def area_of(self, place: str) -> str:
        return place.split("-")[0]

    def neighbour(self, area: str) -> str:
        return self.areas[self.areas.index(area) ^ 1]

    def silent_around(self, cell: Cell) -> bool:
        """Nobody has an ask on the theme here or in the neighbouring area."""
        return not self.asking & {cell, (self.neighbour(cell[0]), cell[1])}

    def apart_km(self, a: str, b: str) -> float:
        return float(np.hypot(*np.subtract(self.at[a], self.at[b])))

    # Records

    def need(self, cell: Cell, value: float, people: int = PEOPLE) -> None:
        self.needs[cell] = {"place": cell[0], "theme": cell[1], "need": value, "people_at_risk": people}

    def partner(self, cell: Cell, sector: str, *also: str) -> str:
        """A partner of a sector for an area and theme, and other areas."""
        code = self._add(
            "partners", "p", cell, {"sector": sector, "places": [cell[0], *also], "themes": [cell[1]]}
        )
        self.said[code] = self._tell(cell, self._one_of(words.SECTORS[sector]))
        return code

    def partners(self, cell: Cell) -> list[str]:
        """One of each sector that the theme needs."""
        return [self.partner(cell, sector) for sector in self.needed[cell[1]]]

    def act(
        self, cell: Cell, reach: float, *, by: list[str] | None = None, place: str = "", **more: Any
    ) -> Row:
        """An initiative, by partners of every sector that the theme needs unless told by whom."""
        by = self.partners(cell) if by is None else by
        level = more.get("level", ["secondary"])
        row: Row = {
            "partner": by[0], "co_partners": by[1:], "places": [place or cell[0]], "themes": [cell[1]],
            "level": level, "age_from": 10, "age_to": 17, "reach_per_year": reach, "starts": date(2025, 4, 1),
            "ends": None, "evidence": QUALITY, "offers": [], "approach": "usual", **more,
        }  # fmt: skip
        if "result" not in row:
            row["result"] = self.between(0.2, 0.55) if self.rng.random() < 0.3 else None
        code = self._add("initiatives", "i", cell, row)
        how = self._one_of(words.LEVELS[level[0]]) if level else ""
        self.said[code] = self._tell(cell, f"ages {row['age_from']} to {row['age_to']} {how}")
        return row

    def left(self, cell: Cell, need: float, unmet: float, **more: Any) -> Row:
        """Need in a cell, with action that leaves so much of it unmet."""
        self.need(cell, need)
        return self.act(cell, (1 - unmet / need) / QUALITY * PEOPLE, **more)

    def offer(self, cell: Cell, sectors: list[str], **more: Any) -> str:
        row: Row = {
            "provider": "Home Office", "themes": [cell[1]], "sectors": sectors, "via_sectors": [],
            "places": [cell[0]], "opens": None, "closes": day(int(self.rng.integers(20, 150))),
            "last_checked": day(-20), **more,
        }  # fmt: skip
        code = self._add("offers", "o", cell, row)
        users = " ".join(self._one_of(words.SECTORS[s]) for s in sectors)
        self.said[code] = self._tell(cell, f"fund grant open to {users}")
        return code

    def ask(self, cell: Cell, kind: str, by: str | None = None, places: list[str] | None = None) -> str:
        by = by or self.partner(cell, str(self.rng.choice(SECTORS)))
        row = {
            "partner": by,
            "kind": kind,
            "themes": [cell[1]],
            "places": [cell[0]] if places is None else places,
        }
        code = self._add("asks", "k", cell, row)
        self.asking.add(cell)
        self.said[code] = self._tell(cell, "looking for" if kind == "need" else "we can give")
        return code

    def link(self, a: str, b: str, strength: float) -> None:
        self.rows["links"].append({"partner_a": a, "partner_b": b, "strength": strength})

    # Words

    def describe(self, cell: Cell) -> str:
        """What a page about a theme in an area would say."""
        return self._tell(cell, "")

    def _tell(self, cell: Cell, more: str) -> str:
        area, theme = cell
        phrases = words.THEMES.get(theme, ("forum of partners",))
        group = next(i for i, areas in enumerate(self.groups) if area in areas)
        alike = " ".join(w for w in words.GROUPS[group].split() if self.rng.random() < 0.7)
        filler = " ".join(self.rng.choice(words.FILLER.split(), 4))
        return f"{phrases[0]} {self._one_of(phrases)} in {self.name[area]} {alike} {more} {filler}"

    def _one_of(self, said: tuple[str, ...]) -> str:
        return said[int(self.rng.integers(len(said)))]

    def _add(self, table: str, letter: str, cell: Cell, row: Row) -> str:
        code = f"{letter}{len(self.rows[table]):04d}"
        row["id"] = code
        self.rows[table].append(row)
        self.about[code] = cell
        return code

    # Tables

    def noise(self, start: dict[str, int]) -> None:
        """The noise of a register on the rows of each table from `start` on: 20% lose their themes, 10% get a code
        of no place."""
        for table in ("partners", "initiatives", "offers", "asks"):
            for row in self.rows[table][start[table] :]:
                # An offer without a theme is open to all: a different record, not a worse one.
                if table != "offers" and self.rng.random() < 0.2:
                    row["themes"] = []
                if self.rng.random() < 0.1:
                    row["places"] = [f"X{self.rng.integers(100)}"]

    def tables(self) -> Tables:
        lists = ("co_partners", "offers", "themes", "places", "level", "sectors", "via_sectors")
        frames = {
            **self.rows,
            "needs": list(self.needs.values()),
            "mix": [
                {"theme": t, "sector": s, "weight": self.weight(t, s)} for t in self.themes for s in SECTORS
            ],
            "approaches": self.approaches,
        }
        made = {
            name: pl.DataFrame(
                rows,
                schema_overrides={c: pl.List(pl.Utf8) for c in lists if c in rows[0]},
                infer_schema_length=None,
            )
            for name, rows in frames.items()
        }
        return Tables(places=self._places(), profiles=self._profiles(), **made)

    def weight(self, theme: str, sector: str) -> float:
        return 0.9 if sector in self.needed[theme] else 0.5 if sector == self.helpful[theme] else 0.2

    def _places(self) -> pl.DataFrame:
        rows: list[Row] = []
        for area in self.areas:
            east, north = self.at[area]
            latitude = 52.0 + north / KM_A_DEGREE
            longitude = -1.0 + east / KM_A_DEGREE / float(np.cos(np.radians(latitude)))
            at = {"latitude": latitude, "longitude": longitude}
            rows.append({"code": area, "name": self.name[area], "kind": "borough", "parent": None, **at})
            rows += [{"code": w, "name": w, "kind": "ward", "parent": area, **at} for w in self.wards[area]]
        return pl.DataFrame(rows, infer_schema_length=None)

    def _profiles(self) -> pl.DataFrame:
        """Groups sit at corners of a cube that differ in two measures of five or more: just too far to be alike."""
        corners = [c for c in product((-1.0, 1.0), repeat=5) if np.prod(c) > 0]
        chosen = self.rng.permutation(len(corners))[: len(self.groups)]
        rows = []
        for corner, areas in zip(chosen, self.groups, strict=True):
            for area in areas:
                value = np.array(corners[corner]) + self.rng.normal(0.0, 0.2, 5)
                rows.append({"place": area, **{f"m{i}": float(v) for i, v in enumerate(value)}})
        return pl.DataFrame(rows)
