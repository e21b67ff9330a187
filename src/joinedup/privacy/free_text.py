"""Free text that is stored longer than personal details: what it may not contain, and the error message.

Registration, topics, notes of a session, roles, sentences about joint work. Uses the detectors of `detect`;
what they find is never logged.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from joinedup.privacy.detect import (
    BIRTH,
    EMAIL,
    HOUSE,
    LINK,
    NATIONAL_INSURANCE,
    PHONE,
    POLICE_NUMBER,
    PUPIL_NUMBER,
    TEN_FIGURES,
    Detector,
    found_in,
    name_in,
)

# Lines about organisations: a web address, social media account, street or postcode is allowed, as these are
# public; only number, street and postcode together are a house. Ten digits are refused whether or not they
# are a valid NHS number: no such line needs them.
KEPT_LINE: tuple[Detector, ...] = (
    EMAIL,
    PHONE,
    TEN_FIGURES,
    NATIONAL_INSURANCE,
    POLICE_NUMBER,
    PUPIL_NUMBER,
    BIRTH,
    HOUSE,
)
# For names and roles, also of organisations: words only, without links.
WORDS_ALONE = (*KEPT_LINE, LINK)


def what_identifies(text: str, detectors: Iterable[Detector] = KEPT_LINE) -> str:
    """The first thing in a text that identifies a person, such as “a phone number”; "" if there is none."""
    return next((str(each.what) for each in found_in(text, detectors)), "")


def refusal(
    text: str, names: Iterable[str] = (), *, besides: str = "", detectors: Iterable[Detector] = KEPT_LINE
) -> str:
    """Why this text is refused, in one sentence that says what to do; "" if it is accepted."""
    if what := what_identifies(text, detectors):
        return _(
            "Please take out %(what)s: this is kept when what we know of people is deleted, so it may not lead to one."
        ) % {"what": what}
    if name := name_in(text, names, besides=besides):
        return _(
            "Please take out the name “%(name)s”: this is kept when what we know of people is deleted, so it may name "
            "nobody."
        ) % {"name": name}
    return ""


def refuse(
    boxes: dict[str, str],
    names: Iterable[str] = (),
    *,
    besides: str = "",
    detectors: Iterable[Detector] = KEPT_LINE,
) -> None:
    """Raise ValidationError, with a reason for each field whose text identifies a person."""
    names, detectors = list(names), list(detectors)
    found = {box: refusal(text, names, besides=besides, detectors=detectors) for box, text in boxes.items()}
    if wrong := {box: reason for box, reason in found.items() if reason}:
        raise ValidationError(wrong)
