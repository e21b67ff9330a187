"""Open a given file safely: plain text, compressed, a workbook, or Parquet; anything else is refused."""

from __future__ import annotations

from pathlib import Path

from joinedup.late_imports import polars as pl
from joinedup.offline import archives, workbooks
from joinedup.offline.delimited import Refused, TextTable, table_of


def open_table(path: Path, recognises: workbooks.Recognises | None = None) -> TextTable:
    """Read `.csv`, `.csv.gz`, `.zip` with one CSV inside, `.xlsx`, or `.parquet`. Raises `Refused`.

    `recognises`: the header by which the sheet of a workbook is chosen; of no concern to other files.
    """
    if path.stat().st_size == 0:
        raise Refused("The file is empty. Download it again.")
    with path.open("rb") as stream:
        start = stream.read(16)
    if start.startswith(b"PAR1"):
        return _parquet(path)
    if start.startswith(b"PK") and workbooks.is_workbook(path):
        return workbooks.table_in(path, recognises)
    return table_of(_unpacked(path, start))


def _unpacked(path: Path, start: bytes) -> bytes:
    if start.startswith(b"PK"):
        with archives.opened(path) as (archive, found):
            tables = [item for item in found if archives.is_table(item)]
            if len(tables) != 1:
                raise Refused(
                    f"The archive holds {len(tables)} CSV files; it must hold one. Unpack it and bring each alone."
                )
            return archives.content(archive, tables[0])
    if start.startswith(b"\x1f\x8b"):
        return archives.gunzipped(path)
    if path.stat().st_size > archives.LARGEST:
        raise Refused(archives.TOO_LARGE)
    return path.read_bytes()


def _parquet(path: Path) -> TextTable:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Refused("The Parquet file is cut off or damaged. Make it again.") from error
    try:
        frame = frame.with_columns(pl.all().cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise Refused("The Parquet file has columns of lists. Bring plain columns.") from error
    header = frame.columns
    return TextTable(header, frame.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64)))
