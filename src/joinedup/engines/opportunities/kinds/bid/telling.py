"""A bid in words: the money, who may apply, what was asked for, what it builds on, what to check, who does what
first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Ask, Partner, Support
from joinedup.engines.opportunities.kinds.bid.candidates import ALIKE, Candidate, ends_soon, once
from joinedup.engines.opportunities.kinds.bid.eligibility import conditions, wanted
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts, deadline
from joinedup.engines.words import day

CHECKED_DAYS = 92
ASKS, ACTIONS = 3, 2
R = TypeVar("R", Ask, Action)


def move(
    context: Context,
    support: Support,
    area: Sequence[str],
    theme: str | None,
    leads: Sequence[Candidate],
    beside: Sequence[Candidate],
    also: Sequence[Partner] = (),
) -> Move:
    """The move of these bodies; `also` are asked whether they would stand in it too."""
    everybody = (*leads, *beside)
    asks = _weightiest([pair for each in everybody for pair in each.asks], ASKS)
    actions = [
        action
        for index, action in enumerate(
            _weightiest([pair for each in everybody for pair in each.actions], ACTIONS)
        )
        # The first is what the bid rests on; a second only where the money is about it.
        if index == 0 or context.alike(action.meant, support.meant) >= ALIKE
    ]
    reader = _reader_of_drafts(context, support, area, everybody)
    decision, first_step = _steps(context, support, leads, beside)
    by_name = sorted(leads, key=lambda each: each.partner.name)
    part = "could lead" if len(leads) > 1 else "leads"
    return Move(
        kind="bid",
        places=tuple(area),
        theme=theme,
        parties=(
            *(Party(each.partner.id, each.partner.name, part) for each in by_name),
            *(Party(each.id, each.name, "in the bid") for each in _named(beside)),
        ),
        decision=decision,
        sentence=_sentence(context, support, asks, actions, reader),
        first_step=first_step,
        parts=_parts(context, support, leads, beside),
        because=(
            *(words.ask_because(ask) for ask in asks),
            *(words.action_because(action) for action in actions),
        ),
        checks=(
            *_checks(context, support, asks, actions, len(everybody)),
            *(
                [f"Ask also: {words.names(also)}, which say that they work on it here."]
                if len(also) > 1
                else []
            ),
            *(
                [f"Ask also: {words.names(also)}, which says that it works on it here."]
                if len(also) == 1
                else []
            ),
        ),
        closes=support.closes,
        support=(support.id,),
        initiatives=tuple(action.id for action in actions),
        asks=tuple(ask.id for ask in (*asks, *((reader,) if reader else ()))),
        about=support.id,
    )


def _parts(
    context: Context, support: Support, leads: Sequence[Candidate], beside: Sequence[Candidate]
) -> Parts:
    everybody = (*leads, *beside)
    fit = 0.3 + 0.5 * max(each.fit for each in everybody)
    if support.kind != "fund":
        fit *= 0.85
    if wanted(support) > len(everybody):
        fit *= 0.8
    checked = support.last_checked and (context.as_of - support.last_checked).days <= CHECKED_DAYS
    return Parts(
        fit=fit,
        fresh=1.0 if checked else 0.8,
        deadline=deadline(support.closes, context.as_of),
        parties=float(len(everybody) > 1),
        asked=float(any(each.asks for each in everybody)),
        answered=float(any(each.interested for each in everybody)),
    )


def _sentence(
    context: Context, support: Support, asks: Sequence[Ask], actions: Sequence[Action], reader: Ask | None
) -> str:
    told = [f"{words.support_line(support)}: {words.lead_in(support.purpose)}."]
    if support.who_may_use:
        told.append(f"Who may apply, as published: {words.quoted(support.who_may_use)}.")
    told += [f"{ask.partner.name} asks: {words.spoken(ask, dated=False)}" for ask in asks]
    if reader is not None:
        told.append(f"{reader.partner.name} offers: {words.spoken(reader, dated=False)}")
    for action in actions if support.kind == "fund" else ():
        ends = f", which ends on {day(action.ends)}" if action.ends and ends_soon(context, action) else ""
        told.append(f"It could build on “{action.name}” ({words.names(action.runners)}){ends}.")
    return " ".join(told)


def _checks(
    context: Context, support: Support, asks: Sequence[Ask], actions: Sequence[Action], named: int
) -> list[str]:
    checks = conditions(support, named)
    if support.last_checked is None:
        checks.append("When this was last checked is not recorded: look at the funder's page first.")
    elif (context.as_of - support.last_checked).days > CHECKED_DAYS:
        checks.append(f"Last checked on {day(support.last_checked)}: look at the funder's page first.")
    for ask in asks:
        if ask.amount and support.amount_max and ask.amount > support.amount_max:
            more, most = words.whole_pounds(ask.amount), words.whole_pounds(support.amount_max)
            checks.append(f"{more} is more than one award ({most}).")
    for action in actions if support.kind == "fund" else ():
        if support.basis == "dated" and action.ends and support.closes and action.ends <= support.closes:
            checks.append(
                f"“{action.name}” ends on {day(action.ends)}, before this money could come: what carries it until then?"
            )
    checks += [check for ask in asks if (check := words.ask_again(context, ask))]
    return list(dict.fromkeys(checks))


def _steps(
    context: Context, support: Support, leads: Sequence[Candidate], beside: Sequence[Candidate]
) -> tuple[str, str]:
    """The decision and the first step."""
    by = f" by {day(words.decide_by(support.closes, context.as_of))}" if support.closes else ""
    closing = f" before {day(support.closes)}" if support.closes else ""
    fund, giver = f"“{support.name}”", support.provider or "the funder"
    others = _named(beside)
    best, bodies = leads[0].partner, _named(leads)
    one = words.start(words.with_role(best, support.meant))
    if support.kind != "fund":
        return f"Does {best.name} take up {fund}{closing}?", f"{one} books it with {giver}{by}."
    if len(bodies) > 1:
        together = f"{words.start(words.names(bodies))} agree{by} who writes the bid and who stands in it"
        return (
            f"Who bids for {fund}{closing}: {words.names(bodies, 'or')}, or together?",
            f"{together}; {best.name} calls them together.",
        )
    if others:
        return (
            f"Does {best.name} bid for {fund}{closing}, with {words.names(others)}?",
            f"{one} agrees with {words.names(others)}{by} what the bid asks for, and puts one question to {giver}.",
        )
    return (
        f"Does {best.name} bid for {fund}{closing}?",
        f"{one} reads the conditions and puts one question to {giver}{by}.",
    )


def _named(bodies: Sequence[Candidate]) -> list[Partner]:
    """In name order: nobody is first by strength."""
    return sorted((each.partner for each in bodies), key=lambda partner: partner.name)


def _reader_of_drafts(
    context: Context, support: Support, area: Sequence[str], bodies: Sequence[Candidate]
) -> Ask | None:
    """Who offers to read a draft, where a voluntary body would write one."""
    if support.kind != "fund" or not any(each.partner.sector == "vcs" for each in bodies):
        return None
    named = {each.partner.id for each in bodies}
    offers = [
        ask
        for ask in once(context.register.asks_at, area)
        if ask.is_help and "bid_help" in ask.meant.concepts and ask.partner.id not in named
    ]
    return min(offers, key=lambda ask: ask.id, default=None)


def _weightiest(pairs: Sequence[tuple[float, R]], most: int) -> list[R]:
    """The weightiest records, each once."""
    best: dict[str, tuple[float, R]] = {}
    for weight, record in pairs:
        if record.id not in best or best[record.id][0] < weight:
            best[record.id] = (weight, record)
    return [record for _, record in sorted(best.values(), key=lambda pair: (-pair[0], pair[1].id))[:most]]
