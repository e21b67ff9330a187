"""What the bodies of areas call themselves: councils, police forces, fire services, health boards, probation regions.

Read from what ships (`data/country/councils.csv`, `bodies.csv`), which says where each name is from.
"""

from __future__ import annotations

import csv
import re
from functools import cache

from joinedup.places.shipped import SHIPPED
from joinedup.places.words import plain

COUNCIL = "council"


def body_name(kind: str, code: str) -> str | None:
    """The name of the body of an area (GSS code): `kind` is council, police_force, fire, health or probation, the last
    by the code of the police force. None if it is not known."""
    return every_name().get((kind, code))


@cache
def every_name() -> dict[tuple[str, str], str]:
    """All names by kind and code."""
    found = {}
    for table in ("councils", "bodies"):
        with (SHIPPED / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found[row.get("kind", COUNCIL), row["code"]] = row["name"]
    return found


def force_called(name: str) -> str | None:
    """The code of the area of a police force by its name as publishers write it (“Derbyshire Constabulary”); None if it
    has none, as British Transport Police."""
    return _forces().get(_without_common_words(name))


@cache
def _forces() -> dict[str, str]:
    return {
        _without_common_words(name): code
        for (kind, code), name in every_name().items()
        if kind == "police_force"
    }


def _without_common_words(name: str) -> str:
    """A force's name without the words that every force has; one is written in two ways."""
    bare = re.sub(r"\b(police|constabulary|service|force|city|of)\b", " ", plain(name))
    return " ".join(bare.split()).removesuffix(" and isle wight")
