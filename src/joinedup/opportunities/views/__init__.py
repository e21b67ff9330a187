"""Pages about opportunities."""

from joinedup.opportunities.views.lists import opportunities, opportunity_refresh
from joinedup.opportunities.views.one import (
    opportunity,
    opportunity_answer,
    opportunity_set_aside,
    opportunity_take_up,
)
from joinedup.opportunities.views.spotting import opportunity_spot

__all__ = [
    "opportunities",
    "opportunity",
    "opportunity_answer",
    "opportunity_refresh",
    "opportunity_set_aside",
    "opportunity_spot",
    "opportunity_take_up",
]
