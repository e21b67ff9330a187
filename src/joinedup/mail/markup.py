"""The markup of a mail template, and the text and HTML made from it.

A template writes paragraphs (a blank line between them), lines that begin with `- ` (a list), a line indented
by four spaces (emphasis), and `{{ _('Sign in here:')|to(address) }}`: a link. In plain text a link is its
words, then the URL on its own line; in HTML the words are the link. There is no other markup: values pass
through `inert`, so that a name or a note with line breaks, dashes or tags stays text.
"""

from __future__ import annotations

import re
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Unicode noncharacters, meant for use within a program; `inert` removes them from printed values.
LINK, TO, BREAK, AS_IT_IS = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
NO_MARKS = dict.fromkeys(map(ord, LINK + TO + BREAK + AS_IT_IS))
LINE_ENDS = re.compile(r"\r\n|[\r\n]")
LINKS = re.compile(f"{LINK}([^{LINK}{TO}]*){TO}([^{LINK}{TO}]*){LINK}")
ITEM, LOUD = "- ", "    "


class Linked(str):
    """Words and their URL, between marks."""

    __slots__ = ()


def to(words: object, address: object) -> Linked:
    """Template filter for a link, which has to be the last thing on its line. A colon at the end of the words
    is for the plain text only."""
    return Linked(f"{LINK}{inert(words)}{TO}{inert(address)}{LINK}")


def inert(value: object) -> str:
    """A printed value as text that cannot start a link, a list or a paragraph."""
    if isinstance(value, Linked):
        return value
    text = LINE_ENDS.sub(BREAK, str(value).translate(NO_MARKS))
    return AS_IT_IS + text if text.startswith(("-", " ")) else text


def text_of(marked: str) -> str:
    """The plain text."""
    return "\n".join(_plain(line) for line in _tidy(marked).split("\n")) + "\n"


def _plain(line: str) -> str:
    below = "\n  " if line.startswith(ITEM) else "\n"
    return LINKS.sub(rf"\1{below}\2", line).replace(BREAK, "\n").replace(AS_IT_IS, "")


def html_of(marked: str) -> SafeString:
    """The same as HTML."""
    return mark_safe("\n".join(map(_block, _tidy(marked).split("\n\n"))))  # noqa: S308 - every line is escaped


def _block(block: str) -> str:
    parts = []
    for is_list, lines in groupby(block.split("\n"), lambda line: line.startswith(ITEM)):
        if is_list:
            items = [f"<li>{_rich(line.removeprefix(ITEM))}</li>" for line in lines]
            parts.append("\n".join(["<ul>", *items, "</ul>"]))
        else:
            parts.append(f"<p>{'<br>'.join(map(_line, lines))}</p>")
    return "\n".join(parts)


def _line(line: str) -> str:
    return f"<strong>{_rich(line.strip())}</strong>" if line.startswith(LOUD) else _rich(line)


def _rich(line: str) -> str:
    """Escape before making links: escaping does not change the marks."""
    linked = LINKS.sub(_anchor, str(escape(line)))
    return linked.replace(BREAK, "<br>").replace(AS_IT_IS, "")


def _anchor(found: re.Match[str]) -> str:
    words, address = found[1].removesuffix(":").rstrip(), found[2]
    if not address.startswith(("https://", "http://")):
        return f"{found[1]} {address}"
    return f'<a href="{address}">{words}</a>'


def _tidy(marked: str) -> str:
    """Reduce what `if` and `for` leave between paragraphs to one blank line."""
    return re.sub(r"\n{3,}", "\n\n", marked.strip("\n"))
