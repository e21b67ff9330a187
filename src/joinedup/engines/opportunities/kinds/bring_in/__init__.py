"""`bring_in`: an action lacks a sector that its theme needs, and a body of that sector there records the theme,
has an ask or an offer on it, or has a duty for it. It is invited; nothing is implied by having no record."""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Partner
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts

NAME = "bring_in"
# A sector that the mix weighs at least this much, the theme needs.
NEEDED = 0.6
# Below this need is low, and an action that runs is left to run.
LOW = 0.4


def moves(context: Context) -> Iterator[Move]:
    """One move an action, for the sector that it lacks most."""
    for action in context.register.actions.values():
        if action.restricted or not action.themes or len(action.where.authorities) != 1:
            continue
        theme = action.themes[0]
        (authority,) = action.where.authorities
        need = context.register.needs.get((authority, theme))
        if need is not None and need.level is not None and need.level < LOW:
            continue
        found = sorted(
            (
                (*one, sector)
                for sector in _lacks(context, action, theme)
                for one in _bodies(context, action, theme, sector)
            ),
            key=lambda one: (-one[0], one[1].id),
        )
        if found:
            yield _move(context, action, theme, authority, *found[0])


def _lacks(context: Context, action: Action, theme: str) -> list[str]:
    """Sectors that the theme needs and nobody who acts on it here belongs to."""
    wanted = {sector for sector, weight in context.register.mix.get(theme, {}).items() if weight >= NEEDED}
    if not wanted:
        return []
    here = {
        partner.sector
        for authority in action.where.authorities
        for other in context.register.actions_at.get(authority, ())
        if theme in other.themes
        for partner in other.runners
    }
    return sorted(wanted - here)


def _bodies(
    context: Context, action: Action, theme: str, sector: str
) -> Iterator[tuple[float, Partner, str]]:
    register = context.register
    for authority in action.where.authorities:
        for partner in register.partners_at.get(authority, ()):
            if partner.sector != sector or partner.wide or partner in action.runners:
                continue
            if context.refuses(
                partner.id, (authority,), theme, frozenset((action.id,)), action.meant, action.partner.id
            ):
                continue
            asks = [ask for ask in register.asks_of.get(partner.id, ()) if theme in ask.themes]
            if asks:
                yield (
                    0.46,
                    partner,
                    f"{partner.name} {'offers' if asks[0].is_help else 'asks'}: {words.quoted(asks[0].text)}",
                )
            elif theme in partner.themes:
                yield 0.42, partner, f"{partner.name} works on {register.theme(theme)} here."
            elif partner.duty:
                yield 0.32, partner, f"{partner.name} has a duty to work on serious violence."


def _move(
    context: Context,
    action: Action,
    theme: str,
    authority: str,
    fit: float,
    partner: Partner,
    why: str,
    sector: str,
) -> Move:
    register = context.register
    lead = action.partner
    return Move(
        kind=NAME,
        places=(authority,),
        theme=theme,
        parties=(Party(lead.id, lead.name, "invites"), Party(partner.id, partner.name, "is invited")),
        decision=f"Does {lead.name} invite {partner.name} to “{action.name}”?",
        sentence=f"{words.describe(action)} Work on {register.theme(theme)} gains from "
        f"{register.sector(sector).lower()}. {why}",
        first_step=f"{words.start(words.with_role(lead, partner.does))} rings {words.with_role(partner, action.meant)} "
        f"and asks what it would want from “{action.name}”.",
        parts=Parts(fit=fit, fresh=context.fresh(action.confirmed)),
        because=(words.action_because(action),),
        checks=("What it does already may not be recorded here: ask first.",),
        initiatives=(action.id,),
        about=action.id,
    )
