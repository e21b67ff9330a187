"""What happens to a form before its view: taken as it is seen, counted once, and *Sign in again*, in this order."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from joinedup.accounts.models import Grant, User
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask
from joinedup.web import submission
from tests.accounts.sign_in.test_again import PAGE, long_ago, sign_in_again
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


def test_where_nothing_can_be_remembered_a_form_counts(
    as_: As, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: the cache says that it added nothing, has nothing, and refuses to delete."""

    class Full:
        def add(self, *_what: object) -> bool:
            return False

        def get(self, *_what: object) -> None:
            return None

    alice = as_("alice")
    form = wanted(token_of(alice, address))
    monkeypatch.setattr(submission, "cache", Full())
    assert alice.post(address, form).status_code == 302
    assert Ask.objects.count() == 1


class TestOrder:
    """Each fails when the steps of `web/submission.py`, or its place in MIDDLEWARE, are put in another order."""

    @pytest.fixture(autouse=True)
    def no_earlier_requests(self) -> Iterator[None]:
        cache.clear()
        yield
        cache.clear()

    def invited(self, browser: Client, world: World, name: str = "Dora") -> dict[str, Any]:
        return {
            "csrfmiddlewaretoken": token_of(browser, "/people/invite/"),
            "email": "dora@example.org", "name": name, "role": "coordinator", "footprint": world.south.pk,
        }  # fmt: skip

    def test_a_second_that_comes_after_the_hour_is_led_on_and_asked_for_nothing(
        self, as_: As, world: World
    ) -> None:
        admin = as_("admin")
        form = self.invited(admin, world)
        first = admin.post("/people/invite/", form)
        second = long_ago(admin).post("/people/invite/", form)
        assert first["Location"] == "/people/"
        assert second["Location"] == first["Location"], "it does not wait to be sent as something new"
        assert admin.get(f"{PAGE}on/")["Location"] == "/work/", "nothing waits"
        assert Grant.objects.filter(user__email="dora@example.org").count() == 1

    def test_what_was_asked_for_a_code_first_was_not_done_and_may_be_sent_again(
        self, as_: As, world: World
    ) -> None:
        admin = long_ago(as_("admin"))
        form = self.invited(admin, world)
        for _ in range(2):
            assert admin.post("/people/invite/", form)["Location"] == PAGE
        assert not User.objects.filter(email="dora@example.org").exists()
        assert sign_in_again(admin)["Location"] == f"{PAGE}on/"
        assert admin.post("/people/invite/", form)["Location"] == "/people/"
        assert Grant.objects.filter(user__email="dora@example.org", role="coordinator").exists()

    def test_the_button_after_signing_in_again_counts_once(self, as_: As, world: World) -> None:
        admin = long_ago(as_("admin"))
        admin.post("/people/invite/", self.invited(admin, world))
        sign_in_again(admin)
        waits = self.invited(admin, world) | {"csrfmiddlewaretoken": token_of(admin, f"{PAGE}on/")}
        first, second = (admin.post("/people/invite/", waits) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert Grant.objects.filter(user__email="dora@example.org").count() == 1

    def test_what_waits_for_a_code_is_kept_as_it_is_seen(self, as_: As, world: World) -> None:
        admin = long_ago(as_("admin"))
        admin.post("/people/invite/", self.invited(admin, world, "Do\u200bra\u202e"))
        assert admin.session["again_waits"]["posted"]["name"] == ["Dora"]

    def test_a_form_that_waits_behind_the_second_factor_may_be_sent_again(
        self, as_: As, address: str, settings: Any
    ) -> None:
        alice = as_("alice")
        form = wanted(token_of(alice, address))
        settings.SECOND_FACTOR = "required"
        assert alice.post(address, form)["Location"] == "/account/second-factor/"
        settings.SECOND_FACTOR = "offered"
        alice.post(address, form)
        assert Ask.objects.count() == 1

    def test_a_forged_form_is_not_told_where_the_real_one_led(self, as_: As, world: World) -> None:
        alice, forger = as_("alice"), Client(enforce_csrf_checks=True)
        address = f"/partners/{world.lantern.slug}/asks/add/"
        form = wanted(token_of(alice, address))
        assert alice.post(address, form).status_code == 302
        assert forger.post(address, form).status_code == 403
