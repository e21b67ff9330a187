"""Whom one person should meet, of what a run found."""

from __future__ import annotations

import numpy as np

from joinedup.engines.matching.engine import Result
from joinedup.engines.matching.kinds import introduction
from joinedup.engines.matching.opportunity import Opportunity


def introductions(result: Result, person: str) -> list[tuple[str, Opportunity]]:
    """The people (by id) whom `person` should meet, each with the opportunity that says why, best first.

    Only these are put into words. The facts of each: that either asked for it, and then what their partners share.
    """
    ids = result.scene.world.tables.frame("people")["id"].to_list()
    frame = result.frame
    at = np.flatnonzero((frame["kind"] == introduction.NAME).to_numpy())
    pairs = frame.select("extra_a", "extra_b")[at.tolist()].iter_rows()
    found = []
    for row, (first, second) in zip(at.tolist(), pairs, strict=True):
        two = (ids[first], ids[second])
        if person in two:
            found.append((two[1] if two[0] == person else two[0], result.pieces[0].worded(row)))
    return found
