"""What of a register was not exact: counted in two lines, and whole for the document."""

from __future__ import annotations

from collections import Counter
from typing import Any

from joinedup.engines.reading import Register

MOST = 8


def lines(register: Register, headings: list[dict[str, Any]]) -> list[str]:
    """How many cells of which columns were read by a guess, and how many could not be read: a line each."""
    rows = whole(register, headings)
    read = Counter(row["column"] for row in rows if row["read_as"] is not None)
    unread = Counter(row["column"] for row in rows if row["read_as"] is None)
    found = []
    if read:
        found.append(f"Read as: {_counts(read)}. What each was read as: --guesses.")
    if unread:
        found.append(f"Could not be read: {_counts(unread)}.")
    return found


def whole(register: Register, headings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every guess as a row: table, id, column, given, read_as, rule, sure."""
    return [*headings, *register.guesses.iter_rows(named=True)]


def _counts(number: Counter[str]) -> str:
    ranked = sorted(number.items(), key=lambda one: (-one[1], one[0]))
    said = [f"{column} {count}" for column, count in ranked[:MOST]]
    rest = sum(count for _, count in ranked[MOST:])
    return ", ".join([*said, f"others {rest}"] if rest else said)
