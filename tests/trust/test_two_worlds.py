"""Two worlds that differ only in what somebody may not see look the same to them, on every page of the site."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from joinedup.accounts.models import Grant
from tests.trust.conftest import HIDDEN, Everything
from tests.trust.walking import As, Walk, addresses, read

# Filters, searches and pages by which somebody may ask for what is not shown.
QUESTIONS = [
    "/initiatives/?partner=quietly-house",
    f"/initiatives/?q={HIDDEN}",
    f"/initiatives.csv?q={HIDDEN}",
    "/initiatives/?place=E09000991&theme=trusted-adult",
    f"/partners/?q={HIDDEN}",
    "/partners/?sector=health",
    f"/partners.csv?q={HIDDEN}",
    "/support.csv",
    f"/search/?q={HIDDEN}",
    f"/search/?q={HIDDEN}+House",
    "/agreements/?partner=quietly-house",
    "/agreements/?state=not_kept",
    "/agreements/?state=agreed",
    "/agreements/?state=overdue",
    f"/agreements/?text={HIDDEN}",
    "/agreements.csv?state=not_kept",
    "/agreements.csv?state=agreed",
    "/clusters/north/",
    "/clusters/north.csv?scan=1",
    "/opportunities/?sector=health",
    "/opportunities/grid/?footprint=north",
    "/opportunities/grid.csv?footprint=north",
    "/opportunities/together/?footprint=north",
    "/opportunities/together.csv?footprint=north",
    "/opportunities/why-not/?partner=quietly-house",
    f"/opportunities/why-not/?what=partner&q={HIDDEN}",
    "/opportunities/?state=dismissed",
    "/opportunities/?place=E09000991",
    "/opportunities/?state=snoozed",
    "/opportunities/?state=assigned",
    "/opportunities/?mine=on",
    "/opportunities.csv?state=dismissed",
    "/opportunities/changes/?days=30",
    "/opportunities/changes/?partnership=north&show=new",
    "/opportunities/weights/?partnership=north",
    "/support/?theme=trusted-adult&place=E09000991",
    "/support/?history=1",
    "/strategy/?word=kept",
    "/people/invite/?partner=1",
    "/initiatives/add/?partner=quietly-house",
    "/events/north-meets/register/?invitation=x",
    "/places/E09000991/?show=trusted-adult",
    f"/practice/?q={HIDDEN}",
    "/practice/?theme=trusted-adult&like=E09000991",
    "/practice.csv?theme=trusted-adult",
    "/practice.json?theme=trusted-adult",
    "/visits/?theme=trusted-adult&place=E09000991",
]

# What buttons send; fields that a form does not know are left out by it.
PRESSED = {
    "do": "publish",
    "name": "Something",
    "text": "Something",
    "word": "interested",
    "reason": "no_capacity",
}


def _seen(as_: As, name: str, wanted: list[str]) -> dict[str, tuple[int, str, str]]:
    browser = as_(name)
    return {address: read(browser, address) for address in wanted}


@pytest.fixture
def as_outsider(everything: Everything, as_: As, request: pytest.FixtureRequest) -> As:
    """`as_`, and also `as_("southern")`: Charlie, who coordinates the South besides, so that no button is missing."""

    def client(name: str) -> Client:
        if name != "southern":
            return as_(name)
        return as_("charlie")

    if "southern" in request.node.name:
        Grant.objects.create(
            user=everything.world.charlie, role="coordinator", footprint=everything.world.south
        )
    return client


OUTSIDERS = ["charlie", "nobody", "southern"]


@pytest.mark.parametrize("name", OUTSIDERS)
def test_what_one_may_not_see_changes_nothing_that_one_sees(
    everything: Everything, as_outsider: As, name: str
):
    with transaction.atomic():
        everything.hide()
        wanted = [*addresses(), *QUESTIONS]
        wanted = [each for each in wanted if not is_a_secret_link(each)]
        whole = _seen(as_outsider, name, wanted)
        transaction.set_rollback(True)
    poor = _seen(as_outsider, name, wanted)
    assert len(wanted) > 100
    differ = {each: _difference(whole[each], poor[each]) for each in wanted if whole[each] != poor[each]}
    assert not differ, "\n".join(f"{each}: {lines}" for each, lines in differ.items())


@pytest.mark.parametrize("name", ["charlie", "nobody"])
def test_nothing_hidden_is_named_anywhere(with_hidden: Everything, as_: As, name: str):
    everything = with_hidden
    # Also where what is public leans on it.
    quiet = everything.world.lantern.footprints.get().partners.get(slug="quietly-house")
    everything.agreement.deputy_partner = quiet
    everything.agreement.save()
    type(everything.mentors).objects.filter(pk=everything.mentors.pk).update(partner=quiet)
    wanted = [each for each in [*addresses(), *QUESTIONS] if not is_a_secret_link(each)]
    asked = [each for each in wanted if "?" not in each and HIDDEN.lower() not in each.lower()]
    assert not {each for each, (_, page, _to) in _seen(as_, name, asked).items() if HIDDEN in page}


@pytest.mark.parametrize("name", OUTSIDERS)
def test_a_press_on_what_is_hidden_is_a_press_on_nothing(everything: Everything, as_outsider: As, name: str):
    """Sent to every address of the site, with what its buttons send: hidden or not there is the same answer."""
    with transaction.atomic():
        everything.hide()
        wanted = [each for each in addresses() if not is_a_secret_link(each)]
        whole = _pressed(as_outsider, name, wanted)
        transaction.set_rollback(True)
    poor = _pressed(as_outsider, name, wanted)
    differ = {each: _difference(whole[each], poor[each]) for each in wanted if whole[each] != poor[each]}
    assert not differ, "\n".join(f"{each}: {lines}" for each, lines in differ.items())


def _pressed(as_: As, name: str, wanted: list[str]) -> dict[str, tuple[int, str, str]]:
    browser, found = as_(name), {}
    signed_in = browser.cookies.copy()
    for address in wanted:
        with transaction.atomic():
            status, page, to = read(browser, address, PRESSED)
            # A number that counts up says how many there were before, and nothing of them.
            found[address] = (status, page, re.sub(r"/\d+/", "/0/", to))
            transaction.set_rollback(True)
        browser.cookies = signed_in.copy()
    return found


def test_a_record_of_the_name_of_a_hidden_one_is_made_as_any_other(everything: Everything, as_outsider: As):
    """Whoever coordinates another partnership, and guesses a name, learns nothing from what is made."""
    Grant.objects.create(user=everything.world.charlie, role="coordinator", footprint=everything.world.south)
    with transaction.atomic():
        everything.hide()
        whole = _made(everything, as_outsider)
        transaction.set_rollback(True)
    assert whole == _made(everything, as_outsider)


def _made(everything: Everything, as_outsider: As) -> list[tuple[str, int, str, str]]:
    world, day = everything.world, everything.today + datetime.timedelta(days=50)
    browser = as_outsider("charlie")
    forms: dict[str, dict[str, Any]] = {
        "/partners/add/": {"name": f"{HIDDEN} House", "sector": "health", "marking": "public",
                           "footprint": world.south.pk},
        "/initiatives/add/": {"name": f"{HIDDEN} shared", "partner": world.harbour.pk, "marking": "public"},
        "/events/add/": {"name": f"{HIDDEN} draft", "footprint": world.south.pk, "date": day.isoformat(),
                         "starts": "09:30", "ends": "15:30", "capacity": 5, "rounds": 1},
        "/support/add/": {"name": f"{HIDDEN} named fund", "provider": HIDDEN, "kind": "fund", "marking": "public"},
    }  # fmt: skip
    found = []
    with transaction.atomic():
        for address, sent in forms.items():
            status, page, to = read(browser, address, sent)
            # Of the four signs by chance only that they are there.
            found.append((address, status, page, re.sub(r"-[a-z0-9]{4}(?=/|$)", "-????", to)))
        transaction.set_rollback(True)
    assert [status for _address, status, _page, _to in found] == [302] * 4, found
    return found


@pytest.mark.parametrize("name", ["bob", "admin"])
def test_a_draft_is_named_to_nobody_but_those_who_plan_it(walked: Callable[[str], Walk], name: str):
    pages = {
        each: page for each, (_, _kind, page) in walked(name).answers.items() if not is_a_secret_link(each)
    }
    assert not {each for each, page in pages.items() if f"{HIDDEN} draft" in page}


def test_the_data_could_leak(walked: Callable[[str], Walk]):
    pages = {each: page for each, (_, _kind, page) in walked("alice").answers.items()}
    assert sum(HIDDEN in page for each, page in pages.items() if not each.startswith("/account/")) > 25


def _difference(one: tuple[int, str, str], other: tuple[int, str, str]) -> list[object]:
    """What a failure says: statuses and the lines that differ."""
    lines = difflib.unified_diff(one[1].splitlines(), other[1].splitlines(), lineterm="", n=0)
    return [one[0], other[0], *list(lines)[3:8]]


def is_a_secret_link(address: str) -> bool:
    """Who holds such a link is whom it was sent to."""
    mailed = ("/account/", "/attending/", "/calendar/", "/invitation/", "/opportunities/answer-by-mail/")
    named = (
        "/clusters/feed/",
        "/agreements/report-by-mail/",
        "/agreements/named/",
        "/agreements/young/",
        "/responses/by-mail/",
        "/brief/",
        "/voices/reply-by-mail/",
    )
    return address.startswith((*mailed, *named, "/voices/join/", "/voices/thanks/", "/voices/withdraw/"))
