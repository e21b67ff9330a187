"""`joinedup scan`: where and when counts stand out, from CSV files, for those who run no site.

The formats are those of `docs/methods/scan.md`.
"""

from joinedup.evidence.scanning.asked import Asked
from joinedup.evidence.scanning.run import Found, scan_files
from joinedup.evidence.scanning.wording import COLUMNS, csv_rows
from joinedup.evidence.sources.table import Refused

__all__ = ["COLUMNS", "Asked", "Found", "Refused", "csv_rows", "scan_files"]
