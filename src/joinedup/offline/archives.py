"""The tables in a given file: the file itself, or the members of an archive.

Nothing is unpacked onto the disk, and no name in an archive is ever used as a path.
"""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from joinedup.offline.delimited import Refused

LARGEST_IN_PARTS = 16 * 1024**3  # unpacked bytes of a file that is never held whole
LARGEST = 2 * 1024**3  # unpacked bytes, of all tables together: a small archive must not fill the memory
MOST_FILES = 5_000
# A table of figures compresses to a tenth, one of zeros to a hundredth. What compresses further is not a
# table.
MOST_TIMES, TIMES_FROM = 250, 64 * 1024**2
STEP = 1 << 20
TOO_LARGE = "The file holds more than 2 GB when unpacked. Bring it in parts, by month or by area."
TOO_LARGE_IN_PARTS = "The file holds more than 16 GB when unpacked. Bring it in parts, by month or by area."
BOMB = "The file unpacks to very much more than a table does. Download it from the publisher again."
DAMAGED = "The archive is cut off or damaged. Download it again."
DAMAGED_GZIP = "The compressed file is cut off or damaged. Download it again."
BROKEN_GZIP = (EOFError, gzip.BadGzipFile, zlib.error)
# What the standard library raises for a malicious or truncated archive.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst")


def is_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def gunzipped(path: Path) -> bytes:
    """The unpacked bytes. Raises `Refused` if the file is damaged or too large."""
    packed = path.stat().st_size
    body = bytearray()
    try:
        with gzip.open(path) as stream:
            while step := stream.read(STEP):
                body += step
                _refuse_too_large(len(body), packed)
    except BROKEN_GZIP as error:
        raise Refused(DAMAGED_GZIP) from error
    return bytes(body)


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """An archive and its files, in the order of their names. Raises `Refused` if something is wrong with
    it."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise Refused(DAMAGED) from error
    with archive:
        found = [item for item in archive.infolist() if not item.is_dir() and not _is_litter(item.filename)]
        _judge(found, path.stat().st_size)
        yield archive, sorted(found, key=lambda item: item.filename)


def is_table(item: zipfile.ZipInfo) -> bool:
    return item.filename.lower().endswith(".csv")


def content(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> bytes:
    """The bytes of one file; never more than the archive declares, which was checked."""
    try:
        with archive.open(item) as stream:
            return stream.read(item.file_size + 1)  # past the end, where the checksum is verified
    except BROKEN as error:
        raise Refused(DAMAGED) from error


def label(item: zipfile.ZipInfo) -> str:
    """What to call a file of an archive in a sentence."""
    name = item.filename.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter if letter.isprintable() else " " for letter in name)
    return plain if len(plain) <= 80 else f"{plain[:80]}…"


def _is_litter(name: str) -> bool:
    """Whether it is one of the files that macOS adds to archives."""
    return "__MACOSX" in name or name.endswith(".DS_Store")


def _judge(found: list[zipfile.ZipInfo], packed: int) -> None:
    if not found:
        raise Refused("The archive is empty. Download it again.")
    if any(item.filename == "[Content_Types].xml" for item in found):
        raise Refused("This is an Excel or Word file. Save the sheet as CSV and bring that.")
    # Of OpenDocument, whose parts no publisher's archive has together.
    if {"mimetype", "content.xml"} <= {item.filename for item in found}:
        raise Refused("This is an OpenDocument file. Save the sheet as CSV or Excel (.xlsx) and bring that.")
    if len(found) > MOST_FILES:
        raise Refused(f"The archive holds {len(found):,} files, more than {MOST_FILES:,}. Bring it in parts.")
    for item in found:
        way = PurePosixPath(item.filename.replace("\\", "/"))
        if way.is_absolute() or ".." in way.parts or item.filename[1:2] == ":":
            raise Refused(
                f"The archive has a file ({label(item)}) that would lie outside it, as no publisher's has. Download "
                "it from the publisher again."
            )
        if item.filename.lower().endswith(ARCHIVES):
            raise Refused(
                f"The archive holds another archive ({label(item)}). Unpack it and bring what is inside."
            )
    tables = [item for item in found if is_table(item)]
    if not tables:
        raise Refused("The archive holds no CSV file. Unpack it and see what is inside.")
    if any(item.flag_bits & 1 for item in tables):
        raise Refused("The archive is locked with a password. Unpack it and bring the CSV file.")
    names = Counter(item.filename for item in tables)
    twice = next((item for item in tables if names[item.filename] > 1), None)
    if twice:
        raise Refused(f"The archive holds {label(twice)} twice. Unpack it and bring the right one.")
    _refuse_too_large(sum(item.file_size for item in tables), packed)


def refuse_too_large_in_parts(unpacked: int, packed: int) -> None:
    """Raises `Refused` for more bytes than any table has, or than one of that packed size unpacks to."""
    if unpacked > LARGEST_IN_PARTS:
        raise Refused(TOO_LARGE_IN_PARTS)
    _refuse_bomb(unpacked, packed)


def _refuse_too_large(unpacked: int, packed: int) -> None:
    if unpacked > LARGEST:
        raise Refused(TOO_LARGE)
    _refuse_bomb(unpacked, packed)


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > TIMES_FROM and unpacked > MOST_TIMES * packed:
        raise Refused(BOMB)
