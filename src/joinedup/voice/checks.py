"""Find what a young person wrote that could identify somebody. It is refused, or queried, in one kind
sentence.

A machine finds what is obvious. A trained adult reads everything before it is shown, whatever is found here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from joinedup.privacy.detect import (
    BIRTH,
    EMAIL,
    HANDLE,
    LINK,
    NATIONAL_INSURANCE,
    ORGANISED,
    PHONE,
    POLICE_NUMBER,
    POSTCODE,
    PUPIL_NUMBER,
    SOMEBODY,
    STREET,
    TEN_FIGURES,
    Detector,
    found_in,
)
from joinedup.privacy.free_text import refusal


@dataclass(frozen=True)
class TextFinding:
    """`certain`: refuse it. Otherwise ask, and accept the answer if the writer says that it names nobody."""

    kind: str
    sentence: str
    certain: bool


# Refused, each certain enough: no answer needs one. Stricter than boxes about organisations (`free_text.KEPT_LINE`):
# a postcode or a web address of a young person is their own, and so is a name on social media.
REFUSED: tuple[Detector, ...] = (
    EMAIL,
    PHONE,
    HANDLE,
    POSTCODE,
    LINK,
    BIRTH,
    TEN_FIGURES,
    NATIONAL_INSURANCE,
    POLICE_NUMBER,
    PUPIL_NUMBER,
)


def findings(text: str) -> list[TextFinding]:
    """What the text may give away: at most one certain finding that names all ways to reach somebody, then at
    most one question each about a name and about a place where somebody can be found."""
    found = []
    reach = list(dict.fromkeys(str(each.what) for each in found_in(text, REFUSED)))
    if reach:
        found.append(
            TextFinding(
                "reach",
                _(
                    "Please take out %(what)s, so that nobody can be found by it. Everything else is still here."
                )
                % {"what": _(" and ").join(reach)},
                certain=True,
            )
        )
    # A street's two capitals are not a person's.
    if SOMEBODY.is_in(STREET.pattern.sub("…", text)):
        found.append(
            TextFinding(
                "name",
                _(
                    "There may be a person’s name in this. Please take it out: “a friend” or “a teacher” is enough."
                ),
                certain=False,
            )
        )
    if STREET.is_in(text):
        found.append(
            TextFinding(
                "place",
                _(
                    "There may be a place in this where somebody can be found. “A street near school” is enough: "
                    "please take its name out."
                ),
                certain=False,
            )
        )
    return found


def reply_refusal(text: str) -> str:
    """Why the reply of a partner is refused, in one sentence; "" if it is accepted. Everybody reads it, and a role does
    where a name would: names of organisations and streets are what such a line is about."""
    if wrong := refusal(text):
        return wrong
    named = (match[0] for match in SOMEBODY.pattern.finditer(STREET.pattern.sub("…", text)))
    if any(not ORGANISED.search(each) for each in named):
        return _(
            "There may be a person’s name in this. Please say their role: “the head” or “a youth worker”."
        )
    return ""
