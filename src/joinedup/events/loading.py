"""The published events of 2018 and 2019, as history: only what was published, and nobody who attended."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from joinedup.events.models import Event, Programme

SERIES = ("serious-violence-events-2018-2019", "Serious violence events 2018 to 2019")
RELATED = ("related-events-2019", "Related events")
SERIES_SUMMARY = (
    "The Home Office brought partners together in one place after another. No attendee is recorded here, "
    "and nothing public says what was agreed."
)
RELATED_SUMMARY = "Events on serious violence that were not part of the series."
# The regions of the published areas; a national meeting has none.
REGIONS_OF = {
    "E01": ["E12000007"],
    "E02": ["E12000006"],
    "E03": ["E12000005"],
    "E04": ["E12000001"],
    "E05": ["E12000003"],
    "E07": ["E12000007"],
}
NOT_STATED = {"", "not stated", "not shown"}


@transaction.atomic
def load(folder: Path) -> int:
    """Read events.csv of the reference facts; running it again changes nothing. Returns how many events it
    has."""
    with (folder / "events.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        series = row["scope"] == "series"
        slug, name = SERIES if series else RELATED
        summary = SERIES_SUMMARY if series else RELATED_SUMMARY
        programme, _ = Programme.objects.update_or_create(
            slug=slug, defaults={"name": name, "summary": summary}
        )
        _event(programme, row)
    return len(rows)


def _event(programme: Programme, row: dict[str, str]) -> None:
    date = datetime.date.fromisoformat(row["date"]) if row["date"] else None
    first, *others = [each.strip() for each in row["source"].split("|")]
    town = row["place"].split(",")[0]
    kind = "Serious violence event" if row["scope"] == "series" else "Meeting on serious violence"
    fields: dict[str, Any] = {
        "programme": programme,
        "name": f"{kind}, {town}",
        "date": date,
        "date_note": _note(row["date_confidence"]),
        "venue": _stated(row["venue"]),
        "place_name": row["place"],
        "region": row["region_covered"],
        "regions": REGIONS_OF.get(row["id"], []),
        "host": _stated(row["minister_or_host"]),
        "attendance": _stated(row["attendance"]),
        "story": row["notes"],
        "source_url": first,
        "reading": "\n".join(others),
        "confidence": row["confidence"],
        "is_history": True,
    }
    slug = slugify(f"{kind} {town} {date.year if date else row['id']}")
    Event.objects.update_or_create(slug=slug, defaults=fields)


def _stated(text: str) -> str:
    return "" if text.strip().lower() in NOT_STATED else text.strip()


def _note(text: str) -> str:
    """Why the date is uncertain, or which days it was; "not shown" says that no source gives it."""
    if text.startswith("exact"):
        return text.removeprefix("exact").strip(" ()")
    return text.replace("not shown", "day not published")[:200]
