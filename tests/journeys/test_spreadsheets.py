"""A coordinator's tracker is brought in on a telephone, without a script."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from joinedup.initiatives.models import Initiative
from tests.journeys.conftest import assert_accessible
from tests.journeys.hands import session_of
from tests.spreadsheets.test_guesses import TRACKER
from tests.world import World

Open = Callable[..., Page]


def test_a_tracker_comes_in_at_320_pixels_without_a_script(
    lived_in: World, open_page: Open, live_server: Any
) -> None:
    cookie = {"name": "sessionid", "value": session_of(lived_in.alice), "url": live_server.url}
    page, other = open_page(width=320, script=False), open_page(width=320)
    for each in (page, other):
        each.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/bring/north/new/?kind=initiatives")
    page.get_by_label("Or paste the rows").fill(TRACKER.replace("Hilltop School", "Hiltop School"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Show what will be made").click()
    level = page.get_by_label("Read as: Primary: everyone — from “open to all”")
    theme = page.get_by_label("Read as: Weapon carrying — from “wepon carrying”")
    same = page.get_by_label("“Hiltop School”: same body as “Hilltop School”?")
    assert [box.is_checked() for box in (level, theme, same)] == [False, True, True]
    # axe itself is a script.
    other.goto(page.url)
    assert_accessible(other)
    level.check()
    theme.uncheck()
    page.get_by_role("button", name="Show the rows with these ticks").click()
    assert [box.is_checked() for box in (level, theme, same)] == [True, False, True]
    assert page.get_by_text("Level of prevention: Primary: everyone").is_visible()
    page.get_by_role("button", name="Accept").click()
    assert page.get_by_text("Accepted. Made: 4 pieces of local action.").is_visible()
    made = {each.name: each for each in Initiative.objects.all()}
    assert (made["Walk and talk"].level, made["Knife arch"].themes.count()) == ("primary", 0)
    assert made["Quiet room"].partner == lived_in.school
