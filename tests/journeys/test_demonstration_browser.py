"""The demonstration in a real browser: axe, widths, keyboard, and every form without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.crawling import Visited, one_of_each
from tests.journeys.serving import Served

pytestmark = pytest.mark.browser
ISLINGTON = "E09000019"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What Tab stops at. A map leaves its places to the table beside it; of a group of radio buttons Tab stops at the
# chosen one only, so these are left out.
STOPS = (
    "a[href]:not([tabindex='-1']), button:not([disabled]), input:not([type=hidden], [type=radio], [disabled]),"
    " select, textarea, summary, [tabindex='0']"
)
# How an element looks, or what is drawn in it, in what a focus style may change.
LOOK = """element => {
    const seen = [element, ...element.querySelectorAll('path')].slice(0, 2).map(each => {
        const style = getComputedStyle(each);
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor,
                style.borderTopWidth, style.borderTopColor, style.color, style.stroke, style.strokeWidth].join(' ');
    });
    // Check boxes are drawn beside the field itself, at its label.
    for (const label of element.labels || []) {
        const style = getComputedStyle(label, '::before');
        seen.push(style.boxShadow + style.outline);
    }
    return seen.join('|');
}"""


@pytest.fixture
def open_as(chromium: Browser, demonstration_site: Served) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(name: str = "", *, width: int = 1280) -> Page:
        context = demonstration_site.window(chromium, name, width=width)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_as: Callable[..., Page], walked: dict[str, list[Visited]]
) -> None:
    """What the public sees on a phone, what else the coordinator sees on a desk; every page fits both."""
    public = one_of_each(walked[""])
    kinds = {each.kind for each in public}
    others = [each for each in one_of_each(walked["coordinator"]) if each.kind not in kinds]
    assert len(public) >= 20
    assert len(others) >= 15
    found = []
    for name, width, other, pages in (("", 320, 1280, public), ("coordinator", 1280, 320, others)):
        page = open_as(name, width=width)
        for each in pages:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(each.address)
            for violation in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                found.append(f"{each.address}: {violation['id']}: {violation['nodes'][0]['html'][:160]}")
            for wide in (width, other):
                page.set_viewport_size({"width": wide, "height": 900})
                over = page.evaluate(OVERFLOW)
                if over > 0:
                    found.append(f"{each.address}: {over}px too wide at {wide}")
    assert found == []


def test_long_tables_are_whole_on_a_phone_and_the_grid_stays_in_its_column(
    open_as: Callable[..., Page],
) -> None:
    phone = open_as("coordinator", width=320)
    phone.goto(f"/places/{ISLINGTON}/")
    hidden = "tables => tables.map(each => each.scrollHeight - each.clientHeight)"
    assert max(phone.locator(".ju-table--tall").evaluate_all(hidden)) <= 1
    desk = open_as("coordinator")
    desk.goto("/opportunities/grid/")
    column, grid = desk.locator("main").bounding_box(), desk.locator(".ju-cover-all").bounding_box()
    assert column is not None
    assert grid is not None
    assert grid["x"] >= column["x"]
    assert grid["x"] + grid["width"] <= column["x"] + column["width"]


def press_tab(page: Page) -> str:
    """One press; what has focus then, as HTML of the element itself."""
    page.keyboard.press("Tab")
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))


def tab_to(page: Page, wanted: str, most: int = 400) -> None:
    """Press Tab until what has focus matches the selector `wanted`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{page.url}: Tab does not come to {wanted}")


def enter(page: Page) -> None:
    """Press it, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_skip_link_skips(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/")
    assert "govuk-skip-link" in press_tab(page)
    box = page.locator(".govuk-skip-link").bounding_box()
    assert box is not None
    assert box["height"] > 20
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    press_tab(page)
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("address", ["/", "/opportunities/", "/support/", "/account/login/"])
def test_tab_comes_to_everything_and_it_shows(open_as: Callable[..., Page], address: str) -> None:
    page = open_as()
    page.goto(address)
    page.evaluate(f"""() => {{
        window.look = {LOOK};
        window.stops = [...document.querySelectorAll("{STOPS}")].filter(each => each.checkVisibility());
        window.looks = window.stops.map(window.look);
        window.reached = new Map();
    }}""")
    number = page.evaluate("window.stops.length")
    assert number > 10
    for _ in range(number + 5):
        page.keyboard.press("Tab")
        if not page.evaluate("""() => {
            const at = document.activeElement;
            if (at === document.body || window.reached.has(at)) return false;
            window.reached.set(at, window.look(at));
            return true;
        }"""):
            break
    missed = page.evaluate(
        "window.stops.filter(each => !window.reached.has(each)).map(each => each.outerHTML.slice(0, 120))"
    )
    assert missed == []
    unseen = page.evaluate(
        "window.stops.filter((each, n) => window.reached.get(each) === window.looks[n])"
        ".map(each => each.outerHTML.slice(0, 120))"
    )
    assert unseen == []


def test_from_home_to_an_answer_by_keyboard_alone(
    demonstration_site: Served, open_as: Callable[..., Page]
) -> None:
    page = open_as("youth.worker")
    page.goto("/")
    tab_to(page, "#find")
    page.keyboard.type("Islington")
    enter(page)
    if "/search/" in page.url:
        tab_to(page, f'main a[href="/places/{ISLINGTON}/"]')
        enter(page)
    assert page.url.endswith(f"/places/{ISLINGTON}/")
    tab_to(page, ", ".join(f'main a[href="/opportunities/{pk}/"]' for pk in demonstration_site.told["club"]))
    enter(page)
    tab_to(page, "button[name=word]")
    enter(page)
    assert page.locator("main").get_by_text("We are interested").count() > 0
    assert page.locator(".govuk-notification-banner--success").count() == 1


def test_what_a_browser_logs_is_nothing(open_as: Callable[..., Page]) -> None:
    """No script fails and the policy blocks nothing on the pages that most people see."""
    page = open_as()
    said: list[Any] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in (
        "/",
        f"/places/{ISLINGTON}/",
        "/opportunities/",
        "/support/",
        "/strategy/",
        "/agreements/",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert said == []
