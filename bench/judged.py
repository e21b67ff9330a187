"""Opportunities graded blind by people who did not build the engine, on registers that others wrote.

    .venv/bin/python bench/judged.py sheet --registers FOLDER --decoys FILE --round N
        writes bench/judged/round-N/sheet.csv (what a reader gets) and key.csv (what each item is)
    .venv/bin/python bench/judged.py grades --round N
        reads bench/judged/round-N/grades-*.csv and prints every bar, beside what was reached

A sheet holds the first ten opportunities of every register in chance order, and a fifth of decoys: items of the first
design. If their mean is above 1.0 the round is void: the readers were too kind. Readers get the grades' meaning and
nothing else. FOLDER has one folder a register: partners, initiatives, asks, support, links, answers, contacts as CSV.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import mean
from typing import Any

import registers

from joinedup.engines.opportunities import Inputs, Opportunity, Result, opportunities

HERE = Path(__file__).parent / "judged"
AS_OF = date(2026, 11, 29)
FIRST, DECOYS = 10, 0.2
# Bars: share useful (grade 2 or 3) among the first five and the first ten, mean grade, items of grade 0, decoys' mean.
USEFUL_FIVE, USEFUL_TEN, MEAN, NONSENSE, DECOYS_MEAN = 0.9, 0.8, 2.2, 0, 1.0
LETTERS = ("sensible", "specific", "new", "not_repeat", "read_out")


def of_register(folder: Path) -> Result:
    """What the engine finds in a register as people keep it."""
    read = registers.read_folder(folder, AS_OF)
    inputs = Inputs(
        places=registers.places_around(registers.codes_in(registers.tables(folder))),
        themes=registers.themes(),
        sectors=registers.sectors(),
        partners=read.partners,
        initiatives=read.initiatives,
        asks=read.asks,
        support=read.support,
        links=read.links,
        answers=read.answers,
        contacts=read.contacts,
    )
    return opportunities(inputs, AS_OF)


def as_text(found: Opportunity) -> str:
    """An opportunity as a reader sees it, in the order of its page."""
    lines = [found.headline, f"To decide: {found.decision}"]
    for move in found.moves:
        lines.append(f"• {move.sentence}")
        lines.append(f"  First step: {move.first_step}")
        lines += [f"  To check: {check}" for check in move.checks]
    lines += [f"Stands out: {fact}" for fact in found.stands_out]
    if found.under_way:
        lines.append("Also under way here: " + " ".join(each.text for each in found.under_way[:2]))
    return "\n".join(lines)


def decoy_text(item: dict[str, Any]) -> str:
    """An item of the first design in the same dress."""
    place = str(item["place"]).replace("_", " ")
    lines = [place, f"• {item['sentence']}", f"  First step: {item['first_step']}"]
    return "\n".join([*lines, *(f"  {reason}" for reason in item["because"][:3])])


KEY = ["item", "register", "rank", "place", "kind", "id", "score", "closes", "newest"]


def _item(register: str, rank: int, each: Opportunity, result: Result) -> dict[str, Any]:
    """A row of the key, and the text: `newest` is the last day on which something that it rests on was said."""
    held = result.context.register
    said = [held.asks[id].said_on for move in each.moves for id in move.asks]
    said += [held.actions[id].confirmed for move in each.moves for id in move.initiatives]
    said += [held.support[id].last_checked for move in each.moves for id in move.support]
    return {
        "register": register,
        "rank": rank,
        "place": each.places[0],
        "kind": "+".join(move.kind for move in each.moves),
        "id": each.id,
        "score": f"{each.score:.2f}",
        "closes": min((move.closes for move in each.moves if move.closes), default=""),
        "newest": max((day for day in said if day), default=""),
        "text": as_text(each),
    }


def write_sheet(folder: Path, decoys: Path, number: int) -> None:
    """The sheet and its key. Chance order is fixed by the round's number."""
    rng = random.Random(number)
    items: list[dict[str, Any]] = []
    for register in sorted(path for path in folder.iterdir() if path.is_dir()):
        result = of_register(register)
        items += [
            _item(register.name, rank, each, result)
            for rank, each in enumerate(result.opportunities[:FIRST], 1)
        ]
    sample = json.loads(decoys.read_text(encoding="utf-8"))
    wanted = round(len(items) * DECOYS / (1 - DECOYS))
    items += [
        {"register": "decoy", "rank": item["item"], "kind": item["kind"], "id": "", "text": decoy_text(item)}
        for item in rng.sample(sample, min(wanted, len(sample)))
    ]
    rng.shuffle(items)
    to = HERE / f"round-{number}"
    to.mkdir(parents=True, exist_ok=True)
    with (to / "sheet.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "text", *LETTERS, "grade", "why"])
        rows.writerows([index, item["text"], *[""] * 7] for index, item in enumerate(items, 1))
    with (to / "key.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(KEY)
        rows.writerows(
            [index, *(item.get(name, "") for name in KEY[1:])] for index, item in enumerate(items, 1)
        )
    print(
        f"{to / 'sheet.csv'}: {len(items)} items, {sum(i['register'] == 'decoy' for i in items)} of them decoys."
    )


def print_grades(number: int) -> None:
    """Every bar beside what the readers' grades reach."""
    folder = HERE / f"round-{number}"
    key = {int(row["item"]): row for row in _rows(folder / "key.csv")}
    readers = {path.stem.removeprefix("grades-"): _rows(path) for path in sorted(folder.glob("grades-*.csv"))}
    grades = {name: {int(row["item"]): int(row["grade"]) for row in rows} for name, rows in readers.items()}
    for name, given in grades.items():
        missing = set(key) - set(given)
        print(f"{name}: {len(given)} items" + (f", without {sorted(missing)}" if missing else ""))
    _print_bars(key, grades)
    _print_by(key, grades, "register")
    _print_by(key, grades, "kind")
    print(f"agreement between readers (Kendall's tau): {_agreement(grades):.2f}")
    if "score" in next(iter(key.values())):
        _print_order(key, grades)
    worst = [
        (mean(given[item] for given in grades.values()), item)
        for item in key
        if key[item]["register"] != "decoy"
    ]
    for grade, item in sorted(worst)[:12]:
        row = key[item]
        print(f"  {grade:.1f} {row['register']} {row['rank']} {row['kind']}")
        for name, rows in readers.items():
            print("      " + name + ": " + next(r["why"] for r in rows if int(r["item"]) == item))


def _print_bars(key: dict[int, dict[str, str]], grades: dict[str, dict[int, int]]) -> None:
    def given(wanted: set[int]) -> list[int]:
        return [grade for reader in grades.values() for item, grade in reader.items() if item in wanted]

    ours = {item for item, row in key.items() if row["register"] != "decoy"}
    five = {item for item in ours if int(key[item]["rank"]) <= 5}
    for label, items, bar in (("first five", five, USEFUL_FIVE), ("first ten", ours, USEFUL_TEN)):
        found = given(items)
        print(f"useful among the {label}: {mean(g >= 2 for g in found):.2f} (bar {bar})")
    print(f"mean grade of the first ten: {mean(given(ours)):.2f} (bar {MEAN})")
    nonsense = [
        item for item in ours if sum(reader[item] == 0 for reader in grades.values()) * 2 > len(grades)
    ]
    any_zero = sum(grade == 0 for grade in given(ours))
    print(f"nonsense by most readers: {len(nonsense)} (bar {NONSENSE}); grades of 0 in all: {any_zero}")
    decoys = given(set(key) - ours)
    print(
        f"decoys' mean: {mean(decoys):.2f} (bar at most {DECOYS_MEAN}){' VOID' if mean(decoys) > DECOYS_MEAN else ''}"
    )


def _print_by(key: dict[int, dict[str, str]], grades: dict[str, dict[int, int]], column: str) -> None:
    found: dict[str, list[int]] = defaultdict(list)
    for reader in grades.values():
        for item, grade in reader.items():
            found[key[item][column].split("+")[0]].append(grade)
    print(f"by {column}:")
    for name, values in sorted(found.items()):
        print(
            f"  {name:32} n {len(values):4}  mean {mean(values):.2f}  useful {mean(g >= 2 for g in values):.2f}"
        )


def _print_order(key: dict[int, dict[str, str]], grades: dict[str, dict[int, int]]) -> None:
    """How far our order within a register and first kind goes with each reader's, beside readers with one another and
    two plain orders. tau-b over pairs in the same group, summed; equal grades count half against."""
    ours = [item for item, row in key.items() if row["register"] != "decoy"]
    orders: dict[str, dict[int, float]] = {
        "strength": {item: float(key[item]["score"]) for item in ours},
        "closing first": {item: -_days(key[item]["closes"], 9e9) for item in ours},
        "newest first": {item: _days(key[item]["newest"], 0) for item in ours},
    }
    orders |= {name: {item: float(given[item]) for item in ours} for name, given in grades.items()}
    for name in ("strength", "closing first", "newest first"):
        taus = [_tau(key, ours, orders[name], orders[reader]) for reader in grades]
        print(f"order by {name}: tau {mean(taus):.2f} with readers")
    names = sorted(grades)
    pairs = [(one, two) for index, one in enumerate(names) for two in names[index + 1 :]]
    between = mean(_tau(key, ours, orders[one], orders[two]) for one, two in pairs)
    print(f"between readers: tau {between:.2f} (bar: strength at least 0.7 of it, above both others)")


def _days(day: str, otherwise: float) -> float:
    return date.fromisoformat(day).toordinal() if day else otherwise


def _tau(key: dict[int, dict[str, str]], items: list[int], a: dict[int, float], b: dict[int, float]) -> float:
    """Kendall's tau-b over pairs of items of one register and one first kind."""
    agree = differ = tied_a = tied_b = 0
    for index, one in enumerate(items):
        for two in items[index + 1 :]:
            group = [(key[item]["register"], key[item]["kind"].split("+")[0]) for item in (one, two)]
            if group[0] != group[1]:
                continue
            left, right = a[one] - a[two], b[one] - b[two]
            agree += left * right > 0
            differ += left * right < 0
            tied_a += left == 0 and right != 0
            tied_b += right == 0 and left != 0
    both = ((agree + differ + tied_a) * (agree + differ + tied_b)) ** 0.5
    return (agree - differ) / both if both else 0.0


def _agreement(grades: dict[str, dict[int, int]]) -> float:
    """The mean over pairs of readers of tau-b."""
    from scipy.stats import kendalltau

    names = sorted(grades)
    taus = []
    for index, one in enumerate(names):
        for two in names[index + 1 :]:
            items = sorted(set(grades[one]) & set(grades[two]))
            taus.append(
                kendalltau([grades[one][i] for i in items], [grades[two][i] for i in items]).statistic
            )
    return mean(taus) if taus else float("nan")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    sheet = commands.add_parser("sheet")
    sheet.add_argument("--registers", type=Path, required=True)
    sheet.add_argument("--decoys", type=Path, required=True)
    sheet.add_argument("--round", type=int, required=True)
    told = commands.add_parser("grades")
    told.add_argument("--round", type=int, required=True)
    given = parser.parse_args()
    if given.command == "sheet":
        write_sheet(given.registers, given.decoys, given.round)
    else:
        print_grades(given.round)


if __name__ == "__main__":
    main()
