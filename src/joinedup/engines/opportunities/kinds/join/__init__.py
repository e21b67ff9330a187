"""`join`: two actions of different partners that meet in place, theme, ages, level and way in, with no link recorded
between the two. An offer to compare notes, for the two and the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import of_kind
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Register
from joinedup.engines.opportunities.move import Draft, Move, Party
from joinedup.engines.opportunities.strength import Parts
from joinedup.engines.words import listing

NAME = "join"
# Work that meets a child is near at hand; a ward or two apart.
KM = 3.0
NO_FIT: tuple[float, float | None] = (0.0, None)
LEAST = 0.37
# Two actions that have only a theme in common have nothing to compare.
ALIKE, VERY_ALIKE = 0.25, 0.6
# So many on one theme in one authority are compared each with each. Of more, each is compared with so many that stand
# next to it by ward and by what it is about: thousands would be millions of pairs, and a body is told of three.
CROWD = 100
# What is by its nature one body's own, or nobody's to attend.
CLOSED = frozenset(("court", "statutory"))


def moves(context: Context) -> Iterator[Draft]:
    """Each pair once, on the first theme and in the first authority where it fits. There are very many, of which a body
    is told few: they are put in words when they are told."""
    register = context.register
    parties = {id: Party(id, each.name, "compares notes") for id, each in register.partners.items()}
    told: set[tuple[str, str]] = set()
    for authority, theme, those in _themes(register):
        for a, b in _pairs(those):
            if a.partner is b.partner or (a.id, b.id) in told:
                continue
            fit, km = _fit(context, theme, a, b)
            if fit < LEAST or not _meet(a, b) or _refused(context, authority, theme, a, b):
                continue
            told.add((a.id, b.id))
            yield Draft(
                NAME,
                (authority,),
                theme,
                (parties[a.partner.id], parties[b.partner.id]),
                (a.id, b.id),
                f"{a.id}+{b.id}",
                context,
                _worded,
                _parts(
                    fit,
                    0.75 if km is None else 1 - 0.3 * km / KM,
                    context.fresh(a.confirmed) * context.fresh(b.confirmed),
                ),
            )


def _themes(register: Register) -> Iterator[tuple[str, str, list[Action]]]:
    """The actions on each theme in each authority that anybody may be told of, by their ids."""
    for (authority, theme), actions in sorted(register.actions_on.items()):
        those = [each for each in actions if not (each.restricted or each.way_in & CLOSED)]
        yield authority, theme, sorted(those, key=lambda each: each.id)


def _pairs(those: list[Action]) -> Iterator[tuple[Action, Action]]:
    """Those that may be alike, each pair in the order of their ids."""
    if len(those) <= CROWD:
        yield from combinations(those, 2)
        return
    near = sorted(those, key=lambda each: (each.where.points, sorted(each.meant.things), each.id))
    for at, a in enumerate(near):
        for b in near[at + 1 : at + 1 + CROWD]:
            yield (a, b) if a.id < b.id else (b, a)


@lru_cache(10_000)
def _parts(fit: float, near: float, fresh: float) -> Parts:
    return Parts(fit=fit, near=near, fresh=fresh, parties=1.0)


def _meet(a: Action, b: Action) -> bool:
    """Whether the two see the same people, and nobody runs both."""
    if (a.others or b.others) and {p.id for p in a.runners} & {p.id for p in b.runners}:
        return False
    if a.level and b.level and not a.level & b.level:
        return False
    if a.audience and b.audience and not a.audience & b.audience:
        return False
    return _ages(a, b) is not False


def _refused(context: Context, authority: str, theme: str, a: Action, b: Action) -> bool:
    return any(
        context.refuses(
            one.partner.id, (authority,), theme, frozenset((other.id,)), other.meant, other.partner.id
        )
        for one, other in ((a, b), (b, a))
    )


def _worded(draft: Draft) -> Move:
    """The move of a draft with its sentences."""
    context, register = draft.context, draft.context.register
    (authority,), theme = draft.places, draft.theme or ""
    a, b = (register.actions[id] for id in draft.initiatives)
    place = register.place(authority)
    same = [f"both are on {register.theme(theme)}"]
    ages = _ages(a, b)
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
        places=draft.places,
        theme=theme,
        parties=draft.parties,
        decision=f"Do {a.partner.name} and {b.partner.name} compare notes on “{a.name}” and “{b.name}” in {place}?",
        sentence=f"{words.describe(a)} {words.describe(b)} {words.start(listing(same))}.",
        first_step=f"{words.start(words.with_role(a.partner, b.meant))} rings "
        f"{words.with_role(b.partner, a.meant)}: {step}.",
        parts=draft.parts,
        strength=draft.strength,
        because=(words.action_because(a), words.action_because(b)),
        checks=tuple(checks),
        initiatives=draft.initiatives,
        about=draft.about,
    )


def _ages(a: Action, b: Action) -> tuple[float, float] | bool:
    """The ages that both see; False if none; True if not known of one."""
    if a.ages is None or b.ages is None:
        return True
    low, high = max(a.ages[0], b.ages[0]), min(a.ages[1], b.ages[1])
    return (low, high) if low < high else False


def _fit(context: Context, theme: str, a: Action, b: Action) -> tuple[float, float | None]:
    """How well they fit, and how many kilometres they are apart."""
    alike = context.alike(a.meant, b.meant)
    if alike < ALIKE:
        return NO_FIT
    km = context.distances.km(a.where, b.where)
    if km is not None and km > KM:
        return NO_FIT
    if km is None and alike < VERY_ALIKE:
        # Two services of one borough that are only somewhat alike know each other.
        return NO_FIT
    first = (a.themes[0] == theme) + (b.themes[0] == theme)
    ways = not a.way_in.isdisjoint(b.way_in)
    fit = 0.15 + 0.22 * alike + 0.07 * first + 0.06 * ways + 0.1
    if a.ages is not None and b.ages is not None:
        fit += 0.05
    if fit >= LEAST and frozenset((a.partner.id, b.partner.id)) in context.register.linked:
        fit *= 0.6
    return fit, km
