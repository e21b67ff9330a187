"""English Indices of Deprivation 2025 by LSOA: scores, and deciles among all of England (1 = most deprived).

Two layouts: short names of columns, as it ships; and the publisher's own long ones, in File 7 (CSV, all scores
and deciles) and in the workbook of File 1 (the decile of the whole index alone).
"""

from joinedup.evidence.sources.contract import Codes, Disclosure, Reading, Source
from joinedup.evidence.sources.lsoa_wide import PLACE, take_columns
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
NEEDED = {PLACE, "imd_score", "imd_decile"}

# The publisher's names end in “Score”, or “Score (rate)” where it is a share of people, and in “Decile (where 1 is
# most deprived 10% of LSOAs)”, of which some files lack the end. “Score - exponentially transformed” is none of them.
PUBLISHED_PLACE = "LSOA code (2021)"
PUBLISHED = {
    "Index of Multiple Deprivation (IMD)": "deprivation",
    "Income": "income-deprivation",
    "Employment": "employment-deprivation",
    "Education, Skills and Training": "education-deprivation",
    "Health Deprivation and Disability": "health-deprivation",
    "Barriers to Housing and Services": "housing-and-services-deprivation",
    "Living Environment": "environment-deprivation",
    "Children and Young People Sub-domain": "children-and-young-people-deprivation",
}
RATES = {"Income", "Employment"}


def _published_in(header: list[str]) -> dict[str, list[str]]:
    """The columns of the publisher's layout by what they measure; empty if it is not that layout."""
    found: dict[str, list[str]] = {}
    for domain, slug in PUBLISHED.items():
        score = f"{domain} Score (rate)" if domain in RATES else f"{domain} Score"
        decile = f"{domain} Decile (where 1 is most deprived"
        found |= {f"{slug}-score": [name] for name in header if name.casefold() == score.casefold()}
        found |= {
            f"{slug}-decile": [name] for name in header if name.casefold().startswith(decile.casefold())
        }
    return found if PUBLISHED_PLACE in header and "deprivation-decile" in found else {}


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED or bool(_published_in(header))


def take(table: TextTable, codes: Codes) -> Reading:
    notes = ["The crime domain is itself made from police-recorded crime, so it is left out; so are ranks."]
    used, place = _published_in(table.header), PUBLISHED_PLACE
    if not used:
        used, place = {slug: [column] for column, slug in COLUMNS.items() if column in table.header}, PLACE
    elif "deprivation-score" not in used:
        notes.append("This file has deciles and no points: points that are held already stay as they are.")
    return take_columns(
        table, codes, used, place=place, period="2025", as_count=False, lowest=None, notes=notes
    )


SOURCE = Source(
    name="iod2025",
    title="English Indices of Deprivation 2025",
    publisher="Ministry of Housing, Communities and Local Government",
    licence="Open Government Licence v3.0",
    grain=("lsoa",),
    caveats=(
        "Deciles are among all neighbourhoods of England, not within one area.",
        "An area's points say nothing about any one person in it.",
        "Not comparable with 2019: methods and areas changed.",
    ),
    disclosure=Disclosure(
        threshold=None, rounding=None, zeros_shown=True, because="Points of areas; no counts of people."
    ),
    recognises=recognises,
    take=take,
)
