"""Files that come out the same, byte for byte, whenever they are made from the same input."""

import gzip
import io
import zipfile
from pathlib import Path

import polars as pl


def write_gzip(path: Path, body: bytes) -> None:
    """Compress without the time and the name that gzip would otherwise record."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write(body)
    path.write_bytes(packed.getvalue())
    print(f"{path.name:36} {len(packed.getvalue()):>10,} bytes")


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    """One archive of several files, packed as small as the standard library can."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_LZMA)
    path.write_bytes(packed.getvalue())
    print(f"{path.name:36} {len(packed.getvalue()):>10,} bytes")


def csv_bytes(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


def write_table(path: Path, frame: pl.DataFrame) -> None:
    """A CSV file, compressed when its name ends in .gz."""
    body = csv_bytes(frame)
    if path.suffix == ".gz":
        write_gzip(path, body)
    else:
        path.write_bytes(body)
        print(f"{path.name:36} {len(body):>10,} bytes")
