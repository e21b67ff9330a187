"""Mails go once the change is kept, and what was noted is undone where one reached nobody."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from joinedup.mail.models import KeptMail
from joinedup.mail.send import send_on_commit

pytestmark = pytest.mark.django_db


def mails(*names: str) -> list[EmailMultiAlternatives]:
    return [EmailMultiAlternatives("A day", "You come.", to=[f"{name}@example.org"]) for name in names]


def test_they_go_once_the_change_is_kept(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sending = send_on_commit(mails("ro", "sam"))
        assert (mail.outbox, sending.number) == ([], 2)
    assert [each.to for each in mail.outbox] == [["ro@example.org"], ["sam@example.org"]]
    assert (sending.sent, sending.refused, sending.kept) == (2, 0, 0)


def test_none_goes_where_the_change_is_undone(django_capture_on_commit_callbacks: Any) -> None:
    def fail() -> None:
        with transaction.atomic():
            send_on_commit(mails("ro"))
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        fail()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("names", "refused", "is_nobody"),
    [
        (("ro", "sam"), [[0, 1]], True),
        (("worker", "sam"), [[1]], False),
        (("worker",), [], False),
        ((), [], False),
    ],
)
def test_who_sends_hears_which_were_refused_and_whether_it_reached_nobody(
    settings: Any,
    django_capture_on_commit_callbacks: Any,
    names: tuple[str, ...],
    refused: list[list[int]],
    is_nobody: bool,
) -> None:
    settings.EMAIL_BACKEND = "tests.mail.refusing.KnowsWorkers"
    heard: list[list[int]] = []
    nobody: list[bool] = []
    with django_capture_on_commit_callbacks(execute=True):
        sending = send_on_commit(
            mails(*names), refused=heard.append, reached_nobody=lambda: nobody.append(True)
        )
    assert (heard, nobody) == (refused, [True] if is_nobody else [])
    assert sending.refused == len(refused[0] if refused else [])


def test_a_mail_that_waits_for_the_worker_reached_somebody(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*_: Any) -> int:
        raise smtplib.SMTPServerDisconnected("away")

    monkeypatch.setattr("tests.mail.refusing.Refusing.send_messages", away)
    settings.EMAIL_BACKEND = "tests.mail.refusing.Refusing"
    nobody: list[bool] = []
    with django_capture_on_commit_callbacks(execute=True):
        sending = send_on_commit(mails("ro"), reached_nobody=lambda: nobody.append(True))
    assert (sending.kept, nobody, KeptMail.objects.count()) == (1, [], 1)
