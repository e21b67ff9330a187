"""The kinds of spreadsheets that can be uploaded: one file each."""

from joinedup.spreadsheets.kinds.asks import ASKS
from joinedup.spreadsheets.kinds.contract import RowKind
from joinedup.spreadsheets.kinds.initiatives import INITIATIVES
from joinedup.spreadsheets.kinds.offers import OFFERS
from joinedup.spreadsheets.kinds.partners import PARTNERS

KINDS: dict[str, RowKind] = {
    "partners": PARTNERS,
    "initiatives": INITIATIVES,
    "asks": ASKS,
    "offers": OFFERS,
}

__all__ = ["KINDS", "RowKind"]
