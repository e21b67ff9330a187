"""The mailbox that delivery reports come back to, read by the worker: `BOUNCE_MAILBOX` names it.

`imaps://name:password@host/INBOX`, `maildir:/a/folder` or `mbox:/a/file`. Reports of our mails are deleted there once
they are stored here; anything else is only marked as seen, for a person to read.
"""

from __future__ import annotations

import imaplib
import logging
import mailbox
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.conf import settings
from django.core.cache import cache

from joinedup.mail.returned import note_returned, reports_in

logger = logging.getLogger(__name__)

# Seconds between two looks, and how long an IMAP server may take.
PAUSE, WAITS = 60, 20
# The most mails read at one look, and the longest that is read whole (bytes).
AT_ONE_LOOK, LONGEST = 200, 1_000_000

# A mail, and what to do with it: delete it, or leave it as seen.
Held = tuple[bytes, Callable[[bool], object]]


def read_bounces() -> int:
    """Read what is new in the mailbox; returns how many of our mails came back. Nothing without BOUNCE_MAILBOX, or
    within a minute of the last look. A mailbox that cannot be read is logged, without its address."""
    place = settings.BOUNCE_MAILBOX
    if not place or not cache.add("bounces-read", True, PAUSE):
        return 0
    number = 0
    try:
        with _opened(place) as mails:
            for raw, done_with in mails:
                reports = reports_in(raw)
                # Stored first: a process that ends in between reads it again, and it counts once.
                number += sum(note_returned(each) for each in reports)
                done_with(bool(reports))
    except (OSError, imaplib.IMAP4.error, mailbox.Error) as error:
        logger.error("The mailbox of delivery reports cannot be read: %s.", type(error).__name__)
    return number


@contextmanager
def _opened(place: str) -> Iterator[Iterator[Held]]:
    kind, _colon, path = place.partition(":")
    if kind == "imaps":
        with _signed_in(place) as server:
            yield _on_server(server)
            server.expunge()
        return
    folder = Path(unquote(path))
    if not folder.exists():
        raise FileNotFoundError
    held: mailbox.Mailbox = mailbox.Maildir(folder) if kind == "maildir" else mailbox.mbox(folder)
    held.lock()
    try:
        yield _in_folder(held)
        held.flush()
    finally:
        held.unlock()
        held.close()


@contextmanager
def _signed_in(place: str) -> Iterator[imaplib.IMAP4_SSL]:
    parts = urlparse(place)
    server = imaplib.IMAP4_SSL(parts.hostname or "", parts.port or 993, timeout=WAITS)
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        server.select(unquote(parts.path.strip("/")) or "INBOX")
        yield server
    finally:
        server.logout()


def _on_server(server: imaplib.IMAP4_SSL) -> Iterator[Held]:
    _ok, found = server.search(None, "UNSEEN", "SMALLER", str(LONGEST))
    for number in (found[0] or b"").split()[:AT_ONE_LOOK]:
        _ok, parts = server.fetch(number.decode(), "(BODY.PEEK[])")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")

        def done_with(is_report: bool, number: bytes = number) -> None:
            server.store(number.decode(), "+FLAGS", "\\Deleted" if is_report else "\\Seen")

        yield raw, done_with


def _in_folder(held: mailbox.Mailbox) -> Iterator[Held]:
    unseen = [key for key, mail in held.iteritems() if "S" not in _flags(mail)]
    for key in unseen[:AT_ONE_LOOK]:
        mail = held[key]

        def done_with(is_report: bool, key: str = key, mail: mailbox.Message = mail) -> None:
            if is_report:
                held.remove(key)
                return
            if isinstance(mail, mailbox.MaildirMessage):
                mail.set_subdir("cur")
                mail.add_flag("S")
            elif isinstance(mail, mailbox.mboxMessage):
                mail.add_flag("R")
            held[key] = mail

        yield held.get_bytes(key)[:LONGEST], done_with


def _flags(mail: mailbox.Message) -> str:
    """S for one that was seen; mbox calls it R."""
    flags = mail.get_flags() if isinstance(mail, (mailbox.MaildirMessage, mailbox.mboxMessage)) else ""
    return flags.replace("R", "S") if isinstance(mail, mailbox.mboxMessage) else flags
