"""What two practitioners listed from the raw register, held against the first twelve opportunities.

    .venv/bin/python bench/practitioners.py --registers FOLDER

bench/practitioners/practitioner-*.csv are lists of fifteen moves a register, each written by somebody who saw the raw
register and nothing of ours: register, rank, partners, asks, initiatives, support, theme, what. Two moves are the
same if they rest on two records in common, on one and two bodies, or on the same support with a body in common.
Prints the share of what both listed that the first twelve hold (bar 0.70), what they miss, and the same for each list.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from judged import of_register

HERE = Path(__file__).parent / "practitioners"
FIRST, BAR = 12, 0.70


@dataclass(frozen=True)
class Listed:
    """A move by the records and bodies that it rests on."""

    rank: int
    partners: frozenset[str]
    support: frozenset[str]
    records: frozenset[str]
    what: str


def same(a: Listed, b: Listed) -> bool:
    """Whether two moves are one: see above."""
    shared, bodies = a.records & b.records, a.partners & b.partners
    return (
        len(shared) >= 2 or (len(shared) == 1 and len(bodies) >= 2) or bool(a.support & b.support and bodies)
    )


def lists() -> dict[str, dict[str, list[Listed]]]:
    """Register to practitioner to moves."""
    found: dict[str, dict[str, list[Listed]]] = defaultdict(dict)
    for path in sorted(HERE.glob("practitioner-*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                ids = {name: _ids(row[name]) for name in ("partners", "asks", "initiatives", "support")}
                listed = Listed(
                    int(row["rank"]),
                    ids["partners"],
                    ids["support"],
                    ids["asks"] | ids["initiatives"] | ids["support"],
                    row["what"],
                )
                found[row["register"]].setdefault(path.stem, []).append(listed)
    return found


def _ids(cell: str) -> frozenset[str]:
    return frozenset(id.strip() for id in cell.split(";") if id.strip())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--registers", type=Path, required=True)
    folder = parser.parse_args().registers
    held_of_both = both_in_all = 0
    for register, by in sorted(lists().items()):
        ours = [
            Listed(0, move.partners, frozenset(move.support), move.records, move.decision)
            for each in of_register(folder / register).opportunities[:FIRST]
            for move in each.moves
        ]
        names = sorted(by)
        both = [one for one in by[names[0]] if any(same(one, two) for two in by[names[1]])]
        missed = [one for one in both if not any(same(one, each) for each in ours)]
        both_in_all += len(both)
        held_of_both += len(both) - len(missed)
        shares = [
            sum(any(same(one, each) for each in ours) for one in by[name]) / len(by[name]) for name in names
        ]
        print(
            f"{register}: both listed {len(both)}, held {len(both) - len(missed)}; of each list "
            f"{shares[0]:.2f}, {shares[1]:.2f}"
        )
        for one in missed:
            print(f"   missed ({one.rank}): {one.what} [{', '.join(sorted(one.records))}]")
    print(
        f"Of what both listed, the first {FIRST} hold {held_of_both / max(both_in_all, 1):.2f} (bar {BAR})."
    )


if __name__ == "__main__":
    main()
