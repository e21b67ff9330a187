"""Which column of a spreadsheet is which of our fields: suggested from the heading, then chosen.

What people call a column is one list, `engines.reading.headings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.headings import columns_called, names_of

plain = folded


@dataclass(frozen=True)
class Field:
    """A field that a row may fill. `column`: of `engines.reading`, by whose rules it is read and whose headings it has;
    empty where it is called as the field."""

    name: str
    label: str
    column: str = ""
    required: bool = False

    def called(self, table: str) -> tuple[str, ...]:
        """Every heading that people give it, our own label first."""
        return (self.label, *names_of(table, self.column or self.name))


def headings_of(table: str, fields: Sequence[Field]) -> list[str]:
    """Every heading known for these fields."""
    return [word for field in fields for word in field.called(table)]


def suggest(
    header: Sequence[str], table: str, fields: Sequence[Field], remembered: Mapping[str, str]
) -> dict[str, int]:
    """Our field -> column number. The partnership's earlier choice wins, then the same words, then similar
    ones.

    `remembered`: plain heading -> field, with an empty field for a column that was left out on purpose.
    """
    names = {field.name for field in fields}
    chosen: dict[str, int] = {}
    settled: dict[int, str | None] = {}
    for column, heading in enumerate(plain(cell) for cell in header):
        if heading in remembered:
            settled[column] = None
            if remembered[heading] in names - chosen.keys():
                chosen[remembered[heading]] = column
                settled[column] = remembered[heading]
    known = {field.name: field.called(table) for field in fields}
    # Of a heading under another (“Dates: Start”) the whole comes first, then what stands last.
    whole = {
        column: name for column, (name, sure) in columns_called(header, known, settled).items() if sure == 1
    }
    last = [cell.rsplit(": ", 1)[-1] for cell in header]
    found = {column: name for column, (name, _) in columns_called(last, known, settled | whole).items()}
    return chosen | {name: column for column, name in (whole | found).items()}
