"""What a sentence of a register speaks of: the concepts of `concepts.toml`, and its other words by their stem.

Words are compared by the English Snowball stemmer (Porter 2001, by `snowballstemmer`), so that "mentors" and "
""mentoring"
are one. Nothing here knows a body, a place or a register.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

import snowballstemmer

# Concepts that say when or how it is paid, and so not what a thing is.
NO_THING = ("moment", "money")
LONGEST_PHRASE = 4
WORD = re.compile(r"[a-zà-ÿŵŷ&]+(?:[-'’][a-zà-ÿŵŷ]+)*|\d+")
_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True)
class Concept:
    """`what`: the kind of thing it is, as in asks; `held_by`: sectors that have it as a rule (`by_sector`: every
    body of them, whether or not its record says so); `special`: a trade of its
    own, that no other can stand in for; `themes`: what it is about."""

    name: str
    what: str
    held_by: tuple[str, ...] = ()
    by_sector: bool = False
    special: bool = False
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """The concepts that a text speaks of, by name, and the stems of its words that say something."""

    concepts: frozenset[str]
    stems: frozenset[str]

    def __or__(self, other: Meaning) -> Meaning:
        return Meaning(self.concepts | other.concepts, self.stems | other.stems)

    @cached_property
    def things(self) -> frozenset[str]:
        """Its concepts that are things: neither a moment nor a way of paying."""
        known = concepts()
        return frozenset(name for name in self.concepts if known[name].what not in NO_THING)

    @cached_property
    def special(self) -> tuple[tuple[str, str], ...]:
        """Its things that are a trade of their own, each with what kind of thing it is."""
        known = concepts()
        return tuple((name, known[name].what) for name in sorted(self.things) if known[name].special)

    @cached_property
    def common(self) -> frozenset[str]:
        """Its stems that this field uses everywhere."""
        return self.stems & everyday("common")

    @cached_property
    def telling(self) -> frozenset[str]:
        """Its other stems."""
        return self.stems - everyday("common")

    @cached_property
    def themes(self) -> frozenset[str]:
        """The themes that its concepts are about."""
        known = concepts()
        return frozenset(theme for name in self.concepts for theme in known[name].themes)


NOTHING = Meaning(frozenset(), frozenset())


@lru_cache(100_000)
def stem(word: str) -> str:
    """The stem of a word in small letters."""
    if word.isdigit():
        return word
    return str(_stemmer.stemWord(word))


def _tokens(text: str) -> list[str]:
    return WORD.findall(text.casefold().replace("’", "'"))


def _parts(token: str) -> list[str]:
    """The words of a token: "girls'" is "girls", "drop-in" is two."""
    plain = token.removesuffix("'s").replace("'", "")
    return plain.split("-") if "-" in token else [plain]


@cache
def concepts() -> dict[str, Concept]:
    """Every concept by its name."""
    return {
        name: Concept(
            name,
            what,
            tuple(given.get("held_by", ())),
            bool(given.get("by_sector", False)),
            bool(given.get("special", False)),
            tuple(given.get("themes", ())),
        )
        for what, named in _file().items()
        for name, given in named.items()
    }


@cache
def everyday(name: str) -> frozenset[str]:
    """Words of `everyday_words.toml`: `empty` as they stand, `common` by their stem."""
    text = resources.files(__package__).joinpath("everyday_words.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)[name]
    return frozenset(words if name == "empty" else map(stem, words))


@cache
def _file() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads(resources.files(__package__).joinpath("concepts.toml").read_text(encoding="utf-8"))


@cache
def _phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Stems of a phrase to the concepts that it means."""
    found: dict[tuple[str, ...], list[str]] = {}
    for named in _file().values():
        for name, given in named.items():
            for phrase in given["words"]:
                exact = phrase.startswith("=")
                words = [word for token in _tokens(phrase) for word in _parts(token)]
                key = tuple(f"={word}" if exact else stem(word) for word in words)
                found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}


@cache
def _lengths() -> dict[str, tuple[int, ...]]:
    """How many stems the phrases have that begin with this one: few words begin any."""
    found: dict[str, set[int]] = {}
    for key in _phrases():
        if len(key) <= LONGEST_PHRASE:
            found.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(lengths)) for first, lengths in found.items()}


@dataclass(frozen=True)
class Word:
    """A word of a text: its stem, whether it says something, the concepts that it means just as it is spelt, and how
    many stems the phrases have that begin with it."""

    stem: str
    says: bool
    exact: tuple[str, ...]
    begins: tuple[int, ...]


@lru_cache(100_000)
def _read(token: str) -> tuple[Word, ...]:
    """The words of a token, worked out once for all texts."""
    return tuple(
        Word(
            one := stem(word),
            word not in everyday("empty") and len(one) > 2 and not word.isdigit(),
            _phrases().get((f"={word}",), ()),
            _lengths().get(one, ()),
        )
        for word in _parts(token)
    )


@lru_cache(100_000)
def meaning(text: str | None) -> Meaning:
    """What a text speaks of; nothing for a blank one. "not", "no" before a phrase do not turn it round: who says what
    they lack speaks of it."""
    if not text:
        return NOTHING
    words = [word for token in _tokens(text) for word in _read(token)]
    stems = [word.stem for word in words]
    phrases = _phrases()
    found: set[str] = set()
    for start, word in enumerate(words):
        found.update(word.exact)
        for length in word.begins:
            found.update(phrases.get(tuple(stems[start : start + length]), ()))
    return Meaning(frozenset(found), frozenset(word.stem for word in words if word.says))


def of_kind(meant: Meaning, what: str) -> frozenset[str]:
    """Those of its concepts that are a kind of thing: room, people, moment…"""
    known = concepts()
    return frozenset(name for name in meant.concepts if known[name].what == what)


def themes_of(meant: Meaning) -> frozenset[str]:
    """The themes that its concepts are about."""
    return meant.themes
