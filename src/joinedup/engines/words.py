"""Lists, days and plurals in British English.

For code without Django, and for names that may have a comma themselves. Other rooms use Django's `get_text_list`,
`date_format` and `ngettext`.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence

# What nobody sees and what turns text round: controls but tab and line end, zero-width letters, marks of direction,
# soft hyphens, and halves of pairs that stand alone. The joiners (200C, 200D) are part of words in some scripts, and of
# pictures of people.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LATIN_JOINERS = re.compile(
    "(?<=[\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\u024f])|[\u200c\u200d]$"
)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


def seen(text: str) -> str:
    """Text as a reader sees it: composed (NFC), \\n at line ends, without what nobody sees or what turns it round."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    return _LATIN_JOINERS.sub("", _UNSEEN.sub("", text))


def one_line(text: str) -> str:
    """The same in one line, with single spaces: for names, subjects, and whatever stands in a list or a calendar."""
    return " ".join(seen(text).split())


def listing(names: Sequence[str], last: str = "and") -> str:
    """ "A", "A and B", "A, B and C"; "A, a; B; and C" where one has a comma itself; empty for none."""
    if len(names) < 2:
        return "".join(names)
    if any("," in name for name in names):
        return f"{'; '.join(names[:-1])}; {last} {names[-1]}"
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def day(value: datetime.date) -> str:
    """8 October 2018."""
    return f"{value.day} {value:%B %Y}"


def month(value: datetime.date) -> str:
    """October 2018."""
    return f"{value:%B %Y}"


def plural(number: int, one: str, many: str = "") -> str:
    """`one` for 1, otherwise `many`, or `one` with an s."""
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 table", "2 tables"; without thousands separators."""
    return f"{number} {plural(number, one, many)}"
