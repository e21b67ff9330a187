"""A form that is sent twice counts once, whatever it makes; what was refused may be sent again."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask
from tests.waiting import HANGS
from tests.world import World

As = Callable[[str], Client]


def token_of(browser: Client, address: str) -> str:
    page = browser.get(address).content.decode()
    return re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]


@pytest.fixture
def address(world: World) -> str:
    return f"/partners/{world.lantern.slug}/asks/add/"


def wanted(token: str, text: str = "A hall") -> dict[str, str]:
    return {"csrfmiddlewaretoken": token, "kind": "need", "text": text, "marking": "partnership"}


def test_the_second_is_led_to_where_the_first_was(as_: As, address: str) -> None:
    alice = as_("alice")
    token = token_of(alice, address)
    first, second = (alice.post(address, wanted(token)) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert Ask.objects.count() == 1
    assert "This was sent twice. It counts once." in alice.get(second["Location"]).content.decode()


def test_what_is_typed_anew_or_on_a_new_page_counts(as_: As, address: str) -> None:
    alice = as_("alice")
    token = token_of(alice, address)
    alice.post(address, wanted(token))
    alice.post(address, wanted(token, "A kitchen"))
    assert Ask.objects.count() == 2
    Ask.objects.all().delete()
    alice.post(address, wanted(token_of(alice, address), "A kitchen"))
    assert list(Ask.objects.values_list("text", flat=True)) == ["A kitchen"]


def test_what_was_refused_may_be_sent_again(as_: As, world: World, address: str) -> None:
    alice = as_("alice")
    token = token_of(alice, address)
    for _ in range(2):
        assert "There is a problem" in alice.post(address, wanted(token, "")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one(as_: As, world: World) -> None:
    alice, gate, said = as_("alice"), threading.Barrier(4), []
    form = {
        "csrfmiddlewaretoken": token_of(alice, "/initiatives/add/"),
        "name": "Mentors",
        "what": "Talk",
        "partner": world.lantern.pk,
        "places": [world.northton.pk],
        "themes": ["trusted-adult"],
        "level": "primary",
        "marking": "partnership",
        "evidence": "",
        "result": "",
    }
    session = alice.cookies["sessionid"].value

    def click() -> None:
        browser = Client()
        browser.cookies["sessionid"] = session
        try:
            gate.wait(HANGS)
            said.append(browser.post("/initiatives/add/", form)["Location"])
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join(HANGS)
    assert Initiative.objects.count() == 1
    assert len(said) == 4
    assert len(set(said)) == 1
