import csv
import tomllib
from datetime import date
from importlib import resources

import pytest

from joinedup.evidence.indicators import Indicator, indicator_from, indicators
from joinedup.evidence.sources import mps, source_named
from joinedup.evidence.sources.census_population import COLUMNS as GROUPS
from joinedup.evidence.sources.dfe_lait import WORDS as LAIT
from joinedup.evidence.sources.fingertips import WORDS as FINGERTIPS
from joinedup.evidence.sources.iod2025 import COLUMNS as DEPRIVATION
from joinedup.evidence.sources.knife_crime import WORDS as KNIFE
from joinedup.evidence.sources.policeuk_street import WORDS as STREET
from tests.evidence.conftest import LONDON

OBSERVED = {
    *(slug for minors in mps.OFFENCES.values() for slug in minors.values()),
    *KNIFE.values(),
    *LAIT.values(),
    *(slug for slug, _ in FINGERTIPS.values()),
    *DEPRIVATION.values(),
    *STREET.values(),
}
each = pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.slug)


def themes() -> set[str]:
    with (LONDON.parent / "reference" / "taxonomy.csv").open(encoding="utf-8") as stream:
        return {row["theme"] for row in csv.DictReader(stream)}


def test_there_are_enough_and_slugs_are_unique() -> None:
    slugs = [indicator.slug for indicator in indicators()]
    assert len(slugs) >= 25
    assert slugs == sorted(set(slugs))


@each
def test_its_review_is_not_overdue(indicator: Indicator) -> None:
    assert indicator.reviewed < indicator.next_review
    assert date.today() <= indicator.next_review, f"review {indicator.slug}, then set its next_review"


@each
def test_it_speaks_of_themes_that_exist(indicator: Indicator) -> None:
    assert indicator.themes
    assert set(indicator.themes) <= themes()


@each
def test_it_says_what_it_counts_whose_records_these_are_and_which_themes_it_measures(
    indicator: Indicator,
) -> None:
    assert indicator.family
    assert indicator.records in {
        "children's services", "deprivation", "hospitals", "police", "schools", "training and work", "youth justice",
    }  # fmt: skip
    assert set(indicator.measures) <= set(indicator.themes)
    # Deprivation is context; a rate per so many children says of which ages, for the count that it stands for.
    assert not (indicator.is_context and indicator.measures)
    assert indicator.is_context == indicator.source[0].startswith(("iod", "wimd"))
    if indicator.method == "published" and "per 10,000" in indicator.unit:
        assert indicator.ages


@each
def test_its_parts_are_observed_and_its_sources_known(indicator: Indicator) -> None:
    assert set(indicator.observed) <= OBSERVED
    assert set(indicator.denominator) <= set(GROUPS.values())
    assert all(source_named(name) for name in indicator.source)
    assert set(indicator.grain) <= {"police_force", "county", "local_authority", "ward", "lsoa"}


@each
def test_its_file_is_called_as_it_is(indicator: Indicator) -> None:
    folder = resources.files("joinedup.evidence.indicators")
    assert (
        tomllib.loads((folder / f"{indicator.slug}.toml").read_text(encoding="utf-8"))["slug"]
        == indicator.slug
    )


@each
def test_it_says_what_to_beware_of(indicator: Indicator) -> None:
    assert indicator.caveat.endswith(".")
    assert indicator.meaning.endswith(".")
    assert indicator.unit


def test_themes_on_which_nothing_is_measured_are_known() -> None:
    """When this fails, a theme has gained or lost its evidence: change the list and the gap register follows."""
    measured = {theme for indicator in indicators() for theme in indicator.themes}
    assert themes() - measured == {"community-trust", "online-harm"}


def test_no_indicator_calls_young_people_names() -> None:
    for indicator in indicators():
        words = f"{indicator.name} {indicator.meaning} {indicator.caveat}".lower()
        assert not any(word in words for word in ("offender", "suspect", "gang member"))


GOOD = """
slug = "a"
name = "A"
meaning = "A."
unit = "%"
direction = "high_is_worse"
source = ["tidy"]
grain = ["ward"]
family = "a"
records = "police"
measures = ["diversion"]
caveat = "B."
author = "JoinedUp"
reviewed = 2026-11-20
next_review = 2027-11-30
[figure]
method = "published"
value = "x"
per = 1
[disclosure]
threshold = 0
[themes]
diversion = 0.5
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('method = "published"', 'method = "guessed"', "unknown method guessed"),
        ('direction = "high_is_worse"', 'direction = "up"', "unknown direction up"),
        ("diversion = 0.5", "diversion = 1.5", "how much it counts for diversion"),
        ('value = "x"', 'value = ""', "needs a value"),
        ('method = "published"', 'method = "rate"', "a rate needs"),
        ('method = "published"', 'method = "share"', "at_most"),
        ("per = 1", "per = 1\nwindwo = 12", "unknown figure setting windwo"),
        ('unit = "%"\n', "", "unit"),
        ('measures = ["diversion"]', 'measures = ["x"]', "x is measured, and not among its themes"),
        ('measures = ["diversion"]\n', "", "measures"),
        ("threshold = 0\n", "", "threshold"),
    ],
)
def test_a_faulty_one_says_what_is_wrong(old: str, new: str, says: str) -> None:
    assert indicator_from(GOOD).slug == "a"
    with pytest.raises(ValueError, match=says):
        indicator_from(GOOD.replace(old, new))
