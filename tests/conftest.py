"""Fixtures for everybody: the small world, clients signed in as its people, and where real data lies."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.world import World, make_world

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def as_(world: World) -> Callable[[str], Client]:
    """`as_("bob").get(…)`: a browser in which Bob is signed in; `as_("nobody")` in which nobody is."""

    def client(name: str) -> Client:
        browser = Client()
        if name != "nobody":
            browser.force_login(
                getattr(world, name), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        return browser

    return client


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real open data beside the repository. Absent, what needs it is left out and says so."""
    folder = REPO.parent / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("The shared data is missing, and in CI it must be there.")
        pytest.skip("the shared open data is not beside this clone")
    return folder
