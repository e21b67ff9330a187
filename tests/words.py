"""Words that pages, mails and Word files may not say: those of its makers, and labels that no person should wear."""

from __future__ import annotations

import re

BANNED = re.compile(
    r"\b(engines?|algorithms?|scores?|scored|scoring|footprints?|audience|payload|backend|queue|percentiles?"
    r"|posterior|vectors?|incremental|parameters?|invalid|null|noughts?|stakeholders?|comparators?|heuristics?"
    r"|candidates?|buckets?|weight(?:s|ed|ing|ings)?|(?:the|a|last|next|this|each|every|both) runs?|re-?runs?"
    r"|iterations?|coefficients?|outliers?|booleans?|timestamps?|payoffs?|penalty term"
    r"|simplex|slug|primary key|optimi[sz]\w*|gang nominals?|offenders?|perpetrators?)\b",
    re.IGNORECASE,
)
# What others publish is called as they call it, and a young offender institution is called so by the law.
OWN_NAMES = re.compile(r"\b(?:young offender institutions?|(?:high-risk )?offenders index)\b", re.IGNORECASE)


def banned(text: str) -> list[str]:
    """Each word in a text that may not be said, with what stands around it."""
    plain = OWN_NAMES.sub("", text)
    return [
        f"“{word.group(0)}” in “{plain[max(0, word.start() - 60) : word.end() + 60]}”"
        for word in BANNED.finditer(plain)
    ]
