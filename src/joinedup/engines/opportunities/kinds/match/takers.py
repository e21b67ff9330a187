"""An offer of help that meets no need that was said, and bodies near by whose own work it would serve."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import themes_of
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Ask, Partner
from joinedup.engines.opportunities.kinds.match.asks import capacity
from joinedup.engines.opportunities.kinds.match.fit import ANYBODY, has_places
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts, deadline
from joinedup.engines.words import listing

LEAST = 0.4
MOST = 3
# What is for those above school age is nothing for a school.
LEAVING_AGE, COLLEGE = 16, re.compile(r"college|sixth form|universit", re.I)
CHILDREN = re.compile(r"\bchild(?:ren)?\b", re.I)
# Who knows young people who could take a place that is free.
FILLED = ("places", "referrals")
KNOW = {"social_care": 0.2, "youth_justice": 0.19, "education": 0.17}
# How alike an offer and a body's work have to be where the offer names no trade; and from where on they are the same.
ALIKE, SAME = 0.3, 0.45
OTHERS = re.compile(r"\bother\b", re.I)
# Bodies that an offer names by their trade: "any young person a school or social worker sends".
TRADES: dict[str, re.Pattern[str]] = {
    "education": re.compile(r"\b(schools?|colleges?|teachers?|staff rooms?|head ?teachers?|tutors?)\b", re.I),
    "social_care": re.compile(
        r"\b(social workers?|social care|early help|care leavers?|family workers?)\b", re.I
    ),
    "youth_justice": re.compile(r"\b(youth justice|youth offending|yjs|yot)\b", re.I),
    "police": re.compile(r"\b(police|officers|constables?)\b", re.I),
    "health": re.compile(
        r"\b(nurses?|hospitals?|doctors?|gps?|general practices?|surger(?:y|ies)|clinics?)\b", re.I
    ),
    "housing": re.compile(r"\b(landlords?|housing|tenants|caretakers)\b", re.I),
    "vcs": re.compile(
        r"\b(voluntary|charit(?:y|ies)|clubs?|(?:any|community|local|youth) groups?|youth settings?)\b", re.I
    ),
}


@lru_cache(50_000)
def trades_in(text: str) -> frozenset[str]:
    """The sectors whose bodies a text names by their trade."""
    return frozenset(sector for sector, pattern in TRADES.items() if pattern.search(text))


def moves(context: Context, met: Collection[str]) -> Iterator[Move]:
    """One move an offer that no need meets."""
    for help in context.register.asks.values():
        if (
            help.id in met
            or not (help.is_help or has_places(help))
            or help.what == "money"
            or "bid_help" in help.meant.concepts
        ):
            continue
        found = nsmallest(MOST, _takers(context, help), key=lambda each: (-each.fit, each.partner.id))
        if found:
            yield _move(context, help, found)


@dataclass(frozen=True)
class Taker:
    """A body that an offer would serve, how well, and what it runs that is about it."""

    fit: float
    partner: Partner
    work: Sequence[Action]


def _takers(context: Context, help: Ask) -> Iterator[Taker]:
    """The bodies that it would serve well enough."""
    named = trades_in(help.text)
    if not OTHERS.search(help.text):
        # "Constables will come" names who gives, not who takes.
        named -= {help.partner.sector or ""}
    if not named and help.what in ("data", "other", None):
        # What it is, or whom it would serve, is not said: nobody is picked for it.
        return
    for authority in sorted(help.where.authorities):
        for partner in _could_take(context, help, named, authority):
            taker = _taker(context, help, named, authority, partner)
            if taker is not None:
                yield taker


def _could_take(context: Context, help: Ask, named: frozenset[str], authority: str) -> Iterator[Partner]:
    """Bodies there of the trades that it names; where it names none, those who know young people for its places, say
    that they work on its theme, or run something on it. In the first authority that a body shares with it."""
    register = context.register
    if named:
        lists = [register.partners_of.get((authority, sector), ()) for sector in sorted(named)]
    else:
        knowing = KNOW if help.what in FILLED else ()
        lists = [register.partners_of.get((authority, sector), ()) for sector in knowing]
        for theme in sorted(help.about):
            lists.append(register.partners_on.get((authority, theme), ()))
            runners = (action.runners for action in register.actions_on.get((authority, theme), ()))
            lists.append([partner for each in runners for partner in each])
    for partner in {partner.id: partner for each in lists for partner in each}.values():
        shared = partner.where.authorities & help.where.authorities
        if (
            shared
            and min(shared) == authority
            and partner is not help.partner
            and not partner.wide
            and (partner.duty or not partner.restricted)
        ):
            yield partner


def _taker(
    context: Context, help: Ask, named: frozenset[str], authority: str, partner: Partner
) -> Taker | None:
    college = COLLEGE.search(partner.name)
    if partner.sector == "education" and not college and help.ages and help.ages[0] >= LEAVING_AGE:
        return None
    if college and CHILDREN.search(help.text):
        return None
    work = [
        action
        for action in context.register.actions_of.get(partner.id, ())
        if authority in action.where.authorities
        and not help.about.isdisjoint(action.themes)
        and not action.restricted
    ]
    together = [action for action in work if help.partner in action.runners]
    if (
        together
        and not named
        and (help.what != "training" or any(context.alike(help.meant, a.meant) >= SAME for a in together))
    ):
        # Who runs it with the giver has it already.
        return None
    on_theme = not partner.themes.isdisjoint(help.about)
    knows = help.what in FILLED and partner.sector in KNOW
    if not (named or knows or work or on_theme):
        return None
    if not named and partner.sector in ("police", "health") and not on_theme and not work:
        return None
    alike = max(
        (context.alike(help.meant, action.meant) for action in work),
        default=context.alike(help.meant, partner.does),
    )
    if not (named or knows) and alike < ALIKE:
        return None
    if help.what == "training" and not named and alike >= SAME:
        # Who does that work already is no learner of it.
        return None
    fit = (
        -0.1 * bool(ANYBODY.search(help.text))
        + 0.2
        + 0.17 * bool(named)
        + 0.12 * on_theme
        + 0.1 * bool(work)
        + KNOW.get(partner.sector or "", 0.0) * knows
        + 0.2 * alike
    )
    if fit < LEAST:
        # However near it is.
        return None
    near = context.distances.near(help.where, partner.where, help.what)
    if near is None:
        return None
    fit *= 0.6 + 0.4 * near.closeness
    theme = next(iter(help.themes), None)
    if fit < LEAST or context.refuses(
        partner.id, (authority,), theme, frozenset((help.id,)), help.meant, help.partner.id
    ):
        return None
    return Taker(fit, partner, work)


def _why(context: Context, help: Ask, taker: Taker) -> str:
    partner = taker.partner
    if taker.work:
        most = max(taker.work, key=lambda action: context.alike(help.meant, action.meant))
        return f"{partner.name} runs “{most.name}”."
    return (
        f"{partner.name}: {words.lead_in(partner.words)}." if partner.words else f"{partner.name} is near by."
    )


def _move(context: Context, help: Ask, found: Sequence[Taker]) -> Move:
    register = context.register
    partners = [each.partner for each in found]
    giver = help.partner
    shared = help.where.authorities.intersection(*(partner.where.authorities for partner in partners))
    place = f" in {register.place(sorted(shared)[0])}" if shared else ""
    about = [register.theme(theme) for theme in help.themes if theme not in themes_of(help.meant)][:2]
    topic = f" It is about {listing(about)}." if about and help.what == "training" else ""
    verb = "offers" if help.is_help else "has places for"
    short = words.quoted(words.shortened(help.text))
    checks = (
        ["None of them has asked for it."]
        if len(partners) > 1
        else [f"{partners[0].name} has not asked for it."]
    )
    if old := words.ask_again(context, help):
        checks.append(old)
    return Move(
        kind="match",
        places=tuple(sorted(help.where.authorities)),
        theme=next(iter(help.themes), None),
        parties=(
            Party(giver.id, giver.name, "gives"),
            *(Party(partner.id, partner.name, "is asked") for partner in partners),
        ),
        decision=f"Does {partners[0].name} take up what {giver.name} {verb}{place}: {short}?"
        if len(partners) == 1
        else f"Who takes up what {giver.name} {verb}{place}, {short}: {words.names(partners, 'or')}?",
        sentence=f"{giver.name} {verb}: {words.quoted(help.text)}{words.said(help)}{topic} "
        f"{' '.join(_why(context, help, each) for each in found)}",
        first_step=f"{words.start(words.with_role(giver, help.meant))} rings "
        f"{words.with_role(partners[0], help.meant)} and asks whether it would serve.",
        parts=Parts(
            fit=found[0].fit,
            fresh=context.fresh(help.said_on),
            deadline=deadline(help.until, context.as_of),
        ),
        because=(words.ask_because(help),),
        checks=(*checks, *words.safeguard(help.what, help.meant)),
        closes=help.until,
        asks=(help.id,),
        givers=((help.id, capacity(help)),),
        about=help.id,
    )
