"""The police forces of England and Wales: code of the area, id in the publisher's file names, name.

`forces.csv`: codes of the Office for National Statistics (police force areas, December 2024), ids and names of
https://data.police.uk/api/forces.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Force:
    code: str
    id: str
    name: str


@cache
def forces() -> dict[str, Force]:
    """All 43, by the code of their area."""
    text = (resources.files("joinedup.evidence.fetch") / "forces.csv").read_text(encoding="utf-8")
    return {row["code"]: Force(**row) for row in csv.DictReader(text.splitlines())}
