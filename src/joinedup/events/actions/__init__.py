"""What people do around an event. Each takes who acts, checks that they may, and leaves an audit entry."""

from joinedup.events.actions.agreement import (
    Contributed,
    change_agreement,
    record_agreement,
    report_progress,
    start_agreement,
)
from joinedup.events.actions.answering import answer_invitation
from joinedup.events.actions.cancelling import cancel_event, take_back_cancellation
from joinedup.events.actions.chasing import ask_now, chase, report_from_mail
from joinedup.events.actions.companions import (
    NobodyThere,
    answer_ask,
    ask_companion,
    cancel_young,
    vouch,
)
from joinedup.events.actions.copying import copy_event
from joinedup.events.actions.door import bring_back, check_in, release_absent, undo_check_in, walk_in
from joinedup.events.actions.event import (
    add_event,
    change_event,
    delete_personal,
    ready_to_invite,
    set_tables,
)
from joinedup.events.actions.holding import confirm_by_hand, confirm_place, is_proved
from joinedup.events.actions.invitation import (
    add_invitation,
    change_invitation,
    make_invitations,
    send_invitation_again,
    send_invitations,
    withdraw_invitation,
)
from joinedup.events.actions.leading import answer_offer
from joinedup.events.actions.marking import ask_young, mark_from_link
from joinedup.events.actions.naming import (
    answer_naming,
    answer_naming_by_mail,
    ask_named_again,
    confirm_agreement,
    take_back_confirmation,
)
from joinedup.events.actions.people import note_export, note_payment
from joinedup.events.actions.planning import move_person, plan_event, replan_event, swap_people
from joinedup.events.actions.publishing import publish_event, withdraw_event
from joinedup.events.actions.registration import (
    cancel_registration,
    change_registration,
    register,
    set_parts,
)
from joinedup.events.actions.reminding import send_reminders
from joinedup.events.actions.survey import answer_survey
from joinedup.events.actions.table import agree_at_table, correct_at_table, forget_draft, save_draft
from joinedup.events.actions.thanking import thank
from joinedup.events.actions.topic import (
    accept_topic,
    change_topic,
    choose_opportunity,
    move_topic,
    propose_topic,
    remove_topic,
)
from joinedup.events.actions.vote import choose_topics
from joinedup.events.actions.wish import add_wish, remove_wish

__all__ = [
    "Contributed",
    "NobodyThere",
    "accept_topic",
    "add_event",
    "add_invitation",
    "add_wish",
    "agree_at_table",
    "answer_ask",
    "answer_invitation",
    "answer_naming",
    "answer_naming_by_mail",
    "answer_offer",
    "answer_survey",
    "ask_companion",
    "ask_named_again",
    "ask_now",
    "ask_young",
    "bring_back",
    "cancel_event",
    "cancel_registration",
    "cancel_young",
    "change_agreement",
    "change_event",
    "change_invitation",
    "change_registration",
    "change_topic",
    "chase",
    "check_in",
    "choose_opportunity",
    "choose_topics",
    "confirm_agreement",
    "confirm_by_hand",
    "confirm_place",
    "copy_event",
    "correct_at_table",
    "delete_personal",
    "forget_draft",
    "is_proved",
    "make_invitations",
    "mark_from_link",
    "move_person",
    "move_topic",
    "note_export",
    "note_payment",
    "plan_event",
    "propose_topic",
    "publish_event",
    "ready_to_invite",
    "record_agreement",
    "register",
    "release_absent",
    "remove_topic",
    "remove_wish",
    "replan_event",
    "report_from_mail",
    "report_progress",
    "save_draft",
    "send_invitation_again",
    "send_invitations",
    "send_reminders",
    "set_parts",
    "set_tables",
    "start_agreement",
    "swap_people",
    "take_back_cancellation",
    "take_back_confirmation",
    "thank",
    "undo_check_in",
    "vouch",
    "walk_in",
    "withdraw_event",
    "withdraw_invitation",
]
