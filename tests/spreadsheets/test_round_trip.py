"""What the site exports of that which a sheet can bring comes back unchanged, and brings the same where it is gone."""

import csv
import datetime
import io
import re
from collections.abc import Callable

import pytest
from django.db import models
from django.test import Client

from joinedup.initiatives.actions import add_initiative
from joinedup.initiatives.models import Initiative
from joinedup.partners.actions import add_ask, add_partner
from joinedup.partners.models import Ask, Partner
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.preview import preview
from joinedup.spreadsheets.rows import Verdict
from joinedup.support.actions import Facts, add_offer
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector, Theme
from tests.world import World

As = Callable[[str], Client]
DAY, LATER = datetime.date(2018, 4, 3), datetime.date(2040, 4, 5)
EXPORTS = {"partners": "/partners.csv", "initiatives": "/initiatives.csv", "offers": "/support.csv",
           "asks": "/asks.csv"}  # fmt: skip
# How a record came here, when and who checked it: no sheet says that. What lists it under is its own.
NOT_BROUGHT = {
    "Confirmed by the body on", "How far it can be relied on", "Source address", "Local action it leads",
    "Named by the duty", "Area code", "Id", "Last checked", "Next check by", "Source",
}  # fmt: skip


@pytest.fixture
def full(world: World) -> World:
    """Records with everything that a sheet can bring, in the words that break sheets."""
    alice, themes = world.person("alice"), list(Theme.objects.all())
    add_partner(
        by=alice, footprint=world.north, name='The "Oak", Ash & Yew; Ltd', sector=Sector.objects.get(slug="vcs"),
        does="=Sum\nof things; and / more", charity_number="1084122", company_number="00999123", ods="RXX01",
        serves=[world.ward, world.northton], base=world.ward, themes=themes, website="https://oak.example/",
        marking="public",
    )  # fmt: skip
    add_partner(
        by=alice, footprint=world.north, name="St Mary’s Café", sector=Sector.objects.get(slug="education"),
        urn="123456", serves=[world.northton],
    )  # fmt: skip
    add_initiative(
        by=alice, partner=world.lantern, name="+Plus, one; two", what="-minus\ntwo", places=[world.ward, world.eastton],
        themes=themes[:2], co_partners=[world.school, world.police], level="secondary", age_from=10, age_to=17,
        reach_per_year=1200, starts=DAY, ends=LATER, result_text="Fewer; 40%", source="Our count", marking="public",
    )  # fmt: skip
    add_initiative(
        by=alice, partner=world.school, name="Total", age_from=5, starts=DAY, marking="partnership"
    )
    add_initiative(by=alice, partner=world.school, name="2024", age_to=18, marking="partnership")
    nothing = {
        "purpose": "", "who_may_use": "", "lead_only": False, "is_general": False, "via_sectors": [], "sectors": [],
        "themes": [], "places": [], "opens": None, "closes": None, "amount": "", "amount_max_gbp": None,
        "amount_programme": None, "awards": "", "url": "", "source": "",
    }  # fmt: skip
    grants = {
        "name": "Small grants", "provider": "Some, Foundation", "provider_partner": None, "kind": "fund",
        "purpose": "Kit; boots", "is_general": True, "sectors": ["vcs"], "themes": [themes[0].pk],
        "places": [world.northton.pk], "opens": DAY, "closes": LATER, "amount": "up to £5,000", "amount_max_gbp": 5000,
        "amount_programme": 100000, "awards": "20", "basis": "dated", "url": "https://f.example/", "marking": "public",
    }  # fmt: skip
    training = {
        "name": "Training", "provider": "Lantern Youth", "provider_partner": world.lantern, "kind": "training",
        "lead_only": True, "via_sectors": ["police"], "sectors": ["education", "vcs"], "basis": "rolling",
        "marking": "partnership",
    }  # fmt: skip
    for facts in (grants, training):
        add_offer(by=alice, footprint=world.north, facts=Facts(**{**nothing, **facts}))  # type: ignore[arg-type]
    for partner, kind, text, chosen, where, who in (
        (world.lantern, "need", "=A room; on Fridays", themes[:2], [world.ward, world.northton], "public"),
        (world.school, "offer", "-Two, minibuses", [], [], "partnership"),
    ):
        add_ask(by=alice, partner=partner, kind=kind, text=text, themes=chosen, places=where, marking=who)
    return world


def exported(as_: As, kind: str) -> bytes:
    return bytes(as_("alice").get(EXPORTS[kind]).content)


def brought(world: World, kind: str, content: bytes) -> Upload:
    alice = world.person("alice")
    upload = actions.bring(by=alice, footprint=world.north, kind=kind, content=content)
    return actions.choose_columns(by=alice, upload=upload, mapping=upload.mapping)


def rows(content: bytes) -> list[dict[str, str]]:
    read = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [{head: cell for head, cell in row.items() if head not in NOT_BROUGHT} for row in read]


@pytest.mark.parametrize("kind", EXPORTS)
def test_what_is_exported_comes_back_as_nothing_new(full: World, as_: As, kind: str) -> None:
    seen = preview(full.person("alice"), brought(full, kind, exported(as_, kind)))
    assert len(seen.lines) >= 2
    assert {line.verdict for line in seen.lines} == {Verdict.KNOWN}
    assert (seen.guesses, seen.unread, seen.dates) == ({}, {}, None)


@pytest.mark.parametrize(
    ("kind", "model", "names"),
    [
        ("partners", Partner, ['The "Oak", Ash & Yew; Ltd', "St Mary’s Café"]),
        ("initiatives", Initiative, ["+Plus, one; two", "Total", "2024"]),
        ("offers", Offer, ["Small grants", "Training"]),
        ("asks", Ask, ["=A room; on Fridays", "-Two, minibuses"]),
    ],
)
def test_what_is_exported_brings_the_same_where_it_is_gone(
    full: World, as_: As, kind: str, model: type[models.Model], names: list[str]
) -> None:
    before = exported(as_, kind)
    called = "text__in" if model is Ask else "name__in"
    model._base_manager.filter(**{called: names}).delete()
    assert exported(as_, kind) != before
    intake.accept(by=full.person("alice"), upload=brought(full, kind, before))
    assert rows(exported(as_, kind)) == rows(before)


@pytest.mark.parametrize("kind", ["initiatives", "offers"])
def test_what_a_british_spreadsheet_saved_comes_back_as_nothing_new(full: World, as_: As, kind: str) -> None:
    """Excel set to English (UK) opens 2018-04-03 as that day, and saves it again as 03/04/2018."""
    given = exported(as_, kind).decode()
    saved, number = re.subn(r"\b(\d{4})-(\d\d)-(\d\d)\b", r"\3/\2/\1", given)
    assert (number > 2, "03/04/2018" in given) == (True, False)
    seen = preview(full.person("alice"), brought(full, kind, saved.encode()))
    assert {line.verdict for line in seen.lines} == {Verdict.KNOWN}
    assert (seen.guesses, seen.unread, seen.dates) == ({}, {}, None)
