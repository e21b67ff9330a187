"""`learn`: an action in another area whose result has evidence behind it, and nothing like it here, where
somebody's own work it is."""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Partner
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts

NAME = "learn"
# A result measured by the body's own figures or better (`engines.reading`: evidence).
EVIDENCE = 2.0
WHAT = {2.0: "its own figures", 3.0: "an outside evaluation"}
# As like as this, something of the kind runs here already.
LIKE_IT = 0.4
LEAST_NEED = 0.5


def moves(context: Context) -> Iterator[Move]:
    """The best example for each theme and authority where the need is measured and not low, or somebody asks for it."""
    register = context.register
    examples: dict[str, list[Action]] = {}
    for action in register.actions.values():
        if (
            action.result_good
            and (action.evidence or 0) >= EVIDENCE
            and not action.restricted
            and action.themes
        ):
            examples.setdefault(action.themes[0], []).append(action)
    for authority in register.authorities:
        for theme, actions in sorted(examples.items()):
            found = [
                (fit, action, visitor)
                for action in actions
                for fit, visitor in _fits(context, authority, theme, action)
            ]
            if found:
                best = min(found, key=lambda one: (-one[0], one[1].id, one[2].id))
                yield _move(context, authority, theme, *best)


def _fits(context: Context, authority: str, theme: str, action: Action) -> Iterator[tuple[float, Partner]]:
    register = context.register
    if authority in action.where.authorities:
        return
    here = [each for each in register.actions_at.get(authority, ()) if theme in each.themes]
    if any(context.alike(each.meant, action.meant) >= LIKE_IT for each in here):
        return
    need = register.needs.get((authority, theme))
    level = None if need is None else need.level
    asks = [ask for ask in register.asks_at.get(authority, ()) if theme in ask.themes and not ask.is_help]
    if not asks and (level is None or level < LEAST_NEED):
        return
    for partner in register.partners_at.get(authority, ()):
        if theme not in partner.themes or partner.wide or partner.restricted or partner in action.runners:
            continue
        if context.refuses(
            partner.id, (authority,), theme, frozenset((action.id,)), action.meant, action.partner.id
        ):
            continue
        own = any(ask.partner is partner for ask in asks)
        work = any(theme in each.themes for each in register.actions_of.get(partner.id, ()))
        if own or work:
            yield 0.32 + 0.08 * own + 0.05 * (action.evidence == 3.0) + 0.08 * (level or 0), partner


def _move(context: Context, authority: str, theme: str, fit: float, action: Action, visitor: Partner) -> Move:
    register = context.register
    host = action.partner
    return Move(
        kind=NAME,
        places=(authority,),
        theme=theme,
        parties=(Party(visitor.id, visitor.name, "visits"), Party(host.id, host.name, "shows")),
        decision=f"Does {visitor.name} visit “{action.name}” to see what could be done in {register.place(authority)}?",
        sentence=f"{words.describe(action)} As recorded: {words.lead_in(action.result or '')} "
        f"(known from {WHAT.get(action.evidence or 0, 'what is recorded')}). Nothing like it is on "
        f"this list for {register.place(authority)}.",
        first_step=f"{words.start(words.with_role(visitor, action.meant))} rings "
        f"{words.with_role(host, action.meant)} for a visit.",
        parts=Parts(fit=fit, fresh=context.fresh(action.confirmed)),
        because=(words.action_because(action),),
        checks=tuple(check for check in (words.stale(context, action),) if check),
        initiatives=(action.id,),
        about=action.id,
    )
