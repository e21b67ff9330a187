"""The example records that most tests start from.

Alice coordinates the North partnership. Bob works at Lantern Youth, a partner in it. Charlie works at Far
Harbour, a partner of the South partnership only: Charlie must not see anything that North shares. Lead runs
the programme, Admin administers the installation.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from joinedup.accounts.models import Grant, User
from joinedup.accounts.person import Person
from joinedup.events.actions.event import add_event
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Membership, Place
from joinedup.taxonomy.models import Mix, Sector, Theme

SECTORS = [
    "police",
    "health",
    "education",
    "social_care",
    "youth_justice",
    "housing",
    "local_authority",
    "vcs",
]
THEMES = {
    "trusted-adult": "Mentoring and a trusted adult",
    "school-exclusion": "Suspension, exclusion, managed moves",
    "weapon-carrying": "Weapon carrying",
}


@dataclass
class World:
    northton: Place
    eastton: Place
    southton: Place
    ward: Place
    north: Footprint
    south: Footprint
    lantern: Partner
    school: Partner
    police: Partner
    harbour: Partner
    alice: User
    bob: User
    charlie: User
    lead: User
    admin: User

    def person(self, name: str) -> Person:
        """`world.person("alice")`: the reader for permission checks. "nobody" is the public."""
        return Person.of(None if name == "nobody" else getattr(self, name))


def make_partner(
    name: str, sector: str, footprint: Footprint, places: list[Place], themes: list[str], **fields: Any
) -> Partner:
    partner = Partner.objects.create(
        name=name,
        slug=name.lower().replace(" ", "-"),
        sector_id=sector,
        confirmed_on=fields.pop("confirmed_on", datetime.date.today()),
        **fields,
    )
    partner.footprints.add(footprint)
    partner.serves.add(*places)
    partner.themes.add(*themes)
    return partner


def make_user(email: str, name: str, role: str, **scope: Any) -> User:
    user = User.objects.create_user(email, name=name)
    Grant.objects.create(user=user, role=role, **scope)
    return user


def make_world() -> World:
    """Sectors, themes, a mix, three boroughs and a ward, two partnerships, four partners, five people."""
    for order, slug in enumerate(SECTORS):
        Sector.objects.create(
            slug=slug, name=slug.replace("_", " ").capitalize(), in_press_release=True, order=order
        )
    for order, (slug, name) in enumerate(THEMES.items()):
        Theme.objects.create(slug=slug, name=name, order=order, levels=["secondary"])
        for sector in ("police", "education", "vcs"):
            Mix.objects.create(theme_id=slug, sector_id=sector, weight=0.8)
    region = Place.objects.create(code="E12000099", name="Testland", kind="region", vintage=2024)
    northton, eastton, southton = (
        Place.objects.create(
            code=code,
            name=name,
            kind="local_authority",
            parent=region,
            vintage=2024,
            latitude=51.5 + n / 10,
            longitude=-0.1,
            residents=100_000,
            residents_16_24=12_000,
        )
        for n, (code, name) in enumerate(
            [("E09000991", "Northton"), ("E09000992", "Eastton"), ("E09000993", "Southton")]
        )
    )
    for place in (northton, eastton, southton):
        Membership.objects.create(place=place, kind="police_force", code="E23000099", name="Testland Police")
        Membership.objects.create(place=place, kind="health_board", code="E54000099", name="NHS Testland ICB")
    ward = Place.objects.create(
        code="E05099901", name="Mill Ward", kind="ward", parent=northton, vintage=2024, residents=9_000
    )
    # Both show opportunities to the public: if that were off, the default, no test could detect a leak.
    north = Footprint.objects.create(slug="north", name="North partnership", shows_opportunities=True)
    north.places.add(northton, eastton)
    south = Footprint.objects.create(slug="south", name="South partnership", shows_opportunities=True)
    south.places.add(southton)
    lantern = make_partner("Lantern Youth", "vcs", north, [northton, eastton], ["trusted-adult"])
    school = make_partner("Hilltop School", "education", north, [northton], ["school-exclusion"])
    police = make_partner("Testland Police", "police", north, [northton, eastton], [], is_statutory=True)
    harbour = make_partner("Far Harbour", "vcs", south, [southton], ["trusted-adult"])
    return World(
        northton=northton,
        eastton=eastton,
        southton=southton,
        ward=ward,
        north=north,
        south=south,
        lantern=lantern,
        school=school,
        police=police,
        harbour=harbour,
        alice=make_user("alice@example.org", "Alice", "coordinator", footprint=north),
        bob=make_user("bob@example.org", "Bob", "partner_member", partner=lantern),
        charlie=make_user("charlie@example.org", "Charlie", "partner_member", partner=harbour),
        lead=make_user("lead@example.org", "Lead", "programme_lead"),
        admin=make_user("admin@example.org", "Admin", "administrator"),
    )


def published_event(**details: Any) -> Event:
    """A new event that is already public, also on a past day."""
    event = add_event(**details)
    event.is_draft = False
    event.save(update_fields=["is_draft"])
    return event


def all_say_yes(agreement: Any) -> Any:
    """Record a yes from every body that an agreement names; returns the agreement."""
    named = {agreement.owner_partner_id, agreement.deputy_partner_id}
    named |= set(agreement.contributions.values_list("partner", flat=True))
    for pk in named - {None}:
        agreement.namings.create(partner_id=pk, answer="yes", answered_on=datetime.date.today())
    return agreement
