"""The map and the picture of the briefing pack and of “since you were there”, on the screen and in Word."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from joinedup.documents.drawing import Drawing
from joinedup.documents.parts_bar import Part, parts_bar
from joinedup.documents.place_map import BOUNDARIES, Shown, place_map
from joinedup.documents.round_table import Chair, round_table
from joinedup.engines.words import listing
from joinedup.events.queries.events import SectorCount
from joinedup.evidence.models import Need
from joinedup.evidence.plain_words import need_class, need_word
from joinedup.places.models import Place
from joinedup.results.queries.briefing_facts import EventArea
from joinedup.results.queries.programme_results import AgreementTally
from joinedup.results.queries.weighed_agreements import WeighedAgreement
from joinedup.taxonomy.models import Sector

# A place is the darker the more was agreed for it: from one, from two, from four.
STEPS = ((4, "action-4"), (2, "action-3"), (1, "action-2"))
# A map of one place compares nothing.
COMPARED = 2


def need_map(area: EventArea) -> Drawing | None:
    """The places of an event's partnership: how high need is there on the first topic of which that is known, else
    where they are. 2 queries."""
    known = [each for each in area.needs if each.measured != Need.Measured.PROXY]
    for theme in dict.fromkeys(area.themes):
        needs = {each.place_id: each for each in known if each.theme_id == theme}
        if len(needs) >= COMPARED:
            return _of_need(area.places, needs)
    caption = _("Where it is: %(places)s. %(boundaries)s")
    names = listing([each.name for each in area.places[:6]])
    return place_map(
        [Shown(each) for each in area.places], caption=caption % {"places": names, "boundaries": BOUNDARIES}
    )


def _of_need(places: Sequence[Place], needs: dict[str, Need]) -> Drawing | None:
    first = next(iter(needs.values()))
    shown = []
    for place in places:
        said = needs[place.pk].said if place.pk in needs else None
        step = need_class(said)
        shown.append(Shown(place, f"need-{step}" if step else "unknown", need_word(said)))
    caption = _(
        "How high need is on %(theme)s, against like places: darker is higher, dotted is not known. Worked out on "
        "%(day)s from published figures. %(boundaries)s"
    ) % {
        "theme": first.theme.name.lower(),
        "day": date_format(first.worked_out_on, "j F Y"),
        "boundaries": BOUNDARIES,
    }
    return place_map(shown, caption=caption)


def who_comes(counts: Sequence[SectorCount], to_ask: Sequence[Sector], on: datetime.date) -> Drawing | None:
    """Who is coming by sector, and which sectors could still be asked; None where nobody comes yet. No query."""
    if not counts:
        return None
    chairs = [
        Chair(each.words, "action-2", each.sector)
        if each.words.isdecimal()
        else Chair("", "action-2", f"{each.sector}: {each.words}")
        for each in counts
    ]
    chairs += [Chair("", name=each.name) for each in to_ask]
    coming = listing([f"{each.sector} {each.words}" for each in counts])
    about = _("A table with those who are coming by sector: %(sectors)s.") % {"sectors": coming}
    caption = _("Who is coming, by sector, as registered on %(day)s.") % {"day": date_format(on, "j F Y")}
    if to_ask:
        empty = _("Empty chairs, for whom one could ask: %(sectors)s.")
        about = f"{about} {empty % {'sectors': listing([each.name for each in to_ask])}}"
        caption = f"{caption} {_('Dashed: who could still be asked.')}"
    middle = ngettext("%(number)s sector comes", "%(number)s sectors come", len(counts))
    lines = [middle % {"number": len(counts)}]
    if to_ask:
        lines.append(
            ngettext("%(number)s to ask", "%(number)s to ask", len(to_ask)) % {"number": len(to_ask)}
        )
    return round_table(chairs, lines, about=about, caption=caption)


def agreed_map(weighed: Sequence[WeighedAgreement], on: datetime.date) -> Drawing | None:
    """Where what was agreed is done: the darker, the more; None where nothing is. 2 queries, none for nothing."""
    places = {each.agreement.place_id: each.agreement.place for each in weighed}
    if not places:
        return None
    counts = Counter(each.agreement.place_id for each in weighed)
    shown = [
        Shown(
            places[code],
            next(tone for least, tone in STEPS if number >= least),
            ngettext("%(number)s agreement", "%(number)s agreements", number) % {"number": number},
        )
        for code, number in sorted(counts.items(), key=lambda pair: (places[pair[0]].name, pair[0]))
    ]
    caption = _("Where what was agreed is done, on %(day)s: darker is more agreements. %(boundaries)s")
    return place_map(shown, caption=caption % {"day": date_format(on, "j F Y"), "boundaries": BOUNDARIES})


def how_they_stand(all_of_it: AgreementTally, on: datetime.date) -> Drawing | None:
    """How many agreements are kept, on the way, not kept and dropped; None where none is. No query."""
    parts = [
        Part(_("kept"), all_of_it.kept, "action-5"),
        Part(_("on the way"), all_of_it.open, "action-3"),
        Part(_("not kept"), all_of_it.not_kept, "none", is_dashed=True),
        Part(_("dropped by agreement"), all_of_it.dropped, "ground"),
    ]
    told = listing([f"{each.number} {each.name}" for each in parts])
    return parts_bar(
        parts,
        about=_("A bar of the agreements: %(parts)s.") % {"parts": told},
        caption=_("How what was agreed stands, as the partners reported it, on %(day)s.")
        % {"day": date_format(on, "j F Y")},
    )
