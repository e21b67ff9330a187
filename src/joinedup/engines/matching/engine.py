"""The run: every kind's candidates scored, the best for each place and kind kept, words written when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.kinds import KINDS
from joinedup.engines.matching.opportunity import MARKINGS, Opportunity, identifier
from joinedup.engines.matching.scene import REFERENCES, Scene, look, none_found
from joinedup.engines.matching.tables import Tables, normalise
from joinedup.engines.matching.world import build

PER_PLACE_AND_KIND = 20


@dataclass(frozen=True)
class Result:
    """What a run found. `frame` has one row for each opportunity, best first, by number; `left_out` counts the rows
    of the tables that could not be used, by reason. Sentences are written on demand."""

    as_of: date
    scene: Scene
    frame: pl.DataFrame
    left_out: dict[str, int]

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[Opportunity]:
        return (self._worded(row) for row in self.frame.iter_rows(named=True))

    @cached_property
    def opportunities(self) -> list[Opportunity]:
        """All of them, in words. For a few of many, iterate, or run with `limit` or `places`."""
        return list(self)

    @property
    def exposure(self) -> float:
        """The share of partners that appear at least once, 0 to 1."""
        number = self.scene.world.partners.frame.height
        named = set()
        for column in ("party_a", "party_b", "party_c"):
            named |= set(self.frame[column].unique().to_list())
        return len(named - {-1}) / number if number else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The JSON document: `as_of` and the opportunities, best first."""
        return {"as_of": self.as_of.isoformat(), "opportunities": [each.as_dict() for each in self]}

    def _worded(self, row: dict[str, Any]) -> Opportunity:
        world, kind = self.scene.world, KINDS[row["kind"]]
        words = kind.explain(self.scene, row)
        place, theme = world.tree.codes[row["place"]], world.themes[row["theme"]]
        apart = (*words.offers, *(words.initiatives if words.initiatives_in_id else ()), *words.told_apart)
        return Opportunity(
            id=identifier(kind.name, place, theme, *apart),
            kind=kind.name,
            score=round(row["score"], 1),
            place=place,
            theme=theme,
            parties=words.parties,
            initiatives=words.initiatives,
            offers=words.offers,
            sentence=words.sentence,
            because=words.because,
            first_step=words.first_step,
            components={name: round(row[name], 4) for name in score.COMPONENTS},
            would_change=words.would_change,
            ask=row["ask"],
            marking=self._strictest([*words.parties, *words.initiatives, *words.offers]),
            only_parties=kind.only_parties,
        )

    @cached_property
    def _markings(self) -> dict[str, str]:
        world = self.scene.world
        marked: dict[str, str] = {}
        for table in (world.partners.frame, world.initiatives.frame, world.offers.frame):
            for code, marking in table.select("id", "marking").drop_nulls().iter_rows():
                marked[code] = max(marked.get(code, marking), marking, key=_rank)
        return marked

    def _strictest(self, ids: list[str]) -> str:
        return max((self._markings.get(i, MARKINGS[0]) for i in ids), key=_rank, default=MARKINGS[0])


def _rank(marking: str) -> int:
    # A marking that we do not know is kept as close as the strictest.
    return MARKINGS.index(marking) if marking in MARKINGS else len(MARKINGS)


def opportunities(
    tables: Tables,
    as_of: date,
    *,
    limit: int | None = None,
    per_place_and_kind: int = PER_PLACE_AND_KIND,
    threshold: float = score.THRESHOLD,
    kinds: Collection[str] | None = None,
    places: Collection[str] | None = None,
    weights: score.Weights = score.WEIGHTS,
) -> Result:
    """Reasons for named partners to work together, ranked and explained, as they stand on a date.

    `threshold` is the least score (0 to 100); `per_place_and_kind` how many are kept for each place and kind, and
    `limit` how many in all. `kinds` and `places` (codes) keep only those, exactly as a full run has them. Raises
    `ValueError` for an unknown kind, a limit below 0 or unusable weights, `tables.Missing` for an absent column.
    Pure: the same tables and date give the same result, whatever the order of rows.
    """
    unknown = sorted(set(kinds or ()) - set(KINDS))
    if unknown:
        raise ValueError(f"There is no kind of opportunity called {', '.join(unknown)}.")
    if (limit is not None and limit < 0) or per_place_and_kind < 1:
        raise ValueError("A limit must be 0 or more, and at least one must be kept for each place and kind.")
    usable, left_out = normalise(tables)
    scene = look(build(usable, as_of), weights, per_place_and_kind)
    harmful = int((scene.world.initiatives.harmful & scene.world.initiatives.running).sum())
    if harmful:
        left_out["initiatives: the approach is known to do harm"] = harmful
    wanted = None if places is None else [i for i, c in enumerate(scene.world.tree.codes) if c in set(places)]
    everything = kinds is None or "introduction" in kinds
    found = none_found("").with_columns(pl.lit(0.0).alias("score")).clear()
    # Without a place or a theme there is nothing to work together on.
    for name, kind in KINDS.items() if scene.gap.size else ():
        if not everything and kinds is not None and name not in kinds:
            continue
        frame = score.with_scores(kind.candidates(scene, found), weights)
        found = pl.concat([found, _best(frame, threshold, per_place_and_kind)])
    if wanted is not None:
        found = found.filter(pl.col("place").is_in(wanted))
    if kinds is not None:
        found = found.filter(pl.col("kind").is_in(list(kinds)))
    ranked = found.sort("score", "kind", *REFERENCES, descending=[True, *[False] * (len(REFERENCES) + 1)])
    return Result(
        as_of=as_of, scene=scene, frame=ranked if limit is None else ranked.head(limit), left_out=left_out
    )


def _best(frame: pl.DataFrame, threshold: float, keep: int) -> pl.DataFrame:
    """The best of one kind for each place; ties go by what they refer to, which is sorted by id."""
    frame = frame.filter((pl.col("score") >= threshold) & (pl.col("score") > 0))
    rest = [name for name in REFERENCES if name != "place"]
    order = ["place", "score", *rest]
    frame = frame.sort(order, descending=[False, True, *[False] * len(rest)])
    return frame.filter(pl.int_range(pl.len()).over("place") < keep)
