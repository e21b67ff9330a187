"""The contract of every kind of spreadsheet, and what several kinds share."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.partners.actions import add_partner
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint, Place
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.around import EVERYWHERE_HERE, KnownRecords
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.rows import PartnerInRow, RowCells, RowOutcome, SectorToCheck
from joinedup.spreadsheets.sectors import guess_sector
from joinedup.taxonomy.models import Sector, Theme

ALIKE = 0.86
NAME = 200


@dataclass(frozen=True)
class RowKind:
    """`read` reads rows and writes nothing; `make` saves what one row plans and returns the new records.

    `made` is shared by the rows of one sheet: name in lower case -> partner that an earlier row created.
    """

    fields: tuple[Field, ...]
    read: Callable[[Sequence[RowCells], KnownRecords, Mapping[int, str]], list[RowOutcome]]
    make: Callable[[Person, Footprint, RowOutcome, dict[str, Partner]], list[Any]]


def key(name: str) -> str:
    return cells.plain_name(name)


def themes(row: RowCells, around: KnownRecords, name: str = "themes") -> list[Theme]:
    return row.read(name, lambda text: cells.several(text, around.themes, "theme"), [])


def places(row: RowCells, around: KnownRecords, name: str) -> list[Place]:
    def reader(text: str) -> list[Place]:
        if key(text).replace("-", " ") in EVERYWHERE_HERE:
            return list(around.here)
        return cells.several(text, around.places, "place")

    return row.read(name, reader, [])


def only_place(around: KnownRecords) -> list[Place]:
    """Where a partner works if the sheet does not say: the partnership's place if it covers only one."""
    return list(around.here) if len(around.here) == 1 else []


def marking(row: RowCells, usual: str) -> str:
    def reader(text: str) -> str:
        word = key(text).partition(":")[0]
        if word in {"public", "everybody", "everyone", "anyone", "open"}:
            return Marking.PUBLIC
        if word in {"partnership", "partners", "shared", "members"}:
            return Marking.PARTNERSHIP
        raise ValueError("Write “public” or “partnership”.")

    return row.read("marking", reader, usual)


@dataclass
class Organisations:
    """The organisations named in the rows of one sheet: recorded here, or new with the sheet."""

    around: KnownRecords
    chosen: Mapping[int, str]

    def __post_init__(self) -> None:
        self.brought: dict[str, PartnerInRow] = {}
        self.to_check: SectorToCheck | None = None

    def find(
        self, row: RowCells, field: str, name: str, *, sector: str = "", address: str = ""
    ) -> Partner | PartnerInRow:
        """The partner of that name, or a new one; the row is refused if no sector can be determined.

        `to_check` is set if the sector was guessed or has to be asked for: once per organisation.
        """
        self.to_check = None
        found: Partner | PartnerInRow | None = self.around.partners.get(key(name)) or self.brought.get(
            key(name)
        )
        if found is not None:
            return found
        said = self.chosen.get(row.number) or sector
        if not said:
            said = guess_sector(name, address, self.around.sectors)
            self.to_check = SectorToCheck(row.number, name, said)
            if near := difflib.get_close_matches(key(name), self.around.partners, n=1, cutoff=ALIKE):
                meant = self.around.partners[near[0]]
                # No sector is preselected: saying that it is another organisation has to be deliberate.
                self.to_check = SectorToCheck(row.number, name, "")
                row.refuse(
                    field,
                    f"“{name}” is not a partner here. Did you mean “{meant}”? If not, choose its sector.",
                )
            elif not said:
                row.refuse(
                    field, f"Which sector does “{name}” belong to? Choose it under “Sectors to check”."
                )
        elif row.number in self.chosen:
            self.to_check = SectorToCheck(row.number, name, said)
        new = PartnerInRow(name, said)
        if said and not row.problems:
            self.brought[key(name)] = new
        return new


def the_partner(
    by: Person,
    footprint: Footprint,
    who: Partner | PartnerInRow,
    made: dict[str, Partner],
    sectors: Mapping[str, Sector],
    serves: Sequence[Place],
) -> tuple[Partner, list[Partner]]:
    """The partner, created now if it is new and no earlier row created it; and the records created."""
    if isinstance(who, Partner):
        return who, []
    if key(who.name) in made:
        return made[key(who.name)], []
    partner = add_partner(
        by=by,
        footprint=footprint,
        came=Came.LIST,
        name=who.name,
        sector=sectors[who.sector],
        serves=serves,
    )
    made[key(who.name)] = partner
    return partner, [partner]
