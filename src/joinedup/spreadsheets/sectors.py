"""Which sector an organisation belongs to, guessed from its name or address: always shown, never silent."""

from __future__ import annotations

import re
from collections.abc import Collection

# First match wins, so more specific patterns come first.
WORDS: list[tuple[str, str]] = [
    ("local_policing_body", r"\bpcc\b|\bopcc\b|\bmopac\b|crime commissioner|mayor.?s office for policing"),
    ("vru", r"violence (reduction|prevention) (unit|partnership|network)|\bvru\b|\bvrp\b"),
    ("csp", r"community safety partnership|\bcsp\b|safer \w+ partnership"),
    ("youth_justice", r"youth (justice|offending)|\byo[ts]\b|\byjs\b|\byjb\b"),
    ("youth_custody", r"young offender institution|\byoi\b|secure (training|children|school)"),
    ("probation", r"\bprobation\b"),
    ("prison", r"\bprisons?\b|\bhmp\b"),
    ("police", r"\bpolice\b|\bpolicing\b|constabulary|\bmps\b|\bbcu\b"),
    ("fire", r"\bfire (brigade|and rescue|& rescue|service)|\blfb\b"),
    (
        "young_people",
        r"(school|youth|young people.?s|student) (council|parliament|assembly|forum|cabinet)|\bypag\b",
    ),
    ("education", r"\bschools?\b|\bacadem(y|ies)\b|\bcolleges?\b|\bpru\b|pupil referral|\bnursery\b|\buniversity\b"),
    ("education", r"\beducation\b|sixth form|alternative provision"),
    ("social_care", r"social (care|services|work)|early help|children.?s services|family hubs?\b|safeguarding"),
    ("health", r"\bnhs\b|\bhealth\b|hospitals?\b|\bicb\b|\bclinic\b|\bcamhs\b|\bgp\b|ambulance|surgery|medical"),
    ("housing", r"\bhousing\b|\bhomes\b|\btenants?\b|\balmshouses?\b"),
    ("local_authority", r"\bcouncil\b|\bborough\b|local authority|city corporation|\bcity of\b"),
    (
        "vcs",
        r"charit|\btrust\b|foundation|communit|\byouth\b|mentor|church|mosque|temple|faith|\bcic\b|\bclub\b"
        r"|project|association|volunt|network|\bboxing\b|\bsports?\b|\barts?\b|young people",
    ),
]  # fmt: skip
DOMAINS = [
    ("police", r"\.police\.uk$|\.pnn\.police\.uk$"),
    ("fire", r"london-fire\.gov\.uk$"),
    ("health", r"(^|\.)nhs\.(net|uk)$"),
    ("education", r"\.(sch|ac)\.uk$"),
    ("probation", r"justice\.gov\.uk$"),
    ("local_authority", r"\.gov\.uk$"),
    ("vcs", r"\.org(\.uk)?$"),
]
# What people write in a column “sector”, beside our own names.
SAID: dict[str, str] = {
    "voluntary": "vcs",
    "voluntary sector": "vcs",
    "third sector": "vcs",
    "vcse": "vcs",
    "vcfse": "vcs",
    "charity": "vcs",
    "community": "vcs",
    "community sector": "vcs",
    "ngo": "vcs",
    "school": "education",
    "schools": "education",
    "nhs": "health",
    "health service": "health",
    "council": "local_authority",
    "local authority": "local_authority",
    "la": "local_authority",
    "social services": "social_care",
    "social care": "social_care",
    "childrens services": "social_care",
    "yot": "youth_justice",
    "yos": "youth_justice",
    "youth justice": "youth_justice",
    "youth offending": "youth_justice",
    "youth offending service": "youth_justice",
    "fire service": "fire",
    "fire and rescue": "fire",
    "housing association": "housing",
    "prison": "prison",
    "csp": "csp",
    "vru": "vru",
    "pcc": "local_policing_body",
}


def guess_sector(name: str, address: str, known: Collection[str]) -> str:
    """The slug of a sector among `known`, from the organisation's name, else its e-mail address; or empty."""
    words = name.casefold().replace("’", "'")
    for slug, pattern in WORDS:
        if slug in known and re.search(pattern, words):
            return slug
    domain = address.rpartition("@")[2].casefold()
    for slug, pattern in DOMAINS:
        if domain and slug in known and re.search(pattern, domain):
            return slug
    return ""
