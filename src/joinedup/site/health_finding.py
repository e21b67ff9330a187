"""A finding of `joinedup check`."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class HealthFinding:
    """A sentence that says what is wrong, or only wants attention, and what to do."""

    what: str
    sentence: str
    is_wrong: bool = True

    def as_dict(self) -> dict[str, object]:
        return asdict(self)
