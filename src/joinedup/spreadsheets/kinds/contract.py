"""The contract of every kind of spreadsheet, and what several kinds share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects

from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.engines.reading.cells import folded
from joinedup.engines.reading.context import MARKINGS
from joinedup.engines.reading.register import is_exact
from joinedup.engines.reading.same import NEARLY, Names, alike
from joinedup.partners.actions import add_partner
from joinedup.partners.models import Partner
from joinedup.partners.registers import LABELS, numbers_of
from joinedup.places.models import Footprint, Place
from joinedup.spreadsheets import cells
from joinedup.spreadsheets.around import KnownRecords
from joinedup.spreadsheets.columns import Field
from joinedup.spreadsheets.guesses import ONE_OR_BRANCHES, SAME_BODY, Guess
from joinedup.spreadsheets.rows import PartnerInRow, RowCells, RowOutcome, SectorToCheck
from joinedup.spreadsheets.sectors import guess_sector
from joinedup.taxonomy.models import Sector, Theme

ALIKE = 0.86  # of 1: names that may be of one body, for somebody to say
UNSURE = 0.5
NAME = 200
# The numbers of a whole body, which its branches have too; of a school or a practice each has its own.
SHARED = ("charity_number", "company_number")
NUMBER = re.compile(r"[A-Za-z]{0,4}[-_/ ]?[A-Za-z]{0,3}\d+")  # what a list calls a body instead of its name


@dataclass(frozen=True)
class RowKind:
    """`table`: the table of `engines.reading` by whose rules the cells are read. `read` reads rows and writes nothing;
    `make` saves what one row plans and returns the new records.
    """

    table: str
    fields: tuple[Field, ...]
    read: Callable[[Sequence[RowCells], KnownRecords, Mapping[int, str]], list[RowOutcome]]
    make: Callable[[Person, Footprint, Mapping[str, Any], MadeSoFar], list[Any]]


@dataclass(frozen=True)
class MadeSoFar:
    """What the rows of a sheet share while they are made. `partners`: name in lower case -> partner that an earlier row
    created; `here`: the footprint's own places."""

    sectors: Mapping[str, Sector]
    here: Sequence[Place]
    partners: dict[str, Partner] = field(default_factory=dict)


def key(name: str) -> str:
    return cells.plain_name(name)


def themes(row: RowCells, around: KnownRecords) -> list[Theme]:
    return [around.themes[slug] for slug in row.read.many("themes")]


def places(row: RowCells, around: KnownRecords, name: str = "places") -> list[Place]:
    return [around.places[code.casefold()] for code in row.read.many(name, "places")]


def only_place(here: Sequence[Place]) -> list[Place]:
    """Where a partner works if the sheet does not say: the partnership's place if it covers only one."""
    return list(here) if len(here) == 1 else []


def marking(row: RowCells, usual: str, restricted: str = "", held: str = "") -> str:
    """Who may see a record: said in words that are known, or refused. It is never guessed. `restricted`: how a record
    is marked that fewer than the partnership may see, where it can be; `held`: why nothing may become public now."""

    def reader(text: str) -> str:
        said = MARKINGS.get(folded(text.partition(":")[0]))
        if said == "public":
            return Marking.PUBLIC
        if said == "partners":
            return Marking.PARTNERSHIP
        if said == "restricted" and not restricted:
            raise ValueError("What fewer than the partnership may see is not brought in from a spreadsheet.")
        if said == "restricted":
            return restricted
        raise ValueError("Write “public” or “partnership”.")

    found = row.check("marking", reader, usual)
    if found == Marking.PUBLIC and held:
        row.refuse("marking", held)
    return found


Body = Partner | PartnerInRow


@dataclass
class Organisations:
    """The organisations named in the rows of one sheet: recorded here, or new with the sheet."""

    around: KnownRecords
    chosen: Mapping[int, str]
    brought: dict[str, PartnerInRow] = field(default_factory=dict)
    to_check: SectorToCheck | None = None
    is_new: bool = False

    def __post_init__(self) -> None:
        self._names = Names()
        self._found: dict[tuple[str, int], list[tuple[str, float]]] = {}
        self._numbered: dict[tuple[str, str], list[Body]] = defaultdict(list)
        for partner in self.around.partners.values():
            self._names.add(partner.name)
            for number in numbers_of(partner).items():
                self._numbered[number].append(partner)

    def find(
        self,
        row: RowCells,
        field: str,
        name: str,
        *,
        given: str = "",
        address: str = "",
        does: str = "",
        numbers: Mapping[str, str] | None = None,
    ) -> Body:
        """The partner with these identifiers, else of that name or one that is said to be the same, or a new one; the
        row is refused if no sector can be determined, or until somebody says whether two names with one number are
        branches. `given`: the cell with its sector; `numbers`: what all rows of that name give.

        `to_check` is set if the sector was guessed or has to be asked for: once per organisation. `is_new`: whether no
        row before named it.
        """
        self.to_check, self.is_new = None, False
        numbers = numbers or {}
        sector, rule, sure = self.around.sector_words.one(given, "", "") if given else (None, "", 0.0)
        said = sector if sector and (not rule or is_exact(rule, sure)) else ""
        found, is_branch = self._with_number(row, field, name, numbers)
        found = found or self._called(key(name))
        if found is None and not is_branch:
            found = self._nearly(row, name, said or "", numbers)
        if found is not None:
            if _contradict(found, numbers):
                row.refuse(field, f"“{found.name}” is here with another number: correct whichever is wrong.")
            else:
                self._note(found, numbers)
            return found
        said = self.chosen.get(row.number) or said
        if NUMBER.fullmatch(name) and field != "name":
            row.refuse(
                field, f"“{name}” is no partner here: first bring the partners in, with their numbers."
            )
        elif not said:
            said = guess_sector(self.around.sector_words, name, given=given, address=address, does=does)
            self.to_check = SectorToCheck(row.number, name, said, given or "")
            if not said:
                row.refuse(
                    field, f"Which sector does “{name}” belong to? Choose it under “Sectors to check”."
                )
        elif row.number in self.chosen:
            self.to_check = SectorToCheck(row.number, name, said, given or "")
        new, self.is_new = PartnerInRow(name, said, dict(numbers), is_branch), True
        if said and not row.problems:
            self.brought[key(name)] = new
            self._note(new, numbers)
            self._names.add(name)
        return new

    def _note(self, body: Body, numbers: Mapping[str, str]) -> None:
        """This sheet says that the body has these numbers."""
        for number in numbers.items():
            if body not in self._numbered[number]:
                self._numbered[number].append(body)

    def _with_number(
        self, row: RowCells, field: str, name: str, numbers: Mapping[str, str]
    ) -> tuple[Body | None, bool]:
        """The body that has one of these numbers, if its name says or somebody said that it is the same; and whether
        the row names a branch, which shares the number of another."""
        having = {kind: self._numbered.get((kind, number), []) for kind, number in numbers.items()}
        bodies = list({id(body): body for some in having.values() for body in some}.values())
        known = self._called(key(name))
        if not bodies or known in bodies:
            return known, False
        if known is None:
            for body in bodies:
                is_here = any(body in some for kind, some in having.items() if kind not in SHARED)
                if is_here or alike(name, body.name) >= NEARLY:
                    return body, False
        other = bodies[0]
        kind = next(kind for kind, some in having.items() if other in some)
        said = row.read.ask(
            Guess(ONE_OR_BRANCHES, name, (other.name, kind, numbers[kind]), "same number", 0.0)
        )
        if said is None:
            sentence = "“{}” and “{}” have the same {}: say under “One organisation, or branches of one?” which it is."
            row.refuse(field, sentence.format(name, other.name, LABELS[kind]))
        return (known, True) if said is not True else (other, False)

    def _called(self, name: str) -> Body | None:
        return self.around.bodies.get(name) or self.brought.get(name)

    def _nearly(self, row: RowCells, name: str, sector: str, numbers: Mapping[str, str]) -> Body | None:
        """The body that this is offered to be, if that is ticked: the most alike one that nothing speaks against."""
        for other, likeness in self._alike(name):
            body = self._called(key(other))
            if body is None or key(other) == key(name) or _contradict(body, numbers):
                continue
            if sector and sector != (body.sector_id if isinstance(body, Partner) else body.sector):
                continue
            sure = likeness if likeness >= NEARLY else UNSURE
            guess = Guess(SAME_BODY, name, (other,), "name nearly the same", sure)
            return body if row.read.offer(guess) else None
        return None

    def _alike(self, name: str) -> list[tuple[str, float]]:
        """Names nearly the same, of those known by now: one name may stand in thousands of rows."""
        asked = key(name), len(self.brought)
        if asked not in self._found:
            self._found[asked] = self._names.nearest(name, ALIKE)
        return self._found[asked]


def also_called(name: str, who: Partner | PartnerInRow) -> list[tuple[str, Partner | PartnerInRow]]:
    """What a row calls an organisation, if that is not its name: remembered once the sheet is accepted."""
    return [(key(name), who)] if name and key(name) != key(who.name) else []


def _contradict(body: Body, numbers: Mapping[str, str]) -> bool:
    """Whether an identifier of the body is another than the one given."""
    known = body.numbers if isinstance(body, PartnerInRow) else numbers_of(body)
    return any(known.get(kind) not in (None, "", number) for kind, number in numbers.items())


def the_partner(
    by: Person,
    footprint: Footprint,
    who: Partner | PartnerInRow,
    made: MadeSoFar,
    **details: Any,
) -> tuple[Partner, list[Partner]]:
    """The partner, created now if it is new and no earlier row created it; and the records created."""
    if isinstance(who, Partner):
        return who, []
    if key(who.name) in made.partners:
        return made.partners[key(who.name)], []
    partner = add_partner(
        by=by, footprint=footprint, came=Came.LIST, name=who.name, sector=made.sectors[who.sector],
        is_branch=who.is_branch, **details,
    )  # fmt: skip
    # Whose it is decides who may add to it, which every further row about it asks.
    prefetch_related_objects([partner], "footprints")
    made.partners[key(who.name)] = partner
    return partner, [partner]
