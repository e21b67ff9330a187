"""Three ways to search a region, each giving for every kind its candidates, best first, in the form of the truth.

The two plain ways get what they need to compete: they leave out what is not open or not running on the day, pairs of
one partner and pairs that are linked; they read descriptions that the noise did not touch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from joinedup.engines.matching import Opportunity, opportunities
from region.build import AS_OF, KINDS, Cell, Region, Row

Found = dict[str, list[tuple[str, ...]]]
NEEDED = 0.6
GOOD_RESULT = 0.6


def by_engine(region: Region) -> Found:
    found: Found = {kind: [] for kind in KINDS}
    for one in opportunities(region.tables(), AS_OF, kinds=KINDS):
        cell = (region.area_of(one.place), one.theme)
        if one.kind in ("join_up", "shared_learning"):
            more = one.initiatives
        elif one.kind == "untapped_support":
            more = one.offers
        elif one.kind == "ask_meets_offer":
            more = [fact.record[1] for fact in one.because if fact.record and fact.record[0] == "ask"]
        else:
            more = [_sector(one)] if one.kind == "missing_partner" else []
        found[one.kind].append((*cell, *more))
    return found


def _sector(one: Opportunity) -> str:
    return next(f.figure["sector"] for f in one.because if f.figure and "sector" in f.figure)


class Records:
    """A region's records as they were recorded, by cell: what somebody with a spreadsheet can look up."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.partner = {row["id"]: row for row in region.rows["partners"]}
        self.initiatives = [row for row in region.rows["initiatives"] if _runs(row, "starts", "ends")]
        self.offers = [row for row in region.rows["offers"] if _runs(row, "opens", "closes")]
        self.linked = {frozenset((row["partner_a"], row["partner_b"])) for row in region.rows["links"]}
        self.actions = self.by_cell(self.initiatives)
        self.there: dict[str, set[str]] = {}
        for row in region.rows["partners"]:
            for place in row["places"]:
                self.there.setdefault(region.area_of(place), set()).add(row["sector"])

    def by_cell(self, rows: list[Row]) -> dict[Cell, list[Row]]:
        found: dict[Cell, list[Row]] = {}
        for row in rows:
            for cell in self.cells(row):
                found.setdefault(cell, []).append(row)
        return found

    def cells(self, row: Row) -> list[Cell]:
        places = row["places"] or self.partner[row["partner"]]["places"]
        return sorted({(self.region.area_of(p), t) for p in places for t in row["themes"]})

    def strangers(self, a: Row, b: Row) -> bool:
        """Different partners, with no link in the table of links."""
        return a["partner"] != b["partner"] and frozenset((a["partner"], b["partner"])) not in self.linked

    def sectors(self, rows: Iterable[Row]) -> set[str]:
        """The sectors of those who lead or take part."""
        return {self.partner[p]["sector"] for row in rows for p in (row["partner"], *row["co_partners"])}

    def pairs_of_asks(self) -> list[tuple[Row, Row]]:
        asks = self.region.rows["asks"]
        gives = [row for row in asks if row["kind"] == "offer"]
        return [(a, b) for a in asks if a["kind"] == "need" for b in gives if a["partner"] != b["partner"]]


def _sized(region: Region) -> dict[Cell, float]:
    """Need in each cell, allowing for how many people it concerns as the engine does."""
    return {
        cell: row["need"] * row["people_at_risk"] / (row["people_at_risk"] + 20)
        for cell, row in region.needs.items()
    }


def _runs(row: Row, start: str, stop: str) -> bool:
    return (row[start] is None or row[start] <= AS_OF) and (row[stop] is None or row[stop] >= AS_OF)


def by_need(region: Region) -> Found:
    """Need times no action: cells by need and people where nothing runs; for the kinds that require action, cells by
    need and people alone. In each cell, everything that the kind could be made of."""
    records = Records(region)
    sized = _sized(region)
    order = sorted(sized, key=lambda cell: (-sized[cell], cell))
    by_theme: dict[str, list[Row]] = {}
    for row in sorted(records.initiatives, key=lambda row: (-(row["result"] or 0.0), row["id"])):
        for theme in row["themes"] if (row["result"] or 0.0) >= GOOD_RESULT else ():
            by_theme.setdefault(theme, []).append(row)
    offers = records.by_cell(records.offers)
    asks: dict[Cell, list[tuple[Row, Row]]] = {}
    for a, b in records.pairs_of_asks():
        for cell in set(records.cells(a)) & set(records.cells(b)):
            asks.setdefault(cell, []).append((a, b))

    found: Found = {kind: [] for kind in KINDS}
    for cell in order:
        acting = records.actions.get(cell, [])
        if not acting:
            found["unmet_need"].append(cell)
        found["untapped_support"] += [(*cell, row["id"]) for row in offers.get(cell, [])]
        found["join_up"] += [
            (*cell, *sorted((a["id"], b["id"])))
            for a, b in combinations(acting, 2)
            if records.strangers(a, b)
        ]
        if acting:
            lacking = records.there.get(cell[0], set()) - records.sectors(acting)
            found["missing_partner"] += [
                (*cell, s) for s in sorted(lacking) if region.weight(cell[1], s) >= NEEDED
            ]
        found["shared_learning"] += [
            (*cell, row["id"]) for row in by_theme.get(cell[1], []) if row not in acting
        ]
        found["ask_meets_offer"] += [(*cell, a["id"], b["id"]) for a, b in asks.get(cell, [])]
    return found


def by_text(region: Region, most: int = 2000) -> Found:
    """Likeness of descriptions: what reads most alike belongs together; much need unlike any action is a gap."""
    records = Records(region)
    cells = sorted(region.needs)
    doing, offers = records.initiatives, records.offers
    partners, asks = region.rows["partners"], region.rows["asks"]
    rows = [*doing, *offers, *partners, *asks]
    texts = [*(region.said[row["id"]] for row in rows), *(region.describe(cell) for cell in cells)]
    vectors = tf_idf(texts)
    cuts = np.cumsum([len(doing), len(offers), len(partners), len(asks)])
    of_doing, of_offers, of_partners, of_asks, of_cells = np.split(vectors, cuts)
    about = region.about

    def first(candidates: Iterator[tuple[str, ...] | None]) -> list[tuple[str, ...]]:
        return list(dict.fromkeys(each for each in candidates if each is not None))

    likeness = of_cells @ of_doing.T
    sized = _sized(region)
    unlike = {i: sized[cells[i]] * (1 - float(likeness[i].max())) for i in range(len(cells))}
    alone = sorted(unlike, key=lambda i: (-unlike[i], cells[i]))

    def join_up(i: int, j: int) -> tuple[str, ...] | None:
        a, b = doing[i], doing[j]
        return (*about[a["id"]], *sorted((a["id"], b["id"]))) if i < j and records.strangers(a, b) else None

    def missing(i: int, j: int) -> tuple[str, ...] | None:
        who, what = partners[i], doing[j]
        takes_part = who["sector"] in records.sectors([what])
        return None if takes_part else (*about[what["id"]], who["sector"])

    def learning(i: int, j: int) -> tuple[str, ...] | None:
        good = (doing[j]["result"] or 0.0) >= GOOD_RESULT and cells[i] != about[doing[j]["id"]]
        return (*cells[i], doing[j]["id"]) if good and cells[i][1] == about[doing[j]["id"]][1] else None

    def meets(i: int, j: int) -> tuple[str, ...] | None:
        a, b = asks[i], asks[j]
        fits = a["kind"] == "need" and b["kind"] == "offer" and a["partner"] != b["partner"]
        return (*about[a["id"]], a["id"], b["id"]) if fits else None

    return {
        "unmet_need": [cells[i] for i in alone],
        "untapped_support": first(
            (*cells[j], offers[i]["id"]) for i, j in islice(_alike(of_offers @ of_cells.T), most)
        ),
        "join_up": first(join_up(i, j) for i, j in islice(_alike(of_doing @ of_doing.T), most * 2)),
        "missing_partner": first(
            missing(i, j) for i, j in islice(_alike(of_partners @ of_doing.T), most * 4)
        ),
        "shared_learning": first(learning(i, j) for i, j in _alike(likeness)),
        "ask_meets_offer": first(meets(i, j) for i, j in _alike(of_asks @ of_asks.T)),
    }


def _alike(likeness: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Pairs (row, column), most alike first."""
    order = np.argsort(-likeness, axis=None, kind="stable")
    return zip(*(at.tolist() for at in np.unravel_index(order, likeness.shape)), strict=True)


def tf_idf(texts: list[str]) -> NDArray[np.float64]:
    """Texts as rows of unit length: frequency of each word, times the logarithm of how rare it is."""
    said = [re.findall(r"[a-z0-9]+", text.lower()) for text in texts]
    column = {word: i for i, word in enumerate(sorted({word for each in said for word in each}))}
    counts = np.zeros((len(texts), len(column)))
    for i, each in enumerate(said):
        for word in each:
            counts[i, column[word]] += 1.0
    weighed = np.log1p(counts) * np.log(len(texts) / (counts > 0).sum(axis=0))
    return weighed / np.maximum(np.linalg.norm(weighed, axis=1, keepdims=True), 1e-12)


WAYS: dict[str, Callable[[Region], Found]] = {
    "engine": by_engine,
    "need x no action": by_need,
    "likeness of text": by_text,
}
