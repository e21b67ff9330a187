"""Pages of this room."""

from joinedup.events.views.agreements import (
    agreement,
    agreement_edit,
    agreement_report,
    agreement_start,
    agreements,
    agreements_csv,
    opportunity_agree,
    sitting,
)
from joinedup.events.views.coming import attending, event_register, invitation
from joinedup.events.views.organising import (
    event_add,
    event_edit,
    event_invitations,
    event_invitations_csv,
    event_people,
)
from joinedup.events.views.planning import (
    event_plan,
    event_plan_print,
    event_topic,
    event_topics,
    opportunity_agenda,
)
from joinedup.events.views.public import event, event_propose, events

__all__ = [
    "agreement",
    "agreement_edit",
    "agreement_report",
    "agreement_start",
    "agreements",
    "agreements_csv",
    "attending",
    "event",
    "event_add",
    "event_edit",
    "event_invitations",
    "event_invitations_csv",
    "event_people",
    "event_plan",
    "event_plan_print",
    "event_propose",
    "event_register",
    "event_topic",
    "event_topics",
    "events",
    "invitation",
    "opportunity_agenda",
    "opportunity_agree",
    "sitting",
]
