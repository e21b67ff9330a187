"""What people do around an event. Each takes who acts, checks that they may, and leaves an audit entry."""

from joinedup.events.actions.agreement import (
    Contributed,
    change_agreement,
    record_agreement,
    report_progress,
    start_agreement,
)
from joinedup.events.actions.event import add_event, change_event, delete_personal, set_tables
from joinedup.events.actions.invitation import (
    add_invitation,
    answer_invitation,
    make_invitations,
    send_invitations,
)
from joinedup.events.actions.planning import move_person, plan_event, replan_event
from joinedup.events.actions.registration import (
    NobodyThere,
    cancel_registration,
    change_registration,
    register,
    set_parts,
)
from joinedup.events.actions.topic import (
    accept_topic,
    change_topic,
    choose_opportunity,
    move_topic,
    propose_topic,
    remove_topic,
)

__all__ = [
    "Contributed",
    "NobodyThere",
    "accept_topic",
    "add_event",
    "add_invitation",
    "answer_invitation",
    "cancel_registration",
    "change_agreement",
    "change_event",
    "change_registration",
    "change_topic",
    "choose_opportunity",
    "delete_personal",
    "make_invitations",
    "move_person",
    "move_topic",
    "plan_event",
    "propose_topic",
    "record_agreement",
    "register",
    "remove_topic",
    "replan_event",
    "report_progress",
    "send_invitations",
    "set_parts",
    "set_tables",
    "start_agreement",
]
