"""Records of one body, action or ask that stand in a register twice under nearly the same name.

Only what is nearly certain: two boxing clubs of one town are two clubs until their names are the same but for spaces,
case, legal form or a slip of the pen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.letters import Letters
from joinedup.engines.reading.phrases import listed

_SHORT = {
    "sth": "south",
    "nth": "north",
    "assoc": "association",
    "dept": "department",
    "comm": "community",
    "yth": "youth",
    "assn": "association",
    "ctr": "centre",
    "ctre": "centre",
    "rd": "road",
    "sch": "school",
    "org": "organisation",
    "svc": "service",
    "yjs": "youth justice service",
    "saint": "st",
    "yc": "youth club",
}
# What a force and a borough's council are called beside their place.
_FORCE = (
    (re.compile(r"\bmet police\b"), "metropolitan police"),
    (re.compile(r"\bpolice (?:service|force|constabulary)\b|\bconstabulary\b"), "police"),
)
_COUNCIL = re.compile(
    r"^(?:lb|(?:london |royal |metropolitan )?borough(?: council)? of) (?P<behind>.+?)(?: council)?$|"
    r"^(?P<before>.+?) (?:london |royal |metropolitan )?(?:borough|district) council$"
)
_FORM = re.compile(
    r"\b(?:(?:registered )?charity(?: (?:no|number))? \d+|registered charity|trustees of|"
    r"community interest company|charitable incorporated organisation|"
    r"the|charity|organisation|ltd|limited|cic|cio|plc|llp|inc|of|and|a|for|in|y|yr)\b"
)
# C.I.C., Y.M.C.A.: letters that stand alone beside each other are one word.
_LETTERS = re.compile(r"\b[a-z](?: [a-z])+\b")
# Words that tell two bodies of one name apart, however alike they are written.
_APART = frozenset(
    listed(
        "north, south, east, west, upper, lower, inner, outer, boys, girls, mens, womens, men, women, junior, infant, "
        "primary, secondary, branch"
    )
)
_STOP = frozenset(
    listed(
        "the, a, an, and, or, of, to, in, on, at, for, with, by, from, is, are, be, was, were, it, "
        "its, they, their, them, who, whom, which, that, this, those, these, there, here, where, "
        "when, what, we, our, us, you, your, i, he, she, his, her, as, not, no, but, if, than, then, "
        "so, may, can, could, would, will, shall, has, have, had, do, does, did, each, every, any, "
        "all, some, more, most, two, one, three, four, five, six, seven, eight, nine, ten, week, "
        "weeks, day, days, evening, evenings, year, years, month, months, people, young, person, "
        "somebody, someone, nobody, children, place, places, work, works, working, group, groups"
    )
)
NEARLY = 0.92  # of 1: two names of one body
Pair = tuple[dict[str, Any], dict[str, Any], str, float]


@lru_cache(20_000)
def name_key(name: str) -> str:
    """A name without what two people write differently: spaces, case, articles and legal form."""
    return re.sub(r"[^a-z0-9]", "", " ".join(_words(name)))


@lru_cache(20_000)
def _words(name: str) -> tuple[str, ...]:
    """The words of a name, without articles and legal form, in order."""
    return tuple(_FORM.sub(" ", _long(name)).split())


@lru_cache(20_000)
def _sorted_words(name: str) -> list[str]:
    return sorted(_words(name))


@lru_cache(20_000)
def _long(name: str) -> str:
    """A name in folded words, common short forms written out."""
    plain = folded(name)
    for pattern, usual in _FORCE:
        plain = pattern.sub(usual, plain)
    if council := _COUNCIL.match(plain.removeprefix("the ")):
        plain = f"{council['behind'] or council['before']} council"
    words = _LETTERS.sub(lambda some: some[0].replace(" ", ""), plain).split()
    return " ".join(
        _SHORT.get(word, word)
        if at or len(word) > 1
        else {"s": "south", "n": "north", "e": "east", "w": "west"}.get(word, word)
        for at, word in enumerate(words)
    )


@lru_cache(20_000)
def _figures(key: str) -> str:
    return re.sub(r"\D", "", key)


def _shorter(one: str, other: str) -> bool:
    """Whether the words of one name all stand in the other, but for slips of the pen; three words at least."""
    left, right = sorted((_words(one), _words(other)), key=len)
    return len(left) >= 3 and all(max(fuzz.ratio(word, near) for near in right) >= 85 for word in left)


def alike(one: str, other: str) -> float:
    """How nearly two names are one, 0 to 1; the same letters in order are 1, and words that stand in another order."""
    a, b = name_key(one), name_key(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if _figures(a) != _figures(b):
        return 0.0
    words = _sorted_words(one), _sorted_words(other)
    if words[0] == words[1]:
        return 0.97
    if len(a) < 8 or len(b) < 8 or _different_words(*words):
        return 0.0
    return 0.95 if sorted(a) == sorted(b) else float(fuzz.ratio(a, b)) / 100


def _different_words(one: list[str], other: list[str]) -> bool:
    """Whether a whole word differs that is no slip of the pen: "north" and "south", "boys" and "girls"."""
    left, right = [word for word in one if word not in other], [word for word in other if word not in one]
    joined = "".join(left) == "".join(right) or sorted("".join(left)) == sorted("".join(right))
    if joined:
        return False
    if len(left) != len(right) or not _APART.isdisjoint([*left, *right]):
        return True
    # Two saints are two, however alike: St Mary's and St Mark's.
    if (
        "st" in one
        and "st" in other
        and any(fuzz.ratio(*pair) < 85 for pair in zip(left, right, strict=True))
    ):
        return True
    return any(max((fuzz.ratio(word, near) for near in right), default=0.0) < 75 for word in left)


def content(text: str) -> set[str]:
    """The words of a text that say something, without the ending of a plural."""
    return {word.removesuffix("s") for word in folded(text).split() if word not in _STOP and len(word) > 2}


def partners(rows: list[dict[str, Any]]) -> Iterator[Pair]:
    """Bodies that stand twice: names nearly the same and nothing against it in sector or place."""

    def same(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, float] | None:
        if one["sector"] and other["sector"] and one["sector"] != other["sector"]:
            return None
        if not _overlap(one, other, "authorities"):
            return None
        likeness = alike(one["name"] or "", other["name"] or "")
        if likeness >= NEARLY:
            return "name nearly the same", min(0.97, likeness)
        based = one["base"] and one["base"] == other["base"] and one["sector"] == "vcs"
        if based and _shorter(one["name"] or "", other["name"] or ""):
            return "one name within the other, same base", 0.75
        return None

    return _pairs(rows, lambda row: name_key(row["name"] or "")[:2], same, _may_be_one)


def _may_be_one(bodies: list[dict[str, Any]]) -> Callable[[int], list[int]]:
    """For each of these bodies the places of those after it that may be the same, in order: of one base, or with nearly
    the same letters."""
    keys, letters = [name_key(body["name"] or "") for body in bodies], Letters()
    of_base: dict[str, list[int]] = defaultdict(list)
    for at, body in enumerate(bodies):
        letters.add(keys[at])
        of_base[body["base"] or ""].append(at)

    def after(at: int) -> list[int]:
        found = {other for other in letters.near(keys[at], NEARLY) if other > at}
        if bodies[at]["base"] and bodies[at]["sector"] == "vcs":
            based = of_base[bodies[at]["base"]]
            found.update(based[bisect_right(based, at) :])
        return sorted(found)

    return after


def initiatives(rows: list[dict[str, Any]], body: Callable[[str | None], str | None]) -> Iterator[Pair]:
    """Actions that stand twice: of one body under nearly the same name, or of a body's double with the same theme and
    words."""

    def same(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, float] | None:
        if body(one["partner"]) is None or body(one["partner"]) != body(other["partner"]):
            return None
        if alike(one["name"] or "", other["name"] or "") >= NEARLY and _overlap(one, other, "places"):
            return "same action under nearly the same name", 0.9
        if one["partner"] == other["partner"] or not _overlap(one, other, "themes"):
            return None
        shared = content(f"{one['name'] or ''} {one['what'] or ''}") & content(
            f"{other['name'] or ''} {other['what'] or ''}"
        )
        return ("same action of a doubled body", 0.75) if len(shared) >= 2 else None

    return _pairs(rows, lambda row: body(row["partner"]) or "", same)


def asks(rows: list[dict[str, Any]], body: Callable[[str | None], str | None]) -> Iterator[Pair]:
    """Asks that stand twice: of one body or of its double, for the same kind of thing in like words."""

    def same(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, float] | None:
        if body(one["partner"]) is None or body(one["partner"]) != body(other["partner"]):
            return None
        if one["kind"] != other["kind"] or one["what"] != other["what"] or one["empty"] or other["empty"]:
            return None
        if folded(one["text"] or "") and folded(one["text"]) == folded(other["text"] or ""):
            return "same ask in the same words", 0.97
        if one["partner"] == other["partner"]:
            return None
        shared = content(one["text"] or "") & content(other["text"] or "")
        return ("same ask of a doubled body", 0.75) if shared and one["what"] else None

    return _pairs(rows, lambda row: body(row["partner"]) or "", same)


def _overlap(one: dict[str, Any], other: dict[str, Any], column: str) -> bool:
    return not one[column] or not other[column] or bool(set(one[column]) & set(other[column]))


def _all_after(rows: list[dict[str, Any]]) -> Callable[[int], Iterable[int]]:
    return lambda at: range(at + 1, len(rows))


def _pairs(
    rows: list[dict[str, Any]],
    block: Callable[[dict[str, Any]], str],
    same: Callable[[dict[str, Any], dict[str, Any]], tuple[str, float] | None],
    may_be: Callable[[list[dict[str, Any]]], Callable[[int], Iterable[int]]] = _all_after,
) -> Iterator[Pair]:
    """Each record that is a double, with the fuller one that it doubles; compared within blocks only. `may_be`: of the
    records of a block the places of those after each that may be the same, in order."""
    blocks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if key := block(row):
            blocks[key].append(row)
    for key in sorted(blocks):
        some = sorted(blocks[key], key=lambda row: (-_filled(row), row["id"]))
        after = may_be(some)
        doubles: set[str] = set()
        for at, one in enumerate(some):
            if one["id"] in doubles:
                continue
            for other in (some[each] for each in after(at)):
                if other["id"] not in doubles and (found := same(one, other)):
                    doubles.add(other["id"])
                    yield other, one, *found


def _filled(row: dict[str, Any]) -> int:
    """How many cells of a record say something."""
    return sum(1 for value in row.values() if value not in (None, "", [], False))


class Names:
    """Names of bodies, to find the one that another name is nearly the same as."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._letters = Letters()

    def add(self, name: str) -> None:
        """One more name to compare with."""
        self._names.append(name)
        self._letters.add(name_key(name))

    def nearest(self, name: str, least: float) -> list[tuple[str, float]]:
        """The names at least this much alike, from 0 to 1, the most alike first, earlier names before later ones."""
        near = (self._names[at] for at in self._letters.near(name_key(name), least))
        found = {other: alike(name, other) for other in near}
        return sorted(
            ((other, sure) for other, sure in found.items() if sure >= least), key=lambda one: -one[1]
        )
