"""A need meets an offer of help of the same kind of thing, near enough for that kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.ages import ages_meet
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Ask
from joinedup.engines.opportunities.kinds.match.fit import about, has_places, is_for, may_meet, same_thing
from joinedup.engines.opportunities.kinds.match.hours import hours_clash
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.nearness import Near
from joinedup.engines.opportunities.strength import Parts, deadline, of

# Below this a pair is not told.
LEAST = 0.5
GIVERS, MOST_SERVED = 3, 3


@dataclass(frozen=True)
class Pair:
    need: Ask
    help: Ask
    parts: Parts
    strength: float
    near: Near
    clash: str


def moves(context: Context) -> Iterator[Move]:
    """One move a need, with the best three givers inside: of the offers in its authorities and around them."""
    offers = _offers(context)
    for need in context.register.asks.values():
        if need.is_help:
            continue
        pairs = sorted(
            (pair for pair in _pairs(context, need, offers) if pair.strength >= LEAST),
            key=lambda pair: (-pair.strength, pair.help.id),
        )
        if pairs:
            yield _move(context, need, pairs[:GIVERS])


def _pairs(context: Context, need: Ask, offers: Offers) -> Iterator[Pair]:
    seen: set[str] = set()
    for code in context.around(need.where.authorities):
        for what, those in offers.get(code, {}).items():
            if need.what != what and not may_meet(need.what, what):
                continue
            for help in those:
                if help.partner is need.partner or not (help.is_help or need.what == "places"):
                    continue
                if len(help.where.authorities) > 1:
                    if help.id in seen:
                        continue
                    seen.add(help.id)
                pair = _pair(context, need, help)
                if pair is not None:
                    yield pair


# By authority, and by what kind of thing it is.
Offers = dict[str, dict[str | None, list[Ask]]]


def _offers(context: Context) -> Offers:
    """Offers where they are. Who asks for referrals has places to fill."""
    found: Offers = {}
    for code, asks in context.register.asks_at.items():
        by_what = found.setdefault(code, {})
        for ask in asks:
            if ask.is_help or has_places(ask):
                by_what.setdefault(ask.what, []).append(ask)
    return found


def _pair(context: Context, need: Ask, help: Ask) -> Pair | None:
    what = same_thing(need, help)
    if not what:
        return None
    # What costs least comes first: most pairs are about something else.
    alike = about(context, need, help)
    if alike is None or not ages_meet(need.ages, help.ages) or not is_for(need.partner, help.text):
        return None
    near = context.distances.near(need.where, help.where, _thing(need, help))
    if near is None:
        return None
    answer = context.answered(
        help.partner.id,
        authorities=need.where.authorities,
        theme=next(iter(need.themes), None),
        records=frozenset((need.id, help.id)),
        meant=need.meant,
        others=(need.partner.id,),
    )
    back = context.answered(
        need.partner.id,
        authorities=need.where.authorities,
        theme=next(iter(need.themes), None),
        records=frozenset((help.id,)),
        meant=help.meant,
        others=(help.partner.id,),
        own=True,
    )
    if any(each is not None and each.answer == "not_us" for each in (answer, back)):
        return None
    fit = 1.0
    if clash := hours_clash(need.meant, help.meant):
        fit *= 0.85 if "afternoon" in clash or "morning" in clash else 0.55
    parts = Parts(
        fit=what * alike * fit,
        near=near.closeness,
        fresh=context.fresh(need.said_on) * context.fresh(help.said_on),
        deadline=deadline(help.until or need.until, context.as_of),
        asked=1.0,
        answered=float(answer is not None and answer.answer == "interested"),
    )
    return Pair(need, help, parts, of(parts), near, clash)


def _checks(context: Context, pair: Pair) -> list[str]:
    """What to settle first, each a sentence."""
    old = (words.ask_again(context, ask) for ask in (pair.need, pair.help))
    checks = [check for check in (pair.clash, *old) if check]
    if pair.parts.answered:
        checks.append(f"{pair.help.partner.name} has said that it is interested.")
    return checks


def _thing(need: Ask, help: Ask) -> str | None:
    """What changes hands, which decides how near is near enough."""
    if "room" in (need.what, help.what):
        return "room"
    return need.what or help.what


def capacity(help: Ask) -> int:
    """How many needs an offer can meet: as many as it names, up to three; two of people who are several;
    otherwise one."""
    if help.number is None and {"students", "volunteer"} & help.meant.concepts:
        return 2
    return max(1, min(int(help.number or 1), MOST_SERVED))


def _move(context: Context, need: Ask, pairs: list[Pair]) -> Move:
    best = pairs[0]
    giver, taker = best.help.partner, need.partner
    theme = next(iter(need.themes), None) or next(iter(best.help.themes), None)
    here = sorted(need.where.authorities & best.help.where.authorities) or sorted(need.where.authorities)
    others = [pair for pair in pairs[1:] if pair.help.partner not in (giver, taker)]
    near = f" The two are {best.near.words}." if best.near.words else ""
    sentence = (
        f"{taker.name} asks: {words.spoken(need)} {giver.name} offers: {words.spoken(best.help)}{near}"
        if best.help.is_help
        else f"{taker.name} asks: {words.spoken(need)} "
        f"{giver.name} has room and looks for people: {words.spoken(best.help)}{near}"
    )
    extra = []
    for pair in others:
        extra.append(f"{pair.help.partner.name} could help too: {words.spoken(pair.help, dated=False)}")
    if extra:
        sentence += " " + " ".join(extra)
    return Move(
        kind="match",
        places=tuple(here),
        theme=theme,
        parties=(
            Party(taker.id, taker.name, "needs"),
            Party(giver.id, giver.name, "gives"),
            *(Party(pair.help.partner.id, pair.help.partner.name, "could give too") for pair in others),
        ),
        decision=f"Does {taker.name} take up the offer of {giver.name}, "
        f"{words.quoted(words.shortened(best.help.text))}?"
        if best.help.is_help
        else f"Does {giver.name} fill its places with people from {taker.name}?",
        sentence=sentence,
        first_step=f"{words.start(words.with_role(taker, best.help.meant))} rings {words.with_role(giver, need.meant)} "
        "and they agree what, where and from when.",
        parts=best.parts,
        because=(words.ask_because(need), *(words.ask_because(pair.help) for pair in pairs)),
        checks=(*_checks(context, best), *words.safeguard(need.what, need.meant, best.help.meant)),
        closes=best.help.until or need.until,
        asks=(need.id, *(pair.help.id for pair in pairs)),
        givers=((best.help.id, capacity(best.help)),),
        about=need.id,
    )
