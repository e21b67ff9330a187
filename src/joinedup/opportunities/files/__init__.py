"""`joinedup match`: opportunities from a folder of CSV files, for analysts who run no site.

The formats are those of `docs/methods/opportunities.md`; lists inside a cell are separated by `;`.
"""

from joinedup.opportunities.files.matching import Matched, match
from joinedup.opportunities.files.reading import SEVEN, Refused, read_folder

__all__ = ["SEVEN", "Matched", "Refused", "match", "read_folder"]
