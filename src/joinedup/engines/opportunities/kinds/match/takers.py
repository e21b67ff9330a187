"""An offer of help that meets no need that was said, and bodies near by whose own work it would serve."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import themes_of
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Ask, Partner
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
        found = sorted(_takers(context, help), key=lambda one: (-one[0], one[1].id))
        found = [one for one in found if one[0] >= LEAST][:MOST]
        if found:
            yield _move(context, help, found)


def _takers(context: Context, help: Ask) -> Iterator[tuple[float, Partner, str]]:
    """(fit, body, why)."""
    named = trades_in(help.text)
    if not OTHERS.search(help.text):
        # "Constables will come" names who gives, not who takes.
        named -= {help.partner.sector or ""}
    themes = frozenset(help.themes) or themes_of(help.meant)
    if not named and help.what in ("data", "other", None):
        # What it is, or whom it would serve, is not said: nobody is picked for it.
        return
    seen: set[str] = set()
    for authority in sorted(help.where.authorities):
        for partner in context.register.partners_at.get(authority, ()):
            if (
                partner.id in seen
                or partner is help.partner
                or partner.wide
                or (partner.restricted and not partner.duty)
            ):
                continue
            seen.add(partner.id)
            if named and partner.sector not in named:
                continue
            if (
                help.ages
                and help.ages[0] >= LEAVING_AGE
                and partner.sector == "education"
                and not COLLEGE.search(partner.name)
            ):
                continue
            work = [
                action
                for action in context.register.actions_of.get(partner.id, ())
                if authority in action.where.authorities
                and set(action.themes) & themes
                and not action.restricted
            ]
            together = [action for action in work if help.partner in action.runners]
            if (
                together
                and not named
                and (
                    help.what != "training"
                    or any(context.alike(help.meant, a.meant) >= SAME for a in together)
                )
            ):
                # Who runs it with the giver has it already.
                continue
            on_theme = bool(partner.themes & themes)
            knows = help.what in ("places", "referrals") and partner.sector in KNOW
            if not (named or knows or work or on_theme):
                continue
            alike = max(
                (context.alike(help.meant, action.meant) for action in work),
                default=context.alike(help.meant, partner.does),
            )
            if not named and partner.sector in ("police", "health") and not on_theme and not work:
                continue
            if not (named or knows) and alike < ALIKE:
                continue
            if help.what == "training" and not named and alike >= SAME:
                # Who does that work already is no learner of it.
                continue
            if COLLEGE.search(partner.name) and CHILDREN.search(help.text):
                continue
            near = context.distances.near(help.where, partner.where, help.what)
            if near is None or context.refuses(
                partner.id,
                (authority,),
                next(iter(help.themes), None),
                frozenset((help.id,)),
                help.meant,
                help.partner.id,
            ):
                continue
            fit = (
                -0.1 * bool(ANYBODY.search(help.text))
                + 0.2
                + 0.17 * bool(named)
                + 0.12 * on_theme
                + 0.1 * bool(work)
                + KNOW.get(partner.sector or "", 0.0) * knows
                + 0.2 * alike
            )
            why = (
                f"{partner.name} runs “{max(work, key=lambda a: context.alike(help.meant, a.meant)).name}”."
                if work
                else f"{partner.name}: {words.lead_in(partner.words)}."
                if partner.words
                else f"{partner.name} is near by."
            )
            yield fit * (0.6 + 0.4 * near.closeness), partner, why


def _move(context: Context, help: Ask, found: list[tuple[float, Partner, str]]) -> Move:
    register = context.register
    partners = [one[1] for one in found]
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
        f"{' '.join(one[2] for one in found)}",
        first_step=f"{words.start(words.with_role(giver, help.meant))} rings "
        f"{words.with_role(partners[0], help.meant)} and asks whether it would serve.",
        parts=Parts(
            fit=found[0][0],
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
