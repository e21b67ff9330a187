"""Which mails somebody wants: chosen when signed in, turned off from the mail, and a calendar's secret address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from joinedup.accounts import actions
from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry, Preference
from joinedup.accounts.preferences import off_link, those_who_want, wants
from joinedup.mail.compose import off_headers
from tests.world import World

PAGE = "/account/mails/"
Mail = Preference.Mail


def path(link: str) -> str:
    return link.removeprefix("http://testserver")


def test_everybody_wants_everything_until_they_say_otherwise(world: World) -> None:
    assert all(wants(world.bob, kind) for kind in Mail)
    actions.change_mails(by=world.person("bob"), digest="never", not_wanted=["agreements"])
    assert [kind for kind in Mail if wants(world.bob, kind)] == [
        "opportunities",
        "events",
        "clusters",
        "support",
    ]
    world.alice.is_active = False
    world.alice.save()
    everybody = [world.alice, world.charlie, world.bob, world.lead]
    assert those_who_want(everybody, Mail.AGREEMENTS) == [world.charlie, world.lead]


def test_one_query_for_many(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert len(those_who_want([world.alice, world.bob, world.charlie], Mail.EVENTS)) == 3


def test_they_choose_on_their_page_and_looking_stores_nothing(world: World, as_: Any) -> None:
    bob = as_("bob")
    page = bob.get(PAGE).content.decode()
    assert 'value="weekly" id="id_digest_2" checked' in page
    assert page.count("checked") == 6
    assert not Preference.objects.exists()
    assert bob.post(PAGE, {"digest": "daily", "wanted": ["events"]}).status_code == 302
    held = Preference.objects.get()
    assert (held.user, held.digest) == (world.bob, "daily")
    assert held.not_wanted == ["opportunities", "agreements", "clusters", "support"]
    entry = AuditEntry.objects.get(action="account.change")
    assert entry.after is not None
    assert held.calendar_token not in str((entry.before, entry.after, entry.label))
    assert bob.post(PAGE, {"digest": "hourly", "wanted": ["x"]}).status_code == 200
    assert Preference.objects.get().digest == "daily"


def test_each_for_themselves_only(world: World, as_: Any) -> None:
    assert as_("nobody").get(PAGE).status_code == 302
    assert as_("nobody").post(PAGE, {"digest": "never"}).status_code == 302
    with pytest.raises(PermissionDenied):
        actions.change_mails(by=world.person("nobody"), digest="never", not_wanted=[])
    with pytest.raises(ValidationError, match="listed"):
        actions.change_mails(by=world.person("bob"), digest="never", not_wanted=["x"])
    assert not Preference.objects.exists()


def test_a_new_calendar_address_ends_the_old_one(world: World, as_: Any) -> None:
    bob = as_("bob")
    assert "Make the address of my calendar" in bob.get(PAGE).content.decode()
    bob.post(PAGE, {"do": "calendar"})
    old = Preference.objects.get(user=world.bob).calendar_token
    assert f"/calendar/{old}.ics" in bob.get(PAGE).content.decode()
    bob.post(PAGE, {"do": "calendar"})
    new = Preference.objects.get(user=world.bob).calendar_token
    assert new != old
    assert old not in bob.get(PAGE).content.decode()
    assert as_("nobody").get(f"/calendar/{old}.ics").status_code == 404
    assert as_("nobody").get(f"/calendar/{new}.ics").status_code == 200


class TestFromTheMail:
    @pytest.mark.parametrize("kind", ["agreements", "digest"])
    def test_a_page_with_one_button(self, world: World, as_: Any, kind: str) -> None:
        link = path(off_link(world.bob, kind))
        browser = as_("nobody")
        assert "Turn these mails off" in browser.get(link).content.decode()
        assert not Preference.objects.exists()
        page = browser.post(link, follow=True).content.decode()
        assert "You get no more of these mails" in page
        assert "bob@example.org" not in page
        held = Preference.objects.get(user=world.bob)
        assert (held.digest, held.not_wanted) == (
            ("never", []) if kind == "digest" else ("weekly", ["agreements"])
        )
        browser.post(link)
        assert Preference.objects.get().not_wanted == held.not_wanted
        assert AuditEntry.objects.filter(action="account.change", user_id=world.bob.pk).count() == 1

    def test_with_one_click_of_a_mail_program_and_nothing_of_another_site(self, world: World) -> None:
        link = off_link(world.bob, "events")
        assert off_headers(link) == {
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(path(link), {"do": "delete"}).status_code == 403
        assert not Preference.objects.exists()
        assert strict.post(path(link), {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert Preference.objects.get(user=world.bob).not_wanted == ["events"]

    def test_a_link_that_was_changed_or_is_for_something_else_is_dead(self, world: World, as_: Any) -> None:
        browser = as_("nobody")
        tokens = [
            "no-token",
            make_link("welcome", "events", world.bob),
            make_link("mails-off", "everything", world.bob),
            make_link("mails-off", "events", "bob@example.org"),
        ]
        world.charlie.is_active = False
        world.charlie.save()
        tokens.append(make_link("mails-off", "events", world.charlie))
        for token in tokens:
            address = f"/account/mails/off/{token}/"
            assert browser.get(address).status_code == 404
            assert browser.post(address).status_code == 404
            assert browser.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 404
        assert not Preference.objects.exists()
