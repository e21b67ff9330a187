"""The words that records of the made-up region describe themselves with: each thing said in more than one way."""

from __future__ import annotations

PLACES = [
    start + end
    for start in ("Ash", "Brook", "Cold", "Dun", "East", "Fern", "Gold", "Hart")
    for end in ("ford", "ham", "ley", "ton", "wick")
]

THEMES = {
    "exclusion": ("school exclusion", "suspension from school", "pupils at risk of being excluded"),
    "absence": ("missing school", "persistent absence", "attendance in class"),
    "knives": ("carrying knives", "knife crime", "blades and weapons"),
    "drugs": ("drug use", "substance misuse", "cannabis and other drugs"),
    "alcohol": ("alcohol", "drinking", "under-age drink"),
    "lines": ("county lines", "criminal exploitation", "child exploited to carry drugs"),
    "robbery": ("robbery", "phone theft in the street", "personal theft"),
    "home": ("abuse at home", "domestic abuse", "violence in the family"),
    "mind": ("mental health", "anxiety and low mood", "wellbeing and trauma"),
    "adult": ("a trusted adult", "mentoring", "one to one mentor"),
    "work": ("work and training", "jobs for young people", "apprenticeship and employment"),
    "parents": ("help for parents", "parenting", "families under strain"),
    "care": ("leaving care", "children in care", "care leavers"),
    "night": ("safer evenings", "night-time economy", "town centre at night"),
    "travel": ("safe travel", "buses and stations", "the way home from school"),
    "online": ("harm online", "social media", "threats on the internet"),
    "sport": ("sport and activity", "boxing and football", "things to do after school"),
    "hospital": ("injury seen in hospital", "emergency department", "accident and emergency"),
    "speech": ("speech and language", "communication needs", "support to be understood"),
    "custody": ("leaving custody", "resettlement", "release from prison"),
}

SECTORS = {
    "police": ("police", "neighbourhood officers"),
    "health": ("health service", "nurses and the local NHS"),
    "education": ("schools", "education and colleges"),
    "social_care": ("social care", "social workers"),
    "youth_justice": ("youth justice", "youth offending service"),
    "housing": ("housing association", "landlords and housing"),
    "local_authority": ("council", "local authority"),
    "vcs": ("charity", "voluntary and community group"),
}

LEVELS = {
    "primary": ("for everyone", "open to all"),
    "secondary": ("early help for those at risk", "targeted early support"),
    "tertiary": ("for those already involved", "intensive support after harm"),
}

# How places of one group speak of themselves.
GROUPS = [
    "coastal seaside tourism",
    "former mining valley",
    "new town estates",
    "cathedral market farming",
    "port docks industry",
    "university students city",
    "commuter suburb rail",
    "mill textile terraces",
    "military garrison villages",
    "airport logistics warehouses",
]

FILLER = """project programme service weekly local free community trained staff partners support group session team
young people safe new long running funded activity help evening outreach drop-in hub centre together plan lead"""
