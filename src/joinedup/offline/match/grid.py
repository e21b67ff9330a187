"""The coverage grid as CSV: for each place and theme the need, and how much local action is recorded."""

from __future__ import annotations

from joinedup.engines.matching import Result
from joinedup.engines.matching.cells import CellState, state_of
from joinedup.offline.delimited import csv_text

HEADER = ["place", "theme", "need", "initiatives", "theme_or_place_not_recorded", "state"]
WORDS = {
    CellState.GAP: "gap", CellState.ASK: "ask", CellState.NONE: "none recorded", CellState.SOME: "some action",
    CellState.LITTLE: "lower than most", CellState.UNKNOWN: "not known",
}  # fmt: skip


def grid(result: Result) -> str:
    """One row for each place and theme, by code. An unknown need is blank, which is not 0."""
    scene = result.scene
    tree, needs = scene.world.tree, scene.world.needs
    rows: list[list[object]] = []
    for p in sorted(range(tree.size), key=lambda p: tree.codes[p]):
        for t, theme in enumerate(scene.world.themes):
            need = float(needs.need[p, t]) if needs.source[p, t] else None
            number, perhaps = int(scene.number_at_work[p, t]), int(scene.unsaid.number[p, t])
            state = state_of(need, number, perhaps, known=bool(scene.register[p]))
            said = "" if need is None else round(need, 4)
            rows.append([tree.codes[p], theme, said, number, perhaps, WORDS[state]])
    return csv_text(HEADER, rows)
