"""A mail over SMTP itself: when it counts as handed over, and what a connection that breaks means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives

from joinedup.mail.line import Away, Line, Outcome
from tests.mail.smtp_double import SmtpDouble

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(settings: Any) -> Iterator[SmtpDouble]:
    cache.clear()
    server = SmtpDouble()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.end()


def a_mail(to: str) -> EmailMultiAlternatives:
    return EmailMultiAlternatives(
        "A day", "You come.", to=[f"{to}@example.org"], headers={"Message-ID": f"<{to}@x>"}
    )


def test_each_answer_over_one_connection_and_when_it_is_handed_over(double: SmtpDouble) -> None:
    handed: list[str] = []
    with Line(5) as line:
        replies = {
            to: line.send(a_mail(to), lambda to=to: handed.append(to))
            for to in ("ro", "refused", "busy", "al")
        }
    assert {to: (each.outcome, each.code, each.status) for to, each in replies.items()} == {
        "ro": (Outcome.ACCEPTED, None, ""),
        "refused": (Outcome.REFUSED, 550, "5.1.1"),
        "busy": (Outcome.LATER, 451, "4.3.0"),
        "al": (Outcome.ACCEPTED, None, ""),
    }
    assert handed == ["ro", "al"], "what the server refuses before was never handed over"
    assert double.accepted == ["<ro@x>", "<al@x>"]


@pytest.mark.parametrize(("step", "outcome"), [("RCPT", Outcome.LATER), ("DATA", Outcome.UNKNOWN)])
def test_a_connection_that_breaks_before_its_words_left_leaves_no_doubt(
    double: SmtpDouble, step: str, outcome: Outcome
) -> None:
    def hang_up(at: str) -> None:
        if at == step:
            raise ConnectionResetError

    double.at = hang_up
    with Line(5) as line:
        reply = line.send(a_mail("ro"), lambda: None)
    assert (reply.outcome, reply.is_broken, double.accepted) == (outcome, True, [])


def test_no_server_at_all(settings: Any, double: SmtpDouble) -> None:
    double.end()
    with pytest.raises(Away), Line(1):
        pass
