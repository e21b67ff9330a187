"""What comes back after a mail was accepted: delivery reports in a mailbox, and what a mail service posts."""

from __future__ import annotations

import mailbox
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from joinedup.mail.addresses import failing
from joinedup.mail.bounce_mailbox import read_bounces
from joinedup.mail.models import Mailbox, OutgoingMail
from joinedup.mail.outbox import send_due, store
from joinedup.mail.returned import Report, note_returned, reports_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> OutgoingMail:
    return one_sent()


def one_sent(to: str = "gone@example.org") -> OutgoingMail:
    store([EmailMultiAlternatives("A day", "You come.", to=[to])], footprint=None, facts={})
    send_due()
    row = OutgoingMail.objects.latest("pk")
    assert row.state == "sent"
    return row


def report(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", returned: str = "text/rfc822-headers"
) -> bytes:
    """As RFC 3464 writes it, in its appendix."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: joinedup@localhost\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; somebody-else@example.net\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: {returned}\r\n\r\nSubject: A day\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_the_mail_and_why(returned: str) -> None:
    raw = report("<a@b>", returned=returned, status="5.2.2 (full)")
    assert reports_in(raw) == [Report("<a@b>", "5.2.2")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00 no mail at all",
        b"Subject: Out of office\r\n\r\nI am away until Monday. <a@b>",
        report("<a@b>", action="delayed", status="4.4.1"),
        report("<a@b>", action="delivered", status="2.0.0"),
        report("no id"),
        report("<a@b>")[:200],
    ],
)
def test_anything_else_is_no_report(raw: bytes) -> None:
    assert reports_in(raw) == []


def test_it_counts_once_and_twice_for_good_stops_the_address(sent: OutgoingMail) -> None:
    (found,) = reports_in(report(sent.message_id))
    assert [note_returned(found), note_returned(found)] == [True, False]
    sent.refresh_from_db()
    assert (sent.state, sent.status, Mailbox.objects.get().failures) == ("returned", "5.1.1", 1)
    assert not note_returned(Report("<made-up@example.net>", "5.1.1"))
    assert failing(["somebody-else@example.net", sent.to]) == set()
    second = one_sent()
    assert note_returned(Report(second.message_id, "5.1.1"))
    assert failing(["somebody-else@example.net", sent.to]) == {sent.to}


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.1"])
def test_what_is_not_about_the_address_does_not_count_against_it(sent: OutgoingMail, status: str) -> None:
    assert note_returned(Report(sent.message_id, status))
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_the_worker_reads_the_mailbox_and_leaves_what_is_for_people(
    kind: str, tmp_path: Path, settings: Any, sent: OutgoingMail
) -> None:
    place = tmp_path / "returned"
    held: mailbox.Mailbox[Any] = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
    for raw in (report(sent.message_id), b"Subject: Thank you\r\n\r\nA person wrote this.\r\n"):
        held.add(message_from_bytes(raw))
    held.close()
    settings.BOUNCE_MAILBOX = f"{kind}:{place}"
    cache.clear()
    assert read_bounces() == 1
    again: mailbox.Mailbox[Any] = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
    assert [each["Subject"] for each in again] == ["Thank you"]
    again.close()
    assert read_bounces() == 0, "once a minute"
    cache.clear()
    assert read_bounces() == 0
    assert OutgoingMail.objects.get().state == "returned"


def test_a_mailbox_that_is_not_there_is_said_without_its_address(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BOUNCE_MAILBOX = "mbox:/nowhere/secret"
    cache.clear()
    assert read_bounces() == 0
    assert "cannot be read: FileNotFoundError" in caplog.text
    assert "secret" not in caplog.text


class TestService:
    def post(self, body: Any, secret: str = "right") -> int:
        answer = Client(enforce_csrf_checks=True).post(
            "/mail/reports/", body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {secret}"
        )
        return int(answer.status_code)

    @pytest.fixture(autouse=True)
    def _secret(self, settings: Any) -> None:
        settings.MAIL_REPORT_SECRET = "right"

    def test_what_it_says_is_stored(self, sent: OutgoingMail) -> None:
        about = {"reference": sent.message_id, "to": "x@example.net"}
        assert self.post(about | {"status": "delivered"}) == 200
        assert OutgoingMail.objects.get().state == "sent"
        assert self.post(about | {"status": "permanent-failure"}) == 200
        assert (OutgoingMail.objects.get().state, OutgoingMail.objects.get().status) == ("returned", "5.1.1")

    def test_nobody_else_can_say_it(self, sent: OutgoingMail, settings: Any) -> None:
        about = {"reference": sent.message_id, "status": "permanent-failure"}
        assert self.post(about, "wrong") == 403
        assert self.post(about, "") == 403
        assert self.post("not JSON") == self.post(["a"]) == self.post({"status": "x"}) == 400
        settings.MAIL_REPORT_SECRET = ""
        assert self.post(about, "") == 404
        assert OutgoingMail.objects.get().state == "sent"
