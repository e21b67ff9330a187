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
    "youth_justice": "youth offending services",
    "local_authority": "local authorities",
    "local_policing_body": "police and crime commissioner or mayor",
    "social_care": "social services",
    "fire": "fire and rescue",
}
# A sector that is one body, or one of a kind, takes an article: "the police", but "health".
ARTICLE_BEFORE_SECTOR = ("police", "sector", "partnership", "unit", "mayor", "commissioner")
# "The night-time economy", but "county lines".
ARTICLE_BEFORE_THEME = ("economy",)
# So does a body whose name is a description: "the Home Office", "the Youth Endowment Fund", but "Redthread".
ARTICLE_BEFORE_BODY = (
    "Department ",
    "Ministry ",
    "Home Office",
    "Mayor ",
    "Office ",
    "City ",
)
ARTICLE_AFTER_BODY = (" Fund", " Authority", " Commissioner", " Unit", " Office", " Service", " Trust")
# The same five words, in steps of a fifth, as pages use for need.
# Below it need is called low, and speaks for nothing.
MIDDLING = 0.4
HEIGHTS = ((0.8, "very high"), (0.6, "high"), (MIDDLING, "middling"), (0.2, "lower than most"))
# A quoted line longer than this cannot be read out; its fact has the whole of it.
WORDS_QUOTED = 12


def words(slug: str) -> str:
    """A code as words: `school-exclusion` becomes "school exclusion"."""
    return slug.replace("_", " ").replace("-", " ").strip() or slug


def theme(world: World, number: int) -> str:
    code = world.themes[number]
    name = enumerated(inside(world.theme_names.get(code) or words(code)))
    return f"the {name}" if name.endswith(ARTICLE_BEFORE_THEME) else name


def sector(world: World, number: int) -> str:
    code = world.sectors[number]
    name = world.sector_names.get(code) or SECTORS.get(code) or words(code)
    return inside(name).replace(" / ", " or ")


def inside(name: str) -> str:
    """A name starts with a capital in a list; inside a sentence it does not, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def enumerated(name: str) -> str:
    """A name that lists things, as it is said: "youth clubs, sport, arts" becomes "youth clubs, sport and arts"."""
    first, comma, last = name.rpartition(", ")
    joined = not comma or any(word in f" {last} " for word in (" and ", " or "))
    return name if joined else f"{first} and {last}"


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


def quoted(name: str) -> str:
    """What has a title, in the middle of a sentence: “A place before exclusion”."""
    return f"“{name}”"


def said(text: str) -> str:
    """What somebody wrote, in quotes, without its full stop, and no longer than can be read out."""
    every = text.strip().rstrip(".").split()
    return quoted(" ".join(every[:WORDS_QUOTED]) + ("…" if len(every) > WORDS_QUOTED else ""))


def the_body(name: str) -> str:
    """A body, or several, inside a sentence: "the Home Office", "Redthread", "NCA, NPCC and Home Office"."""
    if ", " in name:
        return enumerated(name)
    described = name.startswith(ARTICLE_BEFORE_BODY) or name.endswith(ARTICLE_AFTER_BODY)
    return f"the {name}" if described else name


def listing(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def number(value: float) -> str:
    return f"{value:,.0f}"


def people(value: float) -> str:
    return "1 person" if round(value) == 1 else f"{number(value)} people"


def height(need: float) -> str:
    """A need of 0 to 1 as people would say it."""
    # A hair of tolerance: 0.6 that was worked out in steps is still 0.6.
    return next((word for least, word in HEIGHTS if need >= least - 1e-9), "far lower than most")


def the_sector(world: World, number: int) -> str:
    """The sector inside a sentence: "the voluntary and community sector", "health"."""
    name = sector(world, number)
    return f"the {name}" if name.endswith(ARTICLE_BEFORE_SECTOR) else name


def sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]
