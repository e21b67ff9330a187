"""Which sector an organisation belongs to, guessed from its name, its address or what it does: always shown, never
silent."""

from __future__ import annotations

import re

from joinedup.engines.reading.themes import Sectors

DOMAINS = [
    ("police", r"\.police\.uk$|\.pnn\.police\.uk$"),
    ("fire", r"london-fire\.gov\.uk$"),
    ("health", r"(^|\.)nhs\.(net|uk)$"),
    ("education", r"\.(sch|ac)\.uk$"),
    ("probation", r"justice\.gov\.uk$"),
    ("local_authority", r"\.gov\.uk$"),
    ("vcs", r"\.org(\.uk)?$"),
]


def guess_sector(words: Sectors, name: str, *, given: str = "", address: str = "", does: str = "") -> str:
    """The slug of a sector from the organisation's cell or name, its e-mail address, or what it does; or empty."""
    return words.one(given, name, "")[0] or _of_address(words, address) or words.one("", "", does)[0] or ""


def _of_address(words: Sectors, address: str) -> str:
    domain = address.rpartition("@")[2].casefold()
    return next(
        (slug for slug, pattern in DOMAINS if domain and slug in words.slugs and re.search(pattern, domain)),
        "",
    )
