"""A mail from its one template: the first line is the subject, the rest the text, and the HTML is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.template.loader import render_to_string
from jinja2 import Environment

from joinedup.mail.markup import html_of, inert, text_of


def compose(
    template: str, to: str, context: Mapping[str, Any], *, reply_to: Sequence[str] = ()
) -> EmailMultiAlternatives:
    """The mail that `{template}.txt` makes for one address, not sent.

    A context with `off`, the link that turns this kind of mail off, gives mail programs a button for it too.
    """
    subject, marked = _subject_and_text(template, context)
    mail = EmailMultiAlternatives(
        subject,
        text_of(marked),
        to=[to],
        headers=off_headers(context["off"]) if context.get("off") else {},
        reply_to=list(reply_to),
    )
    mail.attach_alternative(render_to_string("mail/layout.jinja", {"content": html_of(marked)}), "text/html")
    return mail


def words_of(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and plain text of a mail as `compose` makes it, to be read before it goes."""
    subject, marked = _subject_and_text(template, context)
    return subject, text_of(marked).strip()


def _subject_and_text(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The text still with its marks. Whatever a value holds, the subject ends where the template's first line does."""
    written = _environment().get_template(f"{template}.txt").render(context).strip("\n")
    subject, _end, marked = written.partition("\n")
    return " ".join(text_of(subject).split()), marked


@cache
def _environment() -> Environment:
    """As pages are made, but nothing is escaped before it is known what is HTML, and each value printed is inert."""
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return env.overlay(autoescape=False, finalize=inert)


def off_headers(link: str) -> dict[str, str]:
    """What lets a mail program show a button of its own for it (RFC 2369 and RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
