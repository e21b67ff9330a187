"""What becomes of mails when the mail server hangs, is away, says "later" or "never", or a process is killed:
nothing is lost, nothing goes twice, nobody waits."""

from __future__ import annotations

import datetime
import smtplib
import socket
import threading
from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as live
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from joinedup.mail import background, outbox
from joinedup.mail.addresses import note_failure, works_again
from joinedup.mail.compose import compose
from joinedup.mail.models import MailBatch, Mailbox, OutgoingMail
from joinedup.mail.outbox import Refused, send_due, store
from joinedup.mail.send import Undo, deliver_now_or_never, send_on_commit
from joinedup.mail.worker_mark import WORKER_SEEN, note_worker
from joinedup.privacy.retention import SENT_MAIL, UNDELIVERED_MAIL
from joinedup.site import health
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = __name__
State = OutgoingMail.State


class Killed(BaseException):
    """The process ends here: nothing after it is done."""


@pytest.fixture(autouse=True)
def _answers_again(settings: Any) -> None:
    cache.clear()
    Scripted.answers, Scripted.took = [], []
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"


class Scripted(EmailBackend):
    """A mail server that answers each mail as told: an exception is raised, None is taken."""

    answers: list[BaseException | None] = []
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


def stored(number: int = 1, to: str = "ro@example.org") -> list[OutgoingMail]:
    store([a_mail(to) for _ in range(number)], footprint=None, facts={})
    return list(OutgoingMail.objects.order_by("pk"))


def refused(code: int, text: bytes = b"ro@example.org") -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"ro@example.org": (code, text)})


def later(minutes: int) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(minutes=minutes)


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


def test_mails_are_stored_with_the_change_and_go_out_as_they_were_written(
    django_capture_on_commit_callbacks: Any,
) -> None:
    written = a_mail()
    with django_capture_on_commit_callbacks(execute=True):
        assert send_on_commit([written]).number == 1
        assert (states(), Scripted.took) == (["waiting"], [])
    (sent,) = Scripted.took
    for name in ("subject", "body", "from_email", "to", "reply_to", "extra_headers", "alternatives"):
        assert getattr(sent, name) == getattr(written, name), name
    assert [tuple(each) for each in sent.attachments] == [tuple(each) for each in written.attachments]
    (row,) = OutgoingMail.objects.all()
    assert (row.state, row.mail, row.message_id) == ("sent", {}, sent.extra_headers["Message-ID"])
    assert send_due(later(100)).accepted == 0


def test_none_is_stored_where_the_change_is_undone() -> None:
    def fail() -> None:
        with transaction.atomic():
            send_on_commit([a_mail()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not OutgoingMail.objects.exists()


def test_what_the_server_answers(caplog: pytest.LogCaptureFixture) -> None:
    stored(6)
    full, busy = smtplib.SMTPDataError(552, b"5.3.4 too big"), smtplib.SMTPDataError(451, b"4.3.0 later")
    Scripted.answers = [refused(550), refused(450), None, full, busy, ValueError("no such header")]
    sent = send_due()
    assert (sent.accepted, sent.refused, sent.later, sent.unknown) == (1, 3, 2, 0)
    assert states() == ["refused", "waiting", "sent", "refused", "waiting", "refused"]
    codes = list(OutgoingMail.objects.order_by("pk").values_list("code", "status"))
    assert codes == [(550, ""), (450, ""), (None, ""), (552, "5.3.4"), (451, "4.3.0"), (None, "")]
    assert Mailbox.objects.get().failures == 1, "only the address that is wrong counts against it"
    assert "example.org" not in caplog.text


def test_a_connection_that_breaks_leaves_one_doubtful_and_the_rest_waiting() -> None:
    stored(3)
    Scripted.answers = [None, smtplib.SMTPServerDisconnected("away")]
    send_due()
    assert states() == ["sent", "doubtful", "waiting"]
    assert OutgoingMail.objects.get(state="doubtful").mail, (
        "it can still be sent again, by somebody who asked"
    )
    assert send_due(later(300)).accepted == 1
    assert states() == ["sent", "doubtful", "sent"]


@pytest.mark.parametrize(
    ("where", "after", "accepted"), [("_hand_over", "sent", 1), ("_settle", "doubtful", 0)]
)
def test_a_process_that_is_killed_loses_none_and_sends_none_twice(
    monkeypatch: pytest.MonkeyPatch, where: str, after: str, accepted: int
) -> None:
    """Before its words leave, and between the server's yes and our note of it."""

    def kill(*_: Any) -> None:
        raise Killed

    stored()
    with monkeypatch.context() as patched:
        patched.setattr(outbox, where, kill)
        with pytest.raises(Killed):
            send_due()
    assert states() == ["claimed"]
    assert send_due().accepted == 0, "it may still be at it"
    OutgoingMail.objects.update(claimed_at=timezone.now() - outbox.CLAIM_IS_OLD)
    assert send_due().accepted == accepted
    assert states() == [after]
    assert len(Scripted.took) == 1


def test_who_stood_still_for_minutes_sends_nothing_that_another_took(monkeypatch: pytest.MonkeyPatch) -> None:
    stored()
    hand_over = outbox._hand_over

    def stands_still(row: OutgoingMail) -> None:
        monkeypatch.setattr(outbox, "_hand_over", hand_over)
        OutgoingMail.objects.update(claimed_at=timezone.now() - outbox.CLAIM_IS_OLD)
        assert send_due().accepted == 1
        hand_over(row)

    monkeypatch.setattr(outbox, "_hand_over", stands_still)
    assert send_due().accepted == 0
    assert (states(), len(Scripted.took)) == (["sent"], 1)


def test_a_second_worker_in_the_same_moment_sends_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    stored(2)
    settle, second = outbox._settle, []

    def interrupted(*given: Any) -> None:
        monkeypatch.setattr(outbox, "_settle", settle)
        second.append(send_due().accepted)
        settle(*given)

    monkeypatch.setattr(outbox, "_settle", interrupted)
    assert send_due().accepted == 1
    assert (second, len(Scripted.took)) == ([1], 2)


def test_what_was_not_taken_waits_longer_each_time_and_is_given_up_after_a_day(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Scripted.answers = [refused(450) for _ in range(100)]
    stored(to="secret@example.org")
    tries, at = [], timezone.now()
    while "waiting" in states():
        before = len(Scripted.answers)
        send_due(at)
        if len(Scripted.answers) < before:
            tries.append(at)
        at += datetime.timedelta(minutes=1)
    gaps = [(b - a).total_seconds() / 60 for a, b in pairwise(tries)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (1, 60)
    assert 20 <= len(tries) <= 40
    assert states() == ["given_up"]
    assert "1 mails were let go" in caplog.text
    assert "secret" not in caplog.text


HEARD: list[tuple[list[int], int, str]] = []


def hear(refusal: Refused, *, what: str) -> None:
    HEARD.append((refusal.positions, refusal.number, what))


def test_who_wrote_them_hears_which_were_refused_even_in_another_process() -> None:
    HEARD.clear()
    undo = Undo(hear, {"what": "invitations"})
    store([a_mail(), a_mail(), a_mail()], footprint=None, undo=undo.path, facts=undo.facts)
    Scripted.answers = [refused(550), None, refused(550)]
    send_due()
    assert HEARD == [([0], 3, "invitations"), ([0, 2], 3, "invitations")]


def test_an_undo_that_fails_holds_up_nobody(caplog: pytest.LogCaptureFixture) -> None:
    store([a_mail()], footprint=None, undo="joinedup.gone.away", facts={})
    Scripted.answers = [refused(550)]
    send_due()
    assert states() == ["refused"]
    assert "could not be done" in caplog.text


def test_an_address_that_failed_twice_is_written_to_no_more_until_somebody_says_it_works() -> None:
    for _ in range(2):
        note_failure("Gone@example.org")
    store([a_mail("gone@example.org"), a_mail()], footprint=None, facts={})
    assert states() == ["stopped", "waiting"]
    assert "gone" not in Mailbox.objects.get().whose
    works_again("gone@Example.org")
    assert stored(1, "gone@example.org")[-1].state == State.WAITING


def test_nothing_of_a_mail_stays_longer_than_it_is_needed() -> None:
    stored(2)
    Scripted.answers = [None, refused(550)]
    send_due()
    now = timezone.now()
    send_due(now + UNDELIVERED_MAIL.length)
    assert [each.mail for each in OutgoingMail.objects.all()] == [{}, {}]
    send_due(now + SENT_MAIL.length + datetime.timedelta(minutes=1))
    assert not OutgoingMail.objects.exists()
    assert not MailBatch.objects.exists()


def test_a_code_to_sign_in_goes_at_once_or_never() -> None:
    for answer in (ConnectionRefusedError(), refused(450)):
        cache.clear()
        Scripted.answers = [answer]
        assert not deliver_now_or_never(a_mail())
    assert not MailBatch.objects.exists(), "nothing of it is tried again"


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


def test_a_mail_server_that_hangs_is_asked_once_and_every_mail_waits(
    world: World, silent: Silent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outbox, "WAITS", 0.2)
    stored(24, "secret@example.org")
    assert send_due().later == 24
    assert not deliver_now_or_never(compose("accounts/mails/login_code", "secret@example.org", {"code": "1"}))
    assert silent.calls == 1, "after the first, no page waits again"
    assert states() == ["waiting"] * 24
    assert "secret" not in caplog.text


def test_what_still_waits_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    begun: list[bool] = []
    monkeypatch.setattr(background, "begin_without_worker", lambda: begun.append(True))
    monkeypatch.setattr(background, "connection", SimpleNamespace(close=lambda: None))
    for number in (0, 1):
        assert background._later.acquire(blocking=False)
        stored(number)
        background._look_again()
        assert len(begun) == number


def test_check_says_when_mails_wait() -> None:
    stored()
    assert not health._mails(), "not within the first minutes"
    OutgoingMail.objects.update(stored_at=timezone.now() - datetime.timedelta(hours=2))
    (found,) = health._mails()
    assert "1 mail waits since" in found.sentence


def test_a_thread_sends_only_where_no_worker_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    class Thread:
        def __init__(self, **given: Any) -> None:
            self.name = given["name"]

        def start(self) -> None:
            begun.append(self.name)

    monkeypatch.undo()
    monkeypatch.setattr(background.threading, "Thread", Thread)
    later: list[bool] = []
    monkeypatch.setattr(background, "look_later", lambda: later.append(True))
    note_worker()
    background.begin_without_worker()
    assert (begun, later) == ([], [True]), "the worker may be gone before it sends it"
    cache.delete(WORKER_SEEN)
    background.begin_without_worker()
    background.begin_without_worker()
    assert begun == ["mails"], "one at a time"
    background._wanted.clear()
    background._running.release()


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL lets many write at once: it has no turns"
)
@pytest.mark.django_db(transaction=True)
def test_a_thread_sends_what_a_process_wrote(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(background, "look_later", lambda: None)
    settings.EMAIL_BACKEND = f"{HERE}.Scripted"
    with transaction.atomic():
        send_on_commit([a_mail()])
        assert Scripted.took == []
    for thread in threading.enumerate():
        if thread.name == "mails":
            thread.join(10)
    assert (states(), len(Scripted.took), mail.outbox) == (["sent"], 1, [])
    assert (live.HOME / "turns.lock").parent.exists()
