"""The worker: one process on the same database that does what no request should wait for."""

from __future__ import annotations

import datetime
import logging
import signal
import threading
from collections.abc import Callable

from django.core.cache import cache
from django.db import close_old_connections
from django.utils import timezone

from joinedup.accounts.leaving.worker import look_after_accounts
from joinedup.accounts.sign_in.sessions import SessionStore
from joinedup.agreements.worker import ask_young_people, chase_agreements, forget_drafts
from joinedup.clusters.worker import look_where_and_when
from joinedup.engines.words import counted
from joinedup.evidence.worker import follow_figures
from joinedup.firstrun.area_loads import work_on_areas
from joinedup.mail.bounce_mailbox import read_bounces
from joinedup.mail.outbox import send_due
from joinedup.mail.worker_mark import forget_worker
from joinedup.opportunities.worker import follow_waiting, work_out_the_night
from joinedup.registration.worker import (
    delete_due_personal,
    let_go_of_held,
    look_after_young,
    release_reserved,
    remind,
)
from joinedup.results.worker import thank_attendees
from joinedup.site import metrics
from joinedup.site.clock import look_at_clock
from joinedup.spreadsheets.intake.worker import go_on_with_sheets
from joinedup.spreadsheets.worker import forget_uploads
from joinedup.successions.worker import carry_out_due
from joinedup.support.worker import remind_of_checks
from joinedup.visits.worker import forget_leads
from joinedup.web.work.digest import send_digests

logger = logging.getLogger(__name__)

# Seconds between two checks for work.
PAUSE = 10.0
# People are written to from this hour on, once a day; a check for events that ended runs every five minutes.
MORNING, LATELY, A_DAY = 7, 300, 2 * 86400


def work(*, once: bool, say: Callable[[str], object]) -> None:
    """Do what is due, repeatedly until the process is told to stop (Ctrl-C or SIGTERM), or `once`.

    Errors are logged and the work is tried again at the next check; with `once` they are raised.
    """
    stop = threading.Event()
    if not once:
        say("Working (stop with Ctrl-C).")
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: stop.set())
    while not stop.is_set():
        close_old_connections()
        is_more = False
        try:
            is_more = _work(say)
            while once and is_more:
                is_more = go_on_with_sheets(say)
        except Exception:
            if once:
                raise
            logger.exception("What was due could not be done; it is tried again.")
        if once:
            forget_worker()
            return
        if not is_more:
            stop.wait(PAUSE)


def _work(say: Callable[[str], object]) -> bool:
    """Look once for everything that is due; whether more waits already."""
    is_sure = look_at_clock(timezone.now())
    work_on_areas(say)
    _send_mails(say)
    if figures := follow_figures(timezone.now()):
        say(f"Worked out {counted(figures, 'figure')} that were due.")
    if returned := read_bounces():
        say(f"{counted(returned, 'mail')} came back.")
    if followed := follow_waiting():
        say(f"Followed the changes of {counted(followed, 'partnership')}.")
    runs = work_out_the_night()
    if runs:
        say(f"Worked out the lists of {counted(len({run.footprint_id for run in runs}), 'partnership')}.")
    if told := look_where_and_when(say):
        say(f"Told {counted(told, 'follower')} what appeared where they follow.")
    if reminded := remind(timezone.now()):
        say(f"Sent {counted(reminded, 'reminder')} of events.")
    if moved := look_after_young(timezone.localdate()):
        say(f"Followed who is vouched for, for {counted(moved, 'young guest')}.")
    if is_sure:
        _what_cannot_be_undone(say)
    _write_to_people(say, timezone.localtime())
    # What was written just now does not wait for the next look.
    _send_mails(say)
    is_more = go_on_with_sheets(say)
    metrics.note_worker(timezone.now())
    return is_more


def _what_cannot_be_undone(say: Callable[[str], object]) -> None:
    """What is due by the calendar and gone afterwards: not while the clock is in doubt (`clock.py`)."""
    if took_over := carry_out_due(timezone.localdate()):
        say(f"Let the records follow {counted(took_over, 'change')} of authorities and partnerships.")
    if deleted := delete_due_personal(timezone.localdate()):
        say(f"Deleted the personal details of {counted(deleted, 'guest')} of past events.")
    if lapsed := let_go_of_held(timezone.now()):
        say(f"Let go of {counted(lapsed, 'place')} that nobody confirmed.")
    if given := release_reserved(timezone.localdate()):
        say(f"Gave {counted(given, 'place')} that had been reserved to those who waited.")
    if forgotten := forget_drafts(timezone.now()):
        say(f"Let go of {counted(forgotten, 'draft')} that nobody went on with.")
    if unaccepted := forget_uploads(timezone.now()):
        say(f"Deleted {counted(unaccepted, 'spreadsheet')} that nobody accepted.")
    if cache.add(f"worker-cleared-{timezone.localdate()}", True, A_DAY):
        SessionStore.clear_expired()
    if erased := look_after_accounts(timezone.now()):
        say(f"Erased {counted(erased, 'account')} that had been closed for long enough.")
    forget_leads(timezone.localdate())


def _send_mails(say: Callable[[str], object]) -> None:
    if sent := send_due(timezone.now()).accepted:
        say(f"Sent {counted(sent, 'mail')}.")


def _write_to_people(say: Callable[[str], object], now: datetime.datetime) -> None:
    if cache.add("worker-thanked", True, LATELY) and (thanked := thank_attendees(now)):
        say(f"Told {counted(thanked, 'guest')} of their page after the day.")
    # Each records what it did in the database; the mark only avoids checking again all day.
    mark, today = f"worker-wrote-{now.date()}", now.date()
    if now.hour < MORNING or cache.get(mark):
        return
    if asked := chase_agreements(today):
        say(f"Asked about {counted(asked, 'agreement')}.")
    if hosts := ask_young_people(today):
        say(f"Asked young people through {counted(hosts, 'host')}.")
    if checks := remind_of_checks(today):
        say(f"Sent {counted(checks, 'reminder')} to check support.")
    if digests := send_digests(now):
        say(f"Sent {counted(digests, 'digest')} of what waits.")
    # Last: whatever stops a worker in the middle, the next look or another worker goes on.
    cache.set(mark, True, A_DAY)
