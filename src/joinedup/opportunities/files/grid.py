"""The coverage grid as CSV: for each place and theme what need and the action recorded say together."""

from __future__ import annotations

from joinedup.engines.matching import Result
from joinedup.engines.matching.cells import CellState, state_of
from joinedup.opportunities.files.writing import table

HEADER = ["place", "theme", "need", "people_at_risk", "coverage", "unmet", "initiatives", "state"]
WORDS = {
    CellState.GAP: "gap", CellState.ASK: "ask", CellState.NONE: "none recorded", CellState.SOME: "some action",
    CellState.MET: "met", CellState.LITTLE: "little need", CellState.UNKNOWN: "not known",
}  # fmt: skip


def grid(result: Result) -> str:
    """One row for each place and theme, by code. A figure that is not known is blank, which is not 0."""
    scene = result.scene
    tree, needs, cover = scene.world.tree, scene.world.needs, scene.coverage
    rows: list[list[object]] = []
    for p in sorted(range(tree.size), key=lambda p: tree.codes[p]):
        for t, theme in enumerate(scene.world.themes):
            number = int(scene.number_at_work[p, t])
            if not needs.source[p, t]:
                rows.append([tree.codes[p], theme, "", "", "", "", number, WORDS[CellState.UNKNOWN]])
                continue
            need, covered, unmet = (float(each[p, t]) for each in (needs.need, cover.coverage, cover.unmet))
            sure = bool(scene.register[p]) and not bool(cover.unknown_reach[p, t])
            people = float(needs.people[p, t])
            figures = [_number(need, 4), _number(people, 1), _number(covered, 4), _number(unmet, 4)]
            rows.append(
                [tree.codes[p], theme, *figures, number, WORDS[state_of(need, covered, number, sure=sure)]]
            )
    return table(HEADER, rows)


def _number(value: float, places: int) -> float:
    # Adding 0 turns minus nought into nought.
    return round(value, places) + 0.0
