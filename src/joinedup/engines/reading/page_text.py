"""The words of a web page, without its markup: what stands in a line stays in a line, a cell beside its label.

No parser of the library is used: their time can grow with the square of a page that was made to be slow. This one goes
once through the page.
"""

from __future__ import annotations

import html
import re

from joinedup.engines.reading.phrases import listed
from joinedup.engines.words import seen

MOST = 400_000  # characters of a page that are looked at
LONGEST_TAG = 4_000
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_LEFT_OUT = re.compile(r"script|style|noscript|template|svg|nav|footer|iframe|select|button", re.IGNORECASE)
_RAW = ("script", "style")  # what stands in them is no markup
_BESIDE = ("td", "dd")
_LINES = frozenset(
    listed(
        "p, div, li, ul, ol, tr, table, h1, h2, h3, h4, h5, h6, br, section, article, main, header, aside, dt, th, "
        "dl, body, html, title"
    )
)
_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|p|div|br|li|ul|h[1-6]|table|script|span|a)\b", re.IGNORECASE
)
_MISREAD = re.compile("Â[£\xa0 ]|â€|Ã[©¨¢¼¶]")
# Marks that Unicode keeps for a program's own use, which some pages have.
_OWN_USE = re.compile("[\ufdd0-\ufdd3]")


def is_markup(text: str) -> bool:
    """Whether a text is the source of a web page."""
    return bool(_MARKUP.search(text[:MOST]))


def repaired(text: str) -> str:
    """Text whose letters were read in the wrong encoding ("Â£5,000"), line by line; else as it is."""
    lines = []
    for line in text.split("\n"):
        if _MISREAD.search(line):
            try:
                line = line.encode("cp1252").decode("utf-8")
            except UnicodeError:
                line = line.replace("Â£", "£")
        lines.append(line)
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text without letters that nobody sees; lines kept, spaces once."""
    text = _OWN_USE.sub("", seen(text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def page_text(source: str) -> tuple[str, str]:
    """The title of a web page, and its words. Menus, scripts, forms and footers are left out; nothing raises.

    At most the first `MOST` characters are looked at.
    """
    source = source[:MOST]
    words: list[str] = []
    title: list[str] = []
    at, left_out, depth, in_title = 0, "", 0, False
    while at < len(source):
        begin = source.find("<", at)
        if begin < 0:
            begin = len(source)
        if begin > at and not left_out:
            (title if in_title else words).append(html.unescape(source[at:begin]).replace("\n", " "))
        if source.startswith("<!--", begin):
            end = source.find("-->", begin)
            at = len(source) if end < 0 else end + 3
            continue
        tag = _TAG.match(source, begin)
        end = source.find(">", begin, begin + LONGEST_TAG) if tag or source.startswith("<!", begin) else -1
        if end < 0:
            if begin < len(source) and not left_out:
                words.append("<")
            at = begin + 1
            continue
        at = end + 1
        name = tag[1].lower() if tag else ""
        closing, alone = source.startswith("</", begin), source[end - 1] == "/"
        if left_out:
            if name == left_out and not alone:
                depth += -1 if closing else 0 if left_out in _RAW else 1
                left_out = left_out if depth else ""
            continue
        if _LEFT_OUT.fullmatch(name) and not closing and not alone:
            left_out, depth = name, 1
        elif name == "title":
            in_title = not closing
        elif name in _BESIDE and not closing:
            words.append("\t")
        elif name in _LINES and not (closing and name in ("dt", "th")):
            words.append("\n")
    return plain("".join(title)).replace("\n", " "), plain(_beside("".join(words)))


def _beside(text: str) -> str:
    """A cell after its label: "Closes: 3 May". Cells that stand first in a line have none."""
    lines = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        lines.append(": ".join([cells[0].rstrip(":"), *cells[1:]]) if len(cells) > 1 else "".join(cells))
    return "\n".join(lines)
