"""One or two sentences on the need of a place and what changed, with how certain that is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from joinedup.engines.words import listing
from joinedup.evidence.models import Figure, Need
from joinedup.evidence.plain_words import (
    agreement_word,
    compared_with,
    measured_word,
    move,
    need_class,
    need_word,
)
from joinedup.places.models import Place
from joinedup.web.layers import HEADLINES, headline_of

# Changes are stated for these, in this order, if they are clear.
WATCHED = (*HEADLINES, "robbery", "recorded-robbery", "knife-injury-aged-1-24", "knife-crime")
NAMED = 3
HIGH = 4  # class of need
NOT_MEASURED = "no figure is held that measures it, theme by theme"
TOO_WIDE = (Place.Kind.POLICE_FORCE, Place.Kind.REGION, Place.Kind.COUNTRY)


@dataclass(frozen=True)
class Summary:
    """`lacks_police`: no police figure is held, so that somebody has to bring them in."""

    need: str
    change: str
    lacks_police: bool = False


def summary(place: Place, needs: Sequence[Need], figures: Sequence[Figure]) -> Summary:
    """Expects `needs` with their theme selected; `figures` are the place's."""
    lacks_police = place.kind not in TOO_WIDE and not _has_police(figures)
    return Summary(_need(place, needs), _change(place, figures), lacks_police)


def _need(place: Place, needs: Sequence[Need]) -> str:
    if place.kind in TOO_WIDE:
        return f"Need is worked out for smaller places. Choose a part of {place.name} below."
    sure = [each for each in needs if each.said is not None]
    if not sure:
        why = "too little is held to say" if any(each.need is not None for each in needs) else NOT_MEASURED
        return f"How much need there is in {place.name} is not known: {why}. That is not the same as no need."
    compared = compared_with(sure, [place.pk])
    out = [each for each in sure if each.verdict == Need.Verdict.STANDS_OUT]
    high = [each for each in sure if each not in out and (need_class(each.said) or 0) >= HIGH]
    top = sorted(high, key=lambda each: -(each.said or 0))[:NAMED]
    named = listing([f"{_small(each.theme.name)} ({_how_much(each)})" for each in top])
    if out:
        first = sorted(out, key=lambda each: -(each.stands_out or 0))[:NAMED]
        listed = listing([_small(each.theme.name) for each in first])
        also = f" Need is high on {named} too." if high else ""
        return f"{compared}, {place.name} stands out on {listed}.{also}"
    if not high:
        return f"{compared}, need in {place.name} is high on none of the {len(sure)} themes known."
    return f"{compared}, need in {place.name} is highest on {named}."


def _how_much(need: Need) -> str:
    """High, several figures agree: the need, how certain it is, and whether figures of the theme itself say so."""
    words = (need_word(need.said), agreement_word(need), measured_word(need))
    return ", ".join(word for word in words if word)


def _change(place: Place, figures: Sequence[Figure]) -> str:
    if place.kind in TOO_WIDE:
        return ""
    held = {figure.indicator: figure for figure in figures}
    if not _has_police(figures):
        return f"Police figures for {place.name} are not held, so what changed is unknown too."
    moves = [found for slug in WATCHED if slug in held and (found := move(held[slug]))]
    if not moves:
        return "What changed in the last year cannot be said from what is held."
    clear = [each.sentence for each in moves if each.direction != "level"]
    return " ".join(clear[:2]) if clear else moves[0].sentence


def _has_police(figures: Sequence[Figure]) -> bool:
    headline = headline_of(figures)
    return headline is not None and headline.state != Figure.State.MISSING


def _small(name: str) -> str:
    return name[0].lower() + name[1:]
