"""English Indices of Deprivation 2025 by LSOA: scores, and deciles among all of England (1 = most deprived)."""

from joinedup.evidence.sources.contract import Codes, Disclosure, Reading, Source
from joinedup.evidence.sources.lsoa_wide import take_columns
from joinedup.offline.delimited import TextTable

DOMAINS = {
    "imd": "deprivation",
    "income": "income-deprivation",
    "employment": "employment-deprivation",
    "education": "education-deprivation",
    "health": "health-deprivation",
    "housing_and_services": "housing-and-services-deprivation",
    "environment": "environment-deprivation",
    "children_and_young_people": "children-and-young-people-deprivation",
}
COLUMNS = {
    f"{column}_{measure}": f"{slug}-{measure}"
    for column, slug in DOMAINS.items()
    for measure in ("score", "decile")
}
NEEDED = {"lsoa21cd", "imd_score", "imd_decile"}


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def take(table: TextTable, codes: Codes) -> Reading:
    notes = ["The crime domain is itself made from police-recorded crime, so it is left out; so are ranks."]
    return take_columns(table, codes, COLUMNS, period="2025", as_count=False, lowest=None, notes=notes)


SOURCE = Source(
    name="iod2025",
    title="English Indices of Deprivation 2025",
    publisher="Ministry of Housing, Communities and Local Government",
    licence="Open Government Licence v3.0",
    grain=("lsoa",),
    caveats=(
        "Deciles are among all neighbourhoods of England, not within London.",
        "An area's score says nothing about any one person in it.",
        "Not comparable with 2019: methods and areas changed.",
    ),
    disclosure=Disclosure(
        threshold=None, rounding=None, zeros_shown=True, because="Scores of areas; no counts of people."
    ),
    recognises=recognises,
    take=take,
)
