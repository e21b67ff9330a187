"""Which bodies fit a support in an area, by what they asked for, what they run and what they say they work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Action, Ask, Partner, Support
from joinedup.engines.opportunities.kinds.bid.eligibility import MANY_ACTIONS, WOMEN, is_small

K = TypeVar("K")
R = TypeVar("R", Action, Ask, Partner)
# How much an ask of this kind says that money would serve it.
PAYS: dict[str | None, float] = {
    "money": 0.75, "people": 0.55, "equipment": 0.6, "room": 0.5, "places": 0.4, "transport": 0.5,
}  # fmt: skip
# What a training offer or a lent service answers instead.
TRAINS: dict[str | None, float] = {"training": 0.75}
SERVES: dict[str | None, float] = {"people": 0.4, "other": 0.4, "data": 0.4, None: 0.3}
# An action, what is left of it when it ends soon, a declared theme.
RUNS, ENDS_SOON, DECLARES, SAID_YES = 0.4, 0.2, 0.2, 0.4
SOON_DAYS = 270
# What a purpose has to have in common with an ask or an action, to be about it; more where no theme says so.
ALIKE, VERY_ALIKE, SLIGHTLY = 0.25, 0.5, 0.12


@dataclass
class Candidate:
    """A body with what makes it fit: the asks that the money would answer and the actions it would build on."""

    partner: Partner
    fit: float = 0.0
    asks: list[tuple[float, Ask]] = field(default_factory=list)
    actions: list[tuple[float, Action]] = field(default_factory=list)
    interested: bool = False

    def add(self, weight: float) -> None:
        """A further reason: it adds to what is not yet sure."""
        self.fit = 1 - (1 - self.fit) * (1 - weight)


def candidates(context: Context, support: Support, area: Sequence[str], theme: str | None) -> list[Candidate]:
    """Those that fit at all, best first. Of support without a theme, only who asks for just that or has said yes."""
    found: dict[str, Candidate] = {}

    def of(partner: Partner) -> Candidate:
        return found.setdefault(partner.id, Candidate(partner))

    for weight, ask in _asks(context, support, area, theme):
        of(ask.partner).asks.append((weight, ask))
        of(ask.partner).add(weight)
    for weight, action in _actions(context, support, area, theme):
        for partner in action.runners:
            share = weight if partner is action.partner else 0.7 * weight
            of(partner).actions.append((share, action))
            of(partner).add(share)
    if theme is None:
        for partner in once(context.register.partners_at, area):
            of(partner)
    else:
        for partner in once(context.register.partners_on, [(code, theme) for code in area]):
            of(partner).add(DECLARES + 0.2 * context.alike(partner.does, support.meant))
    for each in found.values():
        if is_small(support) and len(context.register.actions_of.get(each.partner.id, ())) >= MANY_ACTIONS:
            each.fit *= 0.5
        if "led_by_women" in support.limits and not each.partner.does.stems & WOMEN:
            each.fit *= 0.6
    kept = [each for each in found.values() if not _refused(context, support, area, theme, each)]
    return sorted(kept, key=lambda each: (-each.fit, each.partner.id))


def _asks(
    context: Context, support: Support, area: Sequence[str], theme: str | None
) -> Iterator[tuple[float, Ask]]:
    pays = PAYS if support.kind == "fund" else TRAINS if support.kind == "training" else SERVES
    works = bool({"capital", "kit"} & support.meant.concepts)
    for ask in once(context.register.asks_at, area):
        if ask.is_help or ask.what not in pays:
            continue
        alike = context.alike(ask.meant, support.meant)
        if theme not in ask.themes and (ask.themes or alike < VERY_ALIKE):
            continue
        capital = "capital" in ask.meant.concepts
        # What pays for sessions mends no roof, and what pays for works pays no wages.
        if (capital and not works) or (ask.what == "money" and works and not capital and alike < ALIKE):
            continue
        weight = pays[ask.what] * (0.4 + 0.6 * alike) * context.fresh(ask.said_on)
        if ask.what == "people" and alike < SLIGHTLY:
            # Money finds nobody who is willing.
            weight *= 0.6
        if support.amount_max and ask.amount and ask.amount > 3 * support.amount_max:
            weight *= 0.5
        yield weight, ask


def _actions(
    context: Context, support: Support, area: Sequence[str], theme: str | None
) -> Iterator[tuple[float, Action]]:
    for action in once(context.register.actions_on, [(code, theme) for code in area if theme]):
        if action.restricted:
            continue
        alike = context.alike(action.meant, support.meant)
        first = action.themes[0] == theme
        if alike < ALIKE and not (first and theme == support.themes[0]):
            continue
        weight = RUNS * (0.5 + 0.5 * alike) * (1.0 if first else 0.7) * context.fresh(action.confirmed)
        yield weight + ENDS_SOON * ends_soon(context, action), action


def ends_soon(context: Context, action: Action) -> bool:
    """Whether its end is near enough to ask what pays for it then."""
    return action.ends is not None and (action.ends - context.as_of).days <= SOON_DAYS


def _refused(
    context: Context, support: Support, area: Sequence[str], theme: str | None, each: Candidate
) -> bool:
    answer = context.answered(
        each.partner.id, authorities=area, theme=theme, records=frozenset((support.id,)), meant=support.meant
    )
    if answer is not None and answer.answer == "interested":
        each.interested = True
        each.add(SAID_YES)
    return answer is not None and answer.answer == "not_us"


def once(at: Mapping[K, Sequence[R]], keys: Iterable[K]) -> Iterator[R]:
    """The records of several authorities, or of a theme in these, each once."""
    seen: set[str] = set()
    for key in keys:
        for record in at.get(key, ()):
            if record.id not in seen:
                seen.add(record.id)
                yield record
