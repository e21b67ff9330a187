"""A publisher on this machine, and a reader of its archive who never really waits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from joinedup.evidence.fetch.archive import Archive, archive_path
from joinedup.evidence.fetch.remote_file import RemoteFile
from joinedup.evidence.fetch.server import Server
from tests.evidence.fetch.publisher import Publisher, archive, publishing


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with publishing(archive(tmp_path / "2024-12.zip")) as found:
        yield found


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def server(publisher: Publisher, pauses: list[float]) -> Server:
    return Server(publisher.address, sleep=pauses.append)


@pytest.fixture
def opened(server: Server) -> Callable[[], Archive]:
    return lambda: Archive(RemoteFile(server, archive_path("2024-12")))
