"""`spotted`: what a person entered, in their words."""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts

NAME = "spotted"
FIT = 0.6


def moves(context: Context) -> Iterator[Move]:
    """One move a row whose place is known, with the parties that are."""
    register = context.register
    for row in register.spotted:
        place = register.authority_of.get(row["place"], row["place"])
        if not row["sentence"] or place not in register.place_names:
            continue
        parties = [register.partners[code] for code in row["parties"] or () if code in register.partners]
        first = (
            f"{words.start(words.names(parties))} say what each could do."
            if len(parties) > 1
            else "The coordinator asks who else would join."
        )
        yield Move(
            kind=NAME,
            places=(place,),
            theme=row["theme"],
            parties=tuple(Party(each.id, each.name, "named") for each in parties),
            decision=f"What do we do with this: {words.quoted(words.shortened(row['sentence']))}?",
            sentence=words.quoted(row["sentence"]),
            first_step=first,
            parts=Parts(fit=FIT),
            about=str(row["id"]),
        )
