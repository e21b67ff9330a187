"""What a sentence about an opportunity may not hold: ways to reach a person, or numbers that stand for one. And what
no part of a strength may count."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from joinedup.engines.opportunities.strength import Weights
from joinedup.privacy.free_text import what_identifies

SHORTEST, LONGEST, LONGEST_STEP, LONGEST_REASON = 20, 400, 250, 250


def sentence(text: str) -> str:
    """The sentence with single spaces. Raises ValidationError with one plain sentence when it cannot be taken."""
    plain = " ".join(text.split())
    if len(plain) < SHORTEST:
        raise ValidationError(
            _(
                "Say in one sentence of at least 20 characters who could work together, where, on what and why now."
            )
        )
    if len(plain) > LONGEST:
        raise ValidationError(_("Keep it to 400 characters: this has %(number)s.") % {"number": len(plain)})
    return _about_nobody(plain)


def step(text: str) -> str:
    """The first step, which may be empty, in the same way."""
    plain = " ".join(text.split())
    if len(plain) > LONGEST_STEP:
        raise ValidationError(
            _("Keep the first step to 250 characters: this has %(number)s.") % {"number": len(plain)}
        )
    return _about_nobody(plain)


def reason(text: str) -> str:
    """Why a partnership weighs as it does, which must be said, in the same way."""
    plain = " ".join(text.split())
    if not plain:
        raise ValidationError(_("Say why, so that the partnership can follow it."))
    if len(plain) > LONGEST_REASON:
        raise ValidationError(
            _("Keep the reason to 250 characters: this has %(number)s.") % {"number": len(plain)}
        )
    return _about_nobody(plain)


def weights(given: Weights) -> Weights:
    """Weights that a partnership may weigh by: see `Weights.are_usable`."""
    if not given.are_usable():
        raise ValidationError(_("Each must be a number from 0 to the most that it may count."))
    return given


def _about_nobody(plain: str) -> str:
    if what := what_identifies(plain):
        raise ValidationError(
            _("Please take out %(what)s: nothing about a single person belongs here.") % {"what": what}
        )
    return plain
