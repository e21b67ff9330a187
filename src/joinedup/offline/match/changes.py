"""What changed since an earlier run: what is new, what moved and why, and what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from joinedup.engines import words
from joinedup.engines.matching.score import COMPONENTS
from joinedup.offline.delimited import Refused, quoted
from joinedup.offline.typed_columns import LARGEST

# Smaller changes of the score are not reported.
MOVED_FROM = 3.0
# The smallest change of a component that shows in two decimals.
PART_SEEN = 0.005
LINES, LONGEST = 10, 400

Document = dict[str, Any]


def read_earlier(path: Path, reader: str | None) -> Document:
    """An earlier JSON output, for the same reader. Raises `Refused`."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        # Refuse strings that cannot be encoded again.
        json.dumps(found, ensure_ascii=False).encode()
    except OSError as error:
        raise Refused(f"“{path}” cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"“{path}” is not JSON: give a .json file that “joinedup match” wrote.") from error
    if not isinstance(found, dict) or not _is_ours(found.get("opportunities")):
        raise Refused(
            f"“{path}” holds no list of opportunities: give a .json file that “joinedup match” wrote."
        )
    if found.get("reader") != reader:
        raise Refused(f"“{path}” was written for another reader: compare what the same reader may see.")
    return found


def _is_ours(rows: object) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and isinstance(row.get("id"), str)
        and isinstance(row.get("sentence"), str)
        and _is_figure(row.get("score"))
        and all(_is_listing(row.get(name, [])) for name in ("parties", "initiatives", "offers"))
        and isinstance(row.get("place", ""), str)
        and isinstance(row.get("components", {}), dict)
        and all(_is_figure(value) for value in row.get("components", {}).values())
        for row in rows
    )


def _is_figure(value: object) -> bool:
    # Neither infinity nor NaN, which Python's JSON accepts.
    return isinstance(value, int | float) and abs(value) <= LARGEST


def _is_listing(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def changes(
    earlier: list[Document], now: list[Document], lower: dict[str, Document], seen: set[str] | None
) -> Document:
    """`new` (ids), `moved` (id, from, to, why) and `gone` (id, sentence), from the rows of an earlier
    document and of this one. `lower`: rows found now but not written, by id. `seen`: ids of the records that
    the reader may see, None for all; rows that name others are not mentioned again."""
    before, after = {row["id"]: row for row in earlier}, {row["id"]: row for row in now}
    moved = [_moved(before[row["id"]], row, seen) for row in now if row["id"] in before]
    sunk = [row for row in earlier if row["id"] not in after and row["id"] in lower]
    why = "It is still found, but not among those that are written."
    return {
        "new": [row["id"] for row in now if row["id"] not in before],
        "moved": [
            *(row for row in moved if row["why"]),
            *(
                {"id": row["id"], "from": row["score"], "to": lower[row["id"]]["score"], "why": [why]}
                for row in sunk
            ),
        ],
        "gone": [
            {"id": row["id"], "sentence": row["sentence"]}
            for row in earlier
            if row["id"] not in after and row["id"] not in lower and _may_be_told(row, seen)
        ],
    }


def _may_be_told(row: Document, seen: set[str] | None) -> bool:
    return seen is None or not _hidden(
        [*_parties(row), *row.get("initiatives", []), *row.get("offers", [])], seen
    )


def _hidden(ids: Iterable[str], seen: set[str]) -> list[str]:
    return [code for code in ids if not code.startswith("sector:") and code not in seen]


def _parties(row: Document) -> list[str]:
    return list(row.get("parties", []))


def _moved(before: Document, now: Document, seen: set[str] | None) -> Document:
    """`why` is empty if it did not move."""
    parts = _parts(before.get("components", {}), now["components"])
    score = abs(now["score"] - before["score"]) >= MOVED_FROM - 1e-9
    why: list[str] = []
    if _parties(before) != _parties(now):
        were = [code for code in _parties(before) if seen is None or not _hidden([code], seen)]
        why.append(f"Parties: {', '.join(now['parties'])}; were {', '.join(were) or 'others'}.")
    if bool(before.get("ask")) != bool(now.get("ask")):
        why.append("It is a question now." if now.get("ask") else "It is no longer a question.")
    if before["sentence"] != now["sentence"]:
        why.append(f"It now reads: {now['sentence']}")
    if why or score:
        why = [*parts, *why] or ["Each part is as it was: the weights differ."]
    return {"id": now["id"], "from": before["score"], "to": now["score"], "why": why}


def _parts(before: Document, now: Document) -> list[str]:
    return [
        f"{name.capitalize()} {now[name]:.2f}, was {before[name]:.2f}."
        for name in COMPONENTS
        if name in before and abs(now[name] - before[name]) >= PART_SEEN
    ]


def lines(found: Document, earlier: Document, written: list[Document]) -> list[str]:
    """The changes in plain lines: how many of each, then at most ten, some of each kind if there are any."""
    said = {row["id"]: quoted(row["sentence"], LONGEST) for row in chain(earlier["opportunities"], written)}
    told = {
        "New": [said[key] for key in found["new"]],
        "Moved": [
            f"{row['from']:.0f} to {row['to']:.0f}: {said[row['id']]}{_because(row)}"
            for row in found["moved"]
        ],
        "Gone": [said[row["id"]] for row in found["gone"]],
    }
    in_turn = chain.from_iterable(
        zip_longest(*([(name, line) for line in texts] for name, texts in told.items()))
    )
    shown = list(islice((each for each in in_turn if each is not None), LINES))
    when = _day(earlier.get("as_of"))
    numbers = f"{len(told['New'])} new, {len(told['Moved'])} moved, {len(told['Gone'])} gone"
    return [f"Since {when}: {numbers}.", *(f"{n}: {text}" for name in told for n, text in shown if n == name)]


def _because(row: Document) -> str:
    short = [why for why in row["why"] if not why.startswith("It now reads: ")]
    return f" ({' '.join(short)})" if short else ""


def _day(text: object) -> str:
    try:
        return words.day(date.fromisoformat(str(text)))
    except ValueError:
        return "the earlier run"
