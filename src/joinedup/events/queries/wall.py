"""What hangs on the wall of the room: the agreements as they come in."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from django.db.models import Prefetch

from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.events.models import Agreement, Contribution, Event
from joinedup.partners.queries import visible_partners

SHOWN = 12


@dataclass(frozen=True)
class Card:
    """One agreement, as large type shows it: `partners` are its owner first, then the others, each once."""

    agreement: Agreement
    partners: list[str]
    table: int | None


@dataclass(frozen=True)
class Wall:
    """`version` changes when anything that is shown changes."""

    number: int
    cards: list[Card]
    version: str


def wall(person: Person, event: Event) -> Wall:
    """The newest agreements of an event and how many there are, 3 queries. The whole room reads it: never what only
    the partners named may see, and no partner whom only those named may know."""
    shared = Agreement.objects.visible_to(person).filter(event=event).exclude(marking=Marking.NAMED)
    newest = shared.select_related(
        "event", "owner_partner__sector", "deputy_partner__sector", "sitting__table"
    ).prefetch_related(Prefetch("contributions", Contribution.objects.select_related("partner__sector")))
    rows = list(newest.order_by("-recorded_at", "-pk"))
    known = visible_partners(person, {pk for each in rows[:SHOWN] for pk in each.scope().partners})
    names = {pk: each.name for pk, each in known.items() if each.marking != Marking.NAMED}
    cards = [_card(each, names) for each in rows[:SHOWN]]
    said = [(c.agreement.pk, c.agreement.goal, c.agreement.due, c.partners) for c in cards]
    return Wall(len(rows), cards, f"{len(rows)}-{_word_for(said)}")


def _word_for(said: object) -> str:
    """A short word for what is shown; the same in every process."""
    return f"{crc32(repr(said).encode()):08x}"


def _card(agreement: Agreement, names: dict[int, str]) -> Card:
    sides = [agreement.owner_partner, agreement.deputy_partner]
    sides += [each.partner for each in agreement.contributions.all()]
    called = [names.get(each.pk, f"A partner ({each.sector.name.lower()})") for each in sides if each]
    table = agreement.sitting.table.number if agreement.sitting else None
    return Card(agreement, list(dict.fromkeys(called)), table)
