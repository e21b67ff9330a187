"""What people do with opportunities. Each takes who acts, checks that they may, and leaves an audit entry."""

from joinedup.opportunities.actions.answering import answer
from joinedup.opportunities.actions.deciding import set_aside, take_up
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.actions.spotting import spot

__all__ = ["answer", "refresh", "set_aside", "spot", "take_up"]
