"""One period of a series, and why it may have no number."""

from __future__ import annotations

from dataclasses import dataclass

from joinedup.engines.code_faults import ENDED, NOT_BEGUN, REPEATED
from joinedup.evidence.models import Figure

NUMBER, MISSING = str(Figure.State.NUMBER), str(Figure.State.MISSING)
# Why a month of a series has no number: its force did not send all of it, or no file has it.
NOT_WHOLE, NO_FILE = "not whole", "no file"
# Or nothing was counted under the place's code.
OF_A_CODE = {ENDED: "code ended", NOT_BEGUN: "code not begun", REPEATED: "carried on"}


@dataclass(frozen=True)
class Point:
    """One period of a series. `value` is a count for rates, else the published value; None unless a number.

    `why` a month has none: NOT_WHOLE, one of OF_A_CODE, on a chart also NO_FILE, or empty for all other reasons.
    """

    period: str
    value: float | None
    state: str = NUMBER
    why: str = ""
