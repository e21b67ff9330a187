"""Mails from one template each: the first line is the subject, the rest the text, from which the HTML is
made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.template.loader import render_to_string
from django.utils.translation import gettext
from jinja2 import Environment

from joinedup.mail.kinds import ALL_THE_SAME, OF, off_link
from joinedup.mail.markup import html_of, inert, text_of
from joinedup.places.demonstration import is_demonstration_site, what_is_invented


class Mail(EmailMultiAlternatives):
    """A mail, and the template that it was made from, which says what kind of mail it is."""

    template = ""


def compose(template: str, to: str, context: Mapping[str, Any], *, reply_to: Sequence[str] = ()) -> Mail:
    """Return the mail that `{template}.txt` makes for one address, without sending it.

    `off` in the context is the link that turns this kind of mail off: an account's, or else one for the address is
    put there. Mail programs get a button for it too. A mail that nobody can turn off says why.
    """
    if template in OF and not context.get("off"):
        context = {**context, "off": off_link(to, OF[template])}
    subject, marked = _subject_and_text(template, context)
    mail = Mail(
        subject,
        text_of(marked),
        to=[to],
        headers=off_headers(context["off"]) if context.get("off") else {},
        reply_to=list(reply_to),
    )
    mail.template = template
    mail.attach_alternative(render_to_string("mail/layout.jinja", {"content": html_of(marked)}), "text/html")
    return mail


def words_of(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and plain text of a mail as `compose` makes it, for a preview."""
    subject, marked = _subject_and_text(template, context)
    return subject, text_of(marked).strip()


def _subject_and_text(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The text still has its marks. Whatever a value contains, the subject ends with the template's first
    line."""
    written = _environment().get_template(f"{template}.txt").render(context).strip("\n")
    subject, _end, marked = written.partition("\n")
    if reason := ALL_THE_SAME.get(template):
        marked = f"{marked}\n\n{reason}\n"
    if is_demonstration_site():
        marked = f"{marked}\n\n{gettext('Demonstration.')} {what_is_invented()}\n"
    return " ".join(text_of(subject).split()), marked


@cache
def _environment() -> Environment:
    """The environment of the pages, but without escaping, which happens when the HTML is made, and with
    `inert` values."""
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return env.overlay(autoescape=False, finalize=inert)


def off_headers(link: str) -> dict[str, str]:
    """Headers that let a mail program show its own unsubscribe button (RFC 2369 and RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
