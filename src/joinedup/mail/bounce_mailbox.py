"""The mailbox that delivery reports come back to, read by the worker: `BOUNCE_MAILBOX` names it.

`imaps://name:password@host/INBOX`, `maildir:/a/folder` or `mbox:/a/file`. Reports of our mails are deleted there once
they are stored here; anything else is only marked as seen, for a person to read.
"""

from __future__ import annotations

import imaplib
import logging
import mailbox
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.conf import settings
from django.core.cache import cache

from joinedup.mail.returned import Report, is_ours, note_returned, reports_in

logger = logging.getLogger(__name__)

# Seconds between two looks, and how long an IMAP server may take.
PAUSE, WAITS = 60, 20
# The most mails read at one look, and how much of each (bytes).
AT_ONE_LOOK, LONGEST = 200, 1_000_000

# Why the last look failed; the next one is a minute later.
UNREAD, UNREAD_FOR = "bounces-unread", 10 * PAUSE
# The header in which an mbox file keeps what was seen: R, as in RO.
MBOX_SEEN, MBOX_STATUS = re.compile(rb"^Status: *[A-Z]*R", re.MULTILINE), re.compile(rb"\nStatus:[^\n]*")
# A mail, and what to do with it: delete it, or leave it as seen.
Held = tuple[bytes, Callable[[bool], object]]


class CannotRead(Exception):
    """Why the mailbox cannot be read, in words that may be logged."""


def read_bounces() -> int:
    """Read what is new in the mailbox; returns how many of our mails came back. Nothing without BOUNCE_MAILBOX, or
    within a minute of the last look. A mailbox that cannot be read is logged, without its address, and
    `why_unread` says so until it can."""
    place = settings.BOUNCE_MAILBOX
    if not place or not cache.add("bounces-read", True, PAUSE):
        return 0
    number = 0
    try:
        with _opened(place) as mails:
            for raw, done_with in mails:
                reports = _reports(raw)
                # Stored first: a process that ends in between reads it again, and it counts once.
                number += sum(note_returned(each) for each in reports)
                done_with(any(is_ours(each) for each in reports))
    except (OSError, imaplib.IMAP4.error, mailbox.Error, CannotRead) as error:
        why = str(error) if isinstance(error, CannotRead) else type(error).__name__
        cache.set(UNREAD, why, UNREAD_FOR)
        logger.error("The mailbox of delivery reports cannot be read: %s.", why)
    else:
        cache.delete(UNREAD)
    return number


def why_unread() -> str:
    """Why the worker could not read the mailbox at its last look; empty where it could, or need not."""
    return str(cache.get(UNREAD) or "") if settings.BOUNCE_MAILBOX else ""


def _reports(raw: bytes) -> list[Report]:
    """Anybody can write to this mailbox: a mail that the parser does not survive must not hold up those behind it."""
    try:
        return reports_in(raw)
    except Exception as error:
        logger.warning(
            "A mail among the delivery reports cannot be read (%s); it stays there.", type(error).__name__
        )
        return []


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
    if kind == "maildir":
        yield _in_maildir(folder)
        return
    held = mailbox.mbox(folder)
    held.lock()
    try:
        yield _in_mbox(held)
        held.flush()
    finally:
        held.unlock()
        held.close()


@contextmanager
def _signed_in(place: str) -> Iterator[imaplib.IMAP4_SSL]:
    parts = urlparse(place)
    # Its own default context would take any certificate, and hand the password to whoever answers.
    trusted = ssl.create_default_context()
    try:
        server = imaplib.IMAP4_SSL(
            parts.hostname or "", parts.port or 993, ssl_context=trusted, timeout=WAITS
        )
    except ssl.SSLCertVerificationError as error:
        raise CannotRead(f"its certificate is not trusted ({error.verify_message})") from error
    try:
        _sign_in(server, unquote(parts.username or ""), unquote(parts.password or ""))
        name = (unquote(parts.path.strip("/")) or "INBOX").replace("\\", "\\\\").replace('"', '\\"')
        if server.select(f'"{name}"')[0] != "OK":
            raise CannotRead("there is no such folder")
        yield server
    finally:
        # A connection that broke has nothing to say goodbye with; why it broke is told.
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _sign_in(server: imaplib.IMAP4_SSL, name: str, password: str) -> None:
    try:
        if (name + password).isascii():
            server.login(name, password)
        else:
            # LOGIN has no other letters (RFC 3501); PLAIN has (RFC 4616).
            server.authenticate("PLAIN", lambda _asked: f"\0{name}\0{password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise CannotRead("it does not accept the name and password") from error


def _on_server(server: imaplib.IMAP4_SSL) -> Iterator[Held]:
    _ok, found = server.search(None, "UNSEEN")
    for number in (found[0] or b"").split()[:AT_ONE_LOOK]:
        # What tells of a failure stands before what is returned of the mail.
        _ok, parts = server.fetch(number.decode(), f"(BODY.PEEK[]<0.{LONGEST}>)")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")

        def done_with(is_report: bool, number: bytes = number) -> None:
            server.store(number.decode(), "+FLAGS", "\\Deleted" if is_report else "\\Seen")

        yield raw, done_with


def _in_maildir(folder: Path) -> Iterator[Held]:
    """By its files: `mailbox.Maildir` parses a mail to tell its flags, and writes it anew to change them."""
    files = sorted([*(folder / "new").iterdir(), *(folder / "cur").iterdir()])
    unseen = [each for each in files if "S" not in each.name.partition(":2,")[2]]
    for file in unseen[:AT_ONE_LOOK]:

        def done_with(is_report: bool, file: Path = file) -> None:
            if is_report:
                file.unlink()
                return
            name, _info, flags = file.name.partition(":2,")
            file.rename(folder / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")

        with file.open("rb") as opened:
            raw = opened.read(LONGEST)
        yield raw, done_with


def _in_mbox(held: mailbox.mbox) -> Iterator[Held]:
    """As bytes, for the same reason."""
    unseen = [
        key for key in held.iterkeys() if not MBOX_SEEN.search(held.get_bytes(key).partition(b"\n\n")[0])
    ]
    for key in unseen[:AT_ONE_LOOK]:

        def done_with(is_report: bool, key: str = key) -> None:
            if is_report:
                held.remove(key)
                return
            head, _empty, body = held.get_bytes(key, from_=True).partition(b"\n\n")
            held[key] = MBOX_STATUS.sub(b"", head) + b"\nStatus: RO\n\n" + body

        yield held.get_bytes(key)[:LONGEST], done_with
