"""An archive is read whole and compared before anybody may use it; whatever is wrong with it is one sentence."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from joinedup.site.backup_archive import CONTENTS, Archive, Contents, write_archive
from joinedup.site.owner_only import name_once

OBSERVATIONS = f"store/{'a' * 64}.parquet"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    records, observations = tmp_path / "records.sqlite3", tmp_path / "observations.parquet"
    records.write_bytes(b"records " * 5_000)
    observations.write_bytes(b"observations " * 100)
    contents = Contents(
        "1.0", "2027-03-01T02:00:00+00:00", "sqlite", ["accounts.0001_initial"], {"accounts_user": 2}
    )
    write_archive(
        tmp_path / "made.zip", contents, {"records.sqlite3": records, OBSERVATIONS: observations}, tmp_path
    )
    return tmp_path / "made.zip"


def test_what_was_put_in_comes_out(made: Path, tmp_path: Path) -> None:
    with Archive(made) as archive:
        assert (archive.contents.rows, archive.contents.moment) == (2, "01/03/2027 02:00")
        assert sorted(archive.contents.files) == ["records.sqlite3", OBSERVATIONS]
        archive.write_part("records.sqlite3", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"records " * 5_000
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_it_never_replaces_a_file(made: Path, tmp_path: Path) -> None:
    was = made.read_bytes()
    with pytest.raises(FileExistsError):
        write_archive(made, Contents("1.0", "", "sqlite", [], {}), {}, tmp_path)
    assert made.read_bytes() == was
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_disk_without_second_names_for_files(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("joinedup.site.owner_only.os.link", unable)
    aside = tmp_path / "aside"
    aside.write_bytes(b"new")
    with pytest.raises(FileExistsError):
        name_once(aside, made)
    name_once(aside, tmp_path / "named")
    assert (tmp_path / "named").read_bytes() == b"new"
    assert not aside.exists()


def test_a_file_from_before_zips_knew_years(tmp_path: Path) -> None:
    records = tmp_path / "records.sqlite3"
    records.write_bytes(b"records")
    os.utime(records, (0, 0))
    contents = Contents("1.0", "2027-03-01T02:00:00+00:00", "sqlite", [], {})
    write_archive(tmp_path / "old.zip", contents, {"records.sqlite3": records}, tmp_path)
    with Archive(tmp_path / "old.zip") as archive:
        assert archive.contents.files["records.sqlite3"][0] == 7


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def short(whole: bytes) -> bytes:
    return whole[:-1]


def changed_in_the_store(whole: bytes) -> bytes:
    return whole.replace(b"observations observations", b"observations observatiens", 1)


def changed_in_the_records(whole: bytes) -> bytes:
    return whole[:80] + bytes([whole[80] ^ 0xFF]) + whole[81:]


def no_archive(_: bytes) -> bytes:
    return b"name,age\n"


@pytest.mark.parametrize("spoil", [cut, short, changed_in_the_store, changed_in_the_records, no_archive])
def test_what_is_cut_short_or_changed_is_refused(made: Path, spoil: Callable[[bytes], bytes]) -> None:
    whole = made.read_bytes()
    assert spoil(whole) != whole
    made.write_bytes(spoil(whole))
    with pytest.raises(ValidationError, match="is damaged, not whole, or no backup of JoinedUp"):
        Archive(made)


def rewritten(made: Path, parts: dict[str, bytes | None]) -> Path:
    """A sound zip with other parts; None takes one out."""
    to = made.with_name("rewritten.zip")
    with zipfile.ZipFile(made) as found, zipfile.ZipFile(to, "w") as archive:
        every = {name: found.read(name) for name in found.namelist()} | parts
        for name, content in every.items():
            if content is not None:
                archive.writestr(name, content)
    return to


def said(made: Path, **others: object) -> bytes:
    with zipfile.ZipFile(made) as found:
        return json.dumps(json.loads(found.read(CONTENTS)) | others).encode()


def test_a_sound_zip_that_is_not_what_it_was_is_refused(made: Path) -> None:
    foo = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    outside: dict[str, object] = {"files": {"records.sqlite3": [3, foo], "../fallen": [3, foo]}}
    for parts in (
        {OBSERVATIONS: b"observations " * 99 + b"observatiens "},
        {OBSERVATIONS: None},
        {"records.sqlite3": None},
        {"unnamed": b"foo"},
        {CONTENTS: None},
        {CONTENTS: b"[]"},
        {CONTENTS: said(made, files={})},
        {CONTENTS: said(made, database="oracle")},
        {CONTENTS: said(made, **outside), "records.sqlite3": b"foo", "../fallen": b"foo", OBSERVATIONS: None},
    ):
        with pytest.raises(ValidationError, match="is damaged, not whole, or no backup of JoinedUp"):
            Archive(rewritten(made, parts))  # type: ignore[arg-type]


def test_a_format_of_later_is_told_from_damage(made: Path) -> None:
    with pytest.raises(ValidationError, match="written by a newer version"):
        Archive(rewritten(made, {CONTENTS: said(made, format=2)}))
