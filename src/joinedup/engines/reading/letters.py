"""Which of thousands of names may be nearly another, by their letters alone: few are left to compare word by word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SIGNS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz0123456789", np.uint8)
# Names grow by so many places at first, and double then.
_FIRST = 64


class Letters:
    """How often each letter and figure stands in keys (a to z, 0 to 9), in the order in which they were added."""

    def __init__(self) -> None:
        self._counts = np.zeros((len(_SIGNS), _FIRST), np.int16)
        self._lengths = np.zeros(_FIRST, np.int64)
        self._number = 0

    def add(self, key: str) -> None:
        """One more key to compare with."""
        if self._number == len(self._lengths):
            self._counts = np.hstack([self._counts, np.zeros_like(self._counts)])
            self._lengths = np.hstack([self._lengths, np.zeros_like(self._lengths)])
        self._counts[:, self._number] = _counts(key)
        self._lengths[self._number] = len(key)
        self._number += 1

    def near(self, key: str, least: float) -> list[int]:
        """The places, from 0, of all keys at least this much alike (0 to 1, 1 less the share of letters to put in and
        take out), and of some others; letters that only stand in another order are alike."""
        counts, lengths = self._counts[:, : self._number], self._lengths[: self._number]
        # To make one of the other takes as many letters at least as one has more of than the other.
        apart = np.abs(counts - _counts(key)[:, np.newaxis]).sum(axis=0, dtype=np.int64)
        found: list[int] = np.flatnonzero(apart <= (1 - least) * (lengths + len(key)) + 1e-9).tolist()
        return found


def _counts(key: str) -> NDArray[np.int16]:
    found = np.bincount(np.frombuffer(key.encode("ascii"), np.uint8), minlength=128)
    # Where a name is so long that it would not fit, fewer count: it is near more than it is.
    return np.minimum(found[_SIGNS], 10_000).astype(np.int16)
