"""Walks an installation as one reader: breadth first, GET only, a sample of every kind of page."""

from __future__ import annotations

import http.client
import re
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlencode, urljoin, urlsplit

from django.urls import Resolver404, resolve
from lxml import html

from tests.waiting import HANGS

AT_ONCE = 6
# Signing out would end the walk.
NOT_FOLLOWED = {"account_logout"}


@dataclass(frozen=True)
class Visited:
    """One answer. `address` is path and query; `linked_from` is where it was first found."""

    address: str
    linked_from: str
    status: int
    headers: dict[str, str]
    body: str

    @property
    def kind(self) -> str:
        """The name of its URL pattern: pages of a kind are made by one view and one template."""
        return kind_of(self.address)

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.headers.get("content-type", "").startswith("text/html")

    @property
    def leads_to_sign_in(self) -> bool:
        return self.status == 302 and self.headers.get("location", "").startswith("/account/login/")

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.body)

    def links(self) -> list[str]:
        found = []
        for href in self.tree.xpath(
            "//*[local-name()='a']/@href | //*[local-name()='a']/@*[name()='xlink:href']"
        ):
            parts = urlsplit(urljoin(self.address, str(href)))
            if not parts.scheme and not parts.netloc and parts.path:
                found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        return found


@dataclass(frozen=True)
class Reader:
    """A browser of one person: `session` is their cookie, empty for the public."""

    address: str
    session: str = ""

    def get(self, path: str, linked_from: str = "") -> Visited:
        return self._ask("GET", path, linked_from)

    def send(self, page: Visited, form: html.HtmlElement) -> Visited:
        """The form as it stands on the page, by its first button."""
        values = [(name, value) for name, value in form.form_values() if value is not None]
        button = form.xpath(".//button[@name]")
        values += [(button[0].get("name"), button[0].get("value", ""))] if button else []
        cookie = re.search(r"csrftoken=[^;]+", page.headers.get("set-cookie", ""))
        path = urljoin(page.address, form.get("action") or page.address)
        return self._ask("POST", path, page.address, urlencode(values), cookie.group(0) if cookie else "")

    def _ask(self, method: str, path: str, linked_from: str, sent: str = "", cookie: str = "") -> Visited:
        cookies = [f"sessionid={self.session}"] if self.session else []
        headers = {"Connection": "close", "Cookie": "; ".join([*cookies, *filter(None, [cookie])])}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection(self.address, timeout=HANGS)) as connection:
            connection.request(method, path, body=sent or None, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
        given: dict[str, str] = {}
        for name, value in answer.getheaders():
            # A page may set several cookies, each in a line of its own.
            known = given.get(name.lower())
            given[name.lower()] = f"{known}, {value}" if known and name.lower() == "set-cookie" else value
        text = body.decode("utf-8") if "text/" in given.get("content-type", "") else ""
        return Visited(path, linked_from, answer.status, given, text)


@cache
def kind_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return re.sub(r"\d+", "1", urlsplit(address).path)


def crawl(reader: Reader, *, most: int, of_a_kind: int, of_a_list: int, start: str = "/") -> list[Visited]:
    """At most `most` answers, `of_a_kind` of any one kind, and of these `of_a_list` with a query: a list filtered
    or turned to another of its pages. In the order in which the links stand.
    """
    waiting = deque([(start, "")])
    seen, counted, filtered, visited = {start}, Counter([kind_of(start)]), Counter[str](), []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while waiting and len(visited) < most:
            wave = [waiting.popleft() for _ in range(min(len(waiting), most - len(visited)))]
            answers = list(pool.map(lambda each: reader.get(*each), wave))
            visited += answers
            for answer in answers:
                for link in answer.links() if answer.is_page else ():
                    kind = kind_of(link)
                    if link in seen or counted[kind] >= of_a_kind or kind in NOT_FOLLOWED:
                        continue
                    if "?" in link and filtered[kind] >= of_a_list:
                        continue
                    seen.add(link)
                    counted[kind] += 1
                    filtered[kind] += "?" in link
                    waiting.append((link, answer.address))
    return visited


def one_of_each(pages: list[Visited]) -> list[Visited]:
    """The first page of every kind."""
    kinds: dict[str, Visited] = {}
    for page in pages:
        if page.is_page:
            kinds.setdefault(page.kind, page)
    return list(kinds.values())
