"""`joinedup seat`: a table plan from a folder of CSV files, for those who run no site.

The formats are those of `docs/methods/tables.md`; lists inside a cell are separated by `;`.
"""

from joinedup.events.files.reading import read_event
from joinedup.events.files.writing import Seated, seat

__all__ = ["Seated", "read_event", "seat"]
