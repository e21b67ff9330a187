"""Which places of an event hold or lie in another: a topic about a borough is also of who serves one of its wards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from joinedup.engines.seating import Problem, has_places, places_that_count
from joinedup.late_imports import polars as pl

Around: TypeAlias = "Callable[[Iterable[str]], pl.DataFrame]"
# Of places with one name, the wider is meant; of wards with one name, none can be.
KINDS = ("local_authority", "county", "police_force", "region", "country", "ward")


def with_places_around(problem: Problem, around: Around) -> Problem:
    """The same event with the places of its topics as codes, and with each place around them and each place inside them
    that somebody serves. `around`: code, name, kind and parent of what lies around the places named. A place that is
    not among them is kept as it is written."""
    cells = {place for each in problem.people for place in each.places}
    cells |= {place for each in problem.topics for place in each.places}
    if not has_places(problem):
        return problem
    known = around({cell.upper() if _is_code(cell) else cell for cell in cells})
    above: dict[str, str | None] = dict(known.select("code", "parent").iter_rows())
    codes = _codes(known)
    people = tuple(replace(each, places=_coded(each.places, codes)) for each in problem.people)
    served = {place for each in people for place in each.places}
    around_each = {place: _chain(place, above) for place in {*served, *above}}
    topics = tuple(
        replace(each, places=places_that_count(_coded(each.places, codes), served, around_each))
        for each in problem.topics
    )
    return replace(problem, people=people, topics=topics)


def _chain(place: str, above: Mapping[str, str | None]) -> list[str]:
    """A place and those around it, nearest first."""
    chain: list[str] = []
    at: str | None = place
    while at and at not in chain:
        chain.append(at)
        at = above.get(at)
    return chain


def _codes(known: pl.DataFrame) -> dict[str, str]:
    """The code that each code or name stands for."""
    found: dict[str, str] = {}
    for kind in reversed(KINDS):
        rows = known.filter(pl.col("kind") == kind)
        if kind == "ward":
            rows = rows.filter(pl.col("name").is_unique())
        found |= {name.casefold(): code for code, name in rows.select("code", "name").iter_rows()}
    return found | {code.casefold(): code for code in known["code"]}


def _coded(places: Iterable[str], codes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({codes.get(place, place) for place in places}))


def _is_code(cell: str) -> bool:
    return len(cell) == 9 and cell[1:].isdigit()
