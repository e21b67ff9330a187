"""Compile the scan for this machine's processor, so that nobody waits for it the first time. Kept beside the source.

What was compiled before goes first: the compiler looks for a newer source of the function that is called, not of those
that it calls, and would go on with the old ones.
"""

from pathlib import Path

import numpy as np

import joinedup.engines.scan
from joinedup.engines.scan import Model, Question, ScanCounts, Shape, scan

for old in (Path(joinedup.engines.scan.__path__[0]) / "__pycache__").glob("*.nb[ic]"):
    old.unlink()

random = np.random.default_rng(1)
world = ScanCounts(
    areas=[str(each) for each in range(6)],
    position=random.uniform(0, 9_000, (6, 2)),
    periods=["1", "2", "3"],
    days=np.ones(3),
    cases=random.poisson(4, (6, 3)),
    population=np.full((6, 3), 100.0),
    controls=random.poisson(4, (6, 3)) + 1,
)
for model in Model:
    for shape in (Shape.RETROSPECTIVE, Shape.PROSPECTIVE):
        scan(world, Question(model=model, shape=shape, replications=2))
