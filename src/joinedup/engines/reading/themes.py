"""Themes and sectors read from words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from joinedup.engines.reading.cells import folded, is_blank, pieces
from joinedup.engines.reading.phrases import phrase_pattern
from joinedup.engines.reading.register import Part
from joinedup.engines.reading.theme_words import NAME_WORDS, SECTOR_SAID, SECTOR_WORDS, THEME_WORDS
from joinedup.late_imports import polars as pl

DEPARTMENTS = ("social_care", "youth_justice")
CHAPTER = re.compile(r"t\d|tx|theme \d|chapter \d")


@dataclass
class Read:
    """What a cell was read as: the values, how (rule, how sure; no rule if it was exact), and what was not read."""

    values: list[str] = field(default_factory=list)
    rule: str = ""
    sure: float = 1.0
    unread: list[tuple[str, str]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def also(self, values: list[str], rule: str = "", sure: float = 1.0, given: str = "") -> None:
        """More of the cell, read from these words by this rule; the least sure part speaks for the whole."""
        fresh = [value for value in values if value not in self.values]
        self.values += fresh
        if rule and fresh:
            self.parts.append(Part(given, ";".join(fresh), rule, sure))
        if rule and sure < self.sure:
            self.rule, self.sure = rule, sure


class Themes:
    """Reads themes from a cell or from sentences. A sentence gives a theme only by a clear word of the field."""

    def __init__(self, themes: pl.DataFrame) -> None:
        self.slugs = {slug for slug in themes["theme"].to_list() if slug}
        self.names = {
            folded(name): slug for slug, name in themes.select("theme", "name").iter_rows() if slug and name
        }
        self.names |= {folded(slug): slug for slug in self.slugs}
        self.words = {
            slug: phrase_pattern(words) for slug, words in THEME_WORDS.items() if slug in self.slugs
        }

    @cached_property
    def _spellings(self) -> list[str]:
        return sorted(self.names)

    def cell(self, given: str) -> Read:
        """Themes as given: slugs, names, misspelt ones, field words. A chapter of the Strategy is no theme."""
        read = Read()
        for piece in pieces(given, r"[;|\n]"):
            if piece in self.slugs:
                read.also([piece])
            elif not is_blank(piece):
                self._piece(piece, read)
        return read

    def _piece(self, piece: str, read: Read) -> None:
        plain = folded(piece)
        if plain in self.names:
            read.also([self.names[plain]], "theme's name", 0.98, piece)
        elif CHAPTER.fullmatch(plain):
            read.unread.append((piece, "chapter of the Strategy, no theme"))
        elif near := self._near(plain):
            read.also([near[0]], "theme nearly the same", near[1], piece)
        elif "," in piece or " and " in piece or "/" in piece:
            for part in pieces(piece, r",| and |/"):
                if name := self.names.get(folded(part)):
                    read.also([name], "theme's name", 0.97, part)
                elif near := self._near(folded(part)):
                    read.also([near[0]], "theme nearly the same", min(near[1], 0.9), part)
                else:
                    self._words(part, read)
        else:
            self._words(piece, read)

    def _words(self, piece: str, read: Read) -> None:
        for theme, words in (found := self.found(piece)):
            read.also([theme], "field word in the themes", 0.8, words)
        if not found:
            read.unread.append((piece, "no such theme"))

    def _near(self, plain: str) -> tuple[str, float] | None:
        """The slug or name that is spelt nearly like this, where no other theme is as near."""
        if len(plain) < 6:
            return None
        found = process.extract(plain, self._spellings, scorer=fuzz.ratio, score_cutoff=84, limit=4)
        if not found or any(
            self.names[other[0]] != self.names[found[0][0]] and other[1] > found[0][1] - 4 for other in found
        ):
            return None
        return self.names[found[0][0]], found[0][1] / 100

    def text(self, *sentences: str) -> list[str]:
        """The themes that clear words in sentences speak of, in the order of their first word, at most three."""
        return [theme for theme, _ in self.found(*sentences)]

    def found(self, *sentences: str) -> list[tuple[str, str]]:
        """The same, each with the words that speak of it, folded."""
        plain = " . ".join(folded(sentence) for sentence in sentences if sentence)
        found = [
            (match.start(), slug, match[0])
            for slug, pattern in self.words.items()
            if (match := pattern.search(plain))
        ]
        return [(slug, words) for _, slug, words in sorted(found)[:3]]


class Sectors:
    """Reads the sector of a body, or the sectors named in a sentence."""

    def __init__(self, sectors: Iterable[tuple[str | None, str | None]]) -> None:
        """`sectors`: pairs of slug and name."""
        known = [(slug, name) for slug, name in sectors if slug]
        self.slugs = {slug for slug, _ in known}
        self.names = {folded(name): slug for slug, name in known if name}
        self.names |= {folded(slug): slug for slug in self.slugs}
        self.names = {word: slug for word, slug in SECTOR_SAID.items() if slug in self.slugs} | self.names
        self.words = {
            slug: phrase_pattern(words) for slug, words in SECTOR_WORDS.items() if slug in self.slugs
        }
        self.in_names = {
            slug: phrase_pattern(words) for slug, words in NAME_WORDS.items() if slug in self.slugs
        }

    def one(self, given: str, name: str, does: str) -> tuple[str | None, str, float]:
        """The sector of a body from its cell, else from its name, else from what it does: (slug, rule, how sure)."""
        plain = folded(given)
        if given in self.slugs:
            return given, "", 1.0
        if plain in self.names:
            return self.names[plain], "sector's name", 0.98
        if plain and (
            near := process.extractOne(plain, sorted(self.names), scorer=fuzz.ratio, score_cutoff=86)
        ):
            return self.names[near[0]], "sector nearly the same", near[1] / 100
        for text, rule, sure in (
            (given, "word in the sector", 0.9),
            (name, "word in the name", 0.75),
            (does, "word in what it does", 0.5),
        ):
            if found := self.text(text):
                # "Borough council: children's social care" is the department, no council of its own.
                part = [each for each in found if each in DEPARTMENTS]
                return (part if found[0] == "local_authority" and part else found)[0], rule, sure
            if text == name:
                for slug, pattern in self.in_names.items():
                    if pattern.search(folded(name)):
                        return slug, "usual word in the name", 0.6
        return None, "", 0.0

    def cell(self, given: str) -> Read:
        """A list of sectors as given."""
        read = Read()
        for piece in pieces(given, r"[;|\n,]"):
            if piece in self.slugs:
                read.also([piece])
            elif not is_blank(piece):
                slug, rule, sure = self.one(piece, "", "")
                if slug:
                    read.also([slug], rule, sure, piece)
                else:
                    read.unread.append((piece, "no such sector"))
        return read

    def text(self, sentence: str) -> list[str]:
        """The sectors that a sentence names, the first first; the longer name wins where two begin together, so that a
        youth justice board is no board of health."""
        plain = folded(sentence)
        found = sorted(
            (match.start(), -match.end(), slug)
            for slug, pattern in self.words.items()
            for match in pattern.finditer(plain)
        )
        kept: list[str] = []
        reached, last = -1, (-1, 1)
        for start, end, slug in found:
            if start >= reached or (start, end) == last:
                reached, last = -end, (start, end)
                if slug not in kept:
                    kept.append(slug)
        return kept
