"""What tests of scans start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clusters.making import Ground, neighbourhoods
from tests.standing import layer
from tests.world import World


@layer(on="world")
def terrain(world: World) -> Ground:
    """The neighbourhoods of the small world."""
    return neighbourhoods(world)


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> None:
    """A folder for what is stored, of the test alone."""
    settings.HOME = tmp_path
