"""What young people said, in stored opportunities: the engine quotes it, and whoever said it may take it back for good.

The list follows the records and is worked out again; but what is gone from it, set aside or taken up stays as it was,
and with it the words.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from joinedup.engines.opportunities.words import quoted
from joinedup.opportunities.decided import ACTED_ON
from joinedup.opportunities.models import Opportunity
from joinedup.places.models import Footprint

_WORDED = ["kind", "sentence", "first_step", "moves", "heard"]


def forget(footprint: Footprint, text: str) -> int:
    """Take these words of a young person out of every stored opportunity of a partnership; returns of how many. Call it
    inside the transaction in which they are taken back: a run that is on its way ends first. 3 queries."""
    # As `engine.follow` does: what it writes meanwhile holds the words, and is read here.
    Footprint.objects.select_for_update(no_key=True).get(pk=footprint.pk)
    words = quoted(text)
    held = Opportunity.objects.filter(footprint=footprint).exclude(heard=[])
    found = [row for row in held.select_related("place", "theme") if words in row.heard]
    for row in found:
        row.heard = [each for each in row.heard if each != words]
        row.moves = [move for move in row.moves if words not in move["decision"] + move["sentence"]]
        if words in row.sentence:
            # What people act on is no other thing for it.
            first = row.moves[0] if row.moves and row.state not in ACTED_ON else None
            row.kind = first["kind"] if first else row.kind
            row.sentence = first["decision"] if first else _("What was asked for here was taken back.")
            row.first_step = first["first_step"] if first else ""
    return Opportunity.objects.bulk_update(found, _WORDED, batch_size=100)
