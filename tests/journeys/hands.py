"""What a person does in a real browser, page after page: every page that comes keeps to the rules of all pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Locator, Page, Response

from joinedup.accounts.models import User
from tests.journeys.conftest import assert_accessible
from tests.journeys.crawling import Visited
from tests.journeys.page_rules import faults

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


# What axe has looked at, in whichever journey: the kind of a page, and the kinds of parts that it is built of.
AXED: set[tuple[str, frozenset[tuple[str, str]]]] = set()


@dataclass
class Hand:
    """One person at a browser. Every page that comes is checked and `told`, by its address; what they do is counted.

    `script`: whether scripts run in it; only then can axe.
    """

    page: Page
    script: bool
    told: dict[str, list[Visited]] = field(default_factory=dict)
    clicks: int = 0
    fields: int = 0

    def go(self, address: str) -> None:
        self._looked_at(self.page.goto(address))

    def follow(self, name: str | re.Pattern[str]) -> None:
        self._leave(self.page.locator("main").get_by_role("link", name=name, exact=True))

    def press(self, name: str | re.Pattern[str]) -> None:
        self._leave(self.page.locator("main").get_by_role("button", name=name, exact=True))

    def unfold(self, name: str) -> None:
        self.page.locator("details:not([open]) > summary").filter(has_text=name).first.click()
        self.clicks += 1

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).fill(text)
        self.fields += 1

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).select_option(label=option)
        self.fields += 1

    def tick(self, group: str, label: str) -> None:
        """A box or a radio button of a group, by its label up to the first comma."""
        named = re.compile(rf"^{re.escape(label)}(,|$)")
        self.page.get_by_role("group", name=group).get_by_label(named).check()
        self.clicks += 1

    def reads(self, *sentences: str) -> None:
        text = self.text()
        assert [each for each in sentences if each not in text] == [], f"{self.page.url}: {text}"

    def reads_nothing_of(self, *sentences: str) -> None:
        text = self.text()
        assert [each for each in sentences if each in text] == [], f"{self.page.url}: {text}"

    def text(self) -> str:
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    def _leave(self, what: Locator) -> None:
        self.clicks += 1
        with self.page.expect_navigation() as coming:
            what.first.click()
        self._looked_at(coming.value)

    def _looked_at(self, answer: Response | None) -> None:
        assert answer is not None
        parts = urlsplit(answer.url)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        seen = Visited(address, "", answer.status, answer.all_headers(), answer.text())
        self.told.setdefault(address, []).append(seen)
        assert seen.status == 200, f"{address}: {seen.status}"
        found = faults(seen)
        assert not found, found
        # What axe finds lies in how a page is built: one built as another of its kind is not looked at twice.
        built = frozenset((str(each.tag), each.get("class", "")) for each in seen.tree.iter())
        if self.script and (seen.kind, built) not in AXED:
            AXED.add((seen.kind, built))
            assert_accessible(self.page)
        else:
            assert self.page.evaluate(OVERFLOW) <= 0, f"{address} is too wide"


def session_of(user: User) -> str:
    """The cookie of somebody who has signed in."""
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser.cookies["sessionid"].value
