"""Who is in it, as chairs round a table: filled for who is there, dashed for who could be asked. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from joinedup.documents.drawing import DARK, Disc, Drawing, Mark, Words, width_of

WIDTH, HEIGHT = 360, 230
# With names beside the chairs there is more room at both sides.
WIDE, HIGH = 680, 540
CHAIR, LETTERS, NAME = 17, 16, 19
# More chairs than this are smaller.
ROOMY = 16


@dataclass(frozen=True)
class Chair:
    """`label`: what stands on it (a number); `name`: what stands beside it, where there is room for names. Dashed,
    without a tone, where nobody sits on it yet."""

    label: str
    tone: str = ""
    name: str = ""


def round_table(chairs: Sequence[Chair], middle: Sequence[str], *, about: str, caption: str = "") -> Drawing:
    """The chairs clockwise from the top, and a few short lines of words in the middle of the table."""
    is_named = any(each.name for each in chairs)
    width, height = (WIDE, HIGH) if is_named else (WIDTH, HEIGHT)
    across, down = (155, 215) if is_named else (150, 88)
    radius = CHAIR * min(1, ROOMY / max(len(chairs), 1)) * (1.1 if is_named else 1)
    marks: list[Mark] = [Disc(0, 0, across - radius * 2.3, "table", height=down - radius * 2.1)]
    letters = LETTERS * (1.5 if is_named else 1)
    for n, line in enumerate(middle):
        y = (n - (len(middle) - 1) / 2) * letters * 1.35
        marks.append(Words(0, round(y, 1), line, letters, is_strong=n == 0))
    for n, chair in enumerate(chairs):
        angle = 2 * math.pi * n / len(chairs) - math.pi / 2
        x, y = round(across * math.cos(angle), 1), round(down * math.sin(angle), 1)
        marks.append(Disc(x, y, round(radius, 1), chair.tone or "none", is_dashed=not chair.tone))
        marks.append(
            Words(
                x, y, chair.label, round(LETTERS * radius / CHAIR, 1), is_strong=True, is_pale=chair.tone in DARK
            )
        )  # fmt: skip
        if chair.name:
            marks += _beside(chair.name, x, y, radius, math.cos(angle), width / 2)
    return Drawing(-width / 2, -height / 2, width, height, marks, about, caption)


def _beside(name: str, x: float, y: float, radius: float, side: float, edge: float) -> list[Mark]:
    """The name of a chair, outside of it: above or below in the middle, else at its side; in two lines if it must."""
    if abs(side) < 0.15:
        return [Words(x, round(y + math.copysign(radius + NAME * 0.8, y), 1), name, NAME)]
    anchor = "start" if side > 0 else "end"
    at = round(x + math.copysign(radius + 6, side), 1)
    lines = _lines(name, edge - abs(at) - 4)
    return [
        Words(at, round(y + (n - (len(lines) - 1) / 2) * NAME * 1.05, 1), line, NAME, anchor)
        for n, line in enumerate(lines)
    ]


def _lines(name: str, room: float) -> list[str]:
    """The name in lines that have room, of whole words."""
    lines: list[str] = []
    for word in name.split():
        if lines and width_of(f"{lines[-1]} {word}", NAME) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines
