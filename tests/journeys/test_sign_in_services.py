"""Signing in by an organisation's own service in a real browser, with and without scripts: past the policy against
forms that lead elsewhere, and back from another site with the cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.accounts.sign_in.openid_service import running
from tests.accounts.sign_in.test_services import settings_of
from tests.journeys.conftest import assert_accessible
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_there_and_back(
    lived_in: World, open_page: Callable[..., Page], live_server: Any, settings: Any, script: bool
) -> None:
    cache.clear()
    settings.SITE_URL = live_server.url
    page = open_page(width=320, script=script)
    with running() as service:
        settings.SIGN_IN_SERVICES = [settings_of(service)]
        page.goto("/account/login/?next=/events/")
        if script:
            assert_accessible(page)
        page.get_by_role("button", name="Sign in with Testshire Council").click()
        page.wait_for_url("**/events/")
        page.goto("/account/yours/")
        expect(page.get_by_role("definition").filter(has_text="Testshire Council: since")).to_be_visible()
        if script:
            assert_accessible(page)
        page.get_by_role("button", name="Remove Testshire Council").click()
        expect(page.get_by_text("Removed. If you sign in there again, it comes back.")).to_be_visible()
        page.context.clear_cookies()
        service.broken = {"token"}
        page.goto("/account/login/")
        page.get_by_role("button", name="Sign in with Testshire Council").click()
        expect(page.get_by_text("Testshire Council does not answer as it should just now.")).to_be_visible()
        expect(page.get_by_label("Your e-mail address")).to_be_visible()
