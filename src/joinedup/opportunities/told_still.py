"""Whether a move that was stored earlier, and that people act on, may be told still to the readers of its list."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from joinedup.engines.opportunities import Party
from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.run import is_refused
from joinedup.opportunities.models import Answer, records_of, what_was_answered
from joinedup.opportunities.register import Read, reader_of
from joinedup.partners.models import Ask
from joinedup.places.models import Footprint
from joinedup.support.models import Offer


class ToldStill:
    """Of the moves of one list, by what its readers see now: call it with a stored move.

    That a fund closed or an ask was answered is no reason to be silent; that a body or a record is hidden, gone or
    another's by now is, and so is "not us". At most 3 queries, however often it is asked.
    """

    def __init__(self, footprint: Footprint, audience: str, read: Read, context: Context) -> None:
        self.footprint, self.reader = footprint, reader_of(footprint, audience)
        self.read, self.context = read, context

    def __call__(self, move: dict[str, Any]) -> bool:
        parties = [Party(**party) for party in move["parties"]]
        return (
            self._partners.issuperset(party.id for party in parties)
            and self._action.issuperset(move["initiatives"])
            and (not move["support"] or self._support.issuperset(move["support"]))
            and (not move["asks"] or self._asks.issuperset(move["asks"]))
            and move["id"] not in self._refused
            and not is_refused(
                self.context,
                parties,
                move["places"],
                move["theme"],
                frozenset((move["id"], *records_of(move))),
            )
        )

    @cached_property
    def _refused(self) -> frozenset[str]:
        """Moves of which a body said "not us": the engine forgets it with the record that it was said of."""
        said = Answer.objects.filter(opportunity__footprint=self.footprint, word=Answer.Word.NOT_US)
        return frozenset(
            move["id"]
            for each in said.select_related("opportunity", "partner")
            for move in what_was_answered(each, each.partner.slug)
        )

    @cached_property
    def _partners(self) -> frozenset[str]:
        return frozenset(row["id"] for row in self.read.inputs.rows("partners"))

    @cached_property
    def _action(self) -> frozenset[str]:
        return frozenset(row["id"] for row in self.read.inputs.rows("initiatives"))

    @cached_property
    def _support(self) -> frozenset[str]:
        return frozenset(Offer.objects.visible_to(self.reader).values_list("slug", flat=True))

    @cached_property
    def _asks(self) -> frozenset[str]:
        held = Ask.objects.visible_to(self.reader).filter(partner__footprints=self.footprint)
        return frozenset(f"ask-{pk}" for pk in held.values_list("pk", flat=True))
