"""What stands around an event: programme, venue, the day, visits and practice. Open to everybody, or kept."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from joinedup.accounts import audit
from joinedup.clusters.models import Cluster, Follower, Outcome, Scan
from joinedup.events.actions.event import add_event
from joinedup.events.models import Event, Session, Speaker, Stop, Topic, Venue
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.registration.models import Invitation
from joinedup.visits.models import PracticeCard, Visit
from joinedup.voice.models import Contribution as Said
from joinedup.voice.models import Conversation, Host

WALES = "W92000004"


def open_around(everything: Any) -> None:
    """What anybody may see of it."""
    event, world = everything.event, everything.world
    Stop.objects.create(programme=event.programme, region=WALES, month=datetime.date(2030, 1, 1))
    event.at = Venue.objects.create(footprint=world.north, name="The Hall", access={"lift": True})
    event.save()
    Place.objects.create(
        code="E01099999", name="Northton 001A", kind="lsoa", parent=world.ward, vintage=2021, residents=1_500
    )
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
    _stand_out(everything, hidden)
    _not_listed(everything, hidden)


def _not_listed(everything: Any, hidden: str) -> None:
    """A draft, and an event that waits for an election; each with what hangs on it."""
    world, day = everything.world, everything.today + datetime.timedelta(days=50)
    alice = world.person("alice")
    for name, waits in (("draft", False), ("waiting", True)):
        made = add_event(
            by=alice, footprint=world.north, name=f"{hidden} {name}", purpose=hidden, date=day, capacity=5, rounds=1,
            programme=everything.event.programme, safeguarding_lead="Lead",
        )  # fmt: skip
        Invitation.objects.create(event=made, partner=world.lantern, role="Worker", email="bob@example.org")
        session = Session.objects.create(event=made, starts=datetime.time(10), title=f"{hidden} talks")
        Speaker.objects.create(event=made, session=session, job=hidden, name=hidden, is_named=True)
        Topic.objects.create(event=made, title=f"{hidden} on the agenda", opportunity=everything.chance)
        Stop.objects.filter(programme=made.programme, event=None).update(event=made)
        if waits:
            Event.objects.filter(pk=made.pk).update(is_draft=False, listed_from=datetime.date(2999, 1, 1))
            asked = Conversation.objects.create(
                event=made, slug=f"{hidden.lower()}-asked", question=f"{hidden} asked?", opens=everything.today,
                closes=everything.today,
            )  # fmt: skip
            host = Host.objects.create(conversation=asked, partner=world.school)
            said = Said.objects.create(
                conversation=asked, host=host, text=f"{hidden} said", state="shown", age_band="14-15", read_by=hidden,
                read_on=everything.today,
            )  # fmt: skip
            Topic.objects.create(event=made, title=f"{hidden} of the young").contributions.add(said)


def _stand_out(everything: Any, hidden: str) -> None:
    """Neighbourhoods of North in which something is new, what became of it, and who is told."""
    world, now = everything.world, timezone.now()
    area = Place.objects.get(code="E01099999")
    scan = Scan.objects.create(
        footprint=world.north, kind=Scan.Kind.MONTHLY, state=Scan.State.DONE, ended_at=now, asked_by=f"{hidden} Alice",
        first="2025-01", last="2026-03", rests_on=[], settings={}, engine="1",
    )  # fmt: skip
    cluster = Cluster.objects.create(
        scan=scan, rank=1, centre=area, radius_km=0, start="2026-01", end="2026-03", observed=46, expected=20.0,
        llr=20.0, p=0.001,
    )  # fmt: skip
    cluster.areas.add(area)
    Outcome.objects.create(
        cluster=cluster, word=Outcome.Word.LOOKED_AT, note=f"{hidden} looked at", by=hidden
    )
    Follower.objects.create(user=world.bob, footprint=world.north)
    Scan.objects.create(footprint=world.north, kind=Scan.Kind.YEARLY, asked_by=f"{hidden} Alice")


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
