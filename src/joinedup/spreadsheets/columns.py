"""Which column of a spreadsheet is which of our fields: suggested from the heading, then chosen."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ALIKE = 0.84


@dataclass(frozen=True)
class Field:
    """A field that a row may fill. `synonyms`: headings that people use for it, in plain form."""

    name: str
    label: str
    synonyms: tuple[str, ...]
    required: bool = False
    hint: str = ""


def plain(heading: str) -> str:
    """A heading without case, punctuation or extra spaces: “Organisation (name)*” is “organisation name”."""
    return " ".join(
        re.sub(r"[^a-z0-9£&]+", " ", heading.casefold().replace("’", "").replace("'", "")).split()
    )


def headings_of(fields: Sequence[Field]) -> list[str]:
    """Every heading known for these fields."""
    return [word for field in fields for word in (field.label, *field.synonyms)]


def suggest(header: Sequence[str], fields: Sequence[Field], remembered: Mapping[str, str]) -> dict[str, int]:
    """Our field -> column number. The partnership's earlier choice wins, then the same words, then similar
    ones.

    `remembered`: plain heading -> field, with an empty field for a column that was left out on purpose.
    """
    headings = [plain(cell) for cell in header]
    names = {field.name for field in fields}
    chosen: dict[str, int] = {}
    settled = set()
    for column, heading in enumerate(headings):
        if heading in remembered:
            settled.add(column)
            if remembered[heading] in names - chosen.keys():
                chosen[remembered[heading]] = column
    for likeness in (_same, _alike):
        for field in fields:
            if field.name in chosen:
                continue
            words = [plain(word) for word in (field.label, *field.synonyms)]
            for column, heading in enumerate(headings):
                if column not in settled and heading and likeness(heading, words):
                    chosen[field.name] = column
                    settled.add(column)
                    break
    return chosen


def _same(heading: str, words: Sequence[str]) -> bool:
    return heading in words


def _alike(heading: str, words: Sequence[str]) -> bool:
    return bool(difflib.get_close_matches(heading, words, n=1, cutoff=ALIKE))
