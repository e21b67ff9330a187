"""Find what a young person wrote that could identify somebody. It is refused, or queried, in one kind
sentence.

A machine finds what is obvious. A trained adult reads everything before it is shown, whatever is found here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    STREET,
    TEN_FIGURES,
    Detector,
    found_in,
    is_given_name,
    maybe_people,
    without_streets,
)
from joinedup.privacy.free_text import refusal

IsPlace = Callable[[str], bool]


_A_NAME = gettext_lazy(
    "There may be a person’s name in this. Please take it out: “a friend” or “a teacher” is enough."
)


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


def no_place(_name: str) -> bool:
    """For where no place is known."""
    return False


def findings(text: str, is_known_place: IsPlace = no_place) -> list[TextFinding]:
    """What the text may give away: at most one certain finding that names all ways to reach somebody, then at
    most one question each about a name and about a place where somebody can be found. The name of a place is no
    person's: `is_known_place` says which are known (`places.queries.is_place_name`)."""
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
    if maybe_people(without_streets(text), is_known_place):
        found.append(
            TextFinding(
                "name",
                str(_A_NAME),
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


def title_refusal(text: str, is_known_place: IsPlace) -> str:
    """Why the title of a topic is refused, in one sentence; "" if it is accepted. It may name an area. Beside what a
    young person said, a street, a school or a park would tell where to find them."""
    found = [each.sentence for each in findings(text, is_known_place)]
    # A title begins with a capital, so that at its beginning only a common given name tells a person.
    title = without_streets(text.strip())
    at_first = [each for each in maybe_people(f", {title}", is_known_place)[:1] if title.startswith(each)]
    if at_first and is_given_name(at_first[0].split()[0]):
        found.append(str(_A_NAME))
    return found[0] if found else ""


def reply_refusal(text: str, is_known_place: IsPlace = no_place) -> str:
    """Why the reply of a partner is refused, in one sentence; "" if it is accepted. Everybody reads it, and a role does
    where a name would: names of organisations and streets are what such a line is about."""
    if wrong := refusal(text):
        return wrong
    named = maybe_people(without_streets(text), is_known_place)
    if any(not ORGANISED.search(each) for each in named):
        return _(
            "There may be a person’s name in this. Please say their role: “the head” or “a youth worker”."
        )
    return ""
