"""What becomes of mails when the mail server hangs, is away, says "later" or "never": nothing is lost, nobody waits."""

from __future__ import annotations

import datetime
import smtplib
import socket
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings as live
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone
from joinedup.mail.server import Delivered

from joinedup.events.models import Event
from joinedup.mail import kept
from joinedup.mail.compose import compose
from joinedup.mail.models import KeptMail
from joinedup.mail.send import deliver, deliver_now_or_never
from joinedup.mail.turns import after_turn, in_turn
from joinedup.partners.models import Partner
from joinedup.registration.models import Attendee
from joinedup.site import health
from tests.world import World, make_world, published_event

HERE = __name__


@pytest.fixture(autouse=True)
def _answers_again() -> None:
    cache.clear()
    Scripted.answers, Scripted.took = [], []


class Scripted(EmailBackend):
    """A mail server that answers each mail as told: an exception is raised, None is taken."""

    answers: list[Exception | None] = []
    took: list[EmailMultiAlternatives] = []

    def send_messages(self, messages: Any) -> int:
        answer = Scripted.answers.pop(0) if Scripted.answers else None
        if answer is not None:
            raise answer
        Scripted.took += messages
        return len(messages)


def a_mail(to: str = "ro@example.org") -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(
        "Your place", "You come.", to=[to], reply_to=["alice@example.org"], headers={"List-Id": "<x.y>"}
    )
    made.attach_alternative("<p>You come.</p>", "text/html")
    made.attach("event.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar; method=PUBLISH")
    return made


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"ro@example.org": (code, b"ro@example.org")})


def later(minutes: int) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(minutes=minutes)


def test_a_mail_that_waited_goes_out_as_it_was_written(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    Scripted.answers = [ConnectionRefusedError()]
    written = a_mail()
    assert deliver([written]).kept == [0]
    assert kept.send_kept(timezone.now()) == 0, "not at once"
    assert kept.send_kept(later(2)) == 1
    (sent,) = Scripted.took
    for name in ("subject", "body", "from_email", "to", "reply_to", "extra_headers", "alternatives"):
        assert getattr(sent, name) == getattr(written, name), name
    assert [tuple(each) for each in sent.attachments] == [tuple(each) for each in written.attachments]
    assert "Message-ID" in sent.extra_headers, "a mail program shows one that came twice once"
    assert not KeptMail.objects.exists()
    assert kept.send_kept(later(100)) == 0


def test_one_that_is_refused_for_good_is_reported_and_one_that_is_put_off_is_kept(
    db: None, settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    full, busy = smtplib.SMTPDataError(552, b"too big"), smtplib.SMTPDataError(451, b"later")
    Scripted.answers = [refused(550), refused(450), None, full, busy]
    done = deliver([a_mail() for _ in range(5)])
    assert (done.refused, done.kept) == ([0, 3], [1, 4])
    assert len(Scripted.took) == 1
    assert KeptMail.objects.count() == 2


def test_a_connection_that_breaks_keeps_all_that_follow(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    Scripted.answers = [None, smtplib.SMTPServerDisconnected("away")]
    assert deliver([a_mail() for _ in range(4)]).kept == [1, 2, 3]


class Silent:
    """A mail server that takes every call and never says a word."""

    def __init__(self) -> None:
        self.calls = 0
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            self.calls += 1
            self._open.append(caller)

    def end(self) -> None:
        self._door.close()
        for each in self._open:
            each.close()


@pytest.fixture
def silent(settings: Any) -> Iterator[Silent]:
    server = Silent()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 0.2
    yield server
    server.end()


def test_a_mail_server_that_hangs_is_waited_for_once_and_everything_is_kept(
    world: World, silent: Silent, caplog: pytest.LogCaptureFixture
) -> None:
    words = dict.fromkeys(("by", "body", "role", "link"), "x")
    for n in range(24):
        done = deliver([compose("accounts/mails/invited", f"secret{n}@example.org", words)])
        assert not done.refused, "it is on its way"
    assert not deliver_now_or_never(compose("accounts/mails/login_code", "secret@example.org", {"code": "1"}))
    assert silent.calls == 1, "after the first, nobody waits again"
    assert KeptMail.objects.count() == 24
    assert "secret" not in caplog.text


def test_a_code_to_sign_in_is_never_kept(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    for answer in (ConnectionRefusedError(), refused(450)):
        cache.clear()
        Scripted.answers = [answer]
        assert not deliver_now_or_never(a_mail())
    assert not KeptMail.objects.exists()


def test_what_was_not_taken_waits_longer_each_time_and_is_let_go_after_a_day(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    Scripted.answers = [ConnectionRefusedError() for _ in range(100)]
    deliver([a_mail("secret@example.org")])
    tries, at = [], timezone.now()
    while KeptMail.objects.exists():
        before = len(Scripted.answers)
        kept.send_kept(at)
        if len(Scripted.answers) < before:
            tries.append(at)
        at += datetime.timedelta(minutes=1)
    gaps = [(b - a).total_seconds() / 60 for a, b in pairwise(tries)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (2, 60)
    assert 20 <= len(tries) <= 40
    assert "1 mails were let go" in caplog.text
    assert "secret" not in caplog.text


def test_a_second_worker_in_the_same_moment_sends_nothing_twice(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    Scripted.answers = [ConnectionRefusedError()]
    deliver([a_mail(), a_mail("sam@example.org")])
    attempt, second = kept.attempt, []

    def interrupted(mails: Any, seconds: float) -> Delivered:
        monkeypatch.setattr(kept, "attempt", attempt)
        second.append(kept.send_kept(later(2)))
        return attempt(mails, seconds)

    monkeypatch.setattr(kept, "attempt", interrupted)
    assert kept.send_kept(later(2)) == 2
    assert second == [0]
    assert len(Scripted.took) == 2


def test_check_says_when_mails_wait(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    Scripted.answers = [ConnectionRefusedError()]
    deliver([a_mail()])
    assert not health._mails(), "not within the first minutes"
    KeptMail.objects.update(kept_at=timezone.now() - datetime.timedelta(hours=2))
    (found,) = health._mails()
    assert "1 mail waits since" in found.sentence


class Listening(EmailBackend):
    """A mail server that looks, while it is written to, whether somebody else could write to the records."""

    free: list[bool] = []

    def send_messages(self, messages: Any) -> int:
        Listening.free.append(somebody_else_may_write())
        return super().send_messages(messages)


def somebody_else_may_write() -> bool:
    import fcntl

    with (live.HOME / "turns.lock").open("a") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return not connection.in_atomic_block


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL lets many write at once: it has no turns"
)
@pytest.mark.django_db(transaction=True)
def test_no_mail_goes_while_others_wait_to_register(client: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Listening"
    world = make_world()
    Partner.objects.update(marking="public")
    event = an_event(world)
    Listening.free.clear()
    for name in ("ro", "sam"):
        typed = {
            "part": "guest",
            "partner": world.school.pk,
            "role": "Worker",
            "email": f"{name}@example.org",
        }
        assert client.post(f"/events/{event.slug}/register/", typed).status_code == 302
    assert Attendee.objects.count() == 2
    assert Listening.free == [True, True]


def an_event(world: World) -> Event:
    return published_event(
        by=world.person("alice"),
        footprint=world.north,
        name="A day",
        date=timezone.localdate() + datetime.timedelta(days=30),
        venue="Hall",
    )


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL lets many write at once: it has no turns"
)
@pytest.mark.django_db(transaction=True)
def test_what_follows_a_turn_comes_after_it_even_when_some_of_it_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[bool] = []

    def fail() -> None:
        raise RuntimeError("gone")

    with in_turn():
        assert not somebody_else_may_write()
        with transaction.atomic():
            transaction.on_commit(lambda: after_turn(fail))
            transaction.on_commit(lambda: after_turn(lambda: seen.append(somebody_else_may_write())))
        assert seen == []
    assert seen == [True]
    assert "could not be done" in caplog.text
    after_turn(lambda: seen.append(True))
    assert seen == [True, True], "at once where no turn is held"
    assert mail.outbox == []
