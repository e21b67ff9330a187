"""What is put right in the rows of a sheet before they are read, because a spreadsheet program did it, not the writer:
cells that were joined, numbers that lost their noughts or became 9.99E+05, and rows of totals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.phrases import listed

# What holds for every row beside which a joined cell stands. A number of people, a sum or a text stands once.
_SHARED = frozenset(
    listed(
        "partner, provider, places, serves, base, themes, sector, sectors, via_sectors, level, kind, co_partners, "
        "marking, starts, ends, opens, closes, basis"
    )
)
_SHARED_BY_CONTACTS = frozenset(listed("name, ref, charity_number, company_number, urn, ods, website, does"))
NUMBERS = ("charity_number", "company_number", "urn", "ods")
_NOT_COUNTED = frozenset(listed("starts, ends, opens, closes, ages, age_to, ref")) | set(NUMBERS)
_TOTAL = frozenset(
    listed(
        "total, totals, grand total, sub total, subtotal, sub totals, subtotals, overall total, overall, sum, sums, "
        "average, mean, count, all together, altogether, cyfanswm"
    )
)
# Of a row that has figures too; “Total Respect” is the name of somebody's work.
_TOTAL_OF = re.compile(
    r"(?:grand |sub ?|overall )?(?:sub)?totals? (?:for|of|in|all|number)\b.*|.* (?:sub ?)?totals?"
)
_FIGURE = re.compile(r"=.*|[£€]?\s?[-(]?\d[\d,.\s]*[%kKmM)]?(?:\s\w+){0,2}")
_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")


def with_joined(
    rows: Sequence[Sequence[str]],
    merged: Sequence[Sequence[int]],
    mapping: Mapping[str, int],
    kind: str,
    first: int,
) -> list[list[str]]:
    """The rows with the value of cells that were joined downwards in each row that holds anything else, in columns
    whose value holds for each. `merged`: as in `RawSheet`; `first`: the row of the sheet that is the first of these."""
    shared = _SHARED | (_SHARED_BY_CONTACTS if kind == "partners" else frozenset())
    columns = {column for field, column in mapping.items() if field in shared}
    filled = [list(row) for row in rows]
    for top, left, bottom, _right in merged:
        if left not in columns or bottom == top or top < first or top - first >= len(rows):
            continue
        value = rows[top - first][left]
        for row in filled[top - first + 1 : bottom - first + 1]:
            if any(row) and left < len(row) and not row[left]:
                row[left] = value
    return filled


def whole_number(text: str) -> str:
    """A number of a register that a spreadsheet program wrote as 9.99123E+05, or as 999123.0; as it is where figures
    were lost, which its reader refuses."""
    text = text.strip()
    if match := _SHORTENED.fullmatch(text):
        after, tens = match[2] or "", int(match[3])
        return match[1] + after.ljust(tens, "0") if len(after) == tens else text
    return re.sub(r"(?<=\d)\.0+$", "", text)


def lost_figures(text: str) -> bool:
    """Whether a spreadsheet program shortened a number so that it cannot be known any more."""
    return bool(_SHORTENED.fullmatch(text.strip())) and whole_number(text) == text.strip()


def is_total(texts: Sequence[str], mapping: Mapping[str, int]) -> bool:
    """Whether a row sums up others: it is called so and holds only figures beside, or holds nothing but figures."""
    filled = {n: cell for n, cell in enumerate(texts) if cell}
    words = {n: cell for n, cell in filled.items() if not _FIGURE.fullmatch(cell.strip())}
    figures = filled.keys() - words.keys()
    if not words:
        # One whose figure is the number of a body, a day or an age merely lacks its name.
        field_of = {column: field for field, column in mapping.items()}
        return (
            bool(figures)
            and mapping.get("name") not in filled
            and not any(field_of.get(n) in _NOT_COUNTED for n in figures)
        )
    if len(words) > 1 or next(iter(words)) not in (min(filled), mapping.get("name"), mapping.get("partner")):
        return False
    said = folded(re.sub(r"[\d(),.:=£]+", " ", next(iter(words.values()))))
    return said in _TOTAL or (bool(figures) and bool(_TOTAL_OF.fullmatch(said)))
