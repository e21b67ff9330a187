"""A handout: sections of sentences, each with its source. The same on the screen and in Word."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from joinedup.documents.drawing import Drawing


@dataclass(frozen=True)
class Said:
    """One sentence. `link`, a URL of this site, is placed on the words `label`: within the sentence if it
    contains them, otherwise after it."""

    text: str
    link: str = ""
    label: str = ""

    def pieces(self) -> list[tuple[str, str]]:
        """(words, link), in order; the link is empty for plain words."""
        if not self.link:
            return [(self.text, "")]
        before, found, after = self.text.partition(self.label)
        if not found or not self.label:
            return [(f"{self.text} ", ""), (self.label or self.link, self.link)]
        return [(words, link) for words, link in ((before, ""), (found, self.link), (after, "")) if words]


@dataclass(frozen=True)
class SheetGrid:
    """A small table. `about` describes it in a sentence, for those who cannot see it."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    about: str


@dataclass(frozen=True)
class Section:
    """`none`: the text shown if the section is empty; if that is "" too, the section is left out."""

    heading: str
    said: Sequence[Said] = ()
    grid: SheetGrid | None = None
    none: str = ""

    @property
    def is_left_out(self) -> bool:
        return not self.said and self.grid is None and not self.none


@dataclass(frozen=True)
class Sheet:
    """`lead`: the text under the title. `drawings`: what stands under that, side by side. `footer`: who may read it,
    and where it comes from."""

    title: str
    lead: str
    sections: Sequence[Section]
    on: datetime.date
    footer: str
    is_demonstration: bool = False
    subject: str = ""
    author: str = ""
    is_dense: bool = False
    drawings: Sequence[Drawing] = ()

    @property
    def shown(self) -> list[Section]:
        return [each for each in self.sections if not each.is_left_out]
