"""The run: every kind's candidates scored, the best for each place and kind kept, words written when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import score
from joinedup.engines.matching.ground import survey
from joinedup.engines.matching.kinds import KINDS
from joinedup.engines.matching.opportunity import Opportunity, identifier
from joinedup.engines.matching.register import Register
from joinedup.engines.matching.scene import REFERENCES, Scene, none_found
from joinedup.engines.matching.tables import Tables, normalise
from joinedup.engines.matching.tree import Flags, Ints
from joinedup.engines.matching.world import build

PER_PLACE_AND_KIND = 20
# What a rank is made of; the references, which tell equals apart, follow.
RANK = ("score", "kind")


@dataclass(frozen=True)
class Settings:
    """How a run was asked for: see `opportunities`."""

    per_place_and_kind: int = PER_PLACE_AND_KIND
    threshold: float = score.THRESHOLD
    weights: score.Weights = score.WEIGHTS


@dataclass(frozen=True)
class Piece:
    """What was found in one scene, best first, by the scene's numbers; without what was found at some places (flags
    by their number in the whole tree), where a later piece says what there is."""

    scene: Scene
    found: pl.DataFrame
    later: Flags | None = None

    @property
    def is_spent(self) -> bool:
        """Whether later pieces say everything that this one said."""
        return self.later is not None and bool(self.later[self.scene.world.kept].all())

    @cached_property
    def frame(self) -> pl.DataFrame:
        """One row for each opportunity."""
        if self.later is None:
            return self.found
        return self.found.filter(pl.Series(~self.later[self._place(self.found)]))

    @cached_property
    def ranks(self) -> pl.DataFrame:
        """What tells the rank of each row among those of other pieces: places by their number in the whole tree."""
        place = pl.Series("place", self._place(self.frame), dtype=pl.Int32)
        return self.frame.select("score", "kind", place, "theme", row=pl.int_range(pl.len()))

    def _place(self, frame: pl.DataFrame) -> Ints:
        return self.scene.world.kept[frame["place"].to_numpy()]

    def worded(self, row: int) -> Opportunity:
        """One row in words."""
        return _worded(self.scene, self.frame.row(row, named=True))

    def at(self, places: Collection[str]) -> list[tuple[tuple[Any, ...], Opportunity]]:
        """The rank and the words of what was found at some places (codes)."""
        wanted = [i for i, code in enumerate(self.scene.world.tree.codes) if code in places]
        if self.later is not None:
            wanted = [i for i in wanted if not self.later[self.scene.world.kept[i]]]
        if not wanted:
            return []
        rows = np.flatnonzero(np.isin(self.frame["place"].to_numpy(), wanted)).tolist()
        ranks = self.ranks[rows].iter_rows()
        return [((-rank[0], *rank[1:]), self.worded(row)) for rank, row in zip(ranks, rows, strict=True)]

    def without(self, places: Flags) -> Piece:
        """Without what was found at some more places."""
        return Piece(self.scene, self.found, places if self.later is None else self.later | places)


@dataclass(frozen=True)
class Result:
    """What a run found, best first: a sequence of opportunities whose sentences are written when they are asked for.

    `left_out` counts the rows of the tables that could not be used, by reason. A result that followed changes
    (`update`) is in several pieces; it reads as one.
    """

    as_of: date
    pieces: tuple[Piece, ...]
    left_out: dict[str, int]
    settings: Settings

    @property
    def scene(self) -> Scene:
        """What was looked at. Raises `ValueError` for a result in several pieces, which has no one scene."""
        return self._whole.scene

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each opportunity, best first, by the numbers of `scene`; raises as that does."""
        return self._whole.frame

    @property
    def _whole(self) -> Piece:
        if len(self.pieces) > 1:
            raise ValueError("A result that followed changes has no one scene: run the engine again.")
        return self.pieces[0]

    def __len__(self) -> int:
        return sum(piece.frame.height for piece in self.pieces)

    def __iter__(self) -> Iterator[Opportunity]:
        if len(self.pieces) == 1:
            return (self.pieces[0].worded(row) for row in range(len(self)))
        return (self.pieces[piece].worded(row) for piece, row in self._ranking.iter_rows())

    @cached_property
    def _ranking(self) -> pl.DataFrame:
        ranks = [piece.ranks.with_columns(piece=pl.lit(i)) for i, piece in enumerate(self.pieces)]
        order = ["score", "kind", "place", "theme", "piece", "row"]
        every = pl.concat(ranks).sort(order, descending=[True, *[False] * 5])
        return every.select("piece", "row")

    @cached_property
    def opportunities(self) -> list[Opportunity]:
        """All of them, in words. For a few of many, iterate, or run with `limit` or `places`."""
        return list(self)

    def at(self, places: Collection[str]) -> list[Opportunity]:
        """Those of some places (codes), best first, in words."""
        found = [each for piece in self.pieces for each in piece.at(set(places))]
        return [each for _, each in sorted(found, key=lambda pair: pair[0])]

    @property
    def exposure(self) -> float:
        """The share of partners that appear at least once, 0 to 1."""
        partners = self.scene.world.partners.frame.height
        named = set()
        for column in ("party_a", "party_b", "party_c"):
            named |= set(self.frame[column].unique().to_list())
        return len(named - {-1}) / partners if partners else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The JSON document: `as_of` and the opportunities, best first."""
        return {"as_of": self.as_of.isoformat(), "opportunities": [each.as_dict() for each in self]}


def _worded(scene: Scene, row: dict[str, Any]) -> Opportunity:
    world, kind = scene.world, KINDS[row["kind"]]
    words = kind.explain(scene, row)
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
        marking=scene.strictest([*words.parties, *words.initiatives, *words.offers]),
        only_parties=kind.only_parties,
        not_public=words.not_public,
    )


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
    `limit` how many in all. `kinds` and `places` (codes) keep only those, exactly as a full run has them; a run for
    some places looks at those and what they depend on only. Raises `ValueError` for an unknown kind, a limit below 0
    or unusable weights, `tables.Missing` for an absent column. Pure: the same tables and date give the same result,
    whatever the order of rows.
    """
    unknown = sorted(set(kinds or ()) - set(KINDS))
    if unknown:
        raise ValueError(f"There is no kind of opportunity called {', '.join(unknown)}.")
    if (limit is not None and limit < 0) or per_place_and_kind < 1:
        raise ValueError("A limit must be 0 or more, and at least one must be kept for each place and kind.")
    settings = Settings(per_place_and_kind, threshold, weights)
    usable, left_out = normalise(tables)
    ground = survey(usable)
    wanted = None if places is None else [ground.place_of[c] for c in set(places) if c in ground.place_of]
    # Who should meet whom at an event depends on all that their partners share, wherever it is.
    everywhere = usable.frame("people").height > 0 and (kinds is None or "introduction" in kinds)
    if wanted is None or everywhere or not ground.divides:
        world = build(usable, as_of, ground=ground)
    else:
        register = Register.of(usable, as_of, ground)
        world = register.world(register.families(np.array(wanted, dtype=np.int64)))
    scene = Scene(world, weights, per_place_and_kind)
    harmful = int((world.initiatives.harmful & world.initiatives.running).sum())
    if harmful:
        left_out["initiatives: the approach is known to do harm"] = harmful
    frame = find(scene, settings, kinds)
    if wanted is not None:
        inside = np.isin(world.kept[frame["place"].to_numpy()], wanted)
        frame = frame.filter(pl.Series(inside))
    frame = frame if limit is None else frame.head(limit)
    return Result(as_of=as_of, pieces=(Piece(scene, frame),), left_out=left_out, settings=settings)


def find(scene: Scene, settings: Settings, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """What the rules find in a scene: the best of each kind for each place, best first."""
    everything = kinds is None or "introduction" in kinds
    found = none_found("").with_columns(pl.lit(0.0).alias("score")).clear()
    # Without a place or a theme there is nothing to work together on.
    for name, kind in KINDS.items() if scene.gap.size else ():
        if not everything and kinds is not None and name not in kinds:
            continue
        candidates = kind.candidates(scene, found)
        if candidates.height:
            frame = score.with_scores(candidates, settings.weights)
            found = pl.concat([found, _best(frame, settings.threshold, settings.per_place_and_kind)])
    if kinds is not None:
        found = found.filter(pl.col("kind").is_in(list(kinds)))
    return found.sort(*RANK, *REFERENCES, descending=[True, *[False] * (len(REFERENCES) + 1)])


def _best(frame: pl.DataFrame, threshold: float, keep: int) -> pl.DataFrame:
    """The best of one kind for each place; ties go by what they refer to, which is sorted by id."""
    frame = frame.filter((pl.col("score") >= threshold) & (pl.col("score") > 0))
    rest = [name for name in REFERENCES if name != "place"]
    order = ["place", "score", *rest]
    frame = frame.sort(order, descending=[False, True, *[False] * len(rest)])
    return frame.filter(pl.int_range(pl.len()).over("place") < keep)
