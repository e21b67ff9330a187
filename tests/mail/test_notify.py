"""Mails through GOV.UK Notify, against a server that answers as its API is documented."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import send_due, store
from joinedup.site import environment

pytestmark = pytest.mark.django_db
SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
# HTTP status, error and message, as the documentation has them.
ERRORS = {
    "wrong": (400, "ValidationError", "email_address Not a valid email address"),
    "team": (400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
    "trial": (400, "BadRequestError", "Can't send to this recipient when service is in trial mode"),
    "rate": (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    "day": (429, "TooManyRequestsError", "Exceeded send limits (50) for today"),
    "broken": (500, "Exception", "Internal server error"),
}


class Double(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    took: list[dict[str, Any]] = []
    calls = 0

    def do_POST(self) -> None:
        Double.calls += 1
        posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        word = posted["email_address"].partition("@")[0]
        if self.path != "/v2/notifications/email":
            self.answer(404, "NotFound", "Not found")
        elif problem := token_problem(self.headers.get("Authorization", "").removeprefix("Bearer ")):
            self.answer(403, "AuthError", problem)
        elif word == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif word in ERRORS:
            self.answer(*ERRORS[word])
        elif posted["template_id"] != TEMPLATE or set(posted["personalisation"]) != {"subject", "body"}:
            self.answer(400, "BadRequestError", "Template not found")
        else:
            Double.took.append(posted)
            self.write(201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": posted["reference"]})

    def answer(self, status: int, error: str, message: str) -> None:
        self.write(status, {"status_code": status, "errors": [{"error": error, "message": message}]})

    def write(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""


def token_problem(token: str) -> str:
    """Empty for a token that the service would accept."""
    head, _dot, signature = token.rpartition(".")
    if plain(hmac.digest(SECRET.encode(), head.encode(), hashlib.sha256)) != signature:
        return "Invalid token: signature, api token is not valid"
    first, claims = (json.loads(base64.urlsafe_b64decode(each + "==")) for each in head.split("."))
    if first != {"typ": "JWT", "alg": "HS256"} or claims["iss"] != SERVICE:
        return "Invalid token: service not found"
    if abs(claims["iat"] - time.time()) > 30:
        return "Error: Your system clock must be accurate to within 30 seconds"
    return ""


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(autouse=True)
def double(settings: Any) -> Iterator[None]:
    cache.clear()
    Double.took, Double.calls = [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Double)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.EMAIL_BACKEND = "joinedup.mail.notify.EmailBackend"
    settings.NOTIFY_URL = f"http://127.0.0.1:{server.server_port}"
    settings.NOTIFY_API_KEY = f"our key-{SERVICE}-{SECRET}"
    settings.NOTIFY_TEMPLATE, settings.NOTIFY_REPLY_TO = TEMPLATE, ""
    yield
    server.shutdown()
    server.server_close()


def stored(*words: str, **more: Any) -> None:
    store(
        [
            EmailMultiAlternatives("A day", "You come.\n", to=[f"{each}@example.org"], **more)
            for each in words
        ],
        footprint=None,
        facts={},
    )


def states() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", "status"))


def test_a_mail_goes_with_its_reference_its_reply_address_and_its_way_out(settings: Any) -> None:
    off = "http://testserver/mails/off/x/"
    stored("ro", reply_to=["alice@example.org"], headers={"List-Unsubscribe": f"<{off}>"})
    settings.NOTIFY_REPLY_TO = "8e222534-7f05-4972-86e3-17c5d9f894e2"
    assert send_due().accepted == 1
    assert Double.took == [
        {
            "email_address": "ro@example.org",
            "template_id": TEMPLATE,
            "personalisation": {
                "subject": "A day",
                "body": "You come.\n\nTo answer, write to alice@example.org.",
            },
            "reference": OutgoingMail.objects.get().message_id,
            "one_click_unsubscribe_url": off,
            "email_reply_to_id": "8e222534-7f05-4972-86e3-17c5d9f894e2",
        }
    ]


def test_what_it_refuses_and_what_it_puts_off() -> None:
    stored("wrong", "ro", "team", "trial", "broken", "sam")
    sent = send_due()
    assert (sent.accepted, sent.refused, sent.later) == (2, 3, 1)
    assert states() == [
        ("refused", "5.1.3"), ("sent", ""), ("refused", "5.7.1"), ("refused", "5.7.1"), ("waiting", "4.3.0"),
        ("sent", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["rate", "day"])
def test_at_a_limit_every_mail_waits_and_none_is_doubtful(word: str) -> None:
    stored(word, "ro")
    assert send_due().later == 1
    assert [state for state, _status in states()] == ["waiting", "waiting"]
    assert Double.calls == 1


@pytest.mark.parametrize("key", [f"k-{SERVICE}-{SECRET[:-1]}1", f"k-{SECRET}-{SECRET}"])
def test_with_a_key_that_is_not_accepted_every_mail_waits(settings: Any, key: str) -> None:
    settings.NOTIFY_API_KEY = key
    stored("ro")
    assert send_due().later == 1
    assert states() == [("waiting", "")]


def test_where_nobody_answers_any_more_it_is_doubtful_and_where_nobody_answers_at_all_it_waits(
    settings: Any,
) -> None:
    stored("cut")
    assert send_due().unknown == 1
    settings.NOTIFY_URL = "http://127.0.0.1:9"
    stored("ro")
    assert send_due().later == 1
    assert [state for state, _status in states()] == ["doubtful", "waiting"]


def test_a_calendar_file_becomes_a_sentence_and_any_other_attachment_is_refused() -> None:
    for kind in ("text/calendar; method=PUBLISH", "application/pdf"):
        made = EmailMultiAlternatives("A day", "You come.", to=["ro@example.org"], reply_to=["a@example.org"])
        made.attach("a file", b"x", kind)
        store([made], footprint=None, facts={})
    send_due()
    assert [state for state, _status in states()] == ["sent", "refused"]
    assert (
        "A calendar file cannot come with this mail: the page of the event has one."
        in (Double.took[0]["personalisation"]["body"])
    )


def test_its_delivery_receipts_name_the_mail(settings: Any) -> None:
    settings.MAIL_REPORT_SECRET = "right"
    stored("ro")
    send_due()
    receipt = {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": Double.took[0]["reference"], "to": "ro@example.org",
        "status": "permanent-failure", "created_at": "2017-05-14T12:15:30.000000Z", "notification_type": "email",
        "template_id": TEMPLATE, "template_version": 1,
    }  # fmt: skip
    Client().post(
        "/mail/reports/", receipt, content_type="application/json", HTTP_AUTHORIZATION="Bearer right"
    )
    assert states() == [("returned", "5.1.1")]


def test_the_site_does_not_start_without_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_API_KEY", "short")
    with pytest.raises(ImproperlyConfigured, match="NOTIFY_API_KEY"):
        environment.notify("joinedup.mail.notify.EmailBackend")
    assert environment.notify("django.core.mail.backends.smtp.EmailBackend") == ("short", "")
