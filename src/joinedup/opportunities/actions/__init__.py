"""What people do with opportunities. Each takes who acts, checks that they may, and leaves an audit entry."""

from joinedup.opportunities.actions.answering import answer, answer_from_mail
from joinedup.opportunities.actions.asking import Asked, ask
from joinedup.opportunities.actions.deciding import (
    assign,
    put_back,
    set_aside,
    snooze,
    take_up,
    unassign,
    wake,
)
from joinedup.opportunities.actions.publishing import hide_from_public, show_to_public
from joinedup.opportunities.actions.reading import have_read
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.actions.spotting import spot, withdraw
from joinedup.opportunities.actions.weighing import weigh, weigh_as_shipped

__all__ = [
    "Asked",
    "answer",
    "answer_from_mail",
    "ask",
    "assign",
    "have_read",
    "hide_from_public",
    "put_back",
    "refresh",
    "set_aside",
    "show_to_public",
    "snooze",
    "spot",
    "take_up",
    "unassign",
    "wake",
    "weigh",
    "weigh_as_shipped",
    "withdraw",
]
