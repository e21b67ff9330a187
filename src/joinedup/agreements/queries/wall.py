"""The wall of the room: agreements as they come in."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement, Naming, PartnerContribution
from joinedup.agreements.naming import OWNER, has_said_yes, named_bodies, stands_for
from joinedup.events.models import Event
from joinedup.partners.queries import visible_partners

SHOWN = 12


@dataclass(frozen=True)
class WallCard:
    """One agreement, in large type. `goal`: its words, or that they wait if they repeat the name of a body
    that has not said yes. `partners`: its owner, then the others that have said yes, each once."""

    agreement: Agreement
    goal: str
    partners: list[str]
    table: int | None


@dataclass(frozen=True)
class Wall:
    """`version` changes when anything shown changes."""

    number: int
    cards: list[WallCard]
    version: str


def wall(person: Person, event: Event) -> Wall:
    """The newest agreements of an event and how many there are; 4 queries. The whole room reads it, so it
    never shows an agreement for named partners only, a partner that only those may know, or a body that has
    not said yes: for these it says, as in public, that they have been asked."""
    shared = Agreement.objects.visible_to(person).filter(event=event).exclude(marking=Marking.NAMED)
    newest = shared.select_related(
        "event", "owner_partner__sector", "deputy_partner__sector", "sitting__table"
    ).prefetch_related(
        Prefetch("contributions", PartnerContribution.objects.select_related("partner__sector")), "namings"
    )
    rows = list(newest.order_by("-recorded_at", "-pk"))
    known = visible_partners(person, {pk for each in rows[:SHOWN] for pk in each.scope().partners})
    names = {pk: each.name for pk, each in known.items() if each.marking != Marking.NAMED}
    cards = [_card(each, names) for each in rows[:SHOWN]]
    said = [(c.agreement.pk, c.goal, c.agreement.due, c.partners) for c in cards]
    return Wall(len(rows), cards, f"{len(rows)}-{_word_for(said)}")


def _word_for(said: object) -> str:
    """A short hash of what is shown; the same in every process."""
    return f"{crc32(repr(said).encode()):08x}"


def _card(agreement: Agreement, names: dict[int, str]) -> WallCard:
    bodies = named_bodies(agreement)
    called = [
        names.get(pk, f"A partner ({partner.sector.name.lower()})")
        for pk, partner in bodies.items()
        if has_said_yes(agreement, pk)
    ]
    if not has_said_yes(agreement, agreement.owner_partner_id):
        called.insert(0, stands_for(agreement, agreement.owner_partner_id, OWNER))
    table = agreement.sitting.table.number if agreement.sitting else None
    waits = any(each.in_words and each.answer != Naming.Answer.YES for each in agreement.namings.all())
    goal = (
        _("Agreed: its words show here once those that they name have said yes") if waits else agreement.goal
    )
    return WallCard(agreement, goal, list(dict.fromkeys(called)), table)
