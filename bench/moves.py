"""The engine of opportunities on made-up registers: is planted truth found, and how long does a nation take?

    .venv/bin/python bench/moves.py planted          twenty registers with planted moves, near misses and noise
    .venv/bin/python bench/moves.py time             London, then the nation at 1/8 and in full
    .venv/bin/python bench/moves.py time --scale 0.1 another size

Planted: in each register needs that an offer meets, bids that a body may lead and asks for, and pairs of actions that
meet; beside each a near miss (too far, another trade, another age, closed, not eligible, on the shelf) and noise.
Prints recall (planted moves found) and precision (found moves that were planted). Each size of `time` runs in a process
of its own, so that peak memory is its own; the slope is on log-log axes (1 is linear). The nation is worked out in two
processes, and its memory is that of both.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
import time
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import registers

from joinedup.engines.opportunities import Inputs, Settings, opportunities
from joinedup.engines.opportunities.inputs import COLUMNS

AS_OF = date(2026, 11, 29)
RECALL, PRECISION = 0.95, 0.90
SECONDS, GIGABYTES, SLOPE = 10.0, 2.0, 1.15
SECTORS = [
    "police",
    "health",
    "education",
    "social_care",
    "youth_justice",
    "housing",
    "local_authority",
    "vcs",
]
THEMES = sorted(registers.themes()["theme"])
# A need, an offer that meets it, one that does not, and what kind of thing it is.
PAIRS = [
    (
        "room",
        "A warm room for a girls' group two evenings a week.",
        "Our community hall is empty in the evening.",
        "Our minibus stands idle in the evening.",
    ),
    (
        "people",
        "A speech therapist for half a day a week.",
        "Our speech therapist has a day to spare.",
        "Two gardeners have a day to spare.",
    ),
    (
        "training",
        "Somebody to teach our volunteers about trauma.",
        "Half a day on trauma-informed work, free to any body.",
        "Half a day on door staff and licensed premises.",
    ),
    (
        "training",
        "Staff cannot keep up with what is in the group chats.",
        "We teach adults what is posted online and on social media.",
        "First aid and bleeding control, one hour.",
    ),
    (
        "places",
        "A practical course for those who left school early.",
        "Nine places are left on the bricklaying course.",
        "Foster carers are looked for.",
    ),
    (
        "people",
        "Adults to stand at the bus stop after school.",
        "Our volunteers would stand outside a school at home time.",
        "A solicitor gives advice on Mondays.",
    ),
]
NOISE = [
    "Please write shorter letters.",
    "A helicopter was suggested.",
    "We hope to be invited.",
    "The clock in the lobby is slow.",
    "Better biscuits at meetings.",
    "Somebody ought to thank the cleaners.",
]


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows with every column of the table."""
    return pl.DataFrame(
        [{name: row.get(name) for name in COLUMNS[table]} for row in rows], schema=COLUMNS[table]
    )


def places(areas: int, wards: int) -> pl.DataFrame:
    """Authorities on a grid ten kilometres wide, each with wards a kilometre apart."""
    side = math.ceil(math.sqrt(areas))
    rows = []
    for area in range(areas):
        latitude, longitude = 51.0 + 0.09 * (area // side), 0.145 * (area % side)
        rows.append(
            {
                "code": f"A{area}",
                "name": f"Area {area}",
                "kind": "local_authority",
                "latitude": latitude,
                "longitude": longitude,
            }
        )
        for ward in range(wards):
            rows.append(
                {
                    "code": f"A{area}W{ward}",
                    "name": f"Ward {area}.{ward}",
                    "kind": "ward",
                    "parent": f"A{area}",
                    "latitude": latitude + 0.009 * (ward % 5),
                    "longitude": longitude + 0.0145 * (ward // 5),
                }
            )
    return frame("places", rows)


def where(code: str) -> dict[str, Any]:
    return {"places": [code], "authorities": [code.partition("W")[0]], "exact_place": "W" in code}


class Register:
    """Rows of a register as they are made, and which moves were planted."""

    def __init__(self, areas: int, wards: int) -> None:
        self.places = places(areas, wards)
        self.rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("partners", "initiatives", "asks", "support", "answers")
        }
        self.planted: set[tuple[str, frozenset[str]]] = set()

    def partner(self, sector: str, code: str, themes: tuple[str, ...] = ()) -> str:
        id = f"p{len(self.rows['partners'])}"
        self.rows["partners"].append(
            {
                "id": id,
                "name": f"Body {id}",
                "sector": sector,
                "themes": list(themes),
                "does": "",
                "wide": False,
                "marking": "partners",
                **where(code),
            }
        )
        return id

    def ask(
        self, by: str, kind: str, what: str | None, text: str, code: str, themes: tuple[str, ...] = ()
    ) -> str:
        id = f"q{len(self.rows['asks'])}"
        self.rows["asks"].append(
            {
                "id": id,
                "partner": by,
                "kind": kind,
                "what": what,
                "text": text,
                "themes": list(themes),
                "said_on": date(2026, 10, 1),
                "empty": False,
                **where(code),
            }
        )
        return id

    def action(self, by: str, code: str, themes: tuple[str, ...], what: str, **more: Any) -> str:
        id = f"i{len(self.rows['initiatives'])}"
        self.rows["initiatives"].append(
            {
                "id": id,
                "name": f"Action {id}",
                "what": what,
                "partner": by,
                "co_partners": [],
                "themes": list(themes),
                "level": [],
                "way_in": [],
                "audience": [],
                "confirmed": date(2026, 9, 1),
                "marking": "partners",
                **where(code),
                **more,
            }
        )
        return id

    def fund(self, themes: tuple[str, ...], who: list[str], code: str, **more: Any) -> str:
        id = f"s{len(self.rows['support'])}"
        self.rows["support"].append(
            {
                "id": id,
                "name": f"Fund {id}",
                "provider": "A trust",
                "kind": "fund",
                "purpose": "Money for this work.",
                "who_may_use": "",
                "themes": list(themes),
                "sectors": who,
                "via": [],
                "lead_only": False,
                "everywhere": False,
                "elsewhere": False,
                "basis": "dated",
                "closes": date(2027, 2, 1),
                "limits": [],
                "last_checked": date(2026, 11, 1),
                **where(code),
                **more,
            }
        )
        return id

    def inputs(self) -> Inputs:
        return Inputs(
            places=self.places,
            themes=registers.themes(),
            sectors=registers.sectors(),
            **{name: frame(name, rows) for name, rows in self.rows.items()},
        )


def planted(seed: int) -> Register:
    """One register of nine areas with planted moves, a near miss beside each, and noise."""
    rng = np.random.default_rng(seed)
    made = Register(9, 15)
    for what, need, offer, other in PAIRS:
        area = int(rng.integers(9))
        near, far = f"A{area}W{rng.integers(5)}", f"A{(area + 4) % 9}W14"
        taker, giver, stranger = (
            made.partner("vcs", near),
            made.partner("health", near),
            made.partner("health", near),
        )
        asked = made.ask(taker, "need", what, need, near)
        met = made.ask(giver, "help", what, offer, near)
        made.ask(stranger, "help", what, other, near)
        made.planted.add(("match", frozenset((asked, met))))
        if what == "room":
            made.ask(made.partner("housing", far), "help", what, offer, far)
    for index in range(6):
        theme = THEMES[int(rng.integers(len(THEMES)))]
        area = f"A{rng.integers(9)}"
        lead = made.partner("vcs", area, (theme,))
        made.partner("police", area, (theme,))
        asked = made.ask(lead, "need", "money", "The lease costs £3,000 more.", area, (theme,))
        right = made.fund((theme,), ["vcs"], area)
        made.planted.add(("bid", frozenset((asked, right))))
        wrong: list[dict[str, Any]] = [
            {"closes": date(2026, 1, 1)},
            {"basis": "standing"},
            {"sectors": ["prison"]},
            {"elsewhere": True},
            {"kind": "guidance"},
            {"basis": "invited"},
        ]
        made.fund((theme,), ["vcs"], area, **wrong[index])
    for _ in range(4):
        theme = THEMES[int(rng.integers(len(THEMES)))]
        ward = f"A{rng.integers(9)}W{rng.integers(15)}"
        one, two, third = (made.partner("vcs", ward) for _ in range(3))
        a = made.action(
            one, ward, (theme,), "Weekly sessions with boxing and supper.", age_from=11.0, age_to=16.0
        )
        b = made.action(
            two, ward, (theme,), "Boxing sessions, then supper together.", age_from=12.0, age_to=17.0
        )
        made.action(
            third, ward, (theme,), "Boxing sessions, then supper together.", age_from=18.0, age_to=24.0
        )
        made.planted.add(("join", frozenset((a, b))))
    for _ in range(40):
        code = f"A{rng.integers(9)}W{rng.integers(15)}"
        by = made.partner(str(rng.choice(SECTORS)), code)
        kind = int(rng.integers(2))
        # What is asked for in vain and what is offered in vain never meet.
        made.ask(by, ("need", "help")[kind], "other", str(rng.choice(NOISE[3 * kind : 3 * kind + 3])), code)
    return made


def print_planted(registers_made: int = 20) -> None:
    """Recall and precision over registers."""
    hit = wanted = right = told = 0
    by_kind: dict[str, list[int]] = {}
    for seed in range(registers_made):
        made = planted(seed)
        found = opportunities(made.inputs(), AS_OF, Settings(per_body=99)).found
        seen = {
            (
                move.kind,
                frozenset((*move.asks, *move.support, *(move.initiatives if move.kind == "join" else ()))),
            )
            for move in found
        }
        for kind, records in made.planted:
            got = any(kind == other and records <= held for other, held in seen)
            hit, wanted = hit + got, wanted + 1
            by_kind.setdefault(kind, [0, 0])[0] += got
            by_kind[kind][1] += 1
        for kind, held in seen:
            right += any(kind == other and records <= held for other, records in made.planted)
            told += 1
    print(
        f"recall {hit / wanted:.3f} of {wanted} (bar {RECALL}); "
        f"precision {right / told:.3f} of {told} (bar {PRECISION})"
    )
    print(", ".join(f"{kind} {one}/{all_}" for kind, (one, all_) in sorted(by_kind.items())))


NATION = {"areas": 331, "wards": 25, "partners": 50_000, "actions": 100_000, "asks": 40_000, "support": 2_000}
LONDON = {"areas": 33, "wards": 20, "partners": 150, "actions": 100, "asks": 90, "support": 60}


def nation(size: dict[str, int]) -> Inputs:
    """A register of this size with texts from the pairs above and a few words of their own."""
    rng = np.random.default_rng(7)
    made = Register(size["areas"], size["wards"])
    codes = [
        f"A{a}" if w < 0 else f"A{a}W{w}" for a in range(size["areas"]) for w in range(-5, size["wards"])
    ]
    words = np.array(
        [
            "garden",
            "music",
            "evening",
            "market",
            "canal",
            "estate",
            "station",
            "supper",
            "boxing",
            "art",
            "drama",
            "bikes",
            "repair",
            "family",
            "court",
        ]
    )

    def some(number: int, most: int) -> list[list[str]]:
        return [list(rng.choice(THEMES, rng.integers(0, most + 1), replace=False)) for _ in range(number)]

    for sector, code, themes in zip(
        rng.choice(SECTORS, size["partners"]),
        rng.choice(codes, size["partners"]),
        some(size["partners"], 3),
        strict=True,
    ):
        made.partner(str(sector), str(code), tuple(themes))
    ids = [row["id"] for row in made.rows["partners"]]
    for by, code, themes, text in zip(
        rng.choice(ids, size["actions"]),
        rng.choice(codes, size["actions"]),
        some(size["actions"], 2),
        rng.choice(words, (size["actions"], 6)),
        strict=True,
    ):
        made.action(str(by), str(code), tuple(themes), " ".join(text))
    for by, code, themes, pick in zip(
        rng.choice(ids, size["asks"]),
        rng.choice(codes, size["asks"]),
        some(size["asks"], 2),
        rng.integers(0, len(PAIRS), size["asks"]),
        strict=True,
    ):
        what, need, offer, other = PAIRS[pick]
        kind, text = (("need", need), ("help", offer), ("help", other))[int(rng.integers(3))]
        made.ask(str(by), kind, what, f"{text} {rng.choice(words)}", str(code), tuple(themes))
    for code, themes in zip(rng.choice(codes, size["support"]), some(size["support"], 2), strict=True):
        made.fund(
            tuple(themes),
            [str(each) for each in rng.choice(SECTORS, 2, replace=False)],
            str(code).partition("W")[0],
        )
    return made.inputs()


def measure(scale: float, base: dict[str, int]) -> None:
    """One size, in this process."""
    size = {
        name: max(1, round(number * scale)) if name != "wards" else number for name, number in base.items()
    }
    inputs = nation(size)
    start = time.perf_counter()
    found = opportunities(inputs, AS_OF, Settings(processes=1 if base is LONDON else 2))
    seconds = time.perf_counter() - start
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    gigabytes = sum(resource.getrusage(who).ru_maxrss for who in both) / 1024**2
    print(f"{size['areas']},{seconds:.2f},{gigabytes:.2f},{len(found.opportunities)}", flush=True)


def print_times(scales: list[float]) -> None:
    """Each size in a process of its own, and the slope from the smallest to the largest."""
    results = []
    for name, scale in [("London", 0.0), *((f"nation × {scale}", scale) for scale in scales)]:
        run = subprocess.run(
            [sys.executable, __file__, "one", str(scale)], capture_output=True, text=True, check=True
        )
        areas, seconds, gigabytes, found = run.stdout.strip().split(",")
        print(f"{name}: {seconds} s, {gigabytes} GB, {found} opportunities in {areas} areas", flush=True)
        if scale:
            results.append((scale, float(seconds)))
    if len(results) > 1:
        (one, a), (two, b) = results[0], results[-1]
        print(
            f"slope {math.log(b / a) / math.log(two / one):.2f} (bar {SLOPE}); "
            f"the nation: bars {SECONDS} s, {GIGABYTES} GB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("planted")
    commands.add_parser("time").add_argument("--scale", type=float, nargs="+", default=[0.125, 1.0])
    commands.add_parser("one").add_argument("scale", type=float)
    given = parser.parse_args()
    if given.command == "planted":
        print_planted()
    elif given.command == "time":
        print_times(given.scale)
    else:
        measure(given.scale or 1.0, NATION if given.scale else LONDON)


if __name__ == "__main__":
    main()
