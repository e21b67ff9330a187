"""An answer that somebody else wrote down says who said it, how and when; its partner is told, and can contradict."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.partners.models import Contact
from joinedup.voice.contradictions import contradict_reply
from joinedup.voice.models import Contribution, PartnerReply
from joinedup.voice.queries import waiting_for_a_reply
from tests.voice.conftest import TODAY, Asked
from tests.voice.test_asked_for import WORDS, answered, ask, text
from tests.world import World

As = Callable[[str], Client]
ON = datetime.date(2026, 11, 3)


@pytest.fixture
def given(world: World, asked: Asked) -> Contribution:
    world.lantern.contacts.all().delete()
    Contact.objects.create(partner=world.lantern, role="Manager", email="m@lantern.example")
    return ask(world, asked.answer(WORDS))


@pytest.fixture
def write(
    world: World, given: Contribution, django_capture_on_commit_callbacks: Any
) -> Callable[..., PartnerReply]:
    """Alice writes down what Lantern Youth said; mails go out."""

    def write(**changes: Any) -> PartnerReply:
        with django_capture_on_commit_callbacks(execute=True):
            made = answered(world, given, said_on=ON, **changes)
        made.refresh_from_db()
        return made

    return write


def path_in(message: Any) -> str:
    found = re.search(r"/voices/reply-by-mail/\S+/", message.body)
    assert found
    return found[0]


def test_the_partner_is_told_who_said_what_how_and_when_and_no_word_of_young_people(
    world: World, write: Callable[..., PartnerReply], as_: As
) -> None:
    made = write()
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == (["m@lantern.example"], ["alice@example.org"])
    for words in (
        "Head of youth services, by telephone on 3 November 2026",
        "A youth worker is there on Tuesdays.",
        "Alice wrote down",
    ):
        assert words in sent.body, words
    assert WORDS not in sent.body
    assert made.told_on == TODAY
    page = text(as_("alice").get("/voices/asked-for/"))
    assert "Said by: Head of youth services, by telephone on 3 November 2026." in page
    assert "Lantern Youth was told by mail on" in page
    public = text(as_("nobody").get("/voices/safer/"))
    assert "Said by: Head of youth services, by telephone in November 2026." in public


def test_it_is_told_again_only_where_the_words_have_changed(
    write: Callable[..., PartnerReply], as_: As
) -> None:
    write()
    write()
    assert len(mail.outbox) == 1
    write(said_how="meeting")
    assert len(mail.outbox) == 2
    first, second = (as_("nobody").get(path_in(each)).status_code for each in mail.outbox)
    assert (first, second) == (404, 200)


def test_nobody_to_tell_is_said(world: World, write: Callable[..., PartnerReply], as_: As) -> None:
    Contact.objects.update(email="alice@example.org")
    assert (write().told_on, mail.outbox) == (None, []), "whoever writes it down does not check themselves"
    assert "No mail told Lantern Youth of it" in text(as_("alice").get("/voices/asked-for/"))


def test_one_button_takes_it_away_and_the_coordinators_are_told(
    world: World,
    given: Contribution,
    write: Callable[..., PartnerReply],
    as_: As,
    django_capture_on_commit_callbacks: Any,
) -> None:
    write()
    path, nobody = path_in(mail.outbox[0]), as_("nobody")
    for _twice in range(2):
        page = text(nobody.get(path))
    assert PartnerReply.objects.count() == 1, "a scanner of mails follows links"
    assert page.count("<form") == page.count('type="submit"') == 1
    for words in (WORDS, "by telephone on 3 November 2026", "You answer as: Manager."):
        assert words in page, words
    with django_capture_on_commit_callbacks(execute=True):
        answer = nobody.post(path, follow=True)
    assert "the answer is gone" in text(answer)
    assert not PartnerReply.objects.exists()
    assert waiting_for_a_reply(world.person("alice")) == 1
    assert mail.outbox[1].to == ["alice@example.org"]
    assert "Lantern Youth did not say so" in mail.outbox[1].subject
    last = AuditEntry.objects.order_by("-pk")[0]
    assert (last.action, last.by) == ("contribution.contradict_reply", "Manager")
    assert (nobody.get(path).status_code, nobody.post(path).status_code) == (404, 404)


def test_a_link_ends_with_whoever_leaves(write: Callable[..., PartnerReply], as_: As) -> None:
    write()
    path = path_in(mail.outbox[0])
    Contact.objects.all().delete()
    assert as_("nobody").get(path).status_code == 404
    with pytest.raises(PermissionDenied):
        contradict_reply(token=path.split("/")[-2])
    assert PartnerReply.objects.exists()


@pytest.mark.parametrize("token", ["x", "1.2:a:b"])
def test_no_other_link_leads_there(token: str, given: Contribution, as_: As) -> None:
    assert as_("nobody").get(f"/voices/reply-by-mail/{token}/").status_code == 404
