"""Opportunities and what they rest on, for tests."""

from __future__ import annotations

import datetime
from typing import Any

from joinedup.evidence.models import Dataset, Figure, Need
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from tests.world import World

HALL = "A hall for mentoring on Friday evenings."
TODAY = datetime.date(2026, 11, 23)


def make_opportunity(world: World, key: str, *parties: Partner, **fields: Any) -> Opportunity:
    kind = fields.pop("kind", "match")
    step = fields.pop("first_step", "Lantern Youth: ring Hilltop School.")
    sentence = fields.pop("sentence", f"Do Lantern Youth and Hilltop School share a room ({key})?")
    defaults: dict[str, Any] = {
        "footprint": world.north,
        "audience": "partnership",
        "marking": "partnership",
        "kind": kind,
        "place": world.northton,
        "theme_id": "trusted-adult",
        "score": 50.0,
        "sentence": sentence,
        "first_step": step,
        "moves": [
            make_move(
                f"{kind}-{key}"[:40],
                kind,
                parties=[(party, "takes part") for party in parties],
                decision=sentence,
                first_step=step,
            )
        ],
        "stands_out": [{"text": "Need is high.", "figure": ""}],
        "would_change": ["If need falls, this goes."],
        "first_seen": TODAY,
        "last_seen": TODAY,
    }
    made = Opportunity.objects.create(key=key, **{**defaults, **fields})
    made.parties.set(parties)
    made.places.set([made.place])
    return made


def make_move(id: str, kind: str, *, parties: list[tuple[Partner, str]], **fields: Any) -> dict[str, Any]:
    """A move as the engine gives it, on what these partners themselves are recorded as."""
    return {
        "id": id,
        "kind": kind,
        "places": [],
        "theme": "trusted-adult",
        "parties": [{"id": each.slug, "name": each.name, "part": part} for each, part in parties],
        "decision": "Do they work together?",
        "sentence": "They could work together.",
        "first_step": "",
        "because": [{"text": f"{each.name} works on it.", "record": each.slug} for each, _ in parties],
        "checks": [],
        "closes": None,
        "support": [],
        "initiatives": [],
        "asks": [],
        "strength": 0.5,
        "parts": {"fit": 0.5, "near": 1.0, "fresh": 1.0},
        **fields,
    }


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
