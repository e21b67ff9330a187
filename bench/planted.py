"""Does the engine find what was hidden for it to find? A made-up region with planted truth and the noise of a register.

    .venv/bin/python bench/planted.py [--seeds N]

Planted: gaps (much need, no action), twins (two initiatives of unlinked partners for the same people), unused offers,
and missing sectors. Around them: quiet cells, well-covered cells, linked pairs, closed or used or ill-fitting offers;
20% of the other records lose their themes and 10% get wrong place codes. For each kind, precision and recall are taken
at the number planted: of the best so many that the engine gives of that kind, how many were planted.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import Tables, opportunities

AS_OF = date(2026, 11, 23)
RECALL, PRECISION = 0.95, 0.90
SECTORS = [
    "police",
    "health",
    "education",
    "social_care",
    "youth_justice",
    "housing",
    "local_authority",
    "vcs",
]
AREAS, THEMES, EACH = 40, 12, 15
KINDS = ("unmet_need", "join_up", "untapped_support", "missing_partner")
Row = dict[str, Any]


class Region:
    """A region under construction: rows of each table, and the truth planted so far."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.areas = [f"A{i:02d}" for i in range(AREAS)]
        self.themes = [f"theme-{i:02d}" for i in range(THEMES)]
        self.needs: dict[tuple[str, str], Row] = {}
        self.partners: list[Row] = []
        self.initiatives: list[Row] = []
        self.offers: list[Row] = []
        self.links: list[Row] = []
        self.truth: dict[str, set[tuple[str, ...]]] = {kind: set() for kind in KINDS}
        cells = [(a, t) for a in self.areas for t in self.themes]
        self.rng.shuffle(cells)
        self.free = [(str(a), str(t)) for a, t in cells]
        # Every theme needs three sectors much, the others little.
        self.needed = {t: list(self.rng.choice(SECTORS, 3, replace=False)) for t in self.themes}

    def partner(self, area: str, sector: str, theme: str) -> str:
        code = f"p{len(self.partners):04d}"
        self.partners.append(
            {"id": code, "name": code, "sector": sector, "places": [area], "themes": [theme]}
        )
        return code

    def act(self, area: str, theme: str, sectors: list[str], reach: int, **more: Any) -> Row:
        """An initiative by partners of these sectors."""
        by = [self.partner(area, sector, theme) for sector in sectors]
        code = f"i{len(self.initiatives):04d}"
        row: Row = {"id": code, "name": code, "partner": by[0], "co_partners": by[1:], "places": [area]}
        row |= {
            "themes": [theme],
            "level": ["secondary"],
            "age_from": 10,
            "age_to": 17,
            "reach_per_year": reach,
        }
        row |= {"evidence": 0.9, "offers": [], **more}
        self.initiatives.append(row)
        return row

    def need(self, cell: tuple[str, str], value: float, people: int = 150) -> None:
        self.needs[cell] = {"place": cell[0], "theme": cell[1], "need": value, "people_at_risk": people}

    def offer(self, cell: tuple[str, str], sector: str, **more: Any) -> str:
        code = f"o{len(self.offers):04d}"
        row = {"id": code, "name": code, "provider": "Home Office", "themes": [cell[1]], "sectors": [sector]}
        row |= {"places": [cell[0]], "closes": date(2027, 1, 31), "last_checked": date(2026, 11, 1), **more}
        self.offers.append(row)
        return code

    def plant(self) -> None:
        for _ in range(EACH):
            cell = self.free.pop()
            self.need(cell, float(self.rng.uniform(0.85, 1.0)), int(self.rng.integers(100, 300)))
            for sector in self.needed[cell[1]]:
                self.partner(cell[0], sector, cell[1])
            self.truth["unmet_need"].add(cell)

            area, theme = cell = self.free.pop()
            self.need(cell, float(self.rng.uniform(0.6, 0.8)))
            two = [self.act(area, theme, self.needed[theme], 90) for _ in range(2)]
            self.truth["join_up"].add((*cell, *(row["id"] for row in two)))

            cell = self.free.pop()
            sector = self.needed[cell[1]][0]
            self.need(cell, float(self.rng.uniform(0.75, 0.9)))
            self.act(*cell, self.needed[cell[1]], 30)
            self.truth["untapped_support"].add((*cell, self.offer(cell, sector)))

            area, theme = cell = self.free.pop()
            self.need(cell, float(self.rng.uniform(0.6, 0.8)))
            self.act(area, theme, self.needed[theme][:2], 90)
            self.partner(area, self.needed[theme][2], theme)
            self.truth["missing_partner"].add((*cell, self.needed[theme][2]))

    def disturb(self) -> None:
        """What looks like the planted, and is not; then the noise of a register on everything but the planted."""
        fixed = len(self.partners), len(self.initiatives), len(self.offers)
        for n, cell in enumerate(self.free):
            (area, theme), like = cell, n % 6
            sectors = self.needed[theme]
            if like == 0:  # little need
                self.need(cell, float(self.rng.uniform(0.0, 0.35)))
            elif like == 1:  # much need, well covered, by all the sectors that it needs
                self.need(cell, float(self.rng.uniform(0.6, 1.0)))
                self.act(area, theme, sectors, 145)
            elif like == 2:  # two who meet, and are linked
                self.need(cell, float(self.rng.uniform(0.3, 0.6)))
                a, b = (self.act(area, theme, sectors, 80) for _ in range(2))
                self.links.append({"partner_a": a["partner"], "partner_b": b["partner"], "strength": 0.9})
            elif like == 3:  # two for other ages
                self.need(cell, float(self.rng.uniform(0.3, 0.6)))
                self.act(area, theme, sectors, 80)
                self.act(area, theme, sectors, 60, age_from=18, age_to=25)
            elif like == 4:  # an offer that is closed, or that nobody there may use
                self.need(cell, float(self.rng.uniform(0.4, 0.6)))
                self.act(area, theme, sectors, 60)
                other = next(s for s in SECTORS if s not in sectors)
                change = {"closes": date(2026, 10, 1)} if n % 2 else {"sectors": [f"{other}-abroad"]}
                self.offer(cell, sectors[0], **change)
            else:  # an offer in use
                self.need(cell, float(self.rng.uniform(0.4, 0.6)))
                self.act(area, theme, sectors, 60, offers=[self.offer(cell, sectors[0])])
        for rows, start in zip((self.partners, self.initiatives, self.offers), fixed, strict=True):
            for row in rows[start:]:
                if rows is not self.offers and self.rng.random() < 0.2:
                    row["themes"] = []
                if self.rng.random() < 0.1:
                    row["places"] = [f"X{self.rng.integers(100)}"]

    def tables(self) -> Tables:
        lists = {name: pl.List(pl.Utf8) for name in ("co_partners", "offers", "themes", "places", "level")}
        frames = {
            "needs": list(self.needs.values()),
            "partners": self.partners,
            "initiatives": self.initiatives,
            "offers": self.offers,
            "links": self.links,
            "mix": [
                {"theme": t, "sector": s, "weight": 0.9 if s in self.needed[t] else 0.2}
                for t in self.themes
                for s in SECTORS
            ],
        }
        made = {
            name: pl.DataFrame(rows, schema_overrides={c: k for c, k in lists.items() if c in rows[0]})
            for name, rows in frames.items()
        }
        places = {"code": self.areas, "name": self.areas, "kind": ["borough"] * AREAS}
        return Tables(places=pl.DataFrame(places), **made)


def found(world: Tables) -> dict[str, list[tuple[str, ...]]]:
    """What the engine gives, best first, in the form of the truth."""
    ranked: dict[str, list[tuple[str, ...]]] = {kind: [] for kind in KINDS}
    for one in opportunities(world, AS_OF, kinds=KINDS):
        more = {"join_up": one.initiatives, "untapped_support": one.offers}.get(one.kind, [])
        if one.kind == "missing_partner":
            more = [one.id.rsplit("--", 1)[1]]
        ranked[one.kind].append((one.place, one.theme, *more))
    return ranked


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    hits, given, planted = (dict.fromkeys(KINDS, 0) for _ in range(3))
    for seed in range(seeds):
        region = Region(seed)
        region.plant()
        region.disturb()
        ranked = found(region.tables())
        for kind in KINDS:
            best = ranked[kind][: len(region.truth[kind])]
            hits[kind] += len(set(best) & region.truth[kind])
            given[kind] += len(best)
            planted[kind] += len(region.truth[kind])
    good = True
    for kind in KINDS:
        recall, precision = hits[kind] / planted[kind], hits[kind] / max(given[kind], 1)
        good &= recall >= RECALL and precision >= PRECISION
        print(f"{kind:>18}  recall {recall:.3f}  precision {precision:.3f}  ({planted[kind]} planted)")
    print(f"Bars: recall {RECALL}, precision {PRECISION}: {'met' if good else 'NOT met'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
