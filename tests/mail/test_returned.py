"""What comes back after a mail was accepted: delivery reports in a mailbox, and what a mail service posts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from joinedup.mail.addresses import failing
from joinedup.mail.models import Mailbox, OutgoingMail
from joinedup.mail.outbox import send_due, store
from joinedup.mail.returned import Report, note_returned, reports_in
from tests.mail.mailbag import REPORTS, no_reports, postfix

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


@pytest.mark.parametrize("who", REPORTS)
def test_a_report_names_the_mail_and_why(who: str) -> None:
    assert reports_in(REPORTS[who]("<a@b>", "5.2.2")) == [Report("<a@b>", "5.2.2")]


def test_a_status_that_is_none_is_a_failure_for_good() -> None:
    assert reports_in(postfix("<a@b>", "unknown")) == [Report("<a@b>", "5.0.0")]


@pytest.mark.parametrize("what", sorted(set(no_reports("")) - {"never ours", "parts in parts"}))
def test_anything_else_is_no_report(what: str) -> None:
    assert reports_in(no_reports("<a@b>")[what]) == []


def test_it_counts_once_and_twice_for_good_stops_the_address(sent: OutgoingMail) -> None:
    (found,) = reports_in(postfix(sent.message_id))
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
