"""What in a line of free text leads to one person: a way to reach them, a number that stands for them, their name.

One set of detectors for every box that is kept longer than people are: registration, topics, notes, sentences about
joint work, what young people write. A machine finds what is obvious; nothing of what it found is quoted in a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}")
# A British number in any grouping, one from abroad, and a mobile that lost its nought.
PHONE = re.compile(r"(?<!\d)(?:(?:\+|00|0)(?:[\s().-]*\d){9,13}|7\d{3}[ -]?\d{3}[ -]?\d{3})(?!\d)")
# Ten figures in the groups of an NHS number: no sentence about joint work needs them, whatever they are.
TEN_FIGURES = re.compile(r"(?<!\d)[1-9]\d{2}[ -]?\d{3}[ -]?\d{4}(?!\d)")
BIRTH = re.compile(
    r"\b(?:d\.? ?o\.? ?b\b\.?|date of birth|birth ?date)\W*\d"
    r"|\bborn (?:on )?(?:the )?\d{1,2}(?:st|nd|rd|th)?[ /.-]",
    re.I,
)
LINK = re.compile(r"\bhttps?://|\bwww\.", re.I)
# The second half of a postcode never has the letters C, I, K, M, O or V, so "Y9 5pm" is not one.
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2}\b", re.I)
# A door: number and street before a full postcode.
_STREET = "road|rd|street|st|lane|avenue|ave|close|court|drive|way|terrace|gardens|grove|crescent|place|square|house"
DOOR = re.compile(
    rf"\b\d{{1,4}}[a-z]?,?\s+(?:[\w'’.-]+\s+){{1,4}}(?:{_STREET})\b[^\n]{{0,60}}?{POSTCODE.pattern}", re.I
)

ABOUT_A_PERSON = {
    gettext_lazy("an e-mail address"): EMAIL,
    gettext_lazy("a phone number"): PHONE,
    gettext_lazy("a number that stands for a person"): TEN_FIGURES,
    gettext_lazy("a date of birth"): BIRTH,
    gettext_lazy("the address of a house"): DOOR,
}
# Shorter than this, a part of a name is found in too many words to be told from them.
SHORTEST_NAME = 2
# A single name of so many letters is found without a capital too; a shorter one is too often a word.
UNMISTAKABLE = 5


def plain(text: str) -> str:
    """As one hears it: without accents, capitals, dots, hyphens and wide spaces, to tell whether two names are one."""
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(each for each in parts if not unicodedata.combining(each)).casefold()
    return " ".join("".join(each if each.isalnum() else " " for each in letters.replace("'", "")).split())


def what_identifies(text: str) -> str:
    """The first thing in a text that leads to one person, as “a phone number”; "" where there is none."""
    even = unicodedata.normalize("NFKC", text).replace("\u2010", "-").replace("\u2011", "-")
    return next((str(what) for what, pattern in ABOUT_A_PERSON.items() if pattern.search(even)), "")


def name_in(text: str, names: Iterable[str], *, besides: str = "") -> str:
    """The first of these names that the text holds, whole or, written with a capital, in part; "" for none. Words of
    `besides`, such as an organisation's own name, are nobody's here."""
    heard, allowed = f" {plain(text)} ", set(plain(besides).split())
    words = set(re.findall(r"\w[\w'’-]*", unicodedata.normalize("NFKC", text)))
    capitals = {plain(word.removesuffix("'s").removesuffix("’s")) for word in words if word[:1].isupper()}
    for name in names:
        whole = plain(name)
        if len(whole) < SHORTEST_NAME or set(whole.split()) <= allowed:
            continue
        if (" " in whole or len(whole) >= UNMISTAKABLE) and f" {whole} " in heard:
            return name
        if any(len(part) >= SHORTEST_NAME and part in capitals - allowed for part in whole.split()):
            return name
    return ""


def is_named_in(text: str, name: str) -> bool:
    """Whether a short text, such as a role, is a name or holds one of several words: parts of it may be its own."""
    heard, whole = plain(text), plain(name)
    return bool(whole) and (heard == whole or (" " in whole and f" {whole} " in f" {heard} "))


def refusal(text: str, names: Iterable[str] = (), *, besides: str = "") -> str:
    """Why a box cannot keep this text, in one sentence that says what to do; "" where it can."""
    if what := what_identifies(text):
        return _(
            "Please take out %(what)s: this is kept when what we know of people is deleted, so it may not lead to one."
        ) % {"what": what}
    if name := name_in(text, names, besides=besides):
        return _(
            "Please take out the name “%(name)s”: this is kept when what we know of people is deleted, so it may name "
            "nobody."
        ) % {"name": name}
    return ""


def refuse(boxes: dict[str, str], names: Iterable[str] = (), *, besides: str = "") -> None:
    """Raise ValidationError, with the reason beside each box that holds what identifies a person."""
    names = list(names)
    found = {box: refusal(text, names, besides=besides) for box, text in boxes.items()}
    if wrong := {box: reason for box, reason in found.items() if reason}:
        raise ValidationError(wrong)
