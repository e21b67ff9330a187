"""A need meets an offer of help of the same kind of thing, near enough for that kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.ages import ages_meet
from joinedup.engines.opportunities.concepts import Meaning, concepts, of_kind, themes_of
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Ask
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.nearness import Near
from joinedup.engines.opportunities.strength import Parts, deadline, of
from joinedup.engines.words import listing

# How well an offer of one kind of thing meets a need of another.
PAIRS: dict[tuple[str, str], float] = {
    ("places", "room"): 0.4, ("places", "people"): 0.5, ("training", "people"): 0.8, ("training", "other"): 0.9,
    ("people", "training"): 0.5, ("people", "other"): 0.8, ("people", "places"): 0.65, ("places", "referrals"): 1.0,
    ("other", "people"): 0.7, ("other", "training"): 0.7, ("data", "other"): 0.8, ("transport", "other"): 0.9,
    ("other", "transport"): 0.9, ("equipment", "other"): 0.9, ("other", "equipment"): 0.9, ("room", "places"): 0.4,
    ("money", "other"): 0.4,
}  # fmt: skip
UNSAID = 0.6
# Below this a pair is not told.
LEAST = 0.5
GIVERS, MOST_SERVED = 3, 3
# A landlord's or council's own pot is for its neighbours, whatever the theme.
NEAR_MONEY = 2.5
# Whom an offer is for, where it says so.
FOR_WHOM = {
    "education": re.compile(r"\b(any|all|for|to|every) (?:\w+ )?(schools?|staff rooms?|colleges?)\b", re.I),
    "vcs": re.compile(r"\bvoluntary (?:bodies|groups|organi[sz]ations|sector)\b", re.I),
}
ANYBODY = re.compile(r"\bany(?:body|one| body| group| partner| organi[sz]ation)\b", re.I)


@dataclass(frozen=True)
class Pair:
    need: Ask
    help: Ask
    parts: Parts
    near: Near
    checks: tuple[str, ...]


def moves(context: Context) -> Iterator[Move]:
    """One move a need, with the best three givers inside."""
    for need in context.register.asks.values():
        if need.is_help:
            continue
        pairs = sorted(
            (pair for pair in _pairs(context, need) if of(pair.parts) >= LEAST),
            key=lambda pair: (-of(pair.parts), pair.help.id),
        )
        if pairs:
            yield _move(context, need, pairs[:GIVERS])


def _pairs(context: Context, need: Ask) -> Iterator[Pair]:
    for help in _offers(context, need):
        pair = _pair(context, need, help)
        if pair is not None:
            yield pair


def _offers(context: Context, need: Ask) -> Iterator[Ask]:
    """Offers in the authorities of the need and beside them. Who asks for referrals has places to fill."""
    register = context.register
    around = context.around(need.where.authorities)
    seen: set[str] = set()
    for code in around:
        for ask in register.asks_at.get(code, ()):
            if ask.id in seen or ask.partner is need.partner:
                continue
            seen.add(ask.id)
            if ask.is_help or (has_places(ask) and need.what == "places"):
                yield ask


# Words by which somebody who asks to be sent people says that there is room for them.
ROOM_FOR = re.compile(
    r"\b(seats?|spaces?|places?|room for|vacanc\w+|placements?|unfilled|untaken|not been taken|taken "
    r"up|left|light diary|free)\b",
    re.I,
)


def has_places(ask: Ask) -> bool:
    """Whether somebody who asks to be sent people says that there is room for them. A complaint that nobody refers
    is no offer."""
    return ask.what == "referrals" and bool(ROOM_FOR.search(ask.text))


def _pair(context: Context, need: Ask, help: Ask) -> Pair | None:
    what = _same_thing(need, help)
    if not what:
        return None
    near = context.distances.near(need.where, help.where, _thing(need, help))
    if near is None:
        return None
    about = _about(context, need, help)
    if about is None:
        return None
    if not ages_meet(need.ages, help.ages):
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
    checks = [check for check in (words.ask_again(context, need), words.ask_again(context, help)) if check]
    fit = 1.0
    if clash := hours_clash(need.meant, help.meant):
        checks.insert(0, clash)
        fit *= 0.85 if "afternoon" in clash or "morning" in clash else 0.55
    if not _is_for(need, help):
        return None
    parts = Parts(
        fit=what * about * fit,
        near=near.closeness,
        fresh=context.fresh(need.said_on) * context.fresh(help.said_on),
        deadline=deadline(help.until or need.until, context.as_of),
        asked=1.0,
        answered=float(answer is not None and answer.answer == "interested"),
    )
    if parts.answered:
        checks.append(f"{help.partner.name} has said that it is interested.")
    return Pair(need, help, parts, near, tuple(checks))


def _thing(need: Ask, help: Ask) -> str | None:
    """What changes hands, which decides how near is near enough."""
    if "room" in (need.what, help.what):
        return "room"
    return need.what or help.what


def _same_thing(need: Ask, help: Ask) -> float:
    if need.what is None or help.what is None:
        return UNSAID
    if need.what == help.what:
        return 1.0
    if (need.what, help.what) == ("people", "places") and "mentor" not in help.meant.concepts:
        # Places for the young are no adults for a club; a mentor's place is both.
        return 0.0
    if need.what == "places" and has_places(help):
        return 1.0
    return PAIRS.get((need.what, help.what), 0.0)


def _about(context: Context, need: Ask, help: Ask) -> float | None:
    """0 to 1: how surely the offer is about what is needed. None: it is about something else."""
    known = concepts()
    needs, offers = context.things(need.meant), context.things(help.meant)
    shared = needs & offers
    # A trade of its own is met by that trade, and given to whoever asks for it.
    special = {
        name for name in needs if known[name].special and known[name].what == (need.what or known[name].what)
    }
    given = {name for name in offers if known[name].special and known[name].what in ("people", "data")}
    if "language" in needs and "language" not in offers:
        return None
    if (special and not special & offers) or (
        given and not given & needs and not _themes(need) & _themes(help)
    ):
        return None
    on_theme = bool(_themes(need) & _themes(help))
    alike = context.alike(need.meant, help.meant)
    match need.what:
        case "room":
            one, two = of_kind(need.meant, "room"), of_kind(help.meant, "room")
            if "sports_space" in one and "sports_space" not in two:
                return None
            if "workshop" in two and not (one & two or on_theme):
                return None
            fits = bool(one & two) or "hall" in two or not one
            return (0.8 if fits else 0.6) + (0.1 if on_theme else 0) + 0.1 * alike
        case "money":
            if need.amount and help.amount and need.amount > help.amount:
                return None
            km = context.distances.km(need.where, help.where)
            near = km is not None and km <= NEAR_MONEY
            return (
                0.55 + 0.15 * on_theme + 0.15 * near + 0.15 * alike
                if on_theme or near or not help.themes
                else None
            )
        case "data" | "other" | "transport" | "equipment" | None:
            if alike < 0.6 and not (shared and on_theme):
                return None
            return 0.55 + 0.1 * on_theme + 0.35 * alike
        case "training":
            topics = of_kind(need.meant, "training")
            about = {theme for name in topics for theme in known[name].themes}
            if topics and not topics & offers and not (on_theme and (alike >= 0.25 or about & _themes(help))):
                return None
            beside = bool(near_themes(_themes(need)) & _themes(help)) and alike >= 0.15
            if not (shared or on_theme or beside):
                return None
            return 0.7 + 0.15 * bool(shared) + 0.1 * on_theme + 0.05 * alike
        case _:
            unsaid = not (_themes(need) and _themes(help)) and alike >= 0.25
            if not (shared or on_theme or unsaid):
                return None
            if not shared and help.what not in (need.what, "places", "referrals"):
                return None
            if not shared and (given or (of_kind(need.meant, "people") and of_kind(help.meant, "people"))):
                return 0.3
            return 0.55 + 0.25 * bool(shared) + 0.15 * on_theme + 0.05 * alike


def capacity(help: Ask) -> int:
    """How many needs an offer can meet: as many as it names, up to three; two of people who are several;
    otherwise one."""
    if help.number is None and {"students", "volunteer"} & help.meant.concepts:
        return 2
    return max(1, min(int(help.number or 1), MOST_SERVED))


def _themes(ask: Ask) -> frozenset[str]:
    """As recorded; where nothing is, what its words are about."""
    return frozenset(ask.themes) or themes_of(ask.meant)


def _is_for(need: Ask, help: Ask) -> bool:
    if ANYBODY.search(help.text):
        return True
    named = [sector for sector, pattern in FOR_WHOM.items() if pattern.search(help.text)]
    return not named or need.partner.sector in named


# Themes whose training serves one another's workers.
NEAR_THEMES = (
    {"domestic-abuse", "girls-and-young-women", "county-lines"},
    {"childhood-trauma", "mental-health"},
    {"school-exclusion", "school-belonging", "special-needs"},
)


def near_themes(themes: frozenset[str]) -> frozenset[str]:
    """These themes and those beside them."""
    return themes.union(*(near for near in NEAR_THEMES if near & themes))


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def hours_clash(need: Meaning, help: Meaning) -> str:
    """What to settle first where both say when, and not the same; blank where nothing clashes."""
    one, two = of_kind(need, "moment"), of_kind(help, "moment")
    days = set(DAYS)
    for kind in ({"morning", "lunch", "afternoon", "evening", "daytime"}, days | {"weekend", "weekday"}):
        a, b = one & kind, two & kind
        if "daytime" in a and "daytime" not in b:
            a |= {"morning", "lunch", "afternoon"}
        if "daytime" in b and "daytime" not in a:
            b |= {"morning", "lunch", "afternoon"}
        if "weekday" in a:
            a |= days
        if "weekday" in b:
            b |= days
        if a and b and not a & b:
            return (
                f"The hours do not meet as written: {_moments(one & kind)} are needed, "
                f"{_moments(two & kind)} are offered."
            )
    return ""


def _moments(names: frozenset[str]) -> str:
    said = [
        f"{each.capitalize()}s" if each in DAYS else "daytime hours" if each == "daytime" else f"{each}s"
        for each in sorted(names)
    ]
    return listing(said)


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
        checks=(*best.checks, *words.safeguard(need.what, need.meant, best.help.meant)),
        closes=best.help.until or need.until,
        asks=(need.id, *(pair.help.id for pair in pairs)),
        givers=((best.help.id, capacity(best.help)),),
        about=need.id,
    )
