"""What changed since an earlier output: what is new, what is gone, and which facts are others; never a score."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from joinedup.engines import words
from joinedup.offline.delimited import Refused, quoted

LINES, LONGEST = 10, 400
# What of a move is a fact, and how a change of it is told.
FACTS = {
    "parties": "Who takes part is another",
    "closes": "It closes on another day",
    "because": "What is recorded has changed",
    "first_step": "The first step is another",
    "decision": "The decision is another",
}
BELOW = "It is still found, but not among those that are written."

Document = dict[str, Any]


def read_earlier(path: Path, reader: str | None, what: str) -> Document:
    """An earlier JSON output of opportunities or of moves (`what`), for the same reader. Raises `Refused`."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        # Refuse strings that cannot be encoded again.
        json.dumps(found, ensure_ascii=False).encode()
    except OSError as error:
        raise Refused(f"“{path}” cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"“{path}” is not JSON: give a .json file that “joinedup match” wrote.") from error
    if not isinstance(found, dict) or not _is_ours(found.get(what), what):
        raise Refused(
            f"“{path}” holds no list of {what} as this version writes it: give a .json file that “joinedup match” "
            "wrote."
        )
    if found.get("reader") != reader:
        raise Refused(f"“{path}” was written for another reader: compare what the same reader may see.")
    return found


def _is_ours(rows: object, what: str) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and all(isinstance(row.get(name), str) for name in ("id", "decision"))
        and (_is_move(row) if what == "moves" else _is_ours(row.get("moves"), "moves"))
        for row in rows
    )


def _is_move(row: Document) -> bool:
    lists = all(_is_texts(row.get(name)) for name in ("support", "initiatives", "asks"))
    return (
        lists
        and _are_all(row.get("parties"), "id")
        and _are_all(row.get("because"), "text")
        and isinstance(row.get("first_step"), str)
        and isinstance(row.get("closes"), str | None)
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _are_all(value: object, key: str) -> bool:
    return isinstance(value, list) and all(isinstance(e, dict) and isinstance(e.get(key), str) for e in value)


def changes(
    earlier: Sequence[Document], now: Sequence[Document], every: Iterable[str], seen: set[str] | None
) -> Document:
    """`new` (ids), `changed` (id, why) and `gone` (id, decision), from the rows of an earlier document and of this one.
    `every`: ids of all that is found now, written or not. `seen`: ids of the records that the reader may see, None for
    all; rows that name others are not mentioned again."""
    before, after, found = {row["id"]: row for row in earlier}, {row["id"]: row for row in now}, set(every)
    changed = [{"id": row["id"], "why": _why(before[row["id"]], row)} for row in now if row["id"] in before]
    absent = [row for row in earlier if row["id"] not in after]
    return {
        "new": [row["id"] for row in now if row["id"] not in before],
        "changed": [
            *(row for row in changed if row["why"]),
            *({"id": row["id"], "why": [BELOW]} for row in absent if row["id"] in found),
        ],
        "gone": [
            {"id": row["id"], "decision": row["decision"]}
            for row in absent
            if row["id"] not in found and (seen is None or _names(row) <= seen)
        ],
    }


def _moves(row: Document) -> list[Document]:
    return list(row["moves"]) if "moves" in row else [row]


def _names(row: Document) -> set[str]:
    """The records that a row names."""
    return {
        code
        for move in _moves(row)
        for code in chain(
            (party["id"] for party in move["parties"]), move["support"], move["initiatives"], move["asks"]
        )
    }


def _why(before: Document, now: Document) -> list[str]:
    were, are = ({move["id"]: move for move in _moves(row)} for row in (before, now))
    why = [f"New: {are[id]['decision']}" for id in are if id not in were]
    if gone := sum(id not in are for id in were):
        why.append(f"{words.counted(gone, 'move')} fewer of those before.")
    for id, move in are.items():
        if id in were:
            said = [text for name, text in FACTS.items() if _fact(move, name) != _fact(were[id], name)]
            why += [f"{text}: {move['decision']}" for text in said[:1]]
    return why


def _fact(move: Document, name: str) -> object:
    if name == "parties":
        return [(party["id"], party.get("part")) for party in move["parties"]]
    return [each["text"] for each in move["because"]] if name == "because" else move[name]


def lines(
    found: Document, earlier: Document, before: Sequence[Document], now: Sequence[Document]
) -> list[str]:
    """The changes in plain lines: how many of each, then at most ten, some of each kind if there are any."""
    said = {row["id"]: quoted(row["decision"], LONGEST) for row in chain(before, now)}
    told = {
        "New": [said[key] for key in found["new"]],
        "Changed": [
            f"{said[row['id']]} ({quoted(' '.join(row['why']), LONGEST)})" for row in found["changed"]
        ],
        "Gone": [said[row["id"]] for row in found["gone"]],
    }
    in_turn = chain.from_iterable(
        zip_longest(*([(name, line) for line in texts] for name, texts in told.items()))
    )
    shown = list(islice((each for each in in_turn if each is not None), LINES))
    numbers = f"{len(told['New'])} new, {len(told['Changed'])} changed, {len(told['Gone'])} gone"
    return [
        f"Since {_day(earlier.get('as_of'))}: {numbers}.",
        *(f"{n}: {text}" for name in told for n, text in shown if n == name),
    ]


def _day(text: object) -> str:
    try:
        return words.day(date.fromisoformat(str(text)))
    except ValueError:
        return "the earlier run"
