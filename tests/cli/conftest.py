"""What tests of the command start from: copies of the demonstration that a test may change, and empty homes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.core.cache import cache

from joinedup.cli import main
from tests.demo.installation import Demonstration, Installation


@pytest.fixture
def copied(demo: Demonstration, tmp_path: Path) -> Installation:
    return demo.installation.copy(tmp_path / "home")


@pytest.fixture
def joinedup(db: None, settings: object, tmp_path: Path) -> Callable[..., Result]:
    """`joinedup("import", path)`: the command in this process, on the tests' own records and a home of its own."""
    settings.HOME = tmp_path / "home"  # type: ignore[attr-defined]
    cache.clear()

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)

    return run
