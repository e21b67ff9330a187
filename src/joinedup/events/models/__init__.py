"""Programmes, events, who comes, what is talked about, who sits where, and what is agreed."""

from joinedup.accounts.models import fresh_token
from joinedup.events.models.agreements import (
    Agreement,
    Chase,
    Contribution,
    Naming,
    Progress,
    Response,
    YoungMark,
)
from joinedup.events.models.event import Event, Session, Speaker, Venue
from joinedup.events.models.people import YOUNG, Attendee, Invitation, SurveyAnswer, fresh_code, newer
from joinedup.events.models.programme import Programme, Stop
from joinedup.events.models.tables import (
    Draft,
    PlanReport,
    Seat,
    Sitting,
    Table,
    Topic,
    Vote,
    Wish,
)

__all__ = [
    "YOUNG",
    "Agreement",
    "Attendee",
    "Chase",
    "Contribution",
    "Draft",
    "Event",
    "Invitation",
    "Naming",
    "PlanReport",
    "Programme",
    "Progress",
    "Response",
    "Seat",
    "Session",
    "Sitting",
    "Speaker",
    "Stop",
    "SurveyAnswer",
    "Table",
    "Topic",
    "Venue",
    "Vote",
    "Wish",
    "YoungMark",
    "fresh_code",
    "fresh_token",
    "newer",
]
