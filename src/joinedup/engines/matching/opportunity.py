"""An explained reason for named partners to work together."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

MARKINGS = ("public", "partnership", "named")
LONGEST_ID = 190


@dataclass(frozen=True)
class Because:
    """A fact: its text, and the record (type, id) or the figure (place, theme…) that it came from."""

    text: str
    record: tuple[str, str] | None = None
    figure: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        if self.record is not None:
            return {"text": self.text, "record": {"type": self.record[0], "id": self.record[1]}}
        return {"text": self.text, "figure": self.figure or {}}


@dataclass(frozen=True)
class Explanation:
    """What a kind says of one candidate: written when somebody asks, not for every candidate."""

    parties: list[str]
    sentence: str
    because: list[Because]
    first_step: str
    would_change: list[str]
    initiatives: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    # What else tells two apart, where kind, place, theme, initiatives and offers do not.
    told_apart: tuple[str, ...] = ()
    # Initiatives named only as facts do not make the id: they come and go.
    initiatives_in_id: bool = True
    # It says of a body what is not recorded of it, or asks it for what the law requires: for the partnership only.
    not_public: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Opportunity:
    """One result. `score` is 0 to 100; `components` are 0 to 1; `parties` are partner ids, or `sector:x` where no
    partner of a sector that is needed is recorded. `marking` is the strictest of the records it rests on;
    `only_parties` says that nobody else should be shown it, `not_public` that the public should not."""

    id: str
    kind: str
    score: float
    place: str
    theme: str
    parties: list[str]
    initiatives: list[str]
    offers: list[str]
    sentence: str
    because: list[Because]
    first_step: str
    components: dict[str, float]
    would_change: list[str]
    ask: bool
    marking: str
    only_parties: bool
    not_public: bool = field(default=False, kw_only=True)

    def as_dict(self) -> dict[str, Any]:
        """The JSON document of one opportunity."""
        document: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "score": self.score,
            "place": self.place,
            "theme": self.theme,
            "parties": self.parties,
            "initiatives": self.initiatives,
            "offers": self.offers,
            "sentence": self.sentence,
            "because": [fact.as_dict() for fact in self.because],
            "first_step": self.first_step,
            "components": self.components,
            "would_change": self.would_change,
        }
        if self.ask:
            document["ask"] = True
        return document


def strictness(marking: str) -> int:
    """How closely a marking keeps a record: one that we do not know, as closely as the strictest."""
    return MARKINGS.index(marking) if marking in MARKINGS else len(MARKINGS)


def identifier(*parts: str) -> str:
    """Readable where codes are plain, with a short digest where they are not or the whole is long."""
    plain = [p if re.fullmatch(r"[A-Za-z0-9_.]+(-[A-Za-z0-9_.]+)*", p) else _digested(p) for p in parts]
    whole = "--".join(plain)
    return whole if len(whole) <= LONGEST_ID else f"{whole[:150]}--{_digest(whole)}"


def _digested(part: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-")[:30]
    return f"{slug}-{_digest(part)}" if slug else _digest(part)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
