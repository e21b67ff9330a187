"""The national and regional support that ships with the system, as history or as open.

`support.csv` holds what was published. `reading.csv`, beside this file, holds how we read it: whether it is
open or history, whether the law requires it, which sectors may use it, through whom, on which themes. If no
sector follows from the publisher's words, only these words say who may use it.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import slugify

from joinedup.accounts.records import Came, Marking
from joinedup.places.models import Place
from joinedup.places.regions import REGIONS
from joinedup.support.models import Offer
from joinedup.taxonomy.loading import rows, words

READING = Path(__file__).with_name("reading.csv")
# The code list that these countries and this region come from.
VINTAGE = 2024
# Code, kind and parent of every area that open support may be restricted to.
AREAS: dict[str, tuple[str, str, str | None]] = {
    "England": ("E92000001", Place.Kind.COUNTRY, None),
    "Wales": ("W92000004", Place.Kind.COUNTRY, None),
    **{
        name: (code, Place.Kind.REGION, "England") for code, name in REGIONS.items() if code.startswith("E12")
    },
}
ANYWHERE = frozenset({"UK"})
SOURCE = "Gathered from public pages in November 2026. Who may use it, in sectors and themes, is our reading."

# A row that nobody has read is kept as history, and does not say who may use it.
NOT_READ = {"state": "history", "basis": "", "sectors": "", "via_sectors": "", "themes": ""}

_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTH = re.compile(r"\b(\d{4})-(\d{2})\b")
_WHOLE_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
# In this file, numbers of four digits or more that are not a year are pounds.
_POUNDS = re.compile(r"\b(?!(?:19|20)\d\d\b)\d{4,}\b")
_LARGE = re.compile(r"\b\d{5,}\b")


@transaction.atomic
def load(folder: Path) -> int:
    """Import support.csv, whole or not at all; returns the number of offers in it.

    Loading again refreshes offers that nobody here has checked; those checked since stay as they are. Raises
    ValueError for an open offer in an area that cannot be placed, because without its area it would look open
    to everywhere. Sectors and themes have to be loaded first.
    """
    reading = {row["id"]: row for row in rows(READING)}
    places = _areas()
    table = rows(folder / "support.csv")
    for row in table:
        read = reading.get(row["id"], NOT_READ)
        is_history, is_law = read["state"] != "open", read["basis"] == "law"
        where = _where(row["area"])
        if where is None and not is_history:
            raise ValueError(f"support.csv, {row['id']}: the area “{row['area']}” is not one we can place.")
        offer, _ = Offer.objects.get_or_create(
            slug=slugify(row["name"])[:80], defaults=_facts(row, is_history, is_law) | {"name": row["name"]}
        )
        # Somebody here has checked it since, so the published list no longer overwrites it.
        if offer.checked_on is not None or offer.confirmed_on is not None:
            continue
        Offer.objects.filter(pk=offer.pk).update(**_facts(row, is_history, is_law))
        offer.sectors.set(words(read["sectors"]))
        offer.via_sectors.set(words(read["via_sectors"]))
        offer.themes.set(words(read["themes"]))
        offer.places.set([places[name] for name in where or ()])
    return len(table)


def _areas() -> dict[str, Place]:
    made: dict[str, Place] = {}
    for name, (code, kind, parent) in AREAS.items():
        made[name], _ = Place.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "kind": kind,
                "vintage": VINTAGE,
                "parent": made[parent] if parent else None,
            },
        )
    return made


def _where(area: str) -> tuple[str, ...] | None:
    """The areas named, empty for everywhere, or None if the words name no area we know."""
    if area in ANYWHERE:
        return ()
    names = tuple(area.split(" and "))
    return names if set(names) <= AREAS.keys() else None


def _facts(row: dict[str, str], is_history: bool, is_law: bool) -> dict[str, Any]:
    opened, closed = row["opened"], row["closed_or_decided"]
    return {
        "name": row["name"],
        "provider": row["provider"],
        "kind": row["kind"],
        "purpose": in_words(row["purpose"]),
        "who_may_use": in_words(row["who_may_use"]),
        "is_required_by_law": is_law,
        "area": row["area"],
        "opens": datetime.date.fromisoformat(opened) if _WHOLE_DAY.match(opened) else None,
        "closes": datetime.date.fromisoformat(closed) if _WHOLE_DAY.match(closed) else None,
        "is_history": is_history,
        "dates_note": f"Opened: {in_words(opened)}. Closed or decided: {in_words(closed)}."[:250],
        "amount": in_words(row["amount_gbp"]),
        "amount_gbp": _amount(row["amount_gbp"]),
        "url": row["url"],
        "source": SOURCE,
        "source_url": row["url"],
        "confidence": row["confidence"],
        "marking": Marking.PUBLIC,
        "came": Came.PUBLISHED,
    }


def _amount(text: str) -> int | None:
    """The sum in pounds if the text names exactly one of five digits or more."""
    found = _LARGE.findall(text)
    return int(found[0]) if len(found) == 1 else None


def in_words(text: str) -> str:
    """Dates and sums as people write them: 2018-07-30 becomes 30 July 2018; 11000000 becomes £11,000,000."""

    def day(match: re.Match[str]) -> str:
        return date_format(datetime.date(*map(int, match.groups())), "j F Y")

    def month(match: re.Match[str]) -> str:
        return date_format(datetime.date(int(match[1]), int(match[2]), 1), "F Y")

    return _POUNDS.sub(lambda m: f"£{int(m[0]):,}", _MONTH.sub(month, _DAY.sub(day, text)))
