"""Census 2021 usual residents by LSOA, in all and by age band: the denominators of rates."""

from joinedup.evidence.sources.contract import Codes, Disclosure, Reading, Source
from joinedup.evidence.sources.lsoa_wide import take_columns
from joinedup.offline.delimited import TextTable

COLUMNS = {
    "usual_residents": "residents",
    "age_0_15": "residents-0-15",
    "age_16_24": "residents-16-24",
    "age_25_34": "residents-25-34",
    "age_35_49": "residents-35-49",
    "age_50_64": "residents-50-64",
    "age_65_plus": "residents-65-plus",
}
NEEDED = {"lsoa21cd", "usual_residents", "age_16_24"}


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def take(table: TextTable, codes: Codes) -> Reading:
    notes = ["The bands add up to within 14 people of all residents: the Census moves a few to protect them."]
    return take_columns(table, codes, COLUMNS, period="2021", as_count=True, lowest=0.0, notes=notes)


SOURCE = Source(
    name="census_population",
    title="Residents by age, Census 2021",
    publisher="Office for National Statistics",
    licence="Open Government Licence v3.0",
    grain=("lsoa",),
    caveats=(
        "Census day was 21 March 2021, in a lockdown: few students and commuters were where they usually are.",
        "People at risk are taken to be residents aged 16 to 24, or 0 to 15 for work with children; no band of 10 to "
        "24 exists at 2021 codes.",
        "Residents only: where few live and many come, a rate by residents misleads.",
    ),
    disclosure=Disclosure(
        threshold=None,
        rounding=None,
        zeros_shown=True,
        because="The Census has protected these counts itself.",
    ),
    recognises=recognises,
    take=take,
)
