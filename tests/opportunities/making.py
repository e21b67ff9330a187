"""Opportunities and what they rest on, for tests."""

from __future__ import annotations

import datetime
from typing import Any

from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from tests.world import World

TODAY = datetime.date(2026, 11, 23)


def make_opportunity(world: World, key: str, *parties: Partner, **fields: Any) -> Opportunity:
    defaults: dict[str, Any] = {
        "footprint": world.north,
        "audience": "partnership",
        "marking": "partnership",
        # The public reads of no need that is not met: of something that can be done.
        "kind": "ask_meets_offer" if fields.get("audience") == "public" else "unmet_need",
        "place": world.northton,
        "theme_id": "trusted-adult",
        "score": 50.0,
        "sentence": f"Lantern Youth and Hilltop School could plan together ({key}).",
        "because": [
            {"text": "Need is high.", "figure": {"place": world.northton.pk, "theme": "trusted-adult"}},
            {"text": "Lantern Youth works on it.", "record": {"type": "partner", "id": "lantern-youth"}},
        ],
        "first_step": "Lantern Youth: ring Hilltop School.",
        "components": {"gap": 0.5, "fit": 0.5, "effect": 0.5, "urgency": 0.5, "newness": 0.5},
        "would_change": ["If need falls, this goes."],
        "first_seen": TODAY,
        "last_seen": TODAY,
    }
    values = {**defaults, **fields}
    made = Opportunity.objects.create(key=key, **{"placed": values["score"], **values})
    made.parties.set(parties)
    return made


def make_figure(place: Place, indicator: str, value: float, **fields: Any) -> Figure:
    dataset, _ = Dataset.objects.get_or_create(
        name="test-data",
        defaults={
            "title": "Test data",
            "source": "tidy",
            "publisher": "Test publisher",
            "licence": "OGL v3.0",
            "file_name": "test.csv",
            "content_hash": "0" * 64,
            "stored_as": "",
            "rows_read": 1,
            "rows_kept": 1,
        },
    )
    return Figure.objects.create(
        place=place,
        indicator=indicator,
        period="2025",
        state="number",
        value=value,
        dataset=dataset,
        **fields,
    )


def make_need(place: Place, theme: str, need: float, people: int = 400, **fields: Any) -> Need:
    fields.setdefault("certainty", 0.8)
    return Need.objects.create(
        place=place,
        theme_id=theme,
        need=need,
        people_at_risk=people,
        worked_out_on=TODAY,
        **({"certainty": 0.7} | fields),
    )
