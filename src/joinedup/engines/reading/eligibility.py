"""Who may use support, read from the funder's own words; they decide over the columns where these disagree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from joinedup.engines.reading.cells import folded, money, numbers
from joinedup.engines.reading.phrases import listed, phrase_pattern
from joinedup.engines.reading.theme_words import SECTOR_WORDS
from joinedup.engines.reading.themes import Sectors

PUBLIC = listed(
    "police, health, education, social_care, youth_justice, local_authority, probation, fire, "
    "prison, youth_custody"
)
DUTY = listed(
    "police, health, local_authority, youth_justice, probation, fire, education, prison, "
    "youth_custody, social_care"
)

_CLAUSE = re.compile(
    r";|\.\s|:|,? but |,? though |,? (?=others? (?:only|may|can|by))|,? (?=with (?:a|an|the|"
    r"partners|community|police|council|local|its|their|charit\w*|volunt\w*|schools|support)\b)|"
    r",? (?=through\b)|,? (?=in partnership with\b)|,? (?=jointly with\b)|"
    r",? (?=supported by\b)|,? (?=not (?:individual|schools|charit|councils))|,? (?=except\b)|"
    r",? (?=excluding\b)|, (?=leads? must\b)|, (?=or the )"
)
_MAY_NOT = re.compile(
    r"\b(?:may not apply|cannot apply|can not apply|not apply|not open to|not eligible|"
    r"are excluded|excluding|except|other than|not for (?:schools|charities|councils)|"
    r"ni chaiff)\b|^not "
)
_NAMED = re.compile(
    r"\b(?:may be named|can be named|as (?:a |the )?(?:delivery )?partners?|"
    r"delivery partners?|through the bid|through (?:a|an|the|their|its)|by being named|"
    r"may take part|can take part|"
    r"alongside|subcontract\w*)\b|^(?:with|in partnership with|jointly with|supported by|"
    r"through) |^others? (?:only|may|can|by) "
)
_LEAD = re.compile(
    r"\bas (?:the )?lead(?: \w+)?\b|\blead (?:body|applicant|bidder|partner)s?\b|\bmust lead\b|"
    r"\bto lead\b|\bleads? must be\b|^lead \w+ (?:authorit|bod|council|trust)|"
    r"\bled by an? (?:acute|hospital|council|school|police|local|youth)\b|"
    r"\bon behalf of\b|\bfor its authorities\b|\bfel arweinydd\b"
)
_ALL = ("all", "open to all", "all welcome")
_ANY = phrase_pattern(
    "anyone, anybody, any body, any bodies, any organisation, all bodies, everyone, everybody, "
    "any constituted body, any partner, any member, pawb"
)
_PUBLIC = phrase_pattern("public body, public bodies, public sector")
_DUTY = phrase_pattern(
    "specified authorit*, relevant authorit*, specified and relevant, duty holders, duty holder, "
    "responsible authorit*"
)
_SAFEGUARDING = phrase_pattern("safeguarding partner*")
# Persons and areas, no bodies that could apply: then the column says which bodies.
_PERSONS = re.compile(
    r"\b(?:practitioners|professionals|staff|girls|young women|pupils|local authority areas|"
    r"\d\d? ?(?:to )?\d\d?s|brought to|affected by)\b"
)
_STAFF = phrase_pattern("front line staff, frontline staff, all staff")

NO_BODIES = ("young_people", "csp", "vru", "local_policing_body")
_COUNTS = {
    "two": "two",
    "2": "two",
    "three": "three",
    "3": "three",
    "four": "four",
    "4": "four",
    "dau": "two",
    "tri": "three",
}
_GROUPS = {
    "landlord": "landlords",
    "housing association": "landlords",
    "housing bod": "landlords",
    "school": "schools",
    "borough": "areas",
    "district": "areas",
    "area": "areas",
    "council": "areas",
    "authorit": "areas",
    "town": "areas",
    "organisation": "bodies",
    "bod": "bodies",
    "partner": "bodies",
    "charit": "bodies",
    "agenc": "bodies",
}
_AT_LEAST = re.compile(
    rf"\b(?:at least|a minimum of|min|minimum|not fewer than|no fewer than) ({'|'.join(_COUNTS)}) (?:\w+ )?"
    rf"({'|'.join(_GROUPS)})\w*|\b({'|'.join(_COUNTS)}) or more (?:\w+ )?({'|'.join(_GROUPS)})\w*"
)
_INCOME = re.compile(
    r"(?:income|turnover|budget|incwm|annual income)\b[^.;]{0,30}?(?:below|under|less than|"
    r"up to|not more than|no more than|not exceeding|of at most|o dan|"
    r"smaller than) (£? ?[\d,.]+ ?(?:k|m|million)?)",
    re.IGNORECASE,
)
_INCOME_BACK = re.compile(
    r"(?:below|under|less than|up to|no more than) (£? ?[\d,.]+ ?(?:k|m|million)?) (?:a year|"
    r"income|turnover|in income|of income|annual)",
    re.IGNORECASE,
)

LIMITS = {
    "led_by_women": phrase_pattern(
        "women led, led by women, led by and for women, run by women, womens organisations, by and for women"
    ),
    "led_by_minorities": phrase_pattern(
        "led by black, black led, led by minorit*, minority led, led by people of colour, by and for black"
    ),
    "led_by_young_people": phrase_pattern("youth led, led by young people, run by young people"),
    "existing_grantees": phrase_pattern(
        "already funded, existing grant*, current grant*, previously funded, existing grantee*, "
        "already hold*, current holders, those we already fund, past grant*, existing projects, "
        "current projects, already contracted, existing partners"
    ),
    "residents_only": phrase_pattern("living in, residents of, resident in, who live in, local residents"),
    "registered_charity": phrase_pattern("registered charit*"),
    "bank_account": phrase_pattern("bank account"),
    "safeguarding_policy": phrase_pattern("safeguarding policy, safeguarding policies"),
    "members_only": phrase_pattern(
        "anyone on the board, members only, member bodies, members of the, board members"
    ),
    "authorised_only": phrase_pattern("authorised, who have signed, approved analysts, signed up"),
    "together": phrase_pattern(
        "applying together, apply together, joint bid*, joint application*, jointly, in partnership"
    ),
    "police_agreement": phrase_pattern("police agreement, agreement of the police, with police support"),
    "council_letter": phrase_pattern(
        "councils letter, letter from the council, council letter, letter of support from"
    ),
    "employers": phrase_pattern("employers, that employ"),
    "priority_areas": phrase_pattern("priority boroughs, priority areas, affected areas, eligible wards"),
    "rural_only": phrase_pattern("rural"),
    "by_invitation": phrase_pattern("by invitation, invited, invitation only, invited bodies"),
}


@dataclass
class Eligible:
    """Who may apply (`sectors`), who must lead for others (`via`), whether only the lead may apply, and limits."""

    sectors: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)
    lead_only: bool = False
    limits: list[str] = field(default_factory=list)
    rule: str = ""
    sure: float = 1.0


@dataclass
class _Said:
    """What the clauses of the words say: who may, must lead, may be named, may not; classes of bodies it is open to."""

    may: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    open_to: list[str] | None = None


def _said(words: str, sectors: list[str], known: Sectors) -> _Said:
    said = _Said()
    for clause in (part for part in _CLAUSE.split(words) if part and part.strip()):
        plain = folded(clause)
        found = known.text(_without_qualifiers(plain))
        # "A trust" alone is one of schools or of a hospital, whichever the rest speaks of.
        if re.search(r"\btrusts?\b", plain) and not {"education", "health"} & set(found):
            found += [one for one in [*said.may, *sectors] if one in ("education", "health")][:1]
        if _MAY_NOT.search(plain):
            (said.named if _NAMED.search(plain) else said.barred).extend(found)
        elif _LEAD.search(plain):
            said.lead += found
        elif _NAMED.search(plain):
            said.named += found
        else:
            wide = _wide(plain)
            if wide is not None:
                said.open_to = [*(said.open_to or []), *wide]
            said.may += found
    return said


def eligible(
    words: str, purpose: str, sectors: list[str], via: list[str], basis: str, known: Sectors
) -> Eligible:
    """Read who may use support.

    `words` are the funder's, `sectors` and `via` what the columns say. Each clause of the words names bodies that may
    apply, must lead, may be named by a lead, or may not apply.
    """
    said = _said(words, sectors, known)
    may, lead, named = said.may, said.lead, said.named
    only = bool(lead) or bool(
        re.search(
            r"\blead (?:body|applicant|bidder)s? only\b|\bonly the lead\b", folded(f"{basis} . {words}")
        )
    )
    only = only or bool(may and named and re.search(r"may not apply|cannot apply", folded(words)))
    out = Eligible(lead_only=only)
    if only:
        out.sectors = lead or may or via or sectors
        out.via = list(out.sectors)
        named += may if lead else []
    elif said.open_to is not None:
        # Of a body in general: young people are whom it is for, partnerships act by their members.
        bodies = [slug for slug in sorted(known.slugs) if slug not in NO_BODIES]
        allowed = [sector for sector in said.open_to if sector in known.slugs]
        out.sectors = sectors or [
            *may,
            *(sector for sector in (allowed or bodies) if sector not in may),
        ]
        out.via = _through(words, named)
    else:
        # A partnership applies by one of its bodies: those that the column names, else its council.
        made_of = (sectors or ["local_authority"]) if may and set(may) <= {"csp", "vru"} else []
        out.sectors = [*may, *made_of] or sectors
        out.via = _through(words, may)
    if "local_policing_body" in out.sectors and "police" in sectors and "police" not in out.sectors:
        # Where the list of sectors has no commissioner, its office stands with the police.
        out.sectors = [*out.sectors, "police"]
    barred = [sector for sector in said.barred if sector not in lead]
    out.sectors = [sector for sector in dict.fromkeys(out.sectors) if sector not in barred]
    out.via = (
        list(dict.fromkeys(out.via)) if (only or out.via) else [one for one in via if one in known.slugs]
    )
    hospital = only and out.sectors == ["health"] and "hospital" in folded(words)
    out.limits = limits(words, purpose, basis, out.sectors, hospital=hospital)
    out.limits += [f"named:{sector}" for sector in dict.fromkeys(named) if sector not in out.sectors and only]
    if set(out.sectors) != set(sectors) or only or set(out.via) != set(via):
        out.rule = (
            "who may use it, in words" if may or lead or said.open_to is not None else "sectors as given"
        )
        out.sure = 0.8 if may or lead else 0.5
    return out


@dataclass(frozen=True)
class NotAlone:
    """Sectors that the funder's words keep from applying: `partners` take part in the bid of others, `barred` do
    not."""

    partners: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def not_alone(words: str) -> NotAlone:
    """Who may not apply by these words of a funder. Only what they say outright counts: who leads, or who may not."""
    plain = folded(words)
    if not (_LEAD.search(plain) or _MAY_NOT.search(plain)):
        return NotAlone()
    said = _said(words, [], _known_sectors())
    apply = {*(said.lead or said.may)}
    partners = {*said.named, *(said.may if said.lead else ())} if apply else set()
    return NotAlone(frozenset(partners - apply), frozenset({*said.barred} - apply - partners))


@cache
def _known_sectors() -> Sectors:
    return Sectors((slug, slug) for slug in SECTOR_WORDS)


def _without_qualifiers(plain: str) -> str:
    """A clause without words that say what a body works with or where it is, so that "charities working with schools"
    are charities, and "councils in England" no more than councils."""
    plain = re.sub(
        r"\b(?:working|that work|who work|which work|work|engaged|partnered) (?:with|in|for|"
        r"alongside) (?:\w+ ?){1,6}",
        " ",
        plain,
    )
    plain = re.sub(
        r"\b(?:in|within|across|from|for|of) (?:at least |every |each |"
        r"all )?(?:\w+ ){0,3}(?:local authorit\w*|areas?|boroughs?|towns?|districts?|cit(?:y|ies)|"
        r"count(?:y|ies))\b",
        " ",
        plain,
    )
    plain = re.sub(
        r"\b(?:led|run) by (?:and for )?(?:women|young people|black|minority|people|residents)\b", " ", plain
    )
    return re.sub(
        r"\b(?:with|having|whose) (?:an? )?(?:income|turnover|bank|safeguarding|police agreement|"
        r"councils letter)\b.*",
        " ",
        plain,
    )


def _wide(plain: str) -> list[str] | None:
    """The sectors of a class of bodies; empty for anybody; None where the clause names no class."""
    found: list[str] = []
    named = False
    if _PUBLIC.search(plain):
        found, named = [*found, *PUBLIC], True
    if _DUTY.search(plain):
        found, named = [*found, *DUTY], True
    if _SAFEGUARDING.search(plain):
        found, named = [*found, "police", "health", "social_care", "local_authority"], True
    if named:
        return found
    return (
        [] if plain in _ALL or _ANY.search(plain) or _STAFF.search(plain) or _PERSONS.search(plain) else None
    )


def _through(words: str, may: list[str]) -> list[str]:
    """The bodies through which others may apply: "councils; others only with a council's letter"."""
    plain = folded(words)
    if re.search(r"\bothers? (?:only|may|can) (?:\w+ )?(?:through|with|by way of)\b", plain):
        return list(may)
    return []


def limits(words: str, purpose: str, basis: str, sectors: list[str], *, hospital: bool) -> list[str]:
    """Small machine words for what else must hold: `income_under:250000`, `two_areas`, `led_by_women`."""
    plain = folded(words)
    found = []
    for pattern in (_INCOME, _INCOME_BACK):
        if match := pattern.search(words):
            sums = money(match[1]) or [number.value for number in numbers(match[1])]
            found += [f"income_under:{most:.0f}" for most in sums[:1]]
            break
    for match in _AT_LEAST.finditer(folded(f"{words} . {purpose}")):
        how_many, group = (match[1], match[2]) if match[1] else (match[3], match[4])
        found.append(f"{_COUNTS[how_many]}_{_GROUPS[group]}")
    found += [name for name, pattern in LIMITS.items() if pattern.search(plain)]
    if "by_invitation" not in found and re.search(r"\binvit", folded(basis)):
        found.append("by_invitation")
    if re.search(
        r"\bconstituted or not\b|\bunconstituted\b|\bneed not be constituted\b|"
        r"\bwithout a constitution\b|\bnot constituted\b",
        plain,
    ):
        found.append("not_constituted_ok")
    elif re.search(r"\bconstituted\b|\bwith a constitution\b", plain):
        found.append("constituted")
    if (
        sectors == ["education"]
        and re.search(r"\bschools?\b|\bacadem", plain)
        and not re.search(r"\bcollege", plain)
    ):
        found.append("schools_only")
    if hospital:
        found.append("hospital_lead")
    if re.search(r"\bcommissioners?\b|\blocal policing bod", plain):
        found.append("commissioner_lead")
    if match := re.search(
        r"(?:towns?|villages?|places|population) (?:of |with )?(?:a population )?(?:under|below|"
        r"of under|smaller than) ([\d,]+)",
        purpose + " " + words,
    ):
        found.append(f"town_under:{match[1].replace(',', '')}")
    return list(dict.fromkeys(found))
