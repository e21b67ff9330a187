"""Pages about opportunities."""

from joinedup.opportunities.views.asking import opportunity_ask
from joinedup.opportunities.views.deciding import (
    opportunity_assign,
    opportunity_put_back,
    opportunity_set_aside,
    opportunity_snooze,
    opportunity_take_up,
    opportunity_unassign,
    opportunity_wake,
)
from joinedup.opportunities.views.grid import opportunity_grid, opportunity_grid_csv
from joinedup.opportunities.views.lists import opportunities, opportunities_csv, opportunity_refresh
from joinedup.opportunities.views.mail import answer_by_mail
from joinedup.opportunities.views.one import opportunity, opportunity_answer
from joinedup.opportunities.views.since import opportunity_changes, opportunity_changes_read
from joinedup.opportunities.views.spotting import opportunity_mine, opportunity_spot, opportunity_withdraw
from joinedup.opportunities.views.together import opportunity_together, opportunity_together_csv
from joinedup.opportunities.views.weighing import opportunity_weights, opportunity_weights_as_shipped
from joinedup.opportunities.views.why_not import opportunity_why_not

__all__ = [
    "answer_by_mail",
    "opportunities",
    "opportunities_csv",
    "opportunity",
    "opportunity_answer",
    "opportunity_ask",
    "opportunity_assign",
    "opportunity_changes",
    "opportunity_changes_read",
    "opportunity_grid",
    "opportunity_grid_csv",
    "opportunity_mine",
    "opportunity_put_back",
    "opportunity_refresh",
    "opportunity_set_aside",
    "opportunity_snooze",
    "opportunity_spot",
    "opportunity_take_up",
    "opportunity_together",
    "opportunity_together_csv",
    "opportunity_unassign",
    "opportunity_wake",
    "opportunity_weights",
    "opportunity_weights_as_shipped",
    "opportunity_why_not",
    "opportunity_withdraw",
]
