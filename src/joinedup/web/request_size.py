"""How large a request may be, by what it is for. Known before anything of it is read."""

from __future__ import annotations

import re

MEGABYTE = 1024**2
# The longest form that people fill in is a fifth of it.
MOST_BYTES = MEGABYTE
# A spreadsheet is up to 5 MB (`spreadsheets/parse.py`), or as much in pasted rows; the rest is the form around it.
MOST_BYTES_OF_UPLOADS = 6 * MEGABYTE
# So may be the source of a funder's page that somebody pastes.
_UPLOADS = re.compile(r"/bring/(?:support-lists/list|[\w-]+/new)/|/support/read/")


def takes_uploads(path: str) -> bool:
    """Whether the page at this address takes files, or as much text."""
    return _UPLOADS.fullmatch(path) is not None


def most_bytes(path: str, *, has_session: bool) -> int:
    """The largest body in bytes that is read for this address; that whoever sends it may upload is looked at later."""
    return MOST_BYTES_OF_UPLOADS if has_session and takes_uploads(path) else MOST_BYTES
