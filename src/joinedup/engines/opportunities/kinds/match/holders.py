"""A need that nobody answers with an offer, and a body near by that has it: by its trade, or by what it runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.ages import ages_meet
from joinedup.engines.opportunities.concepts import concepts, of_kind, themes_of
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Ask, Partner
from joinedup.engines.opportunities.kinds.match.hours import hours_clash
from joinedup.engines.opportunities.kinds.match.takers import trades_in
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts

# Kinds of thing that a body's trade or work can answer; money and rooms are answered by those who offer them.
WHAT = ("people", "data", "places", "training", "referrals", "other", None)
LEAST = 0.38
MOST = 3
# Nobody has offered it: a question is less than an answer.
ONLY_ASKED = 0.85
STAFF = frozenset(("staff",))


def moves(context: Context, met: Collection[str]) -> Iterator[Move]:
    """One move a need that no offer meets."""
    for need in context.register.asks.values():
        if need.is_help or need.id in met or need.what not in WHAT:
            continue
        found = sorted(_holders(context, need), key=lambda one: (-one[0], one[1].id))
        found = [one for one in found if one[0] >= LEAST]
        if found:
            yield _move(context, need, found[:MOST])


def _holders(context: Context, need: Ask) -> Iterator[tuple[float, Partner, Action | None, str]]:
    """(fit, body, what it runs, why): each body once, with its best reason."""
    best: dict[str, tuple[float, Partner, Action | None, str]] = {}
    for found in (*_by_trade(context, need), *_by_work(context, need), *_by_shared_work(context, need)):
        partner = found[1]
        answer = context.answered(
            partner.id,
            authorities=need.where.authorities,
            theme=next(iter(need.themes), None),
            records=frozenset((need.id, *((found[2].id,) if found[2] else ()))),
            meant=need.meant,
            others=(need.partner.id,),
        )
        if answer is not None and answer.answer == "not_us":
            best[partner.id] = (0.0, *found[1:])
            continue
        if answer is not None and answer.answer == "interested":
            found = (found[0] + 0.3 * (1 - found[0]), *found[1:])
        if partner.id not in best or (0 < best[partner.id][0] < found[0]):
            best[partner.id] = found
    yield from best.values()


def _by_trade(context: Context, need: Ask) -> Iterator[tuple[float, Partner, Action | None, str]]:
    """Bodies whose trade it is: a need for a housing officer and housing providers there."""
    known = concepts()
    if "language" in need.meant.concepts:
        return
    for name in sorted(context.things(need.meant)):
        concept = known[name]
        if not concept.held_by or not concept.special:
            continue
        if concept.what != need.what and not (
            concept.by_sector and need.what in ("referrals", "other", None)
        ):
            continue
        for partner in _bodies(context, need):
            if partner.sector not in concept.held_by or partner.wide:
                continue
            says = name in partner.does.concepts
            if not (says or concept.by_sector):
                continue
            theme = bool(set(need.themes) & partner.themes)
            # Who is of this place alone, or is named by it, comes before who serves the region.
            close = 0.06 * (partner.where.authorities <= need.where.authorities) + 0.06 * bool(
                need.meant.stems & context.named(partner)
            )
            yield 0.42 + 0.15 * says + 0.1 * theme + close, partner, None, "trade"


def _by_work(context: Context, need: Ask) -> Iterator[tuple[float, Partner, Action | None, str]]:
    """Bodies that run something like it near by."""
    known = concepts()
    themes = frozenset(need.themes) or themes_of(need.meant)
    needs = context.things(need.meant)
    special = {
        name for name in needs if known[name].special and known[name].what == (need.what or known[name].what)
    }
    named = trades_in(need.text)
    seen: set[str] = set()
    for authority in sorted(need.where.authorities):
        for action in context.register.actions_at.get(authority, ()):
            if action.id in seen or action.restricted or need.partner in action.runners:
                continue
            seen.add(action.id)
            if "language" in needs and "language" not in action.meant.concepts:
                continue
            if special and not special & action.meant.concepts:
                continue
            if (
                named
                and need.what not in ("people", "places", "training")
                and action.partner.sector not in named
            ):
                continue
            shared = (needs & context.things(action.meant)) | {
                name
                for name in needs
                if known[name].what == need.what and set(known[name].themes) & set(action.themes)
            }
            on_theme = bool(themes & set(action.themes))
            if not ages_meet(need.ages, action.ages) or hours_clash(need.meant, action.meant):
                continue
            near = context.distances.near(need.where, action.where, need.what)
            if near is None or not shared or not (on_theme or need.what in ("training", None, "other")):
                continue
            if need.what == "training" and not (
                (action.way_in | action.audience) & STAFF
                and of_kind(need.meant, "training") & action.meant.concepts
            ):
                continue
            if (
                need.what in ("data", "referrals", "other", None)
                and context.alike(need.meant, action.meant) < 0.6
            ):
                continue
            alike = context.alike(need.meant, action.meant)
            fits_age = need.ages is not None and action.ages is not None and action.ages[0] <= need.ages[0]
            fit = (0.32 + 0.3 * alike + 0.1 * on_theme + 0.1 * fits_age) * (0.6 + 0.4 * near.closeness)
            yield fit * context.fresh(action.confirmed) ** 0.5, action.partner, action, "work"


def _by_shared_work(context: Context, need: Ask) -> Iterator[tuple[float, Partner, Action | None, str]]:
    """Who asks to hear what became of those it sent: the bodies that it runs something with."""
    if "feedback" not in need.meant.concepts:
        return
    for action in context.register.actions_of.get(need.partner.id, ()):
        if not set(action.themes) & set(need.themes) or action.restricted:
            continue
        if action.partner is not need.partner:
            yield 0.6, action.partner, action, "shared work"


def _bodies(context: Context, need: Ask) -> Iterator[Partner]:
    seen: set[str] = set()
    for authority in sorted(need.where.authorities):
        for partner in context.register.partners_at.get(authority, ()):
            if partner.id not in seen and partner is not need.partner:
                seen.add(partner.id)
                yield partner


def _move(context: Context, need: Ask, found: list[tuple[float, Partner, Action | None, str]]) -> Move:
    register = context.register
    partners = [one[1] for one in found]
    actions = [one[2] for one in found if one[2] is not None]
    reasons = []
    for _, partner, action, _ in found:
        if action is not None:
            reasons.append(
                f"{partner.name} runs “{action.name}”: {words.lead_in(action.what) or 'see its record'}."
            )
        elif partner.words:
            reasons.append(f"{partner.name}: {words.lead_in(partner.words)}.")
        else:
            reasons.append(f"{partner.name} would have it by its trade.")
    first = partners[0]
    back = [
        ask
        for partner in partners
        for ask in register.asks_of.get(partner.id, ())
        if need.what == "data"
        and not ask.is_help
        and ask.what in ("data", "referrals")
        and "feedback" in ask.meant.concepts
    ][:1]
    reasons += [f"{ask.partner.name} asks in turn: {words.spoken(ask, dated=False)}" for ask in back]
    checks = [
        f"{words.names(partners)} {'has' if len(partners) == 1 else 'have'} not offered this: it is a "
        f"question, and no is an answer."
    ]
    if old := words.ask_again(context, need):
        checks.append(old)
    checks += [check for action in actions if (check := words.stale(context, action))]
    return Move(
        kind="match",
        places=tuple(sorted(need.where.authorities)),
        theme=next(iter(need.themes), None),
        parties=(
            Party(need.partner.id, need.partner.name, "needs"),
            *(Party(partner.id, partner.name, "is asked") for partner in partners),
        ),
        decision=f"Can {words.names(partners, 'or')} help {need.partner.name}, which asks: "
        f"{words.quoted(words.shortened(need.text))}?",
        sentence=f"{need.partner.name} asks: {words.spoken(need)} {' '.join(reasons)}",
        first_step=_first_step(need, first, back),
        parts=Parts(fit=ONLY_ASKED * found[0][0], fresh=context.fresh(need.said_on)),
        because=(words.ask_because(need), *(words.action_because(action) for action in actions)),
        checks=(*checks, *words.safeguard(need.what, need.meant)),
        closes=need.until,
        initiatives=tuple(action.id for action in actions),
        asks=(need.id, *(ask.id for ask in back)),
        about=need.id,
    )


def _first_step(need: Ask, first: Partner, back: list[Ask]) -> str:
    asker = words.start(words.with_role(need.partner, need.meant))
    if back:
        # Who waits for an answer itself is given one before it is asked again.
        return (
            f"{asker} first tells {words.with_role(back[0].partner, need.meant)} what is done with what "
            f"it sends, then asks."
        )
    return f"{asker} rings {words.with_role(first, need.meant)} and asks."
