"""Questions about opportunities, each in a fixed number of database queries. Other rooms ask these; pages of this
room ask the modules beside."""

from joinedup.opportunities.queries.documents import document_for, shortlist
from joinedup.opportunities.queries.lists import OPEN_STATES, best_for_place, listing
from joinedup.opportunities.queries.reasons import facts

__all__ = ["OPEN_STATES", "best_for_place", "document_for", "facts", "listing", "shortlist"]
