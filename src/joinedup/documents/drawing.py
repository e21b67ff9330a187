"""A small picture as marks in a box: the page draws it as SVG (`web/drawing.jinja`), Word gets it as PNG (`png.py`).

Lengths are in the units of its own box, y runs downwards. A picture never tells by colour alone: what is filled,
dashed, named or numbered says the same in grey, and `about` says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# The tones that a mark may have, as in `web/joinedup.css`: blue-green is need, purple is action.
TONES: dict[str, str] = {
    "ground": "#f3f2f1",
    "here": "#0b4f55",
    "none": "#ffffff",
    "unknown": "#ffffff",
    "table": "#e3f0f1",
    **{
        f"need-{n}": tone
        for n, tone in enumerate(("#e6f0f2", "#a9cdd4", "#63a3b0", "#27717f", "#073f4a"), start=1)
    },
    **{
        f"action-{n}": tone
        for n, tone in enumerate(("#f1eaf6", "#d3bce3", "#ac83c6", "#7c4a9c", "#4c1f69"), start=1)
    },
}
# On these, words are white.
DARK = frozenset({"here", "need-4", "need-5", "action-4", "action-5"})
INK, PALE_INK = "#0b0c0c", "#ffffff"


@dataclass(frozen=True)
class Area:
    """A place by its outline: SVG path data of `M`, `m`, `L`, `l` and `z`. The tone "unknown" is dotted."""

    path: str
    tone: str
    title: str = ""
    kind: str = field(default="area", init=False)


@dataclass(frozen=True)
class Disc:
    """An ellipse around a point, a circle without `height`; dashed where it stands for what is not there."""

    x: float
    y: float
    radius: float
    tone: str
    height: float | None = None
    is_dashed: bool = False
    kind: str = field(default="disc", init=False)

    @property
    def radius_y(self) -> float:
        return self.radius if self.height is None else self.height


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: str
    is_dashed: bool = False
    kind: str = field(default="bar", init=False)


@dataclass(frozen=True)
class Words:
    """A line of words; `y` is its middle. `anchor`: start, middle or end of the line at `x`. `has_halo`: on a map."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "middle"
    is_strong: bool = False
    is_pale: bool = False
    has_halo: bool = False
    kind: str = field(default="words", init=False)


Mark = Area | Disc | Bar | Words


@dataclass(frozen=True)
class Drawing:
    """`about`: all that it says, in words, for those who do not see it. `caption`: what it shows, its date and
    source."""

    left: float
    top: float
    width: float
    height: float
    marks: Sequence[Mark]
    about: str
    caption: str = ""

    @property
    def view_box(self) -> str:
        return f"{self.left:g} {self.top:g} {self.width:g} {self.height:g}"

    @property
    def line(self) -> float:
        """The width of its lines."""
        return round(self.width / 300, 2)


# How wide a letter is on average, as a share of the size of the words: what fits is told from it.
LETTER = 0.56


def width_of(text: str, size: float) -> float:
    return len(text) * size * LETTER
