"""Takes out of what the public reads that something is not recorded. Pure.

No record is not no action: within a partnership “none recorded here” is a reason to ask. To the public it reads as if
nobody did anything, of bodies that never said so. Kinds of opportunity are written elsewhere and change; this is the
last gate before anything is stored for the public, whatever their words are.
"""

from __future__ import annotations

import re

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
# How high need is, at the end of a sentence that names a body: beside a school it reads as the need of that school.
_NEED = re.compile(
    r",? and (?:the need is|recent figures there are) [^.;:,“”]*(?:, though [^.;:,“”]*)?(?=\.$)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.?!]) +")


def is_silent(text: str) -> bool:
    """Whether a text says that something is not recorded, not used, not met or not known."""
    return bool(SILENT.search(_QUOTED.sub("“”", text)))


def without(text: str) -> str:
    """The text without its clauses that say so. It may still be silent, where that is no clause of its own."""
    return _CLAUSE.sub("", text)


def without_need(sentence: str) -> str:
    """A headline without its last clause on need, which stands among the reasons with its figures."""
    return _NEED.sub("", sentence)


def told(text: str) -> str:
    """The sentences of a fact that say something: without those that say what is not recorded, or ask for it."""
    every = _SENTENCES.split(without(text))
    kept = [each for each in every if not is_silent(each) and not each.endswith("?")]
    # What follows speaks of what the first one names.
    return " ".join(kept) if kept and kept[0] == every[0] else ""
