"""Boxes of free text that are kept longer than people are: what they refuse, and the sentence that says so.

Registration, topics, notes of a session, roles, sentences about joint work. The detectors are those of `detect`;
nothing of what they found is quoted in a log.
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

# Lines about organisations: their own web address, social media, street or postcode may stand, since they are public;
# only number, street and postcode together are a house. Ten figures refuse whether or not they pass the check of the
# NHS: no such line needs them.
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
# A name, a role, what an organisation is called: words alone, which lead nowhere.
WORDS_ALONE = (*KEPT_LINE, LINK)


def what_identifies(text: str, detectors: Iterable[Detector] = KEPT_LINE) -> str:
    """The first thing in a text that leads to one person, as “a phone number”; "" where there is none."""
    return next((str(each.what) for each in found_in(text, detectors)), "")


def refusal(
    text: str, names: Iterable[str] = (), *, besides: str = "", detectors: Iterable[Detector] = KEPT_LINE
) -> str:
    """Why a box cannot keep this text, in one sentence that says what to do; "" where it can."""
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
    """Raise ValidationError, with the reason beside each box that holds what identifies a person."""
    names, detectors = list(names), list(detectors)
    found = {box: refusal(text, names, besides=besides, detectors=detectors) for box, text in boxes.items()}
    if wrong := {box: reason for box, reason in found.items() if reason}:
        raise ValidationError(wrong)
