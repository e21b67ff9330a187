"""The national and regional support that ships with the system: what is open, the shelf, and history.

`support.csv` holds what was published (`who_may_use`, `area` and the columns `…_as_published`), and how we read it
against those columns: for whom it is, through whom, how it can be had, what one award may be, and which themes it is
about. What was not published is blank. If no sector follows from the publisher's words, only these words say who may
use it.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from joinedup.accounts.records import Came, Marking
from joinedup.places.models import Place
from joinedup.places.regions import REGIONS
from joinedup.support.checks import next_check
from joinedup.support.models import Offer
from joinedup.taxonomy.loading import rows, words

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

_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTH = re.compile(r"\b(\d{4})-(\d{2})\b")
# In this file, numbers of four digits or more that are not a year are pounds.
_SUMS = re.compile(r"\b(?!(?:19|20)\d\d\b)\d{4,}\b")


@transaction.atomic
def load(folder: Path) -> int:
    """Import support.csv, whole or not at all; returns the number of offers in it.

    Loading again refreshes offers that nobody here has checked; those checked since stay as they are. Raises
    ValueError for a basis that there is not, and for an offer that can still be had in an area that cannot be placed,
    because without its area it would look open to everywhere. Sectors and themes have to be loaded first.
    """
    places = _areas()
    table = rows(folder / "support.csv")
    for row in table:
        where = _where(row["area"])
        if row["basis"] not in Offer.Basis.values:
            raise ValueError(
                f"support.csv, {row['id']}: the basis “{row['basis']}” is not one that there is."
            )
        if where is None and row["basis"] != Offer.Basis.CLOSED:
            raise ValueError(f"support.csv, {row['id']}: the area “{row['area']}” is not one we can place.")
        offer, is_new = Offer.objects.get_or_create(slug=slugify(row["name"])[:80], defaults=_facts(row))
        if is_new or offer.basis != row["basis"]:
            fresh = Offer(**_facts(row))
            Offer.objects.filter(pk=offer.pk, last_checked=None).update(
                check_by=next_check(fresh, timezone.localdate())
            )
        # Somebody here has checked it since, so the published list no longer overwrites it.
        if offer.checked_on is not None or offer.confirmed_on is not None:
            continue
        Offer.objects.filter(pk=offer.pk).update(**_facts(row))
        offer.sectors.set(words(row["audience"]))
        offer.via_sectors.set(words(row["via"]))
        offer.themes.set(words(row["themes"]))
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


def _facts(row: dict[str, str]) -> dict[str, Any]:
    opened, closed = in_words(row["opened_as_published"]), in_words(row["closed_as_published"])
    return {
        "name": row["name"],
        "provider": row["provider"],
        "kind": row["kind"],
        "purpose": row["purpose"],
        "who_may_use": in_words(row["who_may_use"]),
        "lead_only": row["lead_only"] == "yes",
        "is_general": row["general"] == "yes",
        "is_required_by_law": row["required_by_law"] == "yes",
        "area": row["area"],
        "basis": row["basis"],
        "opens": _day(row["opens"]),
        "closes": _day(row["closes"]),
        "dates_note": f"Opened: {opened}. Closed or decided: {closed}."[:250],
        "amount": in_words(row["amount_as_published"]),
        "amount_max_gbp": _pounds(row["amount_max_gbp"]),
        "amount_programme": _pounds(row["amount_programme"]),
        "awards": row["awards"],
        "last_checked": _day(row["last_checked"]),
        "url": row["url"],
        "source": SOURCE,
        "source_url": row["url"],
        "confidence": row["confidence"],
        "marking": Marking.PUBLIC,
        "came": Came.PUBLISHED,
    }


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _pounds(text: str) -> int | None:
    return int(text) if text else None


def in_words(text: str) -> str:
    """Dates and sums as people write them: 2018-07-30 becomes 30 July 2018; 11000000 becomes £11,000,000."""

    def day(match: re.Match[str]) -> str:
        return date_format(datetime.date(*map(int, match.groups())), "j F Y")

    def month(match: re.Match[str]) -> str:
        return date_format(datetime.date(int(match[1]), int(match[2]), 1), "F Y")

    return _SUMS.sub(lambda m: f"£{int(m[0]):,}", _MONTH.sub(month, _DAY.sub(day, text)))
