"""Two people change one record: the second is told what differs, loses nothing, and may save all the same."""

from __future__ import annotations

import ast
import datetime
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from joinedup import accounts
from joinedup.accounts.stale import version_of
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Partner
from tests.waiting import HANGS
from tests.world import World

As = Callable[[str], Client]
SOURCE = Path(accounts.__file__).resolve().parents[1]
# Views that change something without a form that was filled in from it, or what is only the asker's own.
OWN = {
    "account_details",  # one's own account
    "attending",  # one's own registration, by its link
    "partnership",  # what is stated from a day on, as a history
    "offer_correct",  # a note to its keepers
    "_update",  # a page that was read now, beside what is stored
    "_press", "_saved",  # the view around it watches
}  # fmt: skip
CHANGES = re.compile(r"(change|correct|describe)_\w+|choose_columns")


def typed(page: str, **instead: str) -> dict[str, object]:
    """What a browser would send from the form of a page, with some fields typed anew."""
    values: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not name or (kind and kind[1] in ("checkbox", "radio") and " checked" not in tag):
            continue
        values.setdefault(name[1], []).append(value[1] if value else "")  # type: ignore[attr-defined]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s*(.*?)</textarea>', page, re.S):
        values[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.findall(r'<option[^>]*value="([^"]*)"[^>]*selected', options)
        values[name] = chosen
    return values | instead


@pytest.fixture
def address(world: World) -> str:
    return f"/partners/{world.lantern.slug}/edit/"


def test_the_second_is_told_what_differs_and_may_save_all_the_same(
    as_: As, world: World, address: str
) -> None:
    alice, bob = as_("alice"), as_("bob")
    hers, his = (browser.get(address).content.decode() for browser in (alice, bob))
    assert bob.post(address, typed(his, does="Boxing on Fridays")).status_code == 302
    told = alice.post(address, typed(hers, does="Music on Mondays"))
    page = told.content.decode()
    assert told.status_code == 200
    assert "Somebody changed this since you opened the page" in page
    assert "“What they do”" in page
    assert "Music on Mondays" in page
    world.lantern.refresh_from_db()
    assert world.lantern.does == "Boxing on Fridays"
    assert alice.post(address, typed(page)).status_code == 302
    world.lantern.refresh_from_db()
    assert world.lantern.does == "Music on Mondays"


def test_who_is_alone_is_not_stopped(as_: As, world: World, address: str) -> None:
    alice = as_("alice")
    for words in ("Once", "Twice"):
        assert alice.post(address, typed(alice.get(address).content.decode(), does=words)).status_code == 302
    assert Partner.objects.get(pk=world.lantern.pk).does == "Twice"


def test_what_is_linked_counts_as_changed(world: World) -> None:
    before = version_of(world.lantern)
    world.lantern.serves.set([world.eastton])
    assert version_of(world.lantern) != before
    world.lantern.confirmed_on = datetime.date(2026, 1, 1)
    again = version_of(world.lantern)
    world.lantern.confirmed_on = None
    assert version_of(world.lantern) == again


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told(as_: As, world: World) -> None:
    work = Initiative.objects.create(name="Mentors", slug="mentors", what="Talk", partner=world.lantern)
    where = "/initiatives/mentors/edit/"
    browsers = [as_("alice"), as_("bob")]
    pages = [browser.get(where).content.decode() for browser in browsers]
    gate, said = threading.Barrier(2), []

    def save(browser: Client, page: str, words: str) -> None:
        try:
            gate.wait(HANGS)
            said.append(browser.post(where, typed(page, what=words)).status_code)
        finally:
            connection.close()

    jobs = [
        threading.Thread(target=save, args=(browser, page, f"Version {n}"))
        for n, (browser, page) in enumerate(zip(browsers, pages, strict=True))
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(HANGS)
    assert sorted(said) == [200, 302]
    work.refresh_from_db()
    assert work.what.startswith("Version")


def test_every_view_that_changes_a_record_watches_it() -> None:
    unwatched = []
    for path in SOURCE.rglob("*.py"):
        if "views" not in path.stem and path.parent.name != "views":
            continue
        for view in ast.parse(path.read_text()).body:
            if not isinstance(view, ast.FunctionDef) or view.name in OWN:
                continue
            calls = {getattr(each.func, "attr", getattr(each.func, "id", "")) for each in _calls(view)}
            if any(CHANGES.fullmatch(name) for name in calls) and "watch" not in calls:
                unwatched.append(f"{path.relative_to(SOURCE)}: {view.name}")
    assert unwatched == []


def _calls(view: ast.FunctionDef) -> list[ast.Call]:
    return [each for each in ast.walk(view) if isinstance(each, ast.Call)]
