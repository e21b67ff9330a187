"""The code that somebody shows at the door, as a link and as a square to scan.

The square holds the address of the event's check-in and the six letters of the code, nothing of the person and not the
link of their own page: whoever photographs it can do nothing with it unless they may check people in. No queries.
"""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlencode, urlsplit

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage

from joinedup.accounts.links import address_of
from joinedup.registration.models import Attendee


def code_link(attendee: Attendee) -> str:
    """The whole address that a phone opens when it scans the square. Opening it changes nothing."""
    return f"{address_of('event_check_in', attendee.event.slug)}?{urlencode({'code': attendee.code})}"


# One of the eight patterns that the standard allows, each as valid as the others. To weigh all eight for the one that
# is read most easily takes three times as long, which counts where the squares of a whole event are printed.
_MASK = 4


def code_square(attendee: Attendee) -> SafeString:
    """The square as SVG, to stand in a page beside words that say what it is."""
    made = qrcode.make(
        code_link(attendee), image_factory=SvgPathImage, box_size=12, border=4, mask_pattern=_MASK
    )
    written = io.BytesIO()
    made.save(written)
    svg = written.getvalue().decode()
    # Drawn by the library from our own address. The declaration before it is for files, and a page has several.
    drawn = svg[svg.index("<svg") :].replace("<svg ", '<svg aria-hidden="true" ', 1)
    return mark_safe(drawn.replace(' id="qr-path"', ""))  # noqa: S308


def code_in(typed: str) -> str:
    """The code in what was typed or scanned: a scanner that works as a keyboard types the whole address."""
    if "://" in typed:
        typed = parse_qs(urlsplit(typed.strip()).query).get("code", [""])[0]
    return "".join(letter for letter in typed.upper() if letter.isalnum())
