"""The kinds of move: one folder each, with `NAME` and `moves(context)`. Adding one is its folder and a line here."""

from joinedup.engines.opportunities.kinds import (
    bid,
    bring_in,
    heard,
    join,
    keep,
    learn,
    match,
    spotted,
    start,
)

KINDS = (match, bid, join, bring_in, learn, start, keep, heard, spotted)
