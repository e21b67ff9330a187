"""`heard`: what young people asked for in a place, where who could do it is named: an answer is due. Never below a fund
for being small, and never with the size of the group that said it, nor with the day: a day says who was there."""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.engines.opportunities import words
from joinedup.engines.opportunities.concepts import meaning
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Partner
from joinedup.engines.opportunities.move import Move, Party
from joinedup.engines.opportunities.strength import Parts
from joinedup.engines.words import month

NAME = "heard"
FIT = 0.8
MOST = 2


def moves(context: Context) -> Iterator[Move]:
    """One move a thing asked for."""
    register = context.register
    for row in register.heard:
        authority = register.authority_of.get(row["place"], row["place"])
        if not row["text"] or authority is None:
            continue
        meant = meaning(row["text"])
        found: dict[str, tuple[float, Partner]] = {}
        for partner in register.partners_at.get(authority, ()):
            work = [
                context.alike(meant, action.meant)
                for action in register.actions_of.get(partner.id, ())
                if row["theme"] in action.themes
            ]
            if partner.wide or partner.restricted:
                continue
            if context.refuses(partner.id, (authority,), row["theme"], frozenset(), meant):
                continue
            if row["theme"] in partner.themes or work:
                found[partner.id] = (max([context.alike(meant, partner.does), *work]), partner)
        best = [one[1] for one in sorted(found.values(), key=lambda one: (-one[0], one[1].id))[:MOST]]
        if not best:
            continue
        text = words.quoted(row["text"])
        # Within a question no sentence ends.
        within = words.quoted(str(row["text"]).rstrip(" ."))
        when = f" ({month(row['said_on'])})" if row["said_on"] else ""
        yield Move(
            kind=NAME,
            places=(authority,),
            theme=row["theme"],
            parties=tuple(Party(each.id, each.name, "answers") for each in best),
            decision=f"Who answers young people in {register.place(authority)}, who asked for {within}?",
            sentence=f"Young people said: {text}{when} {words.names(best, 'or')} could answer, by what "
            f"{'it does' if len(best) == 1 else 'they do'} there.",
            first_step=f"{words.start(words.with_role(best[0], meant))} says what can be done, by when, "
            + (
                f"and {row['moderator']} tells them." if row["moderator"] else "and the moderator tells them."
            ),
            parts=Parts(fit=FIT),
            about=row["text"],
        )
