"""Single files out of an archive on a server: only their bytes are asked for, and they arrive as they are there."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from joinedup.evidence.fetch.archive import Archive, Damaged, archive_path
from joinedup.evidence.fetch.remote_file import READ_AHEAD, TAIL, RemoteFile
from joinedup.evidence.fetch.server import NotFetched, Server
from tests.evidence.fetch.publisher import Publisher, archive, street

Opened = Callable[[], Archive]
NAME = "2024-12-leicestershire-street.csv"


def taken(found: Archive, name: str, folder: Path) -> str:
    found.take(name, folder / name, lambda _: None)
    return (folder / name).read_text(encoding="utf-8")


def test_only_what_is_wanted_is_transferred(
    publisher: Publisher, opened: Opened, server: Server, tmp_path: Path
) -> None:
    path = archive(tmp_path / "2024-12.zip", crimes=3000)
    with opened() as found:
        assert found.months == {"2024-11", "2024-12"}
        before = len(publisher.spans())
        assert taken(found, NAME, tmp_path) == street("2024-12", "leicestershire", 3000)
    with zipfile.ZipFile(path) as made:
        packed = made.getinfo(f"2024-12/{NAME}").compress_size
        directory = path.stat().st_size - made.start_dir
    assert len(publisher.spans()) == before + 1
    assert packed < publisher.sent <= packed + directory + TAIL + 2 * READ_AHEAD
    assert publisher.sent < path.stat().st_size / 5
    assert publisher.sent == server.received + 1  # the first request is for one byte, to see how large it is


def test_an_archive_of_more_than_4_gb(publisher: Publisher, opened: Opened, tmp_path: Path) -> None:
    """Places beyond 4 GB stand in the records of Zip64. The file is hollow: it takes no room."""
    large = tmp_path / "large.zip"
    texts = {month: street(month, "leicestershire") for month in ("2024-11", "2024-12")}
    with large.open("wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("2024-11/2024-11-leicestershire-street.csv", texts["2024-11"])
        stream.seek(5 * 1024**3)
        made.start_dir = stream.tell()
        made.writestr(f"2024-12/{NAME}", texts["2024-12"])
    assert large.stat().st_size > 5 * 1024**3
    publisher.archives["2024-12"] = large
    with opened() as found:
        assert taken(found, NAME, tmp_path) == texts["2024-12"]
        assert taken(found, "2024-11-leicestershire-street.csv", tmp_path) == texts["2024-11"]
    assert publisher.sent < 50_000


def test_a_connection_that_breaks_in_a_file(publisher: Publisher, opened: Opened, tmp_path: Path) -> None:
    with opened() as found:
        publisher.faults = [700, 300]
        assert taken(found, NAME, tmp_path) == street("2024-12", "leicestershire")


@pytest.mark.parametrize("part", ["content", "header"])
def test_what_is_damaged_is_noticed_and_not_left(
    part: str, publisher: Publisher, opened: Opened, tmp_path: Path
) -> None:
    path = publisher.archives["2024-12"]
    with zipfile.ZipFile(path) as made:
        item = made.getinfo(f"2024-12/{NAME}")
    body = bytearray(path.read_bytes())
    at = item.header_offset + (30 + len(item.filename) + item.compress_size // 2 if part == "content" else 0)
    body[at] ^= 0xFF
    path.write_bytes(body)
    with opened() as found:
        with pytest.raises(Damaged, match="arrived damaged"):
            taken(found, NAME, tmp_path)
        assert not (tmp_path / NAME).exists()
        assert taken(found, "2024-11-leicestershire-street.csv", tmp_path)


def test_a_checksum_that_is_wrong(publisher: Publisher, opened: Opened, tmp_path: Path) -> None:
    """The content unpacks, and is not what the archive says that it is."""
    path = tmp_path / "stored.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"2024-12/{NAME}", street("2024-12", "leicestershire"))
    path.write_bytes(path.read_bytes().replace(b"High Street", b"High Strait", 1))
    publisher.archives["2024-12"] = path
    with opened() as found, pytest.raises(Damaged, match="its checksum or its size is wrong"):
        taken(found, NAME, tmp_path)


@pytest.mark.parametrize("body", [b"", b"no archive", bytes(100_000)])
def test_what_is_no_archive(body: bytes, publisher: Publisher, opened: Opened) -> None:
    publisher.archives["2024-12"].write_bytes(body)
    with pytest.raises(NotFetched):
        opened()


def test_names_in_an_archive_are_never_paths(publisher: Publisher, opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name in (
            f"../../{NAME}",
            "/etc/passwd",
            "2024-12/..-street.csv",
            "2024-12/2024-13-kent-street.csv",
        ):
            made.writestr(name, "x")
    publisher.archives["2024-12"] = path
    with opened() as found:
        assert found.months == {"2024-12"}
        assert taken(found, NAME, tmp_path) == "x"


def test_read_from_any_place_it_is_the_same_file(server: Server, publisher: Publisher) -> None:
    body = publisher.archives["2024-12"].read_bytes()
    file = RemoteFile(server, archive_path("2024-12"))
    for start, size in (
        (0, 10),
        (5, 20),
        (len(body) - 5, 50),
        (1000, 6000),
        (3000, 9000),
        (2990, 20),
        (0, -1),
    ):
        file.seek(start)
        expected = body[start : start + size] if size >= 0 else body
        assert file.read(size) == expected
        assert file.tell() == start + len(expected)
    file.seek(0, 2)
    assert (file.tell(), file.read(1)) == (len(body), b"")
