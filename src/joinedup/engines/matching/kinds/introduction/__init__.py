"""Two people at one event whose partners share another opportunity, and who both opted in to be introduced."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from joinedup.engines.matching import facts, score, wording
from joinedup.engines.matching.numbering import number
from joinedup.engines.matching.opportunity import Because, Explanation
from joinedup.engines.matching.scene import Kind, Scene, candidate_frame, none_found

NAME = "introduction"

# What the shared opportunity is called in a sentence about two people.
SHARED = {
    "unmet_need": "could plan action together",
    "untapped_support": "could use the same support",
    "join_up": "run work for the same people",
    "missing_partner": "would be stronger together where one already acts",
    "shared_learning": "could learn from each other's work",
    "ask_meets_offer": "have asked for and offered the same help",
}
KINDS = tuple(SHARED)


def candidates(scene: Scene, found: pl.DataFrame) -> pl.DataFrame:
    people = scene.world.tables.frame("people")
    if not people.height:
        return none_found(NAME)
    ids = {p: i for i, p in enumerate(scene.world.partners.frame["id"].to_list())}
    willing = people.with_row_index("person").with_columns(
        pl.Series("partner", number(people["partner"], ids))
    )
    willing = willing.filter(pl.col("opted_in").fill_null(False)).select("person", "partner", "event", "id")
    if not willing.height or not found.height:
        return none_found(NAME)
    present = willing["partner"].unique().implode()
    pairs = [
        found.select("place", "theme", "kind", "score", *score.COMPONENTS, a=pl.col(x), b=pl.col(y))
        for x, y in (("party_a", "party_b"), ("party_a", "party_c"), ("party_b", "party_c"))
    ]
    shared = pl.concat(pairs).with_columns(pl.col("a", "b").cast(pl.Int64))
    shared = shared.filter(
        (pl.col("a") >= 0) & (pl.col("b") >= 0) & pl.col("a").is_in(present) & pl.col("b").is_in(present)
        & (pl.col("a") != pl.col("b"))
    )  # fmt: skip
    met = (
        shared.join(willing.rename({"partner": "a", "person": "person_a"}), on="a")
        .join(willing.rename({"partner": "b", "person": "person_b"}), on=["b", "event"], suffix="_b")
        .filter(pl.col("id") != pl.col("id_b"))
        .with_columns(
            first=pl.min_horizontal("person_a", "person_b"), second=pl.max_horizontal("person_a", "person_b")
        )
        # One for each two people: the best that their partners share.
        .sort("score", "kind", "place", "theme", "first", "second", descending=[True, *[False] * 5])
        .unique(["first", "second"], keep="first", maintain_order=True)
    )
    who = willing.sort("person")
    partner = dict(zip(who["person"].to_list(), who["partner"].to_list(), strict=True))
    first, second = met["first"].to_list(), met["second"].to_list()
    a = np.array([partner[p] for p in first], dtype=np.int64)
    b = np.array([partner[p] for p in second], dtype=np.int64)
    parts = {name: met[name].to_numpy() for name in score.COMPONENTS}
    parts["newness"] = 1.0 - scene.world.strength(a, b)
    kinds = np.array([KINDS.index(k) for k in met["kind"].to_list()], dtype=np.int64)
    return candidate_frame(
        NAME, met["place"].to_numpy(), met["theme"].to_numpy(), parts, party_a=a, party_b=b,
        extra_a=np.array(first, dtype=np.int64), extra_b=np.array(second, dtype=np.int64), sector=kinds,
    )  # fmt: skip


def explain(scene: Scene, row: dict[str, Any]) -> Explanation:
    world, p, t = scene.world, row["place"], row["theme"]
    people = world.tables.frame("people")
    first, second = people.row(row["extra_a"], named=True), people.row(row["extra_b"], named=True)
    a, b = wording.partner(world, row["party_a"]), wording.partner(world, row["party_b"])
    place, theme = wording.place(world, p), wording.theme(world, t)
    why = SHARED[KINDS[row["sector"]]]
    return Explanation(
        parties=[world.partners.frame["id"][row[c]] for c in ("party_a", "party_b")],
        sentence=(
            f"Two people who are coming to the same event, one from {a} and one from {b}, should meet: on {theme} in "
            f"{place} their organisations {why}{facts.why_now(scene, p, t, after=', and ')}."
        ),
        because=[
            Because(f"One person from {a} asked to be introduced.", record=("person", first["id"])),
            Because(f"One person from {b} asked to be introduced.", record=("person", second["id"])),
            Because(
                f"{a} and {b} {why} on {theme} in {place}.",
                record=("partner", world.partners.frame["id"][row["party_a"]]),
            ),
            *facts.need(scene, p, t),
        ],
        first_step="In the first break: the host of the event introduces them.",
        would_change=["If either takes back the wish to be introduced, or does not come, this goes."],
        told_apart=(first["event"], first["id"], second["id"]),
    )


KIND = Kind(NAME, candidates, explain)
