"""The ages that a sentence about somebody's need speaks of: what `engines.reading` reads as ages, and what is an
age in such a sentence though nothing beside it says so ("sixteen to twenty-four", "a sixteen-year-old")."""

from __future__ import annotations

import re
from functools import lru_cache

from joinedup.engines.reading.people import ages

NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
            "twenty-one",
            "twenty-two",
            "twenty-three",
            "twenty-four",
            "twenty-five",
        ],
        8,
    )
}
_ONE = r"(\d{1,2}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_RANGE = re.compile(
    rf"(?<!years )(?<!year )\b{_ONE}(?:s)?(?: to |-| and |–){_ONE}(?:s)?(?:[- ]year[- ]olds?)?\b"
)
_OVER = re.compile(rf"\b(?:over[- ]{_ONE}s?|{_ONE}(?: and over| plus|\+| or over| and older))")
_JUST = re.compile(rf"\b{_ONE}[- ]year[- ]olds?\b")
# A room for the young is for those up to here, where nothing else is said.
YOUNGEST, OLDEST = 5.0, 25.0


@lru_cache(50_000)
def ages_in(text: str) -> tuple[float, float] | None:
    """From and to, as "sixteen to twenty-four", "over-sixteens", "sixteen and over", "a sixteen-year-old" say;
    None where nothing says it."""
    low = text.casefold()
    if found := _RANGE.search(low):
        one, two = _number(found[1]), _number(found[2])
        if YOUNGEST <= one < two <= OLDEST + 5:
            return one, two
    if found := _OVER.search(low):
        return _number(found[1] or found[2]), OLDEST
    if found := _JUST.search(low):
        return _number(found[1]), _number(found[1])
    first, last = ages(text)
    if first is not None or last is not None:
        return first or 0.0, OLDEST if last is None else last
    return None


def ages_meet(a: tuple[float, float] | None, b: tuple[float, float] | None) -> bool:
    """Whether two ranges share an age; True where one is not known."""
    return a is None or b is None or max(a[0], b[0]) <= min(a[1], b[1])


def _number(word: str) -> float:
    return float(NUMBERS.get(word) or int(word))
