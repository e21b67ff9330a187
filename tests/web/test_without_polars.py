"""Pages, and ordinary saves, are made without the library for tables (docs/decisions/pages-without-tables.md)."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from joinedup.accounts.person import Person
from joinedup.evidence import follow
from joinedup.evidence.models import Figure
from joinedup.late_imports import polars
from tests.evidence.holding import hold, hold_census, more_boroughs
from tests.world import World

MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
SITE = """
from django.urls import get_resolver
import joinedup.site.wsgi, sys
print(len(get_resolver().url_patterns) > 10, "polars" in sys.modules)
"""


@pytest.fixture
def figures(world: World, tmp_path: Path, settings: Any) -> World:
    settings.HOME = tmp_path / "home"
    cache.clear()
    places = [world.northton, world.eastton, world.southton, *more_boroughs(world)]
    hold_census({place.pk: 10_000 for place in places})
    rows = [
        ("violence-with-injury", place.pk, month, 20.0 + n, None)
        for n, place in enumerate(places)
        for month in MONTHS
    ]
    hold("mps_borough", rows)
    follow.recompute(by=Person.operator(), as_of=datetime.date(2026, 1, 10))
    return world


@pytest.fixture
def no_polars(figures: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on whatever asks Polars for anything fails."""

    def fails(_module: object, name: str) -> Any:
        raise AssertionError(f"polars.{name} is used")

    for name in [each for each in vars(polars) if not each.startswith("__")]:
        monkeypatch.delattr(polars, name)
    monkeypatch.setattr(type(polars), "__getattr__", fails)


def test_the_site_does_not_import_it(tmp_path: Path) -> None:
    environ = {"JOINEDUP_HOME": str(tmp_path), "PYTHONPATH": ":".join(filter(None, sys.path))}
    told = subprocess.run(
        [sys.executable, "-c", SITE], capture_output=True, text=True, check=True,
        env=environ | {"DJANGO_SETTINGS_MODULE": "joinedup.site.settings"},
    )  # fmt: skip
    assert told.stdout.split() == ["True", "False"]


@pytest.mark.parametrize("who", ["nobody", "bob", "alice"])
@pytest.mark.usefixtures("no_polars")
def test_a_figure_its_past_its_comparisons_and_a_place(
    figures: World, as_: Callable[[str], Client], who: str
) -> None:
    figure = Figure.objects.get(place=figures.northton, indicator="violence-with-injury")
    browser = as_(who)
    page = browser.get(f"/figures/{figure.pk}/").content.decode()
    assert page.count("<tr") == 3  # a year each, below the heading
    compared = browser.get(f"/figures/{figure.pk}/", {"compared-with": "force"})
    assert "<strong>" in compared.content.decode()
    for address in (f"/places/{figures.northton.pk}/", "/", "/sources/", "/partners/", "/search/?q=ton"):
        assert browser.get(address).status_code == 200, address


@pytest.mark.usefixtures("no_polars")
def test_my_work_and_a_save(figures: World, as_: Callable[[str], Client]) -> None:
    browser = as_("alice")
    assert browser.get("/work/").status_code == 200
    saved = browser.post("/account/details/", {"name": "Alice Archer", "job": "Coordinator"})
    assert saved.status_code == 302


def test_what_is_asked_for_is_imported() -> None:
    assert polars.DataFrame({"a": [1]}).height == 1
