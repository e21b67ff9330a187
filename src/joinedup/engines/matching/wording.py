"""Words for sentences that can be read out in a room: names, lists, dates, shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from joinedup.engines.matching.world import World

# Sectors as people say them, where the tables give no name.
SECTORS = {
    "vcs": "voluntary and community sector",
    "csp": "community safety partnership",
    "vru": "violence reduction unit",
    "youth_justice": "youth justice",
    "local_authority": "local authority",
}


def words(slug: str) -> str:
    """A code as words: `school-exclusion` becomes "school exclusion"."""
    return slug.replace("_", " ").replace("-", " ").strip() or slug


def theme(world: World, number: int) -> str:
    code = world.themes[number]
    name = world.theme_names.get(code) or words(code)
    # A name starts with a capital in a list; inside a sentence it does not, unless it is an abbreviation.
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def sector(world: World, number: int) -> str:
    code = world.sectors[number]
    name = world.sector_names.get(code) or SECTORS.get(code) or words(code)
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def place(world: World, number: int) -> str:
    return world.tree.names[number]


def partner(world: World, number: int) -> str:
    row = world.partners.frame.row(number, named=True)
    return row["name"] or row["id"]


def initiative(world: World, number: int) -> str:
    row = world.initiatives.frame.row(number, named=True)
    return row["name"] or row["id"]


def offer(world: World, number: int) -> str:
    row = world.offers.frame.row(number, named=True)
    return row["name"] or row["id"]


def listing(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def share(value: float) -> str:
    if 0 < value < 0.01:
        return "under 1%"
    # Rounding must not leave a nought with a minus.
    return f"{max(value, 0.0):.0%}"


def number(value: float) -> str:
    return f"{value:,.0f}"


def people(value: float) -> str:
    return "1 person" if round(value) == 1 else f"{number(value)} people"


def about_people(value: float) -> str:
    """An estimate to two figures, so that it does not sound counted: "about 27,000 people"."""
    if value >= 100:
        unit = 10 ** (len(str(int(value))) - 2)
        value = round(value / unit) * unit
    return f"about {people(value)}"


def height(need: float) -> str:
    """A need of 0 to 1 as people would say it."""
    if need >= 0.8:
        return "very high"
    if need >= 0.6:
        return "high"
    return "in the middle" if need >= 0.4 else "low"


def the_sector(world: World, number: int) -> str:
    """The sector inside a sentence: "the voluntary and community sector", "health"."""
    name = sector(world, number)
    return f"the {name}" if name.endswith("sector") else name


def sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]
