"""Can I use this? One answer, from what the provider restricts and what the person has told us."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

Word = Literal["yes", "no", "via", "ask", "maybe"]


@dataclass(frozen=True)
class Terms:
    """What an offer restricts. Each mapping is code to name; an empty one restricts nothing.

    `via_sectors` lead, and others come in through them; with `lead_only` nobody else may apply. If there are none,
    everybody applies directly. `who`: in its publisher's words; sectors are then our reading of them. Without either,
    who may use it is not known. By those words `partners` only take part in the bid of others, and `barred` may not
    apply; both are codes.
    """

    sectors: Mapping[str, str] = field(default_factory=dict)
    who: str = ""
    via_sectors: Mapping[str, str] = field(default_factory=dict)
    lead_only: bool = False
    partners: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)
    opens: datetime.date | None = None
    closes: datetime.date | None = None
    is_history: bool = False


@dataclass(frozen=True)
class EligibilityAnswer:
    """`word`: yes, no, via (through another body), ask (something is missing, named in `missing`) or maybe
    (the publisher states who it is for in words, or not at all)."""

    word: Word
    sentence: str
    missing: tuple[str, ...] = ()


def answer(
    offer: Terms, sector: str | None, place_codes: Collection[str], theme: str | None, on: datetime.date
) -> EligibilityAnswer:
    """Whether somebody of `sector`, working in `place_codes`, on `theme`, may use the offer on the day `on`.

    `place_codes` are the place itself and every area it lies in; empty, like None elsewhere, means not told.
    A certain no comes before a missing answer: nobody is asked a question that cannot help them.
    """
    if refusal := _refusal(offer, sector, place_codes, theme, on):
        return EligibilityAnswer("no", refusal)
    if sector in offer.partners:
        return EligibilityAnswer(
            "via", _("Not on your own. Its publisher says: “%(who)s”.") % {"who": _who(offer)}
        )
    missing = _missing(offer, sector, place_codes, theme)
    if missing:
        return EligibilityAnswer("ask", _("Tell us %(what)s to know.") % {"what": _all(missing)}, missing)
    if not offer.via_sectors:
        return _by_its_words(offer, sector)
    if sector in offer.via_sectors:
        behalf = [name for code, name in offer.sectors.items() if code != sector]
        if behalf:
            return EligibilityAnswer(
                "yes", _("You may apply, also on behalf of: %(who)s.") % {"who": _all(behalf)}
            )
        return EligibilityAnswer("yes", _("You may apply, also on behalf of others."))
    bodies = get_text_list(list(offer.via_sectors.values()), _("or"))
    if not offer.lead_only:
        said = _by_its_words(offer, sector)
        through = _("You may also come in through %(who)s.") % {"who": bodies}
        return EligibilityAnswer(said.word, f"{said.sentence} {through}")
    return EligibilityAnswer("via", _("Not directly: apply through %(who)s.") % {"who": bodies})


def _by_its_words(offer: Terms, sector: str | None) -> EligibilityAnswer:
    """A plain yes only if the list of sectors is all there is to go by."""
    words = _who(offer)
    if not words:
        if offer.sectors:
            return EligibilityAnswer("yes", _("You may use this."))
        return EligibilityAnswer("maybe", _("Who may use it is not known here: ask the publisher."))
    said = _("Its publisher says for whom it is: “%(who)s”.") % {"who": words}
    if offer.sectors and sector:
        return EligibilityAnswer(
            "maybe", _("%(said)s By our reading your sector is among them.") % {"said": said}
        )
    return EligibilityAnswer("maybe", said)


def _who(offer: Terms) -> str:
    return offer.who.strip().rstrip(".")


def _refusal(
    offer: Terms, sector: str | None, place_codes: Collection[str], theme: str | None, on: datetime.date
) -> str:
    """Why the answer is certainly no; empty if it may still be yes."""
    if offer.closes and offer.closes < on:
        return _("It closed on %(day)s.") % {"day": date_format(offer.closes, "j F Y")}
    if offer.is_history:
        return _("It is closed or decided, and kept as history.")
    if offer.opens and offer.opens > on:
        return _("It is not open yet: it opens on %(day)s.") % {"day": date_format(offer.opens, "j F Y")}
    if offer.places and place_codes and not offer.places.keys() & set(place_codes):
        return _("It is for other places: %(where)s.") % {"where": _all(offer.places.values())}
    named = {*offer.sectors, *offer.via_sectors, *offer.partners, *offer.barred}
    if sector and offer.sectors and sector not in named:
        return _("It is for other sectors: %(who)s.") % {"who": _all(offer.sectors.values())}
    if sector in offer.barred:
        return _("Your sector may not apply. Its publisher says: “%(who)s”.") % {"who": _who(offer)}
    if theme and offer.themes and theme not in offer.themes:
        return _("It is for other themes: %(what)s.") % {"what": _all(offer.themes.values())}
    return ""


def _missing(
    offer: Terms, sector: str | None, place_codes: Collection[str], theme: str | None
) -> tuple[str, ...]:
    missing = []
    if (offer.sectors or offer.via_sectors) and not sector:
        missing.append(_("which sector you are"))
    if offer.places and not place_codes:
        missing.append(_("where you work"))
    if offer.themes and not theme:
        missing.append(_("which theme"))
    return tuple(missing)


def _all(names: Iterable[str]) -> str:
    return get_text_list(list(names), _("and"))
