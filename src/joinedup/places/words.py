"""Names of places as people write them, and what the authorities of an area are called: boroughs, districts… Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# By the first three signs of the code: who publishes it, and what kind of authority it is.
WORDS = {"E09": "boroughs", "E07": "districts", "E08": "metropolitan districts", "W06": "principal areas"}
NEUTRAL = "authorities"


def word_for(codes: Iterable[str]) -> str:
    """The word for these local authorities (GSS codes): “districts”; “authorities” where they are of several kinds, or
    unitary."""
    kinds = {WORDS.get(code[:3], NEUTRAL) for code in codes}
    return kinds.pop() if len(kinds) == 1 else NEUTRAL


@lru_cache(2000)
def plain(name: str) -> str:
    """A name without what publishers and people write in different ways: case, &, hyphens, apostrophes, spaces."""
    name = re.sub(r"['’()]", "", name.casefold().replace("&", " and "))
    return re.sub(r"[^a-z0-9]+", " ", name).strip()


@lru_cache(2000)
def bare(name: str) -> str:
    """The same without “City of”, “County of” and the like, before the name or behind it."""
    found = re.sub(r" (city|county) of$", "", plain(name))
    return re.sub(r"^(city|county|borough|royal borough|london borough) of ", "", found)
