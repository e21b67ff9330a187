"""What a cell says that no rule of `engines.reading` reads, and the sector of an organisation."""

import pytest
from django.db import models

from joinedup.engines.reading.theme_words import SECTOR_WORDS
from joinedup.engines.reading.themes import Sectors
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.sectors import guess_sector
from joinedup.taxonomy.models import Theme


def test_addresses_and_their_problems() -> None:
    assert cells.email("A Person <A.Person@Example.org>") == "a.person@example.org"
    assert cells.web_address("example.org/page") == "https://example.org/page"
    for reader, text in [(cells.email, "a person"), (cells.web_address, "no page")]:
        with pytest.raises(ValueError, match=f"“{text}” is"):
            reader(text)


def test_lists_keep_names_that_hold_a_comma_and_parts_that_hold_another_name() -> None:
    known: dict[str, models.Model] = {
        "suspension, exclusion, managed moves": Theme(pk="exclusion"),
        "mentoring and a trusted adult": Theme(pk="adult"),
        "safe places": Theme(pk="safe"),
    }
    assert cells.exactly("Safe places, Suspension, exclusion, managed moves", known) == ["safe", "exclusion"]
    assert cells.exactly("Mentoring & a trusted adult; safe places\nSafe places", known) == ["adult", "safe"]
    assert cells.exactly("Safe places, Riverside; safe places", known) == ["Safe places, Riverside", "safe"]


ALL = Sectors((slug, slug) for slug in SECTOR_WORDS)


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("Hilltop Primary School", "education"),
        ("Whittington Health NHS Trust", "health"),
        ("Metropolitan Police Service", "police"),
        ("London Borough of Islington", "local_authority"),
        ("Riverside Homes", "housing"),
        ("Islington Youth Justice Service", "youth_justice"),
        ("Islington Council: children’s social care", "social_care"),
        ("Northton Youth Council", "young_people"),
        ("London Fire Brigade", "fire"),
        ("Probation Service – London region", "probation"),
        ("Violence Reduction Unit", "vru"),
        ("Lantern Youth Club", "vcs"),
        ("Zebra", ""),
    ],
)
def test_sectors_guessed_from_names(name: str, sector: str) -> None:
    assert guess_sector(ALL, name) == sector


def test_sectors_guessed_from_addresses_and_only_those_kept_here() -> None:
    assert guess_sector(ALL, "Zebra", address="a@zebra.sch.uk") == "education"
    assert guess_sector(ALL, "Zebra", address="a@met.police.uk") == "police"
    police = Sectors([("police", "Police")])
    assert guess_sector(police, "London Fire Brigade") == ""
