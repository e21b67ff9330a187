"""A drawing as PNG, for Word: alike everywhere, and it prints in grey. Pillow draws it, with letters of its own."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

from joinedup.documents.drawing import INK, PALE_INK, TONES, Area, Bar, Disc, Drawing, Words
from joinedup.places.outline_path import rings

# Drawn so much larger and then made smaller, so that slanting lines are smooth.
FINER = 2
DASHES = 18
EDGE = "#505a5f"
# The letters that come with Pillow are those of English.
LETTERS = {"–": "-", "—": "-", "’": "'", "‘": "'", "·": "-", "…": "..."}


def png(drawing: Drawing, width: int = 1000) -> bytes:
    """The picture, `width` pixels wide, on white. The same drawing gives the same bytes."""
    pen = _Pen(drawing, width * FINER)
    for mark in drawing.marks:
        pen.draw(mark)
    small = pen.image.resize((width, round(width * drawing.height / drawing.width)), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.quantize(64).save(written, "PNG", optimize=True, dpi=(300, 300))
    return written.getvalue()


class _Pen:
    def __init__(self, drawing: Drawing, width: int) -> None:
        self.scale = width / drawing.width
        self.left, self.top = drawing.left, drawing.top
        self.image = Image.new("RGB", (width, round(drawing.height * self.scale)), "#ffffff")
        self.on = ImageDraw.Draw(self.image)
        self.line = max(1, round(drawing.line * self.scale))
        self.kinds: dict[str, Callable[..., None]] = {
            "area": self._area,
            "disc": self._disc,
            "bar": self._bar,
            "words": self._words,
        }

    def draw(self, mark: Area | Disc | Bar | Words) -> None:
        self.kinds[mark.kind](mark)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def _area(self, mark: Area) -> None:
        edge = "#6f777b" if mark.tone in ("ground", "unknown") else "#ffffff"
        for ring in rings(mark.path):
            corners = [self._at(*corner) for corner in ring]
            if len(corners) > 2:
                self.on.polygon(corners, fill=TONES[mark.tone])
                self.on.line([*corners, corners[0]], fill=edge, width=self.line, joint="curve")
                if mark.tone == "unknown":
                    self._dot(corners)

    def _dot(self, corners: list[tuple[float, float]]) -> None:
        """Dots over an area of which nothing is known, so that white is not read as little."""
        stencil = Image.new("1", self.image.size)
        ImageDraw.Draw(stencil).polygon(corners, fill=1)
        dots = Image.new("1", self.image.size)
        pen, step = ImageDraw.Draw(dots), self.line * 8
        for x in range(0, self.image.width, step):
            for y in range(0, self.image.height, step):
                pen.ellipse((x, y, x + self.line, y + self.line), fill=1)
        both = Image.new("1", self.image.size)
        both.paste(dots, mask=stencil)
        self.image.paste("#505a5f", mask=both)

    def _disc(self, mark: Disc) -> None:
        x, y = self._at(mark.x, mark.y)
        across, down = mark.radius * self.scale, mark.radius_y * self.scale
        box = (x - across, y - down, x + across, y + down)
        if not mark.is_dashed:
            self.on.ellipse(box, fill=TONES[mark.tone], outline=EDGE, width=2 * self.line)
            return
        self.on.ellipse(box, fill=TONES[mark.tone])
        for n in range(DASHES):
            self.on.arc(box, 360 * n / DASHES, 360 * (n + 0.6) / DASHES, fill=EDGE, width=2 * self.line)

    def _bar(self, mark: Bar) -> None:
        left, top = self._at(mark.x, mark.y)
        right, bottom = self._at(mark.x + mark.width, mark.y + mark.height)
        box = (left, top, right, bottom)
        if not mark.is_dashed:
            self.on.rectangle(box, fill=TONES[mark.tone], outline=EDGE, width=self.line)
            return
        self.on.rectangle(box, fill=TONES[mark.tone])
        for start, end in (
            ((left, top), (right, top)),
            ((left, bottom), (right, bottom)),
            ((left, top), (left, bottom)),
            ((right, top), (right, bottom)),
        ):
            self._dashes(start, end)

    def _dashes(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        step = 8 * self.line
        number = max(1, round(math.dist(start, end) / step))
        for n in range(number):
            a, b = (
                (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
                for share in (n / number, (n + 0.6) / number)
            )
            self.on.line([a, b], fill=EDGE, width=2 * self.line)

    def _words(self, mark: Words) -> None:
        font = ImageFont.load_default(mark.size * self.scale)
        anchor = {"start": "lm", "middle": "mm", "end": "rm"}[mark.anchor]
        ink = PALE_INK if mark.is_pale else INK
        at, text = self._at(mark.x, mark.y), plain(mark.text)
        if mark.has_halo:
            halo = TONES["here"] if mark.is_pale else PALE_INK
            self.on.text(
                at, text, fill=halo, font=font, anchor=anchor, stroke_width=3 * self.line, stroke_fill=halo
            )
        weight = max(1, round(mark.size * self.scale / 40)) if mark.is_strong else 0
        self.on.text(at, text, fill=ink, font=font, anchor=anchor, stroke_width=weight, stroke_fill=ink)


def plain(text: str) -> str:
    """The text in letters that can be drawn: “Ynys Môn” without its circumflex. What it is in full stands beside it."""
    known = "".join(LETTERS.get(letter, letter) for letter in text)
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", known) if not unicodedata.combining(letter)
    )
