from pathlib import Path

import pytest

from tests.offline.match.folders import FILES, NAMED, PLAIN, SHARED, fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One borough, one theme, two partners, one initiative, one offer, as the command took them before."""
    path = tmp_path / "in"
    path.mkdir()
    for name, text in FILES.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A register in which everything is public."""
    return fill(tmp_path / "in", PLAIN)


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A register with public, shared and named records."""
    return fill(tmp_path / "marked", PLAIN, NAMED, SHARED)
