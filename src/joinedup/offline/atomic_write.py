"""Write several text files: all of them completely, or none."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from joinedup.offline.delimited import Refused


def write_files(texts: dict[Path, str]) -> None:
    """Write every text to its file, or none of them. Raises `Refused` if one cannot be written."""
    asides = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in texts}
    path = Path()
    try:
        for path, text in texts.items():
            if path.is_dir():
                raise IsADirectoryError(0, "it is a folder")
            with asides[path].open("w", encoding="utf-8", newline="") as file:
                file.write(text if text.endswith("\n") else f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
        for path in texts:
            os.replace(asides[path], path)
    except OSError as error:
        for aside in asides.values():
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        raise Refused(f"“{path}” cannot be written: {error.strerror}.") from error
