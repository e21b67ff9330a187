"""The kinds of move: one folder each, with `NAME` and `moves(context)`. Adding one is its folder and a line here."""

from joinedup.engines.opportunities.kinds import bid, join, keep, match

KINDS = (match, bid, join, keep)
