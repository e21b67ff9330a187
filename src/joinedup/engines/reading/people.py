"""Whom an action is for: level of prevention, way in, ages, audience, and how many it reaches."""

from __future__ import annotations

import re

from joinedup.engines.reading.cells import figures_joined, folded, is_blank, numbers
from joinedup.engines.reading.phrases import phrase_pattern

LEVELS = ("primary", "secondary", "tertiary")

# In the order in which they are told apart; the first word that fits decides between them.
LEVEL_WORDS = {
    "tertiary": phrase_pattern(
        "tertiary, already involved, already harmed, after harm, after violence, in custody, "
        "offenders, convicted, reoffending, level 3, tier 3, crisis, trydyddol"
    ),
    "secondary": phrase_pattern(
        "secondary, at risk, targeted, early help, early intervention, vulnerable, level 2, tier 2, eilaidd"
    ),
    "primary": phrase_pattern(
        "primary, universal*, everyone, everybody, whole population, whole school, all young people, "
        "all pupils, open to all, level 1, tier 1, prevention for all, cynradd"
    ),
}

WAY_IN = {
    "police": phrase_pattern("police, custody officer, constable*, officers refer, arrest*, heddlu"),
    "hospital": phrase_pattern(
        "hospital*, assault attendances, nurse asks, nurses ask, nursing staff, emergency department, "
        "a and e, ed staff, reception desk, ward staff, clinicians, bedside, ysbyty"
    ),
    "court": phrase_pattern("court*, sentence*, order, orders, magistrates, judge"),
    "statutory": phrase_pattern("statutory, legal duty, automatic*, by law"),
    "self": phrase_pattern(
        "self, self refer*, themselves, ask for it, books, apply, applies, application*, sign up, "
        "signs up, signing up, ring us, rings in, ring the number, by telephone, telephone, "
        "by email, by phone, call in, enrol*, book, book online, online form, bookings, "
        "parents bring, bring them, parents come, by request, just ask, hunan atgyfeirio"
    ),
    "school": phrase_pattern(
        "school*, head of year, heads, heads only, head teacher*, headteacher*, assistant head, "
        "deputy head, teacher*, college*, pupil*, whole year, year group*, year 1, year 2, year 3, "
        "year 4, year 5, year 6, year 7, year 8, year 9, year 10, year 11, year 12, year 13, class, "
        "classes, tutor*, pastoral, senco*, sixth form*, pe department, absence list, ysgol"
    ),
    "staff": phrase_pattern(
        "staff, staff only, staff book, managers book, manager books, workers only, "
        "professionals only, practitioners, for workers, teams book"
    ),
    "referral": phrase_pattern(
        "referral*, refer, refers, referred, any professional, professionals, social work*, "
        "social care, early help, health visitor*, gp, gps, general practi*, job centre*, jobcentre*, youth justice, "
        "refuge, housing officer*, estate officer*, agency, agencies, key worker*, panel, mash, "
        "school nurse*, probation, advocate*, case manager*, caseload, notification*, by assessment, "
        "nominat*, midwife, midwives, clinician asks, any officer, hub worker*, support worker*, "
        "atgyfeiriad"
    ),
    "invitation": phrase_pattern(
        "invit*, by invitation, hand picked, chosen, selected, friends bring, word of mouth, gwahoddiad"
    ),
    "place": phrase_pattern(
        "the place, place based, passing through, passers by, whoever is there, anyone there, "
        "street, on the street, detached, we find them, find* them, approach young people, "
        "approach them, outreach"
    ),
    "open": phrase_pattern(
        "open, open access, anyone, anybody, everyone, everybody, walk in, walk up, drop in, "
        "turn up, all, all welcome, every, every family, none needed, no referral, universal, "
        "public, just come, families and friends, ar agor, pawb"
    ),
}

AUDIENCE = {
    "girls": phrase_pattern("girl, girls, young women*, merched, daughters"),
    "boys": phrase_pattern("boy, boys, young men, lads, bechgyn, sons"),
    "parents": phrase_pattern("parent, parents, mother, mothers, mums, father, fathers, dads, rhieni"),
    "families": phrase_pattern(
        "family visits, for families, families gather, families meet, families come, families who, "
        "with families, to families, tenants families, whole famil*, famil* support, "
        "whole household, teuluoedd"
    ),
    "carers": phrase_pattern("carers, foster carers, kinship carer*, gofalwyr"),
    "staff": phrase_pattern(
        "staff are, for staff, train* ... staff, staff training, train* for workers, "
        "for professionals, for practitioners, teachers are taught, reception staff, staff only, "
        "frontline workers, front line staff, for workers, door staff, bar staff, managers book, "
        "supervises"
    ),
    "children": phrase_pattern(
        "child, children, kids, under 12s, primary pupils, primary school*, juniors, plant"
    ),
    "young people": phrase_pattern(
        "young people, young person, young patient*, pupil, pupils, student*, teenager*, youths, "
        "under 18s, under 25s, year 7, year 8, year 9, year 10, year 11, year 12, year 13, pobl ifanc"
    ),
    "young adults": phrase_pattern(
        "young adult*, care leaver*, over 18s, eighteen to twenty*, 18 25*, 18 24*, oedolion ifanc"
    ),
    "residents": phrase_pattern("residents, tenant*, neighbours, trigolion"),
    "groups": phrase_pattern("small groups, grants to groups, community groups, small organisations"),
}


def levels(given: str) -> tuple[list[str], str, float]:
    """Levels of prevention in a cell: (levels, rule, how sure); no rule where it was exact."""
    if is_blank(given):
        return [], "", 0.0
    parts = [folded(part) for part in re.split(r"[;|,/+]| and ", given) if part.strip()]
    if all(part in LEVELS for part in parts):
        return (
            [level for level in LEVELS if level in parts],
            "" if re.fullmatch(r"[a-z;]+", given) else "levels in words",
            0.97,
        )
    plain = folded(given)
    if numbered := re.fullmatch(r"[123](?: (?:and |to )?[123])*", plain):
        marks = re.findall(r"[123]", numbered[0])
        return [level for at, level in enumerate(LEVELS, 1) if str(at) in marks], "level as a number", 0.8
    from rapidfuzz import fuzz, process

    found = []
    for part in parts:
        near = process.extractOne(part, LEVELS, scorer=fuzz.ratio, score_cutoff=80)
        found += (
            [near[0]] if near else [level for level, pattern in LEVEL_WORDS.items() if pattern.search(part)]
        )
    return [level for level in LEVELS if level in found], "level in words", 0.75


def level_from(way_in: list[str]) -> list[str]:
    """What a way in alone says about the level: what everybody may come to is primary, what begins with harm done is
    tertiary; nothing for the others."""
    if way_in == ["open"]:
        return ["primary"]
    if way_in and set(way_in) <= {"hospital", "court"}:
        return ["tertiary"]
    return []


def ways_in(given: str) -> tuple[list[str], str, float]:
    """How somebody comes to take part: (ways, rule, how sure)."""
    if is_blank(given):
        return [], "", 0.0
    exact = [part.strip() for part in given.split(";")]
    if all(part in WAY_IN for part in exact):
        return list(dict.fromkeys(exact)), "", 1.0
    plain = re.sub(r"\bself refer\w*", "self", folded(given))
    found = [way for way, pattern in WAY_IN.items() if pattern.search(plain)]
    if "police" in found and "referral" in found and re.search(r"\bpolice (?:refer|notif)", plain):
        found.remove("referral")
    if "staff" in found and "school" in found:
        found.remove("school" if "only" in plain else "staff")
    if "place" in found:
        found = [way for way in found if way not in ("open",)]
    if "open" in found and len(found) > 1 and not re.search(r"\b(?:open|anyone|drop in|walk in)\b", plain):
        found.remove("open")
    return found, "way in from words", 0.75


_YEAR = re.compile(r"\byears? (\d{1,2})s?(?: ?(?:to|and|-|–|or) ?(?:year )?(\d{1,2}))?\b", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:aged?|ages|for|from|between)? ?\b(\d{1,2}) ?(?:-|–|to|and) ?(\d{1,2})s?\b(?! ?(?:%|"
    r"per|pm|am|o'clock|weeks|months|minutes))",
    re.IGNORECASE,
)
_UNDER = re.compile(r"\bunder[- ](\d{1,2})s?\b", re.IGNORECASE)
_OVER = re.compile(
    r"\b(?:over[- ](\d{1,2})s?|(\d{1,2})\+|(\d{1,2}) (?:and|or) (?:over|older|above)|from (\d{1,2}) up)",
    re.IGNORECASE,
)


AGES_ALONE = re.compile(
    r"(?:ages? |aged )?(?:\d{1,2} (?:to |and )?\d{1,2}|under \d{1,2}s?|over \d{1,2}s?|"
    r"\d{1,2}(?: plus| and over| or over)?)"
    r"(?: years?| yrs?)?(?: olds?)?"
)


def ages(text: str, *, cell: bool = False) -> tuple[float | None, float | None]:
    """The ages that a text says: "11-16", "fourteen to nineteen", "under-25s", "16 and over", "Years 9 and 10" (13
    to 15). In a sentence a range needs "aged", "ages" or "year olds" beside it; a `cell` is about nothing else."""
    return ages_in(text, cell=cell)[:2]


def ages_in(text: str, *, cell: bool = False) -> tuple[float | None, float | None, str]:
    """The same, and the words that say so, numbers as digits."""
    spelt = _in_digits(text)
    if match := _YEAR.search(spelt):
        first, last = int(match[1]), int(match[2] or match[1])
        if 1 <= first <= last <= 13:
            return first + 4.0, last + 5.0, match[0]
    if match := _RANGE.search(spelt):
        first, last = int(match[1]), int(match[2])
        before, after = spelt[max(0, match.start() - 6) : match.end()], spelt[match.end() :]
        said = cell or match[0].endswith("s") or re.match(r"[- ]?year", after)
        if (said or re.search(r"\b(?:aged?|ages)\b", before, re.IGNORECASE)) and first < last <= 30:
            return float(first), float(last), match[0].strip()
    low: float | None = None
    high: float | None = None
    words = []
    if match := _UNDER.search(spelt):
        high = float(match[1]) - 1
        words.append(match[0])
    if match := _OVER.search(spelt):
        low = float(next(group for group in match.groups() if group))
        words.append(match[0])
    if cell and low is None and high is None and (found := re.fullmatch(r"\s*(\d{1,2})(?: ?\+)?\s*", spelt)):
        low = float(found[1])
    if (high is None or high <= 30) and (low is None or low <= 30):
        return low, high, " ".join(words)
    return None, None, ""


def _in_digits(text: str) -> str:
    for number in reversed(numbers(text)):
        if number.value == int(number.value) and not text[number.start : number.end].isdigit():
            text = f"{text[: number.start]}{int(number.value)}{text[number.end :]}"
    return text


def audience(*texts: str) -> list[str]:
    """Who it is for, by the words of a text."""
    plain = re.sub(
        r"\b(?:as|rather than an?|not an?) child(?:ren)?\b|\bwaiting list for \w+",
        " ",
        " . ".join(folded(text) for text in texts if text),
    )
    found = [who for who, pattern in AUDIENCE.items() if pattern.search(plain)]
    if "girls" in found and "boys" in found and re.search(r"\bsons and daughters\b", plain):
        found = [who for who in found if who not in ("girls", "boys")]
    return found


def reach(given: str) -> tuple[float | None, str, float]:
    """People a year from a cell: (number, rule, how sure). "150 to 200" is the middle, "up to 60" and "60+" are 60; of
    "12 a week" it is not known how many different people they are, so at least these."""
    text = re.sub(
        r"^(?:c|ca|circa|approx)\b\.? ?(?=\d)", "about ", figures_joined(given.strip()), flags=re.IGNORECASE
    )
    if is_blank(text):
        return None, "", 0.0
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return float(text.replace(",", "")), "", 1.0
    if re.fullmatch(r"\d+(\.0+)?", text):
        return float(text), "", 1.0
    found = [
        number
        for number in numbers(text)
        if not (
            1990 <= number.value <= 2100
            and re.search(r"\b(?:in|since|20\d\d)\b", text[: number.end])
            and len(numbers(text)) > 1
        )
    ]
    if (
        not found
        or re.match(
            r" ?(?:schools|areas|wards|sites|groups|sessions|estates|boroughs|%|per ?cent)\b",
            text[found[0].end :].casefold(),
        )
        or text[found[0].end :].startswith("%")
    ):
        return None, "no number of people", 0.0
    first = found[0].value
    if len(found) > 1 and re.fullmatch(r"\s*(?:-|–|to|or|and|i)\s*", text[found[0].end : found[1].start]):
        return (first + found[1].value) / 2, "middle of a range", 0.7
    after = folded(text[found[0].end :])
    if re.search(
        r"\b(?:a|per|each|every|yr) (?:week|night|evening|session|day|month|term|time)\b|"
        r"\bweekly\b|\bnightly\b|\bdaily\b",
        after,
    ):
        return first, "people at a time, at least these", 0.4
    return first, "number in words", 0.85
