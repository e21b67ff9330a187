"""Codes to sign in that do not arrive: whose report is known, who hears of it, and that no code is kept."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail, serializers
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client

from joinedup.accounts.actions import invite_person
from joinedup.accounts.leaving.closing import close_account
from joinedup.accounts.models import AuditEntry, Grant
from joinedup.mail.addresses import failing
from joinedup.mail.bounce_mailbox import read_bounces
from joinedup.mail.compose import Mail, compose
from joinedup.mail.models import MailBatch, OutgoingMail
from joinedup.mail.returned import Report, note_returned
from joinedup.mail.send import deliver_now_or_never
from joinedup.partners.undelivered import settle, take_back_settling
from tests.mail.mailbag import postfix
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE, WORK, PEOPLE = "/work/mails/", "/work/", "/people/"
As = Callable[[str], Client]
TO_DO = "They cannot sign in. Ring them, and invite them with their new address"


def ask(email: str) -> str:
    """Somebody asks for a code on the page; returns where the page leads."""
    cache.clear()
    return str(Client().post("/account/login/", {"email": email})["Location"])


def came_back(email: str, status: str = "5.1.1") -> OutgoingMail:
    """A code that was asked for comes back."""
    ask(email)
    row = OutgoingMail.objects.latest("pk")
    assert note_returned(Report(row.message_id, status))
    row.refresh_from_db()
    return row


def text(client: Client, page: str) -> str:
    return str(client.get(page).content.decode())


def test_what_is_kept_of_a_code_is_that_it_went_out(world: World, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        ask("bob@example.org")
    (sent,) = mail.outbox
    found = re.search(r"\b\d{4}\D?\d{4}\b", sent.body)
    assert found
    row = OutgoingMail.objects.get()
    assert (row.to, row.subject, row.mail, row.state) == ("bob@example.org", "", {}, "sent")
    assert row.message_id == sent.extra_headers["Message-ID"]
    kept = serializers.serialize("json", [*OutgoingMail.objects.all(), *MailBatch.objects.all()])
    code, figures = found[0], re.sub(r"\D", "", found[0])
    for held in (kept, caplog.text, json.dumps(list(AuditEntry.objects.values()), default=str)):
        assert code not in held
        assert figures not in held


def test_an_address_without_an_account_is_not_kept_and_nobody_hears_of_it(world: World, as_: As) -> None:
    assert ask("bob@example.org") == ask("stranger@example.org")
    known, unknown = OutgoingMail.objects.order_by("pk")
    assert (unknown.to, unknown.mail, unknown.state) == ("", {}, known.state)
    assert note_returned(Report(unknown.message_id, "5.1.1"))
    assert not failing(["", "stranger@example.org"])
    for who in ("alice", "admin"):
        for page in (PAGE, WORK, PEOPLE):
            held = text(as_(who), page)
            assert ("stranger" in held, "A code to sign in" in held) == (False, False), (who, page)


def test_both_reports_leave_the_mailbox(world: World, settings: Any, tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    for email in ("bob@example.org", "stranger@example.org"):
        ask(email)
        held = OutgoingMail.objects.latest("pk").message_id
        (tmp_path / "new" / email).write_bytes(postfix(held))
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path}"
    cache.clear()
    assert read_bounces() == 2
    assert [*(tmp_path / "new").iterdir(), *(tmp_path / "cur").iterdir()] == []


def test_who_looks_after_the_account_sees_it_and_what_to_do(world: World, as_: As) -> None:
    came_back("bob@example.org")
    for who in ("alice", "admin"):
        page = text(as_(who), PAGE)
        assert "It came back: nobody has this address. " + TO_DO in page, who
        assert "<strong>A code to sign in</strong>" in page
        assert f'href="{PEOPLE}">account of Bob' in page
        assert "Send it again" not in page
        assert TO_DO in text(as_(who), WORK)
        people = text(as_(who), PEOPLE)
        assert people.count("a mail did not arrive") == 1
    for who in ("bob", "charlie", "lead", "nobody"):
        for where in (PAGE, WORK, PEOPLE):
            assert "A code to sign in" not in text(as_(who), where), who


def test_a_coordinator_hears_nothing_of_those_who_are_not_of_the_partnership(world: World, as_: As) -> None:
    for email in ("charlie@example.org", "admin@example.org", "lead@example.org"):
        came_back(email)
    assert "A code to sign in" not in text(as_("alice"), PAGE)
    assert text(as_("admin"), PAGE).count("<strong>A code to sign in</strong>") == 3


def test_the_newest_stands_for_all_until_it_is_dealt_with(world: World, as_: As) -> None:
    first = came_back("bob@example.org")
    second = came_back("bob@example.org", "5.2.2")
    assert list(OutgoingMail.objects.all()) == [second]
    assert not MailBatch.objects.filter(pk=first.batch_id).exists()
    assert "The mailbox is full. They cannot sign in meanwhile." in text(as_("alice"), PAGE)
    alice = as_("alice")
    done = alice.post(PAGE, {"do": "done", "mail": second.pk}, follow=True).content.decode()
    assert "bob@example.org</span>: A code to sign in (Alice, " in done
    assert TO_DO not in text(alice, WORK)
    third = came_back("bob@example.org")
    assert set(OutgoingMail.objects.all()) == {second, third}, "what was dealt with stays to be undone"
    assert TO_DO in text(alice, WORK)
    alice.post(PAGE, {"do": "back", "mail": second.pk})
    actions = AuditEntry.objects.filter(action__startswith="mail.").order_by("pk")
    assert [each.action for each in actions] == ["mail.settle", "mail.take_back_settling"]
    assert "bob@" not in str(list(actions.values()))


@pytest.mark.parametrize("act", [settle, take_back_settling])
def test_nobody_else_deals_with_it(world: World, act: Callable[..., OutgoingMail]) -> None:
    row = came_back("bob@example.org")
    for who in ("bob", "charlie", "lead"):
        with pytest.raises((PermissionDenied, OutgoingMail.DoesNotExist)):
            act(by=world.person(who), pk=row.pk)
    assert act(by=world.person("admin"), pk=row.pk).pk == row.pk


def test_a_new_account_and_closing_the_old_one_deals_with_it(world: World, as_: As) -> None:
    came_back("bob@example.org")
    alice = world.person("alice")
    invite_person(
        by=alice, email="bob@new.example", role=Grant.Role.PARTNER_MEMBER, partner=world.lantern, name="Bob"
    )
    close_account(by=alice, user=world.bob)
    for who in ("alice", "admin"):
        assert "A code to sign in" not in text(as_(who), PAGE)


def test_what_the_server_refuses_is_told_too_and_the_page_answers_alike(
    world: World, as_: As, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.mail.refusing.Refusing"
    with caplog.at_level(logging.DEBUG):
        assert ask("bob@example.org") == ask("stranger@example.org")
    assert "stranger@" not in caplog.text
    assert "bob@" not in caplog.text
    assert sorted(OutgoingMail.objects.values_list("to", "state")) == [
        ("", "refused"),
        ("bob@example.org", "refused"),
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "The mail server knows no such address. " + TO_DO in text(as_("alice"), PAGE)


def test_two_that_come_back_stop_other_mails_but_no_code(world: World) -> None:
    for _number in range(2):
        came_back("bob@example.org")
    assert failing(["bob@example.org"]) == {"bob@example.org"}
    made = compose("accounts/mails/login_code", "bob@example.org", {"code": "1"})
    assert isinstance(made, Mail)
    assert deliver_now_or_never(made)
