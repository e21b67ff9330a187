"""Mails: one set of three templates each, sent as plain text with simple HTML beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from joinedup.accounts.delivery import deliver, deliver_now_or_never
from joinedup.accounts.preferences import off_headers
from joinedup.accounts.turns import after_turn, is_in_turn


def send_letter(
    template: str,
    to: str,
    context: Mapping[str, Any],
    *,
    reply_to: Sequence[str] = (),
) -> bool:
    """Send `{template}_subject.txt`, `{template}_message.txt` and `{template}_message.jinja` to one address.

    Whether it is on its way: the mail server took it, or it is kept and tried again by the worker (while others wait
    for the turn to write that is held here, it goes after the turn, and is on its way too). A refusal for good
    is logged without the address: what was done stays done, and who asked for it is told by the page. Call it on
    commit, so that no mail tells of what was undone and no lock is held while a mail server thinks.
    A context with `off`, the link that turns this kind of mail off, gives mail programs a button for it too.
    """
    letter = letter_of(template, to, context, reply_to=reply_to)
    if is_in_turn():
        after_turn(lambda: deliver([letter]))
        return True
    return not deliver([letter]).refused


def send_letter_now(template: str, to: str, context: Mapping[str, Any]) -> bool:
    """As `send_letter`, for what is of no use later: whether the mail server took it. It is never kept."""
    return deliver_now_or_never(letter_of(template, to, context))


def letter_of(
    template: str, to: str, context: Mapping[str, Any], *, reply_to: Sequence[str] = ()
) -> EmailMultiAlternatives:
    """The mail that the three templates make, not sent."""
    values = dict(context)
    subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
    letter = EmailMultiAlternatives(
        subject,
        render_to_string(f"{template}_message.txt", values),
        to=[to],
        headers=off_headers(values["off"]) if values.get("off") else {},
        reply_to=list(reply_to),
    )
    letter.attach_alternative(render_to_string(f"{template}_message.jinja", values), "text/html")
    return letter


def words_of(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and plain text of a letter as `send_letter` would send it, to be read before it goes."""
    letter = letter_of(template, "", context)
    return str(letter.subject), str(letter.body).strip()


def masked(address: str) -> str:
    """An address as a page shows it to who need not know it: m…@lantern.example."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if name else ""
