"""A publisher's large text file in parts of whole rows, so that memory does not grow with the file."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from joinedup.offline import archives, workbooks
from joinedup.offline.delimited import Refused, TextTable, table_of
from joinedup.offline.table_files import open_table

# Bytes. Larger ones take longer: the system hands their memory out afresh for each.
PART = 8 * 1024**2
ASTRAY = "The rows cannot be told apart: a quotation mark is astray. Save it again."


def open_parts(
    path: Path, wants: Callable[[list[str]], bool], recognises: workbooks.Recognises | None = None
) -> Iterator[TextTable]:
    """The table of a file as `open_table` reads it, in parts where it is text with a header that `wants` them, else
    whole. Each part has the header, and knows its lines. Raises `Refused`."""
    with path.open("rb") as stream:
        start = stream.read(16)
    is_text = start and not start.startswith(b"PAR1") and not archives.is_archive(path)
    if not is_text:
        yield open_table(path, recognises)
        return
    with _opened(path, start) as stream:
        head = stream.readline(PART)
        names = head.decode("utf-8", "ignore").removeprefix("\ufeff").rstrip("\r\n").split(",")
        is_wanted = b'"' not in head and head.endswith(b"\n") and wants([name.strip() for name in names])
        if is_wanted:
            begun = stream.read(PART)
            if len(begun) < PART:
                yield table_of(head + begun)
            else:
                yield from _parts(stream, head, begun, path.stat().st_size)
    if not is_wanted:
        yield open_table(path, recognises)


@contextmanager
def _opened(path: Path, start: bytes) -> Iterator[IO[bytes]]:
    if not start.startswith(b"\x1f\x8b"):
        with path.open("rb") as plain:
            yield plain
        return
    try:
        with gzip.open(path) as stream:
            yield cast(IO[bytes], stream)
    except archives.BROKEN_GZIP as error:
        raise Refused(archives.DAMAGED_GZIP) from error


def _parts(stream: IO[bytes], head: bytes, begun: bytes, packed: int) -> Iterator[TextTable]:
    buffer = bytearray(len(head) + 2 * PART)
    view = memoryview(buffer)
    first, above = len(head), 0
    unpacked = end = first + len(begun)
    view[:end] = head + begun
    while True:
        # The last line is kept back: the last part has at least that, and is seen to end as a file should.
        cut = buffer.rfind(b"\n", first, end - 1) + 1
        is_quoted = buffer.find(b'"', first, end) >= 0
        if is_quoted:
            cut = _outside_quotes(buffer, first, cut)
        if cut <= first:
            raise Refused(ASTRAY)
        part = table_of(bytes(view[:cut]), above=above, goes_on=True)
        yield part
        above += buffer.count(b"\n", first, cut) if is_quoted else part.records
        kept = end - cut
        if kept > PART:
            raise Refused(ASTRAY)
        view[first : first + kept] = bytes(view[cut:end])
        got = stream.readinto(view[first + kept : first + kept + PART])  # type: ignore[attr-defined]
        end, unpacked = first + kept + got, unpacked + got
        archives.refuse_too_large_in_parts(unpacked, packed)
        if not got:
            yield table_of(bytes(view[:end]), above=above)
            return


def _outside_quotes(buffer: bytearray, first: int, cut: int) -> int:
    """The last end of a line up to `cut` that is no line break within a cell."""
    while cut > first and buffer.count(b'"', first, cut) % 2:
        cut = buffer.rfind(b"\n", first, cut - 1) + 1
    return cut
