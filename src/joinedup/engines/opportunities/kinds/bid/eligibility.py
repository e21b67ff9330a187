"""What can be had here, who may lead a bid for it, and what else the funder asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from joinedup.engines.opportunities.concepts import stem
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import OLD_DAYS, Partner, Support
from joinedup.engines.opportunities.words import whole_pounds

OPEN = ("dated", "rolling")
# What the shelf holds is never bid for; a review is on it where it has no date or no theme.
SHELF = ("guidance", "data", "campaign")
# Who alone may lead, where that is narrower than a sector: what the funder's words say, and what a body's own
# words then have to say.
NARROWER = tuple(
    (re.compile(rf"\b(?:{said})\b", re.I), re.compile(rf"\b(?:{own})", re.I))
    for said, own in (
        ("parish councils?", "parish"),
        (r"village (?:hall|charit)\w*|villages", "village"),
        (
            "faith groups?|congregations?|places of worship",
            "church|mosque|temple|gurdwara|synagogue|chapel|faith|pastor|parish|diocese|prayer",
        ),
        (
            "clubs? affiliated|governing body|sports? clubs?|sport groups?",
            "club|sport|boxing|football|athletic|rugby|cricket|swimming|rowing",
        ),
        ("universit(?:y|ies) only", "universit"),
    )
)
# The same by a body's name alone: a service for pupils is no school.
NAMED = tuple(
    (re.compile(said, re.I), re.compile(rf"\b(?:{own})", re.I))
    for said, own in (
        (
            r"^(?:maintained |secondary |primary )?schools\b(?!.*(?:council|local "
            r"authorit|charities,|\bcharities alone))",
            "school|academ|college|learning|trust|primar",
        ),
        (r"pupil referral units|alternative provision academ", "referral|alternative|academ"),
    )
)
PAIR = re.compile(
    r"pairs? of schools|a school with a charity|school and (?:a|one) (?:charity|community|voluntary)", re.I
)
# A trust of schools, or a council: no single unit leads.
TRUST = re.compile(
    r"\b(?:lead must be a|must be led by a) (?:multi-academy )?trust|multi-academy trust", re.I
)
PARTNERS_ONLY = re.compile(r"charit\w+ (?:as|may be|can be) partners?", re.I)
# A small sum, or one for bodies of a small income, suits nobody who runs this many things.
SMALL_AWARD, SMALL_INCOME, MANY_ACTIONS = 10_000, 500_000, 5
# Words by which a body may be one that women lead; whether it is, it says itself.
WOMEN = frozenset(stem(word) for word in ("women", "woman", "mothers", "girls", "female", "aunties"))
AT_LEAST = {"two": 2, "three": 3, "four": 4}
LIMITS = {
    "led_by_women": "only bodies that women lead",
    "two_areas": "at least two areas together",
    "existing_grantees": "only bodies that it already funds",
    "constituted": "constituted groups only",
}


def is_open(support: Support, as_of: date) -> bool:
    """Whether one can apply for it or book it: not the shelf, not closed, not only for those who are invited or for
    places elsewhere."""
    if support.kind in SHELF or support.basis not in OPEN:
        return False
    # Nobody knows that it is still open: no closing day, and not looked at for a year.
    if support.closes is None and (
        support.last_checked is None or (as_of - support.last_checked).days > OLD_DAYS
    ):
        return False
    return support.closes is None or support.closes >= as_of


def areas(context: Context, support: Support) -> list[tuple[str, ...]]:
    """The authorities where it can be had, each alone, or with those that adjoin it where it asks for two areas."""
    within = [
        code
        for code in context.register.authorities
        if support.everywhere or code in support.where.authorities
    ]
    if "two_areas" not in support.limits:
        return [(code,) for code in within]
    return [
        (one, *(other for other in within if other != one and context.distances.adjoin(one, other)))
        for one in within
    ]


def may_lead(support: Support, partner: Partner) -> bool:
    """Whether the funder's words let this body lead, as far as its own words say what it is."""
    who = support.sectors if support.lead_only else support.sectors | support.via
    if "commissioner_lead" in support.limits:
        who = who & {"local_policing_body"}
    if "hospital_lead" in support.limits and "hospital_counts" not in partner.does.concepts:
        return False
    own = f"{partner.name} {partner.words}"
    if any(said.search(support.who_may_use) and not needed.search(own) for said, needed in NARROWER):
        return False
    if any(said.search(support.who_may_use) and not needed.search(partner.name) for said, needed in NAMED):
        return False
    if (
        partner.sector == "education"
        and TRUST.search(support.who_may_use)
        and not re.search(r"\btrust\b", own, re.I)
    ):
        return False
    return partner.sector in who


def partners_named(support: Support) -> set[str]:
    """Sectors that the funder names as partners of a lead."""
    said = {limit.partition(":")[2] for limit in support.limits if limit.startswith("named:")}
    if PAIR.search(f"{support.purpose} {support.who_may_use}"):
        said |= {"vcs", "education"}
    return said or ({"vcs"} if PARTNERS_ONLY.search(support.who_may_use) else set())


def is_small(support: Support) -> bool:
    """Whether the money is for small bodies."""
    incomes = [float(value) for limit in support.limits if (value := limit.partition("income_under:")[2])]
    return min(incomes, default=1e12) <= SMALL_INCOME or (support.amount_max or 1e12) <= SMALL_AWARD


def wanted(support: Support) -> int:
    """How many bodies together it asks for, 0 where it does not say."""
    return max((_number(limit) for limit in support.limits if limit != "two_areas"), default=0)


def _number(limit: str) -> int:
    word, _, of = limit.partition("_")
    return AT_LEAST.get(word, 0) if of else 0


def conditions(support: Support, named: int) -> list[str]:
    """What to check, each a sentence; `named` is how many bodies stand in the move."""
    checks = []
    for limit in sorted(support.limits):
        kind, _, value = limit.partition(":")
        if kind == "income_under" and value:
            checks.append(f"Only for bodies with an income under {whole_pounds(float(value))}: check.")
        elif kind != "two_areas" and (number := _number(kind)):
            enough = (
                "these are enough if they agree." if named >= number else f"{named} named here, so who else?"
            )
            checks.append(f"It asks for at least {kind.replace('_', ' ')} together: {enough}")
        elif kind in LIMITS:
            checks.append(f"Conditions: {LIMITS[kind]}.")
    if not support.area_known:
        checks.append("For which area it is could not be read here: look at the funder's page.")
    return checks


def in_two_areas(bodies: Sequence[Partner]) -> bool:
    """Whether these bodies between them work in two authorities or more."""
    return len(frozenset().union(*(body.where.authorities for body in bodies))) > 1
