"""Find what a young person wrote that could identify somebody. It is refused, or queried, in one kind
sentence.

A machine finds what is obvious. A trained adult reads everything before it is shown, whatever is found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.privacy.identifying import EMAIL, LINK, PHONE, POSTCODE


@dataclass(frozen=True)
class Finding:
    """`certain`: refuse it. Otherwise ask, and accept the answer if the writer says that it names nobody."""

    kind: str
    sentence: str
    certain: bool


_NETWORK = r"(?:snap(?:chat)?|insta(?:gram)?|ig|tik ?tok|whatsapp)"
# Ways to reach somebody. Each is certain enough to refuse: no answer needs one.
_CERTAIN = {
    "email": (EMAIL, gettext_lazy("an e-mail address")),
    "phone": (PHONE, gettext_lazy("a phone number")),
    "handle": (
        re.compile(
            rf"(?<![\w@.])@\w{{2,}}|\b{_NETWORK}\s*[:=]\s*\S+|\bmy {_NETWORK} is\s+\w*[\d_.]\w+", re.I
        ),
        gettext_lazy("a name on social media"),
    ),
    "postcode": (POSTCODE, gettext_lazy("a postcode")),
    "link": (LINK, gettext_lazy("a web address")),
}
_INTRODUCED = re.compile(
    r"\b(?:called|named|name is|name's|names are|my (?:mate|friend|brother|sister|cousin|teacher|mum|dad))\s+"
    r"(?!is\b|are\b|was\b|and\b|who\b)[A-Z][a-z'’-]+"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|PC|Officer|Sgt)\.?\s+[A-Z][A-Za-z'’-]+")
_TWO_CAPITALS = re.compile(r"(?<=[a-z,;] )[A-Z][a-z'’-]+ [A-Z][a-z'’-]+")
_STREET = re.compile(
    r"\b[A-Z][\w'’-]+ "
    r"(?:Road|Rd|Street|St|Lane|Avenue|Ave|Estate|Close|Court|House|Tower|Park|Gardens|School|Academy)\b"
)


def findings(text: str) -> list[Finding]:
    """What the text may give away: at most one certain finding that names all ways to reach somebody, then at
    most one question each about a name and about a place where somebody can be found."""
    found = []
    reach = [str(words) for pattern, words in _CERTAIN.values() if pattern.search(text)]
    if reach:
        found.append(
            Finding(
                "reach",
                _(
                    "Please take out %(what)s, so that nobody can be found by it. Everything else is still here."
                )
                % {"what": _(" and ").join(reach)},
                certain=True,
            )
        )
    if any(pattern.search(_without_streets(text)) for pattern in (_INTRODUCED, _TITLED, _TWO_CAPITALS)):
        found.append(
            Finding(
                "name",
                _(
                    "There may be a person’s name in this. Please take it out: “a friend” or “a teacher” is enough."
                ),
                certain=False,
            )
        )
    if _STREET.search(text):
        found.append(
            Finding(
                "place",
                _(
                    "There may be a place in this where somebody can be found. “A street near school” is enough: "
                    "please take its name out."
                ),
                certain=False,
            )
        )
    return found


def _without_streets(text: str) -> str:
    """The two capitals of a street are not a person's."""
    return _STREET.sub("…", text)
