"""Links in mails: what they say, and what they refuse."""

import pytest
from django.core import signing
from django.test import override_settings

from joinedup.accounts import links
from joinedup.accounts.links import SignedLink, address_of, make_link, read_link
from joinedup.accounts.models import User
from tests.world import World


def test_a_link_says_which_record_and_whom(world: World) -> None:
    assert read_link("confirm", make_link("confirm", 7, world.bob)) == SignedLink("7", world.bob.pk, "")
    assert read_link("confirm", make_link("confirm", 7, world.person("bob"))) == SignedLink(
        "7", world.bob.pk, ""
    )
    assert read_link("confirm", make_link("confirm", "x", " Ann@Example.org ")) == SignedLink(
        "x", None, "ann@example.org"
    )


def test_the_address_of_an_account_holder_is_not_in_the_link(world: World) -> None:
    token = make_link("confirm", 7, world.bob)
    assert signing.b64_decode(token.split(":")[0].encode()) == f'["7",{world.bob.pk},""]'.encode()


def test_a_link_for_one_purpose_is_nothing_for_another() -> None:
    assert read_link("report", make_link("confirm", 7, "ann@example.org")) is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "’", "W10:1abcde:AAAA"])
def test_what_we_did_not_sign_is_nothing(token: str) -> None:
    assert read_link("confirm", token) is None


def test_a_changed_link_is_nothing() -> None:
    token = make_link("confirm", 7, "ann@example.org")
    other = make_link("confirm", 8, "ann@example.org")
    assert read_link("confirm", other.split(":")[0] + ":" + ":".join(token.split(":")[1:])) is None


@pytest.mark.usefixtures("db")
def test_a_link_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    token = make_link("confirm", 7, "ann@example.org")
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 30 * 24 * 3600 - 5)
    assert read_link("confirm", token) is not None
    monkeypatch.setattr(signing.time, "time", lambda: now + 30 * 24 * 3600 + 5)
    assert read_link("confirm", token) is None
    assert read_link("confirm", token, days=60) is not None


def test_another_key_makes_every_link_void() -> None:
    token = make_link("confirm", 7, "ann@example.org")
    with override_settings(SECRET_KEY="another"):
        assert read_link("confirm", token) is None


@override_settings(SITE_URL="https://prevent.example.org")
def test_addresses_in_mails_come_from_settings() -> None:
    assert address_of("person_invite") == "https://prevent.example.org/people/invite/"


def test_the_module_says_how_to_use_it() -> None:
    assert "only its POST acts" in (links.__doc__ or "")


@pytest.mark.parametrize("to", ["account", "contact"])
def test_a_link_to_a_closed_account_is_nothing(world: World, to: str) -> None:
    token = make_link("confirm", 7, world.bob if to == "account" else "Bob@example.org")
    assert read_link("confirm", token) is not None
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert read_link("confirm", token) is None
    User.objects.filter(pk=world.bob.pk).update(is_active=True)
    gone = make_link("confirm", 7, world.bob)
    world.bob.delete()
    assert read_link("confirm", gone) is None
