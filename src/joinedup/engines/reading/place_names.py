"""How people write the names of places: what they put round a name, which parts of it they use alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.phrases import listed
from joinedup.engines.reading.register import Part

CODE = re.compile(r"[EWSNK]\d{8}")
WIDE = ("country", "region", "police_force", "county")
# What a borough, a town or an area adds to its name, and what people put behind or before the name of a place in it.
BODY = re.compile(
    r"^(?:the )?(?:(?:london|royal|metropolitan) borough of|borough of|city and county of|"
    r"city of|county of|district of|town of|city) "
    r"|,? (?:(?:borough|city|county|district|metropolitan|town) council|council|borough|"
    r"district|county|city|city of|county of)$"
)
INSIDE = re.compile(
    r" (?:ward|wards|town centre|town|city centre|centre|bus station|railway station|train station|"
    r"station|high street|high st|"
    r"high road|market place|market|interchange|shopping centre|retail park|village|estate|"
    r"estates|area|neighbourhood|broadway|library|"
    r"leisure centre|recreation ground|side|hub)$"
)
ROAD = re.compile(r" (?:road|street|lane|avenue|way|green|park)$")
BEFORE = re.compile(
    r"^(?:the|around|near|across|all of|whole of|all|parts of|part of|mainly|mostly|outside|"
    r"off|central|inner|outer|greater|"
    r"north|south|east|west|northern|southern|eastern|western|upper|lower|north east|"
    r"north west|south east|south west)"
    r"(?: of)? "
)
SIDES = frozenset(listed("north, south, east, west, central, upper, lower, old, new, great, little, town, inner, "
"outer, village, northeast, northwest, southeast, southwest, parishes, rural, urban"))  # fmt: skip
SPLIT = re.compile(r"\s*(?:,|/|\+| and | or | & | a | neu )\s*")  # "a" and "neu" are the Welsh for and, or
LONG = {"sth": "south", "nth": "north", "upr": "upper", "lwr": "lower", "saint": "st"}
SHORT = re.compile(rf"\b(?:{'|'.join(LONG)})\b")
FORCE = re.compile(r" (?:police force area|police area|force area|police force|constabulary|police)$")
ELSEWHERE = re.compile(
    r"\b(?:coast\w*|seaside|by the sea|of the sea|island\w*|wales|welsh|cymru|scotland|scottish|northern ireland)\b"
)
CITIES = ("E08", "E09")  # codes of the districts and boroughs of great cities
WIDER = {
    "uk": "country",
    "united kingdom": "country",
    "great britain": "country",
    "nationwide": "country",
    "national": "country",
    "cymru": "country",
    "lloegr": "country",
}


@dataclass
class Found:
    """Places read from a cell. `codes` as named; `exact` if one is a ward or a named place inside one authority."""

    codes: list[str] = field(default_factory=list)
    exact: bool = False
    rule: str = ""
    sure: float = 1.0
    unread: list[tuple[str, str]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Another part of the same cell; the least sure part speaks for the whole."""
        self.codes += [code for code in other.codes if code not in self.codes]
        self.exact |= other.exact
        if other.rule and other.sure < self.sure:
            self.rule, self.sure = other.rule, other.sure
        self.unread += other.unread


def less_sure(found: Found, rule: str, most: float) -> Found:
    """The same, at most this sure."""
    return Found(
        found.codes,
        found.exact,
        rule if not found.rule or most <= found.sure else found.rule,
        min(found.sure, most),
        found.unread,
    )


_NO_NAME = frozenset(
    listed(
        "the, a, an, of, in, and, all, any, our, various, several, many, different, online, estates, "
        "estate, schools, school, homes, area, areas, town, city, county, borough, boroughs, "
        "district, districts, wards, ward, centre, north, south, east, west, hospital, hospitals, "
        "college, partnership, everywhere, elsewhere, local, community, tbc, members, member, sites, "
        "site, road, street, mobile, outreach, detached, office, remote, home"
    )
)


def is_name(text: str) -> bool:
    """Whether a piece of a cell looks like the name of a place: it begins with a capital and has a word of its own."""
    words = folded(text).split()
    return (
        text[:1].isupper()
        and 0 < len(words) <= 5
        and any(word not in _NO_NAME and not word.isdigit() for word in words)
    )


def parts_of(name: str) -> set[str]:
    """The parts of a ward's name that people use alone: each side of "and" or a comma; the name without its side."""
    whole = folded(name)
    parts = {folded(part) for part in re.split(r",|/|&| and |-with-| with ", name)}
    for part in list(parts):
        words = part.split()
        while len(words) > 1 and words[-1] in SIDES - {"town"}:
            words = words[:-1]
            parts.add(" ".join(words))
        while len(words) > 1 and words[0] in SIDES - {"new", "town", "great", "little"}:
            words = words[1:]
            parts.add(" ".join(words))
        if "by" in words[1:-1] or "le" in words[1:-1]:
            parts.add(words[0])
            parts.add(" ".join(words[: words.index("by")]) if "by" in words else words[0])
    return {part for part in parts if len(part) > 2 and part != whole and part not in SIDES}
