"""What tests of scans start from."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clusters.making import Ground, neighbourhoods
from tests.standing import layer
from tests.world import World


@pytest.fixture(autouse=True)
def spring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is 20 April 2026, so that figures to March 2026 are new."""
    monkeypatch.setattr("joinedup.clusters.looks.today", lambda: datetime.date(2026, 4, 20))


@layer(on="world")
def terrain(world: World) -> Ground:
    """The neighbourhoods of the small world."""
    return neighbourhoods(world)


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> None:
    """A folder for what is stored, of the test alone."""
    settings.HOME = tmp_path
