"""Takes out of what the public reads that something is not recorded. Pure.

No record is not no action: within a partnership “none recorded here” is a reason to ask. To the public it reads as if
nobody did anything, of bodies that never said so. Kinds of opportunity are written elsewhere and change; this is the
last gate before anything is stored for the public, whatever their words are.
"""

from __future__ import annotations

import re
from dataclasses import replace

from joinedup.engines.opportunities import Move

# People's own words and the names of things stand in quotes: they are nobody's silence.
_QUOTED = re.compile(r"“[^”]*”")
_NONE = r"(?:no|nobody|nothing|none)\b[^.;:,“”]*\b(?:recorded|on record)\b[^.;:,“”]*"
SILENT = re.compile(
    rf"\b{_NONE}|\bnot (?:yet )?(?:recorded|known|met|used|answered)\b|\bunrecorded\b|\bunused\b|\bunmet need\b"
    r"|\bnobody (?:uses|does|works)\b|\bno (?:action|use|partner|link|record|local action)\b|\brecorded here: nothing\b"
    # Each of the sentences of `facts.nothing_yet`, and each part of one that the stop of a short form cuts in two.
    r"|\bwhat is recorded here\b|: nothing yet\b|\bnot the same as nothing\b"
    r"|\brecord it\b|\brecorded for it are others\b|\bstill to be asked\b|\bconfirms? (?:its|the|their) record"
    r"|\bmeets? [^.;]*\bneed\b",
    re.IGNORECASE,
)
# A clause between commas, or at the end after one.
_CLAUSE = re.compile(rf", (?:and )?{_NONE}(?=[,.;:]|$)", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.?!]) +")


def is_silent(text: str) -> bool:
    """Whether a text says that something is not recorded, not used, not met or not known."""
    return bool(SILENT.search(_QUOTED.sub("“”", text)))


def without(text: str) -> str:
    """The text without its clauses that say so. It may still be silent, where that is no clause of its own."""
    return _CLAUSE.sub("", text)


def told(text: str) -> str:
    """The sentences of a fact that say something: without those that say what is not recorded, or ask for it."""
    every = _SENTENCES.split(without(text))
    kept = [each for each in every if not is_silent(each) and not each.endswith("?")]
    # What follows speaks of what the first one names.
    return " ".join(kept) if kept and kept[0] == every[0] else ""


def in_public(move: Move) -> Move | None:
    """A move in words that the public may read: without what is not recorded, and without its first step, which asks
    something of a body by its name. None where nothing else is left to say."""
    if is_silent(move.decision) or is_silent(without(move.sentence)):
        return None
    because = [replace(fact, text=told(fact.text)) for fact in move.because]
    return replace(
        move,
        sentence=without(move.sentence),
        first_step="",
        because=tuple(fact for fact in because if fact.text),
        checks=(),
    )
