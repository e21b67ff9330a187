"""What an ask asks for or gives: kind, what, how many, how much, by when, and whether it says anything at all."""

from __future__ import annotations

import datetime
import re

from joinedup.engines.reading.cells import MONTH, MONTHS, Number, folded, money, month_end, numbers
from joinedup.engines.reading.phrases import listed, phrase_pattern

KINDS = {
    **dict.fromkeys(
        listed("need, needs, want, wanted, ask, request, looking for, seek, seeking, angen"), "need"
    ),
    **dict.fromkeys(
        listed("help, offer, offers, offering, give, can give, can help, have, spare, cynnig"), "help"
    ),
}
_GIVES = phrase_pattern(
    "we can, can offer, may be used, free of charge, rent free, you could have, has ... free, "
    "have ... free, spare, stand empty, is empty, are empty, available, we will come, happy to, "
    "can be borrowed, can go to, without charge, will lend, ar gael"
)
_NEEDS = phrase_pattern(
    "we need, need, needs, wanted, looking for, we want, we would like, would like, somebody to, "
    "someone to, somewhere, we have nobody, have no, cannot, please, more staff, the quote is, "
    "tell us, angen, would help us, leaks, broken, no longer"
)

# What is asked for; the order decides where two fit: the more particular first.
WHAT = {
    "money": phrase_pattern(
        "money, grant, fund, funding, cash, £, pay for, cost of, quotation, quote, budget, arian"
    ),
    "training": phrase_pattern(
        "train*, course for staff, workshop*, supervision, teach us, learn how, hyfforddiant, "
        "session for staff, briefing*"
    ),
    "data": phrase_pattern(
        "data, figures, counts, numbers by, map*, footage, information, telephone number*, "
        "contact list, dashboard, analyst, tell us what, returns"
    ),
    "transport": phrase_pattern(
        "transport, minibus*, lift, lifts, bus, taxi*, fares, driver*, van, cludiant"
    ),
    "room": phrase_pattern(
        "room*, hall, halls, building, venue*, premises, kitchen, garage*, studio, workshop space, "
        "pitch, floor space, somewhere to meet, space*, ystafell, neuadd"
    ),
    "places": phrase_pattern(
        "places, place on, seats, memberships, placements, foster carers, spaces on, beds, "
        "vacancies on, lleoedd"
    ),
    "referrals": phrase_pattern(
        "referral*, refer, referrers, send us, young people to fill, to fill, participants, "
        "not taken up, unfilled"
    ),
    "equipment": phrase_pattern(
        "equipment, kit, laptops, bikes, boots, gloves, jackets, boiler, canvas, tables, "
        "chairs to lend, instruments, offer"
    ),
    "people": phrase_pattern(
        "people, worker*, volunteer*, staff, somebody, someone, adults, mentor*, trainer*, "
        "therapist*, nurse*, officer*, constables, woman worker, tutor*, speaker*, interpreter*, "
        "pobl, gwirfoddolwyr, anyone who"
    ),
}
WHATS = (*WHAT, "other")
_EMPTY = phrase_pattern(
    "nothing, nothing at present, nothing at the moment, none at present, none at the moment, "
    "no asks, none, no needs, all fine, nothing to report, nothing this time, no change, "
    "dim byd, dim ar hyn o bryd, not at present, not at the moment, nothing now, "
    "nothing for now, nothing yet"
)

LARGE = 500
_COUNTED = (
    r"places?|seats?|chairs?|rooms?|halls?|days?|evenings?|nights?|afternoons?|mornings?|"
    r"workers?|memberships?|placements?|courses?|pairs?|garages?|workshops?|"
    r"volunteers?|mentors?|adults|spaces?|beds?|columns?|laptops?|bikes?|sessions?|"
    r"officers?|constables|tutors?|drivers?|trainers?|carers?|pitches|dates?|mediators?|"
    r"therapists?|counsellors?|minibuses|lleoedd|ystafelloedd|slots?|desks?|vans?"
)
_DAYS = re.compile(r"days?|evenings?|nights?|afternoons?|mornings?|sessions?")
_BY = re.compile(
    rf"\b(?:before|by|through|until|till|to the end of|from now to|up to|no later than|cyn|"
    rf"erbyn) (?:the end of |early |mid |late )?(\d{{1,2}} )?({MONTH})\b(?: (\d{{4}}))?"
)
_STARTS = re.compile(
    rf"\b({MONTH}) (?:\w+ )?(?:course|courses|round|intake|start|session|sessions|programme|"
    rf"half term|holiday|holidays|term|group|meeting|deadline|training)\b|"
    rf"\b(?:starts?|begins?|again|runs|leaving|ends?|stops?|finish\w*|from|"
    rf"course) (?:again )?in ({MONTH})\b"
)
_FEASTS = {
    "christmas": (12, 25),
    "nadolig": (12, 25),
    "new year": (12, 31),
    "new years eve": (12, 31),
    "easter": (4, 15),
    "pasg": (4, 15),
    "summer holidays?": (7, 31),
    "summer": (6, 30),
}


def kind(given: str, text: str) -> tuple[str | None, str, float]:
    """Need or help: (kind, rule, how sure). "Offer" is the older word for help. Told by the text where the cell is
    blank, if it speaks one way only."""
    plain = folded(given)
    if plain in ("need", "help"):
        return plain, "" if given in ("need", "help") else "kind in other words", 0.99
    if plain in KINDS:
        return KINDS[plain], "kind in other words", 0.95
    gives, needs = bool(_GIVES.search(folded(text))), bool(_NEEDS.search(folded(text)))
    if gives != needs:
        return ("help" if gives else "need"), "kind from the text", 0.6
    return None, "kind not known", 0.0


def kind_words(text: str) -> str:
    """The words of a text that say whether it needs or gives, where it speaks one way only."""
    found = [match for pattern in (_GIVES, _NEEDS) if (match := pattern.search(folded(text)))]
    return found[0][0] if len(found) == 1 else ""


def what(given: str, text: str) -> tuple[str | None, str, float]:
    """The kind of thing: (what, rule, how sure)."""
    plain = folded(given)
    if plain in WHATS:
        return plain, "" if plain == given else "what in other words", 0.99
    if not plain and money(text):
        return "money", "a sum in the text", 0.7
    for words, rule, sure in (
        (plain, "what in other words", 0.85),
        (folded(text), "what from the text", 0.55),
    ):
        if found := [name for name, pattern in WHAT.items() if words and pattern.search(words)]:
            return found[0], rule, sure
    return None, "what not known", 0.0


def is_empty(text: str) -> bool:
    """Whether it says only that there is nothing to say. What is meant as a joke is not guessed."""
    plain = folded(text)
    return plain in ("", "no", "na", "n a", "tbc", "x") or bool(_EMPTY.fullmatch(plain))


def amount(text: str, what: str | None = None) -> float | None:
    """The sum in pounds that a text asks for, the first one; of an ask for money also a large bare number."""
    sums = money(text)
    if not sums and what == "money":
        sums = [
            found.value for found in numbers(text) if found.value >= LARGE and not 1990 <= found.value <= 2100
        ]
    return sums[0] if sums else None


def number(text: str) -> float | None:
    """How many are needed or offered: "nine places", "two of our community rooms". Not ages, hours of the clock, or for
    how long; days and evenings only where nothing else is counted."""
    days = None
    for found in numbers(text):
        if (
            _is_pound(text, found)
            or re.search(r"\b(?:past|quarter to|half) $", text[: found.start].casefold())
            or re.match(
                r" ?(?:year|per cent|%|o'?clock|months?|weeks?|minutes?|pounds)", text[found.end :].casefold()
            )
        ):
            continue
        if text[found.end : found.end + 1] == "-":
            continue
        if re.match(r"(?:one|un)$", text[found.start : found.end].casefold()) and not re.match(
            r" (?:\w+ )?(?:place|room|seat|worker|morning|evening|day)\b", text[found.end :].casefold()
        ):
            continue
        after = re.match(
            rf"[ '’]*(?:(?:more|free|empty|spare|of our|of the|new|trained|young|tenants['’]*|further|"
            rf"last|remaining|paid|o) ?)*(?:[\w'’-]+ ){{0,2}}?({_COUNTED})\b",
            text[found.end :].casefold(),
        )
        if not after or re.search(r"[.;:]", text[found.end : found.end + after.end()]):
            continue
        if not _DAYS.fullmatch(after[1]):
            return found.value
        # How often or for how long something is wanted is no number of it.
        if re.search(r"\b(?:for|within|in|of) $", text[: found.start].casefold()):
            continue
        if re.match(
            r" (?:a|each|every|per|ahead|notice|earlier|later)\b",
            text[found.end + after.end() :].casefold(),
        ):
            continue
        if not re.match(r"day|dydd|diwrnod", after[1]):
            continue
        days = found.value if days is None else days
    return days


def _is_pound(text: str, found: Number) -> bool:
    return text[: found.start].rstrip().endswith("£")


def until(text: str, said_on: datetime.date | None) -> datetime.date | None:
    """The day that a text names as an end or a start, read forward from the day it was said: "before March" is the end
    of February, "by 12 March" that day, "the January course" the end of January. The first one that it names."""
    if said_on is None:
        return None
    plain = folded(text)
    found: list[tuple[int, datetime.date | None]] = []
    if match := _BY.search(plain):
        found.append((match.start(), _by(match, said_on)))
    if match := _STARTS.search(plain):
        found.append((match.start(), month_end(MONTHS[match[1] or match[2]], said_on)))
    for feast, (month, number) in _FEASTS.items():
        if match := re.search(
            rf"\b(?:at|before|by|until|till|to|for|after|on|stops|ends|finishes|closes) (?:the )?{feast}\b",
            plain,
        ):
            found.append((match.start(), _day(said_on, month, number, None)))
    return min(found, key=lambda one: one[0])[1] if found else None


def _by(match: re.Match[str], said_on: datetime.date) -> datetime.date | None:
    month = MONTHS[match[2]]
    year = int(match[3]) if match[3] and 2000 <= int(match[3]) <= 2100 else None
    if match[1]:
        return _day(said_on, month, int(match[1]), year)
    end = month_end(month, datetime.date(year, 1, 1) if year else said_on)
    if not match[0].startswith(("before", "cyn ")) or match[0].startswith("before the end"):
        return end
    before = datetime.date(end.year, end.month, 1) - datetime.timedelta(days=1)
    return (
        before
        if before >= said_on or year
        else datetime.date(end.year + 1, end.month, 1) - datetime.timedelta(days=1)
    )


def _day(said_on: datetime.date, month: int, number: int, year: int | None) -> datetime.date | None:
    try:
        found = datetime.date(year or said_on.year, month, number)
        return found if year or found >= said_on else found.replace(year=said_on.year + 1)
    except ValueError:
        return None
