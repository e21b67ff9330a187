"""The demonstration's accounts. People are called by their role; nobody here exists."""

from __future__ import annotations

from django.conf import settings

from joinedup.accounts.models import Grant, User
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint

COORDINATOR = "coordinator@demonstration.example"
YOUTH_WORKER = "youth.worker@demonstration.example"
DEPUTY_HEAD = "deputy.head@demonstration.example"
LEAD = "programme.lead@demonstration.example"
ADMINISTRATOR = "administrator@demonstration.example"
ELSEWHERE = "elsewhere@demonstration.example"

WHO = [
    (COORDINATOR, "coordinates the London demonstration partnership"),
    (YOUTH_WORKER, "youth worker at Holloway Mentors, a partner in Islington"),
    (DEPUTY_HEAD, "deputy head of the Demonstration Academy (Islington)"),
    (LEAD, "leads the programme of events"),
    (ADMINISTRATOR, "looks after the installation"),
    (ELSEWHERE, "works in another partnership: see what they do not see"),
]


def make_people(footprints: dict[str, Footprint]) -> None:
    """One account for each role of the permission table."""

    def partner(name: str) -> Partner:
        return Partner.objects.get(name__startswith=name, is_demonstration=True)

    grants = [
        (COORDINATOR, "Coordinator", "Coordinator", Grant(role="coordinator", footprint=footprints["main"])),
        (
            YOUTH_WORKER,
            "Youth worker",
            "Youth worker",
            Grant(role="partner_member", partner=partner("Holloway")),
        ),
        (
            DEPUTY_HEAD,
            "Deputy head",
            "Deputy head",
            Grant(role="partner_member", partner=partner("Demonstration Academy (Islington)")),
        ),
        (LEAD, "Programme lead", "Programme lead", Grant(role="programme_lead")),
        (ADMINISTRATOR, "Administrator", "Administrator", Grant(role="administrator")),
        (
            ELSEWHERE,
            "Youth worker elsewhere",
            "Youth worker",
            Grant(role="partner_member", partner=partner("Far Harbour Youth")),
        ),
    ]
    for email, name, job, grant in grants:
        grant.user = User.objects.create_user(email, name=name, job=job)
        grant.save()


def welcome(port: int) -> str:
    """The message for the console: what to do now."""
    lines = [f"  {email:<42} {what}" for email, what in WHO]
    return "\n".join(
        [
            "",
            f"The demonstration is ready in {settings.HOME}.",
            f"Open http://127.0.0.1:{port}/ (stop with Ctrl-C).",
            "Sign in as any of these; the code is printed here, on the console:",
            *lines,
            "",
        ]
    )
