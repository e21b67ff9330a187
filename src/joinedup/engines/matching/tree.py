"""Places as a tree, numbered so that everything inside a place is one run of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Places too wide for "in every part of it" to be one thing to do: their parts keep their own opportunities.
WIDE = ("region", "country", "nation", "force", "world")


@dataclass(frozen=True)
class Tree:
    """P places in depth-first order: the descendants of place p are the numbers p+1 to end[p]-1."""

    codes: list[str]
    names: list[str]
    kinds: list[str]
    parent: Ints
    end: Ints
    depth: Ints
    children: Ints
    weight: Floats
    latitude: Floats
    longitude: Floats
    rolls_up: Flags

    @property
    def size(self) -> int:
        return len(self.codes)

    def above(self, node: Ints, *, itself: bool) -> tuple[Ints, Ints]:
        """For each node its ancestors: (row, ancestor) pairs, with the node itself where `itself`."""
        rows, places = [], []
        row = np.arange(len(node))
        at = node if itself else self.parent[node]
        while True:
            there = at >= 0
            row, at = row[there], at[there]
            if not len(row):
                break
            rows.append(row)
            places.append(at)
            at = self.parent[at]
        none = np.zeros(0, dtype=np.int64)
        return (np.concatenate(rows) if rows else none, np.concatenate(places) if places else none)

    def below(self, node: Ints) -> tuple[Ints, Ints]:
        """For each node itself and its descendants: (row, place) pairs."""
        number = self.end[node] - node
        row = np.repeat(np.arange(len(node)), number)
        start = np.repeat(np.cumsum(number) - number, number)
        return row, node[row] + np.arange(len(row)) - start

    def simplest(self, owner: Ints, node: Ints) -> tuple[Ints, Ints]:
        """The same cover in the fewest places: none inside another of the same owner, and where an owner has
        every part of a place, the place itself. Returns (owner, node), sorted."""
        owner, node = self._outermost(owner, node)
        for depth in range(int(self.depth.max(initial=0)), 0, -1):
            at = self.depth[node] == depth
            parents = self.parent[node[at]]
            key, first, number = np.unique(
                owner[at] * self.size + parents, return_index=True, return_counts=True
            )
            whole_parent = parents[first]
            whole = (number == self.children[whole_parent]) & self.rolls_up[whole_parent]
            if whole.any():
                owner = np.concatenate([owner, key[whole] // self.size])
                node = np.concatenate([node, whole_parent[whole]])
                owner, node = self._outermost(owner, node)
        return owner, node

    def _outermost(self, owner: Ints, node: Ints) -> tuple[Ints, Ints]:
        key = np.unique(owner * self.size + node)
        owner, node = key // max(self.size, 1), key % max(self.size, 1)
        if not len(key):
            return owner, node
        reached = np.maximum.accumulate(owner * (self.size + 1) + self.end[node])
        inside = np.concatenate([[False], reached[:-1] > (owner * (self.size + 1) + node)[1:]])
        return owner[~inside], node[~inside]


def grow(places: pl.DataFrame) -> Tree:
    """Builds the tree from the places table (sorted by code). A place whose parent is unknown, itself, or its own
    descendant stands alone at the top."""
    codes = places["code"].to_list()
    number = {code: i for i, code in enumerate(codes)}
    parents = [number.get(p, -1) if p is not None else -1 for p in places["parent"].to_list()]
    for i in range(len(codes)):
        seen, at = {i}, parents[i]
        while at >= 0 and at not in seen:
            seen.add(at)
            at = parents[at]
        if at == i:
            parents[i] = -1
    offspring: list[list[int]] = [[] for _ in codes]
    for i, p in enumerate(parents):
        if p >= 0:
            offspring[p].append(i)
    order: list[int] = []
    stack = [i for i in range(len(codes) - 1, -1, -1) if parents[i] < 0]
    while stack:
        i = stack.pop()
        order.append(i)
        stack.extend(reversed(offspring[i]))
    new = np.empty(len(codes), dtype=np.int64)
    new[order] = np.arange(len(codes))
    parent = np.array([new[parents[i]] if parents[i] >= 0 else -1 for i in order], dtype=np.int64)
    depth = np.zeros(len(codes), dtype=np.int64)
    end = np.arange(1, len(codes) + 1, dtype=np.int64)
    for i in range(len(codes)):
        if parent[i] >= 0:
            depth[i] = depth[parent[i]] + 1
    for i in range(len(codes) - 1, -1, -1):
        if parent[i] >= 0:
            end[parent[i]] = max(end[parent[i]], end[i])
    children = np.array([len(offspring[i]) for i in order], dtype=np.int64)
    sorted_places = places[order] if order else places
    kinds = [k or "" for k in sorted_places["kind"].to_list()]
    narrow = np.array([not any(w in k.lower() for w in WIDE) for k in kinds], dtype=bool)
    return Tree(
        codes=[codes[i] for i in order],
        names=[
            n or c
            for n, c in zip(sorted_places["name"].to_list(), sorted_places["code"].to_list(), strict=True)
        ],
        kinds=kinds,
        parent=parent,
        end=end,
        depth=depth,
        children=children,
        weight=_weights(sorted_places["population"].to_numpy().astype(float), children, parent),
        latitude=sorted_places["latitude"].to_numpy().astype(float),
        longitude=sorted_places["longitude"].to_numpy().astype(float),
        rolls_up=(children >= 2) & narrow,
    )


def _weights(population: Floats, children: Ints, parent: Ints) -> Floats:
    """People in each place, from its smallest parts up, so that shares add up to the whole."""
    leaf = children == 0
    known = leaf & (population > 0)
    usual = float(population[known].mean()) if known.any() else 1.0
    weight = np.where(known, population, np.where(leaf, usual, 0.0))
    for i in range(len(weight) - 1, -1, -1):
        if parent[i] >= 0:
            weight[parent[i]] += weight[i]
    return weight
