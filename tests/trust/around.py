"""What stands around an event: programme, venue, the day, visits and practice. Open to everybody, or kept."""

from __future__ import annotations

import datetime
from typing import Any

from joinedup.accounts import audit
from joinedup.events.models import Session, Speaker, Stop, Venue
from joinedup.partners.models import Partner
from joinedup.visits.models import PracticeCard, Visit

WALES = "W92000004"


def open_around(everything: Any) -> None:
    """What anybody may see of it."""
    event, world = everything.event, everything.world
    Stop.objects.create(programme=event.programme, region=WALES, month=datetime.date(2030, 1, 1))
    event.at = Venue.objects.create(footprint=world.north, name="The Hall", access={"lift": True})
    event.save()
    session = Session.objects.create(event=event, starts=datetime.time(10), title="Welcome")
    Speaker.objects.create(event=event, session=session, job="Head", name="Open Name", is_named=True)
    visit = _visit(everything, "An open visit", "public")
    card(everything, "An open card", "public", visit)
    card(everything, "Another card", "public", None)


def hide_around(everything: Any, hidden: str, quiet: Partner) -> None:
    """What only those who plan, or only North, may see."""
    event, world = everything.event, everything.world
    Venue.objects.filter(footprint=world.north).update(notes=f"{hidden} keys")
    Venue.objects.create(footprint=world.north, name=f"{hidden} Barn")
    event.sessions.update(notes=f"{hidden} said")
    event.speakers.update(email="q@example.org", partner=quiet)
    Speaker.objects.filter(event=event).update(order=3)
    visit = _visit(everything, f"{hidden} visited", "partnership")
    Visit.objects.filter(marking="public").update(host=quiet)
    card(everything, f"{hidden} done", "partnership", visit)
    # What is public leans on what is not.
    shown = PracticeCard.objects.get(title="Another card")
    shown.visit, shown.initiative = visit, world.lantern.initiatives.filter(marking="partnership").first()
    shown.save()
    audit.record(by=world.person("alice"), action="practice.change", on=shown)


def _visit(everything: Any, name: str, marking: str) -> Visit:
    made: Visit = Visit.objects.create(
        programme=everything.event.programme, footprint=everything.world.north, place=everything.world.northton,
        slug=name.lower().replace(" ", "-"), name=name, marking=marking, safeguarding_lead="Lead",
    )  # fmt: skip
    return made


def card(everything: Any, title: str, marking: str, visit: Visit | None) -> PracticeCard:
    made: PracticeCard = PracticeCard.objects.create(
        footprint=everything.world.north, partner=everything.world.lantern, place=everything.world.northton,
        slug=title.lower().replace(" ", "-"), title=title, marking=marking, visit=visit, problem="P", mechanism="M",
        cost="C", result="R", what_failed="F", confirmed_on=everything.today,
    )  # fmt: skip
    made.themes.add("trusted-adult")
    return made
