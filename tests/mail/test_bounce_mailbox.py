"""The mailbox that delivery reports come back to: a server, a Maildir, or an mbox file."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache

from joinedup.mail import bounce_mailbox
from joinedup.mail.bounce_mailbox import read_bounces, why_unread
from joinedup.mail.models import OutgoingMail
from joinedup.site.health import findings
from tests.mail.imap_double import FOLDER, ImapDouble, certificate
from tests.mail.mailbag import THEIRS, no_reports, person, postfix
from tests.mail.test_returned import one_sent

pytestmark = pytest.mark.django_db

NAME, PASSWORD = "bounces@example.org", 'p@ss "wörd"/#:'


def look() -> int:
    """As the worker, a minute later."""
    cache.delete("bounces-read")
    return read_bounces()


@pytest.fixture
def sent() -> OutgoingMail:
    return one_sent()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapDouble]:
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = ImapDouble(file, NAME, PASSWORD)
    yield server
    server.end()


def address(server: ImapDouble, password: str = PASSWORD, folder: str = FOLDER) -> str:
    return (
        f"imaps://{quote(NAME, safe='')}:{quote(password, safe='')}@127.0.0.1:{server.port}/{quote(folder)}"
    )


def test_a_server_keeps_what_a_person_has_to_read(
    server: ImapDouble, settings: Any, sent: OutgoingMail
) -> None:
    for_people = [person("Thank you."), postfix(THEIRS), no_reports(sent.message_id)["parts in parts"]]
    server.mails += [(each, set()) for each in [*for_people, postfix(sent.message_id)]]
    settings.BOUNCE_MAILBOX = address(server)
    assert look() == 1
    assert server.mails == [(each, {"\\Seen"}) for each in for_people]
    sent.refresh_from_db()
    assert (sent.state, sent.status) == ("returned", "5.1.1")
    # Twice reported: it counts once, and goes.
    server.mails.append((postfix(sent.message_id), set()))
    assert look() == 0
    assert len(server.mails) == len(for_people)


def test_of_a_long_mail_the_beginning_is_read(
    server: ImapDouble, settings: Any, sent: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounce_mailbox, "LONGEST", 3000)
    long = "a line of many\n" * 1000
    server.mails += [(person(long), set()), (postfix(sent.message_id) + long.encode(), set())]
    settings.BOUNCE_MAILBOX = address(server)
    assert look() == 1
    assert server.asked == 3000
    assert [flags for _raw, flags in server.mails] == [{"\\Seen"}]


def test_more_than_fit_into_one_look_come_with_the_next(
    server: ImapDouble, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounce_mailbox, "AT_ONE_LOOK", 2)
    server.mails += [(postfix(one_sent(f"{each}@example.org").message_id), set()) for each in range(3)]
    settings.BOUNCE_MAILBOX = address(server)
    assert [look(), look(), look(), len(server.mails)] == [2, 1, 0, 0]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"password": "simple"}, "it does not accept the name and password"),
        ({"password": "ünlike"}, "it does not accept the name and password"),
        ({"folder": "None"}, "there is no such folder"),
    ],
)
def test_what_is_wrong_with_a_server_is_said_by_the_check(
    server: ImapDouble, settings: Any, wrong: dict[str, str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BOUNCE_MAILBOX = address(server, **wrong)
    assert (look(), why_unread()) == (0, why)
    assert "@" not in caplog.text
    said = f"The mailbox of delivery reports cannot be read: {why}. See BOUNCE_MAILBOX."
    assert said in [each.sentence for each in findings()]
    settings.BOUNCE_MAILBOX = address(server)
    assert (look(), why_unread()) == (0, "")


def test_no_password_goes_to_a_server_that_nobody_vouches_for(
    server: ImapDouble, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server.mails.append((person("Thank you."), set()))
    settings.BOUNCE_MAILBOX = address(server)
    assert look() == 0
    assert why_unread().startswith("its certificate is not trusted (self-signed certificate")
    assert server.mails[0][1] == set()


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_the_worker_reads_the_mailbox_and_leaves_what_is_for_people(
    kind: str, tmp_path: Path, settings: Any, sent: OutgoingMail
) -> None:
    for_people = [
        each.replace(b"\r\n", b"\n") for each in [person("Thank you."), *no_reports(sent.message_id).values()]
    ]
    place = tmp_path / "returned"
    held: mailbox.Mailbox[Any] = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
    for raw in [postfix(sent.message_id).replace(b"\r\n", b"\n"), *for_people]:
        held.add(raw)
    held.close()
    settings.BOUNCE_MAILBOX = f"{kind}:{place}"
    assert look() == 1
    again: mailbox.Mailbox[Any] = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
    left = sorted(again.get_bytes(each).replace(b"Status: RO\n", b"").strip() for each in again.iterkeys())
    assert left == sorted(each.strip() for each in for_people)
    again.close()
    assert read_bounces() == 0, "once a minute"
    assert look() == 0
    assert OutgoingMail.objects.get().state == "returned"


def test_a_mailbox_that_is_not_there_is_said_without_its_address(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BOUNCE_MAILBOX = "mbox:/nowhere/secret"
    assert look() == 0
    assert "cannot be read: FileNotFoundError" in caplog.text
    assert "secret" not in caplog.text
