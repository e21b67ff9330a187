"""Looking changes nothing; changing needs the form's own token and somebody who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.trust.conftest import Everything
from tests.trust.walking import As, Walk, addresses, everything_kept, press
from tests.world import World

# What a POST of anybody may change: their own answer to a question, an invitation or a mail, and signing in or out.
ASKED = (
    "/voices/join/",
    "/voices/withdraw/",
    "/voices/reply-by-mail/",
    "/attending/",
    "/invitation/",
    "/opportunities/answer-by-mail/",
    "/agreements/report-by-mail/",
    "/agreements/young/",
    "/responses/by-mail/",
    "/mails/off/",
)
FOR_ANYBODY = (*ASKED, "/account/")
# Enough for most buttons of the site to do what they do.
PRESSED = {
    "do": "delete",
    "who": "1",
    "pk": "1",
    "word": "interested",
    "reason": "not_now",
    "cancel": "1",
    "save": "1",
    "answer": "declined",
    "state": "shown",
    "contribution": "1",
    "report": "dropped",
    "text": "Some words",
    "name": "Another name",
}


@pytest.mark.parametrize("name", ["nobody", "charlie", "bob", "alice", "lead", "admin"])
def test_looking_changes_nothing(walked: Callable[[str], Walk], name: str):
    walk = walked(name)
    assert len(walk.answers) > 100
    assert walk.after == walk.before


@pytest.mark.parametrize("name", ["nobody", "charlie"])
@pytest.mark.parametrize("button", ["delete", "send", "plan"])
def test_an_outsider_changes_nothing(with_hidden: Everything, as_: As, name: str, button: str):
    browser = as_(name)
    before = everything_kept()
    for address in addresses():
        if not address.startswith(FOR_ANYBODY) and not _is_their_own(address):
            answer = press(browser, address, PRESSED | {"do": button})
            assert answer.status_code < 500, address
    assert everything_kept() == before


def _is_their_own(address: str) -> bool:
    """Charlie's own organisation, what members of its partnership may follow, and what anybody who is signed in may
    tell those who keep a public record of support: that it is wrong."""
    return "far-harbour" in address or address in {"/clusters/south/follow/", "/support/open-fund/correct/"}


def test_a_form_of_another_site_changes_nothing(with_hidden: Everything, world: World):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    before = everything_kept()
    answers = {address: press(browser, address, PRESSED).status_code for address in addresses()}
    assert {address for address, status in answers.items() if status not in (403, 404, 405)} == set()
    assert sum(status == 403 for status in answers.values()) > 100
    assert everything_kept() == before
