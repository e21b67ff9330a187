"""Results as text, and text into files: all of them whole, or none."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from joinedup.engines.matching import Opportunity, band
from joinedup.engines.matching.score import COMPONENTS
from joinedup.offline.match.reading import Refused
from joinedup.offline.match.spotted import Spotted

# A cell that a spreadsheet would take for a formula is written as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

_PLAIN: dict[str, Callable[[Opportunity], object]] = {
    "id": lambda o: o.id,
    "kind": lambda o: o.kind,
    "score": lambda o: o.score,
    "band": lambda o: band(o.score),
    "ask": lambda o: "true" if o.ask else "false",
    "place": lambda o: o.place,
    "theme": lambda o: o.theme,
    "parties": lambda o: ";".join(o.parties),
    "initiatives": lambda o: ";".join(o.initiatives),
    "offers": lambda o: ";".join(o.offers),
    "sentence": lambda o: o.sentence,
    "first_step": lambda o: o.first_step,
    "because": lambda o: " | ".join(fact.text for fact in o.because),
    "would_change": lambda o: " | ".join(o.would_change),
}


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_csv(as_of: date, found: Iterable[Opportunity], *, with_others: bool = False) -> str:
    """`with_others`: a last column for who might join what a person spotted."""
    rows = (
        [
            as_of.isoformat(),
            *(read(each) for read in _PLAIN.values()),
            *(each.components[c] for c in COMPONENTS),
            *([_others(each)] if with_others else []),
        ]
        for each in found
    )
    return table(["as_of", *_PLAIN, *COMPONENTS, *(["others"] if with_others else [])], rows)


def _others(each: Opportunity) -> str:
    return ";".join(other.partner for other in each.others) if isinstance(each, Spotted) else ""


def table(header: list[str], rows: Iterable[list[object]]) -> str:
    """Rows under a header as CSV, safe to open in a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def write(texts: dict[Path, str]) -> None:
    """Writes every text to its file, or none of them. Raises `Refused` where one cannot be written."""
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
