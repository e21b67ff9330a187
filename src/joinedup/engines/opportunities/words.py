"""Words that several kinds share: quotations, dates, money, who does what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from joinedup.engines.days import is_bank_holiday
from joinedup.engines.opportunities.concepts import NOTHING, Meaning, meaning
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Ask, Partner, Support
from joinedup.engines.opportunities.move import Because
from joinedup.engines.words import day, listing

# What an ask is for, as a noun in a decision.
NOUNS = {
    "room": "a room", "people": "people", "places": "places", "money": "money", "training": "training",
    "data": "information", "referrals": "referrals", "transport": "transport", "equipment": "equipment",
}  # fmt: skip


def quoted(text: str) -> str:
    """In the people's own words, with one pair of quotation marks."""
    plain = text.strip().strip('“”"').replace("“", "‘").replace("”", "’").replace('"', "’")
    return f"“{plain}”"


def start(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]


def names(partners: Sequence[Partner], last: str = "and") -> str:
    return listing([partner.name for partner in partners], last)


# Whom one rings last about work with young people.
BACK_OFFICE = re.compile(
    r"\b(data|returns|finance|payroll|administrator|reception|treasurer|accounts)\b", re.I
)


# A post that nobody answers is nobody to ring.
UNANSWERED = re.compile(
    r"\b(vacant|nobody|no reply|no answer|bounc\w*|has left|left in|unknown|not known|retired|shared inbox|inbox)\b",
    re.I,
)


def with_role(partner: Partner, meant: Meaning = NOTHING) -> str:
    """A body and whom to ask for: the role that speaks of the matter, else one that is no back office."""
    roles = [role for role in partner.roles if not UNANSWERED.search(role)]
    if not roles:
        return partner.name
    best = min(
        roles,
        key=lambda role: (
            -len(meaning(role).stems & meant.stems),
            bool(BACK_OFFICE.search(role)),
            roles.index(role),
        ),
    )
    return f"{partner.name} ({lower_role(best)})"


def shortened(text: str, most: int = 14) -> str:
    """The first words of a quotation, up to a comma or full stop that comes after the sixth."""
    words = text.split()
    for index, word in enumerate(words[:most], 1):
        if index >= 6 and word.endswith((",", ".", ";", ":")):
            return " ".join(words[:index]).rstrip(",.;:")
    return text.rstrip(".") if len(words) <= most else " ".join(words[:most]).rstrip(",.;:") + "…"


def lower_role(role: str) -> str:
    """A role inside a sentence: "service manager", but "DA lead"."""
    return role[:1].lower() + role[1:] if role[1:2].islower() else role


def said(ask: Ask) -> str:
    """When it was said."""
    return f" ({day(ask.said_on)})" if ask.said_on else ""


def spoken(ask: Ask, *, dated: bool = True) -> str:
    """What was asked or offered, in the people's own words, as a sentence that ends."""
    text, when = quoted(ask.text), said(ask) if dated else ""
    ends = not when and text[-2:-1] in (".", "?", "!")
    return f"{text}{when}{'' if ends else '.'}"


def whole_pounds(amount: float) -> str:
    return f"£{amount:,.0f}"


def ask_because(ask: Ask) -> Because:
    verb = "offers" if ask.is_help else "asks for" if ask.what != "money" else "needs money"
    return Because(f"{ask.partner.name} {verb}: {quoted(ask.text)}{said(ask)}", ask.id)


def action_because(action: Action) -> Because:
    return Because(describe(action), action.id)


def describe(action: Action) -> str:
    """What runs, who runs it, until when, for whom, and what came of it as recorded."""
    parts = [f"“{action.name}”, run by {names(action.runners)}"]
    if action.ends:
        parts.append(f"until {day(action.ends)}")
    text = " ".join(parts)
    if action.what:
        text += f": {action.what.rstrip('.')}."
    else:
        text += "."
    if action.reach:
        text += f" It reaches about {action.reach:,.0f} a year."
    return text


def support_line(support: Support) -> str:
    """A fund with its provider, the most of one award, its deadline and when that was checked."""
    parts = [support.provider] if support.provider else []
    if support.amount_max:
        parts.append(f"up to {whole_pounds(support.amount_max)} an award")
    if support.closes:
        parts.append(f"closes {day(support.closes)}")
    elif support.basis == "rolling":
        parts.append("open all the time")
    return f"“{support.name}”" + (f" ({'; '.join(parts)})" if parts else "")


def ask_again(context: Context, ask: Ask) -> str:
    """A check where something was said long ago, or without a date."""
    if context.is_old(ask.said_on) and ask.said_on is not None:
        return f"What {ask.partner.name} said is from {day(ask.said_on)}: ask whether it still stands."
    return ""


def safeguard(what: str | None, *said: Meaning) -> tuple[str, ...]:
    """What is settled before anybody meets a child or anything is told of one; nothing where neither happens."""
    if what == "people":
        return ("Before anybody meets a child: checks, supervision and who is responsible.",)
    if what == "data":
        return ("Before anything is sent: what may be shared, with whom and on what basis.",)
    if what == "room" and any("quiet_room" in each.concepts for each in said):
        return ("Before a group moves in: who else is in the building then.",)
    return ()


def stale(context: Context, action: Action) -> str:
    """A check where a record is more than a year old."""
    if action.confirmed is not None and context.is_old(action.confirmed):
        return f"“{action.name}” was last confirmed on {day(action.confirmed)}: ask whether it still runs."
    return ""


# Offices are empty between Christmas and New Year.
CLOSED_DAYS = frozenset((12, number) for number in range(24, 32))
# A room decides in two months, however far off a deadline is.
DECIDE_DAYS = 60


def decide_by(closes: date, as_of: date) -> date:
    """When to agree on a bid: three weeks before it closes, within two months, and in a week at the earliest."""
    return before(min(closes, as_of + timedelta(days=DECIDE_DAYS + 21)), 21, as_of)


def before(closes: date, days: int, as_of: date) -> date:
    """A working day by which to decide: some days before a deadline, but a week from now, never after the deadline."""
    found = min(closes, max(closes - timedelta(days=days), as_of + timedelta(days=7)))
    while found > as_of and (
        found.weekday() >= 5 or is_bank_holiday(found) or (found.month, found.day) in CLOSED_DAYS
    ):
        found -= timedelta(days=1)
    return found


def lead_in(text: str) -> str:
    """Without the full stop, for a sentence that goes on."""
    return re.sub(r"[.\s]+$", "", text)


def published(approach: Mapping[str, Any]) -> str:
    """What is published of an approach; what is not stated is said, and harm first."""
    name = approach["name"] or approach["approach"]
    if approach["harmful"]:
        source = f" ({approach['source']})" if approach["source"] else ""
        return f"{name}: published evidence says that it does harm{source}."
    told = [f"effect {approach['effect']}" if approach["effect"] else "effect not stated"]
    told.append(f"evidence {approach['evidence']}" if approach["evidence"] else "evidence not stated")
    told.append(f"cost {approach['cost']}" if approach["cost"] else "cost not stated")
    source = f" ({approach['source']})" if approach["source"] else ""
    return f"{name}: {listing(told)}{source}."
