"""A file on a server that can be read from any place in it, as `zipfile` reads: by HTTP ranges, a few large ones."""

from __future__ import annotations

import io

from joinedup.evidence.fetch.server import FileThere, NotFetched, Server

# An archive ends with records of 98 bytes that say where its directory is (22, 20 and 56; APPNOTE.TXT of PKWARE,
# 4.3.14 to 4.3.16).
TAIL = 1024
READ_AHEAD = 4 * 1024  # where nothing is known about what will be read next
PIECE = 8 * 1024**2
LARGEST_READ = 64 * 1024**2  # the directory of 4,485 files has half a megabyte


class RemoteFile(io.BufferedIOBase):
    """Open a file on a server. Raises `NotFetched` (also from `read`), `NoParts` if the server has no ranges."""

    def __init__(self, server: Server, path: str) -> None:
        self._server = server
        self.file: FileThere = server.look(path)
        self._position = 0
        self._expected = (0, 0)
        self._held, self._held_at = b"", 0
        self._fill(max(self.file.size - TAIL, 0), self.file.size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.file.size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._position = base + offset
        return self._position

    def expect(self, start: int, stop: int) -> None:
        """What will be read next, from its beginning to its end: it comes in pieces as large as can be."""
        self._expected = (start, min(stop, self.file.size))

    def read(self, size: int | None = -1) -> bytes:
        start = self._position
        stop = self.file.size if size is None or size < 0 else min(start + size, self.file.size)
        if stop - start > LARGEST_READ:
            raise NotFetched("The archive is not built as expected: nothing was fetched.")
        if stop <= start:
            return b""
        if not self._held_at <= start <= stop <= self._held_at + len(self._held):
            self._fill(start, stop)
        self._position = stop
        return self._held[start - self._held_at : stop - self._held_at]

    def _fill(self, start: int, stop: int) -> None:
        """Hold the bytes from `start` to at least `stop`, keeping those that are here already."""
        kept = self._held[start - self._held_at :] if start >= self._held_at else b""
        begin = start + len(kept)
        first, last = self._expected
        ahead = min(begin + PIECE, last) if first <= begin < last else begin + READ_AHEAD
        end = min(max(stop, ahead), self.file.size)
        self._held, self._held_at = kept + self._server.part(self.file, begin, end), start
