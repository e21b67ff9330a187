"""What every page keeps to, read from its HTML alone. Each rule yields sentences; a page in order yields none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import html

from tests.journeys.crawling import Visited

# What a template leaves behind when something was forgotten. Words that a sentence may hold are not among them.
LEFT_BEHIND = re.compile(
    r"\{\{|\}\}|\{%|\bundefined\b|\bNaN\b|&lt;[A-Z]\w+:|<built-in|<bound method|\bobject at 0x|%\(\w+\)s"
    r"|[(:£] ?None\b|\b(?:by|to|on|of|from|due|since|until|in|for) None\b(?!,)|\bNone None\b"
)
# Dates are 8 October 2018 here: never 2018-10-08, 10/08/2018 or October 8, 2018.
OTHER_DATES = re.compile(
    r"\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/(?:19|20)\d\d\b"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December) \d{1,2}, \d{4}\b"
)
LANDMARKS = ("header", "main", "footer")


def faults(page: Visited) -> list[str]:
    found = [f"{page.address}: {each}" for rule in RULES for each in rule(page.tree)]
    return found + [f"{page.address}: {each}" for each in _scripts_have_a_nonce(page)]


def shown_text(tree: html.HtmlElement) -> str:
    """What a reader sees: without scripts, styles and what stands in form fields."""
    return " ".join(
        str(each) for each in tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]")
    )


def _shell(tree: html.HtmlElement) -> Iterator[str]:
    if tree.get("lang") != "en-GB":
        yield f"lang is {tree.get('lang')!r}"
    if len(tree.xpath("//h1")) != 1:
        yield f"{len(tree.xpath('//h1'))} h1"
    title = (tree.findtext(".//title") or "").strip()
    if not title.endswith("– JoinedUp") or title.startswith("–"):
        yield f"title {title!r}"
    for name in LANDMARKS:
        if len(tree.xpath(f"//{name}[not(ancestor::main) or self::main]")) != 1:
            yield f"not one {name}"


def _headings_in_order(tree: html.HtmlElement) -> Iterator[str]:
    before = 0
    for each in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6"):
        level = int(each.tag[1])
        if level > before + 1:
            yield f"{each.tag} “{each.text_content().strip()[:40]}” after h{before}"
        if not each.text_content().strip():
            yield f"empty {each.tag}"
        before = level


def _ids_once(tree: html.HtmlElement) -> Iterator[str]:
    for name, count in Counter(str(each) for each in tree.xpath("//@id")).items():
        if count > 1:
            yield f"id {name} {count} times"
    ids = {str(each) for each in tree.xpath("//@id")}
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for each in tree.xpath(f"//@{attribute}"):
            for name in str(each).split():
                if name not in ids:
                    yield f"{attribute} points to {name}, which is not there"


def _pictures_have_words(tree: html.HtmlElement) -> Iterator[str]:
    for each in tree.xpath("//img[not(@alt)]"):
        yield f"img without alt: {each.get('src')}"
    for each in tree.xpath("//*[local-name()='svg']"):
        named = each.get("aria-label") or each.get("aria-labelledby") or each.xpath("*[local-name()='title']")
        if not named and each.get("aria-hidden") != "true":
            yield "svg without a text alternative"


def _tables_are_labelled(tree: html.HtmlElement) -> Iterator[str]:
    for each in tree.xpath("//table"):
        if not "".join(each.xpath("caption//text()")).strip():
            yield "table without caption"
        for header in each.xpath(".//th[not(@scope)]"):
            yield f"th without scope: {header.text_content().strip()[:40]}"
        if not each.xpath(".//th"):
            yield "table without header cells"


def _links_and_buttons_have_words(tree: html.HtmlElement) -> Iterator[str]:
    for each in tree.xpath("//a[@href] | //button | //*[local-name()='a'][@href]"):
        text = (
            each.text_content().strip() or each.get("aria-label") or each.xpath(".//*[local-name()='title']")
        )
        if not text:
            yield f"empty {each.tag}: {each.get('href', '')}"
        if each.tag == "a" and not (each.get("href") or "").strip("#"):
            yield f"link to nowhere: {each.text_content().strip()[:40]}"


def _fields_have_labels(tree: html.HtmlElement) -> Iterator[str]:
    labelled = {str(each) for each in tree.xpath("//label/@for")}
    for each in tree.xpath("//input[not(@type='hidden' or @type='submit')] | //select | //textarea"):
        inside = each.xpath("ancestor::label")
        if not (
            each.get("id") in labelled or each.get("aria-label") or each.get("aria-labelledby") or inside
        ):
            yield f"field without label: {each.get('name')}"
    for each in tree.xpath("//form[translate(@method, 'POST', 'post')='post']"):
        if not each.xpath(".//input[@name='csrfmiddlewaretoken']/@value"):
            yield f"form that cannot be posted: {each.get('action')}"


def _nothing_inline(tree: html.HtmlElement) -> Iterator[str]:
    for each in tree.xpath("//*[@style] | //style"):
        yield f"inline style on {each.tag}"
    for each in tree.xpath("//*[@*[starts-with(name(), 'on')]]"):
        yield f"inline handler on {each.tag}"


def _nothing_left_behind(tree: html.HtmlElement) -> Iterator[str]:
    text = re.sub(r"\s+", " ", shown_text(tree))
    for pattern, what in ((LEFT_BEHIND, "left behind"), (OTHER_DATES, "a date written otherwise")):
        for each in pattern.finditer(text):
            yield f"{what}: …{text[max(each.start() - 30, 0) : each.end() + 30]}…"
    for each in tree.xpath("//body//*[normalize-space(text())='None']"):
        yield f"left behind: None in {each.tag}"


def _scripts_have_a_nonce(page: Visited) -> Iterator[str]:
    policy = page.headers.get("content-security-policy", "")
    nonce = re.search(r"'nonce-([^']+)'", policy)
    if not nonce or "'unsafe-inline'" in policy:
        yield f"the policy is {policy!r}"
        return
    for each in page.tree.xpath("//script"):
        # What is no program is data: no browser runs it, and no policy asks a nonce of it.
        if each.get("type") != "application/ld+json" and each.get("nonce") != nonce.group(1):
            yield f"script without the nonce: {each.get('src')}"


RULES = (
    _shell,
    _headings_in_order,
    _ids_once,
    _pictures_have_words,
    _tables_are_labelled,
    _links_and_buttons_have_words,
    _fields_have_labels,
    _nothing_inline,
    _nothing_left_behind,
)
