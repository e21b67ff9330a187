"""How support is open: dated, rolling, standing, invited or closed; and its kind."""

from __future__ import annotations

import datetime

from rapidfuzz import fuzz, process

from joinedup.engines.reading.cells import folded, is_blank
from joinedup.engines.reading.phrases import phrase_pattern

BASES = ("dated", "rolling", "standing", "invited", "closed")
SHORT = 31  # days: a service that is there no longer than this is an occasion
SHELF = ("guidance", "data", "review", "campaign")
KINDS = ("fund", "training", "service", *SHELF)

_WORDS = {
    "closed": phrase_pattern("closed*, ended, finished, expired, no longer, awarded, wedi cau"),
    "invited": phrase_pattern(
        "invit*, by nomination, allocat*, formula, not open, targeted, yn dilyn gwahoddiad"
    ),
    "rolling": phrase_pattern(
        "rolling, any time, anytime, all year, year round, continuous*, monthly panel, monthly, "
        "quarterly, until spent, first come, while it lasts, by booking, bookable, book*, "
        "by referral, by agreement, treigl*, open until"
    ),
    "dated": phrase_pattern(
        "dated, open round, round, competitive, competition, two stage*, one stage, deadline, "
        "call for, closing date, expression* of interest, tender, bids, bidding, fixed date*, "
        "cystadleuol"
    ),
    "standing": phrase_pattern(
        "standing, free to use, free, always, on request, request, by authorisation, authorised, "
        "ongoing, permanent, open access, download, published, no closing date, statutory, parhaol"
    ),
}
_KIND_WORDS = {
    "fund": phrase_pattern(
        "fund, funds, funding, grant, grants, money, award, awards, bursar*, cronfa, grantiau, investment"
    ),
    "training": phrase_pattern("train*, course*, workshop*, learning, webinar*, hyfforddiant"),
    "guidance": phrase_pattern(
        "guidance, guide, toolkit*, handbook, advice note, resource*, publication, canllaw*, "
        "summary of what works"
    ),
    "data": phrase_pattern("data, dashboard*, statistics, maps, figures, analyst"),
    "review": phrase_pattern("review*, peer review*, assessment, audit"),
    "campaign": phrase_pattern("campaign*, posters, awareness, materials, ymgyrch"),
    "service": phrase_pattern("service*, support, programme, project, advocacy, helpline, loan, gwasanaeth"),
}


def kind(given: str, name: str, purpose: str) -> tuple[str | None, str, float]:
    """The kind of support: (kind, rule, how sure)."""
    plain = folded(given)
    if plain in KINDS:
        return plain, "" if plain == given else "kind in other words", 0.99
    if plain and (near := process.extractOne(plain, KINDS, scorer=fuzz.ratio, score_cutoff=84)):
        return near[0], "kind nearly the same", near[1] / 100
    for text, rule, sure in (
        (plain, "kind in other words", 0.85),
        (folded(name), "kind from the name", 0.7),
        (folded(purpose), "kind from the purpose", 0.5),
    ):
        for found, pattern in _KIND_WORDS.items():
            if text and pattern.search(text):
                return found, rule, sure
    return None, "kind not known", 0.0


def basis(
    given: str,
    kind: str | None,
    opens: datetime.date | None,
    closes: datetime.date | None,
    as_of: datetime.date,
) -> tuple[str | None, str, float]:
    """How it is open on that day: (basis, rule, how sure).

    A date that is over closes it, whatever the words say; guidance, data, reviews and campaigns stand; a service or a
    training that is booked is rolling; without words a date to come makes it dated.
    """
    plain = folded(given)
    exact = plain if plain in BASES else None
    said = exact or next(
        (name for name, pattern in _WORDS.items() if not is_blank(given) and pattern.search(plain)), None
    )
    if kind in SHELF:
        if said == "closed":
            return "closed", "" if exact else "basis in words", 0.9
        return "standing", "" if exact == "standing" else "this kind of support stands", 0.9
    if closes is not None and closes < as_of:
        return "closed", "" if exact == "closed" else "its date is over", 0.97
    if said == "dated" and closes is None and (opens is None or (as_of - opens).days > 400):
        return ("closed", "open long ago, no end", 0.6) if opens else (None, "a round without dates", 0.0)
    if said == "standing" and kind == "fund" and closes is not None:
        return "dated", "a fund with a closing date", 0.7
    if said:
        return said, "" if exact else "basis in words", 0.9
    if closes is not None:
        short = opens is not None and (closes - opens).days <= SHORT
        if kind in ("service", "training") and not short:
            return "rolling", "dates of a service", 0.6
        return "dated", "a closing date", 0.95
    if kind in ("service", "training"):
        return "standing", "a service without dates", 0.5
    return None, "basis not known", 0.0
