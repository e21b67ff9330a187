"""What somebody can ask for when they register, in words. Nothing here is free text about a person.

Why a list: what is written freely about somebody may be about their health, and hides who they are
(docs/data-protection-assessment.md). What the list lacks is asked by mail of those who plan the day.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TICKED: dict[str, Promise] = {
    "step_free": gettext_lazy("A step-free table"),
    "quiet": gettext_lazy("A quieter table"),
    "hearing_loop": gettext_lazy("A hearing loop"),
    "bsl": gettext_lazy("A British Sign Language interpreter"),
}
# An interpreter for a language that is not in the list, or was not named.
OTHER_LANGUAGE = "interpreter"
# Welsh, and main languages other than English that most people had in the Census of England and Wales 2021.
LANGUAGES: dict[str, Promise] = {
    "albanian": gettext_lazy("Albanian"),
    "arabic": gettext_lazy("Arabic"),
    "bengali": gettext_lazy("Bengali (with Sylheti)"),
    "bulgarian": gettext_lazy("Bulgarian"),
    "cantonese": gettext_lazy("Cantonese"),
    "french": gettext_lazy("French"),
    "greek": gettext_lazy("Greek"),
    "gujarati": gettext_lazy("Gujarati"),
    "hungarian": gettext_lazy("Hungarian"),
    "italian": gettext_lazy("Italian"),
    "kurdish": gettext_lazy("Kurdish"),
    "lithuanian": gettext_lazy("Lithuanian"),
    "mandarin": gettext_lazy("Mandarin"),
    "panjabi": gettext_lazy("Panjabi"),
    "pashto": gettext_lazy("Pashto"),
    "persian": gettext_lazy("Persian (Farsi, Dari)"),
    "polish": gettext_lazy("Polish"),
    "portuguese": gettext_lazy("Portuguese"),
    "romanian": gettext_lazy("Romanian"),
    "russian": gettext_lazy("Russian"),
    "somali": gettext_lazy("Somali"),
    "spanish": gettext_lazy("Spanish"),
    "tamil": gettext_lazy("Tamil"),
    "tigrinya": gettext_lazy("Tigrinya"),
    "turkish": gettext_lazy("Turkish"),
    "ukrainian": gettext_lazy("Ukrainian"),
    "urdu": gettext_lazy("Urdu"),
    "vietnamese": gettext_lazy("Vietnamese"),
    "welsh": gettext_lazy("Welsh"),
}
# The need for an interpreter of each language, as it is stored.
INTERPRETERS = {f"{OTHER_LANGUAGE}_{key}": words for key, words in LANGUAGES.items()}
# Every need as it is stored, in the order in which needs are listed.
NEEDS = (*TICKED, *INTERPRETERS, OTHER_LANGUAGE)


def need_words(need: str) -> str:
    """A stored need in words: “A hearing loop”, “An interpreter for Polish”."""
    if need in INTERPRETERS:
        return _("An interpreter for %(language)s") % {"language": INTERPRETERS[need]}
    if need == OTHER_LANGUAGE:
        return _("An interpreter: ask them for which language")
    return str(TICKED.get(need, need))


def needs_in_words(needs: Iterable[str]) -> str:
    """Several in one line; empty for none."""
    return "; ".join(map(need_words, needs))
