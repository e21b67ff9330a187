"""`keep`: an action that ends within six months, with nothing recorded that follows: who could carry it on, and with
which support."""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Partner, Support
from joinedup.engines.opportunities.kinds.bid.eligibility import is_open, may_lead
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts, deadline
from joinedup.engines.words import day

NAME = "keep"
WITHIN_DAYS = 183
# What lasts a season comes back or is over: it does not quietly stop.
SEASON_DAYS = 150
# Farther off, only what asks for money or has a fund that fits is worth a room's time.
SOON_DAYS = 100
MOST = 2
# Who answers for safety as a whole.
SAFETY = ("local_policing_body", "vru", "csp", "local_authority")
# How much a fund's purpose and the action have to have in common.
ALIKE = 0.25


def moves(context: Context) -> Iterator[Move]:
    """One move an action that ends soon."""
    for action in context.register.actions.values():
        if action.ends is None or action.restricted or not action.themes:
            continue
        left = (action.ends - context.as_of).days
        if not 0 <= left <= WITHIN_DAYS:
            continue
        if action.starts is not None and (action.ends - action.starts).days < SEASON_DAYS:
            continue
        move = _move(context, action, left)
        if move is not None:
            yield move


def _refuses(context: Context, partner: Partner, action: Action) -> bool:
    records = frozenset((action.id,))
    return context.refuses(partner.id, action.where.authorities, action.themes[0], records, action.meant)


def _funds(context: Context, action: Action) -> list[Support]:
    """Open funds on its theme for its place that one of those who run it may use."""
    sectors = {partner.sector for partner in action.runners}
    found = [
        support
        for support in context.register.support.values()
        if is_open(support, context.as_of)
        and support.kind == "fund"
        and set(support.themes) & set(action.themes)
        and (support.everywhere or support.where.authorities & action.where.authorities)
        and (not support.sectors or support.sectors & sectors)
        and context.alike(support.meant, action.meant) >= ALIKE
        and any(may_lead(support, partner) for partner in action.runners)
    ]
    found.sort(key=lambda each: (-context.alike(each.meant, action.meant), each.id))
    return found[:MOST]


def _payers(context: Context, action: Action) -> tuple[Partner, ...]:
    """Bodies in the place that say they give grants or commission, and have to do with the theme or with safety as a
    whole."""
    found = {
        partner.id: partner
        for authority in action.where.authorities
        for partner in context.register.partners_at.get(authority, ())
        if "gives_grants" in partner.does.concepts
        and (partner.sector in SAFETY or (partner.sector != "vcs" and set(action.themes) & partner.themes))
        and partner not in action.runners
        and not partner.restricted
        and not _refuses(context, partner, action)
    }
    ranked = sorted(found, key=lambda id: (not set(action.themes) & found[id].themes, id))
    return tuple(found[id] for id in ranked[:MOST])


def _others(context: Context, action: Action) -> list[Partner]:
    """Bodies that run something like it in the same place."""
    best: dict[str, float] = {}
    for authority in action.where.authorities:
        for other in context.register.actions_at.get(authority, ()):
            if other is action or other.restricted or other.partner in action.runners:
                continue
            if _refuses(context, other.partner, action):
                continue
            if set(other.themes) & set(action.themes):
                alike = context.alike(other.meant, action.meant)
                if alike >= 0.45:
                    best[other.partner.id] = max(best.get(other.partner.id, 0.0), alike)
    ranked = sorted(best, key=lambda id: (-best[id], id))
    return [context.register.partners[id] for id in ranked[:MOST]]


def _move(context: Context, action: Action, left: int) -> Move | None:
    register = context.register
    authority = sorted(action.where.authorities)[0] if action.where.authorities else ""
    funds, others = _funds(context, action), _others(context, action)
    needs = [
        ask
        for ask in register.asks_of.get(action.partner.id, ())
        if not ask.is_help and ask.what == "money" and set(ask.themes) & set(action.themes)
    ]
    if left > SOON_DAYS and not (needs or funds):
        return None
    fit = 0.32 + 0.1 * bool(funds) + 0.07 * bool(action.result_good)
    told = [words.describe(action)]
    if action.result:
        told.append(f"As recorded: {words.lead_in(action.result)}.")
    told += [f"{ask.partner.name} asks: {words.spoken(ask, dated=False)}" for ask in needs]
    if funds:
        told.append(f"Money that fits: {'; '.join(words.support_line(each) for each in funds)}.")
    if others:
        told.append(f"{words.names(others)} {'runs' if len(others) == 1 else 'run'} something like it here.")
    lead = action.partner
    payers = _payers(context, action)
    cost = next((ask.amount for ask in needs if ask.amount), None)
    first_closing = min((each.closes for each in funds if each.closes), default=None)
    by = words.before(action.ends, 56, context.as_of)  # type: ignore[arg-type]
    if first_closing is not None:
        by = min(by, words.decide_by(first_closing, context.as_of))
    where = f" in {register.place(authority)}" if authority else ""
    with_whom = payers or action.others[:2] or tuple(others)
    if not with_whom and not needs:
        # Its own body knows when it ends.
        return None
    if payers:
        told.append(
            f"{words.names(payers)} {'gives' if len(payers) == 1 else 'give'} money or commission work here."
        )
    finds = f"Who finds {words.whole_pounds(cost)} for" if cost else "Who pays for"
    asked = needs or funds or payers
    return Move(
        kind=NAME,
        places=tuple(sorted(action.where.authorities)),
        theme=action.themes[0],
        parties=(
            Party(lead.id, lead.name, "runs it"),
            *(
                Party(each.id, each.name, "runs it too" if each in action.others else "is asked")
                for each in with_whom
            ),
        ),
        decision=f"{finds} “{action.name}”{where} after {day(action.ends)}?"  # type: ignore[arg-type]
        if asked
        else f"What follows “{action.name}”{where}, which ends on {day(action.ends)}?",  # type: ignore[arg-type]
        sentence=" ".join(told),
        first_step=f"{words.start(words.with_role(lead, action.meant))} says by {day(by)} what it costs to go on "
        f"and what is already settled"
        + (
            f"; {words.names(list(with_whom))} {'says' if len(with_whom) == 1 else 'say'} what they could put in"
            if with_whom
            else ""
        )
        + ".",
        parts=Parts(
            fit=fit,
            fresh=context.fresh(action.confirmed),
            deadline=deadline(action.ends, context.as_of),
            asked=float(bool(needs)),
        ),
        because=(words.action_because(action), *(words.ask_because(ask) for ask in needs)),
        checks=tuple(check for check in (words.stale(context, action),) if check)
        or ("Nothing here says what follows; it may be settled already.",),
        closes=action.ends,
        support=tuple(each.id for each in funds),
        initiatives=(action.id,),
        asks=tuple(ask.id for ask in needs),
        about=action.id,
    )
