"""The map and the picture of the brief."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils.formats import date_format

from joinedup.documents.drawing import Drawing
from joinedup.documents.place_map import BOUNDARIES, Shown, place_map
from joinedup.documents.round_table import Chair, round_table
from joinedup.engines.words import counted, listing
from joinedup.firstrun.missing import SectorRow
from joinedup.firstrun.place_names import called, listed
from joinedup.places.models import Place
from joinedup.web.layers import layer


def figure_map(places: Sequence[Place], on: datetime.date) -> Drawing | None:
    """The places of a partnership by what most people look for first, or by need where no figure is held; one place, or
    some of which neither is known, only where they are. 6 queries at most."""
    shown = layer(places, "") if len(places) > 1 else None
    if shown is None or not any(each.need_class for each in shown.values):
        names = listed([called(each) for each in places], 6)
        return place_map([Shown(each) for each in places], caption=f"Where it is: {names}. {BOUNDARIES}")
    if shown.dataset:
        what = f"{shown.title}, per 1,000 residents, {shown.when} ({shown.dataset.publisher})"
    else:
        day = date_format(on, "j F Y")
        what = f"Need on {shown.title.lower()}, worked out from the published figures held on {day}"
    tones = [
        Shown(each.place, f"need-{each.need_class}" if each.need_class else "unknown", each.word)
        for each in shown.values
    ]
    caption = f"{what}. Darker is more; dotted is not known or counted otherwise. {BOUNDARIES}"
    return place_map(tones, caption=caption)


def sectors_picture(rows: Sequence[SectorRow], on: datetime.date) -> Drawing | None:
    """Who is round the table, by sector, and which sectors could be asked; None where nobody is expected. Pure."""
    if not rows:
        return None
    chairs = [
        Chair(
            str(len(row.partners)) if row.partners else "",
            "action-2" if row.partners else "",
            row.sector.name,
        )
        for row in rows
    ]
    number = len({partner.pk for row in rows for partner in row.partners})
    there = listing([f"{row.sector.name} {len(row.partners)}" for row in rows if row.partners])
    to_ask = [row.sector.name for row in rows if not row.partners]
    about = f"A table with the partners by sector: {there}." if there else "A table with empty chairs."
    caption = f"Who is round the table, by sector, with how many partners, as recorded on {date_format(on, 'j F Y')}."
    lines = [counted(number, "partner")]
    if to_ask:
        about = f"{about} Empty chairs, for whom one could ask: {listing(to_ask)}."
        caption = f"{caption} Dashed: none is recorded here, ask first what is already done."
        lines.append(f"{counted(len(to_ask), 'sector')} to ask")
    return round_table(chairs, lines, about=about, caption=caption)
