"""How well an offer fits a need: the same kind of thing, about the same, and for whom it is."""

from __future__ import annotations

import re
from functools import lru_cache

from joinedup.engines.opportunities.concepts import concepts, of_kind
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Ask, Partner

# How well an offer of one kind of thing meets a need of another.
PAIRS: dict[tuple[str, str], float] = {
    ("places", "room"): 0.4, ("places", "people"): 0.5, ("training", "people"): 0.8, ("training", "other"): 0.9,
    ("people", "training"): 0.5, ("people", "other"): 0.8, ("people", "places"): 0.65, ("places", "referrals"): 1.0,
    ("other", "people"): 0.7, ("other", "training"): 0.7, ("data", "other"): 0.8, ("transport", "other"): 0.9,
    ("other", "transport"): 0.9, ("equipment", "other"): 0.9, ("other", "equipment"): 0.9, ("room", "places"): 0.4,
    ("money", "other"): 0.4,
}  # fmt: skip
UNSAID = 0.6
# A landlord's or council's own pot is for its neighbours, whatever the theme.
NEAR_MONEY = 2.5
# Whom an offer is for, where it says so.
FOR_WHOM = {
    "education": re.compile(r"\b(any|all|for|to|every) (?:\w+ )?(schools?|staff rooms?|colleges?)\b", re.I),
    "vcs": re.compile(r"\bvoluntary (?:bodies|groups|organi[sz]ations|sector)\b", re.I),
}
ANYBODY = re.compile(r"\bany(?:body|one| body| group| partner| organi[sz]ation)\b", re.I)


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


def may_meet(need: str | None, help: str | None) -> bool:
    """Whether an offer of one kind of thing may meet a need of another."""
    unsaid = need is None or help is None
    return unsaid or (need, help) in PAIRS or (need == "places" and help == "referrals")


def same_thing(need: Ask, help: Ask) -> float:
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


def about(context: Context, need: Ask, help: Ask) -> float | None:
    """0 to 1: how surely the offer is about what is needed. None: it is about something else."""
    needs, offers = need.meant.things, help.meant.things
    # A trade of its own is met by that trade, and given to whoever asks for it.
    if need.meant.special:
        special = {name for name, what in need.meant.special if need.what in (what, None)}
        if special and special.isdisjoint(offers):
            return None
    if "language" in needs and "language" not in offers:
        return None
    on_theme = not need.about.isdisjoint(help.about)
    given = {name for name, what in help.meant.special if what in ("people", "data")}
    if given and not on_theme and given.isdisjoint(needs):
        return None
    shared = not needs.isdisjoint(offers)
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
            about = {theme for name in topics for theme in concepts()[name].themes}
            if topics and not topics & offers and not (on_theme and (alike >= 0.25 or about & help.about)):
                return None
            beside = bool(near_themes(need.about) & help.about) and alike >= 0.15
            if not (shared or on_theme or beside):
                return None
            return 0.7 + 0.15 * shared + 0.1 * on_theme + 0.05 * alike
        case _:
            unsaid = not (need.about and help.about) and alike >= 0.25
            if not (shared or on_theme or unsaid):
                return None
            if not shared and help.what not in (need.what, "places", "referrals"):
                return None
            if not shared and (given or (of_kind(need.meant, "people") and of_kind(help.meant, "people"))):
                return 0.3
            return 0.55 + 0.25 * shared + 0.15 * on_theme + 0.05 * alike


def is_for(partner: Partner, text: str) -> bool:
    """Whether an offer in these words is for such a body, as far as it says so."""
    named = _sectors_named(text)
    return not named or partner.sector in named


@lru_cache(50_000)
def _sectors_named(text: str) -> frozenset[str]:
    """The sectors that an offer names; none where it is for anybody."""
    if ANYBODY.search(text):
        return frozenset()
    return frozenset(sector for sector, pattern in FOR_WHOM.items() if pattern.search(text))


# Themes whose training serves one another's workers.
NEAR_THEMES = (
    {"domestic-abuse", "girls-and-young-women", "county-lines"},
    {"childhood-trauma", "mental-health"},
    {"school-exclusion", "school-belonging", "special-needs"},
)


def near_themes(themes: frozenset[str]) -> frozenset[str]:
    """These themes and those beside them."""
    return themes.union(*(near for near in NEAR_THEMES if near & themes))
