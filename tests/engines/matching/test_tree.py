"""Places as a tree, against slow and obvious twins."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from joinedup.engines.matching import normalise
from joinedup.engines.matching.tree import Tree, grow
from tests.engines.matching.making import Rows, place, tables


def grown(rows: Rows) -> Tree:
    return grow(normalise(tables(places=rows))[0].places)


def tree_of(parents: list[int | None], kind: str = "borough") -> Tree:
    rows: list[dict[str, Any]] = [
        {"code": f"{i:02d}", "kind": kind, "parent": None if p is None else f"{p:02d}"}
        for i, p in enumerate(parents)
    ]
    return grown(rows)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    size = draw(st.integers(1, 12))
    return tree_of([None, *(draw(st.one_of(st.none(), st.integers(0, i - 1))) for i in range(1, size))])


def ancestors(tree: Tree, p: int) -> list[int]:
    found, at = [], int(tree.parent[p])
    while at >= 0:
        found.append(at)
        at = int(tree.parent[at])
    return found


def leaves(tree: Tree, p: int) -> set[int]:
    inside = {q for q in range(tree.size) if p == q or p in ancestors(tree, q)}
    return {q for q in inside if tree.children[q] == 0}


@given(trees())
def test_above_and_below_are_the_ancestors_and_descendants(tree: Tree) -> None:
    everyone = np.arange(tree.size)
    row, wider = tree.above(everyone, itself=False)
    assert sorted(zip(row.tolist(), wider.tolist(), strict=True)) == sorted(
        (p, a) for p in range(tree.size) for a in ancestors(tree, p)
    )
    row, inside = tree.below(everyone)
    assert sorted(zip(row.tolist(), inside.tolist(), strict=True)) == sorted(
        (p, q) for p in range(tree.size) for q in range(tree.size) if p == q or p in ancestors(tree, q)
    )


@given(trees(), st.data())
def test_the_simplest_cover_covers_the_same_leaves_in_no_more_places(tree: Tree, data: st.DataObject) -> None:
    named = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, tree.size - 1)), min_size=1))
    owner, node = (np.array(each, dtype=np.int64) for each in zip(*named, strict=True))
    new_owner, new_node = tree.simplest(owner, node)
    for who in range(3):
        before = set().union(*(leaves(tree, int(n)) for n in node[owner == who]))
        after = [leaves(tree, int(n)) for n in new_node[new_owner == who]]
        assert set().union(*after) == before
        assert sum(map(len, after)) == len(before)
        assert len(after) <= len(set(node[owner == who].tolist()))


def test_every_ward_named_is_the_borough_but_every_borough_is_not_the_region() -> None:
    kinds = {"r": "region", "b": "borough", "c": "borough", "w1": "ward", "w2": "ward"}
    parents = {"b": "r", "c": "r", "w1": "b", "w2": "b"}
    rows: list[dict[str, Any]] = [{"code": c, "kind": k, "parent": parents.get(c)} for c, k in kinds.items()]
    tree = grown(rows)
    number = {code: i for i, code in enumerate(tree.codes)}
    wards = np.array([number["w1"], number["w2"], number["c"]])
    _, node = tree.simplest(np.zeros(3, dtype=np.int64), wards)
    assert [tree.codes[n] for n in node] == ["b", "c"]


def test_a_circle_of_parents_is_broken_and_everybody_kept() -> None:
    tree = tree_of([1, 0, 2, 0])
    assert sorted(tree.codes) == ["00", "01", "02", "03"]
    assert [c for c, p in zip(tree.codes, tree.parent, strict=True) if p >= 0] == ["01", "03"]


def test_population_adds_up_from_the_smallest_parts_and_a_blank_is_an_average_part() -> None:
    rows = [
        place("b", population=999),
        place("w1", "b", population=100),
        place("w2", "b", population=300),
        place("w3", "b"),
    ]
    tree = grown(rows)
    assert dict(zip(tree.codes, tree.weight.tolist(), strict=True)) == {
        "b": 600,
        "w1": 100,
        "w2": 300,
        "w3": 200,
    }
