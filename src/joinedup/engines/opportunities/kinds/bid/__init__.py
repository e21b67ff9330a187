"""`bid`: money or help with a deadline or open all the time, about this theme, for bodies that may use it.

Who bids is who works on it or asks for what it pays: never who is only of the right sector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import stem
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import OLD_DAYS, Action, Ask, Partner, Support
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts, deadline
from joinedup.engines.words import day

R = TypeVar("R")

NAME = "bid"
OPEN = ("dated", "rolling")
# What the shelf holds is never bid for.
SHELF = ("guidance", "data", "campaign", "review")
# How much an ask of this kind says that money would serve it.
PAYS: dict[str | None, float] = {
    "money": 0.75,
    "people": 0.55,
    "equipment": 0.6,
    "room": 0.5,
    "places": 0.4,
    "transport": 0.5,
}
# What a training offer or a lent service answers instead.
TRAINS: dict[str | None, float] = {"training": 0.75}
SERVES: dict[str | None, float] = {"people": 0.4, "other": 0.4, "data": 0.4, None: 0.3}
# An action or a declared theme alone.
RUNS, ENDS_SOON, DECLARES = 0.4, 0.2, 0.2
LEAST_FIT, LEAST_WITH, LEAST_ASKED = 0.38, 0.5, 0.2
LEADS, WITH = 3, 3
SOON_DAYS, CHECKED_DAYS, SHORT_DAYS = 270, 92, 30
# What a purpose has to have in common with an ask or an action, to be about it.
ALIKE, SLIGHTLY = 0.25, 0.0


@dataclass
class Candidate:
    """A body with what makes it fit: the asks that the money would answer and the actions it would build on."""

    partner: Partner
    fit: float = 0.0
    asks: list[tuple[float, Ask]] = field(default_factory=list)
    actions: list[tuple[float, Action]] = field(default_factory=list)
    interested: bool = False

    def add(self, weight: float) -> None:
        self.fit = 1 - (1 - self.fit) * (1 - weight)


# "charities as partners only"
PARTNERS_ONLY = {True: ("vcs",)}
# A small sum, or one for bodies of a small income, suits nobody who runs this many things.
SMALL_AWARD, SMALL_INCOME, MANY_ACTIONS = 10_000, 500_000, 5


def _is_small(support: Support) -> bool:
    incomes = [float(value) for limit in support.limits if (value := limit.partition("income_under:")[2])]
    return min(incomes, default=1e12) <= SMALL_INCOME or (support.amount_max or 1e12) <= SMALL_AWARD


# Words by which a body may be one that women lead; whether it is, it says itself.
WOMEN = frozenset(stem(word) for word in ("women", "woman", "mothers", "girls", "female", "aunties"))


def moves(context: Context) -> Iterator[Move]:
    """One move a support, theme and authority where somebody fits."""
    for support in context.register.support.values():
        if not is_open(support, context.as_of) or not support.themes:
            continue
        within = [
            code
            for code in context.register.authorities
            if support.everywhere or code in support.where.authorities
        ]
        areas = (
            _neighbours(context, within) if "two_areas" in support.limits else [(code,) for code in within]
        )
        for area in areas:
            for theme in support.themes:
                move = _move(context, support, area, theme)
                if move is not None:
                    yield move


def _neighbours(context: Context, within: Sequence[str]) -> list[tuple[str, ...]]:
    """Each authority with those that adjoin it, for support that asks for two areas together."""
    return [
        (one, *(other for other in within if other != one and context.distances.adjoin(one, other)))
        for one in within
    ]


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


def _candidates(context: Context, support: Support, area: Sequence[str], theme: str) -> dict[str, Candidate]:
    found: dict[str, Candidate] = {}

    def of(partner: Partner) -> Candidate:
        return found.setdefault(partner.id, Candidate(partner))

    for ask in _once(context.register.asks_at, area):
        if ask.is_help:
            continue
        alike = context.alike(ask.meant, support.meant)
        on_theme = theme in ask.themes
        if not (on_theme or (alike >= 0.5 and not ask.themes)):
            continue
        pays = _pays(support).get(ask.what)
        if pays is None:
            continue
        weight = pays * (0.55 + 0.45 * alike) * context.fresh(ask.said_on)
        if support.amount_max and ask.amount and ask.amount > 3 * support.amount_max:
            weight *= 0.5
        if _capital(ask) and not _pays_works(support):
            continue
        if ask.what == "money" and _pays_works(support) and not _capital(ask) and alike < ALIKE:
            continue
        of(ask.partner).asks.append((weight, ask))
        of(ask.partner).add(weight)
    for action in _once(context.register.actions_at, area):
        if theme not in action.themes or action.restricted:
            continue
        alike = context.alike(action.meant, support.meant)
        if alike < (SLIGHTLY if action.themes[0] == theme == support.themes[0] else ALIKE):
            continue
        weight = RUNS * (0.5 + 0.5 * alike) * (1.0 if action.themes[0] == theme else 0.7)
        weight *= context.fresh(action.confirmed)
        if _ends_soon(context, action):
            weight += ENDS_SOON
        for partner in action.runners:
            share = weight if partner is action.partner else 0.7 * weight
            of(partner).actions.append((share, action))
            of(partner).add(share)
    for partner in _once(context.register.partners_at, area):
        if theme in partner.themes:
            of(partner).add(DECLARES + 0.2 * context.alike(partner.does, support.meant))
    if _is_small(support):
        for each in found.values():
            if len(context.register.actions_of.get(each.partner.id, ())) >= MANY_ACTIONS:
                each.fit *= 0.5
    if "led_by_women" in support.limits:
        for each in found.values():
            if not each.partner.does.stems & WOMEN:
                each.fit *= 0.6
    return {id: each for id, each in found.items() if not _refused(context, support, area, theme, each)}


def _once(at: Mapping[str, Sequence[R]], area: Sequence[str]) -> Iterator[R]:
    """The records of several authorities, each once."""
    seen: set[int] = set()
    for code in area:
        for record in at.get(code, ()):
            if id(record) not in seen:
                seen.add(id(record))
                yield record


def _refused(context: Context, support: Support, area: Sequence[str], theme: str, each: Candidate) -> bool:
    answer = context.answered(
        each.partner.id, authorities=area, theme=theme, records=frozenset((support.id,)), meant=support.meant
    )
    if answer is not None and answer.answer == "interested":
        each.interested = True
        each.add(0.4)
    return answer is not None and answer.answer == "not_us"


def _move(context: Context, support: Support, area: Sequence[str], theme: str) -> Move | None:
    found = _candidates(context, support, area, theme)
    ranked = sorted(found.values(), key=lambda each: (-each.fit, each.partner.id))
    eligible = [each for each in ranked if may_lead(support, each.partner)]
    leads = [each for each in eligible if each.fit >= LEAST_FIT][:LEADS]
    carried = {id(each) for each in leads}
    beside = [
        each
        for each in ranked
        if id(each) not in carried
        and each.fit >= LEAST_WITH
        and (each.asks or each.actions)
        and not each.partner.restricted
    ]
    if support.lead_only and not leads:
        # Who may lead and shares the work of those who would deliver it, though little of its own is recorded.
        partners_of = {p.id for each in beside for _, action in each.actions for p in action.runners}
        leads = [each for each in eligible if each.partner.id in partners_of or each.fit >= 0.3][:1]
    if not leads or ("two_areas" in support.limits and not _in_two(leads)):
        return None
    beside = [
        each for each in beside if each not in leads and (support.via or support.lead_only or each.asks)
    ][:WITH]
    partners_named = {
        limit.partition(":")[2] for limit in support.limits if limit.startswith("named:")
    } or set(
        PARTNERS_ONLY.get(
            bool(re.search(r"charit\w+ (?:as|may be|can be) partners?", support.who_may_use, re.I)), ()
        )
    )
    if support.kind != "fund":
        leads, beside = leads[:1], []
    if not support.lead_only and len(leads) + len(beside) < LEADS:
        # Whom the funder names as partners, and who runs something very like it, may stand in the bid too, if asked.
        named = {each.partner.id for each in (*leads, *beside)}
        beside += [
            each
            for each in ranked
            if each.partner.id not in named
            and each.fit >= LEAST_ASKED
            and not each.partner.restricted
            and (
                each.partner.sector in partners_named
                or any(context.alike(action.meant, support.meant) >= ALIKE for _, action in each.actions)
            )
            and not (support.kind != "fund" or (partners_named and each.partner.sector not in partners_named))
        ][:1]
    short = support.closes is not None and (support.closes - context.as_of).days < SHORT_DAYS
    if short and _too_few(support, leads, beside):
        # There is no time left to find the others that it asks for.
        return None
    return _told(context, support, area, theme, leads, beside)


def _in_two(leads: Sequence[Candidate]) -> bool:
    return len(frozenset().union(*(each.partner.where.authorities for each in leads))) > 1


# Who alone may lead, where that is narrower than a sector: what the funder's words say, and what a body's own words then
# have to say.
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
# A trust of schools, or a council: no single unit leads.
TRUST = re.compile(
    r"\b(?:lead must be a|must be led by a) (?:multi-academy )?trust|multi-academy trust", re.I
)


def may_lead(support: Support, partner: Partner) -> bool:
    who = support.sectors if support.lead_only else support.sectors | support.via
    if "commissioner_lead" in support.limits:
        who = who & {"local_policing_body"}
    if "hospital_lead" in support.limits and "hospital_counts" not in partner.does.concepts:
        return False
    own = f"{partner.name} {partner.words}"
    if any(said.search(support.who_may_use) and not needed.search(own) for said, needed in NARROWER):
        return False
    if (
        partner.sector == "education"
        and TRUST.search(support.who_may_use)
        and not re.search(r"\btrust\b", own, re.I)
    ):
        return False
    return partner.sector in who


def _parts(context: Context, support: Support, leads: list[Candidate], beside: list[Candidate]) -> Parts:
    fit = 0.3 + 0.5 * max(each.fit for each in leads)
    if support.kind != "fund":
        # A course or a loan that nobody asked for is one more notice.
        fit *= 0.85 if any(each.asks for each in leads) else 0.6
    if _too_few(support, leads, beside):
        fit *= 0.8
    everybody = (*leads, *beside)
    return Parts(
        fit=fit,
        fresh=1.0
        if support.last_checked and (context.as_of - support.last_checked).days <= CHECKED_DAYS
        else 0.8,
        deadline=deadline(support.closes, context.as_of),
        parties=float(len(everybody) > 1),
        asked=float(any(each.asks for each in everybody)),
        answered=float(any(each.interested for each in everybody)),
    )


def _ends_soon(context: Context, action: Action) -> bool:
    return action.ends is not None and (action.ends - context.as_of).days <= SOON_DAYS


AT_LEAST = {"two": 2, "three": 3, "four": 4}


def _too_few(support: Support, leads: Sequence[Candidate], beside: Sequence[Candidate]) -> bool:
    """Whether it asks for more bodies together than are named."""
    wanted = [AT_LEAST.get(limit.split("_")[0], 0) for limit in support.limits if limit != "two_areas"]
    return max(wanted, default=0) > len(leads) + len(beside)


def _and_who_else(number: int, leads: Sequence[Candidate], beside: Sequence[Candidate]) -> str:
    named = len(leads) + len(beside)
    return "these are enough if they agree." if named >= number else f"{named} named here, so who else?"


def _pays(support: Support) -> dict[str | None, float]:
    if support.kind == "fund":
        return PAYS
    return TRAINS if support.kind == "training" else SERVES


def _capital(ask: Ask) -> bool:
    return "capital" in ask.meant.concepts


def _pays_works(support: Support) -> bool:
    """Whether its purpose speaks of repairs, works or equipment: what pays for sessions does not mend a roof."""
    return bool({"capital", "kit"} & support.meant.concepts)


LIMITS = {
    "led_by_women": "only bodies that women lead",
    "two_areas": "at least two areas together",
    "existing_grantees": "only bodies that it already funds",
    "two_landlords": "at least two landlords together",
    "constituted": "constituted groups only",
}


def _told(
    context: Context,
    support: Support,
    area: Sequence[str],
    theme: str,
    leads: list[Candidate],
    beside: list[Candidate],
) -> Move:
    register, best = context.register, leads[0]
    lead_names = [each.partner for each in sorted(leads, key=lambda each: each.partner.name)]
    with_names = [each.partner for each in sorted(beside, key=lambda each: each.partner.name)]
    asks = _unique([pair for each in (*leads, *beside) for pair in each.asks], 3)
    actions = _unique([pair for each in (*leads, *beside) for pair in each.actions], 2)
    parts = [f"{words.support_line(support)}: {words.lead_in(support.purpose)}."]
    if support.who_may_use:
        parts.append(f"Who may apply, as published: {words.quoted(support.who_may_use)}.")
    for ask in asks:
        parts.append(f"{ask.partner.name} asks: {words.quoted(ask.text)}")
    reader = _reader_of_drafts(context, support, area, leads)
    if reader is not None:
        parts.append(f"{reader.partner.name} offers: {words.quoted(reader.text)}")
    for action in actions if support.kind == "fund" else ():
        ends = f", which ends on {day(action.ends)}" if action.ends and _ends_soon(context, action) else ""
        parts.append(f"It could build on “{action.name}” ({words.names(action.runners)}){ends}.")
    checks = []
    for limit in sorted(support.limits):
        kind, _, value = limit.partition(":")
        if kind == "income_under" and value:
            checks.append(f"Only for bodies with an income under {words.whole_pounds(float(value))}: check.")
        elif (number := AT_LEAST.get(kind.split("_")[0])) and "_" in kind and kind != "two_areas":
            checks.append(
                f"It asks for at least {kind.replace('_', ' ')} together: {_and_who_else(number, leads, beside)}"
            )
        elif kind in LIMITS:
            checks.append(f"Conditions: {LIMITS[kind]}.")
    if not support.area_known:
        checks.append("For which area it is could not be read here: look at the funder's page.")
    if support.last_checked is None:
        checks.append("When this was last checked is not recorded: look at the funder's page first.")
    elif (context.as_of - support.last_checked).days > CHECKED_DAYS:
        checks.append(f"Last checked on {day(support.last_checked)}: look at the funder's page first.")
    over = [ask for ask in asks if ask.amount and support.amount_max and ask.amount > support.amount_max]
    for ask in over:
        checks.append(
            f"{words.whole_pounds(ask.amount or 0)} is more than one award ({words.whole_pounds(support.amount_max or 0)})."
        )
    checks += [check for ask in asks if (check := words.ask_again(context, ask))]
    by = ""
    if support.closes:
        by = f" by {day(words.decide_by(support.closes, context.as_of))}"
    closing = f" before {day(support.closes)}" if support.closes else ""
    one = words.with_role(best.partner, support.meant)
    if support.kind != "fund":
        decision = f"Does {lead_names[0].name} take up “{support.name}”{closing}?"
        first = f"{words.start(one)} books it with {support.provider or 'the provider'}{by}."
    elif len(lead_names) > 1:
        first = f"{words.start(words.names(lead_names))} agree{by} who writes the bid and who stands in it; {best.partner.name} calls them together."
        decision = f"Who bids for “{support.name}”{closing}: {words.names(lead_names, 'or')}, or together?"
    elif with_names:
        first = f"{words.start(one)} agrees with {words.names(with_names)}{by} what the bid asks for, and puts one question to {support.provider or 'the funder'}."
        decision = (
            f"Does {lead_names[0].name} bid for “{support.name}”{closing}, with {words.names(with_names)}?"
        )
    else:
        first = f"{words.start(one)} reads the conditions and puts one question to {support.provider or 'the funder'}{by}."
        decision = f"Does {lead_names[0].name} bid for “{support.name}”{closing}?"
    return Move(
        kind=NAME,
        places=tuple(area),
        theme=theme,
        parties=(
            *(
                Party(each.id, each.name, "could lead" if len(lead_names) > 1 else "leads")
                for each in lead_names
            ),
            *(Party(each.id, each.name, "in the bid") for each in with_names),
        ),
        decision=decision,
        sentence=" ".join(parts),
        first_step=first,
        parts=_parts(context, support, leads, beside),
        because=(
            *(words.ask_because(ask) for ask in asks),
            *(words.action_because(action) for action in actions),
        ),
        checks=tuple(dict.fromkeys(checks)),
        closes=support.closes,
        support=(support.id,),
        initiatives=tuple(action.id for action in actions),
        asks=tuple(ask.id for ask in (*asks, *((reader,) if reader else ()))),
        about=support.id,
    )


def _reader_of_drafts(
    context: Context, support: Support, area: Sequence[str], leads: Sequence[Candidate]
) -> Ask | None:
    """Who offers to read a draft, where a voluntary body would write one."""
    if support.kind != "fund" or not any(each.partner.sector == "vcs" for each in leads):
        return None
    offers = [
        ask
        for ask in _once(context.register.asks_at, area)
        if ask.is_help
        and "bid_help" in ask.meant.concepts
        and all(ask.partner is not each.partner for each in leads)
    ]
    return min(offers, key=lambda ask: ask.id, default=None)


def _unique(pairs: list[tuple[float, Ask]] | list[tuple[float, Action]], most: int) -> list:
    """The weightiest, each once."""
    best: dict[str, tuple[float, Ask | Action]] = {}
    for weight, record in pairs:
        if record.id not in best or best[record.id][0] < weight:
            best[record.id] = (weight, record)
    return [record for _, record in sorted(best.values(), key=lambda pair: (-pair[0], pair[1].id))[:most]]
