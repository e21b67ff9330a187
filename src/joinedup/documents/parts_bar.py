"""Parts of a whole as one bar, each part named with its number. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from joinedup.documents.drawing import DARK, Bar, Drawing, Mark, Words, width_of

WIDTH, BAR, NAME, EDGE = 620, 74, 24, 10


@dataclass(frozen=True)
class Part:
    """So many of a whole. Dashed where it did not come about."""

    name: str
    number: int
    tone: str
    is_dashed: bool = False


def parts_bar(parts: Sequence[Part], *, about: str, caption: str = "") -> Drawing | None:
    """The bar, and under it a line for each part that has any; None where there is nothing to part."""
    whole = sum(each.number for each in parts)
    if not whole:
        return None
    marks: list[Mark] = []
    at = float(EDGE)
    parts = [each for each in parts if each.number]
    for each in parts:
        width = (WIDTH - 2 * EDGE) * each.number / whole
        marks.append(Bar(round(at, 1), EDGE, round(width, 1), BAR, each.tone, each.is_dashed))
        if width > width_of(str(each.number), NAME * 1.3) * 1.2:
            middle = round(at + width / 2, 1)
            pale = each.tone in DARK
            number = Words(middle, EDGE + BAR / 2, str(each.number), NAME * 1.3, is_strong=True, is_pale=pale)
            marks.append(number)
        at += width
    y = EDGE + BAR + NAME * 1.4
    for each in parts:
        marks.append(Bar(EDGE, y - NAME / 2, NAME, NAME, each.tone, each.is_dashed))
        marks.append(Words(EDGE + NAME * 1.5, y, f"{each.number} {each.name}", NAME, "start"))
        y += NAME * 1.5
    return Drawing(0, 0, WIDTH, round(y - NAME * 0.7, 1), marks, about, caption)
