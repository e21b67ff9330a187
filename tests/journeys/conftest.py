"""A real browser before a real server. Left out, with a reason, where no Chromium is or can be installed."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import Browser, Page, sync_playwright

from tests.demo.installation import Demonstration, Installation
from tests.journeys.crawling import Visited, crawl
from tests.journeys.serving import TOLD, Served, served
from tests.world import World

# Playwright's own event loop runs in this thread; the database is only ever used from it and the server's.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


# The public and everybody in the demonstration, as in its e-mail addresses.
READERS = ["", "youth.worker", "deputy.head", "coordinator", "programme.lead", "administrator", "elsewhere"]


@pytest.fixture(scope="session")
def entered(
    demo: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Installation, dict[str, Any]]:
    """The demonstration with a session for everybody in it, and what TOLD found; to be copied."""
    installation = demo.installation.copy(tmp_path_factory.mktemp("entered") / "home")
    return installation, installation.told(TOLD)


@pytest.fixture(scope="session")
def demonstration_site(
    entered: tuple[Installation, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The demonstration, served, to be read; one answer of one partner is all that is ever written to it."""
    installation, told = entered
    with served(installation.copy(tmp_path_factory.mktemp("walked") / "home"), told) as site:
        yield site


@pytest.fixture(scope="session")
def changed_site(
    entered: tuple[Installation, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Another copy, that tests may change."""
    installation, told = entered
    with served(installation.copy(tmp_path_factory.mktemp("changed") / "home"), told) as site:
        yield site


@pytest.fixture(scope="session")
def walked(demonstration_site: Served) -> dict[str, list[Visited]]:
    """What each reader gets to see by following links: a few of every kind of page, for outsiders more.

    Every address as every reader is walked in tests/trust.
    """

    def walk(name: str) -> list[Visited]:
        longest = name in ("", "elsewhere")
        reader = demonstration_site.reader(name)
        return crawl(
            reader,
            most=120 if longest else 90,
            of_a_kind=3 if longest else 1,
            of_a_list=2,
        )

    return {name: walk(name) for name in READERS}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium, and in CI there must be one.")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`open_page(width=320, script=False)`: a browser of its own before the server; relative addresses work."""
    contexts = []

    def opened(*, width: int = 1280, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str) -> None:
    """As a person does: ask for a code, read it in the mail, type it."""
    mail.outbox.clear()
    page.goto("/account/login/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(email)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    assert mail.outbox, f"no code was sent to {email}"
    code = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code, mail.outbox[-1].body
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code.group(1))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def assert_accessible(page: Page) -> None:
    """axe finds nothing, and nothing sticks out to the right at this width."""
    # Asked for everything, axe also describes all that is in order, which takes as long again.
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    report = [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:160]})" for v in found.response["violations"]]
    assert report == [], f"{page.url}: {report}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow}px too wide"


@pytest.fixture
def lived_in(transactional_db: None) -> World:
    """The small world, for tests in which a server answers from another thread."""
    from tests.world import make_world

    return make_world()
