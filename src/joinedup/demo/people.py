"""The demonstration's accounts. People are called by their role; nobody here exists."""

from __future__ import annotations

from django.conf import settings

from joinedup.accounts.models import Grant, User
from joinedup.demo.registers import Register
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint

COORDINATOR = "coordinator@demonstration.example"
YOUTH_WORKER = "youth.worker@demonstration.example"
DEPUTY_HEAD = "deputy.head@demonstration.example"
LEAD = "programme.lead@demonstration.example"
ADMINISTRATOR = "administrator@demonstration.example"
ELSEWHERE = "elsewhere@demonstration.example"

WHO = [
    (COORDINATOR, "coordinates the partnership of Islington, Camden and Hackney"),
    (YOUTH_WORKER, "youth worker at the Canalbank youth club (Islington)"),
    (DEPUTY_HEAD, "deputy head of Lock Lane secondary school (Camden)"),
    (LEAD, "leads the programme of events"),
    (ADMINISTRATOR, "looks after the installation"),
    (ELSEWHERE, "youth worker in Derbyshire: see what they do not see"),
]


def make_coordinator(footprint: Footprint) -> User:
    """The account that brings the register in."""
    return _account(COORDINATOR, "Coordinator", Grant(role="coordinator", footprint=footprint))


def make_people(ours: Register, elsewhere: Register) -> None:
    """One account for each other role of the permission table."""

    def member(partner: Partner) -> Grant:
        return Grant(role="partner_member", partner=partner)

    _account(YOUTH_WORKER, "Youth worker", member(ours.partners["ICH-P29"]))
    _account(DEPUTY_HEAD, "Deputy head", member(ours.partners["ICH-P12"]))
    _account(LEAD, "Programme lead", Grant(role="programme_lead"))
    _account(ADMINISTRATOR, "Administrator", Grant(role="administrator"))
    _account(ELSEWHERE, "Youth worker elsewhere", member(elsewhere.partners["DP32"]), job="Youth worker")


def _account(email: str, name: str, grant: Grant, *, job: str = "") -> User:
    user = grant.user = User.objects.create_user(email, name=name, job=job or name)
    grant.save()
    return user


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
