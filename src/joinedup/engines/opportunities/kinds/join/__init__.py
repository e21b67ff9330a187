"""`join`: two actions of different partners that meet in place, theme, ages, level and way in, with no link recorded
between the two. An offer to compare notes, for the two and the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import of_kind
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts
from joinedup.engines.words import listing

NAME = "join"
# Work that meets a child is near at hand; a ward or two apart.
KM = 3.0
LEAST = 0.37
# Two actions that have only a theme in common have nothing to compare.
ALIKE, VERY_ALIKE = 0.25, 0.6
# What is by its nature one body's own, or nobody's to attend.
CLOSED = frozenset(("court", "statutory"))


def moves(context: Context) -> Iterator[Move]:
    """Each pair once, where it fits best."""
    told: set[frozenset[str]] = set()
    for authority in context.register.authorities:
        here = [each for each in context.register.actions_at.get(authority, ()) if not each.restricted]
        by_theme: dict[str, list[Action]] = {}
        for action in here:
            for theme in action.themes:
                by_theme.setdefault(theme, []).append(action)
        for theme in sorted(by_theme):
            for a, b in combinations(sorted(by_theme[theme], key=lambda each: each.id), 2):
                key = frozenset((a.id, b.id))
                if key in told:
                    continue
                move = _move(context, authority, theme, a, b)
                if move is not None:
                    told.add(key)
                    yield move


def _move(context: Context, authority: str, theme: str, a: Action, b: Action) -> Move | None:
    if a.partner is b.partner or {p.id for p in a.runners} & {p.id for p in b.runners}:
        return None
    if (a.way_in | b.way_in) & CLOSED:
        return None
    if a.level and b.level and not a.level & b.level:
        return None
    if a.audience and b.audience and not a.audience & b.audience:
        return None
    ages = _ages(a, b)
    if ages is False:
        return None
    fit = _fit(context, theme, a, b)
    if fit < LEAST:
        return None
    pair = (a.partner, b.partner)
    for one, other in ((a, b), (b, a)):
        records = frozenset((other.id,))
        if context.refuses(one.partner.id, (authority,), theme, records, other.meant, other.partner.id):
            return None
    register = context.register
    place = register.place(authority)
    same = [f"both are on {register.theme(theme)}"]
    if isinstance(ages, tuple):
        same.append(f"both see people aged {ages[0]:.0f} to {ages[1]:.0f}")
    if ways := (a.way_in & b.way_in) - {"open"}:
        same.append(f"both are reached by {listing(sorted(ways))}")
    km = context.distances.km(a.where, b.where)
    if km is not None:
        same.append("both are in the same ward" if km == 0 else f"they are about {km:.1f} km apart")
    moments = of_kind(a.meant, "moment"), of_kind(b.meant, "moment")
    step = "what each does, whom each sees, and whether to send people to each other"
    if moments[0] and moments[1] and not moments[0] & moments[1]:
        step = "their days, and whether to tell the same young people about both"
    checks = [check for action in (a, b) if (check := words.stale(context, action))]
    checks.append("No link between the two is recorded; they may know each other all the same.")
    return Move(
        kind=NAME,
        places=(authority,),
        theme=theme,
        parties=tuple(Party(each.id, each.name, "compares notes") for each in pair),
        decision=f"Do {a.partner.name} and {b.partner.name} compare notes on “{a.name}” and “{b.name}” in {place}?",
        sentence=f"{words.describe(a)} {words.describe(b)} {words.start(listing(same))}.",
        first_step=f"{words.start(words.with_role(a.partner, b.meant))} rings "
        f"{words.with_role(b.partner, a.meant)}: {step}.",
        parts=Parts(
            fit=fit,
            near=0.75 if km is None else 1 - 0.3 * km / KM,
            fresh=context.fresh(a.confirmed) * context.fresh(b.confirmed),
            parties=1.0,
        ),
        because=(words.action_because(a), words.action_because(b)),
        checks=tuple(checks),
        initiatives=(a.id, b.id),
        about="+".join(sorted((a.id, b.id))),
    )


def _ages(a: Action, b: Action) -> tuple[float, float] | bool:
    """The ages that both see; False if none; True if not known of one."""
    if a.ages is None or b.ages is None:
        return True
    low, high = max(a.ages[0], b.ages[0]), min(a.ages[1], b.ages[1])
    return (low, high) if low < high else False


def _fit(context: Context, theme: str, a: Action, b: Action) -> float:
    km = context.distances.km(a.where, b.where)
    if km is not None and km > KM:
        return 0.0
    alike = context.alike(a.meant, b.meant)
    if alike < (ALIKE if km is not None else VERY_ALIKE):
        # Two services of one borough that are only somewhat alike know each other.
        return 0.0
    linked = frozenset((a.partner.id, b.partner.id)) in context.register.linked
    first = (a.themes[0] == theme) + (b.themes[0] == theme)
    ways = bool(a.way_in & b.way_in)
    fit = 0.15 + 0.22 * alike + 0.07 * first + 0.06 * ways + 0.1
    if a.ages is not None and b.ages is not None:
        fit += 0.05
    if linked:
        fit *= 0.6
    return fit
